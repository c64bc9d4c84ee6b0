from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.masking import masked
from tests.unit.frames import text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3604041211870001", "3604********0001"),
        ("360404121187000", "3604*******7000"),
        ("3604 0412 1187 0001", "3604***********0001"),
        ("12345678901234", "1234******1234"),
        ("1234567890123", "1************"),  # four at each end of so few would tell too much
        ("SITI AMINAH", "S**********"),
        ("Éva", "É**"),
        ("A", "A"),
        ("", ""),
        (None, None),
    ],
)
def test_masked(value: str | None, expected: str | None) -> None:
    assert text([value]).to_frame().select(masked(pl.col("value"))).item() == expected


@pytest.mark.parametrize("value", ["3604041211870001" * 8, "NIK 3604041211870001 a.n. SITI AMINAH", "x" * 500])
def test_no_value_of_any_length_is_shown_beyond_its_ends(value: str) -> None:
    shown = text([value]).to_frame().select(masked(pl.col("value"))).item()
    assert len(shown.replace("*", "")) <= 8
    assert "*" * 8 in shown
