"""Lookalikes: people outside the registry who resemble the resident found for a row, and the odds against them.

Scoring weighs a resident against strangers and against any unregistered relative. It assumes independent facts and so
overrates name, birth date and neighbouring serial together: an unregistered namesake in the village, or a twin, agrees
in all of them at once. Most false links of adversarial registers were of these kinds until every link had to beat them
too (`python -m tests.benchmarks.accuracy` counts what is left). Belongs here: those odds. Does not: the shares, and
the meaning of outcomes (the model's `lookalikes` and `groups`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from pipeline.matching.judging.duplicate_weights import listed_anew_bits
from pipeline.matching.judging.scoring import contexts_of
from pipeline.matching.model.linkage import NAME_STATES, LinkageModel, Lookalike, has_outcome, weights
from pipeline.matching.names.agreement import ALIKE, DIFFERENT, PARTLY, SHORTER
from pipeline.matching.names.likeness import name_level
from pipeline.matching.names.words import compare_differing_words
from pipeline.matching.records.arrays import Flags, Floats, Levels, States
from pipeline.normalise.values.names import comparable_name, weaker_name
from schemas.rules import WOMEN_DAY

# Serials beyond this one are hardly ever issued for one region and day.
_USUAL_SERIAL = 99
# What shows whether a NIK is the row's own: the number, birth date and sex of the row, status of its region, whether
# its file lost or rounded last digits, whether several family members have the number.
_NUMBER_PARTS = ("number", "date", "sex", "region", "zeroed", "rounded", "copied")
# Place values of day and month in a birth date as the number ddmmyy, and 1 January as ddmm.
_DAY, _MONTH, _NEW_YEAR = 10_000, 100, 101
# Single letters, such as R for Raden, do not count as words.
_WORD = r"\w\w+"
# States of two unequal names: one name with a slip, perhaps two names, certainly two names; and of names of which one
# is shorter: the row's name has more words than the registry's.
SLIP, PERHAPS_TWO, TWO_NAMES, LONGER = range(1, len(NAME_STATES) + 1)


@dataclass(frozen=True)
class PairFeatures:
    """What distinguishes a person from a lookalike, per pair.

    Attributes:
        levels: pairs × comparisons.
        impossible_number: whether the row's NIK cannot be its own (`has_impossible_number`); a lookalike's mostly can.
        names: state of unequal names (`name_states`), 0 for none.
    """

    levels: Levels
    impossible_number: Flags
    names: States


def has_impossible_number(model: LinkageModel, rows: pl.DataFrame) -> Flags:
    """Whether each row's NIK cannot be its own: unknown region, another birth date or sex, impossible serial.

    No NIK counts as impossible if its whole file is damaged or it was copied over a family.

    Args:
        model: names the columns (the parts `_NUMBER_PARTS` of the comparison of NIKs); without NIK none is impossible.
        rows: with those columns; rows without NIK have none.
    """
    number = model.index_of_kind("nik")
    if number is None:
        return np.zeros(rows.height, dtype=np.bool_)
    columns = model.comparisons[number].columns
    facts = rows.select(pl.col(columns[part]).alias(part) for part in _NUMBER_PARTS)
    nik, date = pl.col("number"), pl.col("date")
    # The birth date in the NIK as the number ddmmyy; women have 40 added to the day.
    digits = nik.str.slice(6, 6).cast(pl.Int32, strict=False)
    woman = digits >= (WOMEN_DAY + 1) * _DAY
    birth_in_number = pl.when(woman).then(digits - WOMEN_DAY * _DAY).otherwise(digits)
    born = date.dt.day().cast(pl.Int32) * _DAY + date.dt.month().cast(pl.Int32) * _MONTH + date.dt.year() % _MONTH
    serial = nik.str.tail(4).cast(pl.Int32, strict=False)
    # 1 January is written when only the year is known.
    only_year = (born // _MONTH == _NEW_YEAR) & (birth_in_number % _MONTH == born % _MONTH)
    impossible = (
        ((birth_in_number != born) & ~only_year)
        | (woman != (pl.col("sex") == "P"))
        | pl.col("region").is_in(["TIDAK_DIKENAL", "PROVINSI", "KABUPATEN"])
        | (((serial == 0) | (serial > _USUAL_SERIAL)) & ~pl.col("zeroed").fill_null(value=False))
    )
    damaged = pl.any_horizontal(pl.col("rounded", "copied").fill_null(value=False))
    return facts.select((impossible & ~damaged).fill_null(value=False)).to_series().to_numpy()


def name_states(
    model: LinkageModel,
    levels: Levels,
    rows: pl.DataFrame,
    residents: pl.DataFrame,
    common: Callable[[str], pl.Series],
) -> States:
    """State of unequal names per pair: DINA and DINI are two names, DINA and DNIA one with a slip.

    Args:
        model: has the names by which lookalikes are distinguished.
        levels: pairs × comparisons.
        rows: the row of each pair.
        residents: its resident, or the other row.
        common: by column of names, the words that are names (`words.common_words`).
    """
    states = np.zeros(len(levels), dtype=np.uint8)
    for number, column, distinguishing in model.written_names:
        if not distinguishing:
            continue
        left_names, right_names, words_in_use = rows[column], residents[column], common(column)
        alike, short = (np.flatnonzero(levels[:, number] == level) for level in (ALIKE, SHORTER))
        states[alike] = _similar_name_states(left_names.gather(alike), right_names.gather(alike), words_in_use)
        unlike = np.flatnonzero((levels[:, number] == PARTLY) | (levels[:, number] == DIFFERENT))
        shared = levels[unlike, number] == PARTLY
        states[unlike] = _unlike_name_states(
            left_names.gather(unlike), right_names.gather(unlike), words_in_use, shared, model.cutoffs.slip
        )
        longer = _word_count(left_names.gather(short)) > _word_count(right_names.gather(short))
        states[short[longer.fill_null(value=False).to_numpy()]] = LONGER
    return states


def _word_count(names: pl.Series) -> pl.Series:
    """Number of words per name, without titles, the father's name and aliases."""
    own = names.alias("name").to_frame().select(weaker_name(comparable_name(pl.col("name"))))
    return own.to_series().str.count_matches(_WORD)


