"""Reads files of any format or packing into text frames with the columns of their source.

A line that cannot be read becomes a row with a code, so that callers see every line of every file in one frame.
Belongs here: which files are read, in which order, and how unreadable ones are reported. Does not: which tables a file
holds (`pipeline.extracts.tables`), and how their columns are mapped (`pipeline.extracts.layouts.mapping`).
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
from pipeline.extracts.files.ledger import fingerprint
from pipeline.extracts.files.unreadable import NOT_OPENED, UnreadableError
from pipeline.extracts.grids.boxes import join_digit_boxes
from pipeline.extracts.grids.grid import Grid, merge_in_order
from pipeline.extracts.grids.lists import split_lists
from pipeline.extracts.grids.stacked_tables import split_at_headers
from pipeline.extracts.layouts.expected import expected_layout
from pipeline.extracts.layouts.households import HOUSEHOLD_KIND, join_households
from pipeline.extracts.layouts.mapping import to_extract
from pipeline.extracts.layouts.title_facts import TitleFacts
from pipeline.extracts.tables import split_into_tables
from pipeline.extracts.text.rows import PIECE_BYTES
from pipeline.parallel import chain_in_parallel, prefetch
from schemas.extracts import KINDS, Layout, folder_of
from schemas.rules import BELOW_OTHER_HEADER, CORRECTIONS
from schemas.table import polars_schema

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)
# Far above any genuine extract of one kabupaten; a file that unpacks to more is a zip bomb or a mistake.
MAX_UNPACKED_BYTES = 8 * 2**30
# Read in small pieces where most files turn out to be of an unwanted kind: their first lines show it.
_PREVIEW_BYTES = 2**20
_FAMILIES = "dtsen_keluarga"
_REFUSED_FILE = "BERKAS_DITOLAK"
_CHANGED_SENTENCE = (
    "Berkas ini berubah sesudah proses dimulai, mungkin karena masih disalin, sehingga yang terbaca mungkin belum "
    "lengkap. Jalankan lagi setelah selesai disalin."
)


def read_source(raw: Path, files: pl.DataFrame, source: str) -> pl.DataFrame:
    """All rows of all files of one source that the ledger marks DIBACA.

    Args:
        raw: the folder the ledger's paths start from.
        files: the ledger (`pipeline.extracts.files.ledger.build_ledger`).
        source: one of `schemas.extracts.EXTRACTS`.

    Returns:
        The columns of the source's extract model; lines that are not rows carry a code in `rusak`. Files of another
        kind that belongs in the folder (`schemas.extracts.kinds.ADDITIONAL_KINDS`) contribute no rows.
    """
    return pl.concat([pl.DataFrame(schema=polars_schema(KINDS[source])), *iter_source(raw, files, source)])


def iter_source(
    raw: Path, files: pl.DataFrame, source: str, piece_bytes: int = PIECE_BYTES, scratch: Path | None = None
) -> Iterator[pl.DataFrame]:
    """Like `read_source`, frame by frame: memory is bounded by the largest piece of text or the largest sheet.

    Args:
        piece_bytes: how much text is processed at once.
        scratch: folder for rows that wait for others, personal data (`join_households`).
    """
    yield from join_households(_read_files(raw, files, source, {source, HOUSEHOLD_KIND}, piece_bytes), source, scratch)


def refuse_changed_files(raw: Path, files: pl.DataFrame, source: str) -> Iterator[pl.DataFrame]:
    """Refusals for files (as in `read_source`) that no longer match their ledger's fingerprint: perhaps partly read."""
    for name, sha256 in _files_to_read(files, source).select("berkas", "sha256").iter_rows():
        if fingerprint(raw / name) != sha256:
            yield _refusal(_CHANGED_SENTENCE, name, None, source)


def refused_files(extract: Frame) -> Frame:
    """The files and sheets that `read_source` refused as a whole, and why: berkas, catatan."""
    return extract.filter(pl.col("rusak") == _REFUSED_FILE).select("berkas", "catatan")


def has_rows(raw: Path, file: Path, source: str) -> bool:
    """Whether a file in a source's folder has any readable row; reads no further than the first one."""
    wanted = {source, *(kind for kind in KINDS if folder_of(kind) == source)}
    with closing(_read_file(raw, file.relative_to(raw).as_posix(), source, wanted, _PREVIEW_BYTES)) as found:
        return any((frame["baris"] > 0).any() for _, frame in found)


def iter_families(raw: Path, files: pl.DataFrame, refused: list[str]) -> Iterator[pl.DataFrame]:
    """All rows of all DTSEN family files in the DTKS folder, frame by frame, as `iter_source`.

    Args:
        refused: receives the names of files that are refused or changed while being read: they may hold families.

    Yields:
        The columns of `schemas.extracts.dtks.DtsenKeluarga`; lines that are not rows carry a code in `rusak`. Files of
        any other layout are left to `read_source`.
    """
    for kind, frame in _read_files(raw, files, folder_of(_FAMILIES), {_FAMILIES}, _PREVIEW_BYTES):
        if kind == _FAMILIES:
            yield frame
        else:
            refused.extend(refused_files(frame)["berkas"])
    for changed in refuse_changed_files(raw, files, folder_of(_FAMILIES)):
        refused.extend(changed["berkas"])


