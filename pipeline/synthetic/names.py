"""Names of generated people, composed from the licensed lists by the naming customs of each ethnic group.

Belongs here: which tokens make a name. Does not: misspelling names (`pipeline.synthetic.defects.name`).
A name is up to four tokens, each a position in VOCABULARY; -1 stands for no token.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline import reference
from pipeline.synthetic.draws import Bools, Floats, Ints, pick_weighted
from pipeline.synthetic.territory import ETHNIC_GROUPS

TOKENS = 4
# 16 bits are enough for some 3,000 tokens, and take a quarter of the memory of 64.
Tokens = npt.NDArray[np.int16]

# How many tokens a name has (1, 2, 3), by ethnic group; mononyms are common on Java.
_LENGTHS = {
    "JAWA": (0.26, 0.52, 0.22),
    "SUNDA": (0.26, 0.60, 0.14),
    "ARAB": (0.14, 0.66, 0.20),
    "MELAYU": (0.14, 0.68, 0.18),
    "BATAK": (0, 0.70, 0.30),
    "TIMUR": (0, 0.66, 0.34),
    "TIONGHOA": (0, 0.70, 0.30),
    "BALI": (0, 0.80, 0.20),
}
_FREQUENT = ("SITI", "NUR", "MUHAMMAD", "SRI", "ABDUL", "DEWI", "AGUS")
_PREFIXES = {
    False: (("MUHAMMAD", 0.16), ("ABDUL", 0.07), ("AHMAD", 0.07), ("MOCH", 0.01)),
    True: (("SITI", 0.16), ("NUR", 0.07), ("UMI", 0.02)),
}
# Balinese birth order, first to fourth child; the fifth begins again.
_BIRTH_ORDER = (("WAYAN", "PUTU", "GEDE"), ("MADE", "KADEK", "NENGAH"), ("NYOMAN", "KOMANG"), ("KETUT",))
_WITH_FAMILY_NAME = ("BATAK", "TIMUR", "TIONGHOA")
_YOUNG_MODERN = 0.40
_WITH_ARTICLE, _WITH_LAST_NAME = 0.88, 0.12


@cache
def _vocabulary() -> pl.Series:
    """Every token, sorted; names consist of positions in it."""
    extra = ["I", "NI", *(name for names in _PREFIXES.values() for name, _ in names), *sum(_BIRTH_ORDER, ())]
    return pl.concat([reference.person_names()["nama"], pl.Series("nama", extra)]).unique().sort()


def tokens_to_text(tokens: Tokens) -> pl.Series:
    """Names as text: the tokens of each row (shape n × TOKENS) joined by blanks."""
    words = _vocabulary()
    columns = [
        words.gather(pl.Series(np.where(tokens[:, i] >= 0, tokens[:, i], 0))).set(pl.Series(tokens[:, i] < 0), None)
        for i in range(tokens.shape[1])
    ]
    frame = pl.DataFrame([column.alias(str(i)) for i, column in enumerate(columns)])
    return frame.select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()


def draw_family_names(ethnic_group: Ints, kabupaten: Ints, rng: np.random.Generator) -> Tokens:
    """Marga or surname of each family, -1 if its ethnic group has none.

    Args:
        ethnic_group: position in ETHNIC_GROUPS, per family.
        kabupaten: number of the kabupaten, per family; every kabupaten has its own few dozen family names.
        rng: random numbers.
    """
    chosen = np.full(len(ethnic_group), -1, dtype=np.int16)
    for group in _WITH_FAMILY_NAME:
        pool = _token_pool(group, "MARGA", "*")[0]
        members = np.flatnonzero(ethnic_group == ETHNIC_GROUPS.index(group))
        rank = pick_weighted(rng, _zipf_weights(min(40, len(pool))), len(members))
        chosen[members] = pool[(rank * 7 + kabupaten[members] * 13) % len(pool)]
    return chosen


def draw_names(
    ethnic_group: Ints, women: Bools, young: Bools, order: Ints, family_names: Tokens, *, rng: np.random.Generator
) -> Tokens:
    """Names of many persons.

    Args:
        ethnic_group: position in ETHNIC_GROUPS, per person.
        women: true for women.
        young: young enough for a modern name.
        order: birth order among the siblings, 0 for the first.
        family_names: token of the family name, -1 for none.
        rng: random numbers.

    Returns:
        Tokens, shape n × TOKENS.
    """
    tokens = np.full((len(ethnic_group), TOKENS), -1, dtype=np.int16)
    for number, group in enumerate(ETHNIC_GROUPS):
        for woman in (False, True):
            members = np.flatnonzero((ethnic_group == number) & (women == woman))
            draw = _draw_balinese if group == "BALI" else _draw_plain
            tokens[members] = draw(group, woman, young[members], order[members], family_names[members], rng)
    return tokens


def _draw_plain(
    group: str, woman: bool, young: Bools, _order: Ints, family_names: Tokens, rng: np.random.Generator
) -> Tokens:
    count = len(young)
    sex = "P" if woman else "L"
    given, following = _token_pool(group, "DEPAN", sex), _token_pool(group, "BELAKANG", sex)
    modern_given, modern_following = _token_pool("UMUM", "DEPAN", sex), _token_pool("UMUM", "BELAKANG", sex)
    modern = young & (rng.random(count) < _YOUNG_MODERN) & (group not in _WITH_FAMILY_NAME)
    length = pick_weighted(rng, _LENGTHS[group], count) + 1
    first = np.where(modern, _draw_tokens(modern_given, count, rng), _draw_tokens(given, count, rng))
    second = np.where(modern, _draw_tokens(modern_following, count, rng), _draw_tokens(following, count, rng))
    third = np.where(
        rng.integers(0, 2, count) == 0, _draw_tokens(modern_following, count, rng), _draw_tokens(following, count, rng)
    )
    long = length == TOKENS - 1
    tokens = np.stack([first, np.where(length > 1, second, -1), np.where(long, third, -1), family_names], axis=1)
    if group in _WITH_FAMILY_NAME:
        tokens[:, 1] = np.where(long, _draw_tokens(given, count, rng), -1)
        tokens[:, 2] = -1
    if group in ("ARAB", "SUNDA", "MELAYU", "JAWA"):
        tokens = _with_prefix(tokens, woman, 1.0 if group == "ARAB" else 0.35, rng)
    repeated = tokens[:, 1] == tokens[:, 0]
    tokens[repeated, 1] = -1
    tokens[(tokens[:, 2] == tokens[:, 0]) | (tokens[:, 2] == tokens[:, 1]), 2] = -1
    return tokens


def _with_prefix(tokens: Tokens, woman: bool, strength: float, rng: np.random.Generator) -> Tokens:
    """Put MUHAMMAD, ABDUL, SITI and the like before some names, which keep at most two further tokens."""
    words, shares = zip(*_PREFIXES[woman], strict=True)
    kind = pick_weighted(rng, [1 - strength * sum(shares), *(strength * share for share in shares)], len(tokens)) - 1
    prefixed = kind >= 0
    positions = _token_numbers(words)
    result = tokens.copy()
    result[prefixed, 1:3] = tokens[prefixed, 0:2]
    result[prefixed, 0] = positions[kind[prefixed]]
    return result


def _draw_balinese(
    group: str, woman: bool, _young: Bools, order: Ints, _family_names: Tokens, rng: np.random.Generator
) -> Tokens:
    count = len(order)
    own = _token_pool(group, "BELAKANG", "P" if woman else "L")
    births = [_token_numbers(variants) for variants in _BIRTH_ORDER]
    variant = rng.integers(0, 6, count)
    birth = np.select([order % 4 == i for i in range(4)], [names[variant % len(names)] for names in births])
    article = np.where(rng.random(count) < _WITH_ARTICLE, _token_numbers(("NI" if woman else "I",))[0], -1)
    last = np.where(rng.random(count) < _WITH_LAST_NAME, _draw_tokens(own, count, rng), -1)
    middle = _draw_tokens(own, count, rng)
    return np.stack([article, birth, middle, np.where(last == middle, -1, last)], axis=1)


def _draw_tokens(pool: tuple[Tokens, Floats], count: int, rng: np.random.Generator) -> Tokens:
    return pool[0][pick_weighted(rng, pool[1], count)]


@cache
def _token_pool(group: str, position: str, sex: str) -> tuple[Tokens, Floats]:
    """Tokens of one kind with Zipf weights; the most frequent names come first, the others are shuffled."""
    candidates = (
        reference.person_names()
        .filter(pl.col("suku") == group, pl.col("posisi") == position, pl.col("jenis_kelamin").is_in([sex, "*"]))[
            "nama"
        ]
        .unique()
        .sort()
    )
    if candidates.is_empty():
        return _token_pool("UMUM", position, sex)
    # The rank of a name does not depend on the user's seed: it is the same in every generated country.
    rank = np.random.Generator(np.random.PCG64(len(candidates))).permutation(len(candidates))
    leading = np.array([name in _FREQUENT for name in candidates])
    ordered = candidates.gather(np.lexsort((rank, ~leading)))
    return _token_numbers(tuple(ordered)), _zipf_weights(len(ordered))


def _token_numbers(words: tuple[str, ...]) -> Tokens:
    return _vocabulary().search_sorted(pl.Series(words)).to_numpy().astype(np.int16)


def _zipf_weights(count: int) -> Floats:
    return np.asarray((np.arange(count) + 4.0) ** -0.8, dtype=np.float64)
