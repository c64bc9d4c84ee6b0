from __future__ import annotations

import json

import polars as pl
import pytest

from schemas import extracts
from schemas.extracts import EXTRACTS, LAYOUTS, Dtks, Layout, header, map_columns, recognise
from schemas.extracts.kinds import ADDITIONAL_LAYOUTS
from tests.unit.extracts.making import delimited, layout, read, read_file, refusal_sentence, row, text, workbook

PERSON = {"NIK": "3604041211870001", "NAMA": "SITI AMINAH", "ID_DTKS": "D1", "NOKK": "3604040101100001"}


# --- recognition


@pytest.mark.parametrize("key", [*LAYOUTS, *ADDITIONAL_LAYOUTS])
def test_every_layout_is_recognised_by_its_header_alone(key: str) -> None:
    known = layout(key)
    disguised = [text.lower().replace("_", " ").replace("/", " / ") for text in reversed(known.headers)]
    for spelling in (
        known.headers,
        [f" {name} " for name in known.headers],
        ["", *disguised, ""],
        [*disguised, "BARU"],
    ):
        assert recognise(list(spelling)) == (known.source, known)


def test_the_name_of_a_file_tells_nothing() -> None:
    data = text("siak_37", row("siak_37", NIK="3604041211870001", Nama_Penduduk="SITI"))
    book = workbook({"A": [layout("siak_37").headers, row("siak_37", NIK="3604041211870001", Nama_Penduduk="SITI")]})
    for name, written in (("DTKS Desember.csv", data), ("x.csv", book), ("x.xlsx.zip", data)):
        df = read_file(written, f"dukcapil/{name}", "dukcapil")
        assert df["tata_letak"].to_list() == [LAYOUTS["siak_37"].label]


def test_text_that_begins_with_a_bracket_is_no_json() -> None:
    header, cells = layout("dtks_23").headers, row("dtks_23", **PERSON)
    for rows in ([[f"[{name}]" for name in header], cells], [["[RAHASIA] DAFTAR DTKS"], header, cells]):
        assert [(found["baris"], found["rusak"]) for found in read(delimited(rows), "dtks")] == [(len(rows), None)]


def test_column_numbers_in_brackets_are_no_part_of_a_header() -> None:
    assert map_columns(["NIK (81)", "Nama ART (80)"], LAYOUTS["bdt_2015"]).keys() == {"nik", "nama"}


# --- the next vintage is data


@pytest.fixture
def vintage(monkeypatch: pytest.MonkeyPatch) -> Layout:
    """The DTKS export of a future year, with renamed columns and a new one."""

    class DtksNext(Dtks):
        """Ekspor DTKS perorangan."""

        desil: str = header("DESIL KESEJAHTERAAN", description="Desil kesejahteraan.")

    renamed = {"NO IDENTITAS PENDUDUK": "nik", "NAMA SESUAI KTP": "nama", "PEKERJAAN": ""}
    names = {"NIK": "NO IDENTITAS PENDUDUK", "NAMA": "NAMA SESUAI KTP"}
    headers = [names.get(name, name) for name in LAYOUTS["dtks_23"].headers]
    coming = Layout("dtks", "DTKS 2027", (*headers, "DESIL KESEJAHTERAAN"), means=renamed)
    monkeypatch.setitem(LAYOUTS, "dtks_2027", coming)
    for models in (EXTRACTS, extracts.KINDS):
        monkeypatch.setitem(models, "dtks", DtksNext)
    extracts.headers_of.cache_clear()
    extracts.known_headers.cache_clear()
    return coming


def test_the_next_vintage_of_an_export_is_one_entry(vintage: Layout, request: pytest.FixtureRequest) -> None:
    request.addfinalizer(extracts.headers_of.cache_clear)
    request.addfinalizer(extracts.known_headers.cache_clear)
    values = {**PERSON, "NO_IDENTITAS_PENDUDUK": PERSON["NIK"], "NAMA_SESUAI_KTP": "SITI", "PEKERJAAN": "PETANI"}
    cells = [values.get(name.replace(" ", "_"), "") for name in vintage.headers[:-1]]
    (person,) = read(delimited([vintage.headers, [*cells, "4"]]), "dtks")
    assert person["tata_letak"] == "DTKS 2027"
    assert (person["nik"], person["nama"], person["desil"]) == (PERSON["NIK"], "SITI", "4")
    assert person["pekerjaan"] is None
    # Last year's files are read as before.
    (old,) = read(text("dtks_23", row("dtks_23", **PERSON, PEKERJAAN="PETANI")), "dtks")
    assert (old["nik"], old["pekerjaan"], old["desil"]) == (PERSON["NIK"], "PETANI", None)


# --- columns that hold two


