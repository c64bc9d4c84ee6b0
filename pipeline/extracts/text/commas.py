"""Amounts in text whose cells are divided by commas, and whose own commas divide nothing: `Rp 300.000,00`, `300,000`.

Where such amounts stand in no quotes a row with all its cells looks as if it had one too many, and one that lacks a
cell looks whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from statistics import mode

from pipeline.extracts.files.unreadable import UnreadableError
from schemas.extracts import money_in

_WITH_SEN = r"(?:Rp\.? ?[0-9]{1,12}(?:\.[0-9]{3})*|[0-9]{1,3}(?:\.[0-9]{3})+),(?:00|-)"
# Without a mark of money it is one only where the money is, and 00 may as well be the next cell.
_BARE_WITH_SEN = r"[0-9]{5,12},(?:00|-)"
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
    if not money:
        return None
    with_sen = _Amounts(_WITH_SEN, {place: _BARE_WITH_SEN for place in money})
    ways = ((with_sen, _Amounts(_WITH_SEN), 0), (_Amounts(_WITH_THOUSANDS), _Amounts(_WITH_THOUSANDS), len(lines) // 2))
    plain = [len(cells_of(line)) for line in lines if not any(amounts.are_in(line) for amounts, *_ in ways)]
    torn: set[int] = set()
    told = False
    for amounts, sure, fewest in ways:
        written = [(number, line) for number, line in enumerate(lines) if amounts.are_in(line)]
        # A row without an amount is shorter by its commas; where most are as long, not just a slip, they divide cells.
        usual = plain.count(mode(len(cells_of(line)) for _, line in written)) if written else 0
        if 2 * usual > len(plain) and _FEW_OF * usual > len(written):
            continue
        fitting = 0
        for number, line in written:
            row, divided = cells_of(amounts.in_quotes(line.encode()).decode()), cells_of(line)
            places = [place for place, cell in enumerate(row) if place in money and "," in cell]
            # One blank cell more is a delimiter that closes lines.
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
    """Whether it matters where an amount ends, the first of these cells: not if only a dash and blanks are behind."""
    amount, *behind = cells
    return not amount.rstrip().endswith(",-") or any(cell.strip("-") for cell in behind)


class _Amounts:
    """Amounts in no quotes, as far as they are written in one way."""

    def __init__(self, anywhere: str, in_cell: Mapping[int, str] | None = None) -> None:
        """Of what way: a pattern wherever one stands, and others, by place, for one cell of a row."""
        end = r"(?=[,\n]|\Z)"
        self._patterns = [re.compile(rf'"[^"\n]*"|(?<![^,\n])(?P<amount> *{anywhere} *){end}'.encode(), re.IGNORECASE)]
        for place, pattern in (in_cell or {}).items():
            before = rf'^(?:(?>"[^"\n]*"|[^,\n]*),){{{place}}}'
            self._patterns.append(re.compile(rf"{before}(?P<amount> *{pattern} *){end}".encode(), re.MULTILINE))

    def are_in(self, line: str) -> bool:
        """Whether one is in a line."""
        text = line.encode()
        return any(found["amount"] for pattern in self._patterns for found in pattern.finditer(text))

    def in_quotes(self, text: bytes) -> bytes:
        """The text with amounts in quotes, and lines out of theirs."""
        text = _WHOLE_LINE.sub(lambda found: found[1].replace(b'""', b'"'), text)
        for pattern in self._patterns:
            text = pattern.sub(_in_quotes, text)
        return text


def _in_quotes(found: re.Match[bytes]) -> bytes:
    amount = found["amount"]
    if not amount or _TWO_AMOUNTS.search(amount):
        return found[0]
    return found[0].removesuffix(amount) + b'"' + amount + b'"'
