"""Names that folding has set apart, read once more as they are written."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.model_file import load_model
from pipeline.matching.name_levels import ALIKE, DIFFERENT, EQUAL, PARTLY, SHORT_FORM
from pipeline.matching.spelling import as_written

MODEL = load_model()
NAME, MOTHER, BIRTH = (MODEL.comparisons.index(MODEL.comparison(name)) for name in ("nama", "ibu", "tanggal"))
SAME_DAY, ANOTHER_DAY = 1, 9


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


@pytest.mark.parametrize(
    ("written", "known", "born", "after"),
    [
        # Folded, the end of what is left of a name changes its sound: RUSI of RASIDA, IA of JUARIA, MUHAMAD of MUHSIN.
        ("ROSI", "ROSIDAH", SAME_DAY, SHORT_FORM),
        ("IAH", "JUARIAH", SAME_DAY, SHORT_FORM),
        ("MUH", "MUHSIN SAHRUL", SAME_DAY, SHORT_FORM),
        ("LINDUNG SITORUS", "PARLINDUNGAN SITORUS", SAME_DAY, SHORT_FORM),
        ("IWAN", "KURNIAWAN", SAME_DAY, SHORT_FORM),
        ("ROSI", "ROSIDAH", ANOTHER_DAY, DIFFERENT),
        ("ROSI", "MARYATI", SAME_DAY, DIFFERENT),
        ("RIAN", "KURNIAWAN", SAME_DAY, DIFFERENT),
    ],
)
def test_a_nickname_is_cut_from_the_written_name_of_whoever_was_born_that_day(
    written: str, known: str, born: int, after: int
) -> None:
    levels = np.zeros((1, len(MODEL.comparisons)), dtype=np.uint8)
    levels[0, [NAME, BIRTH]] = DIFFERENT, born
    row, resident = (pl.DataFrame({"nama": [name], "nama_ibu_kandung": ["X"]}) for name in (written, known))
    read = as_written(MODEL, levels, (row, np.array([0])), (resident, np.array([0])))
    assert read[0, NAME] == after
