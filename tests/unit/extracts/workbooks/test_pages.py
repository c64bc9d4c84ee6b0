"""Web pages and XML files saved as workbooks."""

from __future__ import annotations

import pytest

from tests.unit.extracts.making import HEADERS, NIK, html, person, read, refusal_sentence


def test_merged_cells_of_a_page_stand_for_all_rows_they_reach_into() -> None:
    first, second, third = person(1, NOMOR_KK="K1", PROVINSI="BANTEN"), person(2), person(3)
    columns = [HEADERS.index(name) for name in ("PROVINSI", "NOMOR KK")]

    def line(cells: list[str], spans: dict[int, str], *, left_out: bool) -> str:
        inside = ((place, text) for place, text in enumerate(cells) if not (left_out and place in spans))
        return (
            "<tr>" + "".join(f"<td {'' if left_out else spans.get(n, '')}>{text}</td>" for n, text in inside) + "</tr>"
        )

    spans = dict.fromkeys(columns, 'rowspan="2"')
    rows = [
        line(list(HEADERS), {}, left_out=False),
        line(first, spans, left_out=False),
        line(second, spans, left_out=True),
    ]
    page = "<table>" + "".join([*rows, line(third, {}, left_out=False)]) + "</table>"
    found = [
        (cells["id_dtks"], cells["provinsi"], cells["no_kk"], cells["nik"]) for cells in read(page.encode(), "dtks")
    ]
    assert found == [("D1", "BANTEN", "K1", NIK), ("D2", "BANTEN", "K1", NIK), ("D3", "", "", NIK)]


def test_old_excel_that_is_a_web_page() -> None:
    cells = "".join(f"<td>{cell or '&nbsp;'}</td>" for cell in person(1, "SITI &amp; ANI"))
    data = html(f"<tr>{cells}</tr>", "<tr></tr>", "<tr><td colspan=17>Jumlah: 1</td></tr>", f"<TR>{cells}")
    found = read(data, "dtks")
    assert [(cells["baris"], cells["nama"], cells["rusak"]) for cells in found] == [
        (2, "SITI & ANI", None),
        (4, None, "BARIS_CATATAN"),
        (5, "SITI & ANI", None),
    ]
    assert found == read(b"\xef\xbb\xbf  " + data, "dtks")


def test_old_excel_that_is_xml() -> None:
    def cells(values: list[str]) -> str:
        filled = [(place, value) for place, value in enumerate(values, 1) if value]
        return "".join(
            f'<Cell ss:Index="{place}"><Data ss:Type="String">{text}</Data></Cell>' for place, text in filled
        )

    rows = "".join(f"<Row>{cells(list(values))}</Row>" for values in (HEADERS, person(1)))
    xml = f'<?xml version="1.0"?><Workbook><Worksheet ss:Name="A"><Table>{rows}</Table></Worksheet></Workbook>'
    assert [(found["baris"], found["id_dtks"], found["nik"]) for found in read(xml.encode(), "dtks")] == [
        (2, "D1", NIK)
    ]


@pytest.mark.parametrize("claim", ["99999999999", "-1", "x", "1e9"])
def test_a_page_that_claims_to_be_endlessly_wide(claim: str) -> None:
    assert refusal_sentence(
        f'<table><tr><td colspan="{claim}">NIK</td><td ss:index="{claim}">x</td></tr></table>'.encode(), "dtks"
    )
