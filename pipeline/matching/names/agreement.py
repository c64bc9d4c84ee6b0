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
from pipeline.matching.records.lookup import factorize
from pipeline.matching.records.records import SEED, hash_numbers
from pipeline.parallel import map_on_all_cores

MISSING, EQUAL, SAME_WORDS, ALIKE, SHORTER, SHORT_FORM, PARTLY, DIFFERENT = range(8)

_WORDS = 5
_FEW_WORDS = 3
_LEAST_SIMILARITY = 0.88
_LEAST_WHOLE_SIMILARITY = 0.94
_SHORTEST_NICKNAME = 3
_SHORTEST_WITH_SLIP = 4
_PAIRS_PER_BATCH = 60_000
# Agreement of two words, in rising order.
_NONE, _STANDS_FOR, _SLIP, _SAME = range(4)


@dataclass(frozen=True)
class Names:
    """Distinct names split into words.

    Attributes:
        words_hash: hash of the name's words, independent of their order.
        squeezed_hash: hash of the name without blanks.
        words: codes of at most five words, -1 for none; 5 × names.
        count: number of words per name (at most five), 0 for a missing name.
        texts: the distinct words.
        squeezed: each name without blanks.
        start_hash: hash of the first two letters of each name.
        length: letters per word; one more entry for the word -1.
        marks: per word, hashes of its first letter, of letters two to four, and of the last three; or one for all.
        mark_bits: per name and kind of mark, a set of the marks of its words as 64 bits.
    """

    words_hash: Hashes
    squeezed_hash: Hashes
    words: Codes
    count: Codes
    texts: pl.Series
    squeezed: pl.Series
    start_hash: Hashes
    length: Codes
    marks: tuple[Hashes, ...]
    mark_bits: tuple[Hashes, ...]

    def may_share_a_word(self, left: Codes, right: Codes) -> Flags:
        """Whether some words of the two names may agree (`may_agree`); false for most strangers."""
        shared = [bits[left] & bits[right] for bits in self.mark_bits]
        return np.bitwise_or.reduce(shared) != 0

    def may_agree(self, left: Codes, right: Codes) -> Flags:
        """Whether two words share first letter, letters two to four, or the end: every slip or short form keeps one."""
        return np.logical_or.reduce([mark[left] == mark[right] for mark in self.marks])


def split_names(names: pl.Series, *, marked: bool = True) -> Names:
    """Split distinct folded names into words; null or a single letter counts as missing.

    Args:
        names: the names.
        marked: whether only words that share a mark (`may_agree`) are compared. Without, nicknames cut from the middle
            of a name are found too, but every word is compared with every other one, which is slow.
    """
    name = pl.col("name")
    known = pl.when(name.str.len_chars() > 1).then(name).fill_null("")
    split = (
        names.rename("name")
        .to_frame()
        .select(squeezed=known.str.replace_all(" ", "", literal=True), split=known.str.splitn(" ", _WORDS + 1))
    )
    # The last part is the rest after five words.
    *single, rest = split["split"].struct.unnest()
    all_words = pl.concat([column.rename("text") for column in single])
    hashes = _hash_strings(all_words)
    number, first = factorize(hashes, hashes != 0)
    words = np.where(hashes == 0, -1, number).astype(np.int32).reshape(_WORDS, -1)
    texts = all_words.gather(first)
    parts_of_words = (texts.str.head(1), texts.str.slice(1, 3), texts.str.tail(3)) if marked else (texts.str.head(0),)
    marks = tuple(part.hash(SEED).to_numpy() for part in parts_of_words)
    return Names(
        words_hash=hashes.reshape(_WORDS, -1).sum(axis=0) + _hash_strings(rest),
        squeezed_hash=split["squeezed"].hash(SEED).to_numpy(),
        words=words,
        count=(words >= 0).sum(axis=0).astype(np.int32),
        texts=texts,
        squeezed=split["squeezed"],
        start_hash=split["squeezed"].str.head(2).hash(SEED).to_numpy(),
        length=np.append(texts.str.len_chars().to_numpy(), 0).astype(np.int32),
        marks=marks,
        mark_bits=tuple(np.bitwise_or.reduce(_bit_of(mark)[words]) for mark in marks),
    )