def _similar_name_states(left: pl.Series, right: pl.Series, common: pl.Series) -> pl.Series:
    words = compare_differing_words(left, right, common).with_columns(differ=name_level(left, right) == "DIFFERENT")
    differ, known = pl.col("differ"), pl.col("all_are_names")
    state = pl.when(differ & known).then(TWO_NAMES).when(differ | known).then(PERHAPS_TWO)
    return words.select(state.otherwise(SLIP)).to_series()


def _unlike_name_states(left: pl.Series, right: pl.Series, common: pl.Series, shared: Flags, least: float) -> pl.Series:
    """State of names that agree in some word only (`shared`) or in none; 0 for no state."""
    words = compare_differing_words(left, right, common).with_columns(shared=pl.Series(shared))
    two = pl.col("all_are_names") | (pl.col("shared") & pl.col("some_are_names"))
    slip = pl.when(pl.col("likeness") >= least).then(SLIP).otherwise(0)
    state = pl.when(two).then(TWO_NAMES).when("some_are_names").then(PERHAPS_TWO)
    return words.select(state.otherwise(slip)).to_series()


def margins(model: LinkageModel, features: PairFeatures, outbid: Flags, residents: int) -> Floats:
    """Bits by which each lookalike is ruled out, shape lookalikes × pairs; a negative margin does not rule it out.

    Args:
        model: the trained model.
        features: what the pairs have in common.
        outbid: whether another row has the better claim to the resident; this row is then a second listing, which is
            rare, or another person.
        residents: size of the registry.
    """
    prior = np.full(len(outbid), -np.log2(model.absent))
    prior[outbid] += np.log2(model.repeated) + listed_anew_bits(model, features.levels[outbid])
    odds = [
        _odds_against(model, lookalike, features, residents) + prior - lookalike.least_bits
        for lookalike in model.lookalikes
    ]
    return np.array(odds).reshape(len(model.lookalikes), len(outbid))


def first_lookalike_not_excluded(model: LinkageModel, margin: Floats) -> pl.Series:
    """Per pair, the reason code of the first lookalike that `margins` do not rule out, null for none."""
    possible = np.vstack([margin < 0, np.ones((1, margin.shape[1]), dtype=np.bool_)])
    reasons = pl.Series([*(lookalike.reason for lookalike in model.lookalikes), None], dtype=pl.String)
    return reasons.gather(possible.argmax(axis=0))


