"""Which of the first rows of a table is its header: one row, or two that say a header together.

In two rows stand words that were wrapped (`TANGGAL` over `LAHIR`) and groups (`NOMOR` over `KK` and `NIK`). Which texts
are headers is told by the caller; how rows are found and what is in a cell are the business of each format.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEADER_WITHIN = 10
# A row with fewer known headers than this share of the fullest one is a title; from there on, the first is the header.
_LIKE_THE_FULLEST = 0.5

Likeness = Callable[[list[str]], int]


@dataclass(frozen=True)
class Heading:
    """A header: its cells, the places of its first and last row, and its rows as written where they are two."""

    cells: list[str]
    first: int
    last: int
    lines: tuple[list[str], ...] = ()


def find_heading(rows: Sequence[list[str]], likeness: Likeness, below: Sequence[int] | None = None) -> Heading:
    """The first row that is about as much of a header as any; alone, or with the row below where that says more.

    Args:
        rows: the first rows of a table, at least one.
        likeness: how many cells of a row are known headers.
        below: for each row the place of the one below, as rows may begin within others; the next unless given.
    """
    below = below or range(1, len(rows) + 1)
    alone = [Heading(cells, place, place) for place, cells in enumerate(rows)]
    known = [likeness(heading.cells) for heading in alone]
    both = [
        Heading(_together(rows[place], rows[under], likeness), place, under, (rows[place], rows[under]))
        for place, under in enumerate(below)
        if known[place] and under < len(rows)
    ]
    better = [heading for heading in both if likeness(heading.cells) > max(known[heading.first], known[heading.last])]
    found = [*alone, *better]
    fullest = max(likeness(heading.cells) for heading in found)
    like = [heading for heading in found if likeness(heading.cells) >= _LIKE_THE_FULLEST * fullest]
    return min(like, key=lambda heading: (heading.first, -likeness(heading.cells)))


def _together(upper: list[str], lower: list[str], likeness: Likeness) -> list[str]:
    """The header that two rows say together; a group stands over all the blank cells to its right."""
    width = max(len(upper), len(lower))
    upper, lower = (cells + [""] * (width - len(cells)) for cells in (upper, lower))
    group, together = "", []
    for above, below in zip(upper, lower, strict=True):
        group = above or group
        said = f"{group if below else above} {below}".strip()
        # In brackets the one explains the other, unless it tells that the number or name is somebody else's.
        ways = (said, f"{below} {group}", f"{below} ({group})", f"{above} ({below})") if below else (above,)
        together.append(next((way for way in ways if likeness([way])), said))
    return together
