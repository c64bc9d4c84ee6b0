"""Finds and compares the candidates of open rows, in two rounds, for any two registers.

The first round runs the narrow passes for every row. A row is explained if one candidate is convincing on its own. The
second round serves the other rows: broad passes, numbers one slip away, families of the row's household (known from
the explained rows) and pairs that only a KK number suggests; explained rows would gain nothing from it. Does not
belong here: judging what was found (`pipeline.matching.judging.inference`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
import polars as pl

from pipeline.matching.candidates.blocking import (
    Candidates,
    Pass,
    PassPairs,
    merge_passes,
    pass_columns,
    positions_among,
    run_passes,
)
from pipeline.matching.candidates.comparing import ComparedPairs, compare_candidates, count_skipped, replace_pairs
from pipeline.matching.candidates.open_rows import OpenRows, RowStrings
from pipeline.matching.candidates.registers import Register
from pipeline.matching.judging.inference import Pairs
from pipeline.matching.judging.scoring import Prior, bits_of, posterior
from pipeline.matching.judging.training import LARGEST_FAMILY
from pipeline.matching.levels.evidence import Claims, is_member
from pipeline.matching.model.linkage import LinkageModel, has_outcome
from pipeline.matching.model.patterns import find_patterns
from pipeline.matching.names.words import common_words
from pipeline.matching.records.arrays import Flags, Floats, Masks, Rows
from pipeline.matching.records.lookup import unique_positions
from pipeline.memory import release_free_memory
from pipeline.settings import default_limits

NEAR_NIK, FAMILY = "NIK_DEKAT", "KELUARGA"
# A household with members of more families than this is none: its column holds one value for everybody.
_MOST_FAMILIES = 30
# A row is explained by a candidate this probable on its own.
_EXPLAINED = 0.999


@dataclass(frozen=True)
class BlockingPlan:
    """How candidates are found.

    Attributes:
        narrow: passes for every row.
        broad: passes for rows not explained by what the narrow ones found.
        family_only: codes of passes that identify only the family; a pair found by nothing else is not compared if
            the row is explained or a settled row is linked to the person.
    """

    narrow: tuple[Pass, ...]
    broad: tuple[Pass, ...] = ()
    family_only: tuple[str, ...] = (FAMILY,)

    @property
    def all_passes(self) -> tuple[Pass, ...]:
        """All passes, narrow then broad."""
        return self.narrow + self.broad


@dataclass(frozen=True)
class SearchResult:
    """Open rows, and what was found for them.

    Attributes:
        row_table: the open rows, sorted by their key: the columns that results need, and `n` (packed number).
        positions: position of each of them among all rows.
        resident_table: every entry in a pair, in the order of their key: labels (numbers packed), `n`, `retired`.
        entries: position of each of them in the register.
        pairs: compared pairs, one per row and person.
        via: per pair, the entry that was compared (possibly a retired one of the same person).
        found_by: bitmask of passes per pair.
        codes: pass codes, bit 0 first.
        plan: what each pass cost and found.
        calls: similarities calculated, per column.
        is_linked: per entry, whether a settled row is linked to that person.
    """

    row_table: pl.DataFrame
    positions: Rows
    resident_table: pl.DataFrame
    entries: Rows
    pairs: Pairs
    via: Rows
    found_by: Masks
    codes: tuple[str, ...]
    plan: pl.DataFrame
    calls: dict[str, int]
    is_linked: Flags

    @cached_property
    def common_words(self) -> Callable[[str], pl.Series]:
        """Words that are names of several residents, by column of names; cached."""
        # The closure must not hold `self`: the cycle would stay in memory until the garbage collector runs.
        residents = self.resident_table
        return cache(lambda column: common_words(residents[column]))


def search_candidates(
    model: LinkageModel,
    rows: OpenRows,
    plan: BlockingPlan,
    truth: tuple[Rows, Rows] | None = None,
    at_once: int | None = None,
) -> SearchResult:
    """Find and compare candidates of all open rows.

    Args:
        model: decides which pairs can still matter.
        rows: open rows.
        plan: passes.
        truth: positions of rows and of their true entries, only to report the recall of each pass.
        at_once: rows or pairs whose strings are in memory at a time, without effect on results; default
            `pasangan_sekaligus` of the reference.
    """
    rows_at_once = at_once or default_limits().memori.pasangan_sekaligus
    strings = RowStrings(rows, [*model.columns, *pass_columns(plan.all_passes), *rows.listed.labels], rows_at_once)
    pass_pairs = _narrow_pairs(rows, plan, strings, rows_at_once)
    candidates = _worth_comparing(rows, plan, merge_passes(pass_pairs, rows.register.table.height))
    # Blocking leaves much freed memory behind, and comparing needs the most.
    release_free_memory()
    only_by_family = _only_family_suggests(plan, candidates)
    compared = compare_candidates(model, rows, strings, candidates.take(np.flatnonzero(~only_by_family)), rows_at_once)
    convincing = _convincing_pairs(model, rows, compared)
    search_again = np.ones(rows.count, dtype=np.bool_)
    search_again[compared.left[convincing]] = False
    skipped = candidates.take(np.flatnonzero(only_by_family & ~search_again[candidates.left]))
    compared.dropped += count_skipped(model, rows, skipped, _explained_families(rows, compared, convincing))
    unexplained = np.flatnonzero(search_again)
    if len(unexplained):
        rows = _with_claims(rows, compared.left[convincing], compared.right[convincing])
        pass_pairs += _broad_pairs(rows, plan, strings, unexplained)
        candidates = _worth_comparing(rows, plan, merge_passes(pass_pairs, rows.register.table.height))
        del pass_pairs
        compared_again = compare_candidates(
            model, rows, strings, candidates.take(np.flatnonzero(search_again[candidates.left])), rows_at_once
        )
        compared = replace_pairs(compared, compared_again, search_again)
    recall = candidates.plan if truth is None else _with_recall(candidates, rows, truth)
    return _search_result(model, rows, strings.labels(), compared, replace(candidates, plan=recall), len(unexplained))


def _narrow_pairs(rows: OpenRows, plan: BlockingPlan, strings: RowStrings, rows_at_once: int) -> list[PassPairs]:
    """Pairs of all rows that the narrow passes find."""
    columns = pass_columns(plan.narrow)
    # If not all rows fit into memory, columns that only comparing needs would be read twice.
    key_strings = strings if rows.count <= rows_at_once else RowStrings(rows, columns, rows_at_once)
    return run_passes(plan.narrow, key_strings.parts(np.arange(rows.count)), rows.register.table.blocks(columns))


def _broad_pairs(rows: OpenRows, plan: BlockingPlan, strings: RowStrings, row_numbers: Rows) -> list[PassPairs]:
    """Pairs of some rows by the broad passes, by numbers one slip from an unknown one, and by household."""
    # Few rows are left: reading the register again for them costs less than holding it for all.
    blocks = rows.register.table.blocks(pass_columns(plan.broad))
    found = [
        replace(pairs, left=row_numbers[pairs.left])
        for pairs in run_passes(plan.broad, strings.parts(row_numbers), blocks)
    ]
    if rows.listed.written is not None:
        unknown = row_numbers[rows.number_entry[row_numbers] < 0]
        near, entry = rows.register.numbers.find_near(rows.written_numbers(unknown))
        found.append(PassPairs(NEAR_NIK, unknown[near], entry, len(near)))
    if (rows.household != -1).any():
        found.append(_family_pairs(rows, row_numbers))
    return found


def _family_pairs(rows: OpenRows, row_numbers: Rows) -> PassPairs:
    """Pairs of some rows with unlinked members of the families to which others of their household are linked."""
    claims, register = rows.settled.claims, rows.register
    usable = (claims.household != -1) & (claims.family != -1) & is_member(claims.household, rows.household[row_numbers])
    linked_families = (
        pl.DataFrame({"h": claims.household[usable], "k": claims.family[usable]})
        .unique(maintain_order=True)
        .filter(pl.len().over("h") <= _MOST_FAMILIES)
    )
    searched = pl.DataFrame({"left": row_numbers, "h": rows.household[row_numbers]}).filter(pl.col("h") != -1)
    member_entries = positions_among(register.family, linked_families["k"].unique().to_numpy())
    is_linked = rows.settled.is_linked[register.person[member_entries]]
    members = pl.DataFrame({"k": register.family[member_entries], "right": member_entries, "linked": is_linked}).filter(
        (pl.len().over("k") <= LARGEST_FAMILY) & ~pl.col("linked")
    )
    pairs = searched.join(linked_families, on="h").join(members, on="k")
    return PassPairs(FAMILY, pairs["left"].to_numpy(), pairs["right"].to_numpy(), pairs.height)


def _worth_comparing(rows: OpenRows, plan: BlockingPlan, pairs: Candidates) -> Candidates:
    """The pairs, without those that only a shared family suggests and to whose person a settled row is linked."""
    is_linked = rows.settled.is_linked[rows.register.person[pairs.right]]
    return pairs.take(np.flatnonzero(~(_only_family_suggests(plan, pairs) & is_linked)))


def _only_family_suggests(plan: BlockingPlan, pairs: Candidates) -> Flags:
    """Whether only a shared family suggests each pair."""
    family = np.uint32(sum(1 << bit for bit, code in enumerate(pairs.codes) if code in plan.family_only))
    return (pairs.found_by | family) == family


def _convincing_pairs(model: LinkageModel, rows: OpenRows, compared: ComparedPairs) -> Rows:
    """Positions of pairs that are convincing on their own; their rows are explained.

    A pair is not convincing if birth date and name (or mother) differ: its number may have been copied.
    """
    patterns, register = find_patterns(compared.levels), rows.register
    bits = bits_of(model, patterns.levels, register.count, register.family_size).at(patterns.of_pair)
    posteriors = posterior(compared.left, bits, Prior(rows.count, model.absent, register.count))
    levels, groups = patterns.levels, model.groups
    different_person = has_outcome(model, levels, groups.mostly_different_name, groups.different_mother)
    copied = different_person & ~has_outcome(model, levels, groups.same_birth_date)
    return np.flatnonzero((posteriors.pair >= _EXPLAINED) & ~copied[patterns.of_pair])


def _explained_families(rows: OpenRows, compared: ComparedPairs, convincing: Rows) -> Rows:
    """Per open row, the family of the person in its convincing pair, -1 for none."""
    family = np.full(rows.count, -1)
    family[compared.left[convincing]] = rows.register.family[rows.register.person[compared.right[convincing]]]
    return family


def _with_claims(rows: OpenRows, left: Rows, right: Rows) -> OpenRows:
    """The open rows, with some pairs of row and person added to the claims that settled rows make."""
    register, settled = rows.register, rows.settled
    person = register.person[right]
    claims = Claims(
        np.concatenate([settled.claims.household, rows.household[left]]),
        np.concatenate([settled.claims.person, register.person_numbers(person)]),
        np.concatenate([settled.claims.family, register.family[person]]),
    )
    return replace(rows, settled=replace(settled, claims=claims))


def _search_result(  # noqa: PLR0917 - rows and what was found for them
    model: LinkageModel,
    rows: OpenRows,
    row_table: pl.DataFrame,
    compared: ComparedPairs,
    candidates: Candidates,
    searched_by_slips: int,
) -> SearchResult:
    """The result: entries numbered in the order of their key, pairs sorted, one pair per row and person."""
    register = rows.register
    entries = _entries_and_persons(register, compared.right)
    place_of_entry = np.zeros(register.table.height, dtype=np.int64)
    place_of_entry[entries] = np.arange(len(entries))
    via, person = place_of_entry[compared.right], place_of_entry[register.person[compared.right]]
    order = np.argsort(compared.left << 32 | via)
    patterns = find_patterns(compared.levels)
    bits = bits_of(model, patterns.levels, register.count, 1.0).person[patterns.of_pair]
    order = order[_best_pair_per_person(bits[order], compared.left[order], person[order], via[order])]
    nik = model.index_of_kind("nik")
    dropped = compared.dropped[:, : 0 if nik is None else len(model.comparisons[nik].levels)]
    pairs = Pairs(
        compared.left[order],
        person[order],
        # Reordered column by column: several times faster than pair by pair.
        compared.levels.T.take(order, axis=1).T,
        rows.household,
        register.family[entries],
        register.person_numbers(entries),
        dropped,
        searched_by_slips,
    )
    return SearchResult(
        row_table=row_table,
        positions=rows.positions,
        resident_table=_resident_table(register, entries),
        entries=entries,
        pairs=pairs,
        via=via[order],
        found_by=compared.found_by[order],
        codes=candidates.codes,
        plan=candidates.plan,
        calls=compared.calls,
        is_linked=rows.settled.is_linked[entries],
    )


def _entries_and_persons(register: Register, right: Rows) -> Rows:
    """The entries that are in a pair, and the current entries of their persons, in the order of their key."""
    entries = unique_positions(right, register.table.height)
    both = np.concatenate([entries, register.person[entries]])
    return register.sort_entries(unique_positions(both, register.table.height))


def _resident_table(register: Register, entries: Rows) -> pl.DataFrame:
    """Labels of some entries (numbers packed), `n` (packed number) and `retired`."""
    labels = register.table.records(entries, register.labels)
    return labels.frame.with_columns(
        *(pl.Series(name, labels.packed(name)) for name in register.labels if name in register.table.numbers),
        n=pl.Series(register.number[entries]),
        retired=pl.Series(register.retired[entries]),
    )


def _best_pair_per_person(bits: Floats, left: Rows, person: Rows, right: Rows) -> Rows:
    """Positions of the pairs to keep: if a row meets several entries of one person, only the best."""
    has_several_entries = np.zeros(int(person.max(initial=0)) + 1, dtype=np.bool_)
    has_several_entries[person[person != right]] = True
    rivals = np.flatnonzero(has_several_entries[person])
    order = rivals[np.lexsort((right[rivals], -bits[rivals], person[rivals], left[rivals]))]
    repeated = (left[order][1:] == left[order][:-1]) & (person[order][1:] == person[order][:-1])
    kept = np.ones(len(left), dtype=np.bool_)
    kept[order[1:][repeated]] = False
    return np.flatnonzero(kept)


def _with_recall(pairs: Candidates, rows: OpenRows, truth: tuple[Rows, Rows]) -> pl.DataFrame:
    """The plan with the recall of each pass: its share of the true pairs of open rows."""
    open_row = np.full(rows.listed.table.height, -1)
    open_row[rows.positions] = np.arange(len(rows.positions))
    row, entry = open_row[truth[0]], truth[1]
    true_pairs = pl.DataFrame({"left": row, "right": entry}).filter(pl.col("left") >= 0)
    found = pl.DataFrame({"left": pairs.left, "right": pairs.right, "found_by": pairs.found_by})
    found = found.join(true_pairs, on=["left", "right"], how="semi")
    total = max(true_pairs.height, 1)
    shares = [found.filter(pl.col("found_by") & (1 << bit) > 0).height / total for bit in range(len(pairs.codes))]
    all_passes = pairs.plan.select(
        aturan=pl.lit("SEMUA"), biaya=pl.col("biaya").sum(), pasangan=pl.lit(len(pairs.left), pl.Int64)
    ).head(1)
    recall = pl.Series("recall", [*shares, found.height / total], dtype=pl.Float64)
    return pl.concat([pairs.plan, all_passes], how="diagonal").with_columns(recall)