def is_one_person(
    model: LinkageModel, features: PairFeatures, anew_bits: Floats, is_resident: Flags, rows: int
) -> Flags:
    """Whether each pair of DTKS rows agrees better than namesakes and twins do.

    Args:
        model: the model with the weights for two rows of one person (`duplicate_weights.learn_from_duplicates`).
        features: what the rows have in common; `impossible_number` if the NIK of one of the two cannot be its own.
        anew_bits: bits for one person who may be listed anew (`duplicate_weights.listed_anew_bits`).
        is_resident: whether one row surely is the other's resident; decides if the rows state too little.
        rows: size of DTKS.
    """
    prior = np.log2(model.repeated / model.absent)
    groups, has = model.groups, partial(has_outcome, model, features.levels)
    # Two unlike valid numbers, with birth dates that differ or of which one is missing, belong to two people.
    apart = has(groups.different_birth_date, groups.missing_birth_date)
    apart &= has(groups.different_number)
    two_persons = (apart | may_be_namesakes(model, features)) & ~features.impossible_number
    born = has(groups.same_birth_date)
    confirmed = _is_confirmed(model, features) | (born & _identifies_person(model, features))
    plausible = confirmed & ~two_persons
    sure = plausible.copy()
    # Distant rows with NIKs issued for one place and day: hardly any namesake was born there on that day.
    same_origin = has(groups.same_issue_segment) & has(groups.distant)
    for lookalike in model.lookalikes:
        bits = _odds_against(model, lookalike, features, rows) + prior + anew_bits
        for number, comparison in enumerate(model.comparisons):
            if comparison.name in lookalike.duplicate_bits:
                more = np.array([0.0, *lookalike.duplicate_bits[comparison.name]])[features.levels[:, number]]
                bits += np.where(same_origin, 0.0, more) if comparison.kind == "place" else more
        sure &= bits >= lookalike.least_duplicate_bits
    others = is_another_person(model, features)
    others |= has(groups.mostly_different_name) & (features.names == TWO_NAMES)
    return (sure | (is_resident & ~plausible)) & ~others


def _odds_against(model: LinkageModel, lookalike: Lookalike, features: PairFeatures, residents: int) -> Floats:
    """Per pair, log2 odds of the resident against such a lookalike, given what is seen."""
    bits = np.where(features.impossible_number, -np.log2(lookalike.impossible_number_ratio), 0.0)
    state_shares = (lookalike.spelled.get(state, (1.0, 1.0)) for state in NAME_STATES)
    state_ratios = [1.0, *(person_share / lookalike_share for person_share, lookalike_share in state_shares)]
    for number, comparison in enumerate(model.comparisons):
        level = features.levels[:, number]
        if comparison.name in lookalike.alike:
            continue
        if comparison.name in lookalike.levels:
            m = np.array([level.m for level in comparison.levels])
            share = np.array([1.0, *lookalike.levels[comparison.name]])
            bits += np.where(np.arange(len(m)) == 0, 0.0, np.log2(m / share))[level]
            if comparison.kind == "name":
                bits += np.log2(state_ratios)[features.names]
        else:
            context = contexts_of(model, number, features.levels)
            bits += weights(comparison, residents).match[context, level]
    return bits


def is_another_person(model: LinkageModel, features: PairFeatures) -> Flags:
    """Pairs with two different names, and without the resident's number, or with another birth date."""
    groups, has = model.groups, partial(has_outcome, model, features.levels)
    different_name = has(groups.different_name) & (features.names != SLIP)
    same_number = has(groups.number_or_own_slip) & ~has(groups.different_birth_date)
    return different_name & ~same_number


def is_supported(model: LinkageModel, features: PairFeatures) -> Flags:
    """Whether something supports the pair, and identifies the person, beyond name, birth year, sex and desa."""
    return (_is_confirmed(model, features) & ~is_another_person(model, features)) | _fills_same_family_place(
        model, features.levels
    )


def may_be_neighbours(model: LinkageModel, features: PairFeatures) -> Flags:
    """Pairs with different birth dates and neither number nor family in common.

    The row may be a namesake next door, even one whose mother has the same name.
    """
    groups, has = model.groups, partial(has_outcome, model, features.levels)
    return has(groups.different_birth_month_or_year) & ~has(groups.number_or_family_agrees)


def may_be_namesakes(model: LinkageModel, features: PairFeatures) -> Flags:
    """`may_be_neighbours`, and pairs without common number or family whose birth is unknown or whose mothers differ.

    Also those whose birth dates differ in day, month or year only, unless the mother or the exact home agrees.
    """
    groups, has = model.groups, partial(has_outcome, model, features.levels)
    apart = has(groups.birth_date_slip)
    apart &= ~has(groups.same_mother_or_variant, groups.same_address)
    apart |= has(groups.missing_birth_date, groups.different_mother)
    return may_be_neighbours(model, features) | (apart & ~has(groups.number_or_family_agrees))


