from __future__ import annotations

import pytest

from tests.unit.extracts.making import delimited, read, workbook

HEADER = ["ID DTKS", "NIK", "NAMA"]


def somebody(number: int) -> list[str]:
    return [str(number), f"360404121187000{number}", "SITI"]


LIST = [
    ["DAFTAR BNBA KABUPATEN SERANG"], ["KECAMATAN CIKANDE"], HEADER, somebody(1), ["DESA SITUTERATE"], somebody(2),
    ["KABUPATEN SERANG"], somebody(3), ["Kecamatan : Kibin"], HEADER, somebody(4), ["Desa Kibin, 12 Desember 2022"],
]  # fmt: skip
PLACES = [
    ("KABUPATEN SERANG", *below)
    for below in (("CIKANDE", None), ("CIKANDE", "SITUTERATE"), ("CIKANDE", "SITUTERATE"), ("KIBIN", None))
]
TEXT = delimited(LIST)


@pytest.mark.parametrize(("data", "piece"), [(workbook({"A": LIST}), 2**20), (TEXT, 2**20), (TEXT, 130), (TEXT, 100)])
def test_places_that_only_titles_tell_hold_for_the_rows_below(data: bytes, piece: int) -> None:
    people = [person for person in read(data, "dtks", piece) if person["id_dtks"]]
    assert [(person["kabupaten"], person["kecamatan"], person["desa"]) for person in people] == PLACES


def test_a_column_tells_more_than_a_title() -> None:
    rows = [["KECAMATAN CIKANDE"], [*HEADER, "KECAMATAN"], [*somebody(1), "KIBIN"], [*somebody(2), ""]]
    assert [person["kecamatan"] for person in read(workbook({"A": rows}), "dtks")] == ["KIBIN", ""]


def test_a_sum_is_no_target_of_the_kabupaten_in_the_title() -> None:
    header = ["PROGRAM", "TAHUN", "TAHAP", "KECAMATAN", "KUOTA KPM"]
    rows = [["KABUPATEN SERANG"], header, ["PKH", "2022", "1", "CIKANDE", "9"], ["PKH", "2022", "1", "", "9"]]
    targets = read(workbook({"A": rows}), "alokasi")
    assert [target["kabupaten"] for target in targets] == ["KABUPATEN SERANG", None]


def test_whose_report_it_is_stands_above_it() -> None:
    header = ["NO", "NIK KPM", "STATUS KPM"]
    first, second = ([str(n), f"360404121187000{n}", "AKTIF"] for n in (1, 2))
    above, below = ["ID PENDAMPING : PDP-07"], [["Nama Pendamping : Budi"], ["ID Pendamping : PDP-08"]]
    rows = [["LAPORAN BULAN NOVEMBER 2022"], above, header, first, *below, header, second]
    reports = [report for report in read(workbook({"A": rows}), "pendamping") if report["nik"]]
    assert [(report["id_pendamping"], report["nama_pendamping"], report["periode_laporan"]) for report in reports] == [
        ("PDP-07", None, "2022-11"),
        ("PDP-08", "BUDI", "2022-11"),
    ]
