"""A second comparison of unequal names, by their letters as written, before folding.

Folding makes spellings of one sound equal, but doubles a slip: LEIYAH is folded to LAIA, LEGIYAH to LEGIA. It also
hides what a nickname was cut from: ROSI is folded to RUSI, ROSIDAH to RASIDA. The letters as written show both. Only
pairs that are still candidates after all other comparisons are looked at. Does not belong here: folding
(`pipeline.normalise.values.names`), levels by words (`pipeline.matching.names.agreement`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.matching.model.linkage import LinkageModel, has_outcome
from pipeline.matching.names.agreement import ALIKE, DIFFERENT, PARTLY, SHORT_FORM, name_levels, take_apart
from pipeline.matching.records.arrays import Flags, Ints, Levels, Rows
from pipeline.side_by_side import on_all_cores

_SHORTEST = 4
_MOST_SLIPS, _TWO_SLIPS_FROM = 2, 8
_INITIAL = r"(?-u:\b)[A-Z](?-u:\b)"
# Most blanks and punctuation by which two names one letter apart may differ in length.
_BLANKS = 4
_NO_LENGTH = -1_000
# Names of one side, and the position in them per pair.
Written = tuple[pl.Series, Rows]


def as_written(
    model: LinkageModel, levels: Levels, one: tuple[pl.DataFrame, Rows], other: tuple[pl.DataFrame, Rows]
) -> Levels:
    """The levels, raised for names that as written are a slip apart or of which one is a short form of the other.

    Nicknames are accepted only if the birth date agrees, and with it the number, or mother and family: far too many
    names are contained in others, also among children born in one year.

    Args:
        model: its comparisons of kind name with a column `written` on both sides are used.
        levels: pairs × comparisons.
        one: records of one side, and the record of each pair.
        other: the same of the other side.
    """
    told, groups = levels.copy(order="F"), model.groups
    his = {each.name: groups.personal.get(each.name, ()) for each in model.comparisons if each.kind == "nik"}
    at_home = has_outcome(model, levels, groups.mother_alike) & has_outcome(model, levels, groups.one_family)
    known = has_outcome(model, levels, groups.that_day_told) & (has_outcome(model, levels, his) | at_home)

    def read(names: tuple[int, str, bool]) -> None:
        number, column, _ = names
        weak = np.flatnonzero((levels[:, number] == PARTLY) | (levels[:, number] == DIFFERENT))
        written = [(records[column], row[weak]) for records, row in (one, other)]
        told[weak[_with_short_forms(written, known[weak])], number] = SHORT_FORM
        told[weak[_with_slips(written)], number] = ALIKE

    on_all_cores(read, model.written_names)
    return told


def _with_slips(pairs: Sequence[Written]) -> Rows:
    """Pairs of names that are one letter apart, or two if the differing words are long."""
    like = np.flatnonzero(_of_a_length(_BLANKS, *(_lengths(names)[rows] for names, rows in pairs)))
    written = _pairs(pairs, like)
    names = written.select(letters(pl.all()))
    close = np.flatnonzero(_of_a_length(_MOST_SLIPS, *(_lengths(side) for side in names)))
    a, b = names["a"].gather(close), names["b"].gather(close)
    scores = process.cpdist(a.to_list(), b.to_list(), scorer=OSA.distance, score_cutoff=_MOST_SLIPS)
    slips = np.asarray(scores)
    two = np.flatnonzero(slips == _MOST_SLIPS)
    slips[two[_differing_letters(written[close[two]]) >= _TWO_SLIPS_FROM]] = 1
    return like[close[slips <= 1]]


def _differing_letters(written: pl.DataFrame) -> Ints:
    """Number of letters in the words that only one of two names has; the smaller of the two numbers."""
    words = written.select(pl.all().str.split(" "))
    a, b = pl.col("a"), pl.col("b")
    sizes = [rest.list.join("").str.len_chars() for rest in (a.list.set_difference(b), b.list.set_difference(a))]
    return words.select(pl.min_horizontal(sizes)).to_series().cast(pl.Int64).to_numpy()


def _with_short_forms(pairs: Sequence[Written], nicknames: Flags) -> Rows:
    """Pairs of which one name has an initial of a word in the other: K. for KHADIJAH, M. for MARIA.

    Pairs marked in `nicknames` may have a nickname instead.
    """
    one, other = (names.str.contains(_INITIAL).fill_null(value=False).to_numpy()[rows] for names, rows in pairs)
    marked = np.flatnonzero(one | other | nicknames)
    names = pl.concat(_pairs(pairs, marked).get_columns())
    words = take_apart(names.str.replace_all("[^A-Z]+", " ").str.strip_chars(" "), marked=False)
    left, right = np.arange(2 * len(marked), dtype=np.int32).reshape(2, -1)
    levels, _ = name_levels(words, left, right)
    return marked[(levels > 0) & (levels <= SHORT_FORM)]


def _pairs(pairs: Sequence[Written], which: Rows) -> pl.DataFrame:
    """Both names (a, b) of some of the pairs."""
    return pl.DataFrame(
        [names.gather(rows[which]).alias(side) for side, (names, rows) in zip("ab", pairs, strict=True)]
    )


def _lengths(names: pl.Series) -> Ints:
    """Number of letters per name; for null a number unlike any other."""
    return names.str.len_chars().cast(pl.Int64).fill_null(_NO_LENGTH).to_numpy()


def _of_a_length(apart: int, one: Ints, other: Ints) -> Flags:
    """Whether two names are long enough for a slip and their lengths differ by at most `apart`."""
    return (np.abs(one - other) <= apart) & (np.maximum(one, other) >= _SHORTEST)


def letters(names: pl.Expr) -> pl.Expr:
    """Names without blanks; J and Y were one letter in the old spelling."""
    return names.str.replace_all("[^A-Z]", "").str.replace_all("J", "Y", literal=True)
