"""Parses programme, year and stage in cells, titles, and the names of sheets and files.

Does not belong here: which of these counts if several state one (`pipeline.normalise.metadata.orders`).
"""

from __future__ import annotations

from functools import cache

import polars as pl

from pipeline.normalise.values import codes
from pipeline.normalise.values.distinct import once_per_value
from pipeline.normalise.values.text import plain, whole_number

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_IN_WORDS = ("SATU", "DUA", "TIGA", "EMPAT", "LIMA", "ENAM")
_NUMBERS = {
    **{roman: str(number) for number, roman in enumerate(_ROMAN, 1)},
    **{word: str(number) for number, one in enumerate(_IN_WORDS, 1) for word in (one, f"KE{one}")},
    "PERTAMA": "1",
}
_QUARTER_WORD = r"(?:TRIWULAN|TW)"
STAGE_WORD = rf"(?:TAHAP|THP|{_QUARTER_WORD})"
_WORDS = rf"(?:PERTAMA|(?:KE)?(?:{'|'.join(_IN_WORDS)}))"
_PLAIN_NUMBER = rf"(?:[1-9]|1[0-2]|{'|'.join(reversed(_ROMAN))})"
_NUMBER = rf"(?:0[1-9]|{_PLAIN_NUMBER})"
# The stage among words, surest pattern first: TAHAP 1, THP KE 2, TAHAP KEDUA; TW IV; in file names also T1.
_STAGES = (
    rf" (?:TAHAP|THP) ?(?:KE )?({_NUMBER}|{_WORDS}) ",
    rf" {_QUARTER_WORD} ?(?:KE )?(0?[1-4]|I{{1,3}}|IV|PERTAMA|(?:KE)?(?:{'|'.join(_IN_WORDS[:4])})) ",
)
_STAGE_IN_NAME = r" T([1-9]) "
# Elsewhere T means a stage after a programme or year (PKH T.4), or at the start of a line.
_SHORT_STAGE = "T ?([1-6])"
_LINE_END = "AKHIRBARIS"
# Not a stage: T before a date, or before a number of people.
_NO_SHORT_STAGE = r"(?i)\bT\W*[0-9]{1,2}(?:[-/.][0-9]{1,2}[-/.]20[0-9]{2}\b|\s*(?:ORANG|JIWA)\b)"
# Several stages: TAHAP 1 DAN 2, I S.D. IV, 1-3; not a date after a stage, nor a file number such as 01.
MONTH = r"(?:JAN|FEB|MAR|APR|MEI|JUN|JUL|AG|SEP|OKT|NOV|DES)"
_DATED = rf"\b({_NUMBER}|{_WORDS})\s*[,/–-]\s*[0-9]{{1,2}}(?:\s*{MONTH}|(?:[-/.][0-9]{{1,2}})?[-/.]20[0-9]{{2}})"
TO = r"(?:\bS[./ ]?D\b\.?|\bSAMPAI(?: DENGAN)?\b)"
_UP_TO = rf"(?:\s*(?:\bDAN\b|{TO})\s*)"
_AND = rf"(?:{_UP_TO}|\s*[-–&+]\s*|[,/])"
_WORD = rf"(?:{STAGE_WORD}|T)\W*(?:KE\W*)?"
_MORE, _FURTHER = rf"(?:,\s*(?:{_PLAIN_NUMBER}|{_WORDS}))", rf"(?:{_WORD}|KE\W*)"
# A numeral word after a number and a dash may begin a place name: TAHAP 1 - LIMA PULUH KOTA.
_SEVERAL_STAGES = (
    rf"\b{_WORD}(?:{_NUMBER}{_MORE}*(?:{_AND}{_FURTHER}?{_PLAIN_NUMBER}|(?:{_AND}{_FURTHER}|{_UP_TO}){_WORDS})"
    rf"|{_WORDS}{_MORE}*{_AND}{_FURTHER}?(?:{_PLAIN_NUMBER}|{_WORDS})|(?:{_NUMBER}|{_WORDS}){_MORE}{{2,}})\b"
)
# DUA BELAS is not DUA.
_OF_TENS = r" (BELAS|PULUH) "
# A date in a title, when it was printed or signed; the group keeps the number of a stage, which is no day.
DATED_DAY = (
    rf"(?i)(\b{STAGE_WORD}\W*(?:KE\W*)?\d{{1,2}}\b)|\b\d{{1,2}}[ ./-]+(?:\d{{1,2}}|{MONTH}[A-Z]*)[ ./-]+20\d{{2}}\b"
)
YEAR = r"\b(20\d{2})\b"
# TA2022: the word for year joined with the year.
_JOINED_YEAR = r"(?i)(^|[^A-Z0-9])(TAHUN|THN|TH|TA)(20[0-9]{2})\b"
_DECREED = (
    r"\b(?:SK|KEP(?:UTUSAN|MEN\w*|RES|DIR\w*|GUB|BUP|WAL)?|PER(?:ATURAN|PRES|MEN\w*|GUB|BUP|WAL|DA|DES)|INPRES"
    r"|UNDANG[- ]UNDANG|UU|PP|PMK|SE|SURAT)\b"
    r"(?:[ .,]+(?:EDARAN|TUGAS|PERINTAH|PENETAPAN|PEMERINTAH|PRESIDEN|MENTERI|SOSIAL|MENSOS|KEMENSOS|KEMENTERIAN"
    r"|REPUBLIK|INDONESIA|RI|KEUANGAN|DESA|DIRJEN|DIREKTUR|JENDERAL|GUBERNUR|BUPATI|WALI ?KOTA|KEPALA|DINAS|DINSOS"
    r"|DAERAH))*"
)
# A decree with its year, which is the year of the list only if no other year is stated.
DECREE = rf"(?i){_DECREED}(?:[ .,]+[0-9]{{1,4}}(?:/\S*)?)?[ .,]+(?:(?:TAHUN|THN|TH)[ .]+)?20\d{{2}}\b"
_NUMBERED, _ITS_YEAR = r"\b(?:NOMOR|NO)\b[.: ]*\S*[0-9]\S*", r"\s+(?:TAHUN|THN|TH)\.?\s+20\d{2}\b"
# The number of a letter or decree: Nomor 460/PKH/2021, NOMOR 12 TAHUN 2021. The groups are not part of it: the words
# before it, and a year after the number of a list or before a stage (DANOM NO 1 TAHUN 2022).
_DOCUMENT_NUMBER = (
    rf"(?i)({_DECREED}(?:[ .,]+[A-Z]+){{0,4}}[ .,:]+){_NUMBERED}(?:{_ITS_YEAR})?"
    rf"|(\b(?:DANOM|NOMINATIF|DAFTAR|BATCH)[ .,:]+){_NUMBERED}({_ITS_YEAR})?"
    rf"|{_NUMBERED}({_ITS_YEAR}[ .,-]+{STAGE_WORD}\b)|{_NUMBERED}(?:{_ITS_YEAR})?"
)
# A year with the word for year before it.
_LABELLED_YEAR = r"(?i)\b(?:TAHUN|THN|TH|TA|T\.A)\b[ .:]*(?:ANGGARAN[ .:]*)?(20\d{2})\b"
_YEAR_AFTER_PROGRAM = r" (?:TAHUN |THN |TH |TA )?(20[0-9]{2}) "


