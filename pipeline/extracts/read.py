"""Files to text frames in the source's columns, whatever they are packed or written in.

The kind of a file follows from its first bytes, never from its name; what its rows are from its header. What cannot be
read becomes a row with a code, so that a caller sees every line of every file in one frame.
How each format becomes cells is the business of the modules beside this one.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import IO, NoReturn, TypeVar

import polars as pl

from pipeline.extracts.beside import tables_beside
from pipeline.extracts.book_in_text import read_book
from pipeline.extracts.containers import Part, unpack
from pipeline.extracts.encoding import utf_16_of
from pipeline.extracts.grid import BLANKS, SOMEBODY, WHOLE_NUMBER, Grid, in_order, is_filled, refusals
from pipeline.extracts.headers_below import under_own_headers
from pipeline.extracts.heading import likeness
from pipeline.extracts.households import HOUSEHOLDS, with_households
from pipeline.extracts.notes import find_notes
from pipeline.extracts.parquet import read_parquet
from pipeline.extracts.service import read_service
from pipeline.extracts.shifted import find_shifted
from pipeline.extracts.stages import tables_of_stages
from pipeline.extracts.text import PIECE_BYTES, read_pieces
from pipeline.extracts.text_head import header_of
from pipeline.extracts.unreadable import EMPTY, GIVE_DATA, NOT_OPENED, SEND_AGAIN, UnreadableError, panics_refused
from pipeline.extracts.workbook import Sheet, read_page, read_workbook
from pipeline.side_by_side import ahead, side_by_side
from schemas.extracts import (
    KINDS,
    NO_RESIDENT,
    SERVICE_ERROR,
    Delivered,
    Extract,
    Layout,
    columns_in,
    folder_of,
    header_words,
    lacks_its_number,
    missing_columns,
    money_of_other_units,
    nearest_layout,
    recognise,
    recognise_in,
    unit_of_money,
)
from schemas.rules import CORRECTIONS, CUT_SHORT, HIDDEN_SHEET, RULES
from schemas.table import polars_schema

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)
# Far above any honest extract of one kabupaten; a file that unpacks beyond it is a bomb or a mistake.
LARGEST_UNPACKED = 8 * 2**30
# Most files beside those looked for are of another kind, which their first lines tell.
_GLANCE_BYTES = 2**20
_FOREIGN = {b"%PDF": "PDF", b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x89PNG": "gambar", b"\xff\xd8\xff": "gambar"}
_OF_EXTRACT = frozenset(polars_schema(Extract))
_KNOWN_HEADERS, _TOLD_HEADERS, _LONGEST_TOLD = 2, 6, 40
_FAMILIES, _TARGETS, _OF_BOOKS = "dtsen_keluarga", "alokasi", "dukcapil"
_WHOLE_FILE = "BERKAS_DITOLAK"
_NAMED_OTHERWISE = re.compile(r"\.(xls[xbm]?|ods|parquet)$", re.IGNORECASE)
# Of a table: what it is called inside its file, and its rows or why they are not read.
_Table = tuple[str | None, Iterator[Grid] | UnreadableError]


def read_source(raw: Path, files: pl.DataFrame, source: str) -> pl.DataFrame:
    """All rows of all files of one source that the ledger marks DIBACA.

    Args:
        raw: the folder the ledger's paths start from.
        files: the ledger (`pipeline.extracts.files.find_files`).
        source: one of `schemas.extracts.EXTRACTS`.

    Returns:
        The columns of the source's extract model; lines that are no rows carry a code in `rusak`. A file of another
        kind that belongs in the folder (`schemas.extracts.kinds.BESIDE`) has no rows of the source.
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
    yield from with_households(_read_files(raw, files, source, {source, HOUSEHOLDS}, piece_bytes), source)


def refused_whole(extract: Frame) -> Frame:
    """What `read_source` could read nothing of, a file or a sheet of it, and why: berkas, catatan."""
    return extract.filter(pl.col("rusak") == _WHOLE_FILE).select("berkas", "catatan")