def same_name_and_birth_next_door(model: LinkageModel, levels: Levels) -> Flags:
    """Pairs of one name and birth date in one neighbourhood, which hardly has two such people, whatever the mothers."""
    groups, has = model.groups, partial(has_outcome, model, levels)
    born = has(groups.same_birth_date) & has(groups.same_name)
    return born & has(groups.same_neighbourhood)


def only_mother_partly_agrees(model: LinkageModel, features: PairFeatures) -> Flags:
    """Pairs with an uncertain birth date, one word of the mother's name, and neither number nor family in common.

    The registry states mothers in full, and many mothers share one of the words.
    """
    groups, has = model.groups, partial(has_outcome, model, features.levels)
    mother_alone = has(groups.mother_partly_same) & ~has(groups.same_or_swapped_birth_date)
    return mother_alone & ~has(groups.number_or_family_agrees)


def _fills_same_family_place(model: LinkageModel, levels: Levels) -> Flags:
    """Pairs of one family, in a role that exists once per family, with agreeing birth and mother, whatever the name.

    A sibling may take over that role, even with the number that stood there, but was hardly born in the same year; and
    a twin's number differs in more than a missing last digit.
    """
    groups, has = model.groups, partial(has_outcome, model, levels)
    born = has(groups.same_birth_date_or_year)
    born |= has(groups.birth_date_slip) & has(groups.same_number)
    place_agrees = has(groups.same_mother_or_variant)
    place_agrees |= has(groups.same_birth_date) & has(groups.truncated_number)
    place_agrees &= has(groups.sole_role) & has(groups.same_family_likely)
    return born & place_agrees & ~has(groups.successor)


def has_same_sole_role(model: LinkageModel, levels: Levels) -> Flags:
    """Pairs in a role that exists once per family, with one birth date, or with a slip in it but the same number.

    If such a pair is also as certain as a correction, the name does not matter: heads and wives go by a child's or
    husband's name or a nickname. A successor in the role was born at another time, perhaps in the same year: if only
    the year is known, or the date differs by more than a slip, the mother or the number must agree too.
    """
    groups, has = model.groups, partial(has_outcome, model, levels)
    same_mother = has(groups.same_mother_or_variant)
    born = has(groups.birth_date_slip) | (has(groups.same_birth_year) & same_mother)
    born &= has(groups.same_number)
    born |= has(groups.same_or_swapped_birth_date)
    born |= has(groups.same_birth_date_or_year) & (same_mother | has(groups.number_or_slip))
    return born & has(groups.sole_role) & ~has(groups.successor)


def has_same_birth_and_family_or_number(model: LinkageModel, features: PairFeatures) -> Flags:
    """Pairs with equal birth dates, and either one family without a name, or a number with a slip, whatever the name.

    If such a pair is also as certain as a correction, it is the person: siblings have other birth dates, and numbers
    of twins differ in the serial. A nameless row with a valid number of its own may be a twin and is excluded.
    """
    groups, has = model.groups, partial(has_outcome, model, features.levels)
    own_number = has(groups.different_number) & ~features.impossible_number
    nameless = has(groups.missing_name) & has(groups.same_family_likely) & ~own_number
    return has(groups.same_birth_date) & (nameless | has(groups.slipped_number))


def is_one_person_under_two_names(model: LinkageModel, levels: Levels) -> Flags:
    """Pairs with one number and birth date (or year), in a role that exists once per family: one person, two names.

    Children are excluded: siblings without a number of their own are listed with each other's.
    """
    groups, has = model.groups, partial(has_outcome, model, levels)
    same_number_and_birth = has(groups.number_or_own_slip) & has(groups.same_birth_date_or_year)
    return same_number_and_birth & has(groups.sole_role)


def _is_confirmed(model: LinkageModel, features: PairFeatures) -> Flags:
    groups, has = model.groups, partial(has_outcome, model, features.levels)
    confirmed = has(groups.supporting) & _identifies_person(model, features)
    # Hardly two people of one name in a village have the same birth date. If the register lacks the mother, however,
    # a contradicting family number is the only sign of an unregistered namesake.
    same_name_and_birth = has(groups.same_name_or_variant) & has(groups.same_birth_date)
    same_name_and_birth &= has(groups.same_place) & ~has(groups.different_kk)
    return confirmed | same_name_and_birth


def _identifies_person(model: LinkageModel, features: PairFeatures) -> Flags:
    """Whether a number or a name, possibly with a slip, identifies the person and not just the family."""
    groups, has = model.groups, partial(has_outcome, model, features.levels)
    slipped = has(groups.different_name) & (features.names == SLIP)
    slipped &= has(groups.same_birth_date)
    return has(groups.identifying) | slipped