def strip_document_numbers(title: pl.Expr) -> pl.Expr:
    """A title without the numbers and years of letters and decrees."""
    return _replace_document_numbers(title, "${1}${2}${3}${4} ")


def year_of_title(title: pl.Expr) -> pl.Expr:
    """The year of a list by its title, which may also contain years of dates and decrees."""
    stripped = strip_document_numbers(title)
    return pl.coalesce(_year_after_number(title), _year_of_list(stripped), stripped.str.extract(YEAR)).cast(pl.Int32)


def _year_after_number(title: pl.Expr) -> pl.Expr:
    """The explicit year of a title in which a number has one, too: DANOM NO 12 TAHUN 2021 / TAHUN ANGGARAN 2022."""
    bare = _replace_document_numbers(title, "${1}${2} ")
    labelled = bare.str.replace_all(DATED_DAY, "${1} ").str.replace_all(DECREE, " ").str.extract(_LABELLED_YEAR)
    return pl.when(bare != strip_document_numbers(title)).then(labelled)


def _year_of_list(title: pl.Expr) -> pl.Expr:
    """The first year of such a title outside decrees and dates; if none, the year of its first decree."""
    undated = title.str.replace_all(DATED_DAY, "${1} ")
    return pl.coalesce(text.str.extract(YEAR) for text in (undated.str.replace_all(DECREE, " "), undated))


def _replace_document_numbers(title: pl.Expr, kept: str) -> pl.Expr:
    return _split_year_word(title.str.replace_all("_", " ", literal=True)).str.replace_all(_DOCUMENT_NUMBER, kept)


