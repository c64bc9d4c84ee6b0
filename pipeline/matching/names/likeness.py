"""Whether two written names can belong to one person: STRONG, WEAK or DIFFERENT, vectorised over pairs of tidied names.

Belongs here: the judgement from words and letters alone. Does not: how names are spelled
(`pipeline.normalise.values.names`), what a level weighs, or anything besides the two names (sex, village, family).

Each distinct name is split once and each distinct pair of words compared once, so the cost depends on the variety of
names. Every word of the shorter name must have a similar one in the longer name; if words are left over on both sides,
the names are different, however much they share.
"""

from __future__ import annotations

from string import ascii_uppercase

import polars as pl
from rapidfuzz.distance import OSA, Postfix, Prefix
from rapidfuzz.process import cpdist

from pipeline.matching.names.words import is_initial, is_nickname, known_words
from pipeline.normalise.values.names import (
    comparable_name,
    is_placeholder_name,
    is_wife_of,
    name_with_father,
    second_name,
)

_NAME_LEVELS = pl.Enum(["DIFFERENT", "WEAK", "STRONG"])
_DIFFERENT, _WEAK, _STRONG = (pl.lit(level, pl.UInt8) for level in range(3))

# Likeness of two unequal words, in rising order; a hint (an initial, a slip in a short word) is not enough by itself.
_NOTHING, _HINT, _SUSPECTED, _SHORT_FORM, _SLIP, _SAME = range(6)

_SHORTEST_SLIP = 4
_SHORTEST_SURE_SLIP = 6
_LONG_WORD = 7
_TWO_SLIPS_FROM = 8
_MOST_SLIPS = 2
_BOTH_KNOWN = 2
_VOWELS = "^[AEIU]$"
# Consonants that are close on the keyboard or in sound.
_NEAR = ("MN", "DT", "BF", "GK", "LR", "JS", "NB", "HG", "HJ", "LK", "SD", "RT", "FD", "GF", "CS", "FC", "WS")
# Final consonants that sound alike; P is F in the comparable spelling.
_SAME_FINAL_SOUND = ["DT", "TD", "BF", "FB", "GK", "KG"]
# "Mother (father) of": the name that follows is the child's.
_PARENT = "^(?:INAK|AMAK|FAFUK|BAFUK) "
_ARTICLES = dict.fromkeys((" AL ", " EL "), " ")
# Only names with one of these have a second form.
_HAS_SECOND_FORM = r"[/@(\[{.]|(?-u:\b)(?:ALIAS|ALS|AKA|BIN[A-Z]*|BTE?)(?-u:\b)|^M "
_DOUBLED = {letter * 2: letter for letter in ascii_uppercase}


def name_level(left: pl.Series, right: pl.Series) -> pl.Series:
    """How far the names of each pair agree.

    STRONG: very likely two spellings of one name. WEAK: possibly (short form, initial, missing word, perhaps the
    husband's name). DIFFERENT: no agreement, however similar the letters.

    Args:
        left: tidied names (`pipeline.normalise.values.names.tidy_name`).
        right: tidied names, as many.

    Returns:
        `nama_tingkat`, DIFFERENT, WEAK or STRONG; null where a name is missing or a placeholder.
    """
    pairs = pl.DataFrame({"left": left, "right": right}).with_row_index("pair")
    names = pl.concat([pairs["left"], pairs["right"]]).drop_nulls().unique().alias("name").to_frame()
    forms, words = _forms_and_words(names)
    pairs_of_forms = pairs
    for side in ("left", "right"):
        forms_of_side = forms.rename({column: f"{column}_{side}" for column in forms.columns})
        pairs_of_forms = pairs_of_forms.join(forms_of_side, left_on=side, right_on=f"name_{side}")
    # Two people of one name may have different fathers: if both names state the father, he is part of the name.
    both_have_fathers = pl.col("has_father_left") & pl.col("has_father_right")
    pairs_of_forms = pairs_of_forms.filter(
        ~both_have_fathers | (pl.col("names_father_left") & pl.col("names_father_right"))
    )
    levels = _levels(pairs_of_forms.drop("left", "right").with_row_index("row"), words)
    best = levels.group_by("pair").agg(pl.col("level").max())
    level = pairs.join(best, on="pair", how="left", maintain_order="left")["level"]
    return level.cat.to(_NAME_LEVELS).alias("nama_tingkat")


