from __future__ import annotations

import numpy as np
import polars as pl

from pipeline import reference
from pipeline.synthetic import names
from pipeline.synthetic.draws import random_stream
from pipeline.synthetic.territory import ETHNIC_GROUPS

COUNT = 3_000


def draw(people: str, *, woman: bool = False, order: int = 0) -> pl.Series:
    kind = np.full(COUNT, ETHNIC_GROUPS.index(people))
    rng = random_stream(2, people)
    marga = names.draw_family_names(kind, np.zeros(COUNT, dtype=np.int64), rng)
    ordered = np.full(COUNT, order)
    tokens = names.draw_names(kind, np.full(COUNT, woman), np.zeros(COUNT, dtype=bool), ordered, marga, rng=rng)
    return names.tokens_to_text(tokens)


def test_javanese_are_often_called_by_one_name() -> None:
    single = (~draw("JAWA").str.contains(" ")).mean()
    assert single is not None
    assert 0.18 < float(str(single)) < 0.32


def test_balinese_birth_order_decides_the_middle_name() -> None:
    second_daughters = draw("BALI", woman=True, order=1)
    assert second_daughters.str.contains(r"^(NI )?(MADE|KADEK|NENGAH) ").all()
    assert not second_daughters.str.contains(r"^I ").any()


def test_batak_names_end_in_a_marga() -> None:
    marga = reference.person_names().filter(pl.col("suku") == "BATAK", pl.col("posisi") == "MARGA")["nama"]
    assert draw("BATAK").str.split(" ").list.last().is_in(marga.implode()).all()


def test_muslim_names_lead_with_the_usual_prefixes() -> None:
    men, women = draw("ARAB"), draw("ARAB", woman=True)
    assert 0.1 < men.str.contains("^MUHAMMAD ").sum() / COUNT < 0.3
    assert 0.1 < women.str.contains("^SITI ").sum() / COUNT < 0.3


def test_no_name_repeats_a_word_or_is_empty() -> None:
    for people in ETHNIC_GROUPS:
        words = draw(people).str.split(" ")
        assert (words.list.len() >= 1).all()
        assert (words.list.n_unique() >= words.list.len() - 1).all()
        assert not words.list.contains("").any()
