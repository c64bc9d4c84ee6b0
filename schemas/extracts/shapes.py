"""Regexes for the cells of distinctive columns, by which rows under the wrong columns are found.

They are lenient: damaged cells and odd notations still fit. Free text has no shape.
"""

from __future__ import annotations

NUMBER = (
    r"^(?:[^0-9A-Za-z]|NIK|NO|KK)*"
    r"(?:[0-9OIlo](?:[ .'\-\xa0]?[0-9OIlo]){12,18}(?:[.,]0+)?|[0-9][.,][0-9]+[Ee][+]?[0-9]+)[^0-9A-Za-z]*$"
)
# A single digit may be a typing error, or distinguish namesakes.
NAME = r"^(?:[^0-9]*[A-Za-z]{2}[^0-9]*|\W*[A-Za-z][^0-9]*[0-9][^0-9]*)$"
DATE = (
    r"^\W*(?:[0-9]{1,2}[-/. \p{Pd}]+(?:[0-9]{1,2}|[A-Za-z]{1,9})[-/. \p{Pd}]+[0-9]{2,4}"
    r"|[0-9]{4}[-/.\p{Pd}][0-9]{1,2}[-/.\p{Pd}][0-9]{1,2}|[0-9]{5}|[0-9]{8})(?:[^0-9].*)?$"
)
SEX = (
    r"(?i)^\W*(?:[LPMFW]|LK|P(?:R|RP|ER)|[12](?:[.,]0+)?|(?:FE)?MALE"
    r"|(?:[LP12]\W+)?(?:(?:LE)?LAKI|LAIK|PE?RE?MP|PRIA|WANITA).*)\W*$"
)
# A code of either codebook, a word, or both.
RELATION = (
    r"(?i)^\W*(?:(?:0?[1-9]|1[01])(?:[.,]0+)?\W*)?(?:$|(?:KEP|KK|KRT|K KEL|SUAMI|IST?E?RI|PASANGAN|ANA?K|MENANTU|MANTU"
    r"|CUCU|CICIT|BUYUT|NENEK|KAKEK|ORANG ?TUA|ORTU|BAPAK|AYAH|IBU|MERTUA|BESAN|FAM|SAUDARA|SEPUPU|KERABAT|KEPONAKAN"
    r"|KEMENAKAN|PAMAN|BIBI|TANTE|ADIK|KAKAK|IPAR|PEMB|PRT|SOPIR|SUPIR|LAIN).*$)"
)
# RT, RW or both.
STREET = r"(?i)^\W*(?:R[TW]\W*)?[0-9]{1,3}(?:[.,]0+|\W+(?:RW\W*)?[0-9]{1,3})?\W*$"
MONEY = r"(?i)^\W*(?:RP|IDR)?[.\s]*[0-9](?:[.,]?[0-9]){2,14}(?:,-)?\W*$"
YEAR = r"^\W*20[0-9]{2}(?:[.,]0+)?\W*$"
# A region code; 33.1 is 33.10 stored as a number.
PLACE = r"^\W*[0-9]{2}(?:[.]?[0-9]{2}(?:[.]?[0-9]{2}(?:[.]?[0-9]{4})?)?|[.][0-9])?(?:[.,]0+)?\W*$"
