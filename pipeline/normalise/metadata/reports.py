"""Parses the month and the companion of a companion's report from titles and names of sheets and files.

If several months or companions are named, none counts. Does not belong here: what rows state themselves
(`pipeline.normalise.staging`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from pipeline.normalise.metadata.stage_words import DATED_DAY, YEAR
from pipeline.normalise.values.dates import MONTH_WORD, MONTHS
from pipeline.normalise.values.distinct import once_per_value

# JULI may also be a name, unless it is called a month or followed by a year.
_UNAMBIGUOUS_MONTH = re.compile(
    rf"\b(?:BULAN|BLN|PERIODE)\W*{MONTH_WORD}|{MONTH_WORD}\W*(?:(?:TAHUN|THN|TH|TA)\W*)?20\d\d\b"
)
_IN_DIGITS = re.compile(r"\b(?:PERIODE|BULAN)\W*(20\d\d[-/](?:0[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/]20\d\d)\b")
_COMPANION = {"id_pendamping", "nama_pendamping"}
_ID = re.compile(r"\b(?:ID|NO|NOMOR|KODE)[ ._]*PENDAMPING\b[ :.]*([A-Z0-9][A-Z0-9./_-]*)")
_NAME = re.compile(r"\bNAMA[ _]*PENDAMPING\b[ :]*([A-Z][A-Z'’., ]*)$")
_REPORT_LABEL = re.compile(r"\W*(?:(?:ID|NO|NOMOR|KODE|NAMA)[ ._]*PENDAMPING|PERIODE|BULAN|LAPORAN|REKAP)\b")


def parse_report_title(title: str | None) -> dict[str, str]:
    """Column → value in the lines of a title: periode_laporan, id_pendamping, nama_pendamping."""
    lines = (title or "").upper().split(" / ")
    values_by_column = {
        "id_pendamping": {found[1] for line in lines if (found := _ID.search(line)) and re.search(r"\d", found[1])},
        "nama_pendamping": {found[1].strip() for line in lines if (found := _NAME.search(line))},
        "periode_laporan": {month}
        if (month := _parse_month(" / ".join(_NAME.sub("", line) for line in lines)))
        else set(),
    }
    return {column: values.pop() for column, values in values_by_column.items() if len(values) == 1}


def parse_report_line(line: str) -> dict[str, str]:
    """Like `parse_report_title`, for a line between rows, which may belong to a signature."""
    return parse_report_title(line) if _REPORT_LABEL.match(line.upper()) else {}


def inherit_report(current: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """The facts in force below a line with new ones: another number or name ends both of the companion before."""
    is_other_companion = any(new[column] != current.get(column) for column in _COMPANION & new.keys())
    return {
        column: value for column, value in current.items() if not (is_other_companion and column in _COMPANION)
    } | dict(new)


@once_per_value(pl.String)
def month_in_name(name: pl.Expr) -> pl.Expr:
    """The month in the name of a sheet or file; null if there is none."""
    return name.str.to_uppercase().str.replace_all("[_-]", " ").map_elements(_parse_month, return_dtype=pl.String)


def _parse_month(text: str) -> str | None:
    """The only month and year in a text: BULAN NOVEMBER TAHUN 2022; with a day it is the date of a signature."""
    if found := _IN_DIGITS.search(text):
        return found[1]
    undated = re.sub(DATED_DAY, r"\1 ", text)
    months = {MONTHS[word[:3]] for word in re.findall(MONTH_WORD, undated)}
    years = set(re.findall(YEAR, undated))
    certain = len(months) == len(years) == 1 and _UNAMBIGUOUS_MONTH.search(undated)
    return f"{years.pop()}-{months.pop():02}" if certain else None
