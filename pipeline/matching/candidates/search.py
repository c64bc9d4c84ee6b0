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

from pipeline.matching.candidates.blocking import Candidates, Found, KeyIndex, Pass, columns_of, pairs_of, united
from pipeline.matching.candidates.looks import Looked, look, passed_over, replaced
from pipeline.matching.candidates.open_rows import OpenRows, Words
from pipeline.matching.judging.inference import Pairs
from pipeline.matching.judging.scoring import Prior, bits_of, posterior
from pipeline.matching.judging.training import LARGEST_FAMILY
from pipeline.matching.levels.evidence import Claims, is_member
from pipeline.matching.model.linkage import LinkageModel, has_outcome
from pipeline.matching.model.patterns import find_patterns
from pipeline.matching.names.words import common_words
from pipeline.matching.records.arrays import Flags, Floats, Masks, Rows
from pipeline.matching.records.as_numbers import hash_numbers
from pipeline.matching.records.lookup import unique_positions
from pipeline.memory import release_free_memory
from pipeline.settings import default_limits

NEAR, FAMILY = "NIK_DEKAT", "KELUARGA"
# A household with members of more families than this is none: its column holds one value for everybody.
_MOST_FAMILIES = 30
# A row is explained by a candidate this probable on its own.
_EXPLAINED = 0.999


@dataclass(frozen=True)
class Plan:
    """How candidates are found.

    Attributes:
        narrow: passes for every row.
        broad: passes for rows not explained by what the narrow ones found.
        family_only: codes of passes that identify only the family; a pair found by nothing else is not compared if
            the row is explained or the person is taken already.
    """

    narrow: tuple[Pass, ...]
    broad: tuple[Pass, ...] = ()
    family_only: tuple[str, ...] = (FAMILY,)

    @property
    def every(self) -> tuple[Pass, ...]:
        """All passes, narrow then broad."""
        return self.narrow + self.broad


@dataclass(frozen=True)
class Compared:
    """Open rows, and what was found for them.

    Attributes:
        rows: the open rows, sorted by their key: the columns that results need, and `n` (packed number).
        places: position of each of them among all rows.
        residents: every entry in a pair, in the order of their key: labels (numbers packed), `n`, `retired`.
        entries: position of each of them in the register.
        pairs: compared pairs, one per row and person.
        via: per pair, the entry that was compared (possibly a retired one of the same person).
        found_by: bitmask of passes per pair.
        codes: pass codes, bit 0 first.
        plan: what each pass cost and found.
        calls: similarities calculated, per column.
        taken: per entry, whether a settled row is linked to that person.
    """

    rows: pl.DataFrame
    places: Rows
    residents: pl.DataFrame
    entries: Rows
    pairs: Pairs
    via: Rows
    found_by: Masks
    codes: tuple[str, ...]
    plan: pl.DataFrame
    calls: dict[str, int]
    taken: Flags

    @cached_property
    def borne(self) -> Callable[[str], pl.Series]:
        """Words that are names of several residents, by column of names; cached."""
        # The closure must not hold `self`: the cycle would stay in memory until the garbage collector runs.
        residents = self.residents
        return cache(lambda column: common_words(residents[column]))


def search(
    model: LinkageModel,
    rows: OpenRows,
    plan: Plan,
    truth: tuple[Rows, Rows] | None = None,
    at_once: int | None = None,
) -> Compared:
    """Find and compare candidates of all open rows.

    Args:
        model: decides which pairs can still matter.
        rows: open rows.
        plan: passes.
        truth: positions of rows and of their true entries, only to report the recall of each pass.
        at_once: rows or pairs whose strings are in memory at a time, without effect on results; default
            `pasangan_sekaligus` of the reference.
    """
    together = at_once or default_limits().memori.pasangan_sekaligus
    table = rows.register.table
    words = Words(rows, [*model.columns, *columns_of(plan.every), *rows.listed.labels], together)
    # If not all rows fit into memory, columns that only comparing needs would be read twice.
    keys = words if rows.count <= together else Words(rows, columns_of(plan.narrow), together)
    found = pairs_of(plan.narrow, keys.parts(np.arange(rows.count)), table.blocks(columns_of(plan.narrow)))
    del keys
    candidates = _worth_comparing(rows, plan, united(found, rows.register.table.height))
    # Sifting leaves much freed memory behind, and comparing needs the most.
    release_free_memory()
    family_alone = _family_alone(plan, candidates)
    looked = look(model, rows, words, candidates.take(np.flatnonzero(~family_alone)), together)
    convincing = _convincing(model, rows, looked)
    again = np.ones(rows.count, dtype=np.bool_)
    again[looked.left[convincing]] = False
    relatives = candidates.take(np.flatnonzero(family_alone & ~again[candidates.left]))
    looked.left_out += passed_over(model, rows, relatives, _families(rows, looked, convincing))
    unexplained = np.flatnonzero(again)
    if len(unexplained):
        rows = _as_claimed(rows, looked.left[convincing], looked.right[convincing])
        # Few rows are left: reading the register again for them costs less than holding it for all.
        broad = pairs_of(plan.broad, words.parts(unexplained), table.blocks(columns_of(plan.broad)))
        found += [replace(one, left=unexplained[one.left]) for one in broad]
        found += _by_number_and_family(rows, unexplained)
        candidates = _worth_comparing(rows, plan, united(found, rows.register.table.height))
        del found
        more = look(model, rows, words, candidates.take(np.flatnonzero(again[candidates.left])), together)
        looked = replaced(looked, more, again)
    recall = candidates.plan if truth is None else _with_recall(candidates, rows, truth)
    return _numbered(model, rows, words.labels(), looked, replace(candidates, plan=recall), len(unexplained))


