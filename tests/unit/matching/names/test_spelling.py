"""Names that differ after folding, compared as written."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.names.agreement import ALIKE, DIFFERENT, EQUAL, PARTLY, SHORT_FORM
from pipeline.matching.names.spelling import raise_by_spelling
from tests.unit.matching.conftest import MODEL, levels

NAME, MOTHER = (MODEL.index_of(name) for name in ("nama", "ibu"))


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
    seen = levels({})
    seen[0, [NAME, MOTHER]] = before
    row = pl.DataFrame({"nama": [written], "nama_ibu_kandung": [written]}, schema_overrides={"nama": pl.String})
    resident = pl.DataFrame({"nama": ["X", known], "nama_ibu_kandung": ["X", known]})
    read = raise_by_spelling(MODEL, seen, (row.cast(pl.String), np.array([0])), (resident, np.array([1])))
    assert read[0, [NAME, MOTHER]].tolist() == [after, after]
    assert seen[0, NAME] == before


BORN_AND_NUMBERED = {"tanggal": "SAMA", "nik": "SAMA"}
OF_THE_FAMILY = {"tanggal": "SAMA", "kk": "SAMA", "ibu": "SAMA"}


@pytest.mark.parametrize(
    ("written", "known", "facts", "after"),
    [
        # Folded, the end of what is left of a name changes its sound: RUSI of RASIDA, IA of JUARIA, MUHAMAD of MUHSIN.
        ("ROSI", "ROSIDAH", BORN_AND_NUMBERED, SHORT_FORM),
        ("IAH", "JUARIAH", BORN_AND_NUMBERED, SHORT_FORM),
        ("MUH", "MUHSIN SAHRUL", BORN_AND_NUMBERED, SHORT_FORM),
        ("LINDUNG SITORUS", "PARLINDUNGAN SITORUS", BORN_AND_NUMBERED, SHORT_FORM),
        ("TRIS", "SUTRISNO CAHYONO", BORN_AND_NUMBERED, SHORT_FORM),
        ("ROSI", "ROSIDAH", OF_THE_FAMILY, SHORT_FORM),
        ("ROSI", "ROSIDAH", BORN_AND_NUMBERED | {"tanggal": "LAIN"}, DIFFERENT),
        # Twins, and children of one year, are called so too.
        ("ROSI", "ROSIDAH", BORN_AND_NUMBERED | {"nik": "KOSONG"}, DIFFERENT),
        ("ROSI", "ROSIDAH", BORN_AND_NUMBERED | {"nik": "LAIN"}, DIFFERENT),
        ("ROSI", "ROSIDAH", BORN_AND_NUMBERED | {"tanggal": "SAMA_TAKSIRAN"}, DIFFERENT),
        ("ROSI", "ROSIDAH", OF_THE_FAMILY | {"kk": "LAIN"}, DIFFERENT),
        ("ROSI", "ROSIDAH", OF_THE_FAMILY | {"ibu": "BEDA"}, DIFFERENT),
        ("ROSI", "MARYATI", BORN_AND_NUMBERED, DIFFERENT),
        ("RIAN", "KURNIAWAN", BORN_AND_NUMBERED, DIFFERENT),
    ],
)
def test_a_nickname_is_cut_from_the_written_name_of_whoever_is_told_by_day_and_number_or_family(
    written: str, known: str, facts: dict[str, str], after: int
) -> None:
    row, resident = (pl.DataFrame({"nama": [name], "nama_ibu_kandung": ["X"]}) for name in (written, known))
    read = raise_by_spelling(MODEL, levels(facts | {"nama": "BEDA"}), (row, np.array([0])), (resident, np.array([0])))
    assert read[0, NAME] == after
