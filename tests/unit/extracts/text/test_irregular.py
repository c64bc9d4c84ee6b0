"""Text with misplaced quotes, line breaks and truncated lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipeline.extracts.files.ledger import build_ledger
from pipeline.extracts.read import iter_source, read_source
from tests.unit.extracts.making import GOOD, HEADERS, NIK, person, read, read_text, text


@pytest.mark.parametrize(
    "name", ['Soka"an', "Lubuk Pakam I,II", "Regapu’u", "Bo'a", 'DESA "BARU"', "A;B", "A|B", "A\tB"]
)
@pytest.mark.parametrize("delimiter", ["|", ",", ";", "\t"])
def test_village_names_survive_every_way_of_writing(name: str, delimiter: str) -> None:
    people = [person(1, **{"DESA/KELUARAHAN": name, "ALAMAT": "JL. A"}), person(2)]
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells] for cells in people]
    ways = [text("dtks_17", *quoted, delimiter=delimiter)]
    if delimiter not in name:
        ways += [text("dtks_17", *people, delimiter=delimiter)]
    for data in ways:
        encodings = ["utf-8", "cp1252", "utf-16"] if delimiter == "|" else ["utf-8"]
        for encoded in (data.decode().encode(encoding) for encoding in encodings):
            found = read(encoded, "dtks")
            assert [(cells["baris"], cells["desa"] or "") for cells in found] == [(2, name), (3, "")]


def test_a_cell_with_a_delimiter_and_another_with_a_quote_in_one_line() -> None:
    line = ",".join(person(1, **{"DESA/KELUARAHAN": 'Soka"an', "ALAMAT": '"JL. A, NO. 2"'}))
    (found,) = read((",".join(HEADERS) + "\n" + line).encode(), "dtks")
    assert (found["desa"], found["alamat"]) == ('Soka"an', "JL. A, NO. 2")


def test_a_rule_under_a_narrow_header_is_a_note_and_no_row() -> None:
    lines = ["ID DTKS |       NIK        | NAMA", "--------+------------------+------", f"D1 | {NIK} | SITI", "(1 row)"]
    found = read("\n".join(lines).encode(), "dtks")
    assert [cells["rusak"] for cells in found] == ["BARIS_CATATAN", None, "BARIS_CATATAN"]


def test_header_cells_broken_over_lines() -> None:
    header = ",".join(f'"{name.replace(" ", chr(10))}"' for name in HEADERS)
    found = read(f"{header}\n{','.join(person(1))}".encode(), "dtks")
    lines = header.count("\n") + 2
    assert [(cells["baris"], cells["nik"], cells["judul"]) for cells in found] == [(lines, NIK, None)]


def test_zero_bytes_far_down_are_no_reason_to_lose_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [person(number) for number in range(2000)]
    data = text("dtks_17", *many) + b"\n" + b"\x00" * 5000
    found = read(data, "dtks")
    assert [cells["rusak"] for cells in found] == [*[None] * len(many), "ISI_HILANG"]
    # The file is noted, too.
    assert "penyalinannya terputus" in found[-1]["catatan"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_lines_that_zero_bytes_took_part_of_are_no_rows(end: bytes) -> None:
    rows = text("dtks_17", *map(person, range(4))).replace(b"\n", end)
    # The remains of two rows have as many cells as one.
    cut, after = rows.index(b"D1") + 12, rows.index(b"D2") + 12
    found = read(rows[:cut] + b"\x00" * 512 + rows[after:], "dtks")
    assert [(cells["baris"], cells["rusak"]) for cells in found] == [(2, None), (3, "ISI_HILANG"), (4, None)]
    damaged = read(rows[:-20] + b"\x00" * 16, "dtks")
    assert [cells["rusak"] for cells in damaged] == [None, None, None, "ISI_HILANG"]


def test_two_files_copied_behind_each_other() -> None:
    found = read(b"\xef\xbb\xbf" + GOOD + b"\n\xef\xbb\xbf" + text("dtks_17", person(2)), "dtks")
    assert [(cells["id_dtks"], cells["rusak"]) for cells in found] == [
        ("D1", None),
        (None, "BARIS_CATATAN"),
        ("D2", None),
    ]


def test_a_file_cut_off_in_its_last_line() -> None:
    found = read(text("dtks_17", person(1), person(2))[:-15], "dtks")
    assert [(cells["baris"], cells["rusak"]) for cells in found] == [(2, None), (3, "BERKAS_TERPOTONG")]
    # The ledger of files notes it.
    assert "terpotong" in found[1]["catatan"]


@pytest.mark.parametrize("foot", [b"Kepala Dinas|Sosial", b"Dicetak oleh: ADMIN|12-12-2022"])
def test_what_stands_below_the_rows_is_no_file_cut_off(foot: bytes) -> None:
    found = read(text("dtks_17", person(1), person(2)).rstrip(b"\n") + b"\n" + foot, "dtks")
    assert [cells["rusak"] for cells in found] == [None, None, "KOLOM_KURANG"]


@pytest.mark.parametrize("line", ['"|"Soka"an"|"A"', '"A"|"B"|"', '"|"|"|"|"|x"', '"A"|"B|"C"', '"A""|"B"|"C"'])
@pytest.mark.parametrize("count", [1, 3])
def test_quotes_that_only_look_like_those_around_cells(line: str, count: int) -> None:
    lines = ['"1"|"2"|"3"', *[line] * count, '"4"|"5"|"6"']
    grid = read_text("\n".join(["NIK|NAMA|DESA", *lines]).encode())
    numbers = [*grid.rows["baris"], *grid.refused["baris"]]
    spans = grid.rows.select(pl.sum_horizontal(pl.col("c0", "c1", "c2").str.count_matches("\n").fill_null(0))).sum()
    assert len(set(numbers)) + spans.item() == len(lines)
    assert grid.rows.filter(pl.col("c0") == "1").select("c1", "c2").rows() == [("2", "3")]
    assert grid.rows.filter(pl.col("c0") == "4").select("c1", "c2").rows() == [("5", "6")]


def test_lines_in_quotes_whose_cells_are_too_many_and_too_few() -> None:
    grid = read_text(b'NIK|NAMA\n"1"|"2"|"3"\n"4"\n"5"|"6"')
    assert grid.rows["baris"].to_list() == [4]
    assert grid.refused.rows() == [(2, "KOLOM_LEBIH"), (3, "KOLOM_KURANG")]


def test_every_line_with_an_open_quote_ends_soon() -> None:
    lines = [f'D{number}|"A|B' for number in range(2_000)]
    found = read("\n".join(["|".join(HEADERS), *lines]).encode(), "dtks")
    assert len(found) == len(lines)


def messy(count: int) -> bytes:
    lines = []
    for number in range(count):
        cells = person(
            number, "SITI" if number % 3 else 'SI"TI', ALAMAT='"JL. A\nNO. 2|3"' if number % 5 == 0 else "JL. B"
        )
        lines.append("|".join(cells[:4] if number % 17 == 0 else cells))
        lines += [""] if number % 7 == 0 else []
    return "\n".join(["DATA DTKS", "|".join(HEADERS), *lines]).encode()


@pytest.mark.parametrize("prepare", [bytes, lambda data: data.replace(b"\n", b"\r\n")], ids=["lf", "crlf"])
def test_how_much_is_read_at_once_changes_nothing(tmp_path: Path, prepare: Callable[[bytes], bytes]) -> None:
    (tmp_path / "dtks").mkdir()
    (tmp_path / "dtks" / "a.csv").write_bytes(prepare(messy(120)))
    files = build_ledger(tmp_path, "2022-12")
    whole = read_source(tmp_path, files, "dtks")
    assert whole["rusak"].is_null().sum() == 120 - len(range(0, 120, 17))
    for piece_bytes in (300, 1000, 4096):
        pieces = list(iter_source(tmp_path, files, "dtks", piece_bytes))
        assert pl.concat(pieces).equals(whole)
        assert len(pieces) > 1
