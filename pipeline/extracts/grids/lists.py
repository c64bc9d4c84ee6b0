"""Splits lists of targets or orders side by side (NOMINAL under TAHAP I, II or PKH, SEMBAKO) into one table per list.

Does not belong here: the layout of a single list (`schemas.extracts`), and which rows are the header
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
# Old (SEMULA) and new (MENJADI) figures. Lists of orders or targets that are themselves revisions are not split.
_WAS, _IS = re.compile(r"\bSEMULA\b"), re.compile(r"\bMENJADI\b")
_REVISED = re.compile(r"\b(?:REVISI|REV|PERUBAHAN|PERBAIKAN|KOREKSI|SEMULA|MENJADI)\b")


@dataclass(frozen=True)
class _Kind:
    """What the lists contain: targets or orders.

    Attributes:
        layout: of one list by itself.
        counted: the column that each list has.
        condensed: short headers under a stage or programme → full header; '' if the stage or programme stands alone.
        of_one: columns that must belong to one list: a common one would not say which stage it is about.
        nothing: regex that all cells of a list match in a row that is not in the list.
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
    # An order of zero rupiah is no order; a target of zero is one.
    r"(?i)^\s*(?:RP\W*)?[-–0.,\s]*$",
)


@dataclass(frozen=True)
class ListsBeside:
    """Lists side by side in one table: the column they differ in → per value of it, cell positions and headers."""

    kind: _Kind
    column: str
    lists: dict[str, dict[int, str]]


def lists_beside(header: Sequence[str]) -> ListsBeside | None:
    """The lists per stage or programme that stand side by side in a table; None if it is one list."""
    return _lists_in(tuple(header))


# Called for every piece of a file with the same header.
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
    """A header with old (SEMULA) and new (MENJADI) targets, reduced to the new ones; None for any other header."""
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
    """The stage in a header, and the header without it."""
    found = _STAGE.match(text)
    return (found["stage"], f"{found['before']} {found['behind']}") if found else None


def _program_in(text: str) -> tuple[str, str] | None:
    """The only programme in a header, and the header without it; None for several or a negated one (KPM NON PKH)."""
    words = re.sub(r"\s*[-/]\s*", " ", text)
    found = re.findall(rf"\b{program_pattern()}\b", words)
    if len(found) != 1 or re.search(_NOT_OF, words):
        return None
    return found[0], words.replace(found[0], " ")


def _are_alike(beside: ListsBeside, header: Sequence[str]) -> bool:
    """Whether the lists have equal columns, the counted one among them, and the other columns apply to all lists.

    If the other columns have a count or stage of their own, that is the list, and the rest is only there to compare.
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
    # Nobody knows whether such a common amount is the sum or applies to each list.
    doubtful = any(name.startswith("nominal") for name in own - its)
    if kind is _ORDERS:
        doubtful = doubtful or (beside.column == "TAHAP" and not own.isdisjoint({*kind.of_one, "tahap"}))
        one = recognise([*(text for place, text in rest.items() if place not in sums), *names])
        return whole and not (told or doubtful) and one is not None and one[0] == kind.layout.source
    return whole and not (told or doubtful) and not recognise(list(header))


def _delivered(header: list[str], kind: _Kind) -> set[str]:
    return set(columns_in(header, kind.layout))


def _whole(bare: str, kind: _Kind) -> str:
    """The full form of a header from under a stage; its unit stays (NOMINAL (RP RIBU))."""
    name = kind.condensed.get(unexplained_header(bare))
    return " ".join([name, *re.findall(r"\([^()]*[A-Z][^()]*\)", bare)]) if name else bare


def header_of_one(header: Sequence[str]) -> list[str]:
    """The header of the first of several lists side by side, other lists blanked; any other header unchanged."""
    if revised := as_revised(header):
        return revised
    beside = lists_beside(header)
    if beside is None:
        return list(header)
    first, *others = beside.lists.values()
    return [first.get(at, "" if any(at in other for other in others) else text) for at, text in enumerate(header)]


def tables_of_lists(grid: Grid) -> list[tuple[str | None, Grid]]:
    """One table per list, with its name (`TAHAP II`, `PKH`); a grid of one list unchanged, without a name.

    If targets have old and new figures, the new ones are read.
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
    """One list with the common columns, in their positions; without columns of other lists and sums over all lists.

    A row that is in no list at all is kept in the first list; any other row only in the lists that it is in.
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
