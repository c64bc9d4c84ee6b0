"""Maps the cells of a header row to columns, whatever way officers write the headers.

Does not belong here: the known headers of a column (the module of its source), and the kind of a file
(`schemas.extracts.recognition`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from schemas.extracts.extract import Layout
from schemas.extracts.joined import JOINED
from schemas.extracts.kinds import KINDS, all_layouts
from schemas.extracts.short_forms import short_forms

_OF_SOMEBODY_ELSE = re.compile(
    r"\(.*\b(AYAH|BAPAK|IBU|ORANG TUA|ORTU|ANAK|SUAMI|ISTRI|PASANGAN|SAUDARA|KEPALA|KRT|WALI|KETUA|PENGURUS|PENDAMPING"
    r"|PETUGAS|PELAPOR|LAMA|ASAL|SEBELUM(NYA)?)\b"
)
_OF_OTHER_UNITS = re.compile(r"\(.*\b(RIBU|JUTA|MILIAR|MILYAR)(?:AN)?\b")


# In shorter headers a different letter may make another word, so they are not corrected.
_LONG_HEADER = 8
# Headers that count only if no header with parentheses means the same column: `NIK (DUKCAPIL)` beside NO KTP.
_FALLBACKS = frozenset({"NKK", "NOKTP", "KK"})
# Headers that may mean something else, such as the head of the family or a number of families: only cells with a long
# number are read below them. Folded header → regex for the part of the cell.
_DOUBTFUL = {"KK": r"(?s)^(.*[0-9](?:[^0-9]*[0-9]){3}.*)$"}
# A wrong identifier makes another person, so mistyped headers of these columns are not accepted: NOMOR NIS is no NIK.
_IDENTIFYING = frozenset({"id_dtks", "id_rumah_tangga", "nik", "no_kk", "no_danom"})


@dataclass(frozen=True)
class ColumnCells:
    """Where a column's value is found in a row.

    Attributes:
        cells: positions of the cells that hold it.
        part: regex with one group for its part of the cell.
        between: separator of its parts in several cells; a blank if parts may be blank.
        choices: for each of several cells, the value that a tick in it means.
        shape: regex for the first of several cells if it holds the whole value.
    """

    cells: tuple[int, ...]
    part: str | None = None
    between: str = "-"
    choices: tuple[str, ...] = ()
    shape: str | None = None


# Words in a header about whose number or name it is.
_MEMBER, _RECIPIENT = re.compile(r"\b(ANGGOTA|ART)\b"), re.compile(r"\b(KPM|PENERIMA)\b")
_SUBSTITUTE = re.compile(r"\bPENGGANTI\b")


# Parts of a header that are dropped for comparison.
_NOT_IN_FOLD = r"^\s*\d+\s*[.)]|\(\d+\)|[^A-Z0-9]"
# The mark of a footnote after a header; not the end of a parenthesis: NOMINAL (TAHAP 1).
_FOOTNOTE = r"^([^()]*[^()\d])\d{1,2}\)\s*$"


@lru_cache(maxsize=10_000)
def fold_header(text: str) -> str:
    """A header for comparison: upper case letters and digits only, without column numbers.

    The mark of a footnote is dropped, too: `DESA/KEL. 1)`.
    """
    return re.sub(_NOT_IN_FOLD, "", re.sub(_FOOTNOTE, r"\1", text).upper())


def folded_headers(texts: pl.Expr) -> pl.Expr:
    """Like `fold_header`, as an expression."""
    return texts.str.replace(_FOOTNOTE, "${1}").str.to_uppercase().str.replace_all(_NOT_IN_FOLD, "")


def _words(header: str) -> str:
    return header.upper().replace("_", " ")


@lru_cache(maxsize=10_000)
def bare_header(text: str) -> str:
    """Like `fold_header`, without parentheses: `NIK (Nomor Induk Kependudukan)` is `NIK`.

    Empty if the parentheses say that the column is about somebody else: `NIK (AYAH)`.
    """
    if "(" not in text:
        return fold_header(text)
    return "" if _OF_SOMEBODY_ELSE.search(_words(text)) else fold_header(re.sub(r"\([^)]*\)", "", text))


@cache
def headers_of(source: str) -> dict[str, str]:
    """Folded header → column name for one kind of file (`KINDS`).

    Raises:
        ValueError: two columns of the source have the same header.
    """
    known: dict[str, str] = {}
    for name, column in KINDS[source].to_schema().columns.items():
        for alias in (column.metadata or {}).get("headers", ()):
            for written in short_forms(alias):
                if known.setdefault(fold_header(written), name) != name:
                    message = f"{source}: header {written!r} is claimed by {known[fold_header(written)]} and {name}"
                    raise ValueError(message)
    return known


@cache
def _fallback_headers(source: str) -> frozenset[str]:
    """Folded headers of one kind of file that count only if no header with parentheses means the same column."""
    columns = KINDS[source].to_schema().columns.values()
    aliases = (alias for column in columns for alias in (column.metadata or {}).get("fallbacks", ()))
    return _FALLBACKS.union(fold_header(written) for alias in aliases for written in short_forms(alias))


@cache
def _divided_headers(source: str) -> dict[tuple[str, tuple[str, ...]], dict[str, int]]:
    """(Column, meanings of ticks in its cells) → folded header → index of the cell among those of the column."""
    found = {}
    for name, column in KINDS[source].to_schema().columns.items():
        metadata = column.metadata or {}
        ticks = metadata.get("choices", {})
        for choices, cells in (((), metadata.get("parts", ())), (tuple(ticks), ticks.values())):
            written = enumerate([form for alias in aliases for form in short_forms(alias)] for aliases in cells)
            if folds := {fold_header(form): place for place, forms in written for form in forms}:
                found[name, choices] = folds
    return found


@cache
def known_headers() -> frozenset[str]:
    """Every folded header of every kind of file; header rows are found by these."""
    aliases = {header for kind in KINDS for header in headers_of(kind)}
    means = {fold_header(header) for layout in all_layouts().values() for header in layout.means}
    several = {fold for kind in KINDS for cells in _divided_headers(kind).values() for fold in cells}
    return frozenset(aliases | JOINED.keys() | means | several)


def money_positions(headers: Sequence[str]) -> list[int]:
    """Positions of the columns of rupiah in a header row."""
    money = _money_headers()
    return [place for place, text in enumerate(headers) if not money.isdisjoint({fold_header(text), bare_header(text)})]


def money_headers_in_larger_units(headers: Sequence[str]) -> list[str]:
    """The headers of money in thousands or larger units: `NOMINAL (Rp ribu)`."""
    return [headers[place] for place in money_positions(headers) if _OF_OTHER_UNITS.search(_words(headers[place]))]


def money_unit(headers: Sequence[str]) -> str | None:
    """The unit in all headers of money, such as RIBU; None if it is missing in one, or if units differ."""
    matches = [_OF_OTHER_UNITS.search(_words(headers[place])) for place in money_positions(headers)]
    units = {found[1] if found else None for found in matches}
    return units.pop() if len(units) == 1 else None


@cache
def has_money(source: str) -> bool:
    """Whether files of a source have columns of rupiah."""
    return any(name.startswith("nominal") for name in headers_of(source).values())


@cache
def _money_headers() -> frozenset[str]:
    return frozenset(fold for kind in KINDS for fold, name in headers_of(kind).items() if name.startswith("nominal"))


@cache
def unread_headers() -> frozenset[str]:
    """Folded headers of known layouts that are not read as a column, such as DESKRIPSI PEKERJAAN."""
    return (
        frozenset({fold_header(text) for layout in all_layouts().values() for text in layout.headers}) - known_headers()
    )


def _with_person_numbers(headers: Sequence[str]) -> list[str]:
    """Headers with `1)` and `2)` kept as numbers if these distinguish people (`NIK 1)`, `NIK 2)`), not footnotes."""
    marked = {text for text in headers if re.match(_FOOTNOTE, text)}
    times = Counter(map(fold_header, marked))
    return [text.rstrip(") ") if text in marked and times[fold_header(text)] > 1 else text for text in headers]


def map_columns(headers: Sequence[str], layout: Layout) -> dict[str, ColumnCells]:
    """The columns that a header row of this layout delivers, and where.

    If two headers mean the same column, the one named first in its model counts; of two equal headers, the first.
    """
    headers = _with_person_numbers(headers)
    known, fallbacks = _known_headers_of(layout), _fallback_headers(layout.source)
    columns: dict[str, ColumnCells] = {}
    for places in (
        _exact_positions(headers, known, _header_ranks(layout), fallbacks),
        _positions_without_parentheses(headers, known, fallbacks),
        _mistyped_positions(headers, known),
    ):
        for name, position in places.items():
            columns.setdefault(name, ColumnCells((position,), _DOUBTFUL.get(bare_header(headers[position]))))
    if _are_of_two_people(headers, columns):
        del columns["nama"]
    columns |= _name_of_substitute(headers, columns, known)
    columns |= _divided_columns(headers, layout.source, columns)
    names = headers_of(layout.source).values()
    for position, text in enumerate(headers):
        for name, part in JOINED.get(fold_header(text), {}).items():
            if name in names:
                columns.setdefault(name, ColumnCells((position,), part))
    for name, parts in layout.composed.items():
        if all(part in columns for part in parts):
            columns.setdefault(name, ColumnCells(tuple(cell for part in parts for cell in columns[part].cells)))
    return columns


def _are_of_two_people(headers: Sequence[str], columns: Mapping[str, ColumnCells]) -> bool:
    """Whether by the headers the NIK is a family member's and the name that of the payee of the family."""
    if not {"nik", "nama"} <= columns.keys():
        return False
    number, name = (_words(headers[columns[column].cells[0]]) for column in ("nik", "nama"))
    return bool(_MEMBER.search(number) and _RECIPIENT.search(name))


