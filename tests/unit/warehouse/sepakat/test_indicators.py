"""The indicators of the release; suppression and versions are tested in test_suppression and test_versions."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from schemas.release import RELEASE
from tests.unit.warehouse.releasing import build_release_of, by_region, members

# --- indicators


def test_every_level_counts_persons_and_families() -> None:
    rows = [
        *members("3604052001", 30, nik="3604041211870001"),
        *members("3604052001", 6, 30, jenis_kelamin="P", status_padan="PADAN_PERBAIKAN"),
        *members("3604052001", 7, 36, tanggal_lahir=date(2005, 1, 1), status_padan="TINJAU"),
        *members("3604052001", 8, 43, tanggal_lahir=date(1962, 12, 31), status_padan="TIDAK_PADAN"),
        # Counted in the kecamatan and above, and nobody's double counts anywhere.
        *members("3604052001", 10, 51, kode_desa=None),
        *members("3604052001", 5, 61, ganda_dari="3604052001-1", id_keluarga="K3604052001-1"),
        *members("3604052001", 9, 90, periode="2022-11"),
    ]
    table = build_release_of(rows).tables["wilayah"]
    assert table["tingkat"].to_list() == ["DESA", "KABUPATEN", "KECAMATAN", "NASIONAL", "PROVINSI"]
    desa = table.row(by_predicate=pl.col("tingkat") == "DESA", named=True)
    assert desa == {
        "periode": "2022-12",
        "tingkat": "DESA",
        "kode_wilayah": "3604052001",
        "nama_wilayah": "DESA E",
        "nama_prov": "BANTEN",
        "nama_kab": "KAB. SERANG",
        "nama_kec": "A",
        "jumlah_anggota": 51,
        "jumlah_keluarga": 51,
        "jumlah_padan_orang": 36,
        "jumlah_nik_sah": 30,
        "jumlah_kk_sah": 0,
        "jumlah_perempuan": 6,
        "jumlah_anak": 7,
        "jumlah_lansia": 8,
        "persen_padan": 70.59,
        "disamarkan": False,
        "register_lengkap": True,
    }
    assert by_region(table, "jumlah_anggota") == {"": 61, "36": 61, "3604": 61, "360405": 61, "3604052001": 51}
    # A family without a desa is placed where its members are.
    assert by_region(table, "jumlah_keluarga") == {"": 61, "36": 61, "3604": 61, "360405": 61, "3604052001": 51}
    assert by_region(table, "nama_wilayah")[""] == "INDONESIA"


def test_without_a_row_of_dtks_no_register_is_missing() -> None:
    table = build_release_of(members("3604052001", 20, periode="2022-11")).tables["wilayah"]
    assert table.select("jumlah_anggota", "persen_padan", "register_lengkap").rows() == [(0, None, True)]


def test_without_a_civil_register_no_share_is_told() -> None:
    table = build_release_of(members("3604052001", 20), register=False).tables["wilayah"]
    assert set(table.select("jumlah_anggota", "persen_padan", "register_lengkap").rows()) == {(20, None, False)}


@pytest.mark.parametrize(
    ("born", "child", "elderly"),
    [
        (date(2004, 12, 31), 0, 0),  # 18 on the last day
        (date(2005, 1, 1), 20, 0),
        (date(1962, 12, 31), 0, 20),  # 60 on the last day
        (date(1963, 1, 1), 0, 0),
        (None, 0, 0),
    ],
)
def test_ages_are_taken_on_the_last_day_of_the_periode(born: date | None, child: int, elderly: int) -> None:
    table = build_release_of(members("3604052001", 20, tanggal_lahir=born)).tables["wilayah"]
    assert table.select("jumlah_anak", "jumlah_lansia").row(0) == (child, elderly)


def test_nothing_of_a_person_is_in_the_release() -> None:
    columns = {name for table in RELEASE.values() for name in table.columns}
    assert not columns & {"nik", "no_kk", "nama", "id_dtks", "id_orang", "id_keluarga", "alamat", "no_danom"}
