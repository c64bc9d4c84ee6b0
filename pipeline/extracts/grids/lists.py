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

from pipeline.extracts.grids.grid import Grid, refused_lines
from pipeline.normalise.metadata.stage_words import STAGE_WORD
from pipeline.normalise.values.codes import program_pattern
from schemas.extracts import LAYOUTS, Layout, bare_header, map_columns, money_positions, recognise

_NUMBER = "(?:[1-9]|IV|I{1,3})"
_STAGE = re.compile(rf"^(?P<before>.*?)\b{STAGE_WORD}[ .-]*(?:KE[ -]*)?(?P<stage>{_NUMBER})\b(?P<behind>.*)$")
_NEGATION = r"\b(?:NON|EKS|BUKAN|TANPA)\b"
_SUM = re.compile(r"\b(?:JUMLAH|JML|TOTAL)\b")
# Old (SEMULA) and new (MENJADI) figures. Lists of orders or targets that are themselves revisions are not split.
_OLD, _NEW = re.compile(r"\bSEMULA\b"), re.compile(r"\bMENJADI\b")
_REVISED = re.compile(r"\b(?:REVISI|REV|PERUBAHAN|PERBAIKAN|KOREKSI|SEMULA|MENJADI)\b")


@dataclass(frozen=True)
class _ListKind:
    """What the lists contain: targets or orders.

    Attributes:
        layout: of one list by itself.
        counted_column: the column that each list has.
        full_headers: short headers under a stage or programme → full header; '' if the stage or programme stands alone.
        own_columns: columns that must belong to one list: a common one would not say which stage it is about.
        absent: regex that all cells of a list match in a row that is not in the list.
    """

    layout: Layout
    counted_column: str
    full_headers: Mapping[str, str]
    own_columns: frozenset[str] = frozenset()
    absent: str = r"^\s*$"


_TARGETS = _ListKind(
    LAYOUTS["alokasi"],
    "kpm_alokasi",
    {"KPM": "KPM_ALOKASI", "NOMINAL": "NOMINAL_ALOKASI", "DANA": "NOMINAL_ALOKASI", "RUPIAH": "NOMINAL_ALOKASI"},
)
_ORDERS = _ListKind(
    LAYOUTS["pos_penuh"],
    "nominal",
    dict.fromkeys(("", "DANA", "RUPIAH", "BANTUAN"), "NOMINAL"),
    frozenset({"status_bayar", "tgl_bayar", "alasan_gagal", "tgl_retur"}),
    # An order of zero rupiah is no order; a target of zero is one.
    r"(?i)^\s*(?:RP\W*)?[-–0.,\s]*$",
)


@dataclass(frozen=True)
class SideBySideLists:
    """Lists side by side in one table: the column they differ in → per value of it, cell positions and headers."""

    kind: _ListKind
    column: str
    lists: dict[str, dict[int, str]]


def find_side_by_side_lists(header: Sequence[str]) -> SideBySideLists | None:
    """The lists per stage or programme that stand side by side in a table; None if it is one list."""
    return _find_lists(tuple(header))


# Called for every piece of a file with the same header.
@lru_cache(maxsize=1_000)
def _find_lists(header: tuple[str, ...]) -> SideBySideLists | None:
    for column, split_header in (("TAHAP", _split_stage), ("PROGRAM", _split_program)):
        headers_by_value: dict[str, dict[int, str]] = {}
        for position, text in enumerate(header):
            if split := split_header(" ".join(text.upper().replace("_", " ").split())):
                value, rest = split
                headers_by_value.setdefault(value, {})[position] = rest.strip(" -/:")
        for kind in (_TARGETS, _ORDERS) if len(headers_by_value) > 1 else ():
            lists = {
                value: {position: _full_header(text, kind) for position, text in named.items()}
                for value, named in headers_by_value.items()
            }
            found = SideBySideLists(kind, column, lists)
            if _are_separable(found, header):
                return found
    return None


def revised_header(header: Sequence[str]) -> list[str] | None:
    """A header with old (SEMULA) and new (MENJADI) targets, reduced to the new ones; None for any other header."""
    texts = [" ".join(text.upper().replace("_", " ").split()) for text in header]
    new = {
        position: _full_header(_NEW.sub(" ", text).strip(" -/:"), _TARGETS)
        for position, text in enumerate(texts)
        if _NEW.search(text)
    }
    old = {position for position, text in enumerate(texts) if _OLD.search(text)}
    others = [text for position, text in enumerate(header) if position not in new.keys() | old]
    if not old or _TARGETS.counted_column not in _columns_in([*new.values()], _TARGETS) - _columns_in(others, _TARGETS):
        return None
    return ["" if position in old else new.get(position, text) for position, text in enumerate(header)]


def _split_stage(text: str) -> tuple[str, str] | None:
    """The stage in a header, and the header without it."""
    found = _STAGE.match(text)
    return (found["stage"], f"{found['before']} {found['behind']}") if found else None


