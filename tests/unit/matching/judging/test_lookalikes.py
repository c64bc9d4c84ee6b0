from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from pipeline.matching.judging.duplicate_weights import listed_anew_bits
from pipeline.matching.judging.lookalikes import (
    LONGER,
    PERHAPS_TWO,
    SLIP,
    TWO_NAMES,
    PairFeatures,
    first_lookalike_not_excluded,
    has_impossible_number,
    has_same_birth_and_family_or_number,
    has_same_sole_role,
    is_another_person,
    is_one_person,
    is_one_person_under_two_names,
    is_supported,
    margins,
    may_be_namesakes,
    name_states,
    only_mother_partly_agrees,
    same_name_and_birth_next_door,
)
from pipeline.matching.names.words import common_words
from pipeline.matching.records.arrays import Flags
from tests.unit.matching.conftest import MODEL, levels

RESIDENTS = 50_000
FAMILY = {"ibu": "SAMA", "kk": "SAMA", "tempat_tinggal": "RUMAH", "keluarga": "DUA_ATAU_LEBIH", "hubungan": "SAMA"}
STRANGER = {"ibu": "BEDA", "kk": "LAIN", "tempat_tinggal": "DESA", "keluarga": "LUAR", "hubungan": "SAMA"}
PERSON = {"tanggal": "SAMA", "kelamin": "SAMA", "nama": "SAMA", "tempat_lahir": "SAMA"}