@pytest.mark.parametrize(
    ("cell", "place", "day"),
    [
        ("SERANG, 12-11-1987", "SERANG", "12-11-1987"),
        ("KOTA SERANG / 12 November 1987", "KOTA SERANG", "12 November 1987"),
        ("SERANG\n1987-11-12 00:00:00", "SERANG", "1987-11-12 00:00:00"),
        ("SERANG - 12-11-1987", "SERANG", "12-11-1987"),
        ("SERANG", "SERANG", None),
        ("12-11-1987", None, "12-11-1987"),
        ("", None, None),
    ],
)
def test_place_and_date_of_birth_in_one_column(cell: str, place: str | None, day: str | None) -> None:
    headers = ["No KK", "NIK", "Nama Lengkap", "Tempat/Tgl Lahir", "RT/RW"]
    data = workbook({"A": [headers, ["1", "3604041211870001", "SITI", cell, "002/001"]]})
    (person,) = read(data, "dukcapil")
    assert (person["tempat_lahir"], person["tanggal_lahir"]) == (place, day)
    assert (person["rt"], person["rw"]) == ("002", "001")


@pytest.mark.parametrize(
    ("header", "cell", "rt", "rw"),
    [
        *(("RW/RT", cell, "2", "1") for cell in ("1/2", "RT 2 RW 1", "RW 1/RT 2")),
        *(
            ("RT/RW", cell, "2", "1")
            for cell in ("2/1", "RT 2/RW 1", "RT.2 RW.1", "2-1", "Rt 2 / Rw 1", "2 1", "2 RW 1")
        ),
        *(("RT/RW", cell, "2", None) for cell in ("2", "2.0", "RT 2")),
        *(("RT/RW", cell, "2", "1") for cell in ("2.0/1.0", "RT 2A/1")),
        *(("RT/RW", cell, None, "1") for cell in ("/1", "-/1", "RT /RW 1", "A/1")),
        *(("RT/RW", cell, "2", "1") for cell in ("RW 1/RT 2", "RW.1 RT.2", "rw1rt2", "R.T 2 R.W 1")),
        ("RT/RW", "RW 1", None, "1"),
    ],
)
def test_both_numbers_of_a_street_in_one_column(header: str, cell: str, rt: str | None, rw: str | None) -> None:
    headers = ["No KK", "NIK", "Nama Lengkap", "Tanggal Lahir", header]
    (person,) = read(workbook({"A": [headers, ["1", "3604041211870001", "SITI", "12-11-1987", cell]]}), "dukcapil")
    assert (person["rt"], person["rw"]) == (rt, rw)


@pytest.mark.parametrize("header", ["KK", "KK (NAMA)"])
def test_of_what_stands_under_kk_only_numbers_are_taken(header: str) -> None:
    written = ["3604040101100001", "BUDI", "2", "36040401", "3,60404E+15", "TIDAK ADA"]
    rows = [["ID DTKS", header, "NIK", "NAMA"], *([cell, cell, "3604041211870001", "SITI"] for cell in written)]
    taken = [person["no_kk"] for person in read(workbook({"A": rows}), "dtks")]
    assert taken == ["3604040101100001", None, None, "36040401", "3,60404E+15", None]


# --- the web service

FOUND = {"NO_KK": "3604040101100001", "NIK": "3604041211870001", "NAMA_LGKP": "SITI", "TGL_LHR": "1987-11-12"}


def service_responses(*documents: object) -> bytes:
    return "\n".join(json.dumps(document) for document in documents).encode()


def read_persons(data: bytes) -> list[tuple[int, str | None, str | None]]:
    return [(person["baris"], person["nik"], person["rusak"]) for person in read(data, "dukcapil")]


def test_answers_of_the_web_service_line_by_line() -> None:
    data = service_responses(
        {"content": [FOUND, {**FOUND, "NIK": 3604041211870002}]},
        {"content": [{"RESPON": "Data Tidak Ditemukan, NIK tidak terdapat di database Kependudukan"}]},
        {"content": {"RESPON": "Kuota akses habis"}},
        {"status": "ok", "data": {"content": [FOUND]}},
    )
    assert read_persons(data) == [
        (1, FOUND["NIK"], None), (2, "3604041211870002", None), (3, None, "RESPON_TIDAK_DITEMUKAN"),
        (4, None, "RESPON_GALAT"), (5, FOUND["NIK"], None),
    ]  # fmt: skip
    # One document is read like many.
    assert read_persons(json.dumps([FOUND, FOUND], indent=2).encode()) == [
        (1, FOUND["NIK"], None),
        (2, FOUND["NIK"], None),
    ]


