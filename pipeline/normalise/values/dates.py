"""Parses dates in every notation seen in the extracts, and dates in file names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

import polars as pl

from pipeline.normalise.values.distinct import apply_expression, map_distinct, normalise_distinct
from pipeline.normalise.values.text import DASH, plain, plain_code
from schemas import spelling
from schemas.rules import YEAR_ONLY

MONTHS = {
    "JAN": 1, "FEB": 2, "PEB": 2, "MAR": 3, "MRT": 3, "APR": 4, "MEI": 5, "MAY": 5, "JUN": 6, "JUL": 7, "AGU": 8,
    "AGS": 8, "AGT": 8, "AUG": 8, "SEP": 9, "OKT": 10, "OCT": 10, "NOV": 11, "NOP": 11, "DES": 12, "DEC": 12,
}  # fmt: skip
# Whole words only, as names begin like months (JUNAIDI, MARIA, APRIYANI), and AGUS is mostly a name.
MONTH_WORD = (
    r"\b(?:JAN(?:UARI)?|[FP]EB(?:RUARI)?|MAR(?:ET)?|APR(?:IL)?|MEI|JUNI?|JULI?|AG(?:T|S|UST|USTUS)|SEPT?(?:EMBER)?"
    r"|OKT(?:OBER)?|NO[PV](?:EMBER)?|DES(?:EMBER)?)\b"
)
_EXCEL_EPOCH = pl.date(1899, 12, 30)
# Two-digit years up to this one are of this century; extracts of beneficiaries hold no one born later.
_LAST_YEAR_OF_CENTURY = 30
_SHORT_YEAR = 2
# The usual notations, which Polars parses much faster than a regular expression finds them.
_USUAL = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d")
_USUAL_WITH_WORDS = "%d %m %Y"
_MONTH_WORDS = {f" {word.upper()} ": f" {month} " for month, word in enumerate(spelling.MONTHS, start=1)}
# Words before a date: the day of the week, TANGGAL, the town.
_BEFORE = (
    r"^(?:(?:SENIN|SELASA|RABU|KAMIS|JUM.?AT|SABTU|MINGGU|AHAD)[, ]+|(?:TGL|TANGGAL)[. ]+|[A-Z][A-Z .']*[,/:] *)([0-9])"
)
# JavaScript writes Fri Mar 14 1980 00:00:00 GMT+0700.
_ENGLISH_DAY = r"^(?:MON|TUES?|WED(?:NES)?|THU(?:RS)?|FRI|SAT(?:UR)?|SUN)(?:DAY)?[, ]+([A-Z0-9])"
# Midnight in Indonesia written in UTC: 17.00 of the day before in Jakarta, and, in former time zones and further east,
# 16.30, 16.00 and so on. No birth or payment is recorded to the second, so such a time is never a real one.
_MIDNIGHT_ELSEWHERE = r"[T ](?:14:30|15:00|15:30|16:00|16:30|17:00):00(?:[.,]0+)?(?:Z|\+00:?00| ?(?:UTC|GMT))$"
# The same in Unix seconds or milliseconds; other numbers hardly ever fall on such a midnight.
_COUNTED = (r"^(-?[1-9][0-9]{7,9})(?:[.,]0+)?$", r"^(-?[1-9][0-9]{4,9})000(?:[.,]0+)?$")
_DAY_BEGINS = (time(0), time(14, 30), time(15), time(15, 30), time(16), time(16, 30), time(17))
_TO_MORNING = timedelta(hours=10)
# A town followed by a blank only: a complete date must follow.
_TOWN_BEFORE = r"^[A-Z][A-Z .']* ([0-9]{1,2}(?:[-/.][0-9]{1,2}|[-/. ][A-Z]+)[-/. ](?:[0-9]{4}|[0-9]{2})\b)"
# A month, not a town, before its day.
_MONTH_BEFORE = (
    r"^(?:JAN(?:UAR[IY])?|[FP]EB(?:RUAR[IY])?|MAR(?:ET|CH)?|MRT|APR(?:IL)?|MEI|MAY|JUN[IE]?|JUL[IY]?"
    r"|AGU(?:ST|STUS)?|AG[ST]|AUG(?:UST)?|SEPT?(?:EMBER)?|O[KC]T(?:OBER)?|NO[VP](?:EMBER)?|DE[SC](?:EMBER)?)\b"
)
_BEHIND = r"[\s.;,*\-]+$|\s*(?:\([0-9A-Z ]*\)|WIB|WITA|WIT)$"
_IN_BRACKETS = r"^\((.*)\)$"
_ROMAN = {
    f" {roman} ": f" {month} "
    for month, roman in enumerate(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"), start=1)
}
_YEARS = (date(1800, 1, 1), date(2099, 12, 31))
# Size of the sample that shows whether the dates of a column repeat.
_FIRST = 1_000
_ORDINAL = "(?:ST|ND|RD|TH)?"
# Letters typed for digits, in dates without any other letter.
_ONE_BEHIND, _ONE_BEFORE = "([0-9])[IL]", "[IL]([0-9])"
_OTHER_LETTERS = "[A-HJKMNP-Z]"
# Before the last number of a text that is as what follows.
_LAST = r"^(?:.*\D)?"


def to_date(value: pl.Expr) -> pl.Expr:
    """A date from text: 17-08-1985, 17/8/85, 1985-08-17 (also with a time), 17 AGUSTUS 1985, 17081985, Excel's 31276.

    Day before month, as written in Indonesia; month before day only if that is the only valid reading. Null if no
    reading is a valid date.
    """
    return value.map_batches(_parse_dates, return_dtype=pl.Date, is_elementwise=True)


def to_birth_date(value: pl.Expr) -> pl.Expr:
    """Like `to_date`, but a year alone (`1970`, `1970.0`) becomes 1 January of it.

    Civil registers do the same if only the year is known, and matching treats 1 January as a year only.
    """
    return value.map_batches(_parse_birth_dates, return_dtype=pl.Date, is_elementwise=True)


def correct_century(month: pl.Expr, born: pl.Expr, written: pl.Expr) -> pl.Expr:
    """Births with two-digit years later than the register moved to the century before: 09-03-27 in 2022 is 1927.

    Args:
        month: the register's month (YYYY-MM), the same in all rows.
        born: dates as parsed by `to_date`.
        written: the texts they were parsed from.
    """
    return pl.map_batches([month, born, written], _correct_century, return_dtype=pl.Date, is_elementwise=True)


def _correct_century(columns: Sequence[pl.Series]) -> pl.Series:
    month, born, written = columns
    later = (born > month.head(1).str.to_date("%Y-%m").dt.month_end()).arg_true()
    short = later.filter(~written.gather(later).str.contains(r"\d{4}"))
    return born.scatter(short, born.gather(short).dt.offset_by("-100y")) if len(short) else born


def _parse_dates(values: pl.Series) -> pl.Series:
    # Most dates repeat and are parsed once per value; of distinct dates of birth there are too many for that.
    first = values.head(_FIRST)
    return _parse_distinct(values) if 2 * first.n_unique() > len(first) else map_distinct(values, _parse_distinct)


def _parse_birth_dates(values: pl.Series) -> pl.Series:
    dates = _parse_distinct(values)
    left = _are_unparsed(dates, values)
    return dates.scatter(left, normalise_distinct(values.gather(left), _first_of_year)) if len(left) else dates


def _first_of_year(value: pl.Expr) -> pl.Expr:
    return _date(plain_code(value).str.extract(YEAR_ONLY), pl.lit("01"), pl.lit("01"))


def _parse_distinct(values: pl.Series) -> pl.Series:
    """Parse the usual notations first, which cover nearly all dates; parse each other distinct text once."""
    first, *others = _commonest_first(values)
    dates = _parse_notation(values, first)
    for notation in (*others, _USUAL_WITH_WORDS):
        left = _are_unparsed(dates, values)
        if left.is_empty():
            return dates
        texts = values.gather(left)
        if notation is _USUAL_WITH_WORDS:
            texts = texts.str.replace_many(list(_MONTH_WORDS), list(_MONTH_WORDS.values()))
        dates = dates.scatter(left, _parse_notation(texts, notation))
    left = _are_unparsed(dates, values)
    return dates.scatter(left, map_distinct(values.gather(left), _parse_unusual)) if len(left) else dates


def _commonest_first(values: pl.Series) -> list[str]:
    """The usual notations, most frequent first; no text fits two of them, so parsed texts are not tried again."""
    sample = values.gather_every(-(-len(values) // _FIRST) or 1)
    return sorted(_USUAL, key=lambda notation: _parse_notation(sample, notation).null_count())


def _parse_notation(texts: pl.Series, notation: str) -> pl.Series:
    # Polars' date cache costs more than it saves if half of the dates are in another notation.
    read = texts.str.to_date(notation, strict=False, cache=False)
    doubtful = ~read.is_between(*_YEARS)
    return read.scatter(doubtful.arg_true(), None) if doubtful.any() else read


def _are_unparsed(dates: pl.Series, values: pl.Series) -> pl.Series:
    return (dates.is_null() & values.is_not_null()).arg_true()


def _parse_unusual(values: pl.Series) -> pl.Series:
    texts = apply_expression(values, _without_time)
    worded = texts.str.contains("[A-Z]").fill_null(value=False)
    dates = values.clear(len(values)).cast(pl.Date)
    for chosen, read in ((worded, _parse_worded), (~worded, _parse_digits)):
        dates = dates.scatter(chosen.arg_true(), apply_expression(texts.filter(chosen), read))
    eve = values.str.contains(_MIDNIGHT_ELSEWHERE).fill_null(value=False).arg_true()
    return dates.scatter(eve, dates.gather(eve) + timedelta(days=1)) if len(eve) else dates


def _without_time(value: pl.Expr) -> pl.Expr:
    written = plain(value).str.to_uppercase().str.replace_all(DASH, "-").str.replace(_IN_BRACKETS, "${1}")
    written = written.str.replace(_ENGLISH_DAY, "${1}")
    return (
        pl.when(written.str.contains(_MONTH_BEFORE))
        .then(written)
        .otherwise(written.str.replace(_BEFORE, "${1}").str.replace(_TOWN_BEFORE, "${1}"))
        .str.replace(_BEHIND, "")
        .str.replace(r"['’‘](\d{2})$", "${1}")
        .str.replace(r"(?:,?[T ]+(?:(?:PUKUL|PKL|JAM)[.: ]*)?|:)\d{1,2}[:.]\d{2}(?:[:. ].*|[AP]M)?$", "")
    )


def _parse_worded(text: pl.Expr) -> pl.Expr:
    roman = text.str.replace(r"^(\d{1,2})[\s./\-]+([IVX]+)[\s./\-]+(\d{4}|\d{2})$", "${1} ${2} ${3}")
    months = roman.str.replace_many(list(_ROMAN), list(_ROMAN.values()))
    # Only letters next to a digit are replaced, not II-II-1990.
    meant = text.str.replace_all(_ONE_BEHIND, "${1}1").str.replace_all(_ONE_BEFORE, "1${1}")
    meant = meant.str.replace_all("O", "0", literal=True)
    return pl.coalesce(
        _parse_day_first(text),
        _parse_month_first(text),
        _parse_year_first(text),
        _parse_digits(pl.when(months != roman).then(months)),
        _parse_digits(pl.when(~text.str.contains(_OTHER_LETTERS)).then(meant)),
    )


def _parse_month_first(text: pl.Expr) -> pl.Expr:
    parts = text.str.extract_groups(rf"^([A-Z]{{3}})[A-Z]*[\s.,/\\\-]+(\d{{1,2}}){_ORDINAL}[\s.,/\\\-]+(\d{{4}})$")
    return _date(_part(parts, 3), _month(_part(parts, 1)), _part(parts, 2))


def _parse_year_first(text: pl.Expr) -> pl.Expr:
    parts = text.str.extract_groups(r"^(\d{4})[\s.,/\\\-]+([A-Z]{3})[A-Z]*[\s.,/\\\-]+(\d{1,2})$")
    return _date(_part(parts, 1), _month(_part(parts, 2)), _part(parts, 3))


def _month(word: pl.Expr) -> pl.Expr:
    """The number of a month, as text, by its first letters."""
    return word.replace_strict(MONTHS, default=None, return_dtype=pl.Int32).cast(pl.String)


def _parse_day_first(text: pl.Expr) -> pl.Expr:
    parts = text.str.extract_groups(
        rf"^(\d{{1,2}}){_ORDINAL}[\s.,/\\\-]*([A-Z]{{3}})[A-Z]*[\s.,/\\\-]*(\d{{4}}|\d{{2}})$"
    )
    return _date(_year(_part(parts, 3)), _month(_part(parts, 2)), _part(parts, 1))


def _parse_digits(text: pl.Expr) -> pl.Expr:
    parts = text.str.extract_groups(r"^(\d{1,2})[\s.,/\\_\-]+(\d{1,2})[\s.,/\\_\-]+(\d{4}|\d{2})$")
    iso = text.str.extract_groups(r"^(\d{4})[\s.,/\\_\-]+(\d{1,2})[\s.,/\\_\-]+(\d{1,2})$")
    packed = text.str.extract_groups(r"^(\d{2})(\d{2})(\d{4})(?:[.,]0+)?$")
    reversed_ = text.str.extract_groups(r"^(\d{4})(\d{2})(\d{2})(?:0{6}|[.,]0+)?$")
    # Excel stores the time of day after the decimal point.
    serial = text.str.extract(r"^(\d{4}|\d{5})(?:[.,]0+)?$").fill_null(text.str.extract(r"^(\d{5})[.,]\d+$"))
    serial = serial.cast(pl.Int32, strict=False)
    return pl.coalesce(
        _date(_year(_part(parts, 3)), _part(parts, 2), _part(parts, 1)),
        _date(_part(iso, 1), _part(iso, 2), _part(iso, 3)),
        _date(_part(packed, 3), _part(packed, 2), _part(packed, 1)),
        # A number that could be a year is taken for one, not for a date.
        pl.when(serial.is_between(1000, 73050) & ~serial.is_between(1900, 2100))
        .then(_EXCEL_EPOCH + pl.duration(days=serial))
        .cast(pl.Date),
        _date(_year(_part(parts, 3)), _part(parts, 1), _part(parts, 2)),
        _date(_part(reversed_, 1), _part(reversed_, 2), _part(reversed_, 3)),
        _parse_day_count(text),
    )


def _parse_day_count(text: pl.Expr) -> pl.Expr:
    moments = (pl.from_epoch(text.str.extract(unit).cast(pl.Int64), time_unit="s") for unit in _COUNTED)
    days = ((moment, (moment + _TO_MORNING).dt.date()) for moment in moments)
    seconds, thousandths = (
        pl.when(moment.dt.time().is_in(_DAY_BEGINS), day.is_between(*_YEARS)).then(day) for moment, day in days
    )
    # In the first days of 1970 the number may be seconds or milliseconds.
    return pl.when(seconds.is_null() | thousandths.is_null()).then(pl.coalesce(seconds, thousandths))


def to_month(value: pl.Expr) -> pl.Expr:
    """A month as YYYY-MM from text: 2022-11, 2022/11, 202211, 11-2022, November 2022, Nov-22, or any date of it."""
    text = plain(value).str.to_uppercase()
    ordered = text.str.extract_groups(r"^(20\d{2})[\s./\-]?(0?[1-9]|1[0-2])$")
    reverse = text.str.extract_groups(r"^(0?[1-9]|1[0-2])[\s./\-](20\d{2})$")
    worded = text.str.extract_groups(
        r"^(?:BULAN )?([A-Z]{3})[A-Z]*[\s.,/\-]*(?:(?:TAHUN|THN|TH)[\s.]*)?(20\d{2}|\d{2})$"
    )
    return pl.coalesce(
        _date(_part(ordered, 1), _part(ordered, 2), pl.lit("01")),
        _date(_part(reverse, 2), _part(reverse, 1), pl.lit("01")),
        _date(_year(_part(worded, 2)), _month(_part(worded, 1)), pl.lit("01")),
        to_date(value),
    ).dt.strftime("%Y-%m")


def date_in_name(berkas: pl.Expr) -> pl.Expr:
    """The moment in a file name (`… 28 September 2022 pukul 09.15.xlsx`, `…_20220915.csv`), else null.

    Of two dates in digits the last one counts: the end of a period (`…_01012022-31032022.csv`).
    """
    name = berkas.str.split("/").list.last().str.to_uppercase()
    worded = name.str.extract_groups(
        rf"(\d{{1,2}})[ _.-]({'|'.join(MONTHS)})[A-Z]*[ _.-](20\d{{2}})"
        r"(?:[ _-]*(?:PUKUL|JAM)[ _]*(\d{1,2})[.:](\d{2}))?"
    )
    clock = pl.duration(
        hours=_part(worded, 4).cast(pl.Int32, strict=False).fill_null(0),
        minutes=_part(worded, 5).cast(pl.Int32, strict=False).fill_null(0),
    )
    packed = name.str.extract_groups(rf"{_LAST}(20\d{{2}})[-_.]?(0[1-9]|1[0-2])[-_.]?([0-2]\d|3[01])(?:\D|$)")
    reverse = name.str.extract_groups(rf"{_LAST}([0-2]\d|3[01])[-_.](0[1-9]|1[0-2])[-_.](20\d{{2}})(?:\D|$)")
    packed_reverse = name.str.extract_groups(rf"{_LAST}(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(20\d{{2}})(?:\D|$)")
    return pl.coalesce(
        _date(_part(worded, 3), _month(_part(worded, 2)), _part(worded, 1)).cast(pl.Datetime("us")) + clock,
        _date(_part(packed, 1), _part(packed, 2), _part(packed, 3)).cast(pl.Datetime("us")),
        *(
            _date(_part(parts, 3), _part(parts, 2), _part(parts, 1)).cast(pl.Datetime("us"))
            for parts in (reverse, packed_reverse)
        ),
    )


def _part(groups: pl.Expr, position: int) -> pl.Expr:
    return groups.struct.field(str(position))


def _year(text: pl.Expr) -> pl.Expr:
    short = text.str.len_chars() == _SHORT_YEAR
    century = (
        pl.when(text.cast(pl.Int32, strict=False) <= _LAST_YEAR_OF_CENTURY).then(pl.lit("20")).otherwise(pl.lit("19"))
    )
    return pl.when(short).then(pl.concat_str(century, text)).otherwise(text)


def _date(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    text = pl.concat_str(year, month.str.zfill(2), day.str.zfill(2), separator="-")
    return pl.when(text.str.contains(r"^(1[89]|20)\d\d-")).then(text.str.to_date("%Y-%m-%d", strict=False))
