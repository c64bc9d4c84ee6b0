from __future__ import annotations

import pytest

from pipeline.normalise.metadata.places import parse_places, parse_places_alone


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("DAFTAR BNBA / Desa Cikande Kec. Cikande Kab. Serang", "KABUPATEN SERANG, CIKANDE, CIKANDE"),
        ("KECAMATAN : KOTA SOE / DESA/KEL : OE'BESI", "KOTA SOE, OE'BESI"),
        ("ALOKASI BLT DANA DESA TAHAP 1 KOTA SERANG TAHUN 2022", "KOTA SERANG"),
        ("KABUPATEN/KOTA : PALEMBANG", "PALEMBANG"),
        ("DATA DTKS KECAMATAN CIKANDE PER 5 DESEMBER 2022 TAHAP KE 2", "CIKANDE"),
        ("DINAS KEPENDUDUKAN DAN PENCATATAN SIPIL KAB. SERANG", "KABUPATEN SERANG"),
        ("KECAMATAN CIKANDE, KECAMATAN KIBIN", ""),
        ("KECAMATAN CIKANDE, KIBIN DAN BANDUNG", ""),
        ("REKAP PER KECAMATAN KABUPATEN SERANG", ""),
        ("KANTOR POS KOTA SERANG", ""),
        ("KPM SE-KABUPATEN SERANG / KEL. PENERIMA MANFAAT / KABUPATEN/KOTA SE-PROVINSI BANTEN", "KABUPATEN SERANG"),
        ("KEPALA DESA CIKANDE", ""),
        ("PROGRAM KEL. HARAPAN TAHUN 2022 / KARTU KEL. SEJAHTERA KAB./KOTA : KAB. SERANG", "KABUPATEN SERANG"),
        ("KEL. HARAPAN / PENERIMA KEL. BARU TENGAH", ""),
        ("KEL. HARAPAN", "HARAPAN"),
        ("DESA SUKAMAJU 2", ""),
        ("KAB. SERANG - BANTEN", ""),
        ("DESA CIKANDE / DESA KIBIN / KECAMATAN CIKANDE", "CIKANDE"),
        (None, ""),
    ],
)
def test_places_of_a_title(title: str | None, expected: str) -> None:
    places = parse_places(title)
    assert ", ".join(places[level] for level in ("kabupaten", "kecamatan", "desa") if level in places) == expected


@pytest.mark.parametrize("line", ["Desa Cikande, 12 Desember 2022", "JUMLAH DESA CIKANDE", "DESA CIKANDE 25"])
def test_a_line_that_says_more_names_no_place_of_what_stands_below(line: str) -> None:
    assert parse_places_alone("DESA CIKANDE") == {"desa": "CIKANDE"}
    assert parse_places_alone(line) == {}
