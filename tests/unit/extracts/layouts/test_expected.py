"""The layout of a header, and the sentence if there is none."""

from __future__ import annotations

from itertools import product

import pytest

from pipeline.warehouse.workbooks import review_sheets
from tests.unit.extracts.making import delimited, read, refusal_sentence, text


def test_what_belongs_into_another_folder_is_told_where() -> None:
    assert refusal_sentence(text("dtsen_keluarga"), "pos") == "Isinya DTSEN keluarga; pindahkan ke folder raw/dtks."
    assert refusal_sentence(text("bip"), "dtks") == (
        "Isinya tampak seperti Buku Induk Penduduk (BIP). Bila memang dari Dukcapil, pindahkan ke folder raw/dukcapil; "
        "bila bukan, keluarkan dari raw/dtks."
    )
    # A file without its identifier only looks like another list.
    without_number = text("dtks_23").removeprefix(b"ID DTKS|")
    for header in (without_number, without_number.replace(b"|ALAMAT|", b"|NOMINAL|ALAMAT|", 1)):
        assert "yang paling mirip DTKS 23 kolom, judul kolom yang kurang: ID DTKS" in refusal_sentence(header, "dtks")
    paid = b"iddtks|nokk|nik_ktp|nama_penerima|nama_kab|tahap|bansos|nominal\n1|3604|3604|SITI|SERANG|1|PKH|600000"
    assert "yang paling mirip Daftar bayar lengkap, judul kolom yang kurang: NO_DANOM;" in refusal_sentence(paid, "pos")


REVIEW = list(review_sheets.HEADERS.values())


@pytest.mark.parametrize(
    ("source", "data", "sentence"),
    [
        ("alokasi", "PROGRAM|TAHUN|KODE WILAYAH\nPKH|2022|3604",
         "Tata letak tidak dikenal; yang paling mirip Alokasi, judul kolom yang kurang: TAHAP, KPM_ALOKASI. "
         "Betulkan baris judulnya; bila bukan data alokasi, keluarkan dari raw/alokasi."),
        ("alokasi", "PROGRAM|TAHUN|TAHAP|KODE_WILAYAH|BANYAKNYA|BSU\nPKH|2022|1|36.04|10|300000",
         "judul kolom yang kurang: KPM_ALOKASI; judul yang tidak dapat dipakai: BANYAKNYA, BSU."),
        ("dtks", "ID DTKS|NAMA\n1|SITI", "judul kolom yang kurang: NOMOR NIK atau NOMOR KK"),
        ("dtks", "36040001|SITI AMINAH|3604041211870001\n",
         ". Tambahkan baris judul kolom di atas datanya; bila bukan data dtks, keluarkan dari raw/dtks."),
        ("dtks", f"NAMA;RT;RW;{'A' * 41}\nSITI;1;2;X", f": {'A' * 40}. Betulkan"),
        ("dtks", "nomor_kartu_keluarga|nama_kepala_keluarga|kecamatan\n1|SITI|A",
         "yang paling mirip DTSEN keluarga, judul kolom yang kurang: desil_nasional. Betulkan"),
        ("dtks", delimited([REVIEW, ["1"] * len(REVIEW)], ";").decode(), "padan review import"),
    ],
)  # fmt: skip
def test_an_unknown_layout_is_told_the_nearest_and_what_is_missing(source: str, data: str, sentence: str) -> None:
    assert sentence in refusal_sentence(data.encode(), source)


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        # A first row that is not a header may be a person.
        ("1|3604041211870001|SITI|L\n2|3604041211870002|BUDI|L", "SITI"),
        (
            "NAMA;SITI;NIK;3604 0512 1187 0001;ALAMAT;KP SERDANG;HP;0812-3456\nRT;1;RW;2",
            "judul yang tidak dapat dipakai",
        ),
    ],
)
def test_nobody_is_told_of_a_person_in_the_place_of_a_header(data: str, kept: str) -> None:
    assert kept not in refusal_sentence(data.encode(), "dtks")


@pytest.mark.parametrize(
    ("amounts", "cause"),
    [
        ("TAHAP 1|TAHAP 2", "beberapa tahap bersebelahan (TAHAP 1, TAHAP 2), tetapi status atau tanggal bayarnya satu"),
        ("APR|MEI|JUNI", "per bulan bersebelahan (APR, MEI, JUNI) tanpa jumlahnya"),
        ("JUMLAH RUMAH", "judul kolom yang kurang: BSU"),
    ],
)
def test_amounts_beside_each_other_that_cannot_be_told_apart_are_the_cause(amounts: str, cause: str) -> None:
    values = "|".join("600000" for _ in amounts.split("|"))
    data = f"NO DANOM|NIK|NAMA|{amounts}|STATUS BAYAR\nA|3604041211870001|SITI|{values}|DIBAYAR"
    assert cause in refusal_sentence(data.encode(), "pos")


def test_money_in_thousands_is_refused_where_not_all_of_it_is() -> None:
    header = "PROGRAM|TAHUN|TAHAP|KODE WILAYAH|KPM ALOKASI|NOMINAL ALOKASI (Rp {})|NOMINAL TRANSFER (Rp {})"
    files = {
        units: f"{header.format(*units)}\nPKH|2022|4|3604|10|6000|600".encode()
        for units in product(("ribu", "penuh"), repeat=2)
    }
    refused = refusal_sentence(files["ribu", "penuh"], "alokasi")
    assert refused == (
        "Jumlah uang pada kolom NOMINAL ALOKASI (Rp ribu) tidak dalam rupiah penuh; tulis dalam rupiah penuh."
    )
    for unit, title in (("penuh", None), ("ribu", "DALAM RIBU RUPIAH")):
        (row,) = read(files[unit, unit], "alokasi")
        assert (row["nominal_alokasi"], row["judul"], row["catatan"]) == ("6000", title, None)
    (order,) = read(b"NO DANOM|NIK|NAMA|NOMINAL (Rp ribu)\nA|3604041211870001|SITI|300", "pos")
    assert (order["nominal"], order["judul"]) == ("300", "DALAM RIBU RUPIAH")
