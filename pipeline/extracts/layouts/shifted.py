"""Rows whose cells stand beside the columns they belong to, as a cell before them is missing or too much.

In a line of text delimiters tell; on a sheet, or where lines carry blank cells at their end, only what the cells hold
does: a number of sixteen digits where the name should be, the name where the date should be.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipeline.extracts.grids.grid import BLANKS, Grid, refusals
from schemas.extracts import Delivered, shapes_of
from schemas.extracts.shapes import DATE, NAME, NUMBER, RELATION, SEX, STREET

# Says that there is nothing, in whatever column.
_NOTHING = r"(?i)^(?:\W*|\W*(?:0+|N/?A|NN|NULL|NAN|NONE|TDK TH|(?:TIDAK|TDK|BELUM|BLM)(?: (?:ADA|TAHU))?)\W*)$"
_FARTHEST = 5
# These alone give no reason to look at a row.
_TELLING_LITTLE = frozenset({RELATION, STREET})
# One cell of another shape is damage. Two that fit equally far beside their place, and none that does not, no chance.
_ENOUGH = 2


def find_shifted(grid: Grid, columns: dict[str, Delivered], kind: str) -> pl.DataFrame:
    """Rows under the wrong columns: `baris` and their code.

    Args:
        grid: the rows.
        columns: where the columns are.
        kind: of the file (`schemas.extracts.KINDS`): what its columns hold.
    """
    shapes = {
        columns[name].cells[0]: shape
        for name, shape in shapes_of(kind).items()
        if name in columns and len(columns[name].cells) == 1 and columns[name].part is None
    }
    if len(shapes) < _ENOUGH or grid.rows.is_empty():
        return refusals([], [])
    rows = grid.rows.filter(pl.any_horizontal(_may_be_shifted(shapes), *_odd_sexes(grid.rows, shapes)))
    if rows.is_empty():
        return refusals([], [])
    rows = rows.filter(
        pl.any_horizontal(_misfits(place, shape) for place, shape in shapes.items() if shape not in _TELLING_LITTLE)
    )
    if rows.is_empty():
        return refusals([], [])
    misfits = [_misfits(place, shape) for place, shape in shapes.items()]
    # What stood in a cell that is blank may be beside it; numbers are often missing.
    missing = (~_tells(place) for place, shape in shapes.items() if shape in {NAME, DATE, SEX})
    rows = rows.filter(pl.sum_horizontal(*misfits, *missing) >= _ENOUGH)
    if rows.is_empty():
        return refusals([], [])
    cells = len(grid.header)
    looked_at = _looked_at(rows, shapes, cells)
    distances = (distance for distance in range(-_FARTHEST, _FARTHEST + 1) if distance)
    shifted = [_better_by(distance, shapes, cells) >= _ENOUGH for distance in distances]
    lines = looked_at.filter(pl.any_horizontal(shifted))["baris"].to_list()
    return refusals(lines, ["KOLOM_GESER"] * len(lines))


def _may_be_shifted(shapes: dict[int, str]) -> pl.Expr:
    """Whether a name begins with no letter, or a date or number with one: told of a million rows at a glance."""
    if NAME not in shapes.values():
        return pl.lit(value=True)
    return pl.any_horizontal(
        (cell < "A").fill_null(value=True) if shape == NAME else (cell >= "A").fill_null(value=False)
        for cell, shape in ((pl.col(f"c{place}"), shape) for place, shape in shapes.items())
        if shape in {NAME, DATE, NUMBER}
    )


def _odd_sexes(rows: pl.DataFrame, shapes: dict[int, str]) -> Iterator[pl.Expr]:
    """Whether what stands for a sex is none; only what is as long as no usual one is looked at."""
    for place in (place for place, shape in shapes.items() if shape == SEX):
        sex = pl.col(f"c{place}")
        letters = sex.str.len_bytes()
        words = rows.select(sex.filter((letters > len("LK")) & (letters != len("LAKI-LAKI"))).unique())
        # In most tables none is.
        if len(words) and len(odd := words.filter(_misfits(place, SEX)).to_series()):
            yield sex.is_in(odd.implode())


def _looked_at(rows: pl.DataFrame, shapes: dict[int, str], cells: int) -> pl.DataFrame:
    """Whether cells near a column are filled, and fit what the column looks for: `baris`, isi_CELL, pas_CELL_COLUMN.

    Once each: for every distance anew it would be a hundred patterns.
    """
    near = {place: range(max(0, place - _FARTHEST), min(cells, place + _FARTHEST + 1)) for place in shapes}
    beside = sorted({cell for reach in near.values() for cell in reach})
    return rows.select(
        "baris",
        *(_tells(cell).alias(f"isi_{cell}") for cell in beside),
        *(_fits(cell, shapes[place]).alias(f"pas_{cell}_{place}") for place, reach in near.items() for cell in reach),
    )


def _better_by(distance: int, shapes: dict[int, str], cells: int) -> pl.Expr:
    """How many columns find what they look for so far beside their place only, less those behind that do not.

    None where all of them tell little: an RT in Roman digits finds its number in many a code.
    """
    score, begun, told = pl.lit(0), pl.lit(value=False), pl.lit(value=False)
    for place in sorted(shapes):
        beside = place + distance
        if 0 <= beside < cells:
            found = pl.col(f"pas_{beside}_{place}")
            better = found & pl.col(f"isi_{place}") & ~pl.col(f"pas_{place}_{place}")
            begun = begun | better
            if shapes[place] not in _TELLING_LITTLE:
                told = told | better
            worse = begun & ~found & pl.col(f"isi_{beside}")
            score = score + better.cast(pl.Int32) - worse.cast(pl.Int32)
    return pl.when(told).then(score).otherwise(0)


def _misfits(place: int, shape: str) -> pl.Expr:
    """Whether a cell tells something (`_tells`) that does not fit, in one pattern."""
    fits = pl.col(f"c{place}").str.strip_chars(BLANKS).str.contains(f"(?:{_NOTHING})|(?:{shape})")
    return ~fits.fill_null(value=True)


def _tells(place: int) -> pl.Expr:
    return ~pl.col(f"c{place}").str.strip_chars(BLANKS).str.contains(_NOTHING).fill_null(value=True)


def _fits(place: int, shape: str) -> pl.Expr:
    return pl.col(f"c{place}").str.strip_chars(BLANKS).str.contains(shape).fill_null(value=False)