def _name_of_substitute(
    headers: Sequence[str], columns: Mapping[str, ColumnCells], known: Mapping[str, str]
) -> dict[str, ColumnCells]:
    """The substitute's name in a list of substitute payees, if the NIK is the substitute's, too."""
    if "nik" not in columns or not _SUBSTITUTE.search(_words(headers[columns["nik"].cells[0]])):
        return {}
    substitutes = [place for place, text in enumerate(headers) if _SUBSTITUTE.search(_words(text))]
    named = [place for place in substitutes if known.get(fold_header(headers[place])) == "nama"]
    return {"nama": ColumnCells((named[0],))} if named else {}


def _divided_columns(
    headers: Sequence[str], source: str, undivided: Mapping[str, ColumnCells]
) -> dict[str, ColumnCells]:
    """Columns divided over several cells, all of which are present, without a cell for the whole column.

    A part may have the name of the whole: TANGGAL LAHIR beside BULAN LAHIR, TAHUN LAHIR.
    """
    columns: dict[str, ColumnCells] = {}
    positions = {fold_header(text): place for place, text in reversed(list(enumerate(headers)))}
    for (name, choices), cell_of in _divided_headers(source).items():
        found = {cell_of[fold]: place for fold, place in positions.items() if fold in cell_of}
        if len(found) == len(set(cell_of.values())):
            metadata = KINDS[source].to_schema().columns[name].metadata or {}
            cells = tuple(found[cell] for cell in sorted(found))
            if name not in undivided or undivided[name].cells[0] in cells:
                columns[name] = ColumnCells(
                    cells, None, metadata["between"], choices, None if choices else metadata["shape"]
                )
    return columns


