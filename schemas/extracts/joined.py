"""Columns whose cells hold two facts: RT/RW, place and date of birth, NIK / NAMA, L / 12-03-1980.

A part is read only if the cell shows which is which: a single number under NO KK / NIK is ambiguous.
"""

from __future__ import annotations

from itertools import product

from schemas.extracts.short_forms import short_forms

# A number among words, also badly written: 3604 0412 1187 O001; the I of ILHAM after it is not a digit.
_DIGIT = r"[ .'\-]*[0-9]|[OIl]"
_NUMBER = rf"[0-9](?:{_DIGIT}){{3,}}(?:{_DIGIT}\b)"
_LABEL = r"(?:NIK|KTP|KK)?\W*"
# A digit in a name (MAMAN2) is not part of the number if letters or punctuation separate them.
_NAMED_BEFORE = r"\W*[A-Za-z]{2}[^0-9]*(?:[A-Za-z][0-9]\W+|[0-9]\s*[/|,;:\n(][^0-9A-Za-z]*)"
_OF_NUMBER = rf"(?s)^(?:{_NAMED_BEFORE}|[^0-9]*)({_NUMBER})(?:[^0-9]*|\W+[A-Za-z]{{2}}[^0-9]*[0-9][^0-9]*)$"
_OF_NAME = (
    rf"(?s)^\W*(?:{_LABEL}{_NUMBER})?[^0-9A-Za-z]*([A-Za-z](?:[^0-9]*?[A-Za-z.,')])?(?:\s?[0-9]\b)?)[^0-9A-Za-z]*"
    rf"(?:{_LABEL}{_NUMBER})?\W*$"
)
# L/P with neither crossed out is no sex; TH, THN or a month may stand beside it.
_WORD = "(?:TH|[A-Z]{3,})"
_OF_SEX = (
    rf"(?i)^[^A-Z]*(?:{_WORD}[^A-Z]+)*?(L|P|LK|PR|LAKI\W*LAKI|PEREMPUAN)(?:[^A-Z]+(?:{_WORD}[^A-Z]+)*(?:{_WORD})?)?$"
)
_OF_DATE = r"([0-9]{1,4}[-/. ][0-9A-Za-z]{1,9}[-/. ][0-9]{2,4})"
_BETWEEN = r"(?:/|\n|,\s|\s-\s)"
_FIRST_PLACE, _SECOND_PLACE = rf"(?s)^\s*(.*?\S)\s*{_BETWEEN}", rf"(?s){_BETWEEN}\s*(\S.*?)\s*$"

_NIK = ("NIK", "NO NIK", "NO KTP")
_KK = ("NO KK", "NKK", "NO KARTU KELUARGA")
_NAME = (
    "NAMA", "NAMA LENGKAP", "NAMA KPM", "NAMA PENERIMA", "NAMA ART", "NAMA ANGGOTA KELUARGA", "NAMA PENDUDUK",
)  # fmt: skip
_HEAD = ("KEPALA KELUARGA", "NAMA KEPALA KELUARGA", "NAMA KK")
_SEX = ("JENIS KELAMIN", "JK", "L/P", "KELAMIN")
_DESA, _KECAMATAN = ("DESA", "KELURAHAN", "DESA/KELURAHAN"), ("KECAMATAN",)


def _street_numbers(first: str, second: str) -> dict[str, str]:
    """Regexes for RT and RW in one cell: RT 003/RW 005, 3/5. Without letters the one named `first` comes first."""
    first_word, second_word = (rf"R\W?{column[1]}\W*" for column in (first, second))
    return {
        # The number after a slash is the second one, even if the first is missing.
        first: rf"(?i)^[^\w/]*(?:{second_word}\d{{1,3}}\W*{first_word}|R\W?{first[1]}[^\w/]*)?(\d+)",
        second: rf"(?i)^(?:[^\w/]*{second_word}|\D*\d{{1,3}}(?:[.,]0+|[A-Z])?\s*"
        rf"(?:[/,&-]?\s*{second_word}|[/&-]\s*|\s)|[^\d/]*/\s*(?:{second_word})?)(\d{{1,3}})(?:\D|$)",
    }


def _two_numbers(first: str, second: str) -> tuple[str, str]:
    """Regexes for the first and second of two numbers in a cell, unless words in it name them otherwise."""
    number, blank, between = "[0-9][0-9OIl]{8,18}", r"[^\w/|;,&\n]*", r"\s*[/|;,&\n-]"
    one, other = (rf"{blank}(?:(?:(?:NO|NOMOR)\W*)?(?:{called}){blank})?" for called in (first, second))
    missing = "[A-Z ]*ADA"
    return (
        rf"(?si)^{one}({number})(?:{between}\s*{other}(?:[0-9OIl]*|{missing})|\s+{other}[0-9][0-9OIl]*)\W*$",
        rf"(?si)^(?:{one}[0-9](?:[0-9OIl]*\s|[^/|;,&\n]*{between})|(?:\W*|{missing}){between})\s*{other}({number})\W*$",
    )


def _joined_headers(first: tuple[str, ...], second: tuple[str, ...]) -> set[str]:
    """Folded headers that name one fact and then another, also in shortened forms."""
    ways = ([way for alias in aliases for way in short_forms(alias)] for aliases in (first, second))
    return {"".join(letter for letter in one + other if letter.isalnum()) for one, other in product(*ways)}


_KK_OF_TWO, _NIK_BEHIND = _two_numbers("NKK|KK|KARTU KELUARGA", "NIK|KTP")
_NIK_OF_TWO, _KK_BEHIND = _two_numbers("NIK|KTP", "NKK|KK|KARTU KELUARGA")

# Headers of one fact and of another, and column → regex for its part of the cell.
_IN_EITHER_ORDER = (
    (_NIK, _NAME, {"nik": _OF_NUMBER, "nama": _OF_NAME}),
    (_KK, _HEAD, {"no_kk": _OF_NUMBER}),
    (_SEX, ("UMUR", "USIA"), {"jenis_kelamin": _OF_SEX}),
    (_SEX, ("TANGGAL LAHIR",), {"jenis_kelamin": _OF_SEX, "tanggal_lahir": _OF_DATE}),
)
_IN_THIS_ORDER = (
    (_KK, _NIK, {"no_kk": _KK_OF_TWO, "nik": _NIK_BEHIND}),
    (_NIK, _KK, {"nik": _NIK_OF_TWO, "no_kk": _KK_BEHIND}),
    (_DESA, _KECAMATAN, {"desa": _FIRST_PLACE, "kecamatan": _SECOND_PLACE}),
    (_KECAMATAN, _DESA, {"kecamatan": _FIRST_PLACE, "desa": _SECOND_PLACE}),
)

# Folded header → column → regex for its part of the cell.
JOINED: dict[str, dict[str, str]] = {
    **{fold: _street_numbers("rt", "rw") for fold in ("RTRW", "NORTRW")},
    **{fold: _street_numbers("rw", "rt") for fold in ("RWRT", "NORWRT")},
    **{
        fold: {"tempat_lahir": r"(?s)^\s*(\D*[^\d\s,/-])", "tanggal_lahir": r"(?s)(\d.*)$"}
        for alias in ("TTL", "TEMPAT TANGGAL LAHIR", "TEMPAT DAN TANGGAL LAHIR")
        for fold in (way.replace(" ", "") for way in short_forms(alias))
    },
    **{
        fold: parts
        for first, second, parts in _IN_EITHER_ORDER
        for fold in _joined_headers(first, second) | _joined_headers(second, first)
    },
    **{fold: parts for first, second, parts in _IN_THIS_ORDER for fold in _joined_headers(first, second)},
}