def _split_year_word(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(_JOINED_YEAR, "${1}${2} ${3}")


@once_per_value(pl.Int32)
def year_of_cell(value: pl.Expr) -> pl.Expr:
    """The year in a cell: `2022`, `2022.0`, `TA2022`; null for two years.

    Any other whole number is kept, so that it shows up as a wrong year.
    """
    years = _split_year_word(plain(value)).str.extract_all(r"\b20[0-9]{2}\b")
    in_words = pl.when(years.list.len() == 1).then(years.list.first())
    return pl.coalesce(whole_number(value), in_words.cast(pl.Int64)).cast(pl.Int32, strict=False)


@once_per_value(pl.String)
def program_in_cell(value: pl.Expr) -> pl.Expr:
    """The known programme in a cell that may also name a stage or year."""
    words = codes.spaced_program(_split_year_word(value))
    for pattern in (*_STAGES, f" {_SHORT_STAGE} ", _YEAR_AFTER_PROGRAM):
        words = words.str.replace(pattern, " ")
    return words.replace_strict(codes.programs_by_words(), default=None, return_dtype=pl.String)


@once_per_value(pl.Int32)
def year_with_program(value: pl.Expr) -> pl.Expr:
    """The year in a cell with a programme: PKH 2022."""
    return codes.spaced_program(_split_year_word(value)).str.extract(_YEAR_AFTER_PROGRAM).cast(pl.Int32)


@once_per_value(pl.Int32)
def stage_in_words(value: pl.Expr) -> pl.Expr:
    """The stage in words, TAHAP before TRIWULAN; null for none or several."""
    lines = pl.format(" / {} / ", value.str.replace_all(_NO_SHORT_STAGE, " "))
    lines = lines.str.replace_all(" / ", f" {_LINE_END} ", literal=True)
    return pl.coalesce(_first_stage(value, _STAGES), _first_stage(lines, _short_stages()))


@cache
def _short_stages() -> tuple[str, ...]:
    program, year = codes.program_pattern(), "20[0-9]{2}"
    before = rf"(?:(?:TAHUN|THN|TH|TA|T A) )?(?:ANGGARAN )?{year}"
    return (
        rf" (?:{program}|{year}) {_SHORT_STAGE} ",
        rf" {_LINE_END} {_SHORT_STAGE} (?:{program}|{before}) ",
        rf" {_LINE_END} T ([1-6]) {_LINE_END} ",
    )


@once_per_value(pl.Int32)
def stage_in_name(berkas: pl.Expr) -> pl.Expr:
    """The stage in the name of a sheet or of a file with its folders."""
    # Keep a folder's stage apart from a number at the start of the file name.
    return _first_stage(berkas.str.replace_all("/", " | ", literal=True), (*_STAGES, _STAGE_IN_NAME))


@once_per_value(pl.Int32)
def year_in_name(berkas: pl.Expr) -> pl.Expr:
    """The year in such a name, alone or at the start of a date (20220915)."""
    words = codes.spaced_program(_split_year_word(berkas.str.replace_all("_", " ", literal=True)))
    return words.str.extract(r" (20\d{2})(?:\d{4})? ").cast(pl.Int32)


def _first_stage(value: pl.Expr, stages: tuple[str, ...]) -> pl.Expr:
    single = _split_year_word(plain(value).str.to_uppercase().str.replace_all("_", " ", literal=True))
    single = single.str.replace_all(_DATED, "${1} ").str.replace_all(_SEVERAL_STAGES, " ")
    words = codes.spaced_program(single).str.replace_all(_OF_TENS, "${1} ")
    return stage_number(pl.coalesce(words.str.extract(stage) for stage in stages))


@once_per_value(pl.Int32)
def stage_number(value: pl.Expr) -> pl.Expr:
    """A stage as Int32: `1`, `Tahap I`, `TAHAP KE-2`, `TAHAP II (APR-JUN)`; else null."""
    text = plain(value).str.to_uppercase().str.replace(r"\s*\(\D*\)$", "")
    text = text.str.replace(rf"^{STAGE_WORD}[\W_]*(KE)?[\W_]*", "").str.replace(r"\.0+$", "")
    return text.replace(_NUMBERS).str.extract(r"^[^0-9]*([0-9]{1,2})[^0-9]*$").cast(pl.Int32)


@once_per_value(pl.String)
def program_in_words(text: pl.Expr) -> pl.Expr:
    """The programme in a title or file name; null if there is none."""
    return codes.named_program(codes.spaced_program(text))
