"""What a file is, told from its header row: its kind, its layout, and what it lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from schemas.extracts.extract import Layout
from schemas.extracts.headers import columns_in, fold_header, headers_of, money_in, tells_money
from schemas.extracts.kinds import KINDS, REQUIRED, TOLD_ELSEWHERE, WITHOUT_OWN_NUMBER, all_layouts, folder_of


def recognise(headers: list[str]) -> tuple[str, Layout] | None:
    """Which kind of file a header row begins (a key of `KINDS`), and its nearest layout; None where it fits none.

    A layout fits when all columns required of its source are delivered. Of several sources the one that knows most
    headers wins, of its layouts the one that shares most headers with the row; a list of residents, which has no
    identifier of its own, only where it is more like one too.
    """
    return _recognised(tuple(headers), tuple(all_layouts()))


def recognise_in(headers: list[str], source: str) -> tuple[str, Layout] | None:
    """As `recognise`, of a file in the folder of a source, whose columns may be told elsewhere than in its header.

    What has all that the source needs is no list of residents, however much it tells of them.
    """
    found = recognise(headers)
    if found is not None and found[0] in WITHOUT_OWN_NUMBER:
        own = tuple(name for name, layout in all_layouts().items() if layout.source == source)
        return _recognised(tuple(headers), own) or found
    if found is not None or source not in TOLD_ELSEWHERE:
        return found
    layout = nearest_layout(headers, source)
    present = {*TOLD_ELSEWHERE[source], *columns_in(headers, layout)}
    return None if missing_columns(source, present) else (source, layout)


# A file asks several times about its header, which hundreds of files share.
@lru_cache(maxsize=1_000)
def _recognised(headers: tuple[str, ...], layouts: tuple[str, ...]) -> tuple[str, Layout] | None:
    folded = _folded(headers)
    fitting = []
    for name in layouts:
        layout = all_layouts()[name]
        columns = columns_in(headers, layout)
        if not missing_columns(layout.source, set(columns)):
            fitting.append((len(columns), _likeness(folded, layout), layout))
    if not fitting:
        return None
    source = max(fitting, key=lambda fit: fit[0])[2].source
    likest = {fit[2].source: fit for fit in sorted(fitting, key=lambda fit: fit[1])}
    # What has a number of its own, and is no less like its layouts, is no list of residents with a column more.
    own = [fit for kind, fit in likest.items() if kind not in WITHOUT_OWN_NUMBER and fit[1] >= likest[source][1]]
    if own and source in WITHOUT_OWN_NUMBER:
        source = max(own, key=lambda fit: fit[0])[2].source
    return source, likest[source][2]


def nearest_layout(headers: list[str], source: str) -> Layout:
    """The known layout of a folder that shares most headers with a row that was not recognised."""
    folded = _folded(headers)
    candidates = [layout for layout in all_layouts().values() if folder_of(layout.source) == source]
    return max(candidates, key=lambda layout: _likeness(folded, layout))


def lacks_its_number(headers: list[str], found: Layout, source: str) -> bool:
    """Whether a row recognised as a list of persons is more like a file of this folder whose own number is missing.

    Such a file, orders without their numbers say, has all that a list of residents needs, or of DTKS where it tells
    who they are there, and would pass for one. No list of persons tells rupiah.
    """
    if tells_money(source) and not tells_money(found.source) and money_in(headers):
        return True
    folded, nearest = _folded(headers), nearest_layout(headers, source)
    return found.source in WITHOUT_OWN_NUMBER and _likeness(folded, nearest) > _likeness(folded, found)


def header_words(layout: Layout) -> dict[str, str]:
    """Column → its header in files of this layout; of one that the layout lacks, the first header it is known by."""
    known = headers_of(layout.source)
    columns = KINDS[layout.source].to_schema().columns.items()
    first = {name: (column.metadata or {}).get("headers", (name,))[0] for name, column in columns}
    written = {
        known[fold_header(header)]: header for header in reversed(layout.headers) if fold_header(header) in known
    }
    return first | written


def missing_columns(source: str, present: set[str], words: Mapping[str, str] | None = None) -> list[str]:
    """What a file of this source still needs, one entry per unmet requirement, alternatives joined by ' atau '.

    Args:
        source: a key of `KINDS`.
        present: columns that are there.
        words: what to call a column; its own name unless given.
    """
    called = words or {}
    return [
        " atau ".join(" + ".join(called.get(name, name) for name in alternative) for alternative in alternatives)
        for alternatives in REQUIRED[source]
        if not any(set(alternative) <= present for alternative in alternatives)
    ]


def _folded(headers: Sequence[str]) -> set[str]:
    return {fold_header(text) for text in headers} - {""}


def _likeness(folded: set[str], layout: Layout) -> float:
    known = {fold_header(text) for text in layout.headers}
    return len(folded & known) / len(folded | known)
