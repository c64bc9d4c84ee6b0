"""Amounts in text whose cells are divided by commas, and whose own commas divide nothing: `Rp 300.000,00`, `300,000`.

Where such amounts stand in no quotes a row with all its cells looks as if it had one too many, and one that lacks a
cell looks whole. Which column they are in is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.extracts.unreadable import UnreadableError

_RUPIAH = r"(?:Rp\.? ?)?"
_WITH_SEN = rf"{_RUPIAH}(?:[0-9]{{1,3}}(?:\.[0-9]{{3}})+|[0-9]{{5,12}}),(?:00|-)"
# What is paid to somebody is no less than a hundred thousand, so that RT and RW are none of it.
_WITH_THOUSANDS = rf"{_RUPIAH}[1-9](?:[0-9]{{2}}|[0-9]{{0,2}},[0-9]{{3}})(?:,[0-9]{{3}})*,000(?:\.0{{1,2}})?"
_AMBIGUOUS = (
    "Kolom dipisahkan koma, dan nilai uangnya memuat koma juga, sehingga batas kolomnya tidak pasti; simpan lagi "
    "dengan pemisah titik koma (;), atau beri tanda kutip pada nilai uangnya."
)


def amounts_in_quotes(lines: list[str], cells_in: Callable[[str], int], width: int) -> Callable[[bytes], bytes] | None:
    """How a text whose cells are divided by commas is to be changed before it is parsed; None where not at all.

    Args:
        lines: some of its rows.
        cells_in: how many cells a line has.
        width: how many it must have.

    Raises:
        UnreadableError: most rows have such amounts, and it is not certain where they begin and end.
    """
    for amount, fewest in ((_WITH_SEN, 0), (_WITH_THOUSANDS, len(lines) // 2)):
        quoted = _quoting(amount)
        mended = {line: quoted(line.encode()).decode() for line in lines}
        written = [line for line in lines if mended[line] != line]
        # One cell more is a delimiter that closes lines.
        fitting = sum(cells_in(mended[line]) in {width, width + 1} for line in written)
        if len(written) > fewest and 2 * fitting > len(written):
            return quoted
        if 2 * sum(cells_in(line) > width for line in written) > len(lines):
            raise UnreadableError(_AMBIGUOUS)
    return None


def _quoting(amount: str) -> Callable[[bytes], bytes]:
    """What puts amounts in quotes; it passes over what is in quotes already."""
    pattern = re.compile(rf'"[^"\n]*"|(?<![^,\n])( *{amount} *)(?=[,\n]|\Z)'.encode(), re.IGNORECASE)
    return lambda text: pattern.sub(lambda found: b'"' + found[1] + b'"' if found[1] else found[0], text)
