"""Knowledge about single words of names: which are names, titles or clans, and which are nicknames of others.

Used by both comparisons of names: `pipeline.matching.names.likeness` (can two names belong to one person?) and
`pipeline.matching.names.agreement` (how do they agree, for the weights). Does not belong here: names of several words.
"""

from __future__ import annotations

from functools import cache

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from pipeline import reference
from pipeline.normalise.values.names import comparable_name, regional_words

_SHORTEST_NICKNAME = 3
_SHORTEST_MIDDLE = 4
_LEAST_BEARERS = 3
_NAMES_SAMPLED = 50_000
# Nicknames that are not a part of the name; in the comparable spelling.
_NICKNAMES = {
    "ASEF": "ACEF CECEF", "MUHAMAD": "MAMAT AMAT MAT AMAD MAMAD MAD", "AHMAD": "AMAT MAMAT AMAD MAMAD MAT MAD",
    "ABDUL": "DUL", "AGUS": "GUS", "BUDI": "UDI", "SITI": "ITI", "IUSUF": "USUF UCUF", "IUHANES": "HANES ANIS",
    "HASAN": "ACAN", "HUSAIN": "UCEN", "SAFRUDIN": "UDIN", "JAINAB": "ENAB", "MARIAM": "IIAM", "KAMARIA": "KUKUM",
}  # fmt: skip


def known_words(words: pl.Series) -> pl.DataFrame:
    """Distinct words (Categorical) → code, word, is_known, is_woman (only women's), is_own (no title, no clan)."""
    spelling = pl.DataFrame({"code": words.to_physical(), "word": words.cast(pl.String)})
    flags = (pl.col(flag).fill_null(value=False) for flag in ("is_known", "is_woman", "is_clan"))
    flagged = spelling.join(_lexicon(), on="word", how="left").with_columns(*flags)
    return flagged.with_columns(is_own=~pl.col("is_clan") & ~pl.col("word").is_in(regional_words()))


@cache
def _lexicon() -> pl.DataFrame:
    """Every known word of names: word, is_woman (only women have it), is_clan (only clans have it)."""
    names = reference.person_names().with_columns(word=comparable_name(pl.col("nama")).str.split(" ")).explode("word")
    eastern = pl.col("suku").is_in(["BATAK", "TIMUR"])
    return names.group_by("word").agg(
        is_known=pl.lit(value=True),
        is_woman=(pl.col("jenis_kelamin") == "P").all(),
        is_clan=((pl.col("posisi") == "MARGA") & eastern).all(),
    )


def is_initial(short: pl.Expr, long: pl.Expr) -> pl.Expr:
    """Whether the shorter word is the initial of the longer one."""
    return (short.str.len_bytes() == 1) & long.str.starts_with(short)


def is_nickname(short: pl.Expr, long: pl.Expr) -> pl.Expr:
    """Whether the shorter word may be a nickname of the longer one; one letter less is a slip instead."""
    letters = short.str.len_bytes()
    middle = (letters >= _SHORTEST_MIDDLE) & long.str.contains(short, literal=True)
    is_part = long.str.starts_with(short) | long.str.ends_with(short) | middle | _doubles_last_syllable(short, long)
    missing = long.str.len_bytes().cast(pl.Int32) - letters.cast(pl.Int32)
    known = pl.concat_str(long, pl.lit(" "), short).is_in(_nicknames())
    return ((letters >= _SHORTEST_NICKNAME) & (missing > 1) & is_part) | known


def _doubles_last_syllable(short: pl.Expr, long: pl.Expr) -> pl.Expr:
    """WAWAN of HERMAWAN, YAYAN of SOPIYAN."""
    twice = (short.str.len_bytes() > 4) & (short.str.head(2) == short.str.slice(2, 2))  # noqa: PLR2004 - two syllables
    return twice & long.str.ends_with(short.str.slice(2))


@cache
def _nicknames() -> list[str]:
    both = {f"{name} {short}" for name, forms in _NICKNAMES.items() for short in forms.split()}
    return sorted(both | {f"{short} {name}" for name, short in (pair.split() for pair in both)})


def common_words(names: pl.Series) -> pl.Series:
    """Words that occur in the names of several people, so that they are no slips.

    Args:
        names: tidied names, one per person, in a reproducible order; of many names a sample is used.
    """
    sample = names.gather_every(max(names.len() // _NAMES_SAMPLED, 1))
    words = sample.rename("word").str.split(" ").explode().drop_nulls()
    return words.value_counts().filter(pl.col("count") >= _LEAST_BEARERS)["word"]


def compare_differing_words(left: pl.Series, right: pl.Series, common: pl.Series) -> pl.DataFrame:
    """Whether the words in which the names of each pair differ are names in use, such as DINA and DINI.

    A slip hardly ever produces another name. Words count as spelled, because folding turns slips into names.

    Args:
        left: tidied names (`pipeline.normalise.values.names.tidy_name`).
        right: tidied names, as many.
        common: words that are names in these data (`common_words`), besides the known ones.

    Returns:
        `all_are_names`: all differing words are names; `some_are_names`: at least one in each name is; `likeness`:
        similarity of the differing words, 0 to 1.
    """
    words = pl.DataFrame({"left": left, "right": right}).select(pl.all().str.split(" "))
    differing = words.select(
        left=pl.col("left").list.set_difference("right"), right=pl.col("right").list.set_difference("left")
    )
    known = pl.concat([reference.person_names()["nama"].str.split(" ").explode(), common]).unique().implode()
    names = differing.select(pl.all().list.eval(pl.element().is_in(known)))
    some_are_names = pl.all_horizontal(pl.all().list.any()).fill_null(value=False)
    all_are_names = pl.all_horizontal(pl.all().list.all()).fill_null(value=False)
    letters = differing.select(pl.all().list.join("").fill_null(""))
    likeness = cpdist(*(letters[side].to_list() for side in ("left", "right")), scorer=OSA.normalized_similarity)
    return names.select(all_are_names=some_are_names & all_are_names, some_are_names=some_are_names).with_columns(
        likeness=pl.Series(likeness, dtype=pl.Float64)
    )
