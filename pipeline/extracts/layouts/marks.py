"""Reads columns that are ticked: DIBAYAR and GAGAL with a tick, DITERIMA? with Ya or Tidak, L and P.

Does not belong here: the meaning of the headers' words (`pipeline.normalise.values.codes`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import polars as pl

from pipeline.extracts.grids.grid import BLANKS
from pipeline.normalise.values.codes import to_payment_status

STATUS, _REASON = "status_bayar", "alasan_gagal"
_FAILURES = {"GAGAL", "RETUR"}
# Parts of a header that are ignored: explanations in parentheses, numbering and footnote marks.
_EXPLAINED = r"\([^()]*\)|\?|^\s*\d+\s*[.)]|\d{1,2}\)\s*$"
_YES = ("YA", "Y", "V", "√", "✓", "✔", "☑", "1")
# Unlike 0 or a dash, which also stand in columns of rupiah, these words deny the status.
_DENIED = ("TIDAK", "TDK", "T", "N", "BELUM", "BLM")
_NO = ("", "-", "0", *_DENIED)
# Means yes if there is a column for each of several statuses; ambiguous if there is only one, so not read there.
_CROSS = "X"


def marked_choice(cells: Sequence[pl.Expr], choices: Sequence[str]) -> pl.Expr:
    """The choice that is marked by a tick or by its name; null for none, for several, or for any other text.

    Args:
        cells: one for each choice, without blanks around the text.
        choices: the meaning of a mark in each cell.
    """
    written = [cell.str.to_uppercase() for cell in cells]
    marked = [cell.is_in([*_YES, _CROSS, choice]) for cell, choice in zip(written, choices, strict=True)]
    only = pl.all_horizontal(mark | cell.is_in(_NO) for mark, cell in zip(marked, written, strict=True))
    chosen = pl.concat_list(pl.when(mark).then(pl.lit(choice)) for mark, choice in zip(marked, choices, strict=True))
    return pl.when(only & (pl.sum_horizontal(marked) == 1)).then(chosen.list.drop_nulls().list.first())


def marked_payment_status(header: Sequence[str], taken: Collection[int], *, of_list: bool) -> dict[str, pl.Expr]:
    """Column → the payment status that a row marks; null for none, for several, or for any other text.

    In a list with a common status (`of_list`), marks of failures alone become the reason why an order failed.

    Args:
        header: of a table of orders without a column for the payment status.
        taken: positions of columns with another meaning.
        of_list: whether title, sheet or file name state the payment status of all orders.
    """
    words = pl.Series([re.sub(_EXPLAINED, "", text) for text in header], dtype=pl.String).to_frame("kata")
    statuses = words.select(pl.when(pl.col("kata").str.strip_chars() != "").then(to_payment_status(pl.col("kata"))))
    places = [
        (position, status) for position, status in enumerate(statuses.to_series()) if status and position not in taken
    ]
    if not places:
        return {}
    written = {
        position: pl.col(f"c{position}").fill_null("").str.strip_chars(BLANKS).str.to_uppercase()
        for position, _ in places
    }
    named = {status for _, status in places}
    is_choice = len(named) > 1
    yes = [*_YES, _CROSS] if is_choice else _YES
    marks = pl.concat_list(pl.when(written[position].is_in(yes)).then(pl.lit(status)) for position, status in places)
    marked = marks.list.drop_nulls().list.unique()
    understood = pl.all_horizontal(cell.is_in([*yes, *_NO]) for cell in written.values())
    status = pl.when(understood & (marked.list.len() == 1)).then(marked.list.first())
    if is_choice or named != {"DIBAYAR"}:
        return {_REASON if of_list and named <= _FAILURES else STATUS: status}
    denied = pl.any_horizontal(cell.is_in(_DENIED) for cell in written.values())
    return {STATUS: pl.coalesce(status, pl.when(understood & denied).then(pl.lit("BELUM")))}
