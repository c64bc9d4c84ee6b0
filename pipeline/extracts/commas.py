"""Amounts in text whose cells are divided by commas, and whose own commas divide nothing: `Rp 300.000,00`, `300,000`.

Where such amounts stand in no quotes a row with all its cells looks as if it had one too many, and one that lacks a
cell looks whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from statistics import mode

from pipeline.extracts.unreadable import UnreadableError
from schemas.extracts import money_in

_SURELY_WITH_SEN = r"(?:Rp\.? ?[0-9]{1,12}(?:\.[0-9]{3})*|[0-9]{1,3}(?:\.[0-9]{3})+),(?:00|-)"
# Without a mark of money 00 may as well be the next cell.
_WITH_SEN = rf"(?:{_SURELY_WITH_SEN}|[0-9]{{5,12}},(?:00|-))"
# What is paid to somebody is no less than a hundred thousand, so that RT and RW are none of it.
_WITH_THOUSANDS = r"(?:Rp\.? ?)?[1-9](?:[0-9]{2}|[0-9]{0,2},[0-9]{3})(?:,[0-9]{3})*,000(?:\.0{1,2})?"
# 300,000,300,000 is one amount, or two side by side.
_TWO_AMOUNTS = re.compile(rb"[0-9],[0-9]{3},[1-9][0-9]{2},[0-9]{3}")
_WHOLE_LINE = re.compile(rb'^[ \t]*"((?:[^"\n]|"")*)"[ \t]*$', re.MULTILINE)
# No more than one in so many is a slip.
_FEW_OF = 4
_AMBIGUOUS = (
    "Kolom dipisahkan koma, dan nilai uangnya memuat koma juga, sehingga batas kolomnya tidak pasti; simpan lagi "
    "dengan pemisah titik koma (;), atau beri tanda kutip pada nilai uangnya."
)


def amounts_in_quotes(
    lines: list[str], cells_of: Callable[[str], list[str]], header: list[str]
) -> Callable[[bytes], bytes] | None:
    """How a text whose cells are divided by commas is to be changed before it is parsed; None where not at all.

    Args:
        lines: some of its rows, none in quotes as a whole.
        cells_of: the cells of a line.
        header: what its rows have above them.

    Raises:
        UnreadableError: most rows have such amounts, and it is not certain where they begin and end.
    """
    money, width = money_in(header), len(header)
    for amount, sure, fewest in (
        (_WITH_SEN, _SURELY_WITH_SEN, 0),
        (_WITH_THOUSANDS, _WITH_THOUSANDS, len(lines) // 2),
    ):
        written = [line for line in lines if money and _has_unquoted(amount, line)]
        if not written:
            continue
        # A row without an amount is shorter by its commas; where most are as long, not just a slip, they divide cells.
        usual = mode(len(cells_of(line)) for line in written)
        others = [len(cells_of(line)) for line in lines if not _has_unquoted(amount, line)]
        if 2 * others.count(usual) > len(others) and _FEW_OF * others.count(usual) > len(written):
            continue
        quoted = _quoting(amount)
        fitting = 0
        for line in written:
            row = cells_of(quoted(line.encode()).decode())
            # One blank cell more is a delimiter that closes lines.
            whole = len(row) == width or (len(row) == width + 1 and not row[-1])
            fitting += whole and _has_unquoted(sure, line) and any("," in row[place] for place in money)
        if len(written) > fewest and 2 * fitting > len(written):
            return quoted
        if 2 * sum(any(cells_of(line)[width:]) for line in written) > len(lines):
            raise UnreadableError(_AMBIGUOUS)
    return None


def _unquoted(amount: str) -> re.Pattern[bytes]:
    """Finds amounts as its only group, and passes over what is in quotes."""
    return re.compile(rf'"[^"\n]*"|(?<![^,\n])( *{amount} *)(?=[,\n]|\Z)'.encode(), re.IGNORECASE)


def _has_unquoted(amount: str, line: str) -> bool:
    return any(found[1] for found in _unquoted(amount).finditer(line.encode()))


def _quoting(amount: str) -> Callable[[bytes], bytes]:
    """What puts amounts in quotes, and takes lines out of theirs."""

    def in_quotes(found: re.Match[bytes]) -> bytes:
        certain = found[1] and not _TWO_AMOUNTS.search(found[1])
        return b'"' + found[1] + b'"' if certain else found[0]

    def bare(found: re.Match[bytes]) -> bytes:
        return found[1].replace(b'""', b'"')

    return lambda text: _unquoted(amount).sub(in_quotes, _WHOLE_LINE.sub(bare, text))
