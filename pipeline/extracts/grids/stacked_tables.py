"""Splits tables that follow each other in one file or sheet, so that each row is read under its own header.

Officers append exports to each other, and the second may order its columns differently. A header that repeats the one
above becomes a note. Does not belong here: the meaning of titles (`pipeline.normalise.metadata.titles`) and of columns.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from operator import and_

import polars as pl

from pipeline.extracts.grids.grid import (
    IDENTITY_NUMBER,
    LIKELY_IDENTITY_NUMBER,
    LONG_NUMBER,
    MAX_TITLE_CELLS,
    TOTAL,
    Grid,
    is_filled,
    refused_lines,
)
from pipeline.extracts.grids.heading import HEADER_SEARCH_ROWS, MAX_HEADER_ROWS, find_heading
from pipeline.extracts.grids.lists import first_list_header
from pipeline.normalise.metadata.stage_words import STAGE_WORD
from pipeline.normalise.metadata.titles import titles_below
from schemas.extracts import fold_header, folded_headers, known_headers, recognise, unread_headers

# A header has at least this share of the known headers of the first one.
_MIN_SHARE_OF_FIRST = 0.5
# Totals and remarks, which are not titles.
_NOT_A_TITLE = rf"{TOTAL}|^\s*(?:\*|(?:keterangan|ket|nb)\b)"
_NAMES_STAGE = rf"(?i)\b{STAGE_WORD}"


def split_at_headers(grids: Iterator[Grid]) -> Iterator[Grid]:
    """Cut the pieces of a file at every header, so that each grid has the header its rows stand under.

    Args:
        grids: at least one; pieces of the file, each with the header that the reader found for it.
    """
    header: list[str] | None = None
    reader_header: list[str] | None = None
    title_lines: list[tuple[int, dict[int, str]]] = []
    # The last lines of the pieces before.
    last_lines: dict[int, list[str]] = {}
    for piece in _keep_headers_whole(grids):
        if piece.header != reader_header:
            header, reader_header, begin = None, piece.header, max(last_lines, default=0) + 1
            title_lines += [(begin, above)] if (above := _title_lines(last_lines, begin)) else []
        found = _find_headers(piece)
        above_headers = {number: _title_lines(last_lines | _lines_above(piece, number), number) for number, *_ in found}
        title_lines += [(number, lines) for number, lines in above_headers.items() if lines]
        titles = titles_below(piece.title, title_lines)
        if piece.rows.height or piece.remarks:
            lines = last_lines | _lines_above(piece, sys.maxsize)
            last_lines = {line: lines[line] for line in sorted(lines)[-HEADER_SEARCH_ROWS:]}
        title = next((text for number, text, _ in reversed(titles) if number not in above_headers), piece.title)
        below = tuple((number, text) for number, text, _ in titles if number in above_headers)
        all_title_lines = [line for *_, lines in titles for line in lines]
        grid = _mark_as_notes(replace(piece, title=title, titles_below=below), all_title_lines)
        header = grid.header if header is None else header
        new_headers, repeated = _separate_repeated(found, header, _repeated_header_lines(grid))
        noted, from_line = _mark_as_notes(grid, repeated), 0
        for number, cells in new_headers:
            yield _slice_below(noted, header, from_line, number)
            header, from_line = cells, number
        yield _slice_below(noted, header, from_line, None)


def _separate_repeated(
    found: list[tuple[int, list[str], list[int]]], header: list[str], header_lines: list[int]
) -> tuple[list[tuple[int, list[str]]], list[int]]:
    """The headers (`_find_headers`) that differ from the one above them, and the lines that repeat it or continue one.

    Args:
        found: the headers further down.
        header: the one above all of them.
        header_lines: lines that repeat a row of it.
    """
    new: list[tuple[int, list[str]]] = []
    repeated = set(header_lines)
    for number, cells, continuation in found:
        if number in repeated and not continuation:
            continue
        repeated.update(continuation)
        if _fold_headers(cells) == _fold_headers(header):
            repeated.add(number)
        else:
            repeated.discard(number)
            new.append((number, cells))
            header = cells
    return new, sorted(repeated)


def _keep_headers_whole(grids: Iterator[Grid]) -> Iterator[Grid]:
    """The pieces of a table, cut so that no header of several rows, or its title above, is divided between two."""
    held_back: Grid | None = None
    for grid in grids:
        if held_back is not None and held_back.header != grid.header:
            yield held_back
            held_back = None
        piece = grid if held_back is None else _concat_pieces(held_back, grid)
        held_back = None
        tail = piece.rows.tail(MAX_HEADER_ROWS - 1)
        headers = [number for number, *_ in _find_headers(replace(piece, rows=tail))]
        if headers:
            cut = headers[0] - HEADER_SEARCH_ROWS
            held_back, piece = _slice_lines(piece, cut, sys.maxsize), _slice_lines(piece, 0, cut)
        yield piece
    if held_back is not None:
        yield held_back


def _slice_lines(grid: Grid, first: int, end: int) -> Grid:
    """The lines of a grid from `first` up to, but not including, `end`."""
    within = pl.col("baris").is_between(first, end, closed="left")
    remarks = tuple(remark for remark in grid.remarks if first <= remark[0] < end)
    return replace(grid, rows=grid.rows.filter(within), refused=grid.refused.filter(within), remarks=remarks)


def _concat_pieces(upper: Grid, lower: Grid) -> Grid:
    return replace(
        upper,
        rows=pl.concat([upper.rows, lower.rows]),
        refused=pl.concat([upper.refused, lower.refused]).sort("baris"),
        remarks=upper.remarks + lower.remarks,
    )


def _mark_as_notes(grid: Grid, lines: list[int]) -> Grid:
    """The grid with these lines, rows or refused, turned into notes."""
    if not lines:
        return grid
    within = [line for rows in (grid.rows, grid.refused) for line in rows["baris"].filter(rows["baris"].is_in(lines))]
    if not within:
        return grid
    others = ~pl.col("baris").is_in(within)
    notes = refused_lines(within, "BARIS_CATATAN")
    return replace(grid, rows=grid.rows.filter(others), refused=pl.concat([grid.refused.filter(others), notes]))


def _repeated_header_lines(grid: Grid) -> list[int]:
    """Lines further down that repeat a row of a header of several rows."""
    if not grid.header_lines:
        return []
    lines = [_fold_headers(line) for line in grid.header_lines]
    like = grid.rows.filter(pl.any_horizontal(_starts_like(line) for line in lines))
    return [number for number, *texts in like.iter_rows() if _fold_headers([text or "" for text in texts]) in lines]


def _starts_like(line: list[str]) -> pl.Expr:
    """Whether a row has the first text of a folded line in the same column."""
    first = next((position for position, text in enumerate(line) if text), 0)
    return folded_headers(pl.col(f"c{first}")) == line[first]


def _find_headers(grid: Grid) -> list[tuple[int, list[str], list[int]]]:
    """Rows that are headers: `baris`, cells, and the lines below that are the rest of a wrapped header."""
    # Of lists side by side few headers are known without their stage, and JUMLAH would look like a header.
    known = _known_positions(grid.header)
    if not known:
        return []
    # Headers begin with a letter; most rows have a number in one of their first cells. A header may be wrapped.
    first = [f"c{position}" for position in known[:2]]
    lettered = reduce(and_, (grid.rows[cell] > ":" for cell in first))
    if not lettered.any():
        return []
    folded = map(folded_headers, map(pl.col, first))
    headers = [*known_headers(), *unread_headers()]
    candidates = grid.rows.select("baris", *first).filter(lettered)
    headed = candidates.filter(pl.any_horizontal(cell.is_in(headers) for cell in folded))["baris"]
    if headed.is_empty():
        return []
    rows = grid.rows.filter(pl.col("baris").is_in(headed.implode()))
    texts = ((number, _collapse_blanks(cells)) for number, *cells in rows.iter_rows())
    found = ((number, cells, *_join_wrapped_header(grid.rows, number, cells)) for number, cells in texts)
    return [
        (number, full, rest)
        for number, cells, full, rest in found
        if len(_known_positions(cells)) >= _MIN_SHARE_OF_FIRST * len(known)
        or (_is_new_header(full, grid.header) and _fits_first_data_row(full, grid.rows, max(rest, default=number)))
    ]


def _known_positions(header: list[str]) -> list[int]:
    """Positions of the known headers in a header row; of lists side by side only those of the first."""
    return [position for position, text in enumerate(first_list_header(header)) if fold_header(text) in known_headers()]


def _is_new_header(cells: list[str], first: list[str]) -> bool:
    """Whether a row is a header of the same kind of file as the first, and not just a part of that one."""
    is_partial = all(
        below in {"", above} for above, below in zip(_fold_headers(first), _fold_headers(cells), strict=True)
    )
    found, kind = recognise(cells), recognise(first)
    return not is_partial and found is not None and kind is not None and found[0] == kind[0]


def _fits_first_data_row(header: list[str], rows: pl.DataFrame, number: int) -> bool:
    """Whether the first data row below a line is blank under the header's nameless cells; else the line is a remark."""
    below = rows.slice(rows["baris"].search_sorted(number, side="right"), HEADER_SEARCH_ROWS)
    first = below.filter(
        pl.any_horizontal(pl.exclude("baris").str.contains(f"{LIKELY_IDENTITY_NUMBER}|{LONG_NUMBER}"))
    ).head(1)
    nameless = [f"c{position}" for position, text in enumerate(header) if not text]
    return not nameless or first.filter(pl.any_horizontal(is_filled(pl.col(nameless)))).is_empty()


