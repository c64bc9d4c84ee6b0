"""The linkage model's types: comparisons, their levels with m, f and u probabilities, and decision thresholds.

Belongs here: the typed model. Does not: reading, writing and checking it (`pipeline.matching.model.file`), how levels
are found (`pipeline.matching.levels.comparison`), how it is trained (`pipeline.matching.judging.training`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np

from pipeline.matching.model.calibration import DEFAULT_CALIBRATION, Calibration
from pipeline.matching.records.arrays import Flags, Floats, Levels

Group = Mapping[str, tuple[str, ...]]
"""Outcomes that mean one thing: comparison → codes of its levels."""
# States of two unequal names (`lookalikes.name_states`), in order.
NAME_STATES = ("SLIP", "PERHAPS_TWO", "TWO_NAMES", "LONGER")


class Scope(Enum):
    """What a comparison identifies: the person, or only the family (a relative would agree just as well)."""

    PERSON = "PRIBADI"
    FAMILY = "KELUARGA"


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison.

    Attributes:
        code: name of the outcome, unique within its comparison.
        m: share of true pairs with this outcome.
        f: share of pairs "row, another member of that person's family", one value per context.
        u: share of pairs of strangers, one value per context. With `per_row`, expected number of strangers per row.
        per_row: whether `u` must be divided by the number of residents.
        reason: reason code of `schemas.reasons`, None if the outcome explains nothing.
    """

    code: str
    m: float
    f: tuple[float, ...]
    u: tuple[float, ...]
    per_row: bool = False
    reason: str | None = None


@dataclass(frozen=True)
class Comparison:
    """One fact compared.

    Attributes:
        name: of the comparison, unique within the model.
        kind: which function finds the level, a key of `pipeline.matching.levels.comparison.COMPARERS`.
        columns: part of the fact → column of the people and of the registry (the same name on both sides).
        scope: person or family.
        levels: level 0 is "cannot be compared" and weighs nothing; the others are in falling order of agreement.
        context: name of an earlier comparison whose level selects the values of `f` and `u`; None for none.
        contexts: context number per level of that earlier comparison.
    """

    name: str
    kind: str
    columns: Mapping[str, str]
    scope: Scope
    levels: tuple[Level, ...]
    context: str | None = None
    contexts: tuple[int, ...] = ()

    def has_code(self, codes: tuple[str, ...]) -> Flags:
        """Per level, whether its code is one of those given."""
        return np.array([level.code in codes for level in self.levels])


@dataclass(frozen=True)
class Lookalike:
    """A kind of person outside the registry who resembles the resident: a namesake in the village, a twin.

    Attributes:
        code: name of the kind, unique within the model.
        reason: reason code of `schemas.reasons` if such a person cannot be ruled out.
        least_bits: least odds (log2) of the resident against such a person for an automatic link.
        least_duplicate_bits: the same for two rows of DTKS to count as one person.
        impossible_number_ratio: how many times as often as the resident's row such a person's row has a NIK that
            cannot be its own.
        alike: comparisons that do not distinguish the two.
        levels: comparison → share of each level from 1, if it differs from those of residents and strangers;
            comparisons in neither `alike` nor `levels` are as for strangers.
        duplicate_bits: comparison → bits per level from 1 for two rows of DTKS being one person rather than two such
            people, in addition to `levels`.
        spelled: state of unequal names (`NAME_STATES`) → its share for one person, and for such a person.
    """

    code: str
    reason: str
    least_bits: float
    least_duplicate_bits: float
    impossible_number_ratio: float
    alike: tuple[str, ...]
    levels: Mapping[str, tuple[float, ...]]
    duplicate_bits: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    spelled: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class LeftHome:
    """A registered person who has left the family that the row still states.

    Attributes:
        bits: log2 odds of that person against an unregistered relative in the family, given both are equally common.
        levels: comparison → outcomes, all required besides mother or home; empty if the model has no such case.
    """

    bits: float = 0.0
    levels: Group = field(default_factory=dict)


