"""Compares names word by word, in any order, allowing slips, initials, short forms and joined words.

Belongs here: splitting names into words, and the level of a pair of names. Does not: folding of spellings
(`pipeline.normalise.values.names`) or what a level weighs (`pipeline.matching.model.linkage`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from pipeline.matching.names.words import is_initial, is_nickname
from pipeline.matching.records.arrays import Codes, Flags, Hashes, Levels, Rows
from pipeline.matching.records.as_numbers import SEED, hash_numbers
from pipeline.matching.records.lookup import factorize
from pipeline.side_by_side import on_all_cores

MISSING, EQUAL, SAME_WORDS, ALIKE, SHORTER, SHORT_FORM, PARTLY, DIFFERENT = range(8)

_WORDS = 5
_FEW_WORDS = 3
_ALIKE = 0.88
_ALIKE_WHOLE = 0.94
_SHORTEST_NICKNAME = 3
_SHORTEST_WITH_SLIP = 4
_CHUNK = 60_000
# Agreement of two words, in rising order.
_NO, _STANDS_FOR, _SLIP, _SAME = range(4)


@dataclass(frozen=True)
class Names:
    """Distinct names split into words.

    Attributes:
        whole: hash of the name's words, independent of their order.
        joined: hash of the name without blanks.
        words: codes of at most five words, -1 for none; 5 × names.
        count: number of words per name (at most five), 0 for a missing name.
        texts: the distinct words.
        squeezed: each name without blanks.
        start: hash of the first two letters of each name.
        length: letters per word; one more entry for the word -1.
        marks: per word, hashes of its first letter, of letters two to four, and of the last three; or one for all.
        bits: per name and kind of mark, a set of the marks of its words as 64 bits.
    """

    whole: Hashes
    joined: Hashes
    words: Codes
    count: Codes
    texts: pl.Series
    squeezed: pl.Series
    start: Hashes
    length: Codes
    marks: tuple[Hashes, ...]
    bits: tuple[Hashes, ...]

    def may_share_a_word(self, one: Codes, two: Codes) -> Flags:
        """Whether some words of the two names may agree (`may_agree`); false for most strangers."""
        shared = [bits[one] & bits[two] for bits in self.bits]
        return np.bitwise_or.reduce(shared) != 0

    def may_agree(self, one: Codes, two: Codes) -> Flags:
        """Whether two words share first letter, letters two to four, or the end: every slip or short form keeps one."""
        return np.logical_or.reduce([mark[one] == mark[two] for mark in self.marks])


def take_apart(names: pl.Series, *, marked: bool = True) -> Names:
    """Split distinct folded names into words; null or a single letter counts as missing.

    Args:
        names: the names.
        marked: whether only words that share a mark (`may_agree`) are compared. Without, nicknames cut from the middle
            of a name are found too, but every word is compared with every other one, which is slow.
    """
    name = pl.col("name")
    known = pl.when(name.str.len_chars() > 1).then(name).fill_null("")
    parts = (
        names.rename("name")
        .to_frame()
        .select(squeezed=known.str.replace_all(" ", "", literal=True), split=known.str.splitn(" ", _WORDS + 1))
    )
    # The last part is the rest after five words.
    *single, rest = parts["split"].struct.unnest()
    every = pl.concat([column.rename("text") for column in single])
    hashes = _hashed(every)
    number, first = factorize(hashes, hashes != 0)
    words = np.where(hashes == 0, -1, number).astype(np.int32).reshape(_WORDS, -1)
    texts = every.gather(first)
    parts_of_words = (texts.str.head(1), texts.str.slice(1, 3), texts.str.tail(3)) if marked else (texts.str.head(0),)
    marks = tuple(part.hash(SEED).to_numpy() for part in parts_of_words)
    return Names(
        whole=hashes.reshape(_WORDS, -1).sum(axis=0) + _hashed(rest),
        joined=parts["squeezed"].hash(SEED).to_numpy(),
        words=words,
        count=(words >= 0).sum(axis=0).astype(np.int32),
        texts=texts,
        squeezed=parts["squeezed"],
        start=parts["squeezed"].str.head(2).hash(SEED).to_numpy(),
        length=np.append(texts.str.len_chars().to_numpy(), 0).astype(np.int32),
        marks=marks,
        bits=tuple(np.bitwise_or.reduce(_bit_of(mark)[words]) for mark in marks),
    )


def _bit_of(marks: Hashes) -> Hashes:
    """Per mark one of 64 bits; none for the word -1."""
    return np.append(np.uint64(1) << (marks >> np.uint64(58)), np.uint64(0))


def _hashed(texts: pl.Series) -> Hashes:
    """Hashes, 0 for null and the empty string."""
    return np.where(texts.fill_null("").eq("").to_numpy(), np.uint64(0), texts.hash(SEED).to_numpy() | np.uint64(1))


def name_levels(names: Names, left: Codes, right: Codes) -> tuple[Levels, int]:
    """The level of each pair of names (positions in `names`), and the number of similarities calculated."""
    levels = np.full(len(left), DIFFERENT, dtype=np.uint8)
    missing = (names.count[left] == 0) | (names.count[right] == 0)
    same_words = (names.whole[left] == names.whole[right]) | (names.joined[left] == names.joined[right])
    rest = np.flatnonzero(~missing & ~same_words & (left != right))
    rest = rest[names.may_share_a_word(left[rest], right[rest])]
    # Most names have few words; the others take several times as long.
    size = np.maximum(names.count[left[rest]], names.count[right[rest]])
    parts = [
        (words, some[start : start + _CHUNK])
        for words, some in ((_FEW_WORDS, rest[size <= _FEW_WORDS]), (_WORDS, rest[size > _FEW_WORDS]))
        for start in range(0, len(some), _CHUNK)
    ]

    def compare(part: tuple[int, Rows]) -> int:
        words, some = part
        levels[some], calls = _by_words(names, words, left[some], right[some])
        return calls

    calls = sum(on_all_cores(compare, parts))
    levels[same_words] = SAME_WORDS
    levels[left == right] = EQUAL
    levels[missing] = MISSING
    return levels, calls


def _by_words(names: Names, most: int, left: Codes, right: Codes) -> tuple[Levels, int]:
    one, two = names.words[:most, left], names.words[:most, right]
    best_left, best_right = (np.zeros((most, len(left)), dtype=np.uint8) for _ in range(2))
    for i, j in product(range(most), repeat=2):
        same = (one[i] == two[j]) & (one[i] >= 0)
        best_left[i][same] = best_right[j][same] = _SAME
    opened: list[tuple[int, int, Rows]] = []
    for i, j in product(range(most), repeat=2):
        # Words with an equal partner need no other.
        free = (best_left[i] < _SAME) & (best_right[j] < _SAME) & (one[i] >= 0) & (two[j] >= 0)
        pairs = np.flatnonzero(free)
        opened.append((i, j, pairs[names.may_agree(one[i][pairs], two[j][pairs])]))
    words_left = np.concatenate([one[i][pairs] for i, _, pairs in opened])
    words_right = np.concatenate([two[j][pairs] for _, j, pairs in opened])
    agreement, calls = _word_agreement(names.texts, words_left, words_right)
    longer_left, longer_right = (names.count[a] > names.count[b] for a, b in ((left, right), (right, left)))
    start = 0
    for i, j, pairs in opened:
        found = agreement[start : start + len(pairs)]
        start += len(pairs)
        # A short form counts only in the name with fewer words: one who omits a word does not spell out another.
        more = names.length[one[i][pairs]] - names.length[two[j][pairs]]
        backwards = np.where(more > 0, longer_right[pairs], longer_left[pairs])
        found = np.where((found == _STANDS_FOR) & backwards, _NO, found)
        best_left[i][pairs] = np.maximum(best_left[i][pairs], found)
        best_right[j][pairs] = np.maximum(best_right[j][pairs], found)
    worst_left = np.where(one >= 0, best_left, _SAME).min(axis=0)
    worst_right = np.where(two >= 0, best_right, _SAME).min(axis=0)
    worst = np.where(longer_left, worst_right, worst_left)
    telling = ((best_left >= _SLIP) & (names.length[one] >= _SHORTEST_NICKNAME) & (one >= 0)).any(axis=0)
    levels = np.full(len(left), DIFFERENT, dtype=np.uint8)
    levels[telling] = PARTLY
    levels[(worst >= _STANDS_FOR)] = SHORT_FORM
    levels[(worst >= _SLIP)] = SHORTER
    levels[(worst_left >= _SLIP) & (worst_right >= _SLIP)] = ALIKE
    unsure = np.flatnonzero((levels >= SHORT_FORM) & (names.start[left] == names.start[right]))
    likeness = _likeness(names.squeezed.gather(left[unsure]), names.squeezed.gather(right[unsure]))
    levels[unsure[likeness >= _ALIKE_WHOLE]] = ALIKE
    return levels, calls + len(unsure)


def _word_agreement(texts: pl.Series, one: Codes, two: Codes) -> tuple[Levels, int]:
    """Agreement of unequal words, and the number of similarities calculated: one per distinct pair of words."""
    if not len(one):
        return np.zeros(0, dtype=np.uint8), 0
    low, high = np.minimum(one, two).astype(np.uint64), np.maximum(one, two).astype(np.uint64)
    pairs = low << np.uint64(32) | high
    place, first = factorize(hash_numbers(pairs))
    code = pairs[first]
    words = pl.DataFrame(
        {
            "a": texts.gather((code >> np.uint64(32)).astype(np.int64)),
            "b": texts.gather((code & np.uint64(0xFFFFFFFF)).astype(np.int64)),
        }
    )
    in_order = pl.when(pl.col("a").str.len_chars() <= pl.col("b").str.len_chars())
    words = words.select("a", "b", short=in_order.then("a").otherwise("b"), full=in_order.then("b").otherwise("a"))
    size = pl.col("short").str.len_chars()
    short, full = pl.col("short"), pl.col("full")
    stands_for = words.select(is_initial(short, full) | is_nickname(short, full)).to_series()
    compared = np.flatnonzero(words.select(size >= _SHORTEST_NICKNAME).to_series().to_numpy())
    agreement = np.where(stands_for.to_numpy(), _STANDS_FOR, _NO).astype(np.uint8)
    alike = _likeness(words["a"].gather(compared), words["b"].gather(compared)) >= _ALIKE
    one_slip = np.flatnonzero(
        ~alike & words["short"].gather(compared).str.len_chars().ge(_SHORTEST_WITH_SLIP).to_numpy()
    )
    alike[one_slip] = _slips(words["a"].gather(compared[one_slip]), words["b"].gather(compared[one_slip])) <= 1
    agreement[compared[alike]] = _SLIP
    return agreement[place], len(compared)


def _likeness(left: pl.Series, right: pl.Series) -> npt.NDArray[np.float32]:
    if not left.len():
        return np.zeros(0, dtype=np.float32)
    scores = process.cpdist(
        left.to_list(), right.to_list(), scorer=JaroWinkler.normalized_similarity, dtype=np.float32, workers=-1
    )
    return np.asarray(scores, dtype=np.float32)


def _slips(left: pl.Series, right: pl.Series) -> Levels:
    """Number of wrong, missing, added or swapped letters (2 for more than one)."""
    if not left.len():
        return np.zeros(0, dtype=np.uint8)
    found = process.cpdist(
        left.to_list(), right.to_list(), scorer=OSA.distance, score_cutoff=1, dtype=np.uint8, workers=-1
    )
    return np.asarray(found, dtype=np.uint8)