def _split_program(text: str) -> tuple[str, str] | None:
    """The only programme in a header, and the header without it; None for several or a negated one (KPM NON PKH)."""
    words = re.sub(r"\s*[-/]\s*", " ", text)
    found = re.findall(rf"\b{program_pattern()}\b", words)
    if len(found) != 1 or re.search(_NEGATION, words):
        return None
    return found[0], words.replace(found[0], " ")


def _are_separable(found: SideBySideLists, header: Sequence[str]) -> bool:
    """Whether the lists have equal columns, the counted one among them, and the other columns apply to all lists.

    If the other columns have a count or stage of their own, that is the list, and the rest is only there to compare.
    """
    kind, lists = found.kind, found.lists
    if len({tuple(map(bare_header, named.values())) for named in lists.values()}) > 1:
        return False
    names = list(next(iter(lists.values())).values())
    list_columns = _columns_in(names, kind)
    in_lists = {position for named in lists.values() for position in named}
    common = {position: text for position, text in enumerate(header) if position not in in_lists}
    sums = {position for position, text in common.items() if _SUM.search(text.upper())}
    common_columns = _columns_in([text for position, text in common.items() if position not in sums], kind)
    is_list = kind.counted_column in list_columns and not any(_REVISED.search(name) for name in names)
    has_own_list = kind.counted_column in common_columns or (found.column == "PROGRAM" and "program" in common_columns)
    # Nobody knows whether such a common amount is the sum or applies to each list.
    ambiguous = any(name.startswith("nominal") for name in common_columns - list_columns)
    if kind is _ORDERS:
        ambiguous = ambiguous or (
            found.column == "TAHAP" and not common_columns.isdisjoint({*kind.own_columns, "tahap"})
        )
        recognised = recognise([*(text for position, text in common.items() if position not in sums), *names])
        is_list = is_list and recognised is not None and recognised[0] == kind.layout.source
    else:
        is_list = is_list and not recognise(list(header))
    return is_list and not (has_own_list or ambiguous)


def _columns_in(header: list[str], kind: _ListKind) -> set[str]:
    return set(map_columns(header, kind.layout))


def _full_header(short: str, kind: _ListKind) -> str:
    """The full form of a header from under a stage; its unit stays (NOMINAL (RP RIBU))."""
    name = kind.full_headers.get(bare_header(short))
    return " ".join([name, *re.findall(r"\([^()]*[A-Z][^()]*\)", short)]) if name else short


def first_list_header(header: Sequence[str]) -> list[str]:
    """The header of the first of several lists side by side, other lists blanked; any other header unchanged."""
    if revised := revised_header(header):
        return revised
    found = find_side_by_side_lists(header)
    if found is None:
        return list(header)
    first, *others = found.lists.values()
    return [first.get(at, "" if any(at in other for other in others) else text) for at, text in enumerate(header)]


def split_lists(grid: Grid) -> list[tuple[str | None, Grid]]:
    """One table per list, with its name (`TAHAP II`, `PKH`); a grid of one list unchanged, without a name.

    If targets have old and new figures, the new ones are read.
    """
    if revised := revised_header(grid.header):
        return [(None, replace(grid, header=revised, header_lines=()))]
    lists = find_side_by_side_lists(grid.header)
    if lists is None:
        return [(None, grid)]
    return [
        (f"TAHAP {value}" if lists.column == "TAHAP" else value, _extract_list(grid, lists, value))
        for value in lists.lists
    ]


def _extract_list(grid: Grid, found: SideBySideLists, value: str) -> Grid:
    """One list with the common columns, in their positions; without columns of other lists and sums over all lists.

    A row that is in no list at all is kept in the first list; any other row only in the lists that it is in.
    """
    named, is_first = found.lists[value], value == next(iter(found.lists))
    others = {position for lists in found.lists.values() for position in lists} - named.keys()
    list_columns = _columns_in(list(named.values()), found.kind)
    excluded = others | set(money_positions(grid.header))
    common = [
        "" if position in excluded or list_columns & _columns_in([text], found.kind) else text
        for position, text in enumerate(grid.header)
    ]
    header = [named.get(position, text) for position, text in enumerate(common)]
    present = {at: ~pl.col(f"c{at}").fill_null("").str.contains(found.kind.absent) for at in {*named, *others}}
    in_list, in_others = (pl.any_horizontal(present[at] for at in sorted(columns)) for columns in (named, others))
    blank = (pl.lit(None, pl.String).alias(f"c{position}") for position in others)
    rows = grid.rows.filter(in_list | ~in_others if is_first else in_list)
    rows = rows.with_columns(*blank, pl.lit(value).alias(f"c{len(header)}"))
    refused = grid.refused if is_first else refused_lines()
    return replace(grid, header=[*header, found.column], header_lines=(), rows=rows, refused=refused)
