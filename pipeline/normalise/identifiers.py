"""NIK and KK numbers: lossless cleaning. Nothing is guessed here; candidates for a damaged number are matching's business."""

from __future__ import annotations

import polars as pl

from pipeline.normalise.text import plain
from schemas.rules import is_filler

# Letters typed or scanned for digits; unambiguous only inside a number.
_LOOKALIKES = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "Z": "2", "S": "5", "B": "8"}
_SCIENTIFIC = r"^\d[.,]?\d*E\+?\d+$"
_FEWEST_DIGITS = 8


def written_number(value: pl.Expr) -> pl.Expr:
    """The number as meant by whoever wrote it: no quotes, blanks, dots, dashes or `.0`; look-alike letters as digits.

    Returns:
        Text of any length, or null where nothing (or `0`) was written. Scientific notation stays, its digits are lost.
        Text with other letters stays as it is, so that its rule can name it.
    """
    upper = plain(value).str.to_uppercase()
    bare = upper.str.replace(r"^(\d{9,})[.,]0+$", "${1}").str.replace_all(r"[\s.,'’`\"/_\-]", "")
    digits = bare.str.replace_many(list(_LOOKALIKES), list(_LOOKALIKES.values()))
    meant = (
        pl.when(upper.str.contains(_SCIENTIFIC))
        .then(upper)
        .when(digits.str.contains(r"^\d+$") & (bare.str.count_matches(r"\d") >= _FEWEST_DIGITS))
        .then(digits)
        .otherwise(bare)
    )
    return pl.when(~meant.str.contains("^0{0,15}$")).then(meant)


def usable_number(written: str) -> pl.Expr:
    """The column `written` (from `written_number`) where it is a number of 16 digits that is no filler; else null."""
    value = pl.col(written)
    return pl.when(value.str.contains(r"^\d{16}$") & ~is_filler(written)).then(value)