@cache
def _known_headers_of(layout: Layout) -> dict[str, str]:
    """Folded header → column name in files of a layout, in order of precedence; '' if not read."""
    means = {fold_header(text): name for text, name in layout.means.items()}
    return {**means, **{fold: name for fold, name in headers_of(layout.source).items() if fold not in means}}


@cache
def _header_ranks(layout: Layout) -> dict[str, int]:
    """Folded header → its rank by precedence, from 0."""
    return {fold: rank for rank, fold in enumerate(_known_headers_of(layout))}


def _exact_positions(
    headers: Sequence[str], known: Mapping[str, str], rank: Mapping[str, int], fallbacks: frozenset[str]
) -> dict[str, int]:
    """Column → position, by exactly known headers; the first known header of a column counts."""
    explained = {known.get(bare_header(text)) for text in headers if "(" in text}
    positions = {fold_header(text): place for place, text in reversed(list(enumerate(headers)))}
    places: dict[str, int] = {}
    for fold in sorted(positions.keys() & known.keys(), key=rank.__getitem__):
        if known[fold] and not (fold in fallbacks and known[fold] in explained):
            places.setdefault(known[fold], positions[fold])
    return places


def _positions_without_parentheses(
    headers: Sequence[str], known: Mapping[str, str], fallbacks: frozenset[str]
) -> dict[str, int]:
    """Column → position, by headers that are known without their parentheses."""
    certain: dict[str, dict[str, int]] = {}
    uncertain: dict[str, dict[str, int]] = {}
    for position, text in enumerate(headers):
        fold = fold_header(text)
        bare = bare_header(text)
        if fold not in known and (name := known.get(bare)):
            (uncertain if bare in fallbacks else certain).setdefault(name, {}).setdefault(fold, position)
    # Two such headers (`NIK (DTKS)`, `NIK (Dukcapil)`) are ambiguous, so neither counts.
    return {name: place for name, found in (uncertain | certain).items() if len(found) == 1 for place in found.values()}


def _mistyped_positions(headers: Sequence[str], known: Mapping[str, str]) -> dict[str, int]:
    """Column → position, by long headers with a missing, extra or wrong letter, only if a single one fits."""
    places: dict[str, list[int]] = {}
    for position, text in enumerate(headers):
        fold = fold_header(text)
        if len(fold) >= _LONG_HEADER and fold not in known_headers():
            near = {known[header] for header in _one_letter_off(fold) if header in known}
            if len(near) == 1 and near.isdisjoint(_IDENTIFYING):
                places.setdefault(near.pop(), []).append(position)
    return {name: found[0] for name, found in places.items() if len(found) == 1 and name}


@lru_cache(maxsize=10_000)
def _one_letter_off(fold: str) -> list[str]:
    """Known long headers of any source that differ by one letter, not by a digit: KECAMATAN2 is another column."""
    found = process.extract(fold, _long_headers(), scorer=Levenshtein.distance, score_cutoff=1, limit=None)
    return [header for header, *_ in found if re.sub(r"\D", "", header) == re.sub(r"\D", "", fold)]


@cache
def _long_headers() -> list[str]:
    return sorted(header for header in known_headers() if len(header) >= _LONG_HEADER)