def test_answers_appended_to_each_other_are_read_wherever_their_lines_end() -> None:
    found, both = {"content": [FOUND]}, [(1, FOUND["NIK"], None), (2, FOUND["NIK"], None)]
    assert read_persons(json.dumps(found).encode() * 2) == both
    assert read_persons(json.dumps(found, indent=2).encode() * 2) == both
    # A list with an element on each line that was cut off; the parts of a broken answer are not taken for answers.
    listed = b"[\n" + b",\n".join([json.dumps(FOUND).encode()] * 3)
    assert [code for _, _, code in read_persons(listed[:-9])] == ["KOLOM_KURANG", None, None, "KOLOM_KURANG"]
    assert refusal_sentence(json.dumps(found, indent=2).encode()[:-3], "dukcapil").startswith("Berkas JSON ini rusak")


def test_a_long_answer_that_was_cut_off_is_refused_in_a_time_that_grows_with_its_length() -> None:
    # The decoder would count the lines above each of these lines: minutes for some megabytes.
    cut_off = json.dumps({"content": [FOUND] * 10_000}, indent=1).encode()[:-3]
    assert refusal_sentence(cut_off, "dukcapil").startswith("Berkas JSON ini rusak")
    lines = service_responses(*[FOUND] * 20_000, {"content": []}).replace(b"}\n", b"\n")
    assert refusal_sentence(lines, "dukcapil").startswith("Berkas JSON ini rusak")


def test_where_nobody_was_found_the_file_is_still_known() -> None:
    (nobody,) = read(service_responses({"content": [{"RESPON": "Data Tidak Ditemukan"}]}), "dukcapil")
    assert (nobody["tata_letak"], nobody["rusak"]) == ("Layanan web Dukcapil", "RESPON_TIDAK_DITEMUKAN")


def test_a_line_of_json_that_was_cut_off_is_refused_alone() -> None:
    data = service_responses(FOUND, FOUND)
    assert read_persons(data[:-9]) == [(1, "3604041211870001", None), (2, None, "KOLOM_KURANG")]
    assert refusal_sentence(data[:9], "dukcapil").startswith("Berkas JSON ini rusak atau terpotong; minta kirim ulang")


@pytest.mark.parametrize(
    "document",
    [
        {name: {"0": value, "1": value} for name, value in FOUND.items()},
        {name: [value, value] for name, value in FOUND.items()},
        {"7": FOUND, "8": FOUND},
        {"columns": list(FOUND), "index": [0, 1], "data": [list(FOUND.values())] * 2},
        {"range": "Sheet1!A1:D3", "values": [list(FOUND), *[list(FOUND.values())] * 2]},
    ],
)
def test_json_kept_as_a_table_is_read_row_by_row(document: object) -> None:
    assert read_persons(service_responses(document)) == [(1, FOUND["NIK"], None), (2, FOUND["NIK"], None)]


def test_a_row_of_a_json_table_that_lacks_a_value_is_refused_alone() -> None:
    data = service_responses([list(FOUND), list(FOUND.values()), ["3604041211870002"]])
    assert read_persons(data) == [(1, FOUND["NIK"], None), (2, None, "KOLOM_KURANG")]


def test_columns_of_a_json_table_are_put_together_by_the_keys_of_their_rows() -> None:
    columns = {name: {"0": value, "1": value} for name, value in FOUND.items()}
    columns["NIK"] = {"1": "3604041211870002", "0": FOUND["NIK"]}
    columns["NAMA_LGKP"].pop("1")
    assert read_persons(service_responses(columns)) == [(1, FOUND["NIK"], None), (2, "3604041211870002", None)]
    assert refusal_sentence(service_responses({name: [value] * len(name) for name, value in FOUND.items()}), "dukcapil")


@pytest.mark.parametrize("data", [b"[[], []]", b"[" * 100_000, b"{}", b"[1, null]", b'[{"a": {"b": [1]}}]', b"[]"])
def test_json_that_is_no_answer_is_refused(data: bytes) -> None:
    assert refusal_sentence(data, "dukcapil")


def test_answers_saved_as_text_are_told_from_notes() -> None:
    headers = [*LAYOUTS["dukcapil_web"].headers, "RESPON"]
    nobody = {"NIK": "3604041211870002", "RESPON": "Data tidak ditemukan"}
    lines = [FOUND, nobody, {"RESPON": "timeout"}, {**FOUND, "RESPON": "OK"}]
    data = delimited([headers, *([line.get(h, "") for h in headers] for line in lines)])
    codes = [code for _, _, code in read_persons(data)]
    assert codes == [None, "RESPON_TIDAK_DITEMUKAN", "RESPON_GALAT", None]


def test_an_answer_leaves_no_value_behind() -> None:
    df = read_file(
        service_responses({"RESPON": "Data Tidak Ditemukan", "NIK": "3604041211870002"}), "dukcapil/x", "dukcapil"
    )
    assert df.filter(pl.col("rusak").is_not_null())["nik"].to_list() == [None]