def _by_number_and_family(rows: OpenRows, which: Rows) -> list[Found]:
    """Pairs of some rows with entries one slip from their unknown number, and with families of their household."""
    found = []
    if rows.listed.written is not None:
        unknown = which[rows.bearer[which] < 0]
        close, entry = rows.register.numbers.near(rows.written(unknown))
        found.append(Found(NEAR, unknown[close], entry, len(close)))
    if (rows.household != -1).any():
        found.append(_members(rows, which))
    return found


def _members(rows: OpenRows, which: Rows) -> Found:
    """Pairs of some rows with untaken members of the families to which others of their household are linked."""
    claims, register = rows.settled.claims, rows.register
    usable = (claims.household != -1) & (claims.family != -1) & is_member(claims.household, rows.household[which])
    homes = (
        pl.DataFrame({"h": claims.household[usable], "k": claims.family[usable]})
        .unique(maintain_order=True)
        .filter(pl.len().over("h") <= _MOST_FAMILIES)
    )
    ours = pl.DataFrame({"left": which, "h": rows.household[which]}).filter(pl.col("h") != -1)
    families = register.family.view(np.uint64)
    here = KeyIndex(hash_numbers(homes["k"].unique().to_numpy().view(np.uint64))).known_positions(
        hash_numbers(families)
    )
    taken = rows.settled.taken[register.person[here]]
    members = pl.DataFrame({"k": register.family[here], "right": here, "taken": taken}).filter(
        (pl.len().over("k") <= LARGEST_FAMILY) & ~pl.col("taken")
    )
    pairs = ours.join(homes, on="h").join(members, on="k")
    return Found(FAMILY, pairs["left"].to_numpy(), pairs["right"].to_numpy(), pairs.height)


def _worth_comparing(rows: OpenRows, plan: Plan, pairs: Candidates) -> Candidates:
    """The pairs, without those that only a shared family suggests and whose person is taken by a settled row."""
    taken = rows.settled.taken[rows.register.person[pairs.right]]
    return pairs.take(np.flatnonzero(~(_family_alone(plan, pairs) & taken)))


def _family_alone(plan: Plan, pairs: Candidates) -> Flags:
    """Whether only a shared family suggests each pair."""
    family = np.uint32(sum(1 << bit for bit, code in enumerate(pairs.codes) if code in plan.family_only))
    return (pairs.found_by | family) == family


def _convincing(model: LinkageModel, rows: OpenRows, looked: Looked) -> Rows:
    """Positions of pairs that are convincing on their own; their rows are explained.

    A pair is not convincing if birth date and name (or mother) differ: its number may have been copied.
    """
    found = find_patterns(looked.levels)
    bits = bits_of(model, found.levels, rows.register.count, rows.register.family_size)
    belief = posterior(looked.left, bits.at(found.of_pair), Prior(rows.count, model.absent, rows.register.count))
    levels, groups = found.levels, model.groups
    another = has_outcome(model, levels, groups.mostly_different_name, groups.different_mother)
    copied = another & ~has_outcome(model, levels, groups.same_birth_date)
    return np.flatnonzero((belief.pair >= _EXPLAINED) & ~copied[found.of_pair])


def _families(rows: OpenRows, looked: Looked, convincing: Rows) -> Rows:
    """Per open row, the family of the person in its convincing pair, -1 for none."""
    family = np.full(rows.count, -1)
    family[looked.left[convincing]] = rows.register.family[rows.register.person[looked.right[convincing]]]
    return family


