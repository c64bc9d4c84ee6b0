"""Rows with shifted cells are refused; rows that are merely damaged are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.extracts.making import layout, read, row, text, workbook

NIK, KK = "3604051207920001", "3604051112120003"
ROWS = {
    "dtks_23": row(
        "dtks_23", ID_DTKS="3604059388751801", PROVINSI="BANTEN", ALAMAT="KP MELATI", RT="001", RW="002", NOKK=KK,
        NIK=NIK, NAMA="SUPARMAN", TANGGAL_LAHIR="12-07-1992", TEMPAT_LAHIR="SERANG", JENIS_KELAMIN="L",
        PEKERJAAN="PETANI", NAMA_IBU_KANDUNG="ROHANI", HUB_KELUARGA="ANAK", KETERANGAN_PADAN="PADAN",
    ),
    "siak_37": row(
        "siak_37", Nomor_KK=KK, NIK=NIK, Nama_Penduduk="SUPARMAN", Status="Hidup", Tempat_Lahir="SERANG",
        Tanggal_Lahir="12-07-1992", Kelamin="L", NIK_Ayah=NIK, Ayah="KARTO", Ibu="SITI", Status_Kawin="KAWIN",
        SHDK="ISTRI", Agama="ISLAM", Alamat="KP MELATI", RW="002", RT="001", Pendidikan="SLTA",
    ),
    "pos_penuh": row(
        "pos_penuh", NO_DANOM="36/1", BATCH="MB-K01", KODE_KPRK="42100", NAMA_KPRK="SERANG", NIK=NIK, NO_KK=KK,
        NAMA_KPM="SUPARMAN", ALAMAT="KP MELATI", KELURAHAN="SERDANG", KECAMATAN="KRAMATWATU", KABUPATEN="SERANG",
        PROVINSI="BANTEN", NOMINAL="300000", STATUS_BAYAR="DIBAYAR", TGL_BAYAR="15-09-2022",
    ),
    "pos_belum": row(
        "pos_belum", No_Danom="36/1", Batch="K01", NIK=NIK, Nama="SUPARMAN", Alamat="KP MELATI", Kelurahan="SERDANG",
        Kecamatan="KRAMATWATU", Kabupaten="SERANG", BSU="300000", Cekpos=NIK,
    ),
    "alokasi": row(
        "alokasi", PROGRAM="BLT BBM", TAHUN="2022", TAHAP="1", KODE_WILAYAH="3604", KPM_ALOKASI="10",
        NOMINAL_ALOKASI="3000000", TGL_TRANSFER="01-09-2022", NOMINAL_TRANSFER="3000000", TARGET_SELESAI="30-09-2022",
    ),
}  # fmt: skip
SOURCES = {"dtks_23": "dtks", "siak_37": "dukcapil", "pos_penuh": "pos", "pos_belum": "pos", "alokasi": "alokasi"}
PLACES = {"dtks_23": (0, 5, 9, 10, 11, 12, 13), "siak_37": (0, 1, 2, 3, 5), "pos_penuh": (6, 7), "pos_belum": (1,)}


def with_extra_cell(cells: list[str], place: int) -> list[str]:
    return [*cells[:place], "", *cells[place:]]


def without_cell(cells: list[str], place: int) -> list[str]:
    return cells[:place] + cells[place + 1 :]


@pytest.mark.parametrize("damage", [with_extra_cell, without_cell])
@pytest.mark.parametrize("key", PLACES)
def test_a_row_under_the_wrong_columns_is_refused(damage: Callable[[list[str], int], list[str]], key: str) -> None:
    """Among many sound rows, as in a file with few errors."""
    shifted = [damage(ROWS[key], place) for place in PLACES[key]]
    sheet = [layout(key).headers, *[ROWS[key]] * len(shifted), *shifted]
    codes = [cells["rusak"] for cells in read(workbook({"A": sheet}), SOURCES[key])]
    assert codes == [*[None] * len(shifted), *["KOLOM_GESER"] * len(shifted)]


def test_a_target_whose_count_is_missing_does_not_take_the_amount_for_it() -> None:
    sheet = [layout("alokasi").headers, ROWS["alokasi"], without_cell(ROWS["alokasi"], 4)]
    assert [cells["rusak"] for cells in read(workbook({"A": sheet}), "alokasi")] == [None, "KOLOM_GESER"]


def test_a_kk_number_is_no_nik_where_lines_carry_blank_cells_at_their_end() -> None:
    header, *rows = text("dtks_23", *[ROWS["dtks_23"]] * 3, with_extra_cell(ROWS["dtks_23"], 9)).decode().split("\n")
    lines = [line + "|||" for line in (header, *rows[:3])]
    data = "\n".join([*lines, rows[3] + "||"]).encode()
    assert [cells["rusak"] for cells in read(data, "dtks")] == [None, None, None, "KOLOM_GESER"]


@pytest.mark.parametrize(
    "damage",
    [
        {"NIK": KK, "NOKK": NIK},
        {"NIK": "", "NOKK": KK},
        {"NIK": "TIDAK ADA NIK", "NOKK": ""},
        {"NAMA": "12345", "JENIS KELAMIN": ""},
        {"NAMA": NIK},
        {"TANGGAL LAHIR": "SERANG", "TEMPAT LAHIR": "12-07-1992"},
        {"TANGGAL LAHIR": "TIDAK TAHU", "JENIS KELAMIN": "?"},
        {"TANGGAL LAHIR": "", "JENIS KELAMIN": "", "TEMPAT LAHIR": ""},
        {"NAMA": "A", "JENIS KELAMIN": "LAKI-LAKI", "TEMPAT LAHIR": "P", "PEKERJAAN": "L"},
        {"NIK": "NULL", "NAMA": "R0HANI", "TANGGAL LAHIR": "-", "JENIS KELAMIN": "LELAKI"},
    ],
)
def test_a_row_that_is_merely_damaged_is_kept(damage: dict[str, str]) -> None:
    headers = layout("dtks_23").headers
    cells = [damage.get(text, cell) for text, cell in zip(headers, ROWS["dtks_23"], strict=True)]
    assert [row["rusak"] for row in read(workbook({"A": [headers, cells]}), "dtks")] == [None]


@pytest.mark.parametrize(
    "odd",
    [
        {"JENIS_KELAMIN": "FEMALE", "HUB_KELUARGA": "TANTE"},
        {"JENIS_KELAMIN": "PREMPUAN", "HUB_KELUARGA": "NENEK"},
        # Many codes look like an RT.
        {"NIK": "BELUM PUNYA", "RT": "III", "RW": "IV"},
    ],
)
def test_rare_words_are_no_reason_to_take_the_codes_beside_for_what_belongs_there(odd: dict[str, str]) -> None:
    row = {
        "ID_DTKS": "3604059388751801", "NAMA": "SITI", "NIK": NIK, "JENIS_KELAMIN": "2", "HUB_KELUARGA": "4",
        "TANGGAL_LAHIR": "12-07-1992", "AGAMA": "1", "PEKERJAAN": "5", "RT": "2", "RW": "4",
    }  # fmt: skip
    data = workbook({"A": [list(row), list((row | odd).values())]})
    assert [cells["rusak"] for cells in read(data, "dtks")] == [None]


@pytest.mark.parametrize(
    ("amount", "date"),
    [
        ("0", "-"),
        ("0", "BELUM"),
        ("9.000.000.000,00", ""),
        ("Rp 90.000.000.000,00", "01.09.2022"),
        ("Rp\xa09.000.000.000", "01\u201309\u20132022"),
    ],
)
def test_a_target_of_large_amounts_or_without_any_is_kept(amount: str, date: str) -> None:
    header = ["PROGRAM", "TAHUN", "TAHAP", "KODE_WILAYAH", "KPM_ALOKASI", "NOMINAL_ALOKASI"]
    cells = ["BLT BBM", "2022", "1", "3604", "30000", amount if len(amount) > 1 else "9000000000"]
    for more in (["KPM_TRANSFER", "NOMINAL_TRANSFER"], ["TGL_TRANSFER", "NOMINAL_TRANSFER"]):
        rows = [[*header, *more], [*cells, "30000" if "KPM_TRANSFER" in more else date, amount]]
        assert [row["rusak"] for row in read(workbook({"A": rows}), "alokasi")] == [None]
