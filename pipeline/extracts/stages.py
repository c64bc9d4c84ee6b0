"""Stages of targets beside each other in columns, KPM and NOMINAL under TAHAP I, II and so on: a table for each.

What a list of one stage looks like is not known here (`schemas.extracts`), nor which rows are its header
(`pipeline.extracts.heading`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipeline.extracts.grid import Grid, is_filled, refusals
from pipeline.normalise.orders import STAGE_WORD
from schemas.extracts import fold_header, unexplained_header

_NUMBER = "(?:[1-9]|IV|I{1,3})"
_STAGE = re.compile(rf"^(?P<before>.*?)\b{STAGE_WORD}[ .-]*(?:KE[ -]*)?(?P<stage>{_NUMBER})\b(?P<behind>.*)$")
_CONDENSED = {
    "KPM": "KPM_ALOKASI",
    "NOMINAL": "NOMINAL_ALOKASI",
    "DANA": "NOMINAL_ALOKASI",
    "RUPIAH": "NOMINAL_ALOKASI",
}
"""Headers that say enough only under a stage."""


def stages_in(header: Sequence[str]) -> dict[str, dict[int, str]]:
    """Stage → place and header of its columns, where several have the same columns, one of families; else none."""
    stages: dict[str, dict[int, str]] = {}
    for place, text in enumerate(header):
        if found := _STAGE.match(" ".join(text.upper().replace("_", " ").split())):
            bare = f"{found['before']} {found['behind']}".strip(" -/:")
            stages.setdefault(found["stage"], {})[place] = _whole(bare)
    columns = {tuple(map(fold_header, named.values())) for named in stages.values()}
    whole = len(stages) > 1 and len(columns) == 1 and any("KPM" in name for name in columns.pop())
    return stages if whole else {}


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
    """The columns of all stages and of this one, in their places; those of other stages are of nothing.

    Rows that have none of this stage are in it `with_rest` only, where they have none of the others either.
    """
    header = ["" if place in others else named.get(place, text) for place, text in enumerate(grid.header)]
    told, elsewhere = (pl.any_horizontal(is_filled(pl.col(f"c{at}")) for at in places) for places in (named, others))
    blank = (pl.lit(None, pl.String).alias(f"c{place}") for place in others)
    rows = grid.rows.filter(told | ~elsewhere if with_rest else told)
    rows = rows.with_columns(*blank, pl.lit(stage).alias(f"c{len(header)}"))
    refused = grid.refused if with_rest else refusals([], [])
    return replace(grid, header=[*header, "TAHAP"], header_lines=(), rows=rows, refused=refused)
