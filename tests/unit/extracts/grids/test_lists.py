"""Lists of targets and orders with stages or programmes side by side."""

from __future__ import annotations

import pytest

from pipeline.extracts.grids.lists import revised_header
from tests.unit.extracts.making import read, workbook

TITLE = ["ALOKASI PKH TAHUN 2022"]
ROWS = [["1", "36.04", "10", "6.000.000", "12", "7.200.000"], ["2", "36.01", "", "", "5", "3.000.000"]]
TWO = [["NO", "KODE WILAYAH", "TAHAP I", "", "TAHAP II", ""], ["", "", "KPM", "NOMINAL", "KPM", "NOMINAL"]]
ONE = [["NO", "KODE WILAYAH", *(f"{name} TAHAP {n}" for n in (1, 2) for name in ("KPM", "NOMINAL ALOKASI"))]]


def targets_in(data: bytes) -> list[tuple[str | None, ...]]:
    names = ("lembar", "baris", "tahap", "kode_wilayah", "kpm_alokasi", "nominal_alokasi", "judul", "rusak")
    return [tuple(row[name] or None for name in names) for row in read(data, "alokasi")]


@pytest.mark.parametrize(
    ("header", "sign", "stages"), [(TWO, None, ("I", "II")), (ONE, None, ("1", "2")), (ONE, ";", ("1", "2"))]
)
def test_each_stage_is_a_table(header: list[list[str]], sign: str | None, stages: tuple[str, str]) -> None:
    lines = [TITLE, *header, *ROWS, ["3", "PROVINSI X", "", "", "", ""]]
    data = "\n".join(map(sign.join, lines)).encode() if sign else workbook({"Data": lines})
    first, second = (f"{'' if sign else 'Data '}TAHAP {stage}" for stage in stages)
    top, title = 2 + len(header), TITLE[0]
    assert targets_in(data) == [
        (first, top, stages[0], "36.04", "10", "6.000.000", title, None),
        # Rows of no stage are not lost.
        (first, top + 2, stages[0], "PROVINSI X", None, None, title, None),
        (second, top, stages[1], "36.04", "12", "7.200.000", title, None),
        (second, top + 1, stages[1], "36.01", "5", "3.000.000", title, None),
    ]


def test_beside_a_whole_list_a_recapitulation_is_passed_over() -> None:
    whole = ["PROGRAM", "TAHUN", "TAHAP", "KODE_WILAYAH", "KPM_ALOKASI"], ["PKH", "2022", "1", "36.04.05", "10"]
    recap = ["KABUPATEN", "JUMLAH KPM"], ["KAB. SERANG", "40"]
    both = read(workbook({"Data": list(whole), "Rekap": list(recap)}), "alokasi")
    assert [row["lembar"] for row in both] == ["Data"]
    alone = read(workbook({"Rekap": list(recap)}), "alokasi")
    assert [(row["lembar"], row["kpm_alokasi"]) for row in alone] == [("Rekap", "40")]


WHOLE = "PROGRAM|TAHUN|TAHAP|KODE_WILAYAH|KPM_ALOKASI"
AS_IT_IS = {"tahap": ["1"], "kpm_alokasi": ["10"], "lembar": [None], "rusak": [None]}
BOTH = "ALOKASI PKH DAN SEMBAKO TAHAP 1 TAHUN 2022"


