"""Lists of targets or orders beside each other in columns, NOMINAL under TAHAP I, II or PKH, SEMBAKO: a table for each.

What a list of one stage and programme looks like is not known here (`schemas.extracts`), nor which rows are its header
(`pipeline.extracts.grids.heading`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

from pipeline.extracts.grids.grid import Grid, refusals
from pipeline.normalise.told.stage_words import STAGE_WORD
from pipeline.normalise.values.codes import program_pattern
from schemas.extracts import LAYOUTS, Layout, columns_in, money_in, recognise, unexplained_header

_NUMBER = "(?:[1-9]|IV|I{1,3})"
_STAGE = re.compile(rf"^(?P<before>.*?)\b{STAGE_WORD}[ .-]*(?:KE[ -]*)?(?P<stage>{_NUMBER})\b(?P<behind>.*)$")
_NOT_OF = r"\b(?:NON|EKS|BUKAN|TANPA)\b"
_OF_ALL_STAGES = re.compile(r"\b(?:JUMLAH|JML|TOTAL)\b")
# Of two figures of a stage it is not told here which is in force.
_WAS, _IS = re.compile(r"\bSEMULA\b"), re.compile(r"\bMENJADI\b")
_REVISED = re.compile(r"\b(?:REVISI|REV|PERUBAHAN|PERBAIKAN|KOREKSI|SEMULA|MENJADI)\b")


@dataclass(frozen=True)
class _Kind:
    """What lists are of: a layout, the column that each of them has, and what a stage or programme alone completes.

    Attributes:
        layout: of one list by itself.
        counted: the column that each list has.
        condensed: headers that say enough only under a stage or programme; '' where nothing else stands there.
        of_one: columns that are of one list each: for all together nobody knows of which stage they are.
        nothing: what is written in all cells of a list, as a regex, if the row is not in it.
    """

    layout: Layout
    counted: str
    condensed: Mapping[str, str]
    of_one: frozenset[str] = frozenset()
    nothing: str = r"^\s*$"


_TARGETS = _Kind(
    LAYOUTS["alokasi"],
    "kpm_alokasi",
    {"KPM": "KPM_ALOKASI", "NOMINAL": "NOMINAL_ALOKASI", "DANA": "NOMINAL_ALOKASI", "RUPIAH": "NOMINAL_ALOKASI"},
)
_ORDERS = _Kind(
    LAYOUTS["pos_penuh"],
    "nominal",
    dict.fromkeys(("", "DANA", "RUPIAH", "BANTUAN"), "NOMINAL"),
    frozenset({"status_bayar", "tgl_bayar", "alasan_gagal", "tgl_retur"}),
    # Of no rupiah nobody is paid; a target may well be of none.
    r"(?i)^\s*(?:RP\W*)?[-–0.,\s]*$",
)


@dataclass(frozen=True)
class ListsBeside:
    """Lists in columns of one table: the column that tells them apart, and per value of it places and headers."""

    kind: _Kind
    column: str
    lists: dict[str, dict[int, str]]


def lists_beside(header: Sequence[str]) -> ListsBeside | None:
    """The lists of stages, or of programmes, that stand beside each other in a table; None where it is one list."""
    return _lists_in(tuple(header))


# Every piece of a file asks about its header.
@lru_cache(maxsize=1_000)
def _lists_in(header: tuple[str, ...]) -> ListsBeside | None:
    for column, told_in in (("TAHAP", _stage_in), ("PROGRAM", _program_in)):
        bare: dict[str, dict[int, str]] = {}
        for place, text in enumerate(header):
            if told := told_in(" ".join(text.upper().replace("_", " ").split())):
                value, rest = told
                bare.setdefault(value, {})[place] = rest.strip(" -/:")
        for kind in (_TARGETS, _ORDERS) if len(bare) > 1 else ():
            lists = {
                value: {place: _whole(text, kind) for place, text in named.items()} for value, named in bare.items()
            }
            beside = ListsBeside(kind, column, lists)
            if _are_alike(beside, header):
                return beside
    return None


def as_revised(header: Sequence[str]) -> list[str] | None:
    """The header of targets that were (SEMULA) and are to be (MENJADI) as that of the latter; None where it is none."""
    texts = [" ".join(text.upper().replace("_", " ").split()) for text in header]
    is_now = {
        place: _whole(_IS.sub(" ", text).strip(" -/:"), _TARGETS)
        for place, text in enumerate(texts)
        if _IS.search(text)
    }
    was = {place for place, text in enumerate(texts) if _WAS.search(text)}
    others = [text for place, text in enumerate(header) if place not in is_now.keys() | was]
    if not was or _TARGETS.counted not in _delivered([*is_now.values()], _TARGETS) - _delivered(others, _TARGETS):
        return None
    return ["" if place in was else is_now.get(place, text) for place, text in enumerate(header)]


def _stage_in(text: str) -> tuple[str, str] | None:
    """The stage of a column, and its header without it."""
    found = _STAGE.match(text)
    return (found["stage"], f"{found['before']} {found['behind']}") if found else None


def _program_in(text: str) -> tuple[str, str] | None:
    """The one programme of a column, and its header without it; KPM NON PKH is of none."""
    words = re.sub(r"\s*[-/]\s*", " ", text)
    found = re.findall(rf"\b{program_pattern()}\b", words)
    if len(found) != 1 or re.search(_NOT_OF, words):
        return None
    return found[0], words.replace(found[0], " ")


def _are_alike(beside: ListsBeside, header: Sequence[str]) -> bool:
    """Whether several lists have the same columns, one of families or amounts, and what is beside them is of all.

    A list that tells a stage or families of its own has them of that one: what is beside of others is to compare with.
    """
    kind, lists = beside.kind, beside.lists
    if len({tuple(map(unexplained_header, named.values())) for named in lists.values()}) > 1:
        return False
    names = list(next(iter(lists.values())).values())
    its = _delivered(names, kind)
    rest = {place: text for place, text in enumerate(header) if not any(place in named for named in lists.values())}
    sums = {place for place, text in rest.items() if _OF_ALL_STAGES.search(text.upper())}
    own = _delivered([text for place, text in rest.items() if place not in sums], kind)
    whole = kind.counted in its and not any(_REVISED.search(name) for name in names)
    told = kind.counted in own or (beside.column == "PROGRAM" and "program" in own)
    # What is of all lists together, or of each, nobody knows.
    doubtful = any(name.startswith("nominal") for name in own - its)
    if kind is _ORDERS:
        doubtful = doubtful or (beside.column == "TAHAP" and not own.isdisjoint({*kind.of_one, "tahap"}))
        one = recognise([*(text for place, text in rest.items() if place not in sums), *names])
        return whole and not (told or doubtful) and one is not None and one[0] == kind.layout.source
    return whole and not (told or doubtful) and not recognise(list(header))


def _delivered(header: list[str], kind: _Kind) -> set[str]:
    return set(columns_in(header, kind.layout))


def _whole(bare: str, kind: _Kind) -> str:
    """A header as it is without a stage above it; what it is counted in (NOMINAL (RP RIBU)) stays."""
    name = kind.condensed.get(unexplained_header(bare))
    return " ".join([name, *re.findall(r"\([^()]*[A-Z][^()]*\)", bare)]) if name else bare


def header_of_one(header: Sequence[str]) -> list[str]:
    """The header of the first of the lists beside each other, the others blank; that of one list is itself."""
    if revised := as_revised(header):
        return revised
    beside = lists_beside(header)
    if beside is None:
        return list(header)
    first, *others = beside.lists.values()
    return [first.get(at, "" if any(at in other for other in others) else text) for at, text in enumerate(header)]


def tables_of_lists(grid: Grid) -> list[tuple[str | None, Grid]]:
    """A table for each list, and what it is called (`TAHAP II`, `PKH`); the grid itself where it is of one.

    Of what targets were and what they are to be the latter is read.
    """
    if revised := as_revised(grid.header):
        return [(None, replace(grid, header=revised, header_lines=()))]
    beside = lists_beside(grid.header)
    if beside is None:
        return [(None, grid)]
    return [
        (f"TAHAP {value}" if beside.column == "TAHAP" else value, _of_list(grid, beside, value))
        for value in beside.lists
    ]


def _of_list(grid: Grid, beside: ListsBeside, value: str) -> Grid:
    """The columns of all lists and of this one, in their places; not those of other lists, nor sums of all.

    Rows that have none of this list are in the first list only, where they have none of the others either.
    """
    named, with_rest = beside.lists[value], value == next(iter(beside.lists))
    others = {place for lists in beside.lists.values() for place in lists} - named.keys()
    told_here = _delivered(list(named.values()), beside.kind)
    not_its = others | set(money_in(grid.header))
    common = [
        "" if place in not_its or told_here & _delivered([text], beside.kind) else text
        for place, text in enumerate(grid.header)
    ]
    header = [named.get(place, text) for place, text in enumerate(common)]
    told = {at: ~pl.col(f"c{at}").fill_null("").str.contains(beside.kind.nothing) for at in {*named, *others}}
    here, elsewhere = (pl.any_horizontal(told[at] for at in sorted(places)) for places in (named, others))
    blank = (pl.lit(None, pl.String).alias(f"c{place}") for place in others)
    rows = grid.rows.filter(here | ~elsewhere if with_rest else here)
    rows = rows.with_columns(*blank, pl.lit(value).alias(f"c{len(header)}"))
    refused = grid.refused if with_rest else refusals([], [])
    return replace(grid, header=[*header, beside.column], header_lines=(), rows=rows, refused=refused)
