"""Maps a table of known layout to the columns of its kind of file; lines that are not rows carry a code.

Does not belong here: choosing the layout (`pipeline.extracts.layouts.expected`), and the meaning of values
(`pipeline.normalise`).
"""

from __future__ import annotations

import polars as pl

from pipeline.extracts.grids.grid import BLANKS, Grid, is_filled, merge_in_order, refused_lines
from pipeline.extracts.layouts.marks import STATE, chosen, marked_state
from pipeline.extracts.layouts.misnamed import misnamed
from pipeline.extracts.layouts.notes import find_notes
from pipeline.extracts.layouts.shifted import find_shifted
from pipeline.extracts.layouts.titled import InForce, titled
from pipeline.normalise.told.states import file_state, tells_state
from schemas.extracts import (
    EXTRACTS,
    KINDS,
    NO_RESIDENT,
    SERVICE_ERROR,
    ColumnCells,
    Extract,
    Layout,
    map_columns,
    money_unit,
)
from schemas.rules import DAMAGED_FILE, RULES
from schemas.table import polars_schema

_TARGETS, _TITLE, _ORIGIN = "alokasi", "judul_asal", "asal_baris"
# What a list whose title states the payment status of all its orders has no need of.
_OF_LIST = (STATE, "tgl_bayar", "alasan_gagal")
# The place of a row as `schemas.extracts.place_text` writes it.
_PLACE = rf"^((?:{'|'.join(sorted(EXTRACTS))})/.+#.*#\d+)$"
_OF_EXTRACT = frozenset(polars_schema(Extract))


def to_extract(
    grid: Grid, name: str, label: str | None, layout: Layout, before: InForce
) -> tuple[pl.DataFrame, InForce]:
    """All lines of a table in the columns of its kind's extract model, and the facts from titles in force at its end.

    Args:
        grid: the table, or a piece of it.
        name: of its file.
        label: of the table in its file; None if the file has no other.
        layout: of its header.
        before: the facts in force at the end of the piece before.
    """
    columns = map_columns(grid.header, layout)
    schema = polars_schema(KINDS[layout.source])
    about = {"berkas": name, "lembar": label, "tata_letak": layout.label}
    title = _title(grid)
    if unit := money_unit(grid.header):
        title = pl.concat_str(title, pl.lit(f"DALAM {unit} RUPIAH"), separator=" / ", ignore_nulls=True)

    def of_extract(rows: pl.DataFrame, values: dict[str, pl.Expr]) -> pl.DataFrame:
        told = {"baris": pl.col("baris"), "judul": title, **values}
        constant = {column: pl.lit(about.get(column), pl.String) for column in schema if column not in told}
        return rows.select((told | constant)[column].alias(column) for column in schema)

    values = {column: _value(delivered) for column, delivered in columns.items() if column not in _OF_EXTRACT}
    if _TITLE in values:
        # Rows of a correction form carry the title of their original file.
        title = pl.coalesce(values[_TITLE], title)
    taken = {cell for delivered in columns.values() for cell in delivered.cells}
    of_list = STATE in schema and _states_of_list(grid, name, label)
    if STATE in schema and STATE not in columns:
        marked = marked_state(grid.header, taken, of_list=of_list)
        values |= {column: value for column, value in marked.items() if column not in columns}
    unread = _unread(grid, columns, layout.source)
    of_title, in_force = titled(grid, unread, {*schema} - {*columns}, before)
    if layout.source == _TARGETS:
        # A row with a blank kecamatan is most likely a sum, so it is no target of the kabupaten in the title.
        named = is_filled(_value(columns["kecamatan"])) if "kecamatan" in columns else pl.lit(value=False)
        of_title = {level: pl.when(named).then(place) for level, place in of_title.items()}
    values |= of_title
    read = {cell for value in values.values() for cell in value.meta.root_names()}
    if told_of_file := misnamed(grid, {*columns, *values, *(_OF_LIST if of_list else ())}, read, layout):
        first = pl.col("baris") == pl.col("baris").min()
        values["catatan"] = pl.when(first).then(pl.lit(told_of_file))
    if unread.is_empty():
        return of_extract(grid.rows, values), in_force
    none = grid.rows["baris"].is_in(unread["baris"].implode())
    # Filtering copies all rows, so skip it if none would go.
    rows = grid.rows.filter(~none) if none.any() else grid.rows
    of_file = {code: RULES["Berkas", code].explanation for code in DAMAGED_FILE}
    told = pl.col("rusak").replace_strict(of_file, default=None, return_dtype=pl.String)
    said = {"rusak": pl.col("rusak"), "catatan": told}
    if _ORIGIN in columns:
        unread = unread.join(_origins_of_shifted(grid, unread), on="baris", how="left", maintain_order="left")
        said[_ORIGIN] = pl.col(_ORIGIN)
    refused = of_extract(unread, said)
    return merge_in_order(of_extract(rows, values), refused), in_force


