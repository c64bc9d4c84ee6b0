"""Notes between rows, and rows that only look like notes."""

from __future__ import annotations

import pytest

from tests.unit.extracts.making import NIK, delimited, layout, read, row, text, workbook

ORDER = row("pos_penuh", NO_DANOM="36040/1/GEN", NIK=NIK, NAMA_KPM="SITI", NOMINAL="300000")
UNPAID = row("pos_belum", No_Danom="36040/1/GEN", NIK=NIK, Nama="SITI", BSU="300000")
ALLOTTED = row("alokasi", PROGRAM="PKH", TAHUN="2022", TAHAP="1", KODE_WILAYAH="3604", KPM_ALOKASI="100")
TARGETS = ["No", "Kabupaten/Kota", "Jumlah KPM", "Jumlah Dana", "Tanggal Transfer", "Jumlah Transfer"]
TARGET = ["1", "KOTA SERANG", "60", "18000000", "2022-08-23", "18000000"]


@pytest.mark.parametrize(
    ("key", "rows", "notes"),
    [
        # A person named like a total is not a total, and a word that only begins like one is data.
        ("dtks_17", [row("dtks_17", ID_DTKS="D1", NAMA="JUMLAH SARI", NOMOR_KK="36", NOMOR_NIK="36")], [False]),
        ("alokasi", [["TOTALITAS", *ALLOTTED[1:]]], [False]),
        # A row with a badly written NIK is a person.
        *(
            ("siak_37", [row("siak_37", NIK=nik, Nama_Penduduk="SITI")], [False])
            for nik in ("3604 0512 0792 0001", "3604.0512.0792.0001", "360405-120792-0001", "360405120792001",
                        "36040512079200O1", NIK)
        ),
        # The number of a phone or a civil servant does not make a signature a person.
        ("siak_37", [row("siak_37", Nomor_KK="Telp.", NIK="0812 3456 78901")], [True]),
        ("siak_37", [row("siak_37", NIK="NIP 19700101 199003 1 001")], [True]),
        # An order may have only a number and an amount.
        ("pos_belum", [row("pos_belum", No_Danom="29400/1/GEN", BSU="300000")], [False]),
        # A total may have the code of its office.
        ("pos_penuh", [ORDER, row("pos_penuh", NO_DANOM="36040", NAMA_KPM="JUMLAH", NOMINAL="300000")], [False, True]),
        # TOTAL in place of a number is not a row, however many cells are filled.
        ("pos_belum", [UNPAID, ["TOTAL", "B1", "4 KPM", "", "", "CIRUAS", "CIRUAS", "SERANG", "300000", "1"]],
         [False, True]),
    ],
)  # fmt: skip
def test_totals_and_signatures_are_told_from_rows(key: str, rows: list[list[str]], notes: list[bool]) -> None:
    codes = [found["rusak"] for found in read(text(key, *rows), layout(key).source)]
    assert codes == ["BARIS_CATATAN" if note else None for note in notes]


@pytest.mark.parametrize("total", ["Jumlah", "TOTAL KESELURUHAN"])
def test_a_total_may_stand_before_the_place_that_it_does_not_name(total: str) -> None:
    rows = [TARGET, [total, "", *TARGET[2:4], "", "1"], ["2", "", *TARGET[2:]]]
    data = workbook({"A": [["ALOKASI BLT BBM TAHAP 1 TAHUN 2022"], TARGETS, *rows]})
    assert [found["rusak"] for found in read(data, "alokasi")] == [None, "BARIS_CATATAN", None]


def test_a_row_of_a_form_that_nobody_filled_in_says_so() -> None:
    header = ["ALASAN DITOLAK", *layout("siak_37").headers, "ASAL BARIS"]
    blank = ["Salin isinya.", *row("siak_37"), "dukcapil/a.csv##3"]
    found = read(workbook({"Data": [header, blank, ["Jumlah: 1", *row("siak_37"), ""]]}), "dukcapil")
    assert [cells["rusak"] for cells in found] == ["ISIAN_KOSONG", "BARIS_CATATAN"]


def test_a_total_in_a_form_of_payments_is_a_note_and_its_rows_keep_their_own_title() -> None:
    header = [*layout("pos_penuh").headers, "JUDUL ASAL"]
    found = read(delimited([header, [*ORDER, "PKH TAHAP 1"], ["JUMLAH", *[""] * len(ORDER)]]), "pos")
    assert [(cells["rusak"], cells["judul"]) for cells in found] == [(None, "PKH TAHAP 1"), ("BARIS_CATATAN", None)]


def test_people_of_kecamatan_sumber_are_no_remark_and_a_total_is_none_of_them() -> None:
    header = ["KECAMATAN", *layout("dtks_23").headers]
    somebody = row("dtks_23", ID_DTKS="12345", NIK="3604051207920001", NAMA="SITI")
    unnumbered = row("dtks_23", ID_DTKS="D2", NAMA="SITI", ALAMAT="KP A")
    sums = row("dtks_23", ALAMAT="2", NAMA="5")
    rows = [["SUMBER", *somebody], ["SUMBER", *unnumbered], ["TOTAL", *somebody], ["TOTAL", *sums]]
    found = read(workbook({"Data": [header, *rows]}), "dtks")
    assert [cells["rusak"] for cells in found] == [None, None, None, "BARIS_CATATAN"]


@pytest.mark.parametrize("said", ["CONTOH", "Contoh 1", "contoh pengisian:", "(Contoh)", "*) cth."])
def test_an_example_below_the_header_is_nobody(said: str) -> None:
    headers = ["NO", "ID DTKS", "NIK", "NAMA", "ALAMAT"]
    rows = [["1", said, NIK, "SITI", "KP. A"], [said, "D9", NIK, "SITI", "KP. A"], ["1", "D1", NIK, "CONTOH", "CONTOH"]]
    found = read(delimited([headers, *rows]), "dtks")
    assert [(row["rusak"], row["id_dtks"]) for row in found] == [
        ("BARIS_CATATAN", None), ("BARIS_CATATAN", None), (None, "D1")
    ]  # fmt: skip
    # A name or address is not an example, even in the first cell.
    for first in ("NAMA", "ALAMAT", "DESA/KELURAHAN"):
        others = [header for header in ("ID DTKS", "NIK", "NAMA", "ALAMAT") if header != first]
        row = [said, *({"ID DTKS": "D1", "NIK": NIK}.get(header, "SITI") for header in others)]
        (person,) = read(delimited([[first, *others], row]), "dtks")
        assert (person["rusak"], person["id_dtks"]) == (None, "D1")
