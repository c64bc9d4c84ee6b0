"""Files to text frames in the source's columns, whatever they are packed or written in.

The kind of a file follows from its first bytes, never from its name; what its rows are from its header. What cannot be
read becomes a row with a code, so that a caller sees every line of every file in one frame.
How each format becomes cells is the business of the modules beside this one.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import polars as pl

from pipeline.extracts.containers import Part, unpack
from pipeline.extracts.grid import Grid, cells, refusals
from pipeline.extracts.parquet import read_parquet
from pipeline.extracts.service import read_service
from pipeline.extracts.text import PIECE_BYTES, read_pieces
from pipeline.extracts.unreadable import UnreadableError, panics_refused
from pipeline.extracts.workbook import Sheet, read_page, read_workbook
from schemas.extracts import (
    KINDS,
    NO_RESIDENT,
    REQUIRED,
    SERVICE_ERROR,
    Delivered,
    Extract,
    Layout,
    columns_in,
    fold_header,
    folder_of,
    known_headers,
    missing_columns,
    nearest_layout,
    recognise,
)
from schemas.rules import CORRECTIONS
from schemas.table import polars_schema

# Far above any honest extract of one kabupaten; a file that unpacks beyond it is a bomb or a mistake.
LARGEST_UNPACKED = 8 * 2**30
# Most files beside those looked for are of another kind, which their first lines tell.
_GLANCE_BYTES = 2**20
_NOTE_CELLS = 2
_BLANKS = " \t\n\xa0"
_COLUMN_NUMBER = r"^(\(?-?\d{1,3}\)?|KOLOM)$"
_LONGEST_COLUMN_NUMBER = 8
_SHORTEST_ESSENTIAL = 3
_TOTAL = r"(?i)^\s*(jumlah|total|sub ?total|grand total|catatan|sumber)\b"
_FOREIGN = {b"%PDF": "PDF", b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x89PNG": "gambar", b"\xff\xd8\xff": "gambar"}
_OF_EXTRACT = tuple(name for name in polars_schema(Extract) if name != "baris")
_HOUSEHOLDS, _FAMILIES = "bdt_rumah_tangga", "dtsen_keluarga"
# What a household file tells of the persons in it.
_OF_HOUSEHOLD = ("alamat", "dusun")


def read_source(raw: Path, files: pl.DataFrame, source: str) -> pl.DataFrame:
    """All rows of all files of one source that the ledger marks DIBACA.

    Args:
        raw: the folder the ledger's paths start from.
        files: the ledger (`pipeline.extracts.files.find_files`).
        source: one of `schemas.extracts.EXTRACTS`.

    Returns:
        The columns of the source's extract model; lines that are no rows carry a code in `rusak`.
    """
    return _whole(iter_source(raw, files, source), source)


def iter_source(raw: Path, files: pl.DataFrame, source: str, piece_bytes: int = PIECE_BYTES) -> Iterator[pl.DataFrame]:
    """As `read_source`, frame by frame: memory is bounded by the largest piece of text or the largest sheet.

    Args:
        raw: as in `read_source`.
        files: as in `read_source`.
        source: as in `read_source`.
        piece_bytes: how much text is worked on at once.
    """
    yield from _with_households(_read_files(raw, files, source, {source, _HOUSEHOLDS}, piece_bytes), source)


def read_families(raw: Path, files: pl.DataFrame) -> pl.DataFrame:
    """All rows of all DTSEN family files that lie in the folder of DTKS.

    Args:
        raw: as in `read_source`.
        files: as in `read_source`.

    Returns:
        The columns of `schemas.extracts.DtsenKeluarga`; lines that are no rows carry a code in `rusak`. Files of any
        other layout are left to `read_source`.
    """
    return _whole(iter_families(raw, files), _FAMILIES)


def iter_families(raw: Path, files: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """As `read_families`, frame by frame."""
    found = _read_files(raw, files, folder_of(_FAMILIES), {_FAMILIES}, _GLANCE_BYTES)
    yield from (frame for kind, frame in found if kind == _FAMILIES)


def read_file(data: bytes, name: str, source: str) -> pl.DataFrame:
    """One file's rows in the columns of its source; never raises for what the file holds.

    A file of another kind that belongs in the folder (`schemas.extracts.BESIDE`) has no rows of the source.

    Args:
        data: the file's bytes.
        name: its path under `raw/`, as it goes into `berkas`.
        source: the folder it lay in.
    """
    found = _read_stream(io.BytesIO(data), name, source, {source, _HOUSEHOLDS}, PIECE_BYTES)
    return _whole(_with_households(found, source), source)


def _whole(frames: Iterable[pl.DataFrame], kind: str) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=polars_schema(KINDS[kind])), *frames])


def _read_files(
    raw: Path, files: pl.DataFrame, source: str, wanted: set[str], piece_bytes: int
) -> Iterator[tuple[str, pl.DataFrame]]:
    to_read = files.filter((pl.col("sumber") == source) & (pl.col("status_berkas") == "DIBACA"))
    # Corrections come first: of two rows for one ID the first one counts.
    for name in to_read.sort(~pl.col("berkas").str.contains(CORRECTIONS), "berkas")["berkas"]:
        try:
            stream = (raw / name).open("rb")
        except OSError:
            sentence = "Berkas ini tidak dapat dibuka; periksa izinnya, atau tutup program yang sedang memakainya."
            yield source, _refused(sentence, name, None, source)
        else:
            with stream:
                yield from _read_stream(stream, name, source, wanted, piece_bytes)


def _read_stream(
    stream: IO[bytes], name: str, source: str, wanted: set[str], piece_bytes: int
) -> Iterator[tuple[str, pl.DataFrame]]:
    """What a file holds, by kind; frames of kinds that are not wanted are left out, refusals are of the source."""
    for part in unpack(stream, LARGEST_UNPACKED):
        try:
            for label, grids in _tables(part, source, piece_bytes):
                yield from _read_table(grids, name, label, source, wanted)
        except UnreadableError as error:
            yield source, _refused(str(error), name, part.label, source)


def _read_table(
    grids: Iterator[Grid], name: str, label: str | None, source: str, wanted: set[str]
) -> Iterator[tuple[str, pl.DataFrame]]:
    try:
        for grid in grids:
            layout = _expected_layout(grid.header, source)
            if layout.source not in wanted:
                return
            yield layout.source, _to_extract(grid, name, label, layout)
    except UnreadableError as error:
        yield source, _refused(str(error), name, label, source)


def _tables(part: Part, source: str, piece_bytes: int) -> Iterator[tuple[str | None, Iterator[Grid]]]:
    """The tables of one unpacked file, each under its name there and in one grid or several.

    Raises:
        UnreadableError: it holds none.
    """
    if isinstance(part.content, UnreadableError):
        raise part.content
    stream, label = part.content, part.label
    start = stream.read(512)
    stream.seek(0)
    kind = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    for signature, what in _FOREIGN.items():
        if start.startswith(signature):
            message = f"Ini berkas {what}, bukan data; serahkan data aslinya (Excel atau teks)."
            raise UnreadableError(message)
    if start[:4] == b"PAR1":
        yield label, iter([read_parquet(stream)])
    elif start[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        yield from _sheets(stream.read(), label, source)
    elif kind == b"<":
        yield label, iter([read_page(stream.read(), _likeness)])
    elif kind in {b"{", b"["}:
        yield label, iter([read_service(stream.read())])
    else:
        yield label, read_pieces(stream, _likeness, piece_bytes)


def _likeness(texts: list[str]) -> int:
    return sum(fold_header(text) in known_headers() for text in texts)


def _sheets(data: bytes, label: str | None, source: str) -> Iterator[tuple[str, Iterator[Grid]]]:
    with panics_refused("Buku kerja Excel ini rusak."):
        sheets = read_workbook(data, _likeness)
    with_table = [sheet for sheet in sheets if recognise(sheet.grid.header)]
    if not with_table:
        likest = max((sheet.grid.header for sheet in sheets), key=_likeness, default=[])
        raise UnreadableError(_unknown_layout(likest, source))
    for sheet in with_table:
        yield "/".join(filter(None, (label, sheet.name))), _seen(sheet)


def _seen(sheet: Sheet) -> Iterator[Grid]:
    if not sheet.visible:
        message = "Lembar ini tersembunyi sehingga tidak dibaca; tampilkan di Excel bila memang data."
        raise UnreadableError(message)
    yield sheet.grid


def _unknown_layout(header: list[str], source: str) -> str:
    nearest = nearest_layout(header, source)
    missing = ", ".join(missing_columns(nearest.source, set(columns_in(header, nearest))))
    return f"Tata letak tidak dikenal; yang paling dekat {nearest.label}, kolom yang kurang: {missing}."


def _expected_layout(header: list[str], source: str) -> Layout:
    found = recognise(header)
    if found is None:
        raise UnreadableError(_unknown_layout(header, source))
    kind, layout = found
    if folder_of(kind) != source:
        message = f"Isinya {layout.label}; pindahkan ke folder raw/{folder_of(kind)}."
        raise UnreadableError(message)
    return layout


def _to_extract(grid: Grid, name: str, label: str | None, layout: Layout) -> pl.DataFrame:
    columns = columns_in(grid.header, layout)
    schema = polars_schema(KINDS[layout.source])
    values = [
        (_value(columns[column]) if column in columns else pl.lit(None, pl.String)).alias(column)
        for column in schema
        if column not in {"baris", *_OF_EXTRACT}
    ]
    answers = _answers(grid, columns)
    notes = _notes(grid, columns, layout.source).filter(~pl.col("baris").is_in(answers["baris"].implode()))
    unread = pl.concat([grid.refused, answers, notes])
    rows = grid.rows.filter(~pl.col("baris").is_in(unread["baris"].implode())) if unread.height else grid.rows
    found = rows.select("baris", *values)
    if unread.height:
        found = pl.concat([found.with_columns(rusak=pl.lit(None, pl.String)), unread], how="diagonal").sort("baris")
    else:
        found = found.with_columns(rusak=pl.lit(None, pl.String))
    return found.with_columns(
        berkas=pl.lit(name),
        lembar=pl.lit(label, pl.String),
        tata_letak=pl.lit(layout.label),
        judul=pl.lit(grid.title, pl.String),
        catatan=pl.lit(None, pl.String),
    ).select(pl.col(column).cast(dtype) for column, dtype in schema.items())


def _value(delivered: Delivered) -> pl.Expr:
    names = [f"c{cell}" for cell in delivered.cells]
    if len(names) > 1:
        # Without one of its parts a number that is put together would be that of somebody else.
        parts = [pl.col(name).str.strip_chars(_BLANKS) for name in names]
        return pl.when(pl.all_horizontal(part != "" for part in parts)).then(pl.concat_str(parts, separator="-"))
    return pl.col(names[0]) if delivered.part is None else pl.col(names[0]).str.extract(delivered.part)


def _filled(value: pl.Expr) -> pl.Expr:
    return (value.str.strip_chars(_BLANKS) != "").fill_null(value=False)


def _answers(grid: Grid, columns: dict[str, Delivered]) -> pl.DataFrame:
    """Answers of the web service that hold no resident, with their code."""
    if "respon" not in columns:
        return refusals([], [])
    answer, person = _value(columns["respon"]), _value(columns["nama"])
    folded = answer.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    code = folded.replace_strict(NO_RESIDENT, default=SERVICE_ERROR, return_dtype=pl.String)
    return grid.rows.filter(_filled(answer) & ~_filled(person)).select("baris", rusak=code)


def _notes(grid: Grid, columns: dict[str, Delivered], kind: str) -> pl.DataFrame:
    """Rows under or between the data that are none: a total, a signature, the header again, numbers of columns.

    A row with all it must have is none of these, unless it repeats the header or numbers the columns; only the others
    are looked at cell by cell.
    """
    essential = [
        columns[name].cells[0] for alternatives in REQUIRED[kind] for name in _delivered(alternatives, columns)[:1]
    ]
    candidates = grid.rows.filter(_may_be_note(grid.header, essential))
    if candidates.is_empty():
        return refusals([], [])
    return _find_notes(candidates, grid.header, essential)


def _delivered(alternatives: tuple[tuple[str, ...], ...], columns: dict[str, Delivered]) -> list[str]:
    return [name for alternative in alternatives for name in alternative if name in columns]


def _may_be_note(header: list[str], essential: list[int]) -> pl.Expr:
    """Whether a row may lack something essential, repeat the header or number the columns; cheap, never too strict."""

    def may_be_blank(text: pl.Expr) -> pl.Expr:
        return (text.str.len_bytes() < _SHORTEST_ESSENTIAL) | pl.any_horizontal(
            text.str.starts_with(blank) for blank in _BLANKS
        )

    first = pl.col(f"c{essential[0]}")
    doubtful = (
        pl.any_horizontal(may_be_blank(pl.col(f"c{cell}")) for cell in essential)
        | first.str.starts_with(header[essential[0]])
        | (first.str.len_bytes() <= _LONGEST_COLUMN_NUMBER)
    )
    return doubtful.fill_null(value=True)


def _find_notes(rows: pl.DataFrame, header: list[str], essential: list[int]) -> pl.DataFrame:
    names = cells(len(header))
    few, half = min(_NOTE_CELLS, len(names) // 3), len(names) // 2
    filled = pl.sum_horizontal(_filled(pl.col(names)).cast(pl.Int32))
    first = pl.col(f"c{essential[0]}").str.strip_chars(_BLANKS).fill_null("")
    headed = (first == header[essential[0]].strip()) | (first.str.len_bytes() <= _LONGEST_COLUMN_NUMBER)
    # Its number and one more thing it must have, such as an amount, make a row that is worth a finding.
    numbers = [pl.col(f"c{cell}").str.contains(r"\d").fill_null(value=False) for cell in essential]
    some_row = numbers[0] & pl.any_horizontal(numbers[1:] or [pl.lit(value=False)])
    rows = rows.with_columns(terisi=filled, satu_baris=some_row).filter((pl.col("terisi") <= half) | headed)
    if rows.is_empty():
        return refusals([], [])
    text = pl.col("isi").str.strip_chars(_BLANKS).fill_null("")
    told = (
        rows.unpivot(names, index=["baris", "terisi", "satu_baris"], variable_name="sel", value_name="isi")
        .with_columns(text.alias("isi"), judul=pl.col("sel").replace_strict(names, header, return_dtype=pl.String))
        .group_by("baris", "terisi", "satu_baris", maintain_order=True)
        .agg(
            jumlah=pl.col("isi").filter(pl.col("isi") != "").first().str.contains(_TOTAL).fill_null(value=False),
            ulang=(pl.col("isi").str.replace_all(r"\s+", " ") == pl.col("judul")).all(),
            nomor=((pl.col("isi") == "") | pl.col("isi").str.contains(_COLUMN_NUMBER)).all(),
        )
    )
    is_note = (
        ((pl.col("terisi") <= few) & ~pl.col("satu_baris"))
        | (pl.col("jumlah") & (pl.col("terisi") <= half))
        | pl.col("ulang")
        | pl.col("nomor")
    )
    return told.filter(is_note).select("baris", rusak=pl.lit("BARIS_CATATAN"))


def _with_households(found: Iterator[tuple[str, pl.DataFrame]], source: str) -> Iterator[pl.DataFrame]:
    """Frames of the source; persons whose household is described in a file of its own come last, with its columns."""
    households = [pl.DataFrame(schema=polars_schema(KINDS[_HOUSEHOLDS]))]
    waiting, members = [], [households[0].select(_key_of_household())]
    for kind, frame in found:
        if kind == _HOUSEHOLDS:
            households.append(frame.filter(pl.col("rusak").is_null()))
            unread = frame.filter(pl.col("rusak").is_not_null()).select(*_OF_EXTRACT, "baris")
            yield _as_source(unread, source)
            continue
        if "id_rumah_tangga" in frame.columns:
            members.append(frame.select(_key_of_household()).unique())
        if "id_rumah_tangga" in frame.columns and _lacks_household(frame):
            waiting.append(frame)
        else:
            yield frame
    described = pl.concat(households).with_columns(_key_of_household())
    known = described.select("id_rumah_tangga", *(pl.col(name).alias(f"{name}_ruta") for name in _OF_HOUSEHOLD))
    known = known.drop_nulls("id_rumah_tangga").unique("id_rumah_tangga", keep="first", maintain_order=True)
    for frame in waiting:
        joined = frame.with_columns(_key_of_household()).join(
            known, on="id_rumah_tangga", how="left", maintain_order="left"
        )
        told = joined.with_columns(pl.coalesce(name, f"{name}_ruta").alias(name) for name in _OF_HOUSEHOLD)
        yield told.select(frame.columns)
    # Nobody can be looked for where none of the members was handed in; the officer must be told.
    alone = described.join(pl.concat(members), on="id_rumah_tangga", how="anti", maintain_order="left")
    alone = alone.select(*_OF_EXTRACT, "baris").with_columns(rusak=pl.lit("RUTA_TANPA_ANGGOTA"))
    yield _as_source(alone, source)


def _key_of_household() -> pl.Expr:
    return pl.col("id_rumah_tangga").str.strip_chars(_BLANKS)


def _lacks_household(frame: pl.DataFrame) -> bool:
    rows = frame.filter(pl.col("id_rumah_tangga").is_not_null())
    return not rows.is_empty() and rows["alamat"].null_count() == rows.height


def _as_source(unread: pl.DataFrame, source: str) -> pl.DataFrame:
    schema = polars_schema(KINDS[source])
    return unread.select(
        (pl.col(name) if name in unread.columns else pl.lit(None, pl.String)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )


def _refused(sentence: str, name: str, label: str | None, source: str) -> pl.DataFrame:
    schema = polars_schema(KINDS[source])
    row = {"berkas": name, "lembar": label, "baris": 0, "rusak": "BERKAS_DITOLAK", "catatan": sentence}
    return pl.DataFrame([{column: row.get(column) for column in schema}], schema=schema)
