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

import numpy as np
import polars as pl

from pipeline.matching.judging.doubles import anew_bits
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
_OF_NUMBER = ("number", "date", "sex", "region", "zeroed", "rounded", "copied")
# Place values of day and month in a birth date as the number ddmmyy, and 1 January as ddmm.
_DAY, _MONTH, _NEW_YEAR = 10_000, 100, 101
# Single letters, such as R for Raden, do not count as words.
_WORD = r"\w\w+"
# States of two unequal names: one name with a slip, perhaps two names, certainly two names; and of names of which one
# is shorter: the row's name has more words than the registry's.
SLIP, PERHAPS_TWO, TWO_NAMES, FULLER = range(1, len(NAME_STATES) + 1)


@dataclass(frozen=True)
class Seen:
    """What distinguishes a person from a lookalike, per pair.

    Attributes:
        levels: pairs × comparisons.
        odd: whether the row's NIK cannot be its own (`odd_numbers`): a lookalike mostly has a valid one.
        names: state of unequal names (`names_of`), 0 for none.
    """

    levels: Levels
    odd: Flags
    names: States


def odd_numbers(model: LinkageModel, rows: pl.DataFrame) -> Flags:
    """Whether each row's NIK cannot be its own: unknown region, another birth date or sex, impossible serial.

    No NIK is odd if its whole file is damaged or it was copied over a family.

    Args:
        model: names the columns (the parts `_OF_NUMBER` of the comparison of NIKs); without NIK no number is odd.
        rows: with those columns; rows without NIK are not odd.
    """
    number = model.index_of_kind("nik")
    if number is None:
        return np.zeros(rows.height, dtype=np.bool_)
    columns = model.comparisons[number].columns
    facts = rows.select(pl.col(columns[part]).alias(part) for part in _OF_NUMBER)
    nik, date = pl.col("number"), pl.col("date")
    # The birth date in the NIK as the number ddmmyy; women have 40 added to the day.
    stated = nik.str.slice(6, 6).cast(pl.Int32, strict=False)
    woman = stated >= (WOMEN_DAY + 1) * _DAY
    told = pl.when(woman).then(stated - WOMEN_DAY * _DAY).otherwise(stated)
    born = date.dt.day().cast(pl.Int32) * _DAY + date.dt.month().cast(pl.Int32) * _MONTH + date.dt.year() % _MONTH
    serial = nik.str.tail(4).cast(pl.Int32, strict=False)
    # 1 January is written when only the year is known.
    only_year = (born // _MONTH == _NEW_YEAR) & (told % _MONTH == born % _MONTH)
    odd = (
        ((told != born) & ~only_year)
        | (woman != (pl.col("sex") == "P"))
        | pl.col("region").is_in(["TIDAK_DIKENAL", "PROVINSI", "KABUPATEN"])
        | (((serial == 0) | (serial > _USUAL_SERIAL)) & ~pl.col("zeroed").fill_null(value=False))
    )
    silent = pl.any_horizontal(pl.col("rounded", "copied").fill_null(value=False))
    return facts.select((odd & ~silent).fill_null(value=False)).to_series().to_numpy()


def names_of(
    model: LinkageModel,
    levels: Levels,
    rows: pl.DataFrame,
    residents: pl.DataFrame,
    borne: Callable[[str], pl.Series],
) -> States:
    """State of unequal names per pair: DINA and DINI are two names, DINA and DNIA one with a slip.

    Args:
        model: has the names by which lookalikes are distinguished.
        levels: pairs × comparisons.
        rows: the row of each pair.
        residents: its resident, or the other row.
        borne: by column of names, the words that are names (`words.common_words`).
    """
    found = np.zeros(len(levels), dtype=np.uint8)
    for number, column, telling in model.written_names:
        if not telling:
            continue
        mine, theirs, names = rows[column], residents[column], borne(column)
        alike, short = (np.flatnonzero(levels[:, number] == level) for level in (ALIKE, SHORTER))
        found[alike] = _alike_names(mine.gather(alike), theirs.gather(alike), names)
        unlike = np.flatnonzero((levels[:, number] == PARTLY) | (levels[:, number] == DIFFERENT))
        shared = levels[unlike, number] == PARTLY
        found[unlike] = _unlike_names(mine.gather(unlike), theirs.gather(unlike), names, shared, model.cutoffs.slip)
        more = _words(mine.gather(short)) > _words(theirs.gather(short))
        found[short[more.fill_null(value=False).to_numpy()]] = FULLER
    return found


def _words(names: pl.Series) -> pl.Series:
    """Number of words per name, without titles, the father's name and aliases."""
    own = names.alias("name").to_frame().select(weaker_name(comparable_name(pl.col("name"))))
    return own.to_series().str.count_matches(_WORD)


def _alike_names(left: pl.Series, right: pl.Series, borne: pl.Series) -> pl.Series:
    told = compare_differing_words(left, right, borne).with_columns(differ=name_level(left, right) == "DIFFERENT")
    differ, known = pl.col("differ"), pl.col("all_are_names")
    state = pl.when(differ & known).then(TWO_NAMES).when(differ | known).then(PERHAPS_TWO)
    return told.select(state.otherwise(SLIP)).to_series()


def _unlike_names(left: pl.Series, right: pl.Series, borne: pl.Series, shared: Flags, least: float) -> pl.Series:
    """State of names that agree in some word only (`shared`) or in none; 0 for no state."""
    told = compare_differing_words(left, right, borne).with_columns(shared=pl.Series(shared))
    two = pl.col("all_are_names") | (pl.col("shared") & pl.col("some_are_names"))
    slip = pl.when(pl.col("likeness") >= least).then(SLIP).otherwise(0)
    return told.select(
        pl.when(two).then(TWO_NAMES).when("some_are_names").then(PERHAPS_TWO).otherwise(slip)
    ).to_series()


def margins(model: LinkageModel, seen: Seen, beaten: Flags, residents: int) -> Floats:
    """Bits by which each lookalike is ruled out, shape lookalikes × pairs; a negative margin does not rule it out.

    Args:
        model: the trained model.
        seen: what the pairs have in common.
        beaten: whether another row has the better claim to the resident; this row is then a second listing, which is
            rare, or another person.
        residents: size of the registry.
    """
    prior = np.full(len(beaten), -np.log2(model.absent))
    prior[beaten] += np.log2(model.repeated) + anew_bits(model, seen.levels[beaten])
    odds = [_odds_against(model, one, seen, residents) + prior - one.least_bits for one in model.lookalikes]
    return np.array(odds).reshape(len(model.lookalikes), len(beaten))


def mistakable(model: LinkageModel, margin: Floats) -> pl.Series:
    """Per pair, the reason code of the first lookalike that `margins` do not rule out, null for none."""
    possible = np.vstack([margin < 0, np.ones((1, margin.shape[1]), dtype=np.bool_)])
    reasons = pl.Series([*(one.reason for one in model.lookalikes), None], dtype=pl.String)
    return reasons.gather(possible.argmax(axis=0))


def one_person(model: LinkageModel, seen: Seen, anew: Floats, taken: Flags, rows: int) -> Flags:
    """Whether each pair of DTKS rows agrees better than namesakes and twins do.

    Args:
        model: the trained model with the weights for two rows of one person (`doubles.of_doubles`).
        seen: what the rows have in common; odd if the NIK of one of the two cannot be its own.
        anew: bits for one person who may be listed anew (`doubles.anew_bits`).
        taken: whether one row surely is the other's resident; decides if the rows state too little.
        rows: size of DTKS.
    """
    prior = np.log2(model.repeated / model.absent)
    groups, levels = model.groups, seen.levels
    # Two unlike valid numbers, with birth dates that differ or of which one is missing, belong to two people.
    apart = has_outcome(model, levels, groups.other_birth, groups.birth_unknown)
    apart &= has_outcome(model, levels, groups.other_number)
    two = (apart | namesakes(model, seen)) & ~seen.odd
    born = has_outcome(model, levels, groups.that_day)
    told = _told(model, seen) | (born & _personal(model, seen))
    known = told & ~two
    sure = known.copy()
    # Distant rows with NIKs issued for one place and day: hardly any namesake was born there on that day.
    together = has_outcome(model, levels, groups.one_origin) & has_outcome(model, levels, groups.far_off)
    for lookalike in model.lookalikes:
        bits = _odds_against(model, lookalike, seen, rows) + prior + anew
        for number, comparison in enumerate(model.comparisons):
            if comparison.name in lookalike.doubles:
                more = np.array([0.0, *lookalike.doubles[comparison.name]])[seen.levels[:, number]]
                bits += np.where(together, 0.0, more) if comparison.kind == "place" else more
        sure &= bits >= lookalike.double_bits
    others = another_person(model, seen)
    others |= has_outcome(model, levels, groups.unlike_name) & (seen.names == TWO_NAMES)
    return (sure | (taken & ~known)) & ~others


def _odds_against(model: LinkageModel, lookalike: Lookalike, seen: Seen, residents: int) -> Floats:
    """Per pair, log2 odds of the resident against such a lookalike, given what is seen."""
    bits = np.where(seen.odd, -np.log2(lookalike.odd), 0.0)
    told = (lookalike.spelled.get(state, (1.0, 1.0)) for state in NAME_STATES)
    spelled = [1.0, *(one / theirs for one, theirs in told)]
    for number, comparison in enumerate(model.comparisons):
        level = seen.levels[:, number]
        if comparison.name in lookalike.alike:
            continue
        if comparison.name in lookalike.levels:
            m = np.array([one.m for one in comparison.levels])
            share = np.array([1.0, *lookalike.levels[comparison.name]])
            bits += np.where(np.arange(len(m)) == 0, 0.0, np.log2(m / share))[level]
            if comparison.kind == "name":
                bits += np.log2(spelled)[seen.names]
        else:
            context = contexts_of(model, number, seen.levels)
            bits += weights(comparison, residents).match[context, level]
    return bits


def another_person(model: LinkageModel, seen: Seen) -> Flags:
    """Pairs with two different names, and without the resident's number, or with another birth date."""
    groups, levels = model.groups, seen.levels
    two = has_outcome(model, levels, groups.other_name) & (seen.names != SLIP)
    his = has_outcome(model, levels, groups.his_number) & ~has_outcome(model, levels, groups.other_birth)
    return two & ~his


def supported(model: LinkageModel, seen: Seen) -> Flags:
    """Whether something supports the pair, and identifies the person, beyond name, birth year, sex and desa."""
    return (_told(model, seen) & ~another_person(model, seen)) | _in_his_place(model, seen.levels)


def neighbours(model: LinkageModel, seen: Seen) -> Flags:
    """Pairs with different birth dates and neither number nor family in common.

    The row may be a namesake next door, even one whose mother has the same name.
    """
    groups, levels = model.groups, seen.levels
    return has_outcome(model, levels, groups.born_apart) & ~has_outcome(model, levels, groups.tied)


def namesakes(model: LinkageModel, seen: Seen) -> Flags:
    """`neighbours`, and pairs without common number or family whose birth date is unknown or whose mothers differ.

    Also those whose birth dates differ in day, month or year only, unless the mother or the exact home agrees.
    """
    groups, levels = model.groups, seen.levels
    apart = has_outcome(model, levels, groups.born_another_day)
    apart &= ~has_outcome(model, levels, groups.mother_alike, groups.very_home)
    apart |= has_outcome(model, levels, groups.birth_unknown, groups.other_mother)
    return neighbours(model, seen) | (apart & ~has_outcome(model, levels, groups.tied))


def of_the_neighbourhood(model: LinkageModel, levels: Levels) -> Flags:
    """Pairs of one name and birth date in one neighbourhood, which hardly has two such people, whatever the mothers."""
    groups = model.groups
    born = has_outcome(model, levels, groups.that_day) & has_outcome(model, levels, groups.whole_name)
    return born & has_outcome(model, levels, groups.next_door)


def guessed(model: LinkageModel, seen: Seen) -> Flags:
    """Pairs with an uncertain birth date, one word of the mother's name, and neither number nor family in common.

    The registry states mothers in full, and many mothers share one of the words.
    """
    groups, levels = model.groups, seen.levels
    vague = has_outcome(model, levels, groups.mother_in_part) & ~has_outcome(model, levels, groups.that_day_told)
    return vague & ~has_outcome(model, levels, groups.tied)


def _in_his_place(model: LinkageModel, levels: Levels) -> Flags:
    """Pairs of one family, in a role that exists once per family, with agreeing birth and mother, whatever the name.

    A sibling may take over that role, even with the number that stood there, but was hardly born in the same year; and
    a twin's number differs in more than a missing last digit.
    """
    groups = model.groups
    born = has_outcome(model, levels, groups.that_day_or_year)
    born |= has_outcome(model, levels, groups.born_another_day) & has_outcome(model, levels, groups.same_number)
    told = has_outcome(model, levels, groups.mother_alike)
    told |= has_outcome(model, levels, groups.that_day) & has_outcome(model, levels, groups.cut_number)
    told &= has_outcome(model, levels, groups.sole_role) & has_outcome(model, levels, groups.one_family)
    return born & told & ~has_outcome(model, levels, groups.follower)


def in_his_role(model: LinkageModel, levels: Levels) -> Flags:
    """Pairs in a role that exists once per family, with one birth date, or with a slip in it but the same number.

    If such a pair is also as certain as a correction, the name does not matter: heads and wives go by a child's or
    husband's name or a nickname. A successor in the role was born at another time, perhaps in the same year: if only
    the year is known, or the date differs by more than a slip, the mother or the number must agree too.
    """
    groups = model.groups
    alike = has_outcome(model, levels, groups.mother_alike)
    born = has_outcome(model, levels, groups.born_another_day) | (
        has_outcome(model, levels, groups.born_that_year) & alike
    )
    born &= has_outcome(model, levels, groups.same_number)
    born |= has_outcome(model, levels, groups.that_day_told)
    born |= has_outcome(model, levels, groups.that_day_or_year) & (
        alike | has_outcome(model, levels, groups.near_number)
    )
    return born & has_outcome(model, levels, groups.sole_role) & ~has_outcome(model, levels, groups.follower)


def born_with_him(model: LinkageModel, seen: Seen) -> Flags:
    """Pairs with equal birth dates, and either one family without a name, or a number with a slip, whatever the name.

    If such a pair is also as certain as a correction, it is the person: siblings have other birth dates, and numbers
    of twins differ in the serial. A nameless row with a valid number of its own may be a twin and is excluded.
    """
    groups, levels = model.groups, seen.levels
    anothers = has_outcome(model, levels, groups.other_number) & ~seen.odd
    nameless = has_outcome(model, levels, groups.no_name) & has_outcome(model, levels, groups.one_family) & ~anothers
    return has_outcome(model, levels, groups.that_day) & (nameless | has_outcome(model, levels, groups.slipped_number))


def under_two_names(model: LinkageModel, levels: Levels) -> Flags:
    """Pairs with one number and birth date (or year), in a role that exists once per family: one person, two names.

    Children are excluded: siblings without a number of their own are listed with each other's.
    """
    groups = model.groups
    his = has_outcome(model, levels, groups.his_number) & has_outcome(model, levels, groups.that_day_or_year)
    return his & has_outcome(model, levels, groups.sole_role)


def _told(model: LinkageModel, seen: Seen) -> Flags:
    groups, levels = model.groups, seen.levels
    told = has_outcome(model, levels, groups.supporting) & _personal(model, seen)
    # Hardly two people of one name in a village have the same birth date. If the register lacks the mother, however,
    # a contradicting family number is the only sign of an unregistered namesake.
    named = has_outcome(model, levels, groups.his_name) & has_outcome(model, levels, groups.that_day)
    named &= has_outcome(model, levels, groups.at_home) & ~has_outcome(model, levels, groups.other_family)
    return told | named


def _personal(model: LinkageModel, seen: Seen) -> Flags:
    """Whether a number or a name, possibly with a slip, identifies the person and not just the family."""
    groups, levels = model.groups, seen.levels
    slipped = has_outcome(model, levels, groups.other_name) & (seen.names == SLIP)
    slipped &= has_outcome(model, levels, groups.that_day)
    return has_outcome(model, levels, groups.personal) | slipped