def has_rows(raw: Path, file: Path, source: str) -> bool:
    """Whether rows can be read of a file that lies in the folder of a source; reads no further than the first."""
    wanted = {source, *(kind for kind in KINDS if folder_of(kind) == source)}
    with closing(_read_named(raw, file.relative_to(raw).as_posix(), source, wanted, _GLANCE_BYTES)) as found:
        return any((frame["baris"] > 0).any() for _, frame in found)


def read_families(raw: Path, files: pl.DataFrame) -> pl.DataFrame:
    """All rows of all DTSEN family files that lie in the folder of DTKS.

    Args:
        raw: as in `read_source`.
        files: as in `read_source`.

    Returns:
        The columns of `schemas.extracts.dtks.DtsenKeluarga`; lines that are no rows carry a code in `rusak`. Files of
        any other layout are left to `read_source`.
    """
    return _whole(iter_families(raw, files, []), _FAMILIES)


def iter_families(raw: Path, files: pl.DataFrame, refused: list[str]) -> Iterator[pl.DataFrame]:
    """As `read_families`, frame by frame.

    Args:
        raw: as in `read_source`.
        files: as in `read_source`.
        refused: gets the files that `read_source` refuses, as nobody knows whether they hold families.
    """
    for kind, frame in _read_files(raw, files, folder_of(_FAMILIES), {_FAMILIES}, _GLANCE_BYTES):
        if kind == _FAMILIES:
            yield frame
        else:
            refused.extend(refused_whole(frame)["berkas"])


def _whole(frames: Iterable[pl.DataFrame], kind: str) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=polars_schema(KINDS[kind])), *frames])


def _read_files(
    raw: Path, files: pl.DataFrame, source: str, wanted: set[str], piece_bytes: int
) -> Iterator[tuple[str, pl.DataFrame]]:
    to_read = files.filter((pl.col("sumber") == source) & (pl.col("status_berkas") == "DIBACA"))
    # Corrections come first: of two rows for one ID the first one counts.
    names = to_read.sort(~pl.col("berkas").str.contains(CORRECTIONS), "berkas")["berkas"]
    return side_by_side(_read_named(raw, name, source, wanted, piece_bytes) for name in names)


def _read_named(
    raw: Path, name: str, source: str, wanted: set[str], piece_bytes: int
) -> Generator[tuple[str, pl.DataFrame], None, None]:
    try:
        stream = (raw / name).open("rb")
    except OSError:
        yield source, _refused(NOT_OPENED, name, None, source)
    else:
        with stream:
            yield from _read_stream(stream, name, source, wanted, piece_bytes)


def _read_stream(
    stream: IO[bytes], name: str, source: str, wanted: set[str], piece_bytes: int
) -> Iterator[tuple[str, pl.DataFrame]]:
    """What a file holds, by kind; frames of kinds that are not wanted are left out, refusals are of the source."""
    for part in unpack(stream, LARGEST_UNPACKED):
        try:
            for label, grids in _tables(part, name, source, piece_bytes):
                yield from _read_table(grids, name, label, source, wanted)
        except UnreadableError as error:
            yield source, _refused(str(error), name, part.label, source)


def _read_table(
    grids: Iterator[Grid] | UnreadableError, name: str, label: str | None, source: str, wanted: set[str]
) -> Iterator[tuple[str, pl.DataFrame]]:
    read: str | None = None
    try:
        if isinstance(grids, UnreadableError):
            raise grids
        layout, header = None, None
        # What is packed in one file is read one after the other: nothing may be at work on a table that is left.
        with closing(ahead(grids)) as pieces:
            for grid in under_own_headers(pieces):
                if layout is None or grid.header != header:
                    layout, header = _expected_layout(grid.header, source), grid.header
                if layout.source not in wanted:
                    if read is not None:
                        _refuse_below(layout)
                    return
                read = layout.source
                yield layout.source, _to_extract(grid, name, label, layout)
    except UnreadableError as error:
        # Where the source is not wanted, what cannot be read below another kind is told of that kind.
        kind = source if source in wanted else read or source
        yield kind, _refused(str(error), name, label, kind)


