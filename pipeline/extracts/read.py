"""One file to one text frame in the source's columns, whatever it is packed or written in.

The kind of a file follows from its first bytes, never from its name; its source from its header. What cannot be read
becomes a row with a code, so that a caller sees every line of every file in one frame.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from polars import selectors as cs

from pipeline.extracts.text import Grid, cells, read_text, refusals
from pipeline.extracts.unreadable import UnreadableError
from pipeline.extracts.workbook import read_workbook
from schemas.extracts import (
    EXTRACTS,
    Layout,
    fold_header,
    headers_of,
    missing_columns,
    nearest_layout,
    recognise,
)
from schemas.table import polars_schema

# Far above any honest extract of one kabupaten; a file that unpacks beyond it is a bomb or a mistake.
LARGEST_UNPACKED = 8 * 2**30
_NOTE_CELLS = 2


def read_source(raw: Path, files: pl.DataFrame, source: str) -> pl.DataFrame:
    """All rows of all files of one source that the ledger marks DIBACA.

    Args:
        raw: the folder the ledger's paths start from.
        files: the ledger (`pipeline.extracts.files.find_files`).
        source: one of `schemas.extracts.EXTRACTS`.

    Returns:
        The columns of the source's extract model; lines that are no rows carry a code in `rusak`.
    """
    names = files.filter((pl.col("sumber") == source) & (pl.col("status_berkas") == "DIBACA"))["berkas"]
    frames = [read_file((raw / name).read_bytes(), name, source) for name in names]
    return pl.concat(frames) if frames else pl.DataFrame(schema=polars_schema(EXTRACTS[source]))


def read_file(data: bytes, name: str, source: str) -> pl.DataFrame:
    """One file's rows in the columns of its source; never raises for what the file holds.

    Args:
        data: the file's bytes.
        name: its path under `raw/`, as it goes into `berkas`.
        source: the folder it lay in.
    """
    try:
        parts = list(_unpack(data))
    except UnreadableError as error:
        frames = [_refused(str(error), None, source)]
    else:
        # One member per archive is the rule; its name tells the officer nothing then.
        frames = [
            frame for label, part in parts for frame in _read_part(part, label if len(parts) > 1 else None, source)
        ]
    return pl.concat(frames).with_columns(berkas=pl.lit(name))


def _unpack(data: bytes) -> Iterator[tuple[str | None, bytes]]:
    """The data inside archives, each with its name there; Excel and Parquet stay as they are."""
    if data[:2] == b"\x1f\x8b":
        yield from _unpack(_gunzip(data))
    elif data[:4] == b"PK\x03\x04" and not _is_workbook(data):
        yield from _unzip(data)
    else:
        yield None, data


def _gunzip(data: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            unpacked = stream.read(LARGEST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        message = "Berkas gz ini rusak atau terpotong."
        raise UnreadableError(message) from error
    _refuse_bomb(len(unpacked))
    return unpacked


def _unzip(data: bytes) -> Iterator[tuple[str | None, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [item for item in archive.infolist() if not item.is_dir() and "__MACOSX" not in item.filename]
            _refuse_bomb(sum(item.file_size for item in members))
            for item in sorted(members, key=lambda item: item.filename):
                for inner, part in _unpack(archive.read(item)):
                    yield "/".join(filter(None, (item.filename, inner))), part
    except RuntimeError as error:
        message = "Berkas zip ini dilindungi kata sandi."
        raise UnreadableError(message) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError) as error:
        message = "Berkas zip ini rusak atau terpotong."
        raise UnreadableError(message) from error


def _is_workbook(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(name.startswith("xl/") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def _refuse_bomb(size: int) -> None:
    if size > LARGEST_UNPACKED:
        message = "Isi berkas ini terlalu besar setelah dibuka; pecah menjadi beberapa berkas."
        raise UnreadableError(message)


def _read_part(data: bytes, label: str | None, source: str) -> list[pl.DataFrame]:
    try:
        return [_to_extract(grid, sheet, source) for sheet, grid in _grids(data, label, source)]
    except UnreadableError as error:
        return [_refused(str(error), label, source)]


def _grids(data: bytes, label: str | None, source: str) -> Iterator[tuple[str | None, Grid]]:
    known = headers_of(source)

    def likeness(texts: list[str]) -> int:
        return sum(fold_header(text) in known for text in texts)

    if data[:4] == b"PAR1":
        yield label, _read_parquet(data)
    elif data[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        sheets = read_workbook(data, likeness)
        with_table = {name: grid for name, grid in sheets.items() if recognise(grid.header)}
        if not with_table:
            raise UnreadableError(_unknown_layout(max(sheets.values(), key=lambda grid: likeness(grid.header)), source))
        for name, grid in with_table.items():
            yield "/".join(filter(None, (label, name))), grid
    else:
        yield label, read_text(data, likeness)


def _read_parquet(data: bytes) -> Grid:
    try:
        table = pl.read_parquet(io.BytesIO(data))
    except pl.exceptions.PolarsError as error:
        message = "Berkas Parquet ini rusak."
        raise UnreadableError(message) from error
    whole = cs.float() & cs.by_name(*[name for name in table.select(cs.float()).columns if _is_whole(table[name])])
    text = table.with_columns(whole.cast(pl.Int64)).cast(pl.String)
    rows = text.rename(dict(zip(text.columns, cells(text.width), strict=True))).with_row_index("baris", offset=1)
    return Grid(table.columns, rows.with_columns(pl.col("baris").cast(pl.Int64)), refusals([], []), None)


def _is_whole(values: pl.Series) -> bool:
    return bool((values.drop_nulls() % 1 == 0).all())


def _unknown_layout(grid: Grid, source: str) -> str:
    nearest = nearest_layout(grid.header, source)
    present = {name for text in grid.header if (name := headers_of(source).get(fold_header(text)))}
    missing = ", ".join(missing_columns(source, present))
    return f"Tata letak tidak dikenal; yang paling dekat {nearest.label}, kolom yang kurang: {missing}."


def _to_extract(grid: Grid, label: str | None, source: str) -> pl.DataFrame:
    layout = _expected_layout(grid, source)
    known = headers_of(source)
    position: dict[str, str] = {}
    for cell, text in zip(cells(len(grid.header)), grid.header, strict=True):
        if (name := known.get(fold_header(text))) is not None:
            position.setdefault(name, cell)
    schema = polars_schema(EXTRACTS[source])
    values = [
        (pl.col(position[name]) if name in position else pl.lit(None, pl.String)).alias(name)
        for name in schema
        if name not in {"berkas", "lembar", "baris", "tata_letak", "judul", "rusak", "catatan"}
    ]
    is_note = _is_note(grid)
    good = grid.rows.filter(~is_note).select("baris", *values, rusak=pl.lit(None, pl.String))
    notes = grid.rows.filter(is_note).select("baris", rusak=pl.lit("BARIS_CATATAN"))
    return (
        pl.concat([good, grid.refused, notes], how="diagonal")
        .sort("baris")
        .with_columns(
            berkas=pl.lit(""),
            lembar=pl.lit(label, pl.String),
            tata_letak=pl.lit(layout.label),
            judul=pl.lit(grid.title, pl.String),
            catatan=pl.lit(None, pl.String),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in schema.items())
    )


def _expected_layout(grid: Grid, source: str) -> Layout:
    found = recognise(grid.header)
    if found is None:
        raise UnreadableError(_unknown_layout(grid, source))
    if found[0] != source:
        message = f"Isinya {found[1].label}; pindahkan ke folder raw/{found[0]}."
        raise UnreadableError(message)
    return found[1]


def _is_note(grid: Grid) -> pl.Expr:
    """Rows under or between the data that are none: a total, a signature, the header again."""
    names = cells(len(grid.header))
    filled = pl.sum_horizontal(
        (pl.col(name).str.strip_chars(" \t\xa0") != "").fill_null(value=False).cast(pl.Int32) for name in names
    )
    total = pl.coalesce(pl.col(*names)).str.contains(r"(?i)^\s*(jumlah|total|sub ?total|grand total|catatan|sumber)\b")
    again = pl.all_horizontal(
        pl.col(name).fill_null("").str.strip_chars() == text.strip() for name, text in zip(names, grid.header, strict=True)
    )
    few = filled <= min(_NOTE_CELLS, len(names) // 3)
    return (few | (total.fill_null(value=False) & (filled <= len(names) // 2)) | again) & pl.lit(value=True)


def _refused(sentence: str, label: str | None, source: str) -> pl.DataFrame:
    schema = polars_schema(EXTRACTS[source])
    row = {"berkas": "", "lembar": label, "baris": 0, "rusak": "BERKAS_DITOLAK", "catatan": sentence}
    return pl.DataFrame([{name: row.get(name) for name in schema}], schema=schema)
