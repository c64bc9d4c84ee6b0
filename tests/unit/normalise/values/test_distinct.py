from __future__ import annotations

import random

import polars as pl
import pytest

from pipeline import reference
from pipeline.normalise.regions import resolve_names
from pipeline.normalise.regions.named import choose_by_name
from pipeline.normalise.regions.search import descend
from pipeline.normalise.regions.spelling import stated_name
from pipeline.normalise.values import distinct, names
from pipeline.normalise.values.distinct import (
    apply_expression,
    distinct_rows,
    map_distinct_rows,
    normalise_distinct,
    normalise_unclean,
    once_per_value,
)
from pipeline.normalise.values.identifiers import _repair_numbers, written_number


@once_per_value(pl.String)
def doubled(value: pl.Expr) -> pl.Expr:
    return pl.concat_str(value, value).fill_null("nothing")


@pytest.mark.parametrize("values", [["a", None, "b", ""], [None], ["a"], []])
def test_what_a_value_becomes_does_not_depend_on_how_many_there_are(values: list[str | None]) -> None:
    many = pl.Series("v", values * 2_000, dtype=pl.String)
    found = many.to_frame().select(doubled(pl.col("v"))).to_series()
    assert found.to_list() == ["nothing" if value is None else value * 2 for value in values] * 2_000
    assert found.dtype == pl.String


def test_only_what_was_never_asked_before_is_worked_out_and_of_many_values_nothing_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worked_out: list[pl.Series] = []

    def upper(value: pl.Expr) -> pl.Expr:
        return value.map_batches(lambda values: (worked_out.append(values), values.str.to_uppercase())[1], pl.String)

    answers = distinct.NormaliserCache(pl.String)
    for part in (["a", "b", None, "a"], ["c", None, "b"]):
        text = pl.Series(part, dtype=pl.String)
        assert answers.look_up(text, upper).equals(text.str.to_uppercase(), null_equal=True)
    assert [values.to_list() for values in worked_out] == [["a", "b", None], ["c"]]
    monkeypatch.setattr(distinct, "_MAX_DISTINCT", 2)
    many = pl.Series(["a", "b", "d"])
    assert answers.look_up(many, upper).to_list() == ["A", "B", "D"]
    assert worked_out[-1].to_list() == ["a", "b", "d"]


def test_only_what_is_not_clean_is_touched_and_the_column_given_stays_as_it_was() -> None:
    values = pl.Series("v", ["a", " b", None] * 700)
    found = normalise_unclean(values, values == "a", lambda value: value.str.strip_chars().fill_null("-"))
    assert found.to_list() == ["a", "b", "-"] * 700
    assert values.to_list() == ["a", " b", None] * 700
    assert normalise_distinct(values, lambda value: value.str.strip_chars()).name == "v"


@pytest.mark.parametrize("largest", [2**62, 10])
@pytest.mark.parametrize("different", [1, 3, 2**63])
def test_distinct_rows_are_told_apart_however_many_combinations_there_may_be_and_if_all_hashes_were_equal(
    monkeypatch: pytest.MonkeyPatch, largest: int, different: int
) -> None:
    monkeypatch.setattr(distinct, "_LARGEST_KEY", largest)
    monkeypatch.setattr(distinct, "_hashes", lambda rows: rows.hash_rows() % different)
    rows = pl.DataFrame({"a": ["x", "y", None] * 40, "b": ["1", None, "1", "2"] * 30, "c": [None, "z"] * 60})
    places, known = distinct_rows(rows)
    assert known.equals(rows.unique(maintain_order=True))
    assert known[places].equals(rows)


def test_what_several_columns_say_together_is_computed_once_per_distinct_row() -> None:
    rows = pl.DataFrame({"a": ["x", "y", None] * 40, "b": ["1", None, "1", "2"] * 30})
    heights = []

    def joined(each: pl.DataFrame) -> pl.DataFrame:
        heights.append(each.height)
        return each.select(ab=pl.concat_str("a", "b", ignore_nulls=True))

    assert map_distinct_rows(rows, joined).equals(joined(rows))
    assert heights[0] == rows.n_unique()
    assert map_distinct_rows(rows.clear(), joined).height == 0


def test_names_folded_word_by_word_are_as_names_folded_whole() -> None:
    words = reference.person_names()["nama"].str.to_uppercase().str.split(" ").explode().unique().sort().to_list()
    special = (
        "I NI M H HJ DRS SE SH MM NN BIN BINTI ALIAS ALM SPD AMDKEB MSIAUD GUSTI GST MADE MD WYN KTT TB ANAK AGUNG"
    )
    special += " BAYI NAMA TIDAK TAHU ORANG HAJI ABD NURHAYATI ABDURRAHMAN DJOE HHH OOH X"
    rng = random.Random(1)  # noqa: S311 - the same names every time
    lists = [words, words, special.split()]
    texts = [" ".join(rng.choice(rng.choice(lists)) for _ in range(rng.randint(1, 4))) for _ in range(9_000)]
    series = pl.Series("nama", texts)
    whole = apply_expression(series, names._comparable_name)
    assert series.to_frame().select(names.comparable_name(pl.col("nama"))).to_series().to_list() == whole.to_list()


def test_numbers_read_the_quick_way_are_as_numbers_read_the_careful_way() -> None:
    rng = random.Random(1)  # noqa: S311 - the same numbers every time
    pieces = ["3604041211870001", "360404", "1211", *"' \xa0-.Ol+0x", ".0", ",00", "E+15", ""]
    texts = ["".join(rng.choice(pieces) for _ in range(rng.randint(1, 5))) for _ in range(9_000)]
    series = pl.Series("n", [*texts, "36040412118700,00", "360404121187000.0", None])
    found = series.to_frame().select(written_number(pl.col("n"))).to_series()
    assert found.to_list() == _repair_numbers(series).to_list()


def test_villages_named_as_listed_are_found_as_by_weighing_all_there_are() -> None:
    regions = reference.regions().filter("berlaku").select("kode", "nama")
    levels = {"provinsi": 2, "kabupaten": 4, "kecamatan": 6, "desa": 10}
    villages = regions.filter(pl.col("kode").str.len_bytes() == 10).gather_every(40)
    for level, digits in levels.items():
        above = regions.select(pl.col("nama").alias(level), atas="kode")
        villages = villages.with_columns(atas=pl.col("kode").str.head(digits)).join(above, on="atas", how="left")
    rows = villages.select(list(levels))
    found = resolve_names(rows, **{level: level for level in levels})
    stated = rows.with_row_index("nomor").select("nomor", *(stated_name(level) for level in levels))
    weighed = descend(choose_by_name(stated))
    assert found.drop(list(levels)).equals(weighed.sort("nomor").drop("nomor"))
