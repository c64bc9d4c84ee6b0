"""SIAK lists name kecamatan and desa: their kabupaten follows from the numbers, the names and the name of the file."""

from __future__ import annotations

import polars as pl

from pipeline.normalise.regions import (
    attach_siak,
    resolve_siak_tuples,
    siak_tuples,
)


def siak(*rows: tuple[str, str | None, str | None, str | None, str | None]) -> pl.DataFrame:
    """Rows of (berkas, kecamatan, desa, no_kk, nik), resolved."""
    columns = ["berkas", "kecamatan", "desa", "no_kk", "nik"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    return attach_siak(frame, resolve_siak_tuples(siak_tuples(frame)))


def test_siak_takes_the_kabupaten_from_the_numbers() -> None:
    resolved = siak(
        ("siak.csv", "CIRUAS", "KASERANGAN", "3604091201100001", "3201010101800001"),
        ("siak.csv", "CIRUAS", "CITEREP", None, "3604090101800002"),
        ("siak.csv", "WALANTAKA", "KALODRAN", "3604091201100001", "3673030101800001"),
    )
    assert resolved["kode_kab"].to_list() == ["3604", "3604", "3673"]
    assert resolved["kode_desa"].head(1).item() == "3604092016"
    assert resolved["temuan_wilayah"].null_count() == 3


def test_siak_maps_old_papua_numbers() -> None:
    resolved = siak(("siak.csv", "WAMENA", "AUTAKMA", "9102011201100001", "9102010101800001"))
    assert resolved["kode_desa"].to_list() == ["9501012005"]


def test_siak_prefers_the_majority_over_migrants() -> None:
    """PRAMBANAN is a kecamatan of Klaten and of Sleman; a few KK numbers still carry the old home."""
    rows = [("siak.csv", "PRAMBANAN", "KOTESAN", "3310011201100001", "3310010101800001")] * 3
    resolved = siak(*rows, ("siak.csv", "PRAMBANAN", "KOTESAN", "3404121201100001", "3404120101800001"))
    assert resolved["kode_desa"].unique().to_list() == ["3310012003"]


def test_siak_uses_the_file_name_last() -> None:
    resolved = siak(
        ("SIAK_3310_KAB_KLATEN.csv", "PRAMBANAN", "KOTESAN", None, "x"),
        ("Data Penduduk Kab Klaten.xlsx", "PRAMBANAN", "KOTESAN", None, "x"),
        ("penduduk.csv", "PRAMBANAN", "KOTESAN", None, "x"),
        ("SIAK_3404.csv", "PRAMBANAN", "KOTESAN", "3310011201100001", None),
    )
    assert resolved["kode_kab"].to_list() == ["3310", "3310", None, "3310"]
    assert resolved["temuan_wilayah"].to_list() == [None, None, "WILAYAH_TIDAK_DIKENAL", None]


def test_siak_reads_the_longest_kabupaten_name_of_a_file() -> None:
    resolved = siak(("Data Kabupaten Musi Rawas Utara.csv", None, None, None, None))
    assert resolved["kode_kab"].to_list() == ["1613"]


def test_siak_lets_the_own_number_decide_where_kabupaten_share_a_name() -> None:
    resolved = siak(
        ("jawa.csv", "PRAMBANAN", None, "3310011201100001", None),
        ("jawa.csv", "PRAMBANAN", None, "3404121201100001", None),
        ("jawa.csv", "PRAMBANAN", None, None, None),
    )
    assert resolved["kode_kab"].to_list() == ["3310", "3404", None]
    assert resolved["temuan_wilayah"].to_list() == [None, None, "WILAYAH_AMBIGU"]


def test_siak_takes_a_stray_number_for_no_second_kabupaten() -> None:
    rows = [("jawa.csv", "PRAMBANAN", None, "3310011201100001", "3310010101800001")] * 20
    resolved = siak(*rows, ("jawa.csv", "PRAMBANAN", None, "3404121201100001", None))
    assert resolved["kode_kab"].unique().to_list() == ["3310"]


def test_siak_places_a_village_without_numbers_beside_its_neighbours() -> None:
    resolved = siak(
        ("siak.csv", "PRAMBANAN", "KOTESAN", "3310011201100001", None),
        ("siak.csv", "PRAMBANAN", "SANGGRAHAN", None, "x"),
    )
    assert resolved["kode_kab"].to_list() == ["3310", "3310"]


def test_siak_of_no_rows_is_empty() -> None:
    assert siak().height == 0


def test_numbers_with_the_former_and_the_present_code_of_a_kabupaten_are_one_tuple() -> None:
    rows = pl.DataFrame(
        {
            "berkas": ["papua.csv"] * 2,
            "kecamatan": ["MERAUKE"] * 2,
            "desa": ["KAMUNDU"] * 2,
            "no_kk": ["9101010101200001", "9301010101200001"],
            "nik": ["9301010101900001", "9101010101900002"],
        }
    )

    assert siak_tuples(rows).select("kab_kk", "kab_nik", "baris").rows() == [("9301", "9301", 2)]