def _bit_of(marks: Hashes) -> Hashes:
    """Per mark one of 64 bits; none for the word -1."""
    return np.append(np.uint64(1) << (marks >> np.uint64(58)), np.uint64(0))


def _hash_strings(texts: pl.Series) -> Hashes:
    """Hashes, 0 for null and the empty string."""
    return np.where(texts.fill_null("").eq("").to_numpy(), np.uint64(0), texts.hash(SEED).to_numpy() | np.uint64(1))


def name_levels(names: Names, left: Codes, right: Codes) -> tuple[Levels, int]:
    """The level of each pair of names (positions in `names`), and the number of similarities calculated."""
    levels = np.full(len(left), DIFFERENT, dtype=np.uint8)
    missing = (names.count[left] == 0) | (names.count[right] == 0)
    same_words = (names.words_hash[left] == names.words_hash[right]) | (
        names.squeezed_hash[left] == names.squeezed_hash[right]
    )
    unequal = np.flatnonzero(~missing & ~same_words & (left != right))
    unequal = unequal[names.may_share_a_word(left[unequal], right[unequal])]
    # Most names have few words; the others take several times as long.
    word_count = np.maximum(names.count[left[unequal]], names.count[right[unequal]])
    batches = [
        (words, pairs[start : start + _PAIRS_PER_BATCH])
        for words, pairs in (
            (_FEW_WORDS, unequal[word_count <= _FEW_WORDS]),
            (_WORDS, unequal[word_count > _FEW_WORDS]),
        )
        for start in range(0, len(pairs), _PAIRS_PER_BATCH)
    ]

    def compare(batch: tuple[int, Rows]) -> int:
        words, pairs = batch
        levels[pairs], calls = _levels_by_words(names, words, left[pairs], right[pairs])
        return calls

    calls = sum(map_on_all_cores(compare, batches))
    levels[same_words] = SAME_WORDS
    levels[left == right] = EQUAL
    levels[missing] = MISSING
    return levels, calls


def compare_names(left: pl.Series, right: pl.Series, *, marked: bool = True) -> Levels:
    """The level of each pair of folded names, for names of which few occur twice; `marked` as for `split_names`."""
    one, two = np.arange(2 * left.len(), dtype=np.int32).reshape(2, -1)
    return name_levels(split_names(pl.concat([left, right]), marked=marked), one, two)[0]


def _levels_by_words(names: Names, most: int, left: Codes, right: Codes) -> tuple[Levels, int]:
    one, two = names.words[:most, left], names.words[:most, right]
    best_left, best_right = (np.zeros((most, len(left)), dtype=np.uint8) for _ in range(2))
    for i, j in product(range(most), repeat=2):
        same = (one[i] == two[j]) & (one[i] >= 0)
        best_left[i][same] = best_right[j][same] = _SAME
    word_pairs: list[tuple[int, int, Rows]] = []
    for i, j in product(range(most), repeat=2):
        # Words with an equal partner need no other.
        free = (best_left[i] < _SAME) & (best_right[j] < _SAME) & (one[i] >= 0) & (two[j] >= 0)
        pairs = np.flatnonzero(free)
        word_pairs.append((i, j, pairs[names.may_agree(one[i][pairs], two[j][pairs])]))
    words_left = np.concatenate([one[i][pairs] for i, _, pairs in word_pairs])
    words_right = np.concatenate([two[j][pairs] for _, j, pairs in word_pairs])
    agreement, calls = _agreement_of_words(names.texts, words_left, words_right)
    longer_left, longer_right = (names.count[a] > names.count[b] for a, b in ((left, right), (right, left)))
    start = 0
    for i, j, pairs in word_pairs:
        found = agreement[start : start + len(pairs)]
        start += len(pairs)
        # A short form counts only in the name with fewer words: one who omits a word does not spell out another.
        more = names.length[one[i][pairs]] - names.length[two[j][pairs]]
        backwards = np.where(more > 0, longer_right[pairs], longer_left[pairs])
        found = np.where((found == _STANDS_FOR) & backwards, _NONE, found)
        best_left[i][pairs] = np.maximum(best_left[i][pairs], found)
        best_right[j][pairs] = np.maximum(best_right[j][pairs], found)
    worst_left = np.where(one >= 0, best_left, _SAME).min(axis=0)
    worst_right = np.where(two >= 0, best_right, _SAME).min(axis=0)
    worst = np.where(longer_left, worst_right, worst_left)
    shares_word = ((best_left >= _SLIP) & (names.length[one] >= _SHORTEST_NICKNAME) & (one >= 0)).any(axis=0)
    levels = np.full(len(left), DIFFERENT, dtype=np.uint8)
    levels[shares_word] = PARTLY
    levels[worst >= _STANDS_FOR] = SHORT_FORM
    levels[worst >= _SLIP] = SHORTER
    levels[(worst_left >= _SLIP) & (worst_right >= _SLIP)] = ALIKE
    unsure = np.flatnonzero((levels >= SHORT_FORM) & (names.start_hash[left] == names.start_hash[right]))
    likeness = _similarity(names.squeezed.gather(left[unsure]), names.squeezed.gather(right[unsure]))
    levels[unsure[likeness >= _LEAST_WHOLE_SIMILARITY]] = ALIKE
    return levels, calls + len(unsure)


