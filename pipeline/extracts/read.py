"""Files to text frames in the source's columns, whatever they are packed or written in.

What cannot be read becomes a row with a code, so that a caller sees every line of every file in one frame. Belongs
here: which files are read, in which order, and what is told of one that is not. Does not: what tables a file holds
(`pipeline.extracts.tables`), and what becomes of their columns (`pipeline.extracts.layouts.in_columns`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import IO, TypeVar

import polars as pl

from pipeline.extracts.files.containers import unpack
from pipeline.extracts.files.found import fingerprint
from pipeline.extracts.files.unreadable import NOT_OPENED, UnreadableError
from pipeline.extracts.grids.boxes import without_boxes
from pipeline.extracts.grids.grid import Grid, in_order
from pipeline.extracts.grids.headers_below import under_own_headers
from pipeline.extracts.grids.lists import tables_of_lists
from pipeline.extracts.layouts.expected import expected_layout
from pipeline.extracts.layouts.households import HOUSEHOLDS, with_households
from pipeline.extracts.layouts.in_columns import to_extract
from pipeline.extracts.layouts.titled import InForce
from pipeline.extracts.tables import tables_of
from pipeline.extracts.text.rows import PIECE_BYTES
from pipeline.side_by_side import ahead, side_by_side
from schemas.extracts import KINDS, Layout, folder_of
from schemas.rules import BELOW_OTHER_HEADER, CORRECTIONS
from schemas.table import polars_schema

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)
# Far above any honest extract of one kabupaten; a file that unpacks beyond it is a bomb or a mistake.
LARGEST_UNPACKED = 8 * 2**30
# Most files beside those looked for are of another kind, which their first lines tell.
_GLANCE_BYTES = 2**20
_FAMILIES = "dtsen_keluarga"
_WHOLE_FILE = "BERKAS_DITOLAK"
_CHANGED = (
    "Berkas ini berubah sesudah proses dimulai, mungkin karena masih disalin, sehingga yang terbaca mungkin belum "
    "lengkap. Jalankan lagi setelah selesai disalin."
)


def read_source(raw: Path, files: pl.DataFrame, source: str) -> pl.DataFrame:
    """All rows of all files of one source that the ledger marks DIBACA.

    Args:
        raw: the folder the ledger's paths start from.
        files: the ledger (`pipeline.extracts.files.found.find_files`).
        source: one of `schemas.extracts.EXTRACTS`.

    Returns:
        The columns of the source's extract model; lines that are no rows carry a code in `rusak`. A file of another
        kind that belongs in the folder (`schemas.extracts.kinds.BESIDE`) has no rows of the source.
    """
    return pl.concat([pl.DataFrame(schema=polars_schema(KINDS[source])), *iter_source(raw, files, source)])


def iter_source(raw: Path, files: pl.DataFrame, source: str, piece_bytes: int = PIECE_BYTES) -> Iterator[pl.DataFrame]:
    """As `read_source`, frame by frame: memory is bounded by the largest piece of text or the largest sheet.

    Args:
        raw: as in `read_source`.
        files: as in `read_source`.
        source: as in `read_source`.
        piece_bytes: how much text is worked on at once.
    """
    yield from with_households(_read_files(raw, files, source, {source, HOUSEHOLDS}, piece_bytes), source)


def changed_meanwhile(raw: Path, files: pl.DataFrame, source: str) -> Iterator[pl.DataFrame]:
    """What is told of files that, after they were read, are no longer those of the ledger: nobody knows which was read.

    Args:
        raw: as in `read_source`.
        files: as in `read_source`.
        source: as in `read_source`.
    """
    for name, sha256 in _to_read(files, source).select("berkas", "sha256").iter_rows():
        if fingerprint(raw / name) != sha256:
            yield _refused(_CHANGED, name, None, source)


def refused_whole(extract: Frame) -> Frame:
    """What `read_source` could read nothing of, a file or a sheet of it, and why: berkas, catatan."""
    return extract.filter(pl.col("rusak") == _WHOLE_FILE).select("berkas", "catatan")


def has_rows(raw: Path, file: Path, source: str) -> bool:
    """Whether rows can be read of a file that lies in the folder of a source; reads no further than the first."""
    wanted = {source, *(kind for kind in KINDS if folder_of(kind) == source)}
    with closing(_read_named(raw, file.relative_to(raw).as_posix(), source, wanted, _GLANCE_BYTES)) as found:
        return any((frame["baris"] > 0).any() for _, frame in found)


def iter_families(raw: Path, files: pl.DataFrame, refused: list[str]) -> Iterator[pl.DataFrame]:
    """All rows of all DTSEN family files that lie in the folder of DTKS, frame by frame.

    Args:
        raw: as in `read_source`.
        files: as in `read_source`.
        refused: gets the files that `read_source` refuses or that changed meanwhile, as nobody knows whether they hold
            families.

    Returns:
        The columns of `schemas.extracts.dtks.DtsenKeluarga`; lines that are no rows carry a code in `rusak`. Files of
        any other layout are left to `read_source`.
    """
    for kind, frame in _read_files(raw, files, folder_of(_FAMILIES), {_FAMILIES}, _GLANCE_BYTES):
        if kind == _FAMILIES:
            yield frame
        else:
            refused.extend(refused_whole(frame)["berkas"])
    for told in changed_meanwhile(raw, files, folder_of(_FAMILIES)):
        refused.extend(told["berkas"])


def _read_files(
    raw: Path, files: pl.DataFrame, source: str, wanted: set[str], piece_bytes: int
) -> Iterator[tuple[str, pl.DataFrame]]:
    # Corrections come first: of two rows for one ID the first one counts.
    names = _to_read(files, source).sort(~pl.col("berkas").str.contains(CORRECTIONS), "berkas")["berkas"]
    return side_by_side(_read_named(raw, name, source, wanted, piece_bytes) for name in names)


def _to_read(files: pl.DataFrame, source: str) -> pl.DataFrame:
    return files.filter(sumber=source, status_berkas="DIBACA")


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
            for label, grids in tables_of(part, name, source, piece_bytes):
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
        in_force: defaultdict[str | None, InForce] = defaultdict(InForce)
        # What is packed in one file is read one after the other: nothing may be at work on a table that is left.
        with closing(_tables(grids)) as tables:
            for named, table in tables:
                place = " ".join(filter(None, (label, named))) or None
                try:
                    layout = _wanted_below(read, expected_layout(table.header, source), wanted)
                except UnreadableError as error:
                    if read is None:
                        raise
                    yield read, _refused(str(error), name, place, read, _lines_refused(table))
                    continue
                if layout is None:
                    return
                read = layout.source
                extract, in_force[named] = to_extract(without_boxes(table), name, place, layout, in_force[named])
                yield layout.source, extract
    except UnreadableError as error:
        # Where the source is not wanted, what cannot be read below another kind is told of that kind.
        kind = source if source in wanted else read or source
        yield kind, _refused(str(error), name, label, kind)


def _tables(grids: Iterator[Grid]) -> Generator[tuple[str | None, Grid], None, None]:
    """Every table under its own header, with what it is called where several stand beside each other."""
    # Nothing is read ahead before it is known whether the first table is wanted.
    with closing(ahead(grids)) as pieces:
        for grid in under_own_headers(chain(islice(grids, 1), pieces)):
            yield from tables_of_lists(grid)


def _wanted_below(read: str | None, layout: Layout, wanted: set[str]) -> Layout | None:
    """The layout of a table if it is wanted; None where it is not and nothing was read above it.

    Raises:
        UnreadableError: it is of another kind than what was read above it.
    """
    if layout.source in wanted:
        return layout
    if read is None:
        return None
    message = f"Di bawah tabel pertama ada tabel lain, {layout.label}, yang tidak dibaca; simpan di berkas tersendiri."
    raise UnreadableError(message)


def _lines_refused(table: Grid) -> pl.DataFrame:
    """All lines of a table that is not read though the one above it is: each is counted."""
    rows = table.rows.select("baris", rusak=pl.lit(BELOW_OTHER_HEADER))
    return in_order(rows, table.refused)


def _refused(
    sentence: str, name: str, label: str | None, source: str, lines: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Why a file, or a table of it, is not read; and of the latter its lines, each with a code."""
    whole = pl.DataFrame({"baris": [0], "rusak": [_WHOLE_FILE], "catatan": [sentence]})
    told = pl.concat([whole, *([] if lines is None else [lines])], how="diagonal")
    about = {"berkas": name, "lembar": label}
    return told.select(
        told[column] if column in told.columns else pl.lit(about.get(column), pl.String).alias(column)
        for column in polars_schema(KINDS[source])
    )
