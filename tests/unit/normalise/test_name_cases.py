"""The case file of name pairs, judged by both comparisons.

`name_level` decides alone, for payees and look-alikes. `name_levels` belongs to the engine: it only grades how two
names agree, and the weight of a grade is learnt together with all other facts. So it must not miss a possible match,
and may call names alike that only sex, date or family distinguish.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipeline.matching.names.agreement import (
    ALIKE,
    DIFFERENT,
    EQUAL,
    MISSING,
    PARTLY,
    SAME_WORDS,
    SHORT_FORM,
    SHORTER,
    name_levels,
    split_names,
)
from pipeline.matching.names.likeness import name_level
from pipeline.normalise.values.names import (
    comparable_name,
    is_placeholder_name,
    is_wife_of,
    name_with_father,
    second_name,
    tidy_name,
    weaker_name,
)
from tests.unit.frames import find_misread, text

CASES = pl.read_csv(Path(__file__).with_name("name_cases.csv"))


def name_levels_of(left: pl.Series, right: pl.Series) -> pl.Series:
    pairs = pl.DataFrame({"left": left, "right": right}).with_columns(tidy_name(pl.all()))
    return name_level(pairs["left"], pairs["right"]).cast(pl.String)


# What the engine may say of a case. Whether a woman is named or her husband is another comparison there.
GRADES = {
    "STRONG": {EQUAL, SAME_WORDS, ALIKE},
    "WEAK": {EQUAL, SAME_WORDS, ALIKE, SHORTER, SHORT_FORM, PARTLY},
    "DIFFERENT": {ALIKE, SHORTER, SHORT_FORM, PARTLY, DIFFERENT, MISSING},
}
# It compares main names only: not a second name behind ALIAS or a stroke, nor fathers, nor nicknames without a part of
# the name in them. Each line is a wish.
UNGRADED = {
    ("HERMAWAN ALIAS WAWAN", "WAWAN"),
    ("SUTINAH @ INAH", "INAH"),
    ("KOSASIH/ENGKOS", "ENGKOS"),
    ("ROHAYATI (YATI)", "YATI"),
    ("MAMAN/SURATMAN", "SURATMAN"),
    ("AHMAD BIN YUSUF", "AHMAD YUSUF"),
    ("AHMAD BIN YUSUF", "AHMAD BIN SALEH"),
    ("SITI AMINAH BINTI AHMAD", "SITI AMINAH BINTI KASIM"),
}


def engine_levels(left: pl.Series, right: pl.Series) -> list[int]:
    """The engine's grade of each pair."""
    pairs = pl.DataFrame({"left": left, "right": right}).select(comparable_name(tidy_name(pl.all())))
    names = pl.concat([pairs["left"], pairs["right"]]).unique().sort()
    one, two = (names.search_sorted(pairs[side]).cast(pl.Int32).to_numpy() for side in ("left", "right"))
    return [int(level) for level in name_levels(split_names(names), np.asarray(one), np.asarray(two))[0]]


def part_of_name(written: str | None, part: pl.Expr) -> object:
    return text([written]).to_frame().select(tidy_name(pl.col("value"))).select(part).item()


def test_the_case_file_is_large_and_hard_enough() -> None:
    counts = dict(CASES["putusan"].value_counts().iter_rows())
    assert CASES.height >= 320
    assert set(counts) == {"STRONG", "WEAK", "DIFFERENT"}
    assert counts["DIFFERENT"] >= 100
    assert CASES.select("kiri", "kanan").is_unique().all()
    assert CASES.null_count().sum_horizontal().item() == 0


@pytest.mark.parametrize(("left", "right"), [("kiri", "kanan"), ("kanan", "kiri")])
def test_every_case_is_judged_as_written(left: str, right: str) -> None:
    wrong = CASES.with_columns(tingkat=name_levels_of(CASES[left], CASES[right])).filter(
        pl.col("tingkat").ne_missing(pl.col("putusan"))
    )
    assert wrong.rows() == []


@pytest.mark.parametrize(("left", "right"), [("kiri", "kanan"), ("kanan", "kiri")])
def test_the_engine_grades_every_case_within_its_verdict(left: str, right: str) -> None:
    cases = CASES.select("kiri", "kanan", "putusan").rows()
    graded_cases = zip(cases, engine_levels(CASES[left], CASES[right]), strict=True)
    outside = {(one, two) for (one, two, verdict), grade in graded_cases if grade not in GRADES[verdict]}
    assert outside == UNGRADED


def test_the_engine_grades_the_same_higher_than_the_doubtful_and_these_higher_than_others() -> None:
    grades = CASES.with_columns(grade=pl.Series(engine_levels(CASES["kiri"], CASES["kanan"])))
    mean = dict(grades.group_by("putusan").agg(pl.col("grade").mean()).iter_rows())
    # A lower number is a better agreement. Doubtful names and other names are graded nearly alike on these hard cases.
    assert mean["STRONG"] < 2 < mean["WEAK"] < mean["DIFFERENT"]


def test_a_name_agrees_with_itself() -> None:
    names = pl.concat([CASES["kiri"], CASES["kanan"]])
    assert (name_levels_of(names, names) == "STRONG").all()


def test_order_and_repetition_of_pairs_change_no_judgement() -> None:
    order = CASES.with_row_index("urutan").sample(fraction=1, shuffle=True, seed=7)
    twice = pl.concat([order, order])
    assert name_levels_of(twice["kiri"], twice["kanan"]).to_list() == twice["putusan"].to_list()


