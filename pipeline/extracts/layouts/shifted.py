"""Finds rows whose cells are shifted against the columns because a cell before them is missing or extra.

In text the number of delimiters shows this. On a sheet, or in lines padded with blank cells, only the values do: a
number of sixteen digits in place of the name, the name in place of the date.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipeline.extracts.grids.grid import BLANKS, Grid, refused_lines
from schemas.extracts import ColumnCells, cell_shapes
from schemas.extracts.shapes import DATE, NAME, NUMBER, RELATION, SEX, STREET

# Values that mean "nothing" in any column.
_NO_VALUE = r"(?i)^(?:\W*|\W*(?:0+|N/?A|NN|NULL|NAN|NONE|TDK TH|(?:TIDAK|TDK|BELUM|BLM)(?: (?:ADA|TAHU))?)\W*)$"
_MAX_DISTANCE = 5
# A misfit in these columns alone is no reason to examine a row.
_WEAK_SHAPES = frozenset({RELATION, STREET})
# One cell of another shape is damage; two that fit at the same distance, with no misfit, are no coincidence.
_MIN_FITTING = 2


def find_shifted_rows(grid: Grid, columns: dict[str, ColumnCells], kind: str) -> pl.DataFrame:
    """Rows under the wrong columns: `baris` and the code KOLOM_GESER in `rusak`.

    Args:
        grid: the table.
        columns: the known columns.
        kind: of the file (`schemas.extracts.KINDS`), which gives the expected shape of each column.
    """
    shapes = {
        columns[name].cells[0]: shape
        for name, shape in cell_shapes(kind).items()
        if name in columns and len(columns[name].cells) == 1 and columns[name].part is None
    }
    if len(shapes) < _MIN_FITTING or grid.rows.is_empty():
        return refused_lines()
    rows = grid.rows.filter(pl.any_horizontal(_may_be_shifted(shapes), *_are_odd_sexes(grid.rows, shapes)))
    if rows.is_empty():
        return refused_lines()
    rows = rows.filter(
        pl.any_horizontal(_misfits(position, shape) for position, shape in shapes.items() if shape not in _WEAK_SHAPES)
    )
    if rows.is_empty():
        return refused_lines()
    misfits = [_misfits(position, shape) for position, shape in shapes.items()]
    # The value of a blank cell may stand beside it; blank numbers do not count, as they are common.
    missing = (~_has_value(position) for position, shape in shapes.items() if shape in {NAME, DATE, SEX})
    rows = rows.filter(pl.sum_horizontal(*misfits, *missing) >= _MIN_FITTING)
    if rows.is_empty():
        return refused_lines()
    cells = len(grid.header)
    nearby = _fits_nearby(rows, shapes, cells)
    distances = (distance for distance in range(-_MAX_DISTANCE, _MAX_DISTANCE + 1) if distance)
    shifted = [_shift_score(distance, shapes, cells) >= _MIN_FITTING for distance in distances]
    return nearby.filter(pl.any_horizontal(shifted)).select("baris", rusak=pl.lit("KOLOM_GESER"))


def _may_be_shifted(shapes: dict[int, str]) -> pl.Expr:
    """Whether a name does not begin with a letter, or a date or number does: a fast test for all rows."""
    if NAME not in shapes.values():
        return pl.lit(value=True)
    return pl.any_horizontal(
        (cell < "A").fill_null(value=True) if shape == NAME else (cell >= "A").fill_null(value=False)
        for cell, shape in ((pl.col(f"c{position}"), shape) for position, shape in shapes.items())
        if shape in {NAME, DATE, NUMBER}
    )


def _are_odd_sexes(rows: pl.DataFrame, shapes: dict[int, str]) -> Iterator[pl.Expr]:
    """Whether a cell of a sex column holds something else; only values of unusual length are examined."""
    for position in (position for position, shape in shapes.items() if shape == SEX):
        sex = pl.col(f"c{position}")
        length = sex.str.len_bytes()
        words = rows.select(sex.filter((length > len("LK")) & (length != len("LAKI-LAKI"))).unique())
        # Most tables have no such value.
        if len(words) and len(odd := words.filter(_misfits(position, SEX)).to_series()):
            yield sex.is_in(odd.implode())


def _fits_nearby(rows: pl.DataFrame, shapes: dict[int, str], cells: int) -> pl.DataFrame:
    """Whether cells near a column are filled, and fit its shape: `baris`, isi_CELL, pas_CELL_COLUMN.

    Each is computed once; per distance it would take a hundred regular expressions.
    """
    near = {
        position: range(max(0, position - _MAX_DISTANCE), min(cells, position + _MAX_DISTANCE + 1))
        for position in shapes
    }
    columns = sorted({cell for reach in near.values() for cell in reach})
    return rows.select(
        "baris",
        *(_has_value(cell).alias(f"isi_{cell}") for cell in columns),
        *(
            _fits(cell, shapes[position]).alias(f"pas_{cell}_{position}")
            for position, reach in near.items()
            for cell in reach
        ),
    )


def _shift_score(distance: int, shapes: dict[int, str], cells: int) -> pl.Expr:
    """How many columns fit only at this distance from their position, minus later columns that do not fit there.

    Zero if only weak columns (`_WEAK_SHAPES`) fit: an RT in Roman digits resembles many codes.
    """
    score, begun, is_strong = pl.lit(0), pl.lit(value=False), pl.lit(value=False)
    for position in sorted(shapes):
        shifted = position + distance
        if 0 <= shifted < cells:
            fits = pl.col(f"pas_{shifted}_{position}")
            better = fits & pl.col(f"isi_{position}") & ~pl.col(f"pas_{position}_{position}")
            begun = begun | better
            if shapes[position] not in _WEAK_SHAPES:
                is_strong = is_strong | better
            worse = begun & ~fits & pl.col(f"isi_{shifted}")
            score = score + better.cast(pl.Int32) - worse.cast(pl.Int32)
    return pl.when(is_strong).then(score).otherwise(0)


def _misfits(position: int, shape: str) -> pl.Expr:
    """Whether a cell has a value (`_has_value`) that does not fit the shape, in one regular expression."""
    fits = pl.col(f"c{position}").str.strip_chars(BLANKS).str.contains(f"(?:{_NO_VALUE})|(?:{shape})")
    return ~fits.fill_null(value=True)


def _has_value(position: int) -> pl.Expr:
    return ~pl.col(f"c{position}").str.strip_chars(BLANKS).str.contains(_NO_VALUE).fill_null(value=True)


def _fits(position: int, shape: str) -> pl.Expr:
    return pl.col(f"c{position}").str.strip_chars(BLANKS).str.contains(shape).fill_null(value=False)
