"""Different mothers with similar names."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.names.agreement import ALIKE
from pipeline.matching.names.two_names import without_two_names
from tests.unit.matching.conftest import MODEL

ONE = np.zeros(1, dtype=np.int64)
NAME, MOTHER = (next(n for n, one in enumerate(MODEL.comparisons) if one.name == name) for name in ("nama", "ibu"))


@pytest.mark.parametrize(
    ("written", "registered", "unknown"),
    [
        ("NI WAYAN SUARI", "NI WAYAN SUKERTI", True),
        ("ROTUA NAINGGOLAN", "RUTH NAINGGOLAN", True),
        # A slip makes no name.
        ("ROTUAA NAINGGOLAN", "ROTUA NAINGGOLAN", False),
        ("SUKERTI", "SUKRETI", False),
        # However many of a family name her so.
        ("SUKERTI", "SUKARTI", False),
        # J was written for Y.
        ("WAGIJEM", "WAGIYEM", False),
    ],
)
def test_two_mothers_tell_nothing(written: str, registered: str, *, unknown: bool) -> None:
    borne = ["SUARI", "SUKERTI", "ROTUA", "RUTH", "WAGIJEM", "WAGIYEM"] * 3 + ["SUKARTI"] * 3
    families = [str(number) for number in range(19)] + ["18"] * 3
    sides = (
        (pl.DataFrame({"nama_ibu_kandung": names, "nama": names, "no_kk": families[: len(names)]}), ONE)
        for names in ([written], [registered, *borne])
    )
    levels = np.full((1, len(MODEL.comparisons)), ALIKE, dtype=np.uint8)
    result = without_two_names(MODEL, levels, *sides)
    assert int(result[0, MOTHER]) == (0 if unknown else ALIKE)
    # What a person's own name is worth depends on who else he may be.
    assert int(result[0, NAME]) == ALIKE
