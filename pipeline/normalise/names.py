"""Names of persons: tidied for people, and folded into one spelling for comparison.

Folding loses information on purpose (titles, old spelling, doubled letters); the name as written stays beside it.
How alike two names are is the business of `pipeline.matching`.
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.text import plain

# Titles before a name and degrees behind it; only whole words, and only where another word remains.
_TITLES = r"\b(?:H|HJ|HI|KH|DRS|DRA|DR|IR|PROF|ALM|ALMH|ALMARHUM|ALMARHUMAH|NY|NYONYA|TN|BAPAK|BPK|IBU|SDR|SDRI)\b\.?"
_DEGREES = (
    r"(?:[,\s]+(?:S|M|A|D)\.\s?(?:PD|PDI|H|HI|E|EI|AG|SOS|SI|KOM|T|TP|P|PT|KEP|KEB|KES|FARM|IP|IKOM|AP|HUM|MD|MA|M|KM)\b\.?(?:\s?I\b\.?)?)+\s*$"
    r"|(?:,\s*(?:SPD|SPDI|SH|SE|SAG|SSOS|SKOM|ST|SP|SKEP|SIP|AMD|AMDKEB|MM|MPD|MSI|MH|MA|BA)\b\.?)+\s*$"
)
_SECOND_NAME = r"\s*(?:/|@|\(|\bALIAS\b|\bALS\b|\bBINTI\b|\bBIN\b|\bBT\b|\bB\.\s).*$"

# Whole words that are one name in many spellings.
_ONE_NAME = {
    r"\b(?:M|MUH|MOH|MOCH|MOHD|MHD|MD|MUHAMAD|MUHAMMAD|MOHAMAD|MOHAMMAD|MOCHAMAD|MOCHAMMAD|MUCHAMAD|MUHAMMED|MOHAMED)\b": "MUHAMAD",
    r"\b(?:ACHMAD|AKHMAD|AHMAD|ACHMAT|AHMAT|AKMAD)\b": "AHMAD",
    r"\b(?:ABD|ABDUL|ABDOEL|ABDU|ABDUR|ABDURR)\b": "ABDUL",
    r"\b(?:ST|STI|SITTI|SITI)\b": "SITI",
}  # fmt: skip
# Old spelling and sound-alikes, in this order: digraphs first, single letters last.
_SOUNDS = (
    ("OE", "U"), ("DJ", "J"), ("TJ", "C"), ("NJ", "NY"), ("SJ", "SY"), ("CH", "H"), ("KH", "H"), ("SY", "S"), ("SH", "S"),
    ("DH", "D"), ("TH", "T"), ("DZ", "Z"), ("PH", "F"), ("Q", "K"), ("V", "F"), ("P", "F"), ("Z", "J"), ("X", "KS"),
    ("Y", "I"), ("IE", "I"), ("II", "I"), ("O", "U"),
)  # fmt: skip
_DOUBLED = [letter * 2 for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]


def tidy_name(value: pl.Expr) -> pl.Expr:
    """A name as people read it: upper case, single blanks, no quotes at its ends; null where nothing was written."""
    return plain(value).str.to_uppercase().str.strip_chars(" ,;'\"`")


def comparable_name(tidy: pl.Expr) -> pl.Expr:
    """A tidied name (`tidy_name`) in one spelling: no titles, degrees, second names or punctuation; sounds folded.

    Never empty where `tidy` is not: a name made of nothing but titles stays as it was.
    """
    first = tidy.str.replace(_SECOND_NAME, "").str.replace(_DEGREES, "")
    bare = first.str.replace_all(r"[.,'’`\"\-]", " ").str.replace_all(_TITLES, " ")
    words = _single_blanks(bare.str.replace_all(r"[^A-Z ]", ""))
    words = pl.when(words != "").then(words).otherwise(_single_blanks(tidy.str.replace_all(r"[^A-Z ]", " ")))
    for spelling, name in _ONE_NAME.items():
        words = words.str.replace_all(spelling, name)
    for sound, letter in _SOUNDS:
        words = words.str.replace_all(sound, letter, literal=True)
    words = words.str.replace_many(_DOUBLED, [pair[0] for pair in _DOUBLED])
    folded = words.str.replace_all(r"H\b", "")
    return pl.when(folded != "").then(folded).otherwise(tidy)


def _single_blanks(value: pl.Expr) -> pl.Expr:
    return value.str.replace_all(" +", " ").str.strip_chars(" ")
