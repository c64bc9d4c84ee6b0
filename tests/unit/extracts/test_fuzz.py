"""Files of real layouts, damaged at random: nothing raises, and no line is lost or counted twice.

`PADAN_FUZZ_FILES` sets how many files are damaged (default 120; 10,000 have been run).
"""

from __future__ import annotations

import gzip
import io
import os
import random
import zipfile
from collections.abc import Callable

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.extracts.files.containers import GZIP, ZIP
from pipeline.extracts.grids.grid import Grid
from pipeline.extracts.text.rows import read_delimited
from pipeline.normalise.staging import stage
from schemas.extracts import EXTRACTS, LAYOUTS
from schemas.rules import DAMAGED_FILE
from schemas.staged import STAGED
from schemas.table import polars_schema, split
from tests.unit.extracts.making import (
    layout,
    only_one_table,
    parquet,
    read_file,
    read_text,
    row,
    text,
    workbook,
    zip_archive,
)
from tests.unit.normalise.test_staging import files_of

FILES = int(os.environ.get("PADAN_FUZZ_FILES", "120"))
VALUES = [
    "", "SITI", 'Soka"an', "Lubuk Pakam I,II", "Regapu’u", "3604041211870001", "JL. A; NO 3", "-", "a|b", "\xa0", "1",
]  # fmt: skip
SHORT = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
DELIMITERS = "|;,\t"
# Normalising takes longer than reading; every so many damaged files go through it.
_STAGED_EVERY = 40
CELLS = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.sampled_from([*VALUES, "NIK", "NAMA", "No. KK :", "NO. KK : 3604040101100001", "NO", "ALAMAT :", ":"]),
)


def lines_of(data: bytes) -> list[str]:
    """The physical lines, as an editor shows them."""
    plain = data.replace(b"\x00", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\xef\xbb\xbf", b"")
    return [_shown(line) for line in plain.split(b"\n")]


def _shown(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def assert_every_line_counts_once(data: bytes, grids: list[Grid], below: int) -> None:
    """Every filled line below the header is part of one row or refused; line breaks in cells add lines to a row."""
    width = len(grids[0].header)
    delimiters = [delimiter for delimiter in DELIMITERS if delimiter in data[: data.find(b"\n")].decode()] or [","]
    taken: list[int] = []
    for grid in grids:
        breaks = pl.sum_horizontal(
            pl.col(name).str.count_matches("\n", literal=True).fill_null(0) for name in grid.rows.columns[1:]
        )
        spans = grid.rows.select("baris", breaks=breaks).rows() if width else []
        taken += [line for first, more in spans for line in range(first, first + more + 1)]
        taken += grid.refused["baris"].to_list()
    assert len(taken) == len(set(taken)), "a line is in two rows"
    blank = f'"{"".join(delimiters)} \t\xa0'
    filled = {number for number, line in enumerate(lines_of(data), 1) if number > below and line.strip(blank)}
    assert filled <= set(taken), "a line is lost"


# --- text, line by line


@st.composite
def damaged_text(draw: st.DrawFn) -> bytes:
    """A file of a real layout with a damaged body; the header stays, so that lines can be counted."""
    delimiter = draw(st.sampled_from(DELIMITERS))
    headers = LAYOUTS["alokasi"].headers
    cell = st.sampled_from(VALUES)
    rows = draw(st.lists(st.lists(cell, min_size=len(headers), max_size=len(headers)), max_size=12))
    quote = draw(
        st.sampled_from([str, lambda value: f'"{value}"', lambda value: f'"{value.replace(chr(34), chr(34) * 2)}"'])
    )
    body = [delimiter.join(quote(value) for value in values) for values in rows]
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    encoding = draw(st.sampled_from(["utf-8", "cp1252"]))
    data = bytearray(end.join(body).encode(encoding))
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(data)))
        what = draw(
            st.sampled_from([b'"', b"\n", b"\r\n", delimiter.encode(), b'""', b'"\n', b"\xff", b"\xc3", b"\x00"])
        )
        length = draw(st.sampled_from([0, 0, 1, 7]))
        data[place : place + length] = what
    return delimiter.join(headers).encode() + b"\n" + bytes(data)