def _join_wrapped_header(rows: pl.DataFrame, number: int, cells: list[str]) -> tuple[list[str], list[int]]:
    """The cells of a header row joined with the rows below that continue it, and the lines of those rows."""
    following = rows.filter(pl.col("baris").is_between(number + 1, number + MAX_HEADER_ROWS - 1)).rows()
    heading = find_heading([cells, *(_collapse_blanks(below) for _, *below in following)])
    if heading.first or not heading.lines:
        return cells, []
    return heading.cells, [below for below, *_ in following[: heading.last]]


def _lines_above(grid: Grid, number: int) -> dict[int, list[str]]:
    """Line number → filled cells of the lines shortly above a line; a note is a single cell."""
    position = grid.rows["baris"].search_sorted(number)
    rows = grid.rows.slice(max(0, position - HEADER_SEARCH_ROWS), min(position, HEADER_SEARCH_ROWS)).rows()
    above = {line: [text for text in _collapse_blanks(list(texts)) if text] for line, *texts in rows}
    position = bisect_left(grid.remarks, (number,))
    return above | {line: list(texts) for line, texts in grid.remarks[max(0, position - HEADER_SEARCH_ROWS) : position]}


def _title_lines(lines: dict[int, list[str]], number: int) -> dict[int, str]:
    """The lines above a header that may be its title, from top to bottom.

    The title reaches from the nearest line up to one that names a stage and the lines directly above it; if none does,
    it is the nearest block of adjacent lines. A data row ends it: it has more cells than a title, or a person's number.
    """
    title: dict[int, str] = {}
    nearest: dict[int, str] | None = None
    last = None
    for line in sorted((line for line, texts in lines.items() if texts and line < number), reverse=True):
        text = " ".join(lines[line])
        after_gap = last not in {None, line + 1}
        if len(lines[line]) > MAX_TITLE_CELLS or re.search(IDENTITY_NUMBER, text):
            break
        if after_gap:
            nearest = nearest or title.copy()
            if _names_stage(title):
                break
        last = line
        if not re.search(_NOT_A_TITLE, text):
            title[line] = text
    found = title if _names_stage(title) else nearest or title
    return dict(sorted(found.items()))


def _names_stage(title: dict[int, str]) -> bool:
    return bool(re.search(_NAMES_STAGE, " ".join(title.values())))


def _collapse_blanks(cells: list[str | None]) -> list[str]:
    return [" ".join((cell or "").split()) for cell in cells]


def _fold_headers(header: list[str]) -> list[str]:
    return [fold_header(text) for text in header]


def _slice_below(grid: Grid, header: list[str], above: int, below: int | None) -> Grid:
    """The part of a grid between two headers, with the lower header as a note."""
    if above == 0 and below is None:
        return replace(grid, header=header, header_lines=())
    part = _slice_lines(grid, above + 1, sys.maxsize if below is None else below)
    notes = refused_lines([] if below is None else [below], "BARIS_CATATAN")
    return replace(part, header=header, refused=pl.concat([part.refused, notes]), header_lines=())
