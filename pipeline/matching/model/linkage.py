"""The linkage model as data: what is compared, in which levels, how telling each level is, and where decisions are cut.

Belongs here: the typed model. Does not: reading, writing and checking it (`pipeline.matching.model.file`), how levels
are found (`pipeline.matching.levels.comparison`), how figures are learnt (`pipeline.matching.judging.training`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np

from pipeline.matching.model.calibration import AS_IT_IS, Calibration
from pipeline.matching.records.arrays import Flags, Floats, Levels

Group = Mapping[str, tuple[str, ...]]
"""Outcomes that mean one thing: comparison → codes of its levels."""
# What names that are not the same may turn out to be (`lookalikes.names_of`), in order.
NAME_STATES = ("SLIP", "PERHAPS_TWO", "TWO_NAMES", "FULLER")


class Scope(Enum):
    """Whom a comparison is about: the person, or the whole family (a relative would agree just as well)."""

    PERSON = "PRIBADI"
    FAMILY = "KELUARGA"


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison.

    Attributes:
        code: name of the outcome, unique within its comparison.
        m: share of true pairs with this outcome.
        f: share of pairs "row, another member of that person's family", one figure per context.
        u: share of pairs of strangers, one figure per context. With `per_row`, expected number of strangers per row.
        per_row: whether `u` is to be divided by the number of residents.
        reason: reason code of `schemas.reasons`, None where the outcome explains nothing.
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
        kind: which function finds the level, a key of `pipeline.matching.levels.comparison.KINDS`.
        columns: part of the fact → column of the people and of the registry (the same name on both sides).
        scope: person or family.
        levels: level 0 is "cannot be compared" and weighs nothing; the rest are named in falling order of agreement.
        context: name of an earlier comparison whose level decides which of the `f` and `u` figures hold; None for one.
        contexts: context number per level of that earlier comparison.
    """

    name: str
    kind: str
    columns: Mapping[str, str]
    scope: Scope
    levels: tuple[Level, ...]
    context: str | None = None
    contexts: tuple[int, ...] = ()

    def among(self, codes: tuple[str, ...]) -> Flags:
        """Whether each level is one of those."""
        return np.array([level.code in codes for level in self.levels])


@dataclass(frozen=True)
class Lookalike:
    """Somebody outside the registry who resembles the resident: a namesake of the village, an unregistered twin.

    Attributes:
        code: name of the kind, unique within the model.
        reason: reason code of `schemas.reasons` where such a person cannot be ruled out.
        least_bits: how much better than such a person the resident must explain the row for an automatic link.
        double_bits: the same for two rows of DTKS to be taken for one person.
        odd: how many times as often as the resident's row theirs bears a NIK that is nobody's own.
        alike: comparisons that tell nothing between the two.
        levels: comparison → share of each outcome but the first, where such a person differs from the resident and
            from a stranger; what is named in neither is as it is for strangers.
        doubles: comparison → bits by which each outcome but the first speaks for two rows of DTKS being one person
            rather than two such people, over and above `levels`.
        spelled: what names that are not the same turn out to be, of `NAME_STATES` → how often, where they are one
            person's and where they are such a person's.
    """

    code: str
    reason: str
    least_bits: float
    double_bits: float
    odd: float
    alike: tuple[str, ...]
    levels: Mapping[str, tuple[float, ...]]
    doubles: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    spelled: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class LeftHome:
    """A person who has left the family that the row still tells.

    Attributes:
        bits: how much likelier a row means him than an unknown relative in that family, log2, both equally common.
        levels: outcomes by all of which he is known, besides mother or home; none where the model knows no such people.
    """

    bits: float = 0.0
    levels: Group = field(default_factory=dict)