@dataclass(frozen=True)
class ListedAnew:
    """Second rows of a person that were entered anew (after a move or marriage), not copied within the family.

    Attributes:
        share: their share of second rows.
        levels: comparison → share of each level from 1; other comparisons are as in any row.
    """

    share: float = 0.0
    levels: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Cutoffs:
    """Decision thresholds; probabilities 0–1, bits are log2 odds.

    Attributes:
        automatic: least posterior (`scoring.posterior`, not calibrated) of a link made without a human.
        automatic_unconfirmed: the same if the family differs, or neither name nor number identifies the person in it.
        review: least posterior, and least probability, of a pair shown to a human.
        correction_bits: least odds against all alternatives together to correct an identifier.
        correction_margin: least margin of lookalikes for that (`lookalikes.margins`).
        correction_two_names: margin required in addition if the names are similar but different. With that margin and
            the odds of `correction_anothers`, the number of a disputed resident is safe too.
        correction_anothers: odds required in addition to overwrite a complete, unlike number if the row has another
            birth date, or a valid number and only a birth year; not required with the margin above.
        contested: least margin of lookalikes if another row claims the resident too and the names may be two.
        duplicate: least probability that two rows are one person.
        slip: least similarity of the letters (0–1) of two words that are one word with a slip. An unknown word alone
            is no slip: many children have names that nobody had before.
    """

    automatic: float
    automatic_unconfirmed: float
    review: float
    correction_bits: float
    correction_margin: float
    correction_two_names: float
    correction_anothers: float
    contested: float
    duplicate: float
    slip: float


@dataclass(frozen=True)
class Groups:
    """Named groups of outcomes (comparison → level codes) on which decisions are based; a group may be empty.

    Attributes:
        exact: outcomes of rows settled without weighing, in the order of the explanation.
        same_number: the resident's number.
        number_or_own_slip: the resident's number, or that with a slip no sibling's or neighbour's number would show.
        number_or_slip: the resident's number, or that with a slip.
        slipped_number: the resident's number with a slip outside the serial.
        truncated_number: the resident's number without the last digit, which files lose.
        different_number: an unlike number, which may be another person's.
        same_issue_segment: another number issued for the same place and day.
        same_name: the same name, every word of it.
        same_name_or_variant: the same name, spelled differently or shortened.
        misspelled: the same name with a slip, or with a word more or less.
        mostly_different_name: a name that hardly agrees, or not at all.
        different_name: a name that does not agree at all.
        missing_name: a name is missing.
        same_birth_date: the same birth date, not a guess from a year.
        same_or_swapped_birth_date: the same, or with day and month swapped.
        same_birth_date_or_year: the same birth date as far as known: of guesses only the year counts.
        different_birth_date: another birth date; if the name differs too, another person even with the same number.
        same_kk: the same KK number.
        different_kk: a KK number that speaks against the pair.
        same_family_likely: KK number or other members show that the family is the same.
        sole_role: a role that exists once per family.
        successor: signs of a successor in that role: a number that may be another's, another sex or mother.
        same_place: the same place of living.
        same_address: the same home, with the full address.
        distant: another kecamatan or farther away.
        same_neighbourhood: the same house, street or neighbourhood (RT and RW).
        supporting: supports a pair beyond name, birth date, sex and village.
        different_birth_month_or_year: a birth date with another month or year.
        birth_date_slip: a birth date that differs in day, month or year only.
        same_birth_year: another birth date in the same year.
        missing_birth_date: a birth date is missing.
        same_mother_or_variant: the same mother's name, spelled differently or shortened.
        different_mother: a mother's name that does not agree at all.
        mother_partly_same: one word of the mother's name, which many mothers share.
        number_or_family_agrees: a number or the family connects the pair, not only a mother's name or an address.
        identifying: identifies the person and not just the family.
    """

    exact: Group = field(default_factory=dict)
    same_number: Group = field(default_factory=dict)
    number_or_own_slip: Group = field(default_factory=dict)
    number_or_slip: Group = field(default_factory=dict)
    slipped_number: Group = field(default_factory=dict)
    truncated_number: Group = field(default_factory=dict)
    different_number: Group = field(default_factory=dict)
    same_issue_segment: Group = field(default_factory=dict)
    same_name: Group = field(default_factory=dict)
    same_name_or_variant: Group = field(default_factory=dict)
    misspelled: Group = field(default_factory=dict)
    mostly_different_name: Group = field(default_factory=dict)
    different_name: Group = field(default_factory=dict)
    missing_name: Group = field(default_factory=dict)
    same_birth_date: Group = field(default_factory=dict)
    same_or_swapped_birth_date: Group = field(default_factory=dict)
    same_birth_date_or_year: Group = field(default_factory=dict)
    different_birth_date: Group = field(default_factory=dict)
    same_kk: Group = field(default_factory=dict)
    different_kk: Group = field(default_factory=dict)
    same_family_likely: Group = field(default_factory=dict)
    sole_role: Group = field(default_factory=dict)
    successor: Group = field(default_factory=dict)
    same_place: Group = field(default_factory=dict)
    same_address: Group = field(default_factory=dict)
    distant: Group = field(default_factory=dict)
    same_neighbourhood: Group = field(default_factory=dict)
    supporting: Group = field(default_factory=dict)
    different_birth_month_or_year: Group = field(default_factory=dict)
    birth_date_slip: Group = field(default_factory=dict)
    same_birth_year: Group = field(default_factory=dict)
    missing_birth_date: Group = field(default_factory=dict)
    same_mother_or_variant: Group = field(default_factory=dict)
    different_mother: Group = field(default_factory=dict)
    mother_partly_same: Group = field(default_factory=dict)
    number_or_family_agrees: Group = field(default_factory=dict)
    identifying: Group = field(default_factory=dict)


