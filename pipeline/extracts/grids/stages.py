"""Stages of targets beside each other in columns, KPM and NOMINAL under TAHAP I, II and so on: a table for each.

What a list of one stage looks like is not known here (`schemas.extracts`), nor which rows are its header
(`pipeline.extracts.grids.heading`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipeline.extracts.grids.grid import Grid, is_filled, refusals
from pipeline.normalise.orders import STAGE_WORD
from schemas.extracts import LAYOUTS, columns_in, fold_header, recognise, unexplained_header

_NUMBER = "(?:[1-9]|IV|I{1,3})"
_STAGE = re.compile(rf"^(?P<before>.*?)\b{STAGE_WORD}[ .-]*(?:KE[ -]*)?(?P<stage>{_NUMBER})\b(?P<behind>.*)$")
_CONDENSED = {
    "KPM": "KPM_ALOKASI",
    "NOMINAL": "NOMINAL_ALOKASI",
    "DANA": "NOMINAL_ALOKASI",
    "RUPIAH": "NOMINAL_ALOKASI",
}
"""Headers that say enough only under a stage."""
_FAMILIES = "kpm_alokasi"
_OF_ALL_STAGES = re.compile(r"\b(?:JUMLAH|JML|TOTAL)\b")
# Of two figures of a stage it is not told here which is in force.
_REVISED = re.compile(r"\b(?:REVISI|REV|PERUBAHAN|PERBAIKAN|KOREKSI|SEMULA|MENJADI)\b")


def stages_in(header: Sequence[str]) -> dict[str, dict[int, str]]:
    """Stage → place and header of its columns, where several have the same columns, one of families; else none.

    A list that tells a stage or families of its own has them of that one: what is beside of others is to compare with.
    """
    stages: dict[str, dict[int, str]] = {}
    for place, text in enumerate(header):
        if found := _STAGE.match(" ".join(text.upper().replace("_", " ").split())):
            bare = f"{found['before']} {found['behind']}".strip(" -/:")
            stages.setdefault(found["stage"], {})[place] = _whole(bare)
    columns = {tuple(map(fold_header, named.values())) for named in stages.values()}
    if not (len(stages) > 1 and len(columns) == 1):
        return {}
    names = list(next(iter(stages.values())).values())
    alone = [text for place, text in enumerate(header) if not any(place in named for named in stages.values())]
    own = [text for text in alone if not _OF_ALL_STAGES.search(text.upper())]
    whole = _FAMILIES in _delivered(names) and not any(_REVISED.search(name) for name in names)
    return stages if whole and _FAMILIES not in _delivered(own) and not recognise(list(header)) else {}


def _delivered(header: list[str]) -> set[str]:
    return set(columns_in(header, LAYOUTS["alokasi"]))


def _whole(bare: str) -> str:
    """A header as it is without a stage above it; what it is counted in (NOMINAL (RP RIBU)) stays."""
    name = _CONDENSED.get(unexplained_header(bare))
    return " ".join([name, *re.findall(r"\([^()]*[A-Z][^()]*\)", bare)]) if name else bare


def tables_of_stages(grid: Grid) -> list[tuple[str | None, Grid]]:
    """A table for each stage, and what it is called (`TAHAP II`); the grid itself where its columns are of one."""
    stages = stages_in(grid.header)
    if not stages:
        return [(None, grid)]
    of_stages = {place for named in stages.values() for place in named}
    first = next(iter(stages))
    return [
        (f"TAHAP {stage}", _of_stage(grid, stage, named, of_stages - named.keys(), with_rest=stage == first))
        for stage, named in stages.items()
    ]


def _of_stage(grid: Grid, stage: str, named: dict[int, str], others: set[int], *, with_rest: bool) -> Grid:
    """The columns of all stages and of this one, in their places; those of other stages and sums of nothing.

    Rows that have none of this stage are in it `with_rest` only, where they have none of the others either.
    """
    told_here = _delivered(list(named.values()))
    common = [
        "" if place in others or told_here & _delivered([text]) else text for place, text in enumerate(grid.header)
    ]
    header = [named.get(place, text) for place, text in enumerate(common)]
    told, elsewhere = (pl.any_horizontal(is_filled(pl.col(f"c{at}")) for at in places) for places in (named, others))
    blank = (pl.lit(None, pl.String).alias(f"c{place}") for place in others)
    rows = grid.rows.filter(told | ~elsewhere if with_rest else told)
    rows = rows.with_columns(*blank, pl.lit(stage).alias(f"c{len(header)}"))
    refused = grid.refused if with_rest else refusals([], [])
    return replace(grid, header=[*header, "TAHAP"], header_lines=(), rows=rows, refused=refused)
