"""Names that folding has set apart, read once more as they are written."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.levels.comparison import DATE_ASSUMED, DATE_EQUAL, DATE_OTHER
from pipeline.matching.levels.nik import NIK_EQUAL, NIK_OTHER
from pipeline.matching.model.file import load_model
from pipeline.matching.names.agreement import ALIKE, DIFFERENT, EQUAL, PARTLY, SHORT_FORM
from pipeline.matching.names.spelling import as_written

MODEL = load_model()
NAME, MOTHER, BIRTH, NIK = (
    MODEL.comparisons.index(MODEL.comparison(name)) for name in ("nama", "ibu", "tanggal", "nik")
)
SAME_DAY, SAME_YEAR, ANOTHER_DAY = DATE_EQUAL, DATE_ASSUMED, DATE_OTHER


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
    ("written", "known", "nik", "born", "after"),
    [
        # Folded, the end of what is left of a name changes its sound: RUSI of RASIDA, IA of JUARIA, MUHAMAD of MUHSIN.
        ("ROSI", "ROSIDAH", NIK_EQUAL, SAME_DAY, SHORT_FORM),
        ("IAH", "JUARIAH", NIK_EQUAL, SAME_DAY, SHORT_FORM),
        ("MUH", "MUHSIN SAHRUL", NIK_EQUAL, SAME_DAY, SHORT_FORM),
        ("LINDUNG SITORUS", "PARLINDUNGAN SITORUS", NIK_EQUAL, SAME_DAY, SHORT_FORM),
        ("TRIS", "SUTRISNO CAHYONO", NIK_EQUAL, SAME_DAY, SHORT_FORM),
        ("ROSI", "ROSIDAH", NIK_EQUAL, ANOTHER_DAY, DIFFERENT),
        # Twins, and children of one year, are called so too.
        ("ROSI", "ROSIDAH", 0, SAME_DAY, DIFFERENT),
        ("ROSI", "ROSIDAH", NIK_OTHER, SAME_DAY, DIFFERENT),
        ("ROSI", "ROSIDAH", NIK_EQUAL, SAME_YEAR, DIFFERENT),
        ("ROSI", "MARYATI", NIK_EQUAL, SAME_DAY, DIFFERENT),
        ("RIAN", "KURNIAWAN", NIK_EQUAL, SAME_DAY, DIFFERENT),
    ],
)
def test_a_nickname_is_cut_from_the_written_name_of_whoever_has_that_number_and_day(
    written: str, known: str, nik: int, born: int, after: int
) -> None:
    levels = np.zeros((1, len(MODEL.comparisons)), dtype=np.uint8)
    levels[0, [NAME, NIK, BIRTH]] = DIFFERENT, nik, born
    row, resident = (pl.DataFrame({"nama": [name], "nama_ibu_kandung": ["X"]}) for name in (written, known))
    read = as_written(MODEL, levels, (row, np.array([0])), (resident, np.array([0])))
    assert read[0, NAME] == after


@pytest.mark.parametrize(
    ("kk", "mother", "after"), [("SAMA", "SAMA", SHORT_FORM), ("LAIN", "SAMA", DIFFERENT), ("SAMA", "BEDA", DIFFERENT)]
)
def test_a_nickname_is_cut_from_the_written_name_of_whoever_is_of_that_day_mother_and_family(
    kk: str, mother: str, after: int
) -> None:
    told = {"nama": "BEDA", "tanggal": "SAMA", "kk": kk, "ibu": mother}
    codes = [[level.code for level in comparison.levels] for comparison in MODEL.comparisons]
    found = [code.index(told.get(one.name, "KOSONG")) for one, code in zip(MODEL.comparisons, codes, strict=True)]
    row, resident = (pl.DataFrame({"nama": [name], "nama_ibu_kandung": ["X"]}) for name in ("ROSI", "ROSIDAH"))
    read = as_written(MODEL, np.array([found], dtype=np.uint8), (row, np.array([0])), (resident, np.array([0])))
    assert read[0, NAME] == after