@pytest.mark.parametrize(
    ("header", "values", "lists"),
    [
        # Of no use are columns of stages without families, or beside a whole list.
        *((f"{WHOLE}|{more}", "PKH|2022|1|36.04|10|6|6", AS_IT_IS)
          for more in ("NOMINAL TAHAP 1|PAGU", "NOMINAL TAHAP 1|NOMINAL TAHAP 2", "KPM TAHAP 1|KPM TAHAP 2",
                       "SISA KPM TAHAP 1|SISA KPM TAHAP 2")),
        # Sums are of no stage, and a list of one stage stays whole: what is allotted in the stage of the title stands
        # beside what came of those before.
        *((f"PKH TAHAP 3 TAHUN 2022\nKODE WILAYAH|{families}", "36.04|17|9|8", {"kpm_alokasi": lists})
          for families, lists in (("JUMLAH KPM|JUMLAH KPM TAHAP 1|JUMLAH KPM TAHAP 2", ["9", "8"]),
                                 ("KPM ALOKASI|REALISASI KPM TAHAP 1|REALISASI KPM TAHAP 2", ["17"]),
                                 ("KPM ALOKASI|KPM TAHAP 1|KPM TAHAP 2", ["17"]))),
        # With two figures for a stage none is chosen.
        ("KODE WILAYAH|KPM TAHAP 1|KPM TAHAP 1 REVISI|KPM TAHAP 2|KPM TAHAP 2 REVISI", "36.04|9|8|7|6",
         {"rusak": ["BERKAS_DITOLAK"]}),
        # The unit of the amounts is kept.
        ("KODE WILAYAH|KPM TAHAP 1|NOMINAL TAHAP 1 (Rp ribu)|KPM TAHAP 2|NOMINAL TAHAP 2 (Rp ribu)",
         "36.04|10|6.000|12|7.200", {"nominal_alokasi": ["6.000", "7.200"], "judul": ["DALAM RIBU RUPIAH"] * 2}),
        # Each programme beside another is a list; who has both, or one and not the other, is in neither once more.
        *((f"{BOTH}\n{header}", "36.04|10|6.000|12|7.200", {"program": programs})
          for header, programs in (
              ("KODE WILAYAH|KPM PKH|NOMINAL PKH|KPM SEMBAKO|NOMINAL SEMBAKO", ["PKH", "SEMBAKO"]),
              ("KODE WILAYAH|KPM BLT-BBM|NOMINAL BLT-BBM|KPM BPNT|NOMINAL BPNT", ["BLT BBM", "BPNT"]),
              ("KODE WILAYAH|KPM PKH|KPM SEMBAKO|KPM PKH DAN SEMBAKO|KPM NON PKH", ["PKH", "SEMBAKO"]),
              ("PROGRAM|KODE WILAYAH|KPM PKH|KPM SEMBAKO|TAHAP", [None]))),
        # An amount common to several lists belongs to none.
        ("KODE WILAYAH|KPM PKH|KPM BPNT|TOTAL NOMINAL", "36.04|10|20|9.000.000", {"nominal_alokasi": [None, None]}),
        ("KODE WILAYAH|KPM PKH|KPM BPNT|NOMINAL", "36.04|10|20|9.000.000", {"rusak": ["BERKAS_DITOLAK"]}),
    ],
)  # fmt: skip
def test_which_columns_are_lists_beside_each_other(
    header: str, values: str, lists: dict[str, list[str | None]]
) -> None:
    rows = read(f"{header}\n{values}".encode(), "alokasi")
    assert {name: [row[name] for row in rows] for name in lists} == lists


WAS_AND_IS = [
    [["KODE WILAYAH", "KPM SEMULA", "JUMLAH KPM MENJADI", "SELISIH", "NOMINAL MENJADI"]],
    [["KODE WILAYAH", "SEMULA", "MENJADI", "", ""], ["", "KPM", "KPM", "BERTAMBAH", "NOMINAL"]],
]


@pytest.mark.parametrize("header", WAS_AND_IS)
def test_of_what_a_target_was_and_is_to_be_the_latter_counts(header: list[list[str]]) -> None:
    (row,) = read(workbook({"Data": [TITLE, *header, ["36.04", "9", "8", "-1", "4800000"]]}), "alokasi")
    assert (row["kode_wilayah"], row["kpm_alokasi"], row["nominal_alokasi"]) == ("36.04", "8", "4800000")


@pytest.mark.parametrize("header", ["KODE WILAYAH|KPM MENJADI", "KODE WILAYAH|KPM ALOKASI|KPM SEMULA|KPM MENJADI"])
def test_what_is_to_be_without_what_was_or_beside_a_target_is_none(header: str) -> None:
    assert revised_header(header.split("|")) is None


ORDER = ["NO DANOM", "NIK", "NAMA KPM"]
PAID = ["NOMINAL", "STATUS", "TGL BAYAR"]
UNDER_STAGES = [[*ORDER, "TAHAP I", "", "", "TAHAP II", "", ""], ["", "", "", *PAID, *PAID]]
WITH_STAGES = [[*ORDER, *(f"{name} TAHAP {n}" for n in (1, 2) for name in PAID), "JUMLAH"]]
ORDERS = [
    ["1/A", "3604041211870001", "SITI", "300000", "DIBAYAR", "12-09-2022", "300000", "BELUM", "", "600000"],
    ["1/B", "3604041211870002", "AGUS", "", "", "", "300000", "DIBAYAR", "01-12-2022", "300000"],
]


def orders_in(data: bytes) -> list[tuple[str | None, ...]]:
    names = ("no_danom", "program", "tahap", "nominal", "status_bayar", "tgl_bayar", "rusak")
    return [tuple(row[name] or None for name in names) for row in read(data, "pos")]


@pytest.mark.parametrize("sign", [None, ";"])
@pytest.mark.parametrize(("header", "stages"), [(UNDER_STAGES, ("I", "II")), (WITH_STAGES, ("1", "2"))])
def test_orders_of_stages_beside_each_other_are_one_each(
    header: list[list[str]], stages: tuple[str, str], sign: str | None
) -> None:
    lines = [*header, *(row[: len(header[0])] for row in ORDERS)]
    first, second = stages
    assert orders_in("\n".join(map(sign.join, lines)).encode() if sign else workbook({"Data": lines})) == [
        ("1/A", None, first, "300000", "DIBAYAR", "12-09-2022", None),
        ("1/A", None, second, "300000", "BELUM", None, None),
        ("1/B", None, second, "300000", "DIBAYAR", "01-12-2022", None),
    ]