def _states_of_list(grid: Grid, name: str, label: str | None) -> bool:
    """Whether a title, the sheet name or the file name states the payment status of all orders in the table."""
    titles = [title for title in (grid.title, *(text for _, text in grid.titles_below), label) if title]
    of_file = pl.select(file_state(pl.lit(name))).item()
    return of_file is not None or any(tells_state(line) for title in titles for line in title.split(" / "))


def _title(grid: Grid) -> pl.Expr:
    """The title above the table that a row is in."""
    if not grid.titles_below:
        return pl.lit(grid.title, pl.String)
    lines, below = zip(*grid.titles_below, strict=True)
    begin, titles = pl.Series(lines), pl.Series([grid.title, *below], dtype=pl.String)
    return pl.col("baris").map_batches(lambda line: titles.gather(begin.search_sorted(line)), pl.String)


def _unread(grid: Grid, columns: dict[str, ColumnCells], kind: str) -> pl.DataFrame:
    """The lines of a table that are not rows of its kind, with their code: `baris`, `rusak`."""
    told = pl.concat([_answers(grid, columns), find_notes(grid, columns, kind), find_shifted(grid, columns, kind)])
    # The first finding about a line counts.
    return pl.concat([grid.refused, told.unique("baris", keep="first", maintain_order=True)])


def _origins_of_shifted(grid: Grid, unread: pl.DataFrame) -> pl.DataFrame:
    """The refused row that each shifted row of a correction form replaces, found in any cell: `baris`, asal_baris.

    Without it the next form would contain both rows.
    """
    shifted = grid.rows.join(unread.filter(rusak="KOLOM_GESER"), on="baris", how="semi")
    place = pl.coalesce(pl.col(r"^c\d+$").str.extract(_PLACE))
    return shifted.select("baris", place.alias(_ORIGIN))


def _value(delivered: ColumnCells) -> pl.Expr:
    cells = [pl.col(f"c{cell}") for cell in delivered.cells]
    if len(cells) == 1:
        return cells[0] if delivered.part is None else cells[0].str.extract(delivered.part)
    parts = [cell.str.strip_chars(BLANKS).fill_null("") for cell in cells]
    if delivered.choices:
        return chosen(parts, delivered.choices)
    if delivered.between == " ":
        worded = (part.str.replace(r"^\W+$", "") for part in parts)
        return pl.concat_str(worded, separator=" ").str.strip_chars(BLANKS)
    # With a part missing the joined number would be another person's.
    together = pl.when(pl.all_horizontal(part != "" for part in parts)).then(
        pl.concat_str(parts, separator=delivered.between)
    )
    return (
        pl.when(parts[0].str.contains(delivered.shape)).then(parts[0]).otherwise(together)
        if delivered.shape
        else together
    )


def _answers(grid: Grid, columns: dict[str, ColumnCells]) -> pl.DataFrame:
    """Answers of the web service without a resident, with their code."""
    if "respon" not in columns:
        return refused_lines([], [])
    answer, person = _value(columns["respon"]), _value(columns["nama"])
    folded = answer.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    known = (pl.when(folded.str.starts_with(said)).then(pl.lit(code)) for said, code in NO_RESIDENT.items())
    code = pl.coalesce(*known, pl.lit(SERVICE_ERROR))
    return grid.rows.filter(is_filled(answer) & ~is_filled(person)).select("baris", rusak=code)