@SHORT
@given(damaged_text(), st.integers(20, 400))
def test_every_line_of_a_damaged_text_counts_once(data: bytes, piece_bytes: int) -> None:
    assert_every_line_counts_once(data, [read_text(data)], below=1)
    pieces = list(read_delimited(io.BytesIO(data), only_one_table, piece_bytes))
    assert_every_line_counts_once(data, pieces, below=1)


@SHORT
@given(st.binary(max_size=300), st.sampled_from(list(EXTRACTS)))
def test_no_bytes_raise(data: bytes, source: str) -> None:
    assert read_file(data, "x", source).schema == polars_schema(EXTRACTS[source])


@SHORT
@given(st.text(alphabet='|;,\t"\n\r NIKnama1Aé', max_size=120), st.sampled_from(list(EXTRACTS)))
def test_no_text_raises(body: str, source: str) -> None:
    headers = "|".join(next(known for known in LAYOUTS.values() if known.source == source).headers)
    data = f"{headers}\n{body}".encode()
    assert_every_line_counts_once(data, [read_text(data)], below=1)
    assert read_file(data, "x", source).height >= 0


@SHORT
@given(st.lists(st.lists(CELLS, max_size=6), max_size=8))
def test_no_cells_raise(cells: list[list[object]]) -> None:
    book = workbook({"A": [["NO", "NIK", "NAMA", "TGL LHR"], *cells]})
    assert read_file(book, "x", "dukcapil").height >= 0


# --- whole files, any kind


def _whole_files() -> list[tuple[str, bytes]]:
    person = row("dtks_23", ID_DTKS="D1", NIK="3604041211870001", NAMA="SITI", ALAMAT='"JL. A|B"')
    resident = row("siak_37", NIK="3604041211870001", Nama_Penduduk="SITI", Nomor_KK="3604040101100001")
    book = [
        ["NO", "NIK", "NAMA", "TGL LHR"],
        ["NO. KK : 3604040101100001"],
        ["1", "3604041211870001", "SITI", "1-1-1980"],
    ]
    dtks = text("dtks_23", *[person] * 5)
    bdt = {"p": text("bdt_art", ["R1", "P1", *["x"] * 18]), "r": text("bdt_ruta", ["R1", *["y"] * 16])}
    frame = pl.DataFrame([dict(zip(layout("siak_37").headers, resident, strict=True))] * 3)
    page = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for cells in (layout("siak_37").headers, resident)
    )
    return [
        ("dtks", dtks),
        ("dtks", gzip.compress(dtks)),
        ("dtks", zip_archive({"a.csv": dtks, "b.csv.gz": gzip.compress(dtks)})),
        ("dtks", workbook({"A": [["DATA"], layout("dtks_23").headers, person], "B": [["x"]]})),
        ("dtks", text("dtsen_keluarga", ["1", 'SI"TI', "3", *[""] * 7])),
        ("dtks", zip_archive(bdt)),
        ("dukcapil", parquet(frame)),
        ("dukcapil", workbook({"BIP": book})),
        ("dukcapil", f"<table>{page}</table>".encode()),
        ("dukcapil", b'{"content": [{"NIK": "1", "NO_KK": "2", "NAMA_LGKP": "A", "TGL_LHR": "3"}]}\n{"RESPON": "x"}'),
        ("alokasi", text("alokasi", *[["PKH", "2022", "1", "3604", "100", "30000000", "2022-01-05", "0", ""]] * 4)),
        ("pos", text("pos_belum", *[["29400/1/GEN", "B", "1", "SITI", *[""] * 4, "300.000", ""]] * 4)),
    ]  # fmt: skip


def flip(data: bytearray, rng: random.Random) -> None:
    data[rng.randrange(len(data))] = rng.randrange(256)


