"""Finds rows that are notes, not data: totals, signatures, repeated headers, column numbers, examples."""

from __future__ import annotations

from itertools import chain

import polars as pl

from pipeline.extracts.grids.grid import (
    BLANKS,
    LIKELY_IDENTITY_NUMBER,
    LONG_NUMBER,
    TOTAL,
    TOTAL_ALONE,
    Grid,
    cell_columns,
    is_filled,
    refused_lines,
)
from schemas.extracts import REQUIRED, ColumnCells

_ORIGIN = "asal_baris"
_NOTE_CELLS = 2
# A column number, or a line drawn under the header.
_COLUMN_NUMBER = r"^(\(?-?\d{1,3}\)?|\D*\(\d{1,3}\)|(?i:KOLOM)(?: \d{1,3})?|:?[-=_+]{3,}:?)$"
_DRAWN_LINE = "---"
# A NIK or KK number; the number of the civil servant who signed is longer.
_NUMBER = r"^\W*[0-9]{16}(?:\D|$)"
_ROW_NUMBERS = 2
# A cell as around a signature: words without digits, or a civil servant's number.
_MERE_WORDS = r"^\D*$|(?i)^\s*NIP\b"
# Marks a row that shows how to fill in a form; no ID looks like it.
_EXAMPLE = r"(?i)^[(*]*\)? ?(?:CONTOH|CTH)(?: (?:PENGISIAN|ISIAN|DATA|\d+))?\W*$"
_EXAMPLE_BEGINS = (("C", "D"), ("c", "d"), ("(", "+"))
_LONGEST_COLUMN_NUMBER = 8
_SHORTEST_ESSENTIAL = 3


def find_notes(grid: Grid, columns: dict[str, ColumnCells], kind: str) -> pl.DataFrame:
    """Rows that are notes: a total, a signature, the header again, column numbers, an example; `baris`, `rusak`.

    A row with all required cells is not a note, unless it repeats the header, numbers the columns or says that it is an
    example. Only rows that may be notes are examined cell by cell.
    """
    present = ([name for name in chain.from_iterable(names) if name in columns] for names in REQUIRED[kind])
    essential = [columns[names[0]].cells[0] for names in present if names]
    header = grid.header[essential[0]].strip()
    values = [pl.col(f"c{cell}") for cell in essential]
    # Blanks sort before or after all printable ASCII, so a fast comparison finds the few cells that begin with one;
    # only these, and rows that look like a note, are stripped.
    led_by_blank = pl.any_horizontal((value < "!") | (value > "~") for value in values)
    candidates = grid.rows.filter(_is_candidate(values, header) | led_by_blank)
    known = {cell for column in columns.values() for cell in column.cells}
    examples = _examples(grid.rows, {essential[0], *({0} - known)})
    if candidates.is_empty():
        return examples
    # A row with a NIK or KK number is not a note, whatever else it lacks.
    candidates = candidates.filter(
        ~pl.any_horizontal(value.str.contains(_NUMBER).fill_null(value=False) for value in values)
    )
    if candidates.is_empty():
        return examples
    sentences = pl.concat([examples, _sentences(candidates, values)])
    candidates = candidates.filter(_is_candidate([value.str.strip_chars_start(BLANKS) for value in values], header))
    if candidates.is_empty():
        return sentences
    notes = pl.concat([_confirm_notes(candidates, grid.header, essential), sentences])
    return _mark_blank_forms(notes.unique("baris", maintain_order=True), candidates, columns)


def _examples(rows: pl.DataFrame, places: set[int]) -> pl.DataFrame:
    """Rows that say in one of these cells (numbers, not names or places) that they are an example."""
    texts = [pl.col(f"c{cell}") for cell in places]
    # A fast comparison before the regular expression.
    begin = pl.any_horizontal(
        ((text >= letter) & (text < after)) for text in texts for letter, after in _EXAMPLE_BEGINS
    )
    begun = rows.filter(begin)
    if begun.is_empty():
        return refused_lines()
    found = begun.filter(pl.any_horizontal(text.str.contains(_EXAMPLE) for text in texts))
    return found.select("baris", rusak=pl.lit("BARIS_CATATAN"))


def _mark_blank_forms(notes: pl.DataFrame, rows: pl.DataFrame, columns: dict[str, ColumnCells]) -> pl.DataFrame:
    """The notes; those that are blank rows of a correction form get the code ISIAN_KOSONG."""
    if _ORIGIN not in columns:
        return notes
    forms = rows.filter(is_filled(pl.col(f"c{columns[_ORIGIN].cells[0]}")))["baris"]
    blank = pl.col("baris").is_in(forms.implode())
    return notes.with_columns(rusak=pl.when(blank).then(pl.lit("ISIAN_KOSONG")).otherwise("rusak"))