def _read_files(
    raw: Path, files: pl.DataFrame, source: str, wanted: set[str], piece_bytes: int
) -> Iterator[tuple[str, pl.DataFrame]]:
    # Corrections come first: if two rows have the same ID, the first one counts.
    names = _files_to_read(files, source).sort(~pl.col("berkas").str.contains(CORRECTIONS), "berkas")["berkas"]
    return chain_in_parallel(_read_file(raw, name, source, wanted, piece_bytes) for name in names)


def _files_to_read(files: pl.DataFrame, source: str) -> pl.DataFrame:
    return files.filter(sumber=source, status_berkas="DIBACA")


def _read_file(
    raw: Path, name: str, source: str, wanted: set[str], piece_bytes: int
) -> Generator[tuple[str, pl.DataFrame], None, None]:
    try:
        stream = (raw / name).open("rb")
    except OSError:
        yield source, _refusal(NOT_OPENED, name, None, source)
    else:
        with stream:
            yield from _read_stream(stream, name, source, wanted, piece_bytes)


def _read_stream(
    stream: IO[bytes], name: str, source: str, wanted: set[str], piece_bytes: int
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Frames of a file with their kind: only wanted kinds, and refusals, which count for the source."""
    for part in unpack(stream, MAX_UNPACKED_BYTES):
        try:
            for label, grids in split_into_tables(part, name, source, piece_bytes):
                yield from _read_table(grids, name, label, source, wanted)
        except UnreadableError as error:
            yield source, _refusal(str(error), name, part.label, source)


def _read_table(
    grids: Iterator[Grid] | UnreadableError, name: str, label: str | None, source: str, wanted: set[str]
) -> Iterator[tuple[str, pl.DataFrame]]:
    read_kind: str | None = None
    try:
        if isinstance(grids, UnreadableError):
            raise grids
        title_facts: defaultdict[str | None, TitleFacts] = defaultdict(TitleFacts)
        # The parts of one file share a stream: close this table's look-ahead before the next part is read.
        with closing(_tables_under_own_headers(grids)) as tables:
            for list_name, table in tables:
                table_label = " ".join(filter(None, (label, list_name))) or None
                try:
                    layout = _layout_if_wanted(read_kind, expected_layout(table.header, source), wanted)
                except UnreadableError as error:
                    if read_kind is None:
                        raise
                    yield read_kind, _refusal(str(error), name, table_label, read_kind, _all_lines_refused(table))
                    continue
                if layout is None:
                    return
                read_kind = layout.source
                extract, title_facts[list_name] = to_extract(
                    join_digit_boxes(table), name, table_label, layout, title_facts[list_name]
                )
                yield layout.source, extract
    except UnreadableError as error:
        # If the source is not wanted, report the unreadable rest under the kind that was read above it.
        kind = source if source in wanted else read_kind or source
        yield kind, _refusal(str(error), name, label, kind)


def _tables_under_own_headers(grids: Iterator[Grid]) -> Generator[tuple[str | None, Grid], None, None]:
    """Every table under its own header, with a name if several stand beside each other."""
    # Read nothing ahead until the first table is known to be wanted.
    with closing(prefetch(grids)) as pieces:
        for grid in split_at_headers(chain(islice(grids, 1), pieces)):
            yield from split_lists(grid)


def _layout_if_wanted(read_kind: str | None, layout: Layout, wanted: set[str]) -> Layout | None:
    """The layout of a table if it is wanted; None if it is not and nothing was read above it.

    Raises:
        UnreadableError: the table is not wanted, but a wanted one was read above it.
    """
    if layout.source in wanted:
        return layout
    if read_kind is None:
        return None
    message = f"Di bawah tabel pertama ada tabel lain, {layout.label}, yang tidak dibaca; simpan di berkas tersendiri."
    raise UnreadableError(message)


def _all_lines_refused(table: Grid) -> pl.DataFrame:
    """All lines of an unreadable table below a readable one, as refused rows, so that each is counted."""
    rows = table.rows.select("baris", rusak=pl.lit(BELOW_OTHER_HEADER))
    return merge_in_order(rows, table.refused)


def _refusal(
    sentence: str, name: str, label: str | None, source: str, lines: pl.DataFrame | None = None
) -> pl.DataFrame:
    """One row that says why a file or table is not read, and the refused lines of that table, if given."""
    file_row = pl.DataFrame({"baris": [0], "rusak": [_REFUSED_FILE], "catatan": [sentence]})
    refused = pl.concat([file_row, *([] if lines is None else [lines])], how="diagonal")
    about = {"berkas": name, "lembar": label}
    return refused.select(
        refused[column] if column in refused.columns else pl.lit(about.get(column), pl.String).alias(column)
        for column in polars_schema(KINDS[source])
    )
