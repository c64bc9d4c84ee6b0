"""Compares and judges pairs of DTKS rows that may record one person.

A pair is judged like a row and a resident, with weights of its own (`pipeline.matching.judging.duplicate_weights`): the
two rows record one person, relatives, strangers or lookalikes. If one row has a certain resident, the comparison of the
other row with that resident counts as well. Does not belong here: which rows are compared
(`pipeline.matching.duplicates.dedupe`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipeline.matching.duplicates.recorded_twice import RecordedTwice
from pipeline.matching.judging.duplicate_weights import better_of_row_and_resident, listed_anew_bits
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
from pipeline.matching.records.bcd import Packed, birth_digits, unpack
from pipeline.matching.records.records import Records

# A row this likely to be the other row's resident is its duplicate, unless the rows look like siblings or namesakes.
_LIKELY_RESIDENT = 0.8
# A row this likely to be the other row's resident is its duplicate even if the two rows state too little in common.
_SURE_RESIDENT = 0.95


@dataclass(frozen=True)
class RowPairs:
    """Pairs of rows, compared.

    Attributes:
        own: position of the row without a certain resident, per pair.
        other: position of the other row.
        facts: facts of every row in a pair.
        facts_by_resident: the same, with the NIKs of certain residents in place of the written ones.
        left: position of the first row in `facts`.
        right: position of the other row in `facts_by_resident`.
        levels: pairs × comparisons.
        number: packed NIK of the first row.
    """

    own: Rows
    other: Rows
    facts: pl.DataFrame
    facts_by_resident: pl.DataFrame
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
class CandidateShares:
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


def compare_row_pairs(  # noqa: PLR0917 - rows and what is known of them
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
    compared_rows, places = np.unique(np.concatenate((own, other)), return_inverse=True)
    left, right = np.split(places, 2)
    facts, nik = read(compared_rows), model.index_of_kind("nik")
    facts_by_resident = facts
    if nik is not None:
        facts_by_resident = facts.with_columns(
            unpack(number[compared_rows]).alias(model.comparisons[nik].columns["number"])
        )
    levels = compare(model, Sides(Records(facts), Records(facts_by_resident)), left, right)
    rows = (facts, left), (facts_by_resident, right)
    levels = without_two_names(model, raise_by_spelling(model, levels, *rows), *rows)
    _use_birth_dates_in_niks(model, levels, number[own], number[other])
    household = model.index_of_kind("household")
    if household is not None:
        levels[:, household] = families.household_levels(own, other)
    return RowPairs(own, other, facts, facts_by_resident, left, right, levels, number[own])


def _use_birth_dates_in_niks(model: LinkageModel, levels: Levels, one: Packed, two: Packed) -> None:
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


def candidate_shares(candidates: pl.DataFrame, is_unlinked: Flags, own: Rows, entry: Rows) -> CandidateShares:
    """What the candidates of rows say about pairs.

    Args:
        candidates: row, entry, probabilitas of the candidates.
        is_unlinked: whether each row has no certain resident.
        own: position of each pair's first row.
        entry: certain resident of the other row, -1 for none.
    """
    known = candidates.with_row_index("at").filter(pl.Series(is_unlinked[candidates["row"].to_numpy()]))
    anybody = known.group_by("row").agg(anybody=pl.col("probabilitas").sort().sum())
    pairs = (
        pl.DataFrame({"row": own, "entry": entry})
        .join(anybody, on="row", how="left", maintain_order="left")
        .join(known, on=["row", "entry"], how="left", maintain_order="left")
        .with_columns(pl.col("anybody", "probabilitas").fill_null(0.0), pl.col("at").cast(pl.Int64).fill_null(-1))
    )
    this = pairs["probabilitas"].to_numpy()
    elsewhere = np.where(entry != -1, np.clip(pairs["anybody"].to_numpy() - this, 0.0, 1.0), 0.0)
    return CandidateShares(entry, this, elsewhere, pairs["at"].to_numpy())


def pairs_of_one_person(  # noqa: PLR0917 - what is known of rows and of persons
    model: LinkageModel, pairs: RowPairs, shares: CandidateShares, residents: Levels, rows: int, family_size: float
) -> pl.DataFrame:
    """The pairs (a, b, bobot) that record one person.

    Args:
        model: result of `duplicate_weights.learn_from_duplicates`.
        pairs: the compared pairs.
        shares: result of `candidate_shares`.
        residents: levels of each candidate.
        rows: size of DTKS.
        family_size: members per family.
    """
    count = max(rows, 1)
    levels = _without_uninformative_levels(model, pairs)
    known = np.flatnonzero(shares.at != -1)
    levels[known] = better_of_row_and_resident(model, levels[known], residents[shares.at[known]], count)
    bits, anew = bits_of(model, levels, count, family_size), listed_anew_bits(model, levels)
    same = np.exp2(bits.match + anew + np.log2(model.repeated / count))
    # Unlike relatives of a resident, the other members of the family are in DTKS as well.
    others = 1.0 + np.exp2(bits.relative - np.log2(count)) + _odds_of_other_residents(pairs.own, shares.entry, same)
    is_duplicate = same / (same + others) * (1 - shares.elsewhere) >= model.cutoffs.duplicate
    likely = np.flatnonzero(is_duplicate | (shares.this >= _LIKELY_RESIDENT))
    features = _pair_features(model, pairs.take(likely), levels[likely])
    is_resident = is_duplicate[likely] & (shares.this[likely] >= _SURE_RESIDENT)
    found = likely[is_one_person(model, features, anew[likely], is_resident, count)]
    a, b = pairs.own[found], pairs.other[found]
    return pl.DataFrame(
        {"a": np.minimum(a, b), "b": np.maximum(a, b), "bobot": bits.match[found]},
        schema={"a": pl.Int64, "b": pl.Int64, "bobot": pl.Float64},
    )


def _odds_of_other_residents(own: Rows, entry: Rows, same: Floats) -> Floats:
    """Per pair, the evidence that its first row is another certain resident's duplicate: nobody is two persons."""
    rows = pl.DataFrame({"own": own, "entry": entry, "same": same})
    persons = rows.filter(pl.col("entry") != -1).group_by("own", "entry").agg(pl.col("same").max())
    everybody = persons.group_by("own").agg(everybody=pl.col("same").sort().sum())
    joined = rows.join(everybody, on="own", how="left", maintain_order="left").join(
        persons, on=["own", "entry"], how="left", maintain_order="left", suffix="_person"
    )
    rest = pl.when(pl.col("entry") != -1).then((pl.col("everybody") - pl.col("same_person")).clip(0.0))
    return joined.select(rest.fill_null(0.0)).to_series().to_numpy()


