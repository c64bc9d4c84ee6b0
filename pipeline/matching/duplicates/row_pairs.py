"""Compares and judges pairs of DTKS rows that may record one person.

A pair is judged like a row and a resident, with the weights of `pipeline.matching.judging.doubles`: the two rows
record one person, relatives, strangers or lookalikes. If one row has a certain resident, the comparison of the other
row with that resident counts as well. Does not belong here: which rows are compared
(`pipeline.matching.duplicates.dedupe`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipeline.matching.duplicates.recorded_twice import RecordedTwice
from pipeline.matching.judging.doubles import better_of_row_and_resident, listed_anew_bits
from pipeline.matching.judging.lookalikes import LONGER, PairFeatures, has_impossible_number, is_one_person, name_states
from pipeline.matching.judging.scoring import bits_of
from pipeline.matching.levels.comparison import ASSUMED_DAYS, DATE_EQUAL, compare
from pipeline.matching.levels.evidence import ELSEWHERE
from pipeline.matching.levels.nik import NIK_EQUAL, NIK_OTHER, NIK_OWN, birth_in_number
from pipeline.matching.levels.sides import Sides
from pipeline.matching.model.linkage import LinkageModel, has_outcome
from pipeline.matching.names.spelling import raise_by_spelling
from pipeline.matching.names.two_names import without_two_names
from pipeline.matching.names.words import common_words
from pipeline.matching.records.arrays import Flags, Floats, Levels, Rows
from pipeline.matching.records.as_numbers import Records
from pipeline.matching.records.bcd import Packed, birth_digits, unpack

# A row this likely to be the other row's resident is its duplicate, unless the rows look like siblings or namesakes.
_TAKEN = 0.8
# A row this likely to be the other row's resident is its duplicate even if the two rows state too little in common.
_SURELY = 0.95


@dataclass(frozen=True)
class RowPairs:
    """Pairs of rows, compared.

    Attributes:
        own: position of the row without a certain resident, per pair.
        other: position of the other row.
        facts: facts of every row in a pair.
        told: the same, with the NIKs of certain residents in place of the written ones.
        left: position of the first row in `facts`.
        right: position of the other row in `told`.
        levels: pairs × comparisons.
        number: packed NIK of the first row.
    """

    own: Rows
    other: Rows
    facts: pl.DataFrame
    told: pl.DataFrame
    left: Rows
    right: Rows
    levels: Levels
    number: Packed

    def take(self, which: slice | Rows) -> RowPairs:
        """Some of the pairs."""
        return replace(
            self,
            own=self.own[which],
            other=self.other[which],
            left=self.left[which],
            right=self.right[which],
            levels=np.asfortranarray(self.levels[which]),
            number=self.number[which],
        )


@dataclass(frozen=True)
class Beliefs:
    """What the candidates of each pair's first row say about the pair.

    Attributes:
        entry: certain resident of the other row, -1 for none.
        this: probability that the first row is that resident.
        elsewhere: probability that it is another resident.
        at: position of that resident among the candidates, -1 for none.
    """

    entry: Rows
    this: Floats
    elsewhere: Floats
    at: Rows


def compared(  # noqa: PLR0917 - rows and what is known of them
    model: LinkageModel,
    read: Callable[[Rows], pl.DataFrame],
    number: Packed,
    own: Rows,
    other: Rows,
    families: RecordedTwice,
) -> RowPairs:
    """Compare pairs of rows.

    Args:
        model: comparisons.
        read: reads the rows at some positions.
        number: per row, the packed NIK of its certain resident, else its own.
        own: position of the first row of each pair.
        other: position of the second row.
        families: households that record the same persons.
    """
    involved, places = np.unique(np.concatenate((own, other)), return_inverse=True)
    left, right = np.split(places, 2)
    facts, nik = read(involved), model.index_of_kind("nik")
    told = facts
    if nik is not None:
        told = facts.with_columns(unpack(number[involved]).alias(model.comparisons[nik].columns["number"]))
    levels = compare(model, Sides(Records(facts), Records(told)), left, right)
    rows = (facts, left), (told, right)
    levels = without_two_names(model, raise_by_spelling(model, levels, *rows), *rows)
    _read_births_in_numbers(model, levels, number[own], number[other])
    household = model.index_of_kind("household")
    if household is not None:
        levels[:, household] = families.levels(own, other)
    return RowPairs(own, other, facts, told, left, right, levels, number[own])


def _read_births_in_numbers(model: LinkageModel, levels: Levels, one: Packed, two: Packed) -> None:
    """Set the date level to "equal" if two unlike NIKs contain one birth date, whatever the rows state.

    A person entered anew under another NIK keeps the birth date, and dates in NIKs have fewer slips than date columns.
    Dates that stand for a year alone are excluded: many people share them.
    """
    nik, date = model.index_of_kind("nik"), model.index_of_kind("date")
    if nik is None or date is None:
        return
    unlike = (levels[:, nik] == NIK_OTHER) | (levels[:, nik] == NIK_OWN)
    day, month, _ = birth_in_number(one)
    known = (month != 0) & ~np.isin(month * 100 + day, ASSUMED_DAYS)
    born = np.flatnonzero(unlike & known & (birth_digits(one) == birth_digits(two)))
    levels[born, nik], levels[born, date] = NIK_OTHER, DATE_EQUAL


def beliefs(candidates: pl.DataFrame, free: Flags, own: Rows, entry: Rows) -> Beliefs:
    """What the candidates of rows say about pairs.

    Args:
        candidates: row, entry, probabilitas of the candidates.
        free: whether each row has no certain resident.
        own: position of each pair's first row.
        entry: certain resident of the other row, -1 for none.
    """
    known = candidates.with_row_index("at").filter(pl.Series(free[candidates["row"].to_numpy()]))
    anybody = known.group_by("row").agg(anybody=pl.col("probabilitas").sort().sum())
    pairs = (
        pl.DataFrame({"row": own, "entry": entry})
        .join(anybody, on="row", how="left", maintain_order="left")
        .join(known, on=["row", "entry"], how="left", maintain_order="left")
        .with_columns(pl.col("anybody", "probabilitas").fill_null(0.0), pl.col("at").cast(pl.Int64).fill_null(-1))
    )
    this = pairs["probabilitas"].to_numpy()
    elsewhere = np.where(entry != -1, np.clip(pairs["anybody"].to_numpy() - this, 0.0, 1.0), 0.0)
    return Beliefs(entry, this, elsewhere, pairs["at"].to_numpy())


def one_persons(  # noqa: PLR0917 - what is known of rows and of persons
    model: LinkageModel, pairs: RowPairs, known: Beliefs, residents: Levels, rows: int, family_size: float
) -> pl.DataFrame:
    """The pairs (a, b, bobot) that record one person.

    Args:
        model: result of `doubles.learn_from_duplicates`.
        pairs: the compared pairs.
        known: result of `beliefs`.
        residents: levels of each candidate.
        rows: size of DTKS.
        family_size: members per family.
    """
    count = max(rows, 1)
    levels = _without_numbers_of_nobody(model, pairs)
    candidate = np.flatnonzero(known.at != -1)
    levels[candidate] = better_of_row_and_resident(model, levels[candidate], residents[known.at[candidate]], count)
    bits, anew = bits_of(model, levels, count, family_size), listed_anew_bits(model, levels)
    same = np.exp2(bits.match + anew + np.log2(model.repeated / count))
    # Unlike relatives of a resident, the other members of the family are in DTKS as well.
    others = 1.0 + np.exp2(bits.relative - np.log2(count)) + _rivals(pairs.own, known.entry, same)
    alike = same / (same + others) * (1 - known.elsewhere) >= model.cutoffs.duplicate
    likely = np.flatnonzero(alike | (known.this >= _TAKEN))
    seen = _seen(model, pairs.take(likely), levels[likely])
    taken = alike[likely] & (known.this[likely] >= _SURELY)
    found = likely[is_one_person(model, seen, anew[likely], taken, count)]
    a, b = pairs.own[found], pairs.other[found]
    return pl.DataFrame(
        {"a": np.minimum(a, b), "b": np.maximum(a, b), "bobot": bits.match[found]},
        schema={"a": pl.Int64, "b": pl.Int64, "bobot": pl.Float64},
    )


def _rivals(own: Rows, entry: Rows, same: Floats) -> Floats:
    """Per pair, the evidence that its first row is another certain resident's duplicate: nobody is two persons."""
    rows = pl.DataFrame({"own": own, "entry": entry, "same": same})
    persons = rows.filter(pl.col("entry") != -1).group_by("own", "entry").agg(pl.col("same").max())
    everybody = persons.group_by("own").agg(everybody=pl.col("same").sort().sum())
    told = rows.join(everybody, on="own", how="left", maintain_order="left").join(
        persons, on=["own", "entry"], how="left", maintain_order="left", suffix="_person"
    )
    rest = pl.when(pl.col("entry") != -1).then((pl.col("everybody") - pl.col("same_person")).clip(0.0))
    return told.select(rest.fill_null(0.0)).to_series().to_numpy()