@dataclass(frozen=True)
class LinkageModel:
    """A whole model.

    Attributes:
        absent: share of rows whose person is not in the registry.
        repeated: share of rows whose person another row already records.
        cutoffs: decision thresholds.
        comparisons: comparisons in order (a context comes before those that depend on it).
        groups: named groups of outcomes.
        lookalikes: kinds of people outside the registry who resemble a resident.
        left_home: registered persons who have left the family that the row states.
        listed_anew: second rows of a person that were entered anew.
        calibration: maps odds and margins to published probabilities.
    """

    absent: float
    repeated: float
    cutoffs: Cutoffs
    comparisons: tuple[Comparison, ...]
    groups: Groups = field(default_factory=Groups)
    lookalikes: tuple[Lookalike, ...] = ()
    left_home: LeftHome = field(default_factory=LeftHome)
    listed_anew: ListedAnew = field(default_factory=ListedAnew)
    calibration: Calibration = DEFAULT_CALIBRATION

    def index_of(self, name: str) -> int:
        """Position of the comparison of that name."""
        return next(n for n, comparison in enumerate(self.comparisons) if comparison.name == name)

    def comparison(self, name: str) -> Comparison:
        """The comparison of that name."""
        return self.comparisons[self.index_of(name)]

    @property
    def written_names(self) -> list[tuple[int, str, bool]]:
        """Comparisons of names as written: position, column, and whether a lookalike has shares for them."""
        distinguishing = {name for lookalike in self.lookalikes for name in lookalike.levels}
        return [
            (number, comparison.columns["written"], comparison.name in distinguishing)
            for number, comparison in enumerate(self.comparisons)
            if comparison.kind == "name" and "written" in comparison.columns
        ]

    @property
    def columns(self) -> frozenset[str]:
        """Columns that comparisons read."""
        return frozenset(column for comparison in self.comparisons for column in comparison.columns.values())

    @property
    def identifying_numbers(self) -> Group:
        """Outcomes of the comparison of NIKs that identify the person."""
        return {one.name: self.groups.identifying.get(one.name, ()) for one in self.comparisons if one.kind == "nik"}

    def index_of_kind(self, kind: str) -> int | None:
        """Position of the only comparison of a kind; None without one."""
        return next((n for n, comparison in enumerate(self.comparisons) if comparison.kind == kind), None)

    def with_levels(self, levels: Mapping[str, tuple[Level, ...]]) -> LinkageModel:
        """The model with the levels of some comparisons replaced."""
        return replace(
            self,
            comparisons=tuple(
                replace(comparison, levels=levels.get(comparison.name, comparison.levels))
                for comparison in self.comparisons
            ),
        )


@dataclass(frozen=True)
class Weights:
    """Match weights of one comparison in bits, each of shape contexts × levels; level 0 weighs nothing.

    Attributes:
        match: log2(m / u), of the person against a stranger.
        relative: log2(f / u), of another member of the person's family against a stranger.
    """

    match: Floats
    relative: Floats


def weights(comparison: Comparison, residents: int) -> Weights:
    """The comparison's match weights for a registry of so many residents."""
    m = np.array([level.m for level in comparison.levels])
    f = np.array([level.f for level in comparison.levels]).T
    u = np.array([level.u for level in comparison.levels]).T
    per_row = np.array([level.per_row for level in comparison.levels])
    u = np.where(per_row, np.minimum(u / max(residents, 1), 1.0), u)
    match, relative = np.log2(m / u), np.log2(f / u)
    if comparison.scope is Scope.FAMILY:
        # An unregistered relative would agree in it just as well.
        relative = match
    match, relative = match.copy(), relative.copy()
    match[:, 0] = relative[:, 0] = 0.0
    return Weights(match, relative)


def has_outcome(model: LinkageModel, levels: Levels, *groups: Group) -> Flags:
    """Per pair, whether some comparison has an outcome in one of the groups."""
    matches = np.zeros(len(levels), dtype=np.bool_)
    for number, comparison in enumerate(model.comparisons):
        codes = tuple(code for group in groups for code in group.get(comparison.name, ()))
        if codes:
            matches |= comparison.has_code(codes)[levels[:, number]]
    return matches
