"""Handles unquoted amounts with commas (`Rp 300.000,00`, `300,000`) in comma-delimited text.

Their commas are no delimiters: without special treatment a complete row seems to have a cell too many, and a row that
lacks a cell seems complete.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from statistics import mode

from pipeline.extracts.files.unreadable import UnreadableError
from schemas.extracts import money_in

_WITH_SEN = r"(?:Rp\.? ?[0-9]{1,12}(?:\.[0-9]{3})*|[0-9]{1,3}(?:\.[0-9]{3})+),(?:00|-)"
# Without Rp or thousands separators it is an amount only in a column of money, and 00 may be the next cell.
_BARE_WITH_SEN = r"[0-9]{5,12},(?:00|-)"
# Payments are at least a hundred thousand, so that RT and RW are not taken for one.
_WITH_THOUSANDS = r"(?:Rp\.? ?)?[1-9](?:[0-9]{2}|[0-9]{0,2},[0-9]{3})(?:,[0-9]{3})*,000(?:\.0{1,2})?"
# 300,000,300,000 may be one amount or two side by side.
_TWO_AMOUNTS = re.compile(rb"[0-9],[0-9]{3},[1-9][0-9]{2},[0-9]{3}")
_WHOLE_LINE = re.compile(rb'^[ \t]*"((?:[^"\n]|"")*)"[ \t]*$', re.MULTILINE)
# At most one in so many counts as a slip.
_FEW_OF = 4
_AMBIGUOUS = (
    "Kolom dipisahkan koma, dan nilai uangnya memuat koma juga, sehingga batas kolomnya tidak pasti; simpan lagi "
    "dengan pemisah titik koma (;), atau beri tanda kutip pada nilai uangnya."
)


def amounts_in_quotes(
    lines: list[str], cells_of: Callable[[str], list[str]], header: list[str]
) -> Callable[[bytes], bytes] | None:
    """The function that quotes such amounts in a comma-delimited text before it is parsed; None if not needed.

    Args:
        lines: sample rows, none quoted as a whole.
        cells_of: splits a line into cells.
        header: header cells of the rows.

    Raises:
        UnreadableError: most rows have such amounts, and their limits are not certain.
    """
    money, width = money_in(header), len(header)
    if not money:
        return None
    with_sen = _Amounts(_WITH_SEN, {place: _BARE_WITH_SEN for place in money})
    ways = ((with_sen, _Amounts(_WITH_SEN), 0), (_Amounts(_WITH_THOUSANDS), _Amounts(_WITH_THOUSANDS), len(lines) // 2))
    plain = [len(cells_of(line)) for line in lines if not any(amounts.are_in(line) for amounts, *_ in ways)]
    torn: set[int] = set()
    told = False
    for amounts, sure, fewest in ways:
        written = [(number, line) for number, line in enumerate(lines) if amounts.are_in(line)]
        # Rows without such an amount should have fewer cells; if most have as many, these commas are delimiters.
        usual = plain.count(mode(len(cells_of(line)) for _, line in written)) if written else 0
        if 2 * usual > len(plain) and _FEW_OF * usual > len(written):
            continue
        fitting = 0
        for number, line in written:
            row, divided = cells_of(amounts.in_quotes(line.encode()).decode()), cells_of(line)
            places = [place for place, cell in enumerate(row) if place in money and "," in cell]
            # An extra blank cell comes from a closing delimiter.
            whole = len(row) == width or (len(row) == width + 1 and not row[-1])
            fitting += whole and bool(places) and sure.are_in(line)
            if any(divided[width:]) or (places and len(divided) > width):
                torn.add(number)
                told = told or any(divided[width:]) or _tells(row[places[0] :])
        if len(written) > fewest and 2 * fitting > len(written):
            return amounts.in_quotes
    if told and 2 * len(torn) > len(lines):
        raise UnreadableError(_AMBIGUOUS)
    return None


def _tells(cells: list[str]) -> bool:
    """Whether the end of the amount in the first cell matters: not if only `,-` and blank cells follow."""
    amount, *behind = cells
    return not amount.rstrip().endswith(",-") or any(cell.strip("-") for cell in behind)


class _Amounts:
    """Finds and quotes unquoted amounts of one notation."""

    def __init__(self, anywhere: str, in_cell: Mapping[int, str] | None = None) -> None:
        """Take a pattern that counts in any cell, and patterns by cell position that count only there."""
        end = r"(?=[,\n]|\Z)"
        self._patterns = [re.compile(rf'"[^"\n]*"|(?<![^,\n])(?P<amount> *{anywhere} *){end}'.encode(), re.IGNORECASE)]
        for place, pattern in (in_cell or {}).items():
            before = rf'^(?:(?>"[^"\n]*"|[^,\n]*),){{{place}}}'
            self._patterns.append(re.compile(rf"{before}(?P<amount> *{pattern} *){end}".encode(), re.MULTILINE))

    def are_in(self, line: str) -> bool:
        """Whether a line has such an amount."""
        text = line.encode()
        return any(found["amount"] for pattern in self._patterns for found in pattern.finditer(text))

    def in_quotes(self, text: bytes) -> bytes:
        """The text with amounts quoted, and without quotes around whole lines."""
        text = _WHOLE_LINE.sub(lambda found: found[1].replace(b'""', b'"'), text)
        for pattern in self._patterns:
            text = pattern.sub(_in_quotes, text)
        return text


def _in_quotes(found: re.Match[bytes]) -> bytes:
    amount = found["amount"]
    if not amount or _TWO_AMOUNTS.search(amount):
        return found[0]
    return found[0].removesuffix(amount) + b'"' + amount + b'"'
