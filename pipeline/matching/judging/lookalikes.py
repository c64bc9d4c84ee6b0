"""Whom else a row may mean: people outside the registry who resemble the resident found for it.

Scoring weighs a resident against strangers and against any unregistered relative. It takes facts as independent, and
so it trusts name, birth date and neighbouring serial together far too much: an unregistered namesake of the village, or
one of two twins, agrees in all of them at once. Most false links of adversarial registers were of these kinds until
every link had to beat them too (`python -m tests.benchmarks.accuracy` counts what is left). Belongs here: those odds.
Does not: the shares, and which outcomes mean what (the model's `lookalikes` and `groups`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.matching.judging.doubles import anew_bits
from pipeline.matching.judging.scoring import contexts_of
from pipeline.matching.model.linkage import NAME_STATES, LinkageModel, Lookalike, among, weights
from pipeline.matching.names.agreement import ALIKE, DIFFERENT, PARTLY, SHORTER
from pipeline.matching.names.likeness import name_level
from pipeline.matching.names.words import differing_names
from pipeline.matching.records.arrays import Flags, Floats, Levels, States
from pipeline.normalise.values.names import comparable_name, weaker_name
from schemas.rules import WOMEN_DAY

# Serials beyond this one are hardly ever issued for one region and day.
_USUAL_SERIAL = 99
# What tells a number of the row's own: it, the row's birth date and sex, how its region is known, whether its file lost
# or rounded last digits, whether it stands at several members of the family.
_OF_NUMBER = ("number", "date", "sex", "region", "zeroed", "rounded", "copied")
# Where day and month stand in a birth as a number, and 1 January in it.
_DAY, _MONTH, _NEW_YEAR = 10_000, 100, 101
# R of Raden and other single letters are no words more.
_WORD = r"\w\w+"
# What names that are not the same turn out to be: one name with a slip, perhaps two, certainly two; and what those turn
# out to be of which one is longer: the row's tells more than the registry's.
SLIP, PERHAPS_TWO, TWO_NAMES, FULLER = range(1, len(NAME_STATES) + 1)


@dataclass(frozen=True)
class Seen:
    """What tells a person from a lookalike, per pair.

    Attributes:
        levels: pairs × comparisons.
        odd: whether the row's NIK is nobody's own (`odd_numbers`): a lookalike mostly bears his own.
        names: what names that are not the same turn out to be (`names_of`), 0 where nothing tells.
    """

    levels: Levels
    odd: Flags
    names: States


def odd_numbers(model: LinkageModel, rows: pl.DataFrame) -> Flags:
    """Whether each row's NIK cannot be a NIK of its own: no such region, another birth date or sex, no such serial.

    Where the whole file is damaged, or one NIK copied over a family, the number says nothing.

    Args:
        model: names the columns (the parts `_OF_NUMBER` of the comparison of NIKs); without NIK no number is odd.
        rows: with those columns; rows without NIK are not odd.
    """
    number = model.position("nik")
    if number is None:
        return np.zeros(rows.height, dtype=np.bool_)
    columns = model.comparisons[number].columns
    facts = rows.select(pl.col(columns[part]).alias(part) for part in _OF_NUMBER)
    nik, date = pl.col("number"), pl.col("date")
    # Day, month and year as one number; the day of women is that much larger.
    stated = nik.str.slice(6, 6).cast(pl.Int32, strict=False)
    woman = stated >= (WOMEN_DAY + 1) * _DAY
    told = pl.when(woman).then(stated - WOMEN_DAY * _DAY).otherwise(stated)
    born = date.dt.day().cast(pl.Int32) * _DAY + date.dt.month().cast(pl.Int32) * _MONTH + date.dt.year() % _MONTH
    serial = nik.str.tail(4).cast(pl.Int32, strict=False)
    # 1 January stands for a year alone.
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
    """What names that are not quite the same turn out to be, per pair: DINA and DINI are two, DINA and DNIA one.

    Args:
        model: its lookalikes say which names tell them apart.
        rows: the row of each pair.
        residents: its resident, or the other row.
        borne: words that are names (`words.borne_words`) by the column of names.
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
    """How many words tell something: titles, what the father is called and second names do not."""
    own = names.alias("name").to_frame().select(weaker_name(comparable_name(pl.col("name"))))
    return own.to_series().str.count_matches(_WORD)


def _alike_names(left: pl.Series, right: pl.Series, borne: pl.Series) -> pl.Series:
    told = differing_names(left, right, borne).with_columns(differ=name_level(left, right) == "DIFFERENT")
    differ, known = pl.col("differ"), pl.col("every")
    state = pl.when(differ & known).then(TWO_NAMES).when(differ | known).then(PERHAPS_TWO)
    return told.select(state.otherwise(SLIP)).to_series()


