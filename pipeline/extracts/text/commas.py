"""Handles unquoted amounts with commas (`Rp 300.000,00`, `300,000`) in comma-delimited text.

Their commas are no delimiters: without special treatment a complete row seems to have a cell too many, and a row that
lacks a cell seems complete.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from statistics import mode

from pipeline.extracts.files.unreadable import UnreadableError
from schemas.extracts import money_positions

# `Rp 300.000,00`, `300.000,-`
_WITH_SEN = r"(?:Rp\.? ?[0-9]{1,12}(?:\.[0-9]{3})*|[0-9]{1,3}(?:\.[0-9]{3})+),(?:00|-)"
# `300000,00`: without Rp or separators an amount only in a column of money, and 00 may be the next cell.
_BARE_WITH_SEN = r"[0-9]{5,12},(?:00|-)"
# `300,000`, `Rp 1,200,000.00`; at least a hundred thousand, so that RT and RW are not taken for one.
_WITH_THOUSANDS = r"(?:Rp\.? ?)?[1-9](?:[0-9]{2}|[0-9]{0,2},[0-9]{3})(?:,[0-9]{3})*,000(?:\.0{1,2})?"
# 300,000,300,000 may be one amount or two side by side.
_TWO_AMOUNTS = re.compile(rb"[0-9],[0-9]{3},[1-9][0-9]{2},[0-9]{3}")
# A line quoted as a whole: `"1,MAWAR,""300,000"""`.
_WHOLE_LINE = re.compile(rb'^[ \t]*"((?:[^"\n]|"")*)"[ \t]*$', re.MULTILINE)
# At most one in so many counts as a slip.
_SLIP_IN_ROWS = 4
_AMBIGUOUS = (
    "Kolom dipisahkan koma, dan nilai uangnya memuat koma juga, sehingga batas kolomnya tidak pasti; simpan lagi "
    "dengan pemisah titik koma (;), atau beri tanda kutip pada nilai uangnya."
)


def amount_quoter(
    lines: list[str], split_cells: Callable[[str], list[str]], header: list[str]
) -> Callable[[bytes], bytes] | None:
    """The function that quotes such amounts in a comma-delimited text before it is parsed; None if not needed.

    Args:
        lines: sample rows, none quoted as a whole.
        split_cells: splits a line into cells.
        header: header cells of the rows.

    Raises:
        UnreadableError: most rows have such amounts, and their limits are not certain.
    """
    money, width = money_positions(header), len(header)
    if not money:
        return None
    with_sen = _Amounts(_WITH_SEN, {position: _BARE_WITH_SEN for position in money})
    with_thousands = _Amounts(_WITH_THOUSANDS)
    # A notation, its form that is an amount in any cell, and more than how many rows must have it.
    notations = ((with_sen, _Amounts(_WITH_SEN), 0), (with_thousands, with_thousands, len(lines) // 2))
    widths = [len(split_cells(line)) for line in lines if not any(amounts.found_in(line) for amounts, *_ in notations)]
    broken: set[int] = set()
    is_ambiguous = False
    for amounts, unambiguous, min_lines in notations:
        with_amounts = [(number, line) for number, line in enumerate(lines) if amounts.found_in(line)]
        # Rows without such an amount should have fewer cells; if most have as many, these commas are delimiters.
        usual = widths.count(mode(len(split_cells(line)) for _, line in with_amounts)) if with_amounts else 0
        if 2 * usual > len(widths) and _SLIP_IN_ROWS * usual > len(with_amounts):
            continue
        fitting = 0
        for number, line in with_amounts:
            cells, unquoted_cells = split_cells(amounts.quote(line.encode()).decode()), split_cells(line)
            in_money = [position for position, cell in enumerate(cells) if position in money and "," in cell]
            # An extra blank cell comes from a trailing delimiter.
            has_width = len(cells) == width or (len(cells) == width + 1 and not cells[-1])
            fitting += has_width and bool(in_money) and unambiguous.found_in(line)
            if any(unquoted_cells[width:]) or (in_money and len(unquoted_cells) > width):
                broken.add(number)
                is_ambiguous = is_ambiguous or any(unquoted_cells[width:]) or _end_matters(cells[in_money[0] :])
        if len(with_amounts) > min_lines and 2 * fitting > len(with_amounts):
            return amounts.quote
    if is_ambiguous and 2 * len(broken) > len(lines):
        raise UnreadableError(_AMBIGUOUS)
    return None


def _end_matters(cells: list[str]) -> bool:
    """Whether the end of the amount in the first cell matters: not if only `,-` and blank cells follow."""
    amount, *following = cells
    return not amount.rstrip().endswith(",-") or any(cell.strip("-") for cell in following)


class _Amounts:
    """Finds and quotes unquoted amounts of one notation."""

    def __init__(self, anywhere: str, in_cell: Mapping[int, str] | None = None) -> None:
        """Take a pattern that counts in any cell, and patterns by cell position that count only there."""
        end = r"(?=[,\n]|\Z)"
        self._patterns = [re.compile(rf'"[^"\n]*"|(?<![^,\n])(?P<amount> *{anywhere} *){end}'.encode(), re.IGNORECASE)]
        for position, pattern in (in_cell or {}).items():
            before = rf'^(?:(?>"[^"\n]*"|[^,\n]*),){{{position}}}'
            self._patterns.append(re.compile(rf"{before}(?P<amount> *{pattern} *){end}".encode(), re.MULTILINE))

    def found_in(self, line: str) -> bool:
        """Whether a line has such an amount."""
        text = line.encode()
        return any(found["amount"] for pattern in self._patterns for found in pattern.finditer(text))

    def quote(self, text: bytes) -> bytes:
        """The text with amounts quoted, and without quotes around whole lines."""
        text = _WHOLE_LINE.sub(lambda found: found[1].replace(b'""', b'"'), text)
        for pattern in self._patterns:
            text = pattern.sub(_quote_amount, text)
        return text


def _quote_amount(found: re.Match[bytes]) -> bytes:
    amount = found["amount"]
    if not amount or _TWO_AMOUNTS.search(amount):
        return found[0]
    return found[0].removesuffix(amount) + b'"' + amount + b'"'
