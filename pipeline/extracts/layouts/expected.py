"""Chooses the layout of a table by its header and its file's folder, or says in a sentence why it is not read.

Does not belong here: what the layouts are and how headers are recognised (`schemas.extracts`).
"""

from __future__ import annotations

import re

from pipeline.extracts.files.unreadable import UnreadableError
from pipeline.extracts.grids.grid import LIKELY_IDENTITY_NUMBER
from pipeline.normalise.metadata.stage_words import STAGE_WORD
from pipeline.normalise.values.dates import MONTH_WORD
from schemas.extracts import (
    WITHOUT_OWN_NUMBER,
    Layout,
    folder_of,
    headers_by_column,
    lacks_identifier,
    map_columns,
    missing_columns,
    money_headers_in_larger_units,
    money_unit,
    nearest_layout,
    recognise_in_folder,
)
from schemas.link import REVIEW_HEADERS

# Pattern of headers of several amounts side by side → why they are not read.
_ADJACENT_AMOUNTS = {
    rf"\b{STAGE_WORD}\b": "Nominal beberapa tahap bersebelahan ({}), tetapi status atau tanggal bayarnya satu untuk "
    "semua: beri setiap tahap status dan tanggalnya sendiri, atau tulis satu baris per tahap.",
    MONTH_WORD: "Nominal per bulan bersebelahan ({}) tanpa jumlahnya: tambahkan kolom JUMLAH BANTUAN.",
}
_REVIEW_SHEET = (
    "Ini lembar tinjauan padan, bukan data {0}. Ambil jawabannya dengan padan review import NAMA_BERKAS.xlsx, lalu "
    "keluarkan berkasnya dari raw/{0}."
)
# Any list of persons has the columns of a list of residents, so the sentence asks whether it is from Dukcapil.
_OF_RESIDENTS = (
    "Isinya tampak seperti {}. Bila memang dari Dukcapil, pindahkan ke folder raw/{}; bila bukan, "
    "keluarkan dari raw/{}."
)
_MIN_KNOWN_HEADERS, _MAX_LISTED_HEADERS, _MAX_HEADER_LENGTH = 2, 6, 40


def expected_layout(header: list[str], source: str) -> Layout:
    """The layout of a header: one of the source, or of another kind of file that belongs in the source's folder.

    Raises:
        UnreadableError: no layout fits, the file belongs in another folder, or its money is not in rupiah.
    """
    found = recognise_in_folder(header, source)
    if found is None:
        raise UnreadableError(describe_unknown_layout(header, source))
    kind, layout = found
    if folder_of(kind) != source:
        if lacks_identifier(header, layout, source):
            raise UnreadableError(describe_unknown_layout(header, source))
        if kind in WITHOUT_OWN_NUMBER:
            raise UnreadableError(_OF_RESIDENTS.format(layout.label, kind, source))
        message = f"Isinya {layout.label}; pindahkan ke folder raw/{folder_of(kind)}."
        raise UnreadableError(message)
    if (other := money_headers_in_larger_units(header)) and not money_unit(header):
        message = f"Jumlah uang pada kolom {', '.join(other)} tidak dalam rupiah penuh; tulis dalam rupiah penuh."
        raise UnreadableError(message)
    return layout


def describe_unknown_layout(header: list[str], source: str) -> str:
    """A sentence about a header of unknown layout: the nearest layout, what is missing, what was not understood."""
    if {*header} >= {*REVIEW_HEADERS.values()}:
        return _REVIEW_SHEET.format(source)
    nearest = nearest_layout(header, source)
    columns = map_columns(header, nearest)
    missing = missing_columns(nearest.source, set(columns), headers_by_column(nearest))
    read = {cell for delivered in columns.values() for cell in delivered.cells}
    # With few known headers, or a number among them, the row may be a person's data, which must not be shown.
    may_be_shown = len(read) >= _MIN_KNOWN_HEADERS and not any(map(may_be_personal_data, header))
    others = [text for cell, text in enumerate(header) if may_be_shown and text and cell not in read]
    unread = list_headers(others)
    if (
        nearest.source == "pos"
        and "nominal" not in columns
        and len(missing) == 1
        and (explanation := _describe_adjacent_amounts(others))
    ):
        return explanation
    headless = not read and any(re.search(LIKELY_IDENTITY_NUMBER, text) for text in header)
    cure = "Tambahkan baris judul kolom di atas datanya" if headless else "Betulkan baris judulnya"
    return (
        f"Tata letak tidak dikenal; yang paling mirip {nearest.label}, judul kolom yang kurang: {', '.join(missing)}"
        f"{'; judul yang tidak dapat dipakai: ' if unread else ''}{unread}. "
        f"{cure}; bila bukan data {source}, keluarkan dari raw/{source}."
    )


def _describe_adjacent_amounts(headers: list[str]) -> str | None:
    """Why amounts of several stages or months side by side are not read; None if there are none."""
    for words, cause in _ADJACENT_AMOUNTS.items():
        adjacent = [text for text in headers if re.search(words, text.upper())]
        if len(adjacent) > 1:
            return cause.format(list_headers(adjacent))
    return None


def list_headers(texts: list[str]) -> str:
    """Headers in a sentence: shortened, and of very many the first."""
    return ", ".join(text[:_MAX_HEADER_LENGTH] for text in texts[:_MAX_LISTED_HEADERS])


def may_be_personal_data(text: str) -> bool:
    """Whether a header may be a person's data, which must not be shown."""
    return bool(re.search(LIKELY_IDENTITY_NUMBER, text) or re.search(r"[0-9]{6}", re.sub(r"[\s.-]", "", text)))
