"""The engine's results do not depend on column names, which the model and the descriptions of both sides define.

Every column is renamed here, so a step that hard-codes a name would fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from polars.testing import assert_frame_equal

from pipeline.matching import dtks_dukcapil
from pipeline.matching.candidates.blocking import Pass
from pipeline.matching.candidates.open_rows import open_rows
from pipeline.matching.candidates.registers import Listing, Register, settle_exact_rows
from pipeline.matching.candidates.search import BlockingPlan, search_candidates
from pipeline.matching.duplicates.dedupe import CertainLinks, DedupeInput, find_duplicate_rows
from pipeline.matching.duplicates.dtks import dedupe_input
from pipeline.matching.judging.inference import SettledEvidence, judge
from pipeline.matching.judging.training import learn_background
from pipeline.matching.levels.implied_facts import without_disagreeing_implied_facts
from pipeline.matching.link import BLOCKING_PLAN
from pipeline.matching.model.file import load_model
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.names.spelling import raise_by_spelling
from pipeline.matching.outcome.results import likely_candidates, weighed_links
from pipeline.matching.outcome.verdicts import exact_verdicts
from pipeline.matching.records.arrays import Rows
from pipeline.matching.records.records import Records
from pipeline.matching.records.tables import Table
from tests.unit.matching.conftest import people_of, registry_of
from tests.unit.matching.test_link import cases, registry_rows

NUMBERS = ("nik", "no_kk")
# What the search itself adds to rows.
_PREFIX = "lain_"
ADDED = "keluarga_pemilik"


def renamed_column(name: str) -> str:
    """Another name for a column."""
    return name if name == ADDED else f"{_PREFIX}{name}"


def renamed_columns(*names: str) -> tuple[str, ...]:
    return tuple(renamed_column(name) for name in names)


def other_passes(passes: tuple[Pass, ...]) -> tuple[Pass, ...]:
    return tuple(replace(one, keys=renamed_columns(*one.keys), refine=renamed_columns(*one.refine)) for one in passes)


def other_rows(listed: Listing) -> Listing:
    rows = listed.table.take(np.arange(listed.table.height)).rename(renamed_column)
    table = Table(rows, renamed_columns(*NUMBERS), renamed_column(listed.key))
    return replace(
        listed,
        table=table,
        key=renamed_column(listed.key),
        written=renamed_column(listed.written or ""),
        read=lambda some, columns: listed.read(some, [name.removeprefix(_PREFIX) for name in columns]).rename(
            renamed_column
        ),
        labels=renamed_columns(*listed.labels),
    )


def other_register(registry: pl.DataFrame, register: Register) -> Register:
    def view(entries: Rows) -> Records:
        seen = register.view(entries)
        return Records(seen.frame.rename(renamed_column), {renamed_column(name): seen.packed(name) for name in NUMBERS})

    table = Table(registry.rename(renamed_column), numbers=renamed_columns(*NUMBERS))
    return replace(
        register, table=table, key=renamed_column(register.key), view=view, labels=renamed_columns(*register.labels)
    )


def other_dedupable(rows: DedupeInput, listed: Listing) -> DedupeInput:
    return replace(
        rows,
        listed=listed,
        passes=other_passes(rows.passes),
        same=renamed_columns(*rows.same),
        filled=renamed_columns(*rows.filled),
        read=lambda some: rows.read(some).rename(renamed_column),
    )


def other_model(model: LinkageModel) -> LinkageModel:
    comparisons = (
        replace(one, columns={part: renamed_column(name) for part, name in one.columns.items()})
        for one in model.comparisons
    )
    return replace(model, comparisons=tuple(comparisons))


def step_results(  # noqa: PLR0917 - both sides and what describes them
    listed: Listing,
    register: Register,
    dedupable: DedupeInput,
    model: LinkageModel,
    plan: BlockingPlan,
    equal: tuple[tuple[str, ...], tuple[str, ...]],
) -> list[pl.DataFrame]:
    """The results of the steps of `pipeline.matching.link`, in order."""
    settled = settle_exact_rows(listed, register, *equal)
    learnt = learn_background(model, *register.sample(1_000), register.count, 1)
    compared = search_candidates(learnt, open_rows(listed, register, settled), plan)
    pairs = compared.pairs
    levels = raise_by_spelling(
        learnt, pairs.levels, (compared.row_table, pairs.left), (compared.resident_table, compared.via)
    )
    levels = without_disagreeing_implied_facts(learnt, levels, compared.row_table, pairs.left)
    compared = replace(compared, pairs=replace(pairs, levels=levels))
    nothing = np.zeros((0, len(model.comparisons)), dtype=np.uint8)
    known = SettledEvidence(settled.claims, compared.is_linked, nothing)
    judged = judge(learnt, compared.pairs, known, register.count, register.family_size)
    weighed = weighed_links(judged, compared, register.count)
    likely = likely_candidates(judged, compared, 0.001)
    sure = weighed.links.filter(keputusan="OTOMATIS")
    rows, entries = (
        np.concatenate([first, sure[place].to_numpy()])
        for first, place in ((settled.rows, "row"), (register.person[settled.entries], "entry"))
    )
    bits = np.concatenate([np.ones(len(settled.rows)), sure["bobot"].to_numpy()])
    refused = pl.DataFrame(schema={"row": pl.Int64, "entry": pl.Int64})
    certain = CertainLinks.of(listed.household, rows, entries, register.number[entries], bits, refused)
    again = find_duplicate_rows(dedupable, certain, likely, judged.model, register.family_size)
    equals = exact_verdicts(judged.model, register.count, register.family_size)
    return [*equals, weighed.links, weighed.facts, *likely[:1], *again]


def test_no_step_names_a_column(residents: list[dict[str, Any]], listed: Callable[..., dict[str, Any]]) -> None:
    clean = [listed(family, member) for family in range(20, 40) for member in range(4)]
    people = people_of([*clean, *cases(residents, listed).values()])
    registry, model = registry_of(registry_rows(residents)), load_model()
    rows, register = dtks_dukcapil.dtks_listing(people), dtks_dukcapil.resident_register(registry, model)
    dedupable, equal = dedupe_input(rows, register, model), (dtks_dukcapil.EXACT_FACTS, dtks_dukcapil.WITNESSES)
    usual = step_results(rows, register, dedupable, model, BLOCKING_PLAN, equal)
    named = other_rows(rows)
    unusual = step_results(
        named,
        other_register(registry, register),
        other_dedupable(dedupable, named),
        other_model(model),
        replace(BLOCKING_PLAN, narrow=other_passes(BLOCKING_PLAN.narrow), broad=other_passes(BLOCKING_PLAN.broad)),
        (renamed_columns(*equal[0]), renamed_columns(*equal[1])),
    )
    for one, two in zip(usual, unusual, strict=True):
        assert one.height
        assert_frame_equal(one, two)
