from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from pipeline.matching.lookalikes import Seen, margins, mistakable, odd_numbers, one_person, two_names
from pipeline.matching.model import LinkageModel, load_model

RESIDENTS = 50_000
FAMILY = {"ibu": "SAMA", "kk": "SAMA", "tempat_tinggal": "RUMAH", "keluarga": "DUA_ATAU_LEBIH", "hubungan": "SAMA"}
STRANGER = {"ibu": "BEDA", "kk": "LAIN", "tempat_tinggal": "DESA", "keluarga": "LUAR", "hubungan": "SAMA"}
PERSON = {"tanggal": "SAMA", "kelamin": "SAMA", "nama": "SAMA", "tempat_lahir": "SAMA"}


@pytest.fixture(scope="module")
def model() -> LinkageModel:
    return load_model()


def levels(model: LinkageModel, outcome: dict[str, str]) -> npt.NDArray[np.uint8]:
    row = [
        [level.code for level in comparison.levels].index(outcome.get(comparison.name, "KOSONG"))
        for comparison in model.comparisons
    ]
    return np.array([row], dtype=np.uint8)


@pytest.mark.parametrize(
    ("outcome", "beaten", "odd", "expected"),
    [
        # A namesake of the village with the next serial, of another mother and family.
        ({"nik": "SEGMEN", **STRANGER}, False, False, "MUNGKIN_SENAMA"),
        ({"nik": "SALAH_DUA", **STRANGER}, True, False, "MUNGKIN_SENAMA"),
        ({"nik": "SEGMEN", **FAMILY}, False, False, None),
        ({"nik": "SAMA", **STRANGER}, False, False, None),
        # RINI, whose sister RINA is in the registry and in DTKS.
        ({"nik": "SEGMEN", "nama": "MIRIP", **FAMILY}, True, False, "MUNGKIN_SAUDARA"),
        ({"nik": "SAMA", "nama": "MIRIP", **FAMILY}, True, False, None),
        # A NIK that is nobody's own is a slip rather than a sister's.
        ({"nik": "LAIN", "nama": "MIRIP", **FAMILY}, False, True, None),
    ],
)
def test_who_else_a_row_may_mean(
    model: LinkageModel, outcome: dict[str, str], *, beaten: bool, odd: bool, expected: str | None
) -> None:
    seen = Seen(levels(model, {**PERSON, **outcome}), np.array([odd]), np.array([True]))
    margin = margins(model, seen, np.array([beaten]), RESIDENTS)
    assert mistakable(model, margin).to_list() == [expected]


def test_two_rows_of_twins_are_not_one_person(model: LinkageModel) -> None:
    no, yes = np.array([False]), np.array([True])
    twins = levels(model, {**PERSON, **FAMILY, "nik": "SEGMEN", "nama": "MIRIP"})
    typing_error = levels(model, {**PERSON, **FAMILY, "nik": "SAMA", "nama": "MIRIP"})
    assert not one_person(model, Seen(twins, no, yes), RESIDENTS).any()
    assert one_person(model, Seen(typing_error, no, no), RESIDENTS).all()


def test_a_letter_that_makes_another_name_is_no_slip(model: LinkageModel) -> None:
    written, known = (pl.DataFrame({"nama": names}) for names in (["DINI", "SUPRIANTO"], ["DINA", "SUPRIYANTO"]))
    alike = np.repeat(levels(model, {"nama": "MIRIP"}), 2, axis=0)
    unlike = np.repeat(levels(model, {"nama": "SEBAGIAN"}), 2, axis=0)
    assert two_names(model, alike, written, known).tolist() == [True, False]
    assert two_names(model, unlike, written, known).tolist() == [False, False]  # the level says so already
    slip, other = (Seen(alike[:1], np.array([False]), np.array([two])) for two in (False, True))
    assert (margins(model, slip, other.odd, RESIDENTS) > margins(model, other, other.odd, RESIDENTS))[1].all()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, False),
        ({"nik": None}, False),
        ({"nik": "3604045211870000"}, True),
        ({"nik": "3604045211870501"}, True),
        ({"nik": "3604041211870001"}, True),
        ({"nik": "3604045211860001"}, True),
        ({"nik_wilayah": "TIDAK_DIKENAL"}, True),
        ({"nik": "3604045211870000", "nik_berkas_nol": True}, False),
    ],
)
def test_a_number_that_cannot_be_the_rows_own(change: dict[str, object], *, expected: bool) -> None:
    row = {
        "nik": "3604045211870001",
        "tanggal_lahir": date(1987, 11, 12),
        "jenis_kelamin": "P",
        "nik_wilayah": "KINI",
        "nik_berkas_nol": False,
        "nik_berkas_bulat": False,
        "nik_disalin": False,
        **change,
    }
    assert odd_numbers(pl.DataFrame([row], schema_overrides={"nik": pl.String})).tolist() == [expected]