def _pair_features(model: LinkageModel, pairs: RowPairs, levels: Levels) -> PairFeatures:
    """What distinguishes one person from two lookalikes, per pair."""
    left, right = pairs.facts[pairs.left], pairs.facts_by_resident[pairs.right]
    names = name_states(model, levels, left, right, lambda column: common_words(pairs.facts[column]))
    # Either row may state less, so a longer name means nothing here.
    names = np.where(names == LONGER, 0, names).astype(np.uint8)
    return PairFeatures(levels, has_impossible_number(model, left) | has_impossible_number(model, right), names)


def _without_uninformative_levels(model: LinkageModel, pairs: RowPairs) -> Levels:
    """The levels, with level 0 for NIKs that identify nobody.

    Equal NIKs without serial fit any two people born there on one day. A NIK copied over a family does not separate
    rows of one name; rows with two names are more likely two of its members.
    """
    result, nik = pairs.levels.copy(order="F"), model.index_of_kind("nik")
    if nik is not None:
        level = pairs.levels[:, nik]
        result[(pairs.number & np.uint64(0xFFFF) == 0) & (level == NIK_EQUAL), nik] = 0
        different_number = (level == NIK_OTHER) & has_outcome(model, pairs.levels, model.groups.same_kk)
        different_number &= has_outcome(model, pairs.levels, model.groups.same_name)
        copied = pairs.facts[model.comparisons[nik].columns["copied"]].fill_null(value=False).to_numpy()
        result[copied[pairs.left] & different_number, nik] = 0
    household = model.index_of_kind("household")
    if household is not None:
        # Who moved or married has left the family: other relatives are no evidence against the pair.
        result[result[:, household] == ELSEWHERE, household] = 0
    return result
