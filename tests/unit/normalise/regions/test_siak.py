"""The kabupaten of SIAK lists follows from identity numbers, region names and the name of the file."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.regions import (
    LEVELS,
    SIAK_NUMBERS,
    attach_siak,
    name_by_numbers,
    resolve_siak_tuples,
    siak_tuples,
)

STATED = ["berkas", "kecamatan", "desa", "no_kk", "nik"]
# A kecamatan of Klaten and of Sleman.
PRAMBANAN = "PRAMBANAN"


def siak(*rows: tuple[str | None, ...]) -> pl.DataFrame:
    """Rows of file, kecamatan, desa, KK and NIK, resolved."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(STATED, pl.String), orient="row")
    return attach_siak(frame, resolve_siak_tuples(siak_tuples(frame)))


@pytest.mark.parametrize(
    "rows",
    [
        # The kabupaten follows from the numbers.
        [("siak.csv", "CIRUAS", "KASERANGAN", "3604091201100001", "3201010101800001", "3604092016"),
         ("siak.csv", "CIRUAS", "CITEREP", None, "3604090101800002", "3604"),
         ("siak.csv", "WALANTAKA", "KALODRAN", "3604091201100001", "3673030101800001", "3673")],
        # Of Papua the numbers carry the old codes.
        [("siak.csv", "WAMENA", "AUTAKMA", "9102011201100001", "9102010101800001", "9501012005")],
        # The majority goes before migrants, whose KK numbers still carry the old home.
        [*[("siak.csv", PRAMBANAN, "KOTESAN", "3310011201100001", "3310010101800001", "3310012003")] * 3,
         ("siak.csv", PRAMBANAN, "KOTESAN", "3404121201100001", "3404120101800001", "3310012003")],
        # The name of the file comes last.
        [("SIAK_3310_KAB_KLATEN.csv", PRAMBANAN, "KOTESAN", None, "x", "3310"),
         ("Data Penduduk Kab Klaten.xlsx", PRAMBANAN, "KOTESAN", None, "x", "3310"),
         ("penduduk.csv", PRAMBANAN, "KOTESAN", None, "x", "WILAYAH_TIDAK_DIKENAL"),
         ("SIAK_3404.csv", PRAMBANAN, "KOTESAN", "3310011201100001", None, "3310")],
        # The longest name of a kabupaten in it counts.
        [("Data Kabupaten Musi Rawas Utara.csv", None, None, None, None, "1613")],
        # Where kabupaten share a name, the row's own number decides.
        [("jawa.csv", PRAMBANAN, None, "3310011201100001", None, "3310"),
         ("jawa.csv", PRAMBANAN, None, "3404121201100001", None, "3404"),
         ("jawa.csv", PRAMBANAN, None, None, None, "WILAYAH_AMBIGU")],
        # A stray number is no second kabupaten.
        [*[("jawa.csv", PRAMBANAN, None, "3310011201100001", "3310010101800001", "3310")] * 20,
         ("jawa.csv", PRAMBANAN, None, "3404121201100001", None, "3310")],
        # A village without numbers is placed beside its neighbours.
        [("siak.csv", PRAMBANAN, "KOTESAN", "3310011201100001", None, "3310"),
         ("siak.csv", PRAMBANAN, "SANGGRAHAN", None, "x", "3310")],
    ],
)  # fmt: skip
def test_where_the_rows_of_a_list_live(rows: list[tuple[str | None, ...]]) -> None:
    """The last cell is the expected code, or the finding."""
    result = (
        siak(*(row[:-1] for row in rows)).select(pl.coalesce("temuan_wilayah", "kode_desa", "kode_kab")).to_series()
    )
    assert [found[: len(str(row[-1]))] for row, found in zip(rows, result, strict=True)] == [row[-1] for row in rows]


def test_siak_of_no_rows_is_empty() -> None:
    assert siak().height == 0


def test_numbers_with_the_former_and_the_present_code_of_a_kabupaten_are_one_tuple() -> None:
    numbers = [("9101010101200001", "9301010101900001"), ("9301010101200001", "9101010101900002")]
    rows = pl.DataFrame([("papua.csv", "MERAUKE", "KAMUNDU", *both) for both in numbers], schema=STATED, orient="row")
    assert siak_tuples(rows).select("kab_kk", "kab_nik", "baris").rows() == [("9301", "9301", 2)]


@pytest.mark.parametrize(
    ("numbers", "desa", "named"),
    [
        (["36", "4", "5", "2005"], None, "HARJATANI"),
        (["36", "04", "05.0", "2005.0"], None, "HARJATANI"),
        # Of Papua the numbers are the old ones.
        (["91", "02", "01", "1001"], None, "WAMENA KOTA"),
        (["36", "4", "5", "2005"], "LAIN", "LAIN"),
        (["36", "4", "5", None], None, None),
        (["36", "4", "5", "9999"], None, None),
        ([None] * 4, None, None),
    ],
)
def test_villages_that_only_their_numbers_name(numbers: list[str | None], desa: str | None, named: str | None) -> None:
    cells = dict.fromkeys(LEVELS) | dict(zip(SIAK_NUMBERS, numbers, strict=True)) | {"desa": desa}
    row = name_by_numbers(pl.DataFrame([cells], schema=dict.fromkeys(cells, pl.String))).row(0, named=True)
    assert row["desa"] == named
    assert (row["provinsi"] is None) == (named in {None, "LAIN"})
