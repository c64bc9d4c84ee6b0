"""Splits tables that follow each other in one file or sheet, so that each row is read under its own header.

Officers append exports to each other, and the second may order its columns differently. A header that repeats the one
above becomes a note. Does not belong here: the meaning of titles (`pipeline.normalise.told.titles`) and of columns.
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
    LONG_NUMBER,
    SOMEBODY,
    TITLE_CELLS,
    TOTAL,
    WHOLE_NUMBER,
    Grid,
    is_filled,
    refusals,
)
from pipeline.extracts.grids.heading import HEADER_WITHIN, MOST_ROWS, find_heading
from pipeline.extracts.grids.lists import header_of_one
from pipeline.normalise.told.stage_words import STAGE_WORD
from pipeline.normalise.told.titles import titles_below
from schemas.extracts import fold_header, folded_headers, known_headers, recognise, unread_headers

# A header has at least this share of the known headers of the first one.
_LIKE_THE_FIRST = 0.5
# Totals and remarks, which are not titles.
_NO_TITLE = rf"{TOTAL}|^\s*(?:\*|(?:keterangan|ket|nb)\b)"
_NAMES_STAGE = rf"(?i)\b{STAGE_WORD}"


def under_own_headers(grids: Iterator[Grid]) -> Iterator[Grid]:
    """Cut the pieces of a file at every header, so that each grid has the header its rows stand under.

    Args:
        grids: at least one; pieces of the file, each with the header that the reader found for it.
    """
    header: list[str] | None = None
    first: list[str] | None = None
    seen: list[tuple[int, dict[int, str]]] = []
    # The last lines of the pieces before.
    end: dict[int, list[str]] = {}
    for read in _with_whole_headers(grids):
        if read.header != first:
            header, first, begin = None, read.header, max(end, default=0) + 1
            seen += [(begin, above)] if (above := _title(end, begin)) else []
        found = _headers_below(read)
        above_headers = {number: _title(end | _lines_above(read, number), number) for number, *_ in found}
        seen += [(number, lines) for number, lines in above_headers.items() if lines]
        titles = titles_below(read.title, seen)
        if read.rows.height or read.remarks:
            lines = end | _lines_above(read, sys.maxsize)
            end = {line: lines[line] for line in sorted(lines)[-HEADER_WITHIN:]}
        title = next((text for number, text, _ in reversed(titles) if number not in above_headers), read.title)
        below = tuple((number, text) for number, text, _ in titles if number in above_headers)
        of_titles = [line for *_, lines in titles for line in lines]
        grid = _noted(replace(read, title=title, titles_below=below), of_titles)
        header = grid.header if header is None else header
        from_line, again, others = 0, set(_header_lines_below(grid)), []
        expected = header
        for number, cells, others_of_it in found:
            if number in again and not others_of_it:
                continue
            again.update(others_of_it)
            if _folded(cells) == _folded(expected):
                again.add(number)
            else:
                again.discard(number)
                others.append((number, cells))
                expected = cells
        rest = _noted(grid, sorted(again)) if again else grid
        for number, cells in others:
            yield _between(rest, header, from_line, number)
            header, from_line = cells, number
        yield _between(rest, header, from_line, None)


def _with_whole_headers(grids: Iterator[Grid]) -> Iterator[Grid]:
    """The pieces of a table, cut so that no header of several rows, or its title above, is divided between two."""
    held: Grid | None = None
    for grid in grids:
        if held is not None and held.header != grid.header:
            yield held
            held = None
        whole = grid if held is None else _one(held, grid)
        held = None
        end = whole.rows.tail(MOST_ROWS - 1)
        begins = [number for number, *_ in _headers_below(replace(whole, rows=end))]
        if begins:
            first = begins[0] - HEADER_WITHIN
            held, whole = _lines_of(whole, first, sys.maxsize), _lines_of(whole, 0, first)
        yield whole
    if held is not None:
        yield held


def _lines_of(grid: Grid, first: int, end: int) -> Grid:
    """The lines of a grid from `first` up to, but not including, `end`."""
    within = pl.col("baris").is_between(first, end, closed="left")
    remarks = tuple(remark for remark in grid.remarks if first <= remark[0] < end)
    return replace(grid, rows=grid.rows.filter(within), refused=grid.refused.filter(within), remarks=remarks)


def _one(upper: Grid, lower: Grid) -> Grid:
    return replace(
        upper,
        rows=pl.concat([upper.rows, lower.rows]),
        refused=pl.concat([upper.refused, lower.refused]).sort("baris"),
        remarks=upper.remarks + lower.remarks,
    )


def _noted(grid: Grid, lines: list[int]) -> Grid:
    """The grid with these lines, rows or refused, turned into notes."""
    if not lines:
        return grid
    within = [line for rows in (grid.rows, grid.refused) for line in rows["baris"].filter(rows["baris"].is_in(lines))]
    if not within:
        return grid
    others = ~pl.col("baris").is_in(within)
    notes = refusals(within, ["BARIS_CATATAN"] * len(within))
    return replace(grid, rows=grid.rows.filter(others), refused=pl.concat([grid.refused.filter(others), notes]))


def _header_lines_below(grid: Grid) -> list[int]:
    """Lines further down that repeat a row of a header of several rows."""
    if not grid.header_lines:
        return []
    lines = [_folded(line) for line in grid.header_lines]
    like = grid.rows.filter(pl.any_horizontal(_begins_like(line) for line in lines))
    return [number for number, *texts in like.iter_rows() if _folded([text or "" for text in texts]) in lines]


def _begins_like(line: list[str]) -> pl.Expr:
    """Whether a row has the first text of a folded line in the same column."""
    first = next((place for place, text in enumerate(line) if text), 0)
    return folded_headers(pl.col(f"c{first}")) == line[first]


def _headers_below(grid: Grid) -> list[tuple[int, list[str], list[int]]]:
    """Rows that are headers: `baris`, cells, and the lines below that are the rest of a wrapped header."""
    # Of lists side by side few headers are known without their stage, and JUMLAH would look like a header.
    known = _known_in(grid.header)
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
    texts = ((number, _tidy(cells)) for number, *cells in rows.iter_rows())
    found = ((number, cells, *_with_rest(grid.rows, number, cells)) for number, cells in texts)
    return [
        (number, whole, rest)
        for number, cells, whole, rest in found
        if len(_known_in(cells)) >= _LIKE_THE_FIRST * len(known)
        or (_is_other_header(whole, grid.header) and _is_over(whole, grid.rows, max(rest, default=number)))
    ]


def _known_in(header: list[str]) -> list[int]:
    """Positions of the known headers in a header row; of lists side by side only those of the first."""
    return [place for place, text in enumerate(header_of_one(header)) if fold_header(text) in known_headers()]


def _is_other_header(cells: list[str], first: list[str]) -> bool:
    """Whether a row is a header of the same kind of file as the first, and not just a part of that one."""
    in_part = all(below in {"", above} for above, below in zip(_folded(first), _folded(cells), strict=True))
    found, kind = recognise(cells), recognise(first)
    return not in_part and found is not None and kind is not None and found[0] == kind[0]


def _is_over(header: list[str], rows: pl.DataFrame, number: int) -> bool:
    """Whether the first data row below a line is blank under the header's nameless cells; else the line is a remark."""
    below = rows.slice(rows["baris"].search_sorted(number, side="right"), HEADER_WITHIN)
    first = below.filter(pl.any_horizontal(pl.exclude("baris").str.contains(f"{SOMEBODY}|{LONG_NUMBER}"))).head(1)
    nameless = [f"c{place}" for place, text in enumerate(header) if not text]
    return not nameless or first.filter(pl.any_horizontal(is_filled(pl.col(nameless)))).is_empty()


