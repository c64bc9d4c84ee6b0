"""The mother named in a row, resolved with the other rows of its household."""

import numpy as np
import polars as pl
import pytest

from pipeline.matching.levels.implied_facts import mark_implied_reasons, without_disagreeing_implied_facts
from pipeline.matching.levels.mothers import MOTHER, MOTHER_IS_IMPLIED, with_corrected_mothers, without_filler_mothers
from pipeline.matching.outcome.explain import reasons_of
from pipeline.matching.records.tables import Table
from tests.unit.matching.conftest import MODEL, levels

FAMILY = pl.DataFrame(
    {
        "nama": ["BUDI", "SITI", "ANI", "ADI", "TONO", "RINI", "DEWI"],
        "hub_keluarga": [1, 2, 3, 3, 3, 3, 8],
        "jenis_kelamin": ["L", "P", "P", "L", "L", "P", "P"],
        MOTHER: ["BUDI", "WATI", None, "BUDI", "LAIN", None, None],
    }
)
HOUSEHOLD = np.array([1, 1, 1, 1, 1, -1, 1])


def corrected_mothers(family: pl.DataFrame) -> dict[str, str | None]:
    rows = with_corrected_mothers(family, Table(family), HOUSEHOLD[: family.height], np.arange(family.height))
    marked = rows.filter(MOTHER_IS_IMPLIED)["nama"].to_list()
    assert marked == [name for name in ("ANI", "ADI") if "SITI" in rows[MOTHER].to_list()]
    return dict(zip(rows["nama"], rows[MOTHER], strict=True))


def test_a_childs_missing_mother_is_the_only_woman_who_may_be_hers() -> None:
    mothers = corrected_mothers(FAMILY)
    assert (mothers["ANI"], mothers["TONO"], mothers["RINI"], mothers["DEWI"]) == ("SITI", "LAIN", None, None)


def test_the_man_who_heads_a_family_is_nobodys_mother() -> None:
    mothers = corrected_mothers(FAMILY)
    assert (mothers["BUDI"], mothers["ADI"]) == (None, "SITI")


def test_of_two_women_neither_is_taken() -> None:
    two = FAMILY.with_columns(hub_keluarga=pl.Series([1, 2, 3, 3, 3, 3, 2]))
    assert corrected_mothers(two)["ANI"] is None


@pytest.mark.parametrize(
    ("mother", "kk", "reason"), [("SAMA", "KOSONG", "IBU_KELUARGA"), ("BEDA", "KOSONG", None), ("SAMA", "SAMA", None)]
)
def test_she_tells_something_only_where_she_is_the_residents_mother_and_the_kk_does_not(
    mother: str, kk: str, reason: str | None
) -> None:
    rows = pl.DataFrame({MOTHER_IS_IMPLIED: [True]})
    read = without_disagreeing_implied_facts(MODEL, levels({"ibu": mother, "kk": kk}), rows, np.array([0]))
    assert (read == levels({"ibu": mother if reason else "KOSONG", "kk": kk})).all()
    assert mark_implied_reasons(MODEL, reasons_of(MODEL, read), rows)["ibu"].to_list() == [reason]


def known_mothers(desa: str | None, *mothers: str | None) -> list[str | None]:
    rows = pl.DataFrame(
        {"kode_desa": [desa] * len(mothers), MOTHER: mothers}, schema=dict.fromkeys(("kode_desa", MOTHER), pl.String)
    )
    return without_filler_mothers(rows, Table(rows), np.arange(rows.height))[MOTHER].to_list()


def test_a_mother_whom_much_of_a_village_names_is_nobodys() -> None:
    others = [*["ANI"] * 19, *[None] * 25]
    assert known_mothers("3604012001", *["SITI"] * 25, *others) == [None] * 25 + others


def test_rows_without_a_village_are_no_village() -> None:
    assert known_mothers(None, *["SITI"] * 25) == ["SITI"] * 25