@pytest.mark.parametrize(
    ("outcome", "outbid", "impossible_number", "expected"),
    [
        # A namesake of the village with the next serial, of another mother and family.
        ({"nik": "SEGMEN", **STRANGER}, False, False, "MUNGKIN_SENAMA"),
        ({"nik": "SALAH_DUA", **STRANGER}, True, False, "MUNGKIN_SENAMA"),
        # Born in that village that year, his own number may be two digits off by chance; at that home hardly.
        ({"nik": "SALAH_DUA", "tanggal": "TAHUN_BARU", "tempat_tinggal": "DESA"}, False, False, "MUNGKIN_SENAMA"),
        ({"nik": "SALAH_DUA", "tanggal": "TAHUN_BARU", "tempat_tinggal": "RUMAH"}, False, False, None),
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
    outcome: dict[str, str], *, outbid: bool, impossible_number: bool, expected: str | None
) -> None:
    seen = PairFeatures(levels({**PERSON, **outcome}), np.array([impossible_number]), np.array([PERHAPS_TWO]))
    margin = margins(MODEL, seen, np.array([outbid]), RESIDENTS)
    assert first_lookalike_not_excluded(MODEL, margin).to_list() == [expected]


def rows(names: int, **outcome: str) -> PairFeatures:
    """The comparison of two DTKS rows of one household."""
    seen = {**PERSON, **FAMILY, "keluarga": "KOSONG", "nama": "MIRIP", **outcome}
    return PairFeatures(levels(seen), np.array([False]), np.array([names]))


def same_person(seen: PairFeatures, *, is_resident: bool = False) -> bool:
    return bool(is_one_person(MODEL, seen, listed_anew_bits(MODEL, seen.levels), np.array([is_resident]), RESIDENTS)[0])


def wrong_judgements(
    judge: Callable[[PairFeatures], Flags],
    names: int,
    usual: dict[str, str],
    cases: Sequence[tuple[dict[str, str], bool]],
) -> list[dict[str, str]]:
    """The pairs, given as differences from a usual one, that are judged wrongly."""
    found = [(changes, expected, judge(rows(names, **{**usual, **changes})).tolist()) for changes, expected in cases]
    return [changes for changes, expected, judged in found if judged != [expected]]


def test_two_rows_of_twins_are_not_one_person() -> None:
    assert not same_person(rows(TWO_NAMES, nik="SEGMEN"))
    assert same_person(rows(SLIP, nik="SAMA"))


def test_siblings_stand_in_one_family_and_who_is_listed_twice_mostly_in_two() -> None:
    assert not same_person(rows(PERHAPS_TWO))
    assert same_person(rows(PERHAPS_TWO, kk="LAIN", tempat_tinggal="LAIN"))


def test_a_namesake_of_the_village_hardly_shares_the_day_of_birth() -> None:
    moved = {"nik": "KOSONG", "ibu": "KOSONG", "kk": "LAIN", "tempat_tinggal": "DESA", "hubungan": "BEDA"}
    for other, expected in (
        ({}, True),
        ({"tanggal": "SETAHUN"}, False),
        # In the country at large there are namesakes for every day.
        ({"nik": "LAIN", "tempat_tinggal": "LAIN", "hubungan": "SAMA"}, False),
        ({"nik": "SEGMEN", "tempat_tinggal": "KECAMATAN"}, False),
        # Not so many of those were born in one place.
        ({"nik": "SEGMEN", "tempat_tinggal": "LAIN", "hubungan": "SAMA"}, True),
    ):
        assert same_person(rows(0, **{"nama": "SAMA", **moved, **other})) == expected


def test_who_surely_is_the_resident_of_the_other_row_need_not_resemble_it_much() -> None:
    vague = {"nik": "KOSONG", "tanggal": "TAHUN_BARU", "ibu": "KOSONG", "kk": "LAIN", "tempat_tinggal": "DESA"}
    for outcome, names, expected in (
        ({"nama": "SAMA", **vague}, 0, True),
        ({"nama": "SEBAGIAN", **vague}, 0, True),
        ({"nama": "SEBAGIAN", **vague}, TWO_NAMES, False),
        ({"nama": "BEDA", **vague}, 0, False),
        # Two rows that tell enough to be told apart.
        ({"nama": "SAMA", **vague, "nik": "SEGMEN", "ibu": "BEDA"}, 0, False),
        ({"nik": "SEGMEN"}, TWO_NAMES, False),
    ):
        seen = rows(names, **outcome)
        assert not same_person(seen), outcome
        assert same_person(seen, is_resident=True) == expected, outcome


def test_two_numbers_that_tell_two_births_are_two_peoples() -> None:
    seen = rows(0, nik="SENDIRI", tanggal="SETAHUN", nama="SAMA", kk="LAIN")
    assert not same_person(seen)
    # One of them does not tell its own row's birth.
    assert same_person(replace(seen, impossible_number=np.array([True])))
    assert same_person(rows(0, nik="LAIN", tanggal="SAMA", nama="SAMA", kk="LAIN"))
    assert not same_person(rows(0, nik="LAIN", tanggal="KOSONG", nama="SAMA", kk="LAIN"))


def test_who_has_neither_name_nor_number_is_nobodys_double() -> None:
    for nik, expected in (("KOSONG", False), ("SAMA", True)):
        assert same_person(rows(0, nama="KOSONG", nik=nik)) == expected


def test_a_family_has_one_head_but_several_children() -> None:
    assert not same_person(rows(PERHAPS_TWO, nik="SEGMEN"))
    assert same_person(rows(PERHAPS_TWO, nik="SEGMEN", hubungan="SAMA_TUNGGAL", nama="SAMA"))
    child, head = (
        margins(MODEL, rows(PERHAPS_TWO, hubungan=role), np.array([False]), RESIDENTS)[1, 0]
        for role in ("SAMA", "SAMA_TUNGGAL")
    )
    assert head > child + 2


def test_another_name_and_another_birth_are_another_person_whatever_number_they_share() -> None:
    assert same_person(rows(0, nik="SAMA", nama="BEDA", hubungan="SAMA_TUNGGAL"))
    assert not same_person(rows(0, nik="SAMA", nama="BEDA", hubungan="SAMA_TUNGGAL", tanggal="LAIN"))


def test_another_name_needs_a_number_that_is_no_siblings() -> None:
    for nik, expected in (("SALAH_DUA", True), ("RUSAK", True), ("SALAH_WILAYAH", False), ("SAMA", False)):
        assert is_another_person(MODEL, rows(TWO_NAMES, nama="BEDA", nik=nik)).tolist() == [expected]
    assert not is_another_person(MODEL, rows(0, nama="KOSONG", nik="SALAH_DUA")).any()
    assert not is_another_person(MODEL, rows(SLIP, nama="BEDA", nik="SALAH_DUA")).any()


def test_a_family_has_one_head_of_a_birthday_and_a_mother_whatever_he_is_called() -> None:
    head = {"nama": "BEDA", "nik": "KOSONG", "ibu": "SAMA", "hubungan": "SAMA_TUNGGAL", "keluarga": "KOSONG"}
    for changes, expected in (
        ({}, True),
        ({"nik": "KERABAT"}, True),
        ({"kk": "LAIN", "keluarga": "SEORANG"}, True),
        # A twin next door, a child.
        ({"kk": "LAIN"}, False),
        ({"hubungan": "SAMA"}, False),
        # Whoever followed him while his day stood: another mother or sex, a number of his own.
        ({"ibu": "KOSONG"}, False),
        ({"ibu": "KOSONG", "nik": "RUSAK"}, True),
        ({"ibu": "BEDA", "nik": "RUSAK"}, False),
        ({"kelamin": "BEDA"}, False),
        *(({"nik": number}, False) for number in ("SENDIRI", "LAIN", "SALAH_SERI", "SALAH_DUA", "SEGMEN", "KEMBAR")),
        # A brother or sister under the number that stood is born another year, as only slips are on that very day.
        ({"tanggal": "SAMA_TAKSIRAN"}, True),
        ({"tanggal": "TAHUN"}, False),
        ({"tanggal": "TAHUN", "nik": "SAMA"}, True),
        ({"tanggal": "LAIN", "nik": "SAMA"}, False),
    ):
        seen = rows(TWO_NAMES, **{**head, **changes})
        assert is_supported(MODEL, seen).tolist() == [expected], changes
        # That corrects no number, nor does it tell two rows of one family to be one person.
        assert not expected or is_another_person(MODEL, seen).all()


def test_of_one_name_and_day_a_village_hardly_has_two_unless_another_family_is_told() -> None:
    alone = {"nama": "SAMA", "nik": "KOSONG", "kk": "KOSONG", "ibu": "KOSONG", "tempat_tinggal": "DESA"}
    cases = (
        ({}, True),
        ({"kk": "LAIN"}, False),
        ({"nama": "SEBAGIAN"}, False),
        ({"tanggal": "TAHUN"}, False),
        ({"tempat_tinggal": "KECAMATAN"}, False),
    )
    assert wrong_judgements(lambda seen: is_supported(MODEL, seen), 0, alone, cases) == []


def test_who_may_be_a_namesake_next_door() -> None:
    untied = {"nama": "SAMA", "nik": "KOSONG", "kk": "LAIN", "ibu": "KOSONG", "tempat_tinggal": "ALAMAT"}
    cases = (
        ({}, False),
        ({"tanggal": "HARI_ATAU_BULAN"}, True),
        ({"tanggal": "TAHUN"}, True),
        ({"tanggal": "TAHUN", "ibu": "SAMA"}, False),
        ({"tanggal": "TAHUN", "tempat_tinggal": "RUMAH"}, False),
        ({"tanggal": "SETAHUN", "ibu": "SAMA"}, True),
        ({"tanggal": "KOSONG", "ibu": "SAMA"}, True),
        ({"ibu": "BEDA"}, True),
        ({"ibu": "BEDA", "nik": "RUSAK"}, False),
        ({"tanggal": "TAHUN", "keluarga": "SEORANG"}, False),
    )
    assert wrong_judgements(lambda seen: may_be_namesakes(MODEL, seen), 0, untied, cases) == []


def test_a_word_of_the_mothers_name_does_not_tell_whose_day_is_guessed() -> None:
    untied = {"nama": "SAMA", "nik": "KOSONG", "kk": "LAIN", "ibu": "SINGKAT", "tempat_tinggal": "DESA"}
    cases = (
        ({"tanggal": "TAHUN_BARU"}, True),
        ({"tanggal": "TAHUN_BARU", "ibu": "SEBAGIAN"}, True),
        ({"tanggal": "TAHUN_BARU", "ibu": "MIRIP"}, False),
        ({"tanggal": "TAHUN_BARU", "keluarga": "SEORANG"}, False),
        ({"tanggal": "SAMA"}, False),
    )
    assert wrong_judgements(lambda seen: only_mother_partly_agrees(MODEL, seen), 0, untied, cases) == []


def test_a_role_tells_who_was_born_then_under_his_number_with_a_slip() -> None:
    head = {"nama": "BEDA", "nik": "KOSONG", "ibu": "KOSONG", "hubungan": "SAMA_TUNGGAL", "kk": "LAIN"}
    cases = (
        ({}, True),
        ({"hubungan": "SAMA"}, False),
        ({"kelamin": "BEDA"}, False),
        ({"ibu": "BEDA"}, False),
        ({"nik": "SENDIRI"}, False),
        # A second wife may be of the first one's year too, or both days guessed alike.
        ({"tanggal": "TAHUN_BARU"}, False),
        ({"tanggal": "SAMA_TAKSIRAN"}, False),
        ({"tanggal": "TAHUN_BARU", "ibu": "SAMA"}, True),
        ({"tanggal": "SAMA_TAKSIRAN", "nik": "RUSAK"}, True),
        ({"tanggal": "TAHUN"}, False),
        ({"tanggal": "TAHUN", "nik": "SAMA"}, True),
        # Whoever followed under the number that stood may be of that year, but not of that mother too.
        ({"tanggal": "SETAHUN", "nik": "SAMA"}, False),
        ({"tanggal": "SETAHUN", "nik": "SAMA", "ibu": "SAMA"}, True),
        ({"tanggal": "DEKAT", "nik": "SAMA", "ibu": "SAMA"}, False),
    )
    assert wrong_judgements(lambda seen: has_same_sole_role(MODEL, seen.levels), TWO_NAMES, head, cases) == []


def test_who_is_born_that_day_with_hardly_a_number_or_no_name_is_he() -> None:
    slipped, nameless = {"nik": "SALAH_TANGGAL", "nama": "BEDA"}, {"nik": "KOSONG", "nama": "KOSONG"}
    cases = (
        (slipped, True),
        # A lost last digit, another serial, or two digits, of which one may be the serial's, is a twin's as well.
        ({**slipped, "nik": "RUSAK"}, False),
        ({**slipped, "nik": "SALAH_SERI"}, False),
        ({**slipped, "nik": "SALAH_DUA"}, False),
        ({**slipped, "nik": "SEGMEN"}, False),
        ({**slipped, "tanggal": "TAHUN"}, False),
        (nameless, True),
        ({**nameless, "nama": "BEDA"}, False),
        ({**nameless, "kk": "LAIN", "keluarga": "LUAR"}, False),
        ({**nameless, "tanggal": "SAMA_TAKSIRAN"}, False),
    )
    assert wrong_judgements(lambda seen: has_same_birth_and_family_or_number(MODEL, seen), 0, {}, cases) == []


def test_who_has_no_name_may_be_a_twin_with_a_number_of_his_own() -> None:
    seen = rows(0, nik="LAIN", nama="KOSONG")
    assert not has_same_birth_and_family_or_number(MODEL, seen).any()
    assert has_same_birth_and_family_or_number(MODEL, replace(seen, impossible_number=np.array([True]))).all()


def test_a_neighbourhood_hardly_has_two_of_one_name_and_day() -> None:
    named = {"nama": "SAMA", "ibu": "BEDA", "tempat_tinggal": "RT_RW"}
    cases = (
        ({}, True),
        ({"tempat_tinggal": "DESA"}, False),
        ({"nama": "MIRIP"}, False),
        ({"tanggal": "SAMA_TAKSIRAN"}, False),
    )
    assert wrong_judgements(lambda seen: same_name_and_birth_next_door(MODEL, seen.levels), 0, named, cases) == []


def test_a_child_under_a_number_of_somebody_listed_is_not_he_by_another_name() -> None:
    head = {"nama": "BEDA", "nik": "SAMA", "hubungan": "SAMA_TUNGGAL"}
    cases = (
        ({}, True),
        ({"nik": "SALAH_PANJANG"}, True),
        ({"hubungan": "SAMA"}, False),
        ({"tanggal": "SETAHUN"}, False),
        ({"tanggal": "KOSONG"}, False),
        ({"nik": "RUSAK"}, False),
    )
    assert (
        wrong_judgements(lambda seen: is_one_person_under_two_names(MODEL, seen.levels), TWO_NAMES, head, cases) == []
    )


def test_relatives_left_behind_make_nobody_a_namesake() -> None:
    stayed, left = (
        margins(
            MODEL,
            PairFeatures(levels({**PERSON, **STRANGER, "hubungan": role}), np.array([False]), np.array([0])),
            np.array([False]),
            RESIDENTS,
        )[0, 0]
        for role in ("SAMA", "PECAH")
    )
    assert left > stayed


def words_of(people: pl.DataFrame) -> Callable[[str], pl.Series]:
    return lambda column: common_words(people[column])


def test_a_letter_that_makes_another_name_is_no_slip() -> None:
    pairs = [("DINI", "DINA"), ("AGIS", "AGUS"), ("SUPRIANTO", "SUPRIYANTO")]
    written, known = (pl.DataFrame({"nama": names}) for names in zip(*pairs, strict=True))
    alike = np.repeat(levels({"nama": "MIRIP"}), 3, axis=0)
    states = name_states(MODEL, alike, written, known, words_of(known))
    assert states.tolist() == [TWO_NAMES, PERHAPS_TWO, SLIP]
    here = pl.DataFrame({"nama": ["AGIS", "AGIS SAPUTRA", "M AGIS"]})
    assert name_states(MODEL, alike, written, known, words_of(here)).tolist() == [TWO_NAMES, TWO_NAMES, SLIP]
    unlike = np.repeat(levels({"nama": "SEBAGIAN"}), 3, axis=0)
    assert name_states(MODEL, unlike, written, known, words_of(known)).tolist() == [TWO_NAMES, SLIP, SLIP]
    no = np.zeros(3, dtype=np.bool_)
    two, perhaps, one = margins(MODEL, PairFeatures(alike, no, states), no, RESIDENTS)[1]
    assert two < perhaps < one


def test_a_row_leaves_words_of_a_name_out_and_adds_none() -> None:
    written, known = (pl.DataFrame({"nama": [name] * 2}) for name in ("VANIA CINDY ANGKASA", "CINDY ANGKASA"))
    shorter = np.repeat(levels({"nama": "SINGKAT"}), 2, axis=0)
    assert name_states(MODEL, shorter, written, known, words_of(known)).tolist() == [LONGER] * 2
    assert name_states(MODEL, shorter, known, written, words_of(known)).tolist() == [0, 0]
    titled = [pl.DataFrame({"nama": [f"{title} CINDY ANGKASA"] * 2}) for title in ("R", "NYI", "RADEN")]
    also = pl.DataFrame({"nama": ["CINDY ANGKASA ALIAS CICI", "CINDY ANGKASA BINTI KASIM"]})
    for more in (*titled, also):
        assert name_states(MODEL, shorter, more, known, words_of(known)).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, False),
        ({"nik": None}, False),
        # 1 January stands for the year alone.
        ({"tanggal_lahir": date(1987, 1, 1)}, False),
        ({"tanggal_lahir": date(1988, 1, 1)}, True),
        ({"nik": "3604045211870000"}, True),
        ({"nik": "3604045211870501"}, True),
        ({"nik": "3604041211870001"}, True),
        ({"nik": "3604045211860001"}, True),
        ({"nik_wilayah": "TIDAK_DIKENAL"}, True),
        ({"nik": "3604045211870000", "nik_berkas_nol": True}, False),
        # A file that lost last digits left the birth in its numbers as it was.
        ({"nik": "3604049999999990", "nik_berkas_nol": True}, True),
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
    assert has_impossible_number(MODEL, pl.DataFrame([row], schema_overrides={"nik": pl.String})).tolist() == [expected]