def _with_rest(rows: pl.DataFrame, number: int, cells: list[str]) -> tuple[list[str], list[int]]:
    following = rows.filter(pl.col("baris").is_between(number + 1, number + MOST_ROWS - 1)).rows()
    heading = find_heading([cells, *(_tidy(below) for _, *below in following)])
    if heading.first or not heading.lines:
        return cells, []
    return heading.cells, [below for below, *_ in following[: heading.last]]


def _lines_above(grid: Grid, number: int) -> dict[int, list[str]]:
    """Line number → filled cells of the lines shortly above a line; a note is a single cell."""
    place = grid.rows["baris"].search_sorted(number)
    rows = grid.rows.slice(max(0, place - HEADER_WITHIN), min(place, HEADER_WITHIN)).rows()
    above = {line: [text for text in _tidy(list(texts)) if text] for line, *texts in rows}
    place = bisect_left(grid.remarks, (number,))
    return above | {line: list(texts) for line, texts in grid.remarks[max(0, place - HEADER_WITHIN) : place]}


def _title(lines: dict[int, list[str]], number: int) -> dict[int, str]:
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
        if len(lines[line]) > TITLE_CELLS or re.search(WHOLE_NUMBER, text):
            break
        if after_gap:
            nearest = nearest or title.copy()
            if _names_stage(title):
                break
        last = line
        if not re.search(_NO_TITLE, text):
            title[line] = text
    found = title if _names_stage(title) else nearest or title
    return dict(sorted(found.items()))


def _names_stage(title: dict[int, str]) -> bool:
    return bool(re.search(_NAMES_STAGE, " ".join(title.values())))


def _tidy(cells: list[str | None]) -> list[str]:
    return [" ".join((cell or "").split()) for cell in cells]


def _folded(header: list[str]) -> list[str]:
    return [fold_header(text) for text in header]


def _between(grid: Grid, header: list[str], above: int, below: int | None) -> Grid:
    """The part of a grid between two headers, with the lower header as a note."""
    if above == 0 and below is None:
        return replace(grid, header=header, header_lines=())
    part = _lines_of(grid, above + 1, sys.maxsize if below is None else below)
    notes = refusals([] if below is None else [below], [] if below is None else ["BARIS_CATATAN"])
    return replace(part, header=header, refused=pl.concat([part.refused, notes]), header_lines=())