def _unlike_names(left: pl.Series, right: pl.Series, borne: pl.Series, shared: Flags, least: float) -> pl.Series:
    """The same for names of which only some word agrees (`shared`), or none; 0 where nothing tells."""
    told = differing_names(left, right, borne).with_columns(shared=pl.Series(shared))
    two = pl.col("every") | (pl.col("shared") & pl.col("some"))
    slip = pl.when(pl.col("likeness") >= least).then(SLIP).otherwise(0)
    return told.select(pl.when(two).then(TWO_NAMES).when("some").then(PERHAPS_TWO).otherwise(slip)).to_series()


def margins(model: LinkageModel, seen: Seen, beaten: Flags, residents: int) -> Floats:
    """By how many bits each lookalike is ruled out, shape lookalikes × pairs; below 0 it is not.

    Args:
        model: the trained model.
        seen: what the pairs have in common.
        beaten: whether another row has the better claim to the resident; the row then is a second listing, which is
            rare, or somebody else.
        residents: size of the registry.
    """
    prior = np.full(len(beaten), -np.log2(model.absent))
    prior[beaten] += np.log2(model.repeated) + anew_bits(model, seen.levels[beaten])
    odds = [_odds_against(model, one, seen, residents) + prior - one.least_bits for one in model.lookalikes]
    return np.array(odds).reshape(len(model.lookalikes), len(beaten))


def mistakable(model: LinkageModel, margin: Floats) -> pl.Series:
    """Per pair the reason code of the first lookalike that `margins` does not rule out, null for none."""
    possible = np.vstack([margin < 0, np.ones((1, margin.shape[1]), dtype=np.bool_)])
    reasons = pl.Series([*(one.reason for one in model.lookalikes), None], dtype=pl.String)
    return reasons.gather(possible.argmax(axis=0))


def one_person(model: LinkageModel, seen: Seen, anew: Floats, taken: Flags, rows: int) -> Flags:
    """Whether two rows of DTKS agree better than namesakes and twins do, per pair.

    Args:
        model: the trained model with the figures of doubles (`doubles.of_doubles`).
        seen: what the rows have in common; odd where the NIK of one of the two is nobody's own.
        anew: bits for one person who may be listed anew (`doubles.anew_bits`).
        taken: whether the one row surely is the other's resident, which decides where the rows tell too little.
        rows: size of DTKS.
    """
    prior = np.log2(model.repeated / model.absent)
    groups, levels = model.groups, seen.levels
    # Two numbers that tell the births of their rows, which are not one or of which one is not told, are two people's.
    apart = among(model, levels, groups.other_birth, groups.birth_unknown)
    apart &= among(model, levels, groups.other_number)
    two = (apart | namesakes(model, seen)) & ~seen.odd
    born = among(model, levels, groups.that_day)
    told = _told(model, seen) | (born & _personal(model, seen))
    known = told & ~two
    sure = known.copy()
    # Of those called alike all over the country hardly one was born in that place that day.
    together = among(model, levels, groups.one_origin) & among(model, levels, groups.far_off)
    for lookalike in model.lookalikes:
        bits = _odds_against(model, lookalike, seen, rows) + prior + anew
        for number, comparison in enumerate(model.comparisons):
            if comparison.name in lookalike.doubles:
                more = np.array([0.0, *lookalike.doubles[comparison.name]])[seen.levels[:, number]]
                bits += np.where(together, 0.0, more) if comparison.kind == "place" else more
        sure &= bits >= lookalike.double_bits
    others = another_person(model, seen)
    others |= among(model, levels, groups.unlike_name) & (seen.names == TWO_NAMES)
    return (sure | (taken & ~known)) & ~others


def _odds_against(model: LinkageModel, lookalike: Lookalike, seen: Seen, residents: int) -> Floats:
    """log2 of how much better the resident explains what is seen of each pair than such a lookalike does."""
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
    """Pairs of which the names are two, and the births too, or no number tells the person rather than a relative."""
    groups, levels = model.groups, seen.levels
    two = among(model, levels, groups.other_name) & (seen.names != SLIP)
    his = among(model, levels, groups.his_number) & ~among(model, levels, groups.other_birth)
    return two & ~his


def supported(model: LinkageModel, seen: Seen) -> Flags:
    """Whether something tells the pair, and the person in it, beyond name, birth year, sex and desa."""
    return (_told(model, seen) & ~another_person(model, seen)) | _in_his_place(model, seen.levels)


def neighbours(model: LinkageModel, seen: Seen) -> Flags:
    """Pairs born on other days that no number and no family ties.

    A namesake may live next door, and have a mother of that name.
    """
    groups, levels = model.groups, seen.levels
    return among(model, levels, groups.born_apart) & ~among(model, levels, groups.tied)