@dataclass(frozen=True)
class ListedAnew:
    """How the second row of a person differs who was not copied within the family but listed anew: moved, married.

    Attributes:
        share: of the second rows.
        levels: comparison → share of each outcome but the first; what is not named is as in any row.
    """

    share: float = 0.0
    levels: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Cutoffs:
    """Where decisions are cut; probabilities 0–1, bits are log2 odds.

    Attributes:
        automatic: least belief (`scoring.posterior`, not calibrated) of a link made without a human.
        automatic_untold: the same where the family is not his, or neither his name nor his number tells him in it.
        review: least belief, and least probability, of a pair shown to a human.
        correction_bits: least odds against all alternatives together for an identifier to be corrected.
        correction_margin: least bits by which lookalikes must be ruled out for that (`lookalikes.margins`).
        correction_two_names: how many more, where the names are alike and yet two; so far off, a disputed resident's
            number is sure with the odds of `correction_anothers` too.
        correction_anothers: how much more odds it takes to overwrite a whole number, unlike the resident's, of a row
            that was born on another day, or that has a number of its own and tells no more than the year; unless
            lookalikes are so far off.
        contested: least bits by which lookalikes must be ruled out where another row claims the resident too and the
            names may be two.
        duplicate: least probability that two rows are one person.
        slip: least share of their letters that words have in common which are one word with a slip. Not being in any
            list of names makes no slip: many children bear names that nobody bore before.
    """

    automatic: float
    automatic_untold: float
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
    """Outcomes that mean one thing to whoever decides, whatever is compared; a group may be empty.

    Attributes:
        exact: how rows and residents come out that need no weighing, in the order in which it is told.
        same_number: the row bears the resident's number.
        his_number: that, or one with a slip where a brother's or a neighbour's would not differ.
        near_number: his number, or that with a slip.
        slipped_number: his number with a slip that is not in the serial.
        cut_number: his number but for the last digit, which files lose.
        other_number: a number unlike his, which may be another's.
        one_origin: another number of the place and day for which his was issued.
        whole_name: his name, every word of it.
        his_name: his name, spelled or shortened in some way.
        misspelled: his name with a slip, or with a word more or less.
        unlike_name: hardly his name, or not at all.
        other_name: not his name at all.
        no_name: nobody's name is told.
        that_day: born that day, which is known and not guessed from a year.
        that_day_told: that, though day and month may have changed places.
        that_day_or_year: born that day as far as is known: of guesses only the year tells anything.
        other_birth: born at another time; whose name differs too is another, whatever number the rows share.
        same_family: one family's number.
        other_family: the family's number speaks against it.
        one_family: its number or its other members tell that the family is his.
        sole_role: a role that a family has but once.
        follower: whoever followed him in his role: a number that may be another's, another sex or mother.
        at_home: lives where he does.
        very_home: the same home, all of the address.
        far_off: lives in another kecamatan or farther away.
        next_door: the same house, street or neighbourhood (RT and RW).
        supporting: tells a pair beyond name, birth date, sex and village.
        born_apart: born on another day, of another month or year.
        born_another_day: born on another day, of which all but the day, the month or the year is the same.
        born_that_year: born on another day of which the year alone is the same.
        birth_unknown: the day of birth is not told.
        mother_alike: his mother's name, spelled or shortened in some way.
        other_mother: not his mother's name at all.
        mother_in_part: a word of his mother's name, which many mothers bear.
        tied: a number or the family tells a pair, and not only a mother's name or an address.
        personal: tells the person and not just the family.
    """

    exact: Group = field(default_factory=dict)
    same_number: Group = field(default_factory=dict)
    his_number: Group = field(default_factory=dict)
    near_number: Group = field(default_factory=dict)
    slipped_number: Group = field(default_factory=dict)
    cut_number: Group = field(default_factory=dict)
    other_number: Group = field(default_factory=dict)
    one_origin: Group = field(default_factory=dict)
    whole_name: Group = field(default_factory=dict)
    his_name: Group = field(default_factory=dict)
    misspelled: Group = field(default_factory=dict)
    unlike_name: Group = field(default_factory=dict)
    other_name: Group = field(default_factory=dict)
    no_name: Group = field(default_factory=dict)
    that_day: Group = field(default_factory=dict)
    that_day_told: Group = field(default_factory=dict)
    that_day_or_year: Group = field(default_factory=dict)
    other_birth: Group = field(default_factory=dict)
    same_family: Group = field(default_factory=dict)
    other_family: Group = field(default_factory=dict)
    one_family: Group = field(default_factory=dict)
    sole_role: Group = field(default_factory=dict)
    follower: Group = field(default_factory=dict)
    at_home: Group = field(default_factory=dict)
    very_home: Group = field(default_factory=dict)
    far_off: Group = field(default_factory=dict)
    next_door: Group = field(default_factory=dict)
    supporting: Group = field(default_factory=dict)
    born_apart: Group = field(default_factory=dict)
    born_another_day: Group = field(default_factory=dict)
    born_that_year: Group = field(default_factory=dict)
    birth_unknown: Group = field(default_factory=dict)
    mother_alike: Group = field(default_factory=dict)
    other_mother: Group = field(default_factory=dict)
    mother_in_part: Group = field(default_factory=dict)
    tied: Group = field(default_factory=dict)
    personal: Group = field(default_factory=dict)


