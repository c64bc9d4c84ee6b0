"""Lists of targets beside each other in columns, KPM and NOMINAL under TAHAP I, II or PKH, SEMBAKO: a table for each.

What a list of one stage and programme looks like is not known here (`schemas.extracts`), nor which rows are its header
(`pipeline.extracts.grids.heading`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from pipeline.extracts.grids.grid import Grid, is_filled, refusals
from pipeline.normalise.codes import program_pattern
from pipeline.normalise.orders import STAGE_WORD
from schemas.extracts import LAYOUTS, columns_in, fold_header, money_in, recognise, unexplained_header

_NUMBER = "(?:[1-9]|IV|I{1,3})"
_STAGE = re.compile(rf"^(?P<before>.*?)\b{STAGE_WORD}[ .-]*(?:KE[ -]*)?(?P<stage>{_NUMBER})\b(?P<behind>.*)$")
_CONDENSED = {
    "KPM": "KPM_ALOKASI",
    "NOMINAL": "NOMINAL_ALOKASI",
    "DANA": "NOMINAL_ALOKASI",
    "RUPIAH": "NOMINAL_ALOKASI",
}
"""Headers that say enough only under a stage or programme."""
_NOT_OF = r"\b(?:NON|EKS|BUKAN|TANPA)\b"
_FAMILIES = "kpm_alokasi"
_OF_ALL_STAGES = re.compile(r"\b(?:JUMLAH|JML|TOTAL)\b")
# Of two figures of a stage it is not told here which is in force.
_REVISED = re.compile(r"\b(?:REVISI|REV|PERUBAHAN|PERBAIKAN|KOREKSI|SEMULA|MENJADI)\b")


@dataclass(frozen=True)
class ListsBeside:
    """Lists in columns of one table: the column that tells them apart, and per value of it places and headers."""

    column: str
    lists: dict[str, dict[int, str]]


def lists_beside(header: Sequence[str]) -> ListsBeside | None:
    """The lists of stages, or of programmes, that stand beside each other in a table; None where it is one list."""
    for column, told_in in (("TAHAP", _stage_in), ("PROGRAM", _program_in)):
        lists: dict[str, dict[int, str]] = {}
        for place, text in enumerate(header):
            if told := told_in(" ".join(text.upper().replace("_", " ").split())):
                value, bare = told
                lists.setdefault(value, {})[place] = _whole(bare.strip(" -/:"))
        if _are_alike(lists, header, column):
            return ListsBeside(column, lists)
    return None


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


def _are_alike(lists: dict[str, dict[int, str]], header: Sequence[str], column: str) -> bool:
    """Whether several lists have the same columns, one of families.

    A list that tells a stage or families of its own has them of that one: what is beside of others is to compare with.
    """
    columns = {tuple(map(fold_header, named.values())) for named in lists.values()}
    if not (len(lists) > 1 and len(columns) == 1):
        return False
    names = list(next(iter(lists.values())).values())
    alone = [text for place, text in enumerate(header) if not any(place in named for named in lists.values())]
    own = _delivered([text for text in alone if not _OF_ALL_STAGES.search(text.upper())])
    whole = _FAMILIES in _delivered(names) and not any(_REVISED.search(name) for name in names)
    told = _FAMILIES in own or (column == "PROGRAM" and "program" in own)
    # An amount that is of all lists together, or of each, nobody knows.
    doubtful = any(name.startswith("nominal") for name in own - _delivered(names))
    return whole and not (told or doubtful) and not recognise(list(header))


def _delivered(header: list[str]) -> set[str]:
    return set(columns_in(header, LAYOUTS["alokasi"]))


def _whole(bare: str) -> str:
    """A header as it is without a stage above it; what it is counted in (NOMINAL (RP RIBU)) stays."""
    name = _CONDENSED.get(unexplained_header(bare))
    return " ".join([name, *re.findall(r"\([^()]*[A-Z][^()]*\)", bare)]) if name else bare


def tables_of_lists(grid: Grid) -> list[tuple[str | None, Grid]]:
    """A table for each list, and what it is called (`TAHAP II`, `PKH`); the grid itself where it is of one."""
    beside = lists_beside(grid.header)
    if beside is None:
        return [(None, grid)]
    places = {place for named in beside.lists.values() for place in named}
    first = next(iter(beside.lists))
    return [
        (
            f"TAHAP {value}" if beside.column == "TAHAP" else value,
            _of_list(grid, (beside.column, value), named, places - named.keys(), with_rest=value == first),
        )
        for value, named in beside.lists.items()
    ]


def _of_list(grid: Grid, told: tuple[str, str], named: dict[int, str], others: set[int], *, with_rest: bool) -> Grid:
    """The columns of all lists and of this one, in their places; not those of other lists, nor sums of all.

    Rows that have none of this list are in it `with_rest` only, where they have none of the others either.
    """
    column, value = told
    told_here = _delivered(list(named.values()))
    not_its = others | set(money_in(grid.header))
    common = [
        "" if place in not_its or told_here & _delivered([text]) else text for place, text in enumerate(grid.header)
    ]
    header = [named.get(place, text) for place, text in enumerate(common)]
    here, elsewhere = (pl.any_horizontal(is_filled(pl.col(f"c{at}")) for at in places) for places in (named, others))
    blank = (pl.lit(None, pl.String).alias(f"c{place}") for place in others)
    rows = grid.rows.filter(here | ~elsewhere if with_rest else here)
    rows = rows.with_columns(*blank, pl.lit(value).alias(f"c{len(header)}"))
    refused = grid.refused if with_rest else refusals([], [])
    return replace(grid, header=[*header, column], header_lines=(), rows=rows, refused=refused)