def namesakes(model: LinkageModel, seen: Seen) -> Flags:
    """The same, and pairs of an unknown day, of two mothers, or of another day, month or year.

    One mother or one home, down to the number of the house, tells who was born on another day all the same.
    """
    groups, levels = model.groups, seen.levels
    apart = among(model, levels, groups.born_another_day)
    apart &= ~among(model, levels, groups.mother_alike, groups.very_home)
    apart |= among(model, levels, groups.birth_unknown, groups.other_mother)
    return neighbours(model, seen) | (apart & ~among(model, levels, groups.tied))


def of_the_neighbourhood(model: LinkageModel, levels: Levels) -> Flags:
    """Pairs of one name, born that day in one neighbourhood: it hardly has two such people, whatever their mothers."""
    groups = model.groups
    born = among(model, levels, groups.that_day) & among(model, levels, groups.whole_name)
    return born & among(model, levels, groups.next_door)


def guessed(model: LinkageModel, seen: Seen) -> Flags:
    """Pairs of which the day is no more than guessed, and the mother's name a word, that no number and no family ties.

    Residents' mothers are told in full, and many mothers bear one of those words.
    """
    groups, levels = model.groups, seen.levels
    vague = among(model, levels, groups.mother_in_part) & ~among(model, levels, groups.that_day_told)
    return vague & ~among(model, levels, groups.tied)


def _in_his_place(model: LinkageModel, levels: Levels) -> Flags:
    """Pairs of one family, in a role that it has but once, born then of one mother, whatever they are called.

    A brother or sister may follow in that role, even under the number that stood there, but hardly born that year; nor
    has a twin all but the last digit of it.
    """
    groups = model.groups
    born = among(model, levels, groups.that_day_or_year)
    born |= among(model, levels, groups.born_another_day) & among(model, levels, groups.same_number)
    told = among(model, levels, groups.mother_alike)
    told |= among(model, levels, groups.that_day) & among(model, levels, groups.cut_number)
    told &= among(model, levels, groups.sole_role) & among(model, levels, groups.one_family)
    return born & told & ~among(model, levels, groups.follower)


def in_his_role(model: LinkageModel, levels: Levels) -> Flags:
    """Pairs in a role that a family has but once, born then, or with a slip under his very number.

    Whoever is as sure as a correction besides is he, whatever he is called: heads and wives go by their child's name,
    their husband's or a nickname. Who followed in the role was born at another time, though it may be in that year: of
    him, of whom no more than the year is told, and of one with more than a slip the mother or the number tells.
    """
    groups = model.groups
    alike = among(model, levels, groups.mother_alike)
    born = among(model, levels, groups.born_another_day) | (among(model, levels, groups.born_that_year) & alike)
    born &= among(model, levels, groups.same_number)
    born |= among(model, levels, groups.that_day_told)
    born |= among(model, levels, groups.that_day_or_year) & (alike | among(model, levels, groups.near_number))
    return born & among(model, levels, groups.sole_role) & ~among(model, levels, groups.follower)


def born_with_him(model: LinkageModel, seen: Seen) -> Flags:
    """Pairs born on that very day, of no name but of one family, or of nearly one number, whatever the name is.

    Whoever is as sure as a correction besides is he: brothers and sisters are born on other days, and the numbers of
    twins differ in the serial. Who bears a sound number of his own besides may be a twin.
    """
    groups, levels = model.groups, seen.levels
    anothers = among(model, levels, groups.other_number) & ~seen.odd
    nameless = among(model, levels, groups.no_name) & among(model, levels, groups.one_family) & ~anothers
    return among(model, levels, groups.that_day) & (nameless | among(model, levels, groups.slipped_number))


def under_two_names(model: LinkageModel, levels: Levels) -> Flags:
    """Pairs of one number, born then, in a role that a family has but once: somebody listed already, by another name.

    Not so a child: brothers and sisters who have no number of their own bear each other's.
    """
    groups = model.groups
    his = among(model, levels, groups.his_number) & among(model, levels, groups.that_day_or_year)
    return his & among(model, levels, groups.sole_role)


def _told(model: LinkageModel, seen: Seen) -> Flags:
    groups, levels = model.groups, seen.levels
    told = among(model, levels, groups.supporting) & _personal(model, seen)
    # Of one name there is hardly another in the village who was born that day; but where a register lacks the mother,
    # hardly anything else tells who has a namesake outside it, and the family number is what speaks against him.
    named = among(model, levels, groups.his_name) & among(model, levels, groups.that_day)
    named &= among(model, levels, groups.at_home) & ~among(model, levels, groups.other_family)
    return told | named


def _personal(model: LinkageModel, seen: Seen) -> Flags:
    """Whether a number or a name, though slipped, tells the person and not just the family."""
    groups, levels = model.groups, seen.levels
    slipped = among(model, levels, groups.other_name) & (seen.names == SLIP)
    slipped &= among(model, levels, groups.that_day)
    return among(model, levels, groups.personal) | slipped