def _sentences(rows: pl.DataFrame, essential: list[pl.Expr]) -> pl.DataFrame:
    """Sentences with as many commas as a row: a blank after each comma, and no numbers as in a row.

    A file may also have a blank after every delimiter, but its rows have numbers in two required cells.
    """
    names = rows.columns[2:]
    spaced = rows.filter(pl.all_horizontal((value >= " ") & (value < "!") for value in essential[1:]))
    if spaced.is_empty():
        return refused_lines()
    text = pl.concat_str(spaced.columns[1:], separator=",", ignore_nulls=True)
    is_sentence = pl.all_horizontal(pl.col(name).fill_null(" ").str.starts_with(" ") for name in names)
    numbers = pl.sum_horizontal(value.str.contains(r"\d").fill_null(value=False) for value in essential)
    is_row = (numbers >= _ROW_NUMBERS) | text.str.contains(f"{LONG_NUMBER}|{LIKELY_IDENTITY_NUMBER}")
    found = spaced.filter(is_sentence & ~is_row)
    return found.select("baris", rusak=pl.lit("BARIS_CATATAN"))


def _is_candidate(values: list[pl.Expr], header: str) -> pl.Expr:
    """Whether a row may lack something essential, repeat the header or number the columns; cheap, misses no note."""
    short = pl.any_horizontal(value.str.len_bytes() < _SHORTEST_ESSENTIAL for value in values)
    numbered = values[0].str.len_bytes() <= _LONGEST_COLUMN_NUMBER
    drawn = values[0].str.starts_with(_DRAWN_LINE)
    return (short | numbered | drawn | values[0].str.starts_with(header)).fill_null(value=True)


def _count_filled(rows: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """How many cells of each row are filled, and the first filled one: baris, terisi, pertama.

    Unpivoting into one column takes a tenth of the time of an expression over many columns.
    """
    cells = rows.unpivot(names, index="baris", value_name="isi").with_columns(ada=is_filled(pl.col("isi")))
    return cells.group_by("baris", maintain_order=True).agg(
        terisi=pl.col("ada").sum().cast(pl.Int32), pertama=pl.col("isi").filter("ada").first()
    )


def _is_column_number(text: pl.Expr) -> pl.Expr:
    return (text == "") | text.str.contains(_COLUMN_NUMBER)


def _confirm_notes(rows: pl.DataFrame, header: list[str], essential: list[int]) -> pl.DataFrame:
    names = cell_columns(len(header))
    max_filled, half = min(_NOTE_CELLS, len(names) // 3), len(names) // 2
    rows = rows.join(_count_filled(rows, names), on="baris", maintain_order="left")
    values = [pl.col(f"c{cell}").str.strip_chars(BLANKS).fill_null("") for cell in essential]
    # A row with TOTAL in place of its number is a total, however many cells it fills; TOTAL may also come first.
    led_by_total = (values[0] == "") & pl.col("pertama").str.contains(TOTAL).fill_null(value=False)
    is_total = values[0].str.contains(TOTAL_ALONE) | led_by_total
    rows = rows.with_columns(terisi=pl.when(~is_total).then("terisi").otherwise(0)).drop("pertama")
    numbered = pl.all_horizontal(map(_is_column_number, values))
    rows = rows.filter((pl.col("terisi") <= half) | (values[0] == header[essential[0]].strip()) | numbered)
    if rows.is_empty():
        return refused_lines()
    # A number and one more required cell with digits, such as an amount, make it a damaged row, not a note.
    numbers = [pl.col(f"c{cell}").str.contains(r"\d").fill_null(value=False) for cell in essential]
    is_damaged_row = numbers[0] & pl.any_horizontal(numbers[1:] or [pl.lit(value=False)])
    rows = rows.with_columns(satu_baris=is_damaged_row)
    text = pl.col("isi").str.strip_chars(BLANKS).fill_null("")
    facts = (
        rows.unpivot(names, index=["baris", "terisi", "satu_baris"], variable_name="sel", value_name="isi")
        .with_columns(text.alias("isi"), judul=pl.col("sel").replace_strict(names, header, return_dtype=pl.String))
        .group_by("baris", "terisi", "satu_baris", maintain_order=True)
        .agg(
            jumlah=pl.col("isi").filter(pl.col("isi") != "").first().str.contains(TOTAL).fill_null(value=False),
            ulang=(pl.col("isi").str.replace_all(r"\s+", " ") == pl.col("judul")).all(),
            jumlah_di_tengah=pl.col("isi").str.contains(TOTAL_ALONE).any(),
            kata=pl.col("isi").str.contains(_MERE_WORDS).all(),
            orang=pl.col("isi").str.contains(LIKELY_IDENTITY_NUMBER).any(),
            nomor=_is_column_number(pl.col("isi")).all(),
        )
    )
    is_note = (
        ((pl.col("terisi") <= max_filled) & ~pl.col("satu_baris") & ~pl.col("orang"))
        | ((pl.col("jumlah") | pl.col("jumlah_di_tengah")) & ~pl.col("orang") & (pl.col("terisi") <= half))
        | (pl.col("kata") & (pl.col("terisi") <= half))
        | pl.col("ulang")
        | pl.col("nomor")
    )
    return facts.filter(is_note).select("baris", rusak=pl.lit("BARIS_CATATAN"))