def _tables(part: Part, name: str, source: str, piece_bytes: int) -> Iterator[_Table]:
    """The tables of one unpacked file, each under its name there and in one grid or several, or why it is not read.

    Raises:
        UnreadableError: it holds none.
    """
    if isinstance(part.content, UnreadableError):
        raise part.content
    stream, label = part.content, part.label
    start = stream.read(512)
    stream.seek(0)
    codec = utf_16_of(start)
    text = start.decode(codec, errors="replace").encode() if codec else start
    kind = text.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    for signature, what in _FOREIGN.items():
        if start.startswith(signature):
            message = f"Ini berkas {what}, bukan data; {GIVE_DATA}"
            raise UnreadableError(message)
    if start[:4] == b"PAR1":
        yield label, read_parquet(stream)
    elif start[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        yield from _sheets(stream.read(), label, source)
    elif kind == b"<":
        yield from _beside(label, read_page(stream.read()), source)
    elif kind in {b"{", b"["}:
        yield label, iter([read_service(stream.read())])
    else:
        grids = _text(stream, label or name, source, piece_bytes)
        yield from _text_by_stage(label, grids) if source == _TARGETS else [(label, grids)]


def _sheets(data: bytes, label: str | None, source: str) -> Iterator[_Table]:
    with panics_refused(f"Buku kerja Excel ini rusak atau terpotong; {SEND_AGAIN}"):
        sheets = read_workbook(data)
    if source == _TARGETS:
        sheets = [each for sheet in sheets for each in _by_stage(sheet)]
    grids = [sheet.grid for sheet in sheets if isinstance(sheet.grid, Grid)]
    # Where a sheet is refused, it may be the one with the data.
    # Beside a sheet that tells all in its columns one that does not is a recapitulation.
    whole = any(recognise(grid.header) for grid in grids)

    def recognised(header: list[str]) -> bool:
        return (recognise(header) if whole else recognise_in(header, source)) is not None

    if len(grids) == len(sheets) and not any(recognised(grid.header) for grid in grids):
        likest = max((grid.header for grid in grids), key=likeness, default=[])
        if not any(any(grid.header) for grid in grids):
            message = f"Buku kerja Excel ini kosong; {EMPTY}"
            raise UnreadableError(message)
        raise UnreadableError(_unknown_layout(likest, source))
    # A hidden sheet may be the only one, or an old copy: of two rows for one ID the one that officers see counts.
    for sheet in sorted(sheets, key=lambda sheet: not sheet.visible):
        name = sheet.name if sheet.visible else HIDDEN_SHEET + sheet.name
        place = "/".join(filter(None, (label, name)))
        if isinstance(sheet.grid, UnreadableError):
            yield place, sheet.grid
        elif recognised(sheet.grid.header):
            yield from _beside(place, sheet.grid, source)
        elif _tells_of_people(sheet.grid):
            yield place, UnreadableError(_unknown_layout(sheet.grid.header, source))


def _by_stage(sheet: Sheet) -> list[Sheet]:
    if isinstance(sheet.grid, UnreadableError):
        return [sheet]
    tables = tables_of_stages(sheet.grid)
    return [replace(sheet, name=" ".join(filter(None, (sheet.name, stage))), grid=table) for stage, table in tables]


def _beside(label: str | None, grid: Grid, source: str) -> Iterator[_Table]:
    for column, table in tables_beside(grid):
        place, found = " ".join(filter(None, (label, column))) or None, recognise_in(table.header, source)
        if column and found and folder_of(found[0]) != source:
            # The file is in the right folder: what stands there is a list to compare with.
            message = (
                f"Tabel ini {found[1].label}, bukan data {source}, dan tidak dibaca; tabel di sebelah kirinya dibaca."
            )
            yield place, UnreadableError(message)
        else:
            yield place, iter([table])


def _tells_of_people(grid: Grid) -> bool:
    """Whether a NIK or KK number stands in a table, so that leaving it out would leave out somebody."""
    told = [re.search(WHOLE_NUMBER, text) for text in grid.header]
    if any(told) or grid.rows.is_empty():
        return any(told)
    row = pl.concat_str(grid.rows.columns[1:], separator=" ", ignore_nulls=True)
    return bool(grid.rows.select(row.str.contains(WHOLE_NUMBER).any()).item())


def _text(stream: IO[bytes], name: str, source: str, piece_bytes: int) -> Iterator[Grid]:
    grids = read_pieces(stream, header_of(source), piece_bytes)
    first = next(grids)
    if source == _OF_BOOKS and not recognise(first.header):
        stream.seek(0)
        if book := read_book(stream):
            yield book
            return
    if (ending := _NAMED_OTHERWISE.search(name)) and not recognise_in(first.header, source):
        message = f"Isinya teks biasa, bukan {ending.group(1).lower()} seperti namanya; {SEND_AGAIN}"
        raise UnreadableError(message)
    yield first
    yield from grids


def _text_by_stage(label: str | None, grids: Iterator[Grid]) -> Iterator[_Table]:
    # Lists of targets are short.
    pieces = [tables_of_stages(grid) for grid in grids]
    for place, (stage, _) in enumerate(pieces[0]):
        tables = [piece[place][1] for piece in pieces]
        yield " ".join(filter(None, (label, stage))) or None, iter(tables)


def _unknown_layout(header: list[str], source: str) -> str:
    nearest = nearest_layout(header, source)
    columns = columns_in(header, nearest)
    missing = ", ".join(missing_columns(nearest.source, set(columns), header_words(nearest)))
    read = {cell for delivered in columns.values() for cell in delivered.cells}
    # Where hardly a header is known, or a number stands among them, the row may be somebody's, which is told to nobody.
    told = len(read) >= _KNOWN_HEADERS and not any(map(_may_be_somebody, header))
    others = [text[:_LONGEST_TOLD] for cell, text in enumerate(header) if told and text and cell not in read]
    unread = ", ".join(others[:_TOLD_HEADERS])
    return (
        f"Tata letak tidak dikenal; yang paling dekat {nearest.label}, judul kolom yang kurang: {missing}"
        f"{'; judul yang tidak dapat dipakai: ' if unread else ''}{unread}. "
        f"Betulkan baris judulnya; bila bukan data {source}, keluarkan dari raw/{source}."
    )


def _may_be_somebody(text: str) -> bool:
    return bool(re.search(SOMEBODY, text) or re.search(r"[0-9]{6}", re.sub(r"[\s.-]", "", text)))


def _refuse_below(layout: Layout) -> NoReturn:
    message = f"Di bawah tabel pertama ada tabel lain, {layout.label}, yang tidak dibaca; simpan di berkas tersendiri."
    raise UnreadableError(message)


def _expected_layout(header: list[str], source: str) -> Layout:
    found = recognise_in(header, source)
    if found is None:
        raise UnreadableError(_unknown_layout(header, source))
    kind, layout = found
    if folder_of(kind) != source:
        if lacks_its_number(header, layout, source):
            raise UnreadableError(_unknown_layout(header, source))
        message = f"Isinya {layout.label}; pindahkan ke folder raw/{folder_of(kind)}."
        raise UnreadableError(message)
    if (other := money_of_other_units(header)) and not _unit_for_all(header, layout):
        message = f"Jumlah uang pada kolom {', '.join(other)} tidak dalam rupiah penuh; tulis dalam rupiah penuh."
        raise UnreadableError(message)
    return layout


def _unit_for_all(header: list[str], layout: Layout) -> str | None:
    """What all amounts of a list of targets are counted in by its header; orders are paid in whole rupiah."""
    return unit_of_money(header) if layout.source == _TARGETS else None


def _to_extract(grid: Grid, name: str, label: str | None, layout: Layout) -> pl.DataFrame:
    columns = columns_in(grid.header, layout)
    schema = polars_schema(KINDS[layout.source])
    about = {"berkas": name, "lembar": label, "tata_letak": layout.label}
    title = _title(grid)
    if unit := _unit_for_all(grid.header, layout):
        title = pl.concat_str(title, pl.lit(f"DALAM {unit} RUPIAH"), separator=" / ", ignore_nulls=True)

    def of_extract(rows: pl.DataFrame, values: dict[str, pl.Expr]) -> pl.DataFrame:
        told = {"baris": pl.col("baris"), "judul": title, **values}
        constant = {column: pl.lit(about.get(column), pl.String) for column in schema if column not in told}
        return rows.select((told | constant)[column].cast(dtype).alias(column) for column, dtype in schema.items())

    values = {column: _value(delivered) for column, delivered in columns.items() if column not in _OF_EXTRACT}
    unread = _unread(grid, columns, layout.source)
    if unread.is_empty():
        return of_extract(grid.rows, values)
    none = grid.rows["baris"].is_in(unread["baris"].implode())
    # Leaving out nothing would copy everything.
    rows = grid.rows.filter(~none) if none.any() else grid.rows
    told = pl.when(pl.col("rusak") == CUT_SHORT).then(pl.lit(RULES["Berkas", CUT_SHORT].explanation))
    refused = of_extract(unread, {"rusak": pl.col("rusak"), "catatan": told})
    return in_order(of_extract(rows, values), refused)


def _title(grid: Grid) -> pl.Expr:
    """What stands above the table that a row is in."""
    if not grid.titles_below:
        return pl.lit(grid.title, pl.String)
    lines, below = zip(*grid.titles_below, strict=True)
    begin, titles = pl.Series(lines), pl.Series([grid.title, *below], dtype=pl.String)
    return pl.col("baris").map_batches(lambda line: titles.gather(begin.search_sorted(line)), pl.String)


def _unread(grid: Grid, columns: dict[str, Delivered], kind: str) -> pl.DataFrame:
    """The lines of a table that are no rows of its kind, with their code: `baris`, `rusak`."""
    told = pl.concat([_answers(grid, columns), find_notes(grid, columns, kind), find_shifted(grid, columns, kind)])
    # What a line is said to be first is what it is.
    return pl.concat([grid.refused, told.unique("baris", keep="first", maintain_order=True)])


def _value(delivered: Delivered) -> pl.Expr:
    names = [f"c{cell}" for cell in delivered.cells]
    if len(names) > 1:
        # Without one of its parts a number that is put together would be that of somebody else.
        parts = [pl.col(name).str.strip_chars(BLANKS) for name in names]
        return pl.when(pl.all_horizontal(part != "" for part in parts)).then(pl.concat_str(parts, separator="-"))
    return pl.col(names[0]) if delivered.part is None else pl.col(names[0]).str.extract(delivered.part)


def _answers(grid: Grid, columns: dict[str, Delivered]) -> pl.DataFrame:
    """Answers of the web service that hold no resident, with their code."""
    if "respon" not in columns:
        return refusals([], [])
    answer, person = _value(columns["respon"]), _value(columns["nama"])
    folded = answer.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    known = (pl.when(folded.str.starts_with(said)).then(pl.lit(code)) for said, code in NO_RESIDENT.items())
    code = pl.coalesce(*known, pl.lit(SERVICE_ERROR))
    return grid.rows.filter(is_filled(answer) & ~is_filled(person)).select("baris", rusak=code)


def _refused(sentence: str, name: str, label: str | None, source: str) -> pl.DataFrame:
    schema = polars_schema(KINDS[source])
    row = {"berkas": name, "lembar": label, "baris": 0, "rusak": _WHOLE_FILE, "catatan": sentence}
    return pl.DataFrame([{column: row.get(column) for column in schema}], schema=schema)
