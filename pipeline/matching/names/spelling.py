"""A second comparison of unequal names, by their letters as written, before folding.

Folding makes spellings of one sound equal, but doubles a slip: LEIYAH is folded to LAIA, LEGIYAH to LEGIA. It also
hides what a nickname was cut from: ROSI is folded to RUSI, ROSIDAH to RASIDA. The letters as written show both. Only
pairs that are still candidates after all other comparisons take part. Does not belong here: folding
(`pipeline.normalise.values.names`), levels by words (`pipeline.matching.names.agreement`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.matching.model.linkage import LinkageModel, has_outcome
from pipeline.matching.names.agreement import ALIKE, DIFFERENT, PARTLY, SHORT_FORM, compare_names
from pipeline.matching.records.arrays import Flags, Ints, Levels, Rows
from pipeline.parallel import map_on_all_cores

_SHORTEST = 4
_MOST_SLIPS, _TWO_SLIPS_FROM = 2, 8
_INITIAL = r"(?-u:\b)[A-Z](?-u:\b)"
# Most blanks and punctuation by which two names one letter apart may differ in length.
_BLANKS = 4
_NO_LENGTH = -1_000
# Names of one side, and the position in them per pair.
NamesOfSide = tuple[pl.Series, Rows]


def raise_by_spelling(
    model: LinkageModel, levels: Levels, left_side: tuple[pl.DataFrame, Rows], right_side: tuple[pl.DataFrame, Rows]
) -> Levels:
    """The levels, raised for names that as written are a slip apart or of which one is a short form of the other.

    Nicknames are accepted only if the birth date agrees, and with it the number, or mother and family: far too many
    names are contained in others, also among children born in one year.

    Args:
        model: its comparisons of kind name with a column `written` on both sides are used.
        levels: pairs × comparisons.
        left_side: records of one side, and the record of each pair.
        right_side: the same of the other side.
    """
    raised, groups = levels.copy(order="F"), model.groups
    has = partial(has_outcome, model, levels)
    at_home = has(groups.same_mother_or_variant) & has(groups.same_family_likely)
    identified = has(groups.same_or_swapped_birth_date) & (has(model.identifying_numbers) | at_home)

    def raise_names(comparison_of_names: tuple[int, str, bool]) -> None:
        number, column, _ = comparison_of_names
        weak = np.flatnonzero((levels[:, number] == PARTLY) | (levels[:, number] == DIFFERENT))
        written = [(records[column], row[weak]) for records, row in (left_side, right_side)]
        raised[weak[_pairs_with_short_forms(written, identified[weak])], number] = SHORT_FORM
        raised[weak[_pairs_with_slips(written)], number] = ALIKE

    map_on_all_cores(raise_names, model.written_names)
    return raised


def _pairs_with_slips(pairs: Sequence[NamesOfSide]) -> Rows:
    """Pairs of names that are one letter apart, or two if the differing words are long."""
    similar_length = np.flatnonzero(_have_similar_length(_BLANKS, *(_lengths(names)[rows] for names, rows in pairs)))
    written = _names_of_pairs(pairs, similar_length)
    names = written.select(bare_letters(pl.all()))
    close = np.flatnonzero(_have_similar_length(_MOST_SLIPS, *(_lengths(side) for side in names)))
    a, b = names["a"].gather(close), names["b"].gather(close)
    scores = process.cpdist(a.to_list(), b.to_list(), scorer=OSA.distance, score_cutoff=_MOST_SLIPS)
    slips = np.asarray(scores)
    two_slips = np.flatnonzero(slips == _MOST_SLIPS)
    slips[two_slips[_differing_letters(written[close[two_slips]]) >= _TWO_SLIPS_FROM]] = 1
    return similar_length[close[slips <= 1]]


def _differing_letters(written: pl.DataFrame) -> Ints:
    """Number of letters in the words that only one of two names has; the smaller of the two numbers."""
    words = written.select(pl.all().str.split(" "))
    a, b = pl.col("a"), pl.col("b")
    sizes = [rest.list.join("").str.len_chars() for rest in (a.list.set_difference(b), b.list.set_difference(a))]
    return words.select(pl.min_horizontal(sizes)).to_series().cast(pl.Int64).to_numpy()


def _pairs_with_short_forms(pairs: Sequence[NamesOfSide], nicknames: Flags) -> Rows:
    """Pairs of which one name has an initial of a word in the other: K. for KHADIJAH, M. for MARIA.

    Pairs marked in `nicknames` may have a nickname instead.
    """
    left_has_initial, right_has_initial = (
        names.str.contains(_INITIAL).fill_null(value=False).to_numpy()[rows] for names, rows in pairs
    )
    possible = np.flatnonzero(left_has_initial | right_has_initial | nicknames)
    names = _names_of_pairs(pairs, possible).select(pl.all().str.replace_all("[^A-Z]+", " ").str.strip_chars(" "))
    levels = compare_names(names["a"], names["b"], marked=False)
    return possible[(levels > 0) & (levels <= SHORT_FORM)]


def _names_of_pairs(pairs: Sequence[NamesOfSide], which: Rows) -> pl.DataFrame:
    """Both names (a, b) of some of the pairs."""
    return pl.DataFrame(
        [names.gather(rows[which]).alias(side) for side, (names, rows) in zip("ab", pairs, strict=True)]
    )


def _lengths(names: pl.Series) -> Ints:
    """Number of letters per name; for null a number unlike any other."""
    return names.str.len_chars().cast(pl.Int64).fill_null(_NO_LENGTH).to_numpy()


def _have_similar_length(most_difference: int, left: Ints, right: Ints) -> Flags:
    """Whether two names are long enough for a slip and their lengths differ by at most `most_difference`."""
    return (np.abs(left - right) <= most_difference) & (np.maximum(left, right) >= _SHORTEST)


def bare_letters(names: pl.Expr) -> pl.Expr:
    """Names without blanks; J and Y were one letter in the old spelling."""
    return names.str.replace_all("[^A-Z]", "").str.replace_all("J", "Y", literal=True)
