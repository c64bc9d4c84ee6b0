"""Maps a table of known layout to the columns of its kind of file; lines that are not rows carry a code.

Does not belong here: choosing the layout (`pipeline.extracts.layouts.expected`), and the meaning of values
(`pipeline.normalise`).
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipeline.extracts.grids.grid import BLANKS, Grid, is_filled, merge_in_order, refused_lines
from pipeline.extracts.layouts.marks import STATUS, marked_choice, marked_payment_status
from pipeline.extracts.layouts.notes import find_notes
from pipeline.extracts.layouts.shifted import find_shifted_rows
from pipeline.extracts.layouts.title_facts import TitleFacts, columns_from_titles
from pipeline.extracts.layouts.unknown_headers import describe_unknown_headers
from pipeline.normalise.metadata.payment_status import file_status, states_payment_status
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
_NEEDLESS_WITH_STATUS = (STATUS, "tgl_bayar", "alasan_gagal")
# The place of a row as `schemas.extracts.place_text` writes it.
_ORIGIN_PATTERN = rf"^((?:{'|'.join(sorted(EXTRACTS))})/.+#.*#\d+)$"
_EXTRACT_COLUMNS = frozenset(polars_schema(Extract))


def to_extract(
    grid: Grid, name: str, label: str | None, layout: Layout, before: TitleFacts
) -> tuple[pl.DataFrame, TitleFacts]:
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
    unread = _unread_lines(grid, columns, layout.source)
    from_titles, title_facts = columns_from_titles(grid, unread, {*schema} - {*columns}, before)
    if layout.source == _TARGETS:
        # A row with a blank kecamatan is most likely a sum, so it is no target of the kabupaten in the title.
        named = is_filled(_value_of(columns["kecamatan"])) if "kecamatan" in columns else pl.lit(value=False)
        from_titles = {level: pl.when(named).then(place) for level, place in from_titles.items()}
    has_common_status = STATUS in schema and _has_common_status(grid, name, label)
    values = _values_of_cells(grid, columns, schema, has_common_status=has_common_status) | from_titles
    read = {cell for value in values.values() for cell in value.meta.root_names()}
    known = {*columns, *values, *(_NEEDLESS_WITH_STATUS if has_common_status else ())}
    if note := describe_unknown_headers(grid, known, read, layout):
        first = pl.col("baris") == pl.col("baris").min()
        values["catatan"] = pl.when(first).then(pl.lit(note))
    title = _title_of_row(grid)
    constants = {"berkas": name, "lembar": label, "tata_letak": layout.label}
    common = {"baris": pl.col("baris"), "judul": title} | {
        column: pl.lit(value, pl.String) for column, value in constants.items()
    }
    # Rows of a correction form carry the title of their original file.
    values["judul"] = pl.coalesce(values[_TITLE], title) if _TITLE in values else title
    if unread.is_empty():
        return _select_columns(grid.rows, common | values, schema), title_facts
    is_unread = grid.rows["baris"].is_in(unread["baris"].implode())
    # Filtering copies all rows, so skip it if none would go.
    rows = grid.rows.filter(~is_unread) if is_unread.any() else grid.rows
    refused = _select_columns(*_explain_unread(grid, columns, unread, common), schema)
    return merge_in_order(_select_columns(rows, common | values, schema), refused), title_facts


def _values_of_cells(
    grid: Grid, columns: dict[str, ColumnCells], schema: Iterable[str], *, has_common_status: bool
) -> dict[str, pl.Expr]:
    """Column → its value in a row, from its own cells or, for the payment status of orders, from ticks."""
    values = {column: _value_of(delivered) for column, delivered in columns.items() if column not in _EXTRACT_COLUMNS}
    if STATUS not in schema or STATUS in columns:
        return values
    taken = {cell for delivered in columns.values() for cell in delivered.cells}
    marked = marked_payment_status(grid.header, taken, of_list=has_common_status)
    return values | {column: value for column, value in marked.items() if column not in columns}


def _explain_unread(
    grid: Grid, columns: dict[str, ColumnCells], unread: pl.DataFrame, common: dict[str, pl.Expr]
) -> tuple[pl.DataFrame, dict[str, pl.Expr]]:
    """The lines that are not rows, and their columns: the code, why damage to the file causes it, the row replaced."""
    explanations = {code: RULES["Berkas", code].explanation for code in DAMAGED_FILE}
    explanation = pl.col("rusak").replace_strict(explanations, default=None, return_dtype=pl.String)
    values = common | {"rusak": pl.col("rusak"), "catatan": explanation}
    if _ORIGIN in columns:
        unread = unread.join(_origins_of_shifted(grid, unread), on="baris", how="left", maintain_order="left")
        values[_ORIGIN] = pl.col(_ORIGIN)
    return unread, values


def _select_columns(rows: pl.DataFrame, values: dict[str, pl.Expr], schema: Iterable[str]) -> pl.DataFrame:
    """The columns of a schema, null where there is no value."""
    return rows.select(values.get(column, pl.lit(None, pl.String)).alias(column) for column in schema)


def _has_common_status(grid: Grid, name: str, label: str | None) -> bool:
    """Whether a title, the sheet name or the file name states the payment status of all orders in the table."""
    titles = [title for title in (grid.title, *(text for _, text in grid.titles_below), label) if title]
    of_file = pl.select(file_status(pl.lit(name))).item()
    return of_file is not None or any(states_payment_status(line) for title in titles for line in title.split(" / "))


def _title_of_row(grid: Grid) -> pl.Expr:
    """The title above the table that a row is in, with the unit of its money."""
    title = _title_above(grid)
    if unit := money_unit(grid.header):
        return pl.concat_str(title, pl.lit(f"DALAM {unit} RUPIAH"), separator=" / ", ignore_nulls=True)
    return title


def _title_above(grid: Grid) -> pl.Expr:
    """The title above the table that a row is in."""
    if not grid.titles_below:
        return pl.lit(grid.title, pl.String)
    lines, below = zip(*grid.titles_below, strict=True)
    begin, titles = pl.Series(lines), pl.Series([grid.title, *below], dtype=pl.String)
    return pl.col("baris").map_batches(lambda line: titles.gather(begin.search_sorted(line)), pl.String)


def _unread_lines(grid: Grid, columns: dict[str, ColumnCells], kind: str) -> pl.DataFrame:
    """The lines of a table that are not rows of its kind, with their code: `baris`, `rusak`."""
    found = [
        _answers_without_resident(grid, columns),
        find_notes(grid, columns, kind),
        find_shifted_rows(grid, columns, kind),
    ]
    # The first finding about a line counts.
    return pl.concat([grid.refused, pl.concat(found).unique("baris", keep="first", maintain_order=True)])


def _origins_of_shifted(grid: Grid, unread: pl.DataFrame) -> pl.DataFrame:
    """The refused row that each shifted row of a correction form replaces, found in any cell: `baris`, asal_baris.

    Without it the next form would contain both rows.
    """
    shifted = grid.rows.join(unread.filter(rusak="KOLOM_GESER"), on="baris", how="semi")
    place = pl.coalesce(pl.col(r"^c\d+$").str.extract(_ORIGIN_PATTERN))
    return shifted.select("baris", place.alias(_ORIGIN))


def _value_of(delivered: ColumnCells) -> pl.Expr:
    cells = [pl.col(f"c{cell}") for cell in delivered.cells]
    if len(cells) == 1:
        return cells[0] if delivered.part is None else cells[0].str.extract(delivered.part)
    parts = [cell.str.strip_chars(BLANKS).fill_null("") for cell in cells]
    if delivered.choices:
        return marked_choice(parts, delivered.choices)
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


def _answers_without_resident(grid: Grid, columns: dict[str, ColumnCells]) -> pl.DataFrame:
    """Answers of the web service without a resident, with their code."""
    if "respon" not in columns:
        return refused_lines()
    answer, person = _value_of(columns["respon"]), _value_of(columns["nama"])
    folded = answer.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    known = (pl.when(folded.str.starts_with(text)).then(pl.lit(code)) for text, code in NO_RESIDENT.items())
    code = pl.coalesce(*known, pl.lit(SERVICE_ERROR))
    return grid.rows.filter(is_filled(answer) & ~is_filled(person)).select("baris", rusak=code)