def _as_claimed(rows: OpenRows, left: Rows, right: Rows) -> OpenRows:
    """The open rows, with some pairs of row and person added to the claims that settled rows make."""
    register, settled = rows.register, rows.settled
    person = register.person[right]
    claims = Claims(
        np.concatenate([settled.claims.household, rows.household[left]]),
        np.concatenate([settled.claims.person, register.identity(person)]),
        np.concatenate([settled.claims.family, register.family[person]]),
    )
    return replace(rows, settled=replace(settled, claims=claims))


def _numbered(  # noqa: PLR0917 - rows and what was found for them
    model: LinkageModel, rows: OpenRows, told: pl.DataFrame, looked: Looked, candidates: Candidates, by_slips: int
) -> Compared:
    """The result: entries numbered in the order of their key, pairs sorted, one pair per row and person."""
    register = rows.register
    named = unique_positions(looked.right, register.table.height)
    entries = register.ordered(unique_positions(np.concatenate([named, register.person[named]]), register.table.height))
    number = np.zeros(register.table.height, dtype=np.int64)
    number[entries] = np.arange(len(entries))
    via, person = number[looked.right], number[register.person[looked.right]]
    order = np.argsort(looked.left << 32 | via)
    found = find_patterns(looked.levels)
    bits = bits_of(model, found.levels, register.count, 1.0).person[found.of_pair]
    order = order[_best_of_person(bits[order], looked.left[order], person[order], via[order])]
    nik = model.index_of_kind("nik")
    left_out = looked.left_out[:, : 0 if nik is None else len(model.comparisons[nik].levels)]
    pairs = Pairs(
        looked.left[order],
        person[order],
        # Reordered column by column: several times faster than pair by pair.
        looked.levels.T.take(order, axis=1).T,
        rows.household,
        register.family[entries],
        register.identity(entries),
        left_out,
        by_slips,
    )
    taken = rows.settled.taken[entries]
    labels = register.table.records(entries, register.labels)
    residents = labels.frame.with_columns(
        *(pl.Series(name, labels.packed(name)) for name in register.labels if name in register.table.numbers),
        n=pl.Series(register.number[entries]),
        retired=pl.Series(register.retired[entries]),
    )
    return Compared(
        rows=told,
        places=rows.where,
        residents=residents,
        entries=entries,
        pairs=pairs,
        via=via[order],
        found_by=looked.found_by[order],
        codes=candidates.codes,
        plan=candidates.plan,
        calls=looked.calls,
        taken=taken,
    )


def _best_of_person(bits: Floats, left: Rows, person: Rows, right: Rows) -> Rows:
    """Positions of the pairs to keep: if a row meets several entries of one person, only the best."""
    several = np.zeros(int(person.max(initial=0)) + 1, dtype=np.bool_)
    several[person[person != right]] = True
    rivals = np.flatnonzero(several[person])
    order = rivals[np.lexsort((right[rivals], -bits[rivals], person[rivals], left[rivals]))]
    again = (left[order][1:] == left[order][:-1]) & (person[order][1:] == person[order][:-1])
    kept = np.ones(len(left), dtype=np.bool_)
    kept[order[1:][again]] = False
    return np.flatnonzero(kept)


def _with_recall(pairs: Candidates, rows: OpenRows, truth: tuple[Rows, Rows]) -> pl.DataFrame:
    """The plan with the recall of each pass: its share of the true pairs of open rows."""
    place = np.full(rows.listed.table.height, -1)
    place[rows.where] = np.arange(len(rows.where))
    row, entry = place[truth[0]], truth[1]
    wanted = pl.DataFrame({"left": row, "right": entry}).filter(pl.col("left") >= 0)
    hits = pl.DataFrame({"left": pairs.left, "right": pairs.right, "found_by": pairs.found_by})
    hits = hits.join(wanted, on=["left", "right"], how="semi")
    total = max(wanted.height, 1)
    shares = [hits.filter(pl.col("found_by") & (1 << bit) > 0).height / total for bit in range(len(pairs.codes))]
    whole = pairs.plan.select(
        aturan=pl.lit("SEMUA"), biaya=pl.col("biaya").sum(), pasangan=pl.lit(len(pairs.left), pl.Int64)
    ).head(1)
    recall = pl.Series("recall", [*shares, hits.height / total], dtype=pl.Float64)
    return pl.concat([pairs.plan, whole], how="diagonal").with_columns(recall)
