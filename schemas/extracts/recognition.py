"""Recognises a file's kind and layout by its header row, and finds the columns it lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from schemas.extracts.extract import Layout
from schemas.extracts.headers import fold_header, has_money, headers_of, map_columns, money_positions
from schemas.extracts.kinds import GIVEN_ELSEWHERE, KINDS, REQUIRED, WITHOUT_OWN_NUMBER, all_layouts, folder_of


def recognise(headers: list[str]) -> tuple[str, Layout] | None:
    """The kind of file that a header row belongs to (a key of `KINDS`), and its nearest layout; None if none fits.

    A layout fits if all required columns of its source are present. Of several sources the one that knows most headers
    wins, and of its layouts the one that shares most headers with the row. A list of residents, which has no identifier
    of its own, wins only if it is also the more similar one.
    """
    return _recognised(tuple(headers), tuple(all_layouts()))


def recognise_in_folder(headers: list[str], source: str) -> tuple[str, Layout] | None:
    """Like `recognise`, for a file in the folder of a source, where title or names may replace required columns.

    A file with all that the source requires is never taken for a list of residents.
    """
    found = recognise(headers)
    if found is not None and found[0] in WITHOUT_OWN_NUMBER:
        own = tuple(name for name, layout in all_layouts().items() if layout.source == source)
        return _recognised(tuple(headers), own) or found
    if found is not None or source not in GIVEN_ELSEWHERE:
        return found
    layout = nearest_layout(headers, source)
    present = {*GIVEN_ELSEWHERE[source], *map_columns(headers, layout)}
    return None if missing_columns(source, present) else (source, layout)


# Called several times per file, and hundreds of files share a header.
@lru_cache(maxsize=1_000)
def _recognised(headers: tuple[str, ...], layouts: tuple[str, ...]) -> tuple[str, Layout] | None:
    folded = _folded(headers)
    fitting = []
    for name in layouts:
        layout = all_layouts()[name]
        columns = map_columns(headers, layout)
        if not missing_columns(layout.source, set(columns)):
            fitting.append((len(columns), _likeness(folded, layout), layout))
    if not fitting:
        return None
    source = max(fitting, key=lambda fit: fit[0])[2].source
    best_by_kind = {fit[2].source: fit for fit in sorted(fitting, key=lambda fit: fit[1])}
    # A file with an identifier, and as similar to its own layouts, is not a list of residents with an extra column.
    own = [
        fit
        for kind, fit in best_by_kind.items()
        if kind not in WITHOUT_OWN_NUMBER and fit[1] >= best_by_kind[source][1]
    ]
    if own and source in WITHOUT_OWN_NUMBER:
        source = max(own, key=lambda fit: fit[0])[2].source
    return source, best_by_kind[source][2]


def nearest_layout(headers: list[str], source: str) -> Layout:
    """The layout of a folder's kinds that shares most headers with an unrecognised row."""
    folded = _folded(headers)
    candidates = [layout for layout in all_layouts().values() if folder_of(layout.source) == source]
    return max(candidates, key=lambda layout: _likeness(folded, layout))


def lacks_identifier(headers: list[str], found: Layout, source: str) -> bool:
    """Whether a header recognised as a list of persons rather belongs to a file of this folder without its identifier.

    Orders without order numbers, for example, have all columns of a list of residents, or of DTKS. No list of persons
    has rupiah.
    """
    if has_money(source) and not has_money(found.source) and money_positions(headers):
        return True
    folded, nearest = _folded(headers), nearest_layout(headers, source)
    return found.source in WITHOUT_OWN_NUMBER and _likeness(folded, nearest) > _likeness(folded, found)


def headers_by_column(layout: Layout) -> dict[str, str]:
    """Column → its header in files of this layout; for a column that the layout lacks, its first known header."""
    known = headers_of(layout.source)
    columns = KINDS[layout.source].to_schema().columns.items()
    first = {name: (column.metadata or {}).get("headers", (name,))[0] for name, column in columns}
    written = {
        known[fold_header(header)]: header for header in reversed(layout.headers) if fold_header(header) in known
    }
    return first | written


def missing_columns(source: str, present: set[str], labels: Mapping[str, str] | None = None) -> list[str]:
    """The missing requirements of a file of this source, one entry each, alternatives joined by ' atau '.

    Args:
        source: a key of `KINDS`.
        present: the columns that are present.
        labels: column → what to call it; by default its own name.
    """
    labels = labels or {}
    return [
        " atau ".join(" + ".join(labels.get(name, name) for name in alternative) for alternative in alternatives)
        for alternatives in REQUIRED[source]
        if not any(set(alternative) <= present for alternative in alternatives)
    ]


def _folded(headers: Sequence[str]) -> set[str]:
    return {fold_header(text) for text in headers} - {""}


def _likeness(folded: set[str], layout: Layout) -> float:
    known = {fold_header(text) for text in layout.headers}
    return len(folded & known) / len(folded | known)