def _forms_and_words(names: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Distinct names (name) → their forms (name, words, joined, limits of their level) and words (code, word, …)."""
    name = pl.col("name")
    real = names.filter(~is_placeholder_name(name))
    marked = real.filter(name.str.contains(_HAS_SECOND_FORM)).with_columns(
        father=name_with_father(name),
        other=second_name(name),
        # M. mostly stands for Muhammad, but may be any initial.
        rest=name.str.extract(r"^M[. ]+(.+)$"),
    )
    forms = pl.concat(
        [
            _forms(real, "name"),
            _forms(marked, "father", names_father=True),
            _forms(marked, "other"),
            _forms(marked, "rest", at_most=_WEAK),
        ]
    )
    words = pl.col("form").str.replace_many(_ARTICLES).str.split(" ").cast(pl.List(pl.Categorical))
    forms = forms.with_columns(words=words)
    known = known_words(forms["words"].explode().unique())
    women = known.filter("is_woman")["code"]
    return (
        forms.select(
            "name",
            "at_most",
            "names_father",
            words=pl.col("words").list.eval(pl.element().to_physical()),
            has_father=name.is_in(marked.filter(pl.col("father").is_not_null())["name"].implode()),
            # In a joined name, a final H of the first word is no longer silent, so every H is dropped.
            joined=pl.col("form").str.replace_all("[ H]", "").str.replace_many(_DOUBLED),
            is_parent=pl.col("form").str.contains(_PARENT),
            is_wife=is_wife_of(name),
        ).with_columns(
            # NY. SITI AMINAH is her own name, NY. BUDI SANTOSO her husband's.
            as_husband=pl.when("is_wife").then("words").list.set_intersection(women.implode()).list.len().eq(0)
        ),
        known,
    )


def _forms(
    names: pl.DataFrame, written: str, *, at_most: pl.Expr = _STRONG, names_father: bool = False
) -> pl.DataFrame:
    present = names.filter(pl.col(written).is_not_null())
    return present.select("name", form=comparable_name(pl.col(written)), at_most=at_most, names_father=names_father)


def _levels(forms: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """Level of every pair of forms (row, pair, words_left, …) → pair, level (0–2)."""
    left, right = pl.col("words_left"), pl.col("words_right")
    split = forms.with_columns(
        shared=left.list.set_intersection(right),
        rest_left=left.list.set_difference(right),
        rest_right=right.list.set_difference(left),
    ).with_columns(
        one_spelling=(pl.col("joined_left") == pl.col("joined_right")) & (left.list.len() != right.list.len()),
        lacking_left=pl.col("rest_left").list.len(),
        lacking_right=pl.col("rest_right").list.len(),
    )
    unlike = ~pl.col("one_spelling") & (pl.col("lacking_left") > 0) & (pl.col("lacking_right") > 0)
    matched = _match_words(split.filter(unlike).select("row", "rest_left", "rest_right"), words)
    compared = split.join(matched, on="row", how="left").with_columns(
        pl.col("found", "own_found", "slips").fill_null(0), pl.col("least").fill_null(_SAME)
    )
    alone_left = pl.col("lacking_left") - pl.col("found")
    alone_right = pl.col("lacking_right") - pl.col("found")
    complete = (alone_left == 0) & (alone_right == 0)
    own_words = words.filter("is_own")["code"].implode()
    distinctive = (pl.col("own_found") > 0) | pl.col("shared").list.eval(pl.element().is_in(own_words)).list.any()
    as_husband = pl.col("as_husband_left").fill_null(value=False) != pl.col("as_husband_right").fill_null(value=False)
    level = (
        pl.when(pl.col("one_spelling"))
        .then(_STRONG)
        .when(((alone_left > 0) & (alone_right > 0)) | (pl.col("is_parent_left") != pl.col("is_parent_right")))
        .then(_DIFFERENT)
        .when(complete & (pl.col("least") >= _SLIP) & (pl.col("slips") <= 1))
        .then(_STRONG)
        .when((complete & ((pl.col("shared").list.len() > 0) | (pl.col("least") > _HINT))) | distinctive)
        .then(_WEAK)
        .otherwise(_DIFFERENT)
    )
    limit = pl.when(as_husband).then(_WEAK).otherwise(_STRONG)
    return compared.select("pair", level=pl.min_horizontal(level, "at_most_left", "at_most_right", limit))


def _match_words(rests: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """Match the words that only one of two names has.

    Args:
        rests: row, rest_left, rest_right (lists of codes).
        words: code, word, is_known.

    Returns:
        row, found (pairs of similar words), own_found (those above initials and suspicions), slips and least (the
        lowest likeness); only rows where something was found.
    """
    size = pl.col("rest_left").list.len().cast(pl.Int8) - pl.col("rest_right").list.len().cast(pl.Int8)
    crossed = rests.with_columns(surplus=size).explode("rest_left").explode("rest_right")
    likeness = _word_likeness(crossed.select("rest_left", "rest_right").unique(), words)
    # A short form counts only in the name with fewer words: one who omits a word does not spell out another.
    backwards = (pl.col("surplus") * pl.col("left_is_longer") < 0) & (pl.col("likeness") <= _SHORT_FORM)
    similar = crossed.join(likeness, on=["rest_left", "rest_right"]).filter(~backwards)
    best = [
        similar.group_by("row", side).agg(pl.col("likeness").max())
        .group_by("row").agg(
            found=pl.len(), own=(pl.col("likeness") > _SUSPECTED).sum(), slips=(pl.col("likeness") == _SLIP).sum(),
            least=pl.col("likeness").min(),
        )
        for side in ("rest_left", "rest_right")
    ]  # fmt: skip
    both = best[0].join(best[1], on="row", suffix="_right")
    return both.select(
        "row",
        found=pl.min_horizontal("found", "found_right"),
        own_found=pl.min_horizontal("own", "own_right"),
        slips=pl.min_horizontal("slips", "slips_right"),
        least=pl.min_horizontal("least", "least_right"),
    )


def _word_likeness(pairs: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """Distinct pairs of unequal words (rest_left, rest_right: codes) → those with some likeness."""
    spelling = words.select("code", "word", "is_known")
    ordered = pairs.join(spelling, left_on="rest_left", right_on="code").join(
        spelling, left_on="rest_right", right_on="code", suffix="_right"
    )
    first, second = pl.col("word"), pl.col("word_right")
    in_order = first.str.len_bytes() <= second.str.len_bytes()
    ordered = ordered.select(
        "rest_left",
        "rest_right",
        short=pl.when(in_order).then(first).otherwise(second),
        long=pl.when(in_order).then(second).otherwise(first),
        known=pl.col("is_known").cast(pl.Int8) + pl.col("is_known_right").cast(pl.Int8),
        left_is_longer=pl.when(in_order).then(-1).otherwise(1),
        long_is_known=pl.when(in_order).then("is_known_right").otherwise("is_known"),
    )
    short, long = pl.col("short"), pl.col("long")
    missing = long.str.len_bytes() - short.str.len_bytes()
    nickname, initial = is_nickname(short, long), is_initial(short, long)
    shortened = ordered.filter(nickname | initial).select(
        "rest_left", "rest_right", "left_is_longer", likeness=pl.when(initial).then(_HINT).otherwise(_SHORT_FORM)
    )
    slipped = _with_distances(ordered.filter(~nickname & ~initial & (missing <= _MOST_SLIPS))).select(
        "rest_left", "rest_right", "left_is_longer", likeness=_slip_likeness()
    )
    return pl.concat([shortened, slipped]).filter(pl.col("likeness") > _NOTHING)


def _with_distances(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs (short, long) with letters in common `before` and `behind` the first difference, and `distance`."""
    long_enough = pairs.filter(pl.col("long").str.len_bytes() >= _SHORTEST_SLIP)
    short, long = long_enough["short"].to_list(), long_enough["long"].to_list()
    return long_enough.with_columns(
        pl.Series("before", cpdist(short, long, scorer=Prefix.similarity), dtype=pl.Int64),
        pl.Series("behind", cpdist(short, long, scorer=Postfix.similarity), dtype=pl.Int64),
        pl.Series("distance", cpdist(short, long, scorer=OSA.distance, score_cutoff=_MOST_SLIPS), dtype=pl.Int64),
        size=pl.col("long").str.len_bytes().cast(pl.Int64),
    )


def _slip_likeness() -> pl.Expr:
    """Likeness of two words (`_with_distances`) that may differ by a slip.

    Two known words are two names, often one letter apart near the end: SUPARNO and SUPARTO, AMIN and AMINAH. For two
    unknown words a slip can only be suspected.
    """
    size, known = pl.col("size"), pl.col("known")
    same_size = pl.col("short").str.len_bytes() == pl.col("long").str.len_bytes()
    transposed = (pl.col("before") + pl.col("behind") == size - 2) & same_size
    likeness = (
        pl.when(pl.col("distance") > 1)
        .then(_two_slips_likeness())
        .when(transposed)
        .then(pl.when((known < _BOTH_KNOWN) | (size >= _LONG_WORD)).then(_SLIP).otherwise(_NOTHING))
        .when(same_size)
        .then(_replaced_letter_likeness())
        .otherwise(_missing_letter_likeness())
    )
    # In a short word a slip is only suspected; in the shortest ones it is a hint, and only if one of them is known.
    suspicion = pl.when(size > _SHORTEST_SLIP).then(_SUSPECTED).when(known == 1).then(_HINT).otherwise(_NOTHING)
    short_word = (size < _SHORTEST_SURE_SLIP) & (likeness < _SAME) & ~transposed
    return pl.when(short_word).then(pl.min_horizontal(likeness, suspicion)).otherwise(likeness)


def _two_slips_likeness() -> pl.Expr:
    very_long = (pl.col("size") >= _TWO_SLIPS_FROM) & (pl.col("distance") == _MOST_SLIPS)
    same_ends = (pl.col("before") >= 1) & (pl.col("behind") >= 2)  # noqa: PLR2004 - a syllable
    return pl.when(very_long & same_ends & (pl.col("known") < _BOTH_KNOWN)).then(_SUSPECTED).otherwise(_NOTHING)


def _replaced_letter_likeness() -> pl.Expr:
    """One letter differs: the same sound, a slip, or another name, depending on position and letter."""
    before, behind, known = pl.col("before"), pl.col("behind"), pl.col("known")
    short_letter, long_letter = pl.col("short").str.slice(before, 1), pl.col("long").str.slice(before, 1)
    both_vowels = short_letter.str.contains(_VOWELS) & long_letter.str.contains(_VOWELS)
    no_vowel = ~short_letter.str.contains(_VOWELS) & ~long_letter.str.contains(_VOWELS)
    letters = pl.concat_str(short_letter, long_letter)
    first_may_slip = (~no_vowel & (pl.col("size") >= _SHORTEST_SURE_SLIP)) | letters.is_in(["JS", "SJ", "IJ", "JI"])
    suspected = pl.when(known < _BOTH_KNOWN).then(_SUSPECTED).otherwise(_NOTHING)
    return (
        pl.when((behind == 0) & letters.is_in(_SAME_FINAL_SOUND))
        .then(_SAME)
        .when((behind == 0) & ~both_vowels)
        .then(suspected)
        .when((behind == 1) & letters.is_in(["EI", "IE"]))
        .then(suspected)
        .when((behind == 0) | ((behind == 1) & (both_vowels | no_vowel)) | (_in_javanese_stem() & no_vowel))
        .then(_NOTHING)
        .when(behind <= 2)  # noqa: PLR2004 - the last syllable
        .then(suspected)
        .when(before == 0)
        .then(pl.when(first_may_slip).then(suspected).otherwise(_NOTHING))
        .when(known == _BOTH_KNOWN)
        .then(pl.when(both_vowels & (pl.col("size") >= _TWO_SLIPS_FROM)).then(_SUSPECTED).otherwise(_NOTHING))
        .when((known == 1) & (both_vowels | letters.is_in([*_NEAR, *(pair[::-1] for pair in _NEAR)])))
        .then(_SLIP)
        .otherwise(_SUSPECTED)
    )


def _missing_letter_likeness() -> pl.Expr:
    """One letter is missing or added."""
    before, known, size = pl.col("before"), pl.col("known"), pl.col("size")
    behind = size - 1 - before
    letter, following = pl.col("long").str.slice(before, 1), pl.col("long").str.slice(before + 1, 1)
    vowel = letter.str.contains(_VOWELS)
    by_knowledge = pl.when(known == 1).then(_SLIP).when(known == 0).then(_SUSPECTED).otherwise(_NOTHING)
    suspected = pl.when(known < _BOTH_KNOWN).then(_SUSPECTED).otherwise(_NOTHING)
    return (
        pl.when((letter == "K") & (before > 0) & (behind > 0) & ~following.str.contains(_VOWELS))
        .then(_SAME)
        .when((_in_javanese_stem() | ((behind == 1) & following.str.contains(_VOWELS))) & ~vowel)
        .then(_NOTHING)
        .when(behind == 0)
        .then(pl.when(vowel & ~pl.col("long_is_known")).then(_NOTHING).otherwise(suspected))
        .when((before == 0) & (letter == "H"))
        .then(by_knowledge)
        .when(before == 0)
        .then(pl.when(size >= _LONG_WORD).then(suspected).otherwise(_NOTHING))
        .when((known == _BOTH_KNOWN) & (size >= _TWO_SLIPS_FROM))
        .then(_SUSPECTED)
        .otherwise(by_knowledge)
    )


def _in_javanese_stem() -> pl.Expr:
    """Whether the first difference follows SU-, where each consonant makes another name: SUPARTI, SUMARTI, SUARTI."""
    in_both = pl.col("short").str.starts_with("SU") & pl.col("long").str.starts_with("SU")
    return in_both & (pl.col("before") == len("SU"))