@dataclass(frozen=True)
class LinkageModel:
    """A whole model.

    Attributes:
        absent: share of rows whose person is not in the registry.
        repeated: share of rows whose person another row already records.
        cutoffs: see `Cutoffs`.
        comparisons: what is compared, in order (a context stands before those that depend on it).
        groups: outcomes that mean one thing.
        lookalikes: whom else a row may mean.
        left_home: how somebody is known who has left the family that the row tells.
        listed_anew: how the second row of a person differs.
        calibration: from odds and margins to the probabilities that are told.
    """

    absent: float
    repeated: float
    cutoffs: Cutoffs
    comparisons: tuple[Comparison, ...]
    groups: Groups = field(default_factory=Groups)
    lookalikes: tuple[Lookalike, ...] = ()
    left_home: LeftHome = field(default_factory=LeftHome)
    listed_anew: ListedAnew = field(default_factory=ListedAnew)
    calibration: Calibration = AS_IT_IS

    def place_of(self, name: str) -> int:
        """Place of the comparison of that name."""
        return next(n for n, comparison in enumerate(self.comparisons) if comparison.name == name)

    def comparison(self, name: str) -> Comparison:
        """The comparison of that name."""
        return self.comparisons[self.place_of(name)]

    @property
    def written_names(self) -> list[tuple[int, str, bool]]:
        """Comparisons of names as written: place, column, and whether lookalikes are told apart by them."""
        telling = {name for lookalike in self.lookalikes for name in lookalike.levels}
        return [
            (number, one.columns["written"], one.name in telling)
            for number, one in enumerate(self.comparisons)
            if one.kind == "name" and "written" in one.columns
        ]

    @property
    def columns(self) -> frozenset[str]:
        """Columns that comparisons read."""
        return frozenset(column for one in self.comparisons for column in one.columns.values())

    def position(self, kind: str) -> int | None:
        """Place of the comparison of a kind that there is at most one of; None without one."""
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
    """log2 figures of one comparison, each of shape contexts × levels; level 0 weighs nothing.

    Attributes:
        match: log2(m / u), how much likelier the outcome is for the person than for a stranger.
        relative: log2(f / u), the same for another member of the person's family.
    """

    match: Floats
    relative: Floats


def weights(comparison: Comparison, residents: int) -> Weights:
    """The comparison's figures in bits, for a registry of so many residents."""
    m = np.array([level.m for level in comparison.levels])
    f = np.array([level.f for level in comparison.levels]).T
    u = np.array([level.u for level in comparison.levels]).T
    per_row = np.array([level.per_row for level in comparison.levels])
    u = np.where(per_row, np.minimum(u / max(residents, 1), 1.0), u)
    match, relative = np.log2(m / u), np.log2(f / u)
    if comparison.scope is Scope.FAMILY:
        # A relative who is not in the registry would agree on it just as well.
        relative = match
    match, relative = match.copy(), relative.copy()
    match[:, 0] = relative[:, 0] = 0.0
    return Weights(match, relative)


def among(model: LinkageModel, levels: Levels, *groups: Group) -> Flags:
    """Whether some comparison came out as one of the groups says, per pair."""
    found = np.zeros(len(levels), dtype=np.bool_)
    for number, comparison in enumerate(model.comparisons):
        codes = tuple(code for group in groups for code in group.get(comparison.name, ()))
        if codes:
            found |= comparison.among(codes)[levels[:, number]]
    return found
