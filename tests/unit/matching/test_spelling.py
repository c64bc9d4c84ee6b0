"""Names that folding has set apart, read once more as they are written."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.model_file import load_model
from pipeline.matching.name_levels import ALIKE, DIFFERENT, EQUAL, PARTLY, SHORT_FORM
from pipeline.matching.spelling import as_written

MODEL = load_model()
NAME, MOTHER = (MODEL.comparisons.index(MODEL.comparison(name)) for name in ("nama", "ibu"))


@pytest.mark.parametrize(
    ("written", "known", "before", "after"),
    [
        ("LEIYAH", "LEGIYAH", DIFFERENT, ALIKE),
        ("DWEI UTAMI", "DEWI UTAMI", PARTLY, ALIKE),
        ("JAJAH", "YAYAH", DIFFERENT, ALIKE),
        ("RINA SETJANINGSIH", "RINA SETYANINGSIH", PARTLY, ALIKE),
        ("SRI WAHYUNI", "SRIWAHYUNI", EQUAL, EQUAL),
        # M. is an initial too, of a man's other names than MUHAMMAD.
        ("M. RUSWANDI", "MAMAN RUSWANDY", PARTLY, SHORT_FORM),
        ("MARKUS KOGOYA", "M KOGOYA", PARTLY, SHORT_FORM),
        ("M. RUSWANDI", "MAMAN MULYANA", DIFFERENT, DIFFERENT),
        # Two letters apart; too short for a slip; nothing to read.
        ("SUPARTI", "SUMARNI", DIFFERENT, DIFFERENT),
        ("AE", "ADE", DIFFERENT, DIFFERENT),
        (None, "LEGIYAH", DIFFERENT, DIFFERENT),
    ],
)
def test_one_letter_apart_is_alike(written: str | None, known: str, before: int, after: int) -> None:
    levels = np.zeros((1, len(MODEL.comparisons)), dtype=np.uint8)
    levels[0, [NAME, MOTHER]] = before
    row = pl.DataFrame({"nama": [written], "nama_ibu_kandung": [written]}, schema_overrides={"nama": pl.String})
    resident = pl.DataFrame({"nama": ["X", known], "nama_ibu_kandung": ["X", known]})
    read = as_written(MODEL, levels, (row.cast(pl.String), np.array([0])), (resident, np.array([1])))
    assert read[0, [NAME, MOTHER]].tolist() == [after, after]
    assert levels[0, NAME] == before