@pytest.mark.parametrize(
    ("left", "right"),
    [(None, "SITI"), ("SITI", None), (None, None), ("NN", "SITI"), ("BELUM ADA NAMA", "BELUM ADA NAMA"), ("", "SITI")],
)
def test_no_name_no_judgement(left: str | None, right: str | None) -> None:
    assert name_levels_of(text([left]), text([right])).to_list() == [None]


def test_no_pairs_no_judgements() -> None:
    assert name_levels_of(text([]), text([])).is_empty()


@pytest.mark.parametrize(("module", "table", "least_share"), [
    ("indonesian_malay_names", "INDONESIAN_MALAY_NAME_VARIANTS", 0.98),
    # Written for other countries: SOLOMON of Sulaiman, CHERINE of Shirin.
    ("arabic_names", "ARABIC_NAME_VARIANTS", 0.8),
])  # fmt: skip
def test_spelling_variants_of_an_independent_list_are_not_different(
    module: str, table: str, least_share: float
) -> None:
    entries = getattr(import_module(f"name_variants.{module}"), table).values()
    pairs = pl.DataFrame([pair for entry in entries for pair in combinations(entry["forms"], 2)], orient="row")
    levels = name_levels_of(pairs["column_0"], pairs["column_1"])
    assert (levels != "DIFFERENT").mean() >= least_share


PLACEHOLDERS = [
    "NN", "N.N.", "N N", "Tidak Tahu", "TDK TAHU", "TIDAK DIKETAHUI", "BELUM ADA NAMA", "BLM ADA NAMA", "TANPA NAMA",
    "BELUM DIBERI NAMA", "TIDAK ADA NAMANYA", "ANAK KE-1", "ANAK KE 2", "ANAK PERTAMA", "ANAK KEDUA", "BY NY SITI",
    "BY. NY. SITI AMINAH", "BAYI NY SRI", "BAYI", "BY SITI", "ANAK NY. RINA", "AN. NY RINA", "JABANG BAYI", "xxx",
    "123", "?", "NO NAME", "ANONIM", "AA",
]  # fmt: skip
NAMES = [
    "NANA", "NINING", "BAYU", "BYANTARA", "ANAK AGUNG GEDE", "TIDAR", "BELINDA", "NY. SITI", "ANI", "TESSA", "NAMAN",
    "ANAKOTTA", "SATU", "II", "X AMINAH", "COBAIN",
]  # fmt: skip


def after_tidying(part: Callable[[pl.Expr], pl.Expr]) -> Callable[[pl.Expr], pl.Expr]:
    return lambda name: part(tidy_name(name))


def test_placeholder_names() -> None:
    assert find_misread(after_tidying(is_placeholder_name), {True: PLACEHOLDERS, False: NAMES}) == []


def test_second_name() -> None:
    second = ["HERMAWAN ALIAS WAWAN", "HERMAWAN ALS. WAWAN", "HERMAWAN @ WAWAN", "HERMAWAN/WAWAN", "HERMAWAN (WAWAN)"]
    none = ["HERMAWAN (ALM)", "HERMAWAN (ISTRI)", "HERMAWAN", "ALIASYAH"]
    assert find_misread(after_tidying(second_name), {"WAWAN": second, None: none}) == []


def test_name_with_father() -> None:
    notations = {
        "AHMAD YUSUF": ["AHMAD BIN YUSUF"],
        "SITI AMINAH AHMAD": ["SITI AMINAH BINTI AHMAD (ALMH)"],
        "SITI AHMAD": ["SITI BT. AHMAD"],
        None: ["BINTANG TIMUR", "BIN AHMAD"],
    }
    assert find_misread(lambda name: name_with_father(tidy_name(name)).str.strip_chars(), notations) == []


def test_a_wife_under_her_husbands_name() -> None:
    wives = ["NY. BUDI", "NY BUDI", "BU BUDI", "ISTRI BUDI", "BUDI (ISTRI)"]
    assert find_misread(after_tidying(is_wife_of), {True: wives, False: ["NYOMAN", "BUDI", "BUNGA", "NY"]}) == []


@pytest.mark.parametrize(
    ("titled", "bare"),
    [
        ("TB. AHMAD FAUZI", "AHMAD FAUZI"),
        ("I WAYAN SUDANA", "SUDANA"),
        ("NI LUH PUTU SRIANI", "SRIANI"),
        ("IDA BAGUS MANTRA", "MANTRA"),
        ("R. SUKARNO", "SUKARNO"),
        ("RADEN SUKARNO", "SUKARNO"),
        ("LALU SURYADI", "SURYADI"),
        ("BAIQ NURHASANAH", "NURHASANAH"),
        ("ANDI BASO", "BASO"),
        ("TEUKU RIZAL", "RIZAL"),
        ("SUKARNO", "SUKARNO"),
    ],
)
def test_the_weaker_key_leaves_regional_titles_out(titled: str, bare: str) -> None:
    strong = comparable_name(pl.col("value"))
    assert part_of_name(titled, weaker_name(strong)) == part_of_name(bare, strong)
    assert titled == bare or part_of_name(titled, strong) != part_of_name(bare, strong)


@pytest.mark.parametrize("written", ["I WAYAN", "NI MADE", "TB.", "ANDI", "R"])
def test_a_name_of_titles_only_keeps_them_in_the_weaker_key(written: str) -> None:
    assert part_of_name(written, weaker_name(comparable_name(pl.col("value"))))