def _seen(model: LinkageModel, pairs: RowPairs, levels: Levels) -> PairFeatures:
    """What distinguishes one person from two lookalikes, per pair."""
    ones, others = pairs.facts[pairs.left], pairs.told[pairs.right]
    names = name_states(model, levels, ones, others, lambda column: common_words(pairs.facts[column]))
    # Either row may state less, so a longer name means nothing here.
    names = np.where(names == LONGER, 0, names).astype(np.uint8)
    return PairFeatures(levels, has_impossible_number(model, ones) | has_impossible_number(model, others), names)


def _without_numbers_of_nobody(model: LinkageModel, pairs: RowPairs) -> Levels:
    """The levels, with level 0 for NIKs that identify nobody.

    Equal NIKs without serial fit any two people born there on one day. A NIK copied over a family does not separate
    rows of one name; rows with two names are more likely two of its members.
    """
    told, nik = pairs.levels.copy(order="F"), model.index_of_kind("nik")
    if nik is not None:
        level = pairs.levels[:, nik]
        told[(pairs.number & np.uint64(0xFFFF) == 0) & (level == NIK_EQUAL), nik] = 0
        anothers = (level == NIK_OTHER) & has_outcome(model, pairs.levels, model.groups.same_kk)
        anothers &= has_outcome(model, pairs.levels, model.groups.same_name)
        copied = pairs.facts[model.comparisons[nik].columns["copied"]].fill_null(value=False).to_numpy()
        told[copied[pairs.left] & anothers, nik] = 0
    household = model.index_of_kind("household")
    if household is not None:
        # Who moved or married has left the family: other relatives are no evidence against the pair.
        told[told[:, household] == ELSEWHERE, household] = 0
    return told
