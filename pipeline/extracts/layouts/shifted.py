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
_NOTHING = r"(?i)^(?:\W*|\W*(?:0+|N/?A|NN|NULL|NAN|NONE|TDK TH|(?:TIDAK|TDK|BELUM|BLM)(?: (?:ADA|TAHU))?)\W*)$"
_FARTHEST = 5
# A misfit in these columns alone is no reason to examine a row.
_TELLING_LITTLE = frozenset({RELATION, STREET})
# One cell of another shape is damage; two that fit at the same distance, with no misfit, are no coincidence.
_ENOUGH = 2


def find_shifted(grid: Grid, columns: dict[str, ColumnCells], kind: str) -> pl.DataFrame:
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
    if len(shapes) < _ENOUGH or grid.rows.is_empty():
        return refused_lines([], [])
    rows = grid.rows.filter(pl.any_horizontal(_may_be_shifted(shapes), *_odd_sexes(grid.rows, shapes)))
    if rows.is_empty():
        return refused_lines([], [])
    rows = rows.filter(
        pl.any_horizontal(_misfits(place, shape) for place, shape in shapes.items() if shape not in _TELLING_LITTLE)
    )
    if rows.is_empty():
        return refused_lines([], [])
    misfits = [_misfits(place, shape) for place, shape in shapes.items()]
    # The value of a blank cell may stand beside it; blank numbers do not count, as they are common.
    missing = (~_tells(place) for place, shape in shapes.items() if shape in {NAME, DATE, SEX})
    rows = rows.filter(pl.sum_horizontal(*misfits, *missing) >= _ENOUGH)
    if rows.is_empty():
        return refused_lines([], [])
    cells = len(grid.header)
    looked_at = _looked_at(rows, shapes, cells)
    distances = (distance for distance in range(-_FARTHEST, _FARTHEST + 1) if distance)
    shifted = [_better_by(distance, shapes, cells) >= _ENOUGH for distance in distances]
    lines = looked_at.filter(pl.any_horizontal(shifted))["baris"].to_list()
    return refused_lines(lines, ["KOLOM_GESER"] * len(lines))


def _may_be_shifted(shapes: dict[int, str]) -> pl.Expr:
    """Whether a name does not begin with a letter, or a date or number does: a fast test for all rows."""
    if NAME not in shapes.values():
        return pl.lit(value=True)
    return pl.any_horizontal(
        (cell < "A").fill_null(value=True) if shape == NAME else (cell >= "A").fill_null(value=False)
        for cell, shape in ((pl.col(f"c{place}"), shape) for place, shape in shapes.items())
        if shape in {NAME, DATE, NUMBER}
    )


def _odd_sexes(rows: pl.DataFrame, shapes: dict[int, str]) -> Iterator[pl.Expr]:
    """Whether a cell of a sex column holds something else; only values of unusual length are examined."""
    for place in (place for place, shape in shapes.items() if shape == SEX):
        sex = pl.col(f"c{place}")
        letters = sex.str.len_bytes()
        words = rows.select(sex.filter((letters > len("LK")) & (letters != len("LAKI-LAKI"))).unique())
        # Most tables have no such value.
        if len(words) and len(odd := words.filter(_misfits(place, SEX)).to_series()):
            yield sex.is_in(odd.implode())


def _looked_at(rows: pl.DataFrame, shapes: dict[int, str], cells: int) -> pl.DataFrame:
    """Whether cells near a column are filled, and fit its shape: `baris`, isi_CELL, pas_CELL_COLUMN.

    Each is computed once; per distance it would take a hundred regular expressions.
    """
    near = {place: range(max(0, place - _FARTHEST), min(cells, place + _FARTHEST + 1)) for place in shapes}
    beside = sorted({cell for reach in near.values() for cell in reach})
    return rows.select(
        "baris",
        *(_tells(cell).alias(f"isi_{cell}") for cell in beside),
        *(_fits(cell, shapes[place]).alias(f"pas_{cell}_{place}") for place, reach in near.items() for cell in reach),
    )


def _better_by(distance: int, shapes: dict[int, str], cells: int) -> pl.Expr:
    """How many columns fit only at this distance from their position, minus later columns that do not fit there.

    Zero if only weak columns (`_TELLING_LITTLE`) fit: an RT in Roman digits resembles many codes.
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
    """Whether a cell has a value (`_tells`) that does not fit the shape, in one regular expression."""
    fits = pl.col(f"c{place}").str.strip_chars(BLANKS).str.contains(f"(?:{_NOTHING})|(?:{shape})")
    return ~fits.fill_null(value=True)


def _tells(place: int) -> pl.Expr:
    return ~pl.col(f"c{place}").str.strip_chars(BLANKS).str.contains(_NOTHING).fill_null(value=True)


def _fits(place: int, shape: str) -> pl.Expr:
    return pl.col(f"c{place}").str.strip_chars(BLANKS).str.contains(shape).fill_null(value=False)