def cut(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    del data[start : start + rng.randint(1, 40)]


def insert(data: bytearray, rng: random.Random) -> None:
    data.insert(rng.randrange(len(data)), rng.choice(b'"\n\r|;,\t\x00\xff\xe2'))


def move(data: bytearray, rng: random.Random) -> None:
    start, end = rng.randrange(len(data)), rng.randrange(len(data))
    data[start : start + 4] = data[end : end + 4]


def truncate(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data)) :]


DAMAGES: list[Callable[[bytearray, random.Random], None]] = [flip, cut, insert, move]


def damaged(data: bytes, rng: random.Random) -> bytes:
    if rng.random() < 0.4:
        inside = damaged_inside(data, rng)
        if inside is not None:
            return inside
    if rng.random() < 0.1:
        data = data.decode("cp1252", errors="replace").encode(
            rng.choice(["utf-16", "utf-8-sig", "utf-32", "utf-16-le"])
        )
    elif rng.random() < 0.2:
        data = mixed(data, rng)
    changed = bytearray(data)
    for damage in [*rng.choices(DAMAGES, k=rng.randint(1, 12)), *([truncate] if rng.random() < 0.1 else [])]:
        if changed:
            damage(changed, rng)
    return bytes(changed)


def damaged_inside(data: bytes, rng: random.Random) -> bytes | None:
    """An archive or workbook whose members are damaged and packed again, so that the damage is not only a bad checksum.

    None for a file that is neither.
    """
    if data[:2] == GZIP:
        return gzip.compress(damaged(gzip.decompress(data), rng), mtime=0)
    if data[:4] != ZIP:
        return None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name in rng.sample(sorted(members), k=rng.randint(1, len(members))):
        change = rng.choice([damaged, lambda content, _: content[: len(content) // 2], lambda *_: b"", None])
        if change is None:
            members[f"{name}.salinan"] = members.pop(name)
        else:
            members[name] = change(members[name], rng)
    return zip_archive(members)


def mixed(data: bytes, rng: random.Random) -> bytes:
    """Some lines in another encoding, or followed by another file's lines."""
    lines = data.split(b"\n")
    for number in rng.sample(range(len(lines)), k=len(lines) // 2):
        encoding = rng.choice(["utf-8", "cp1252", "latin-1", "utf-16-le", "koi8-r"])
        lines[number] = ("Regapu\u2019u \u00e9|" + lines[number].decode("latin-1")).encode(encoding, errors="replace")
    return b"\n".join(lines)


def read_damaged(number: int, files: list[tuple[str, bytes]]) -> None:
    rng = random.Random(number)  # noqa: S311 - the same damage every time
    source, data = rng.choice(files)
    broken = damaged(data, rng)
    df = read_file(broken, f"{source}/{number}", source)
    assert df.schema == polars_schema(EXTRACTS[source]), number
    places = df.filter(pl.col("baris") > 0).select("lembar", "baris")
    assert places.height == places.unique().height, f"file {number}: a line is counted twice"
    unread = df.filter(pl.col("rusak").is_not_null()).select(df.columns[7:])
    assert unread.null_count().sum_horizontal().sum() == unread.height * unread.width, f"file {number}: a value is left"
    result = df["rusak"].is_in(["BERKAS_DITOLAK", *DAMAGED_FILE]).fill_null(value=False)
    why = df["catatan"].is_not_null() & df["rusak"].is_not_null()
    assert (why == result).all(), f"file {number}: it is told why it is refused, and no row"
    if number % _STAGED_EVERY == 0:
        readable = df.filter(pl.col("rusak").is_null())
        accepted, refused = split(stage(source, df, files_of(df), "2022-12"), STAGED[source])
        assert accepted.height + refused.height == readable.height, f"file {number}: a row is lost"


def test_damaged_files_of_every_kind() -> None:
    files = _whole_files()
    assert all(read_file(data, "x", source)["rusak"].is_null().any() for source, data in files if b"desil" not in data)
    for number in range(FILES):
        read_damaged(number, files)