def _agreement_of_words(texts: pl.Series, left: Codes, right: Codes) -> tuple[Levels, int]:
    """Agreement of unequal words, and the number of similarities calculated: one per distinct pair of words."""
    if not len(left):
        return np.zeros(0, dtype=np.uint8), 0
    low, high = np.minimum(left, right).astype(np.uint64), np.maximum(left, right).astype(np.uint64)
    pairs = low << np.uint64(32) | high
    pair_of, first = factorize(hash_numbers(pairs))
    distinct_pairs = pairs[first]
    words = pl.DataFrame(
        {
            "a": texts.gather((distinct_pairs >> np.uint64(32)).astype(np.int64)),
            "b": texts.gather((distinct_pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)),
        }
    )
    in_order = pl.when(pl.col("a").str.len_chars() <= pl.col("b").str.len_chars())
    words = words.select("a", "b", short=in_order.then("a").otherwise("b"), full=in_order.then("b").otherwise("a"))
    size = pl.col("short").str.len_chars()
    short, full = pl.col("short"), pl.col("full")
    stands_for = words.select(is_initial(short, full) | is_nickname(short, full)).to_series()
    compared = np.flatnonzero(words.select(size >= _SHORTEST_NICKNAME).to_series().to_numpy())
    agreement = np.where(stands_for.to_numpy(), _STANDS_FOR, _NONE).astype(np.uint8)
    similar = _similarity(words["a"].gather(compared), words["b"].gather(compared)) >= _LEAST_SIMILARITY
    tested = np.flatnonzero(
        ~similar & words["short"].gather(compared).str.len_chars().ge(_SHORTEST_WITH_SLIP).to_numpy()
    )
    similar[tested] = _edit_distance(words["a"].gather(compared[tested]), words["b"].gather(compared[tested])) <= 1
    agreement[compared[similar]] = _SLIP
    return agreement[pair_of], len(compared)


def _similarity(left: pl.Series, right: pl.Series) -> npt.NDArray[np.float32]:
    if not left.len():
        return np.zeros(0, dtype=np.float32)
    scores = process.cpdist(
        left.to_list(), right.to_list(), scorer=JaroWinkler.normalized_similarity, dtype=np.float32, workers=-1
    )
    return np.asarray(scores, dtype=np.float32)


def _edit_distance(left: pl.Series, right: pl.Series) -> Levels:
    """Number of wrong, missing, added or swapped letters (2 for more than one)."""
    if not left.len():
        return np.zeros(0, dtype=np.uint8)
    distances = process.cpdist(
        left.to_list(), right.to_list(), scorer=OSA.distance, score_cutoff=1, dtype=np.uint8, workers=-1
    )
    return np.asarray(distances, dtype=np.uint8)