def test_who_is_paid_nothing_by_a_programme_is_not_in_its_list() -> None:
    amounts = [["0", "200000"], ["Rp -", "200000"], ["0", "0"]]
    lines = [[*ORDER, "PKH", "BPNT", "STATUS"], *([*ORDERS[0][:3], *each, "DIBAYAR"] for each in amounts)]
    found = read(workbook({"Data": lines}), "pos")
    assert [(row["baris"], row["program"]) for row in found] == [(4, "PKH"), (2, "BPNT"), (3, "BPNT")]


def test_programmes_that_people_are_in_are_no_lists_of_orders() -> None:
    header = ["ID DTKS", "NIK", "NO KK", "NAMA", "ALAMAT", "PKH", "BPNT"]
    people = [header, ["D1", "3604041211870001", "3604040101100001", "SITI", "KP BARU", "YA", "YA"]]
    assert len(read(workbook({"Data": people}), "dtks")) == 1


def test_what_is_told_of_a_visit_is_told_of_the_orders_of_all_its_programmes() -> None:
    lines = [[*ORDER, "PKH", "BPNT", "STATUS", "TGL BAYAR"], [*ORDERS[0][:3], "750000", "600000", *ORDERS[0][4:6]]]
    assert orders_in(workbook({"Data": lines})) == [
        ("1/A", "PKH", None, "750000", "DIBAYAR", "12-09-2022", None),
        ("1/A", "BPNT", None, "600000", "DIBAYAR", "12-09-2022", None),
    ]


@pytest.mark.parametrize(
    "header",
    [
        # A common status or amount beside the stages is ambiguous.
        [*ORDER, "NOMINAL TAHAP 1", "NOMINAL TAHAP 2", "STATUS"],
        [*ORDER, "NOMINAL TAHAP 1", "NOMINAL TAHAP 2", "TAHAP"],
        [*ORDER, "STATUS TAHAP 1", "STATUS TAHAP 2", "TGL BAYAR"],
    ],
)
def test_orders_of_which_a_stage_tells_too_little_are_refused(header: list[str]) -> None:
    (row,) = read(workbook({"Data": [header, [*ORDERS[0][:3], "300000", "300000", "1"]]}), "pos")
    assert row["rusak"] == "BERKAS_DITOLAK"


def test_an_order_that_tells_its_amount_is_one_whatever_stages_have_beside_it() -> None:
    lines = [[*ORDER, "NOMINAL", "SISA TAHAP 1", "SISA TAHAP 2"], [*ORDERS[0][:3], "300000", "0", "0"]]
    assert [row[3] for row in orders_in(workbook({"Data": lines}))] == ["300000"]


@pytest.mark.parametrize("header", [UNDER_STAGES, WITH_STAGES])
@pytest.mark.parametrize("sign", [None, ";"])
def test_lists_below_a_header_that_is_repeated_or_of_one_stage_are_read_too(
    header: list[list[str]], sign: str | None
) -> None:
    rows = [row[: len(header[0])] for row in ORDERS]
    wide = len(header[0]) - len(ORDER)
    one_stage = [[*ORDER, "NOMINAL", "TAHAP", *[""] * (wide - 2)], ["1/C", *rows[0][1:3], "9", "3", *[""] * (wide - 2)]]
    lines = [*header, rows[0], *header, rows[1], *one_stage]
    found = orders_in("\n".join(map(sign.join, lines)).encode() if sign else workbook({"Data": lines}))
    stages = ["I", "II", "I", "II"] if header is UNDER_STAGES else ["1", "2", "1", "2"]
    assert [(order[0], order[2]) for order in found if order[-1] is None] == [
        *zip(["1/A", "1/A", "1/B"], [*stages[:2], stages[3]], strict=True),
        ("1/C", "3"),
    ]
    assert {order[-1] for order in found} == {None, "BARIS_CATATAN"}


def test_a_sum_between_the_rows_of_lists_is_no_header() -> None:
    header = ["KODE_WILAYAH", "TAHAP I KPM", "TAHAP I NOMINAL", "TAHAP II KPM", "TAHAP II NOMINAL"]
    figures = [["3604", "1", "100", "2", "200"], ["JUMLAH", "4", "400", "6", "600"], ["3602", "5", "500", "6", "600"]]
    actual = [
        (place, code)
        for place, _, _, code, *_, broken in targets_in(workbook({"Data": [header, *figures]}))
        if not broken
    ]
    assert actual == [(f"Data TAHAP {stage}", code) for stage in ("I", "II") for code in ("3604", "JUMLAH", "3602")]
