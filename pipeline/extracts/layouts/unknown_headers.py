"""Finds columns with an unknown header beside missing columns of the layout, which they may be.

Nothing is guessed: the columns stay unread, and a sentence asks the officer to change the header.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from pipeline.extracts.grids.grid import BLANKS, Grid, cell_columns, is_filled
from pipeline.extracts.layouts.expected import list_headers, may_be_personal_data
from schemas.extracts import (
    Layout,
    fold_header,
    headers_by_column,
    known_headers,
    map_columns,
    unread_headers,
    unstaged_columns,
)
from schemas.extracts.shapes import DATE, NUMBER

# Identifying columns whose values have a recognisable shape.
_RECOGNISABLE = {"nik": NUMBER, "no_kk": NUMBER, "tanggal_lahir": DATE}
_MIN_SHARE = 0.5
# Columns that many lists of a source lack, or that their title or name states instead.
_OPTIONAL: dict[str, set[str]] = {
    "dtks": {"provinsi", "rt", "rw", "tempat_lahir"},
    "dukcapil": {
        "provinsi", "no_prop", "no_kab", "no_kec", "no_kel", "rt", "rw", "tempat_lahir", "pekerjaan", "tgl_ubah",
    },
    "pos": {
        "program", "tahun", "tahap", "batch", "kode_kprk", "nama_kprk", "provinsi", "no_kk", "alamat", "metode",
        "tgl_retur",
    },
    "alokasi": {
        "program", "tahun", "tahap", "kode_wilayah", "tgl_transfer", "nominal_transfer", "target_selesai",
    },
    "pendamping": {"nama_pendamping"},
}  # fmt: skip
# Numbers of rows, which are no column of any layout.
_ROW_NUMBERS = frozenset({"NO", "NOMOR", "NOURUT", "NOMORURUT", "URUT"})
_LIKELY_COLUMN = (
    "Kolom {} tidak ada, tetapi isi kolom {} tampak seperti itu. Bila benar, ganti judulnya, lalu serahkan lagi."
)
_UNKNOWN_BESIDE_MISSING = (
    "Kolom yang tidak ada: {}; kolom yang judulnya tidak dikenal sehingga tidak dibaca: {}. Bila isinya sama, tulis "
    "judulnya seperti nama kolom yang tidak ada itu, lalu serahkan lagi."
)


def describe_unknown_headers(grid: Grid, known: Collection[str], read: Collection[str], layout: Layout) -> str | None:
    """The sentence about unknown headers that may hide missing columns; None if either is lacking.

    Args:
        grid: the table.
        known: the columns that it has or that its title states.
        read: the cells that they are read from.
        layout: of the header.
    """
    words = headers_by_column(layout)
    of_layout = [name for name in map_columns(layout.headers, layout) if name not in unstaged_columns(layout.source)]
    lacking = {*of_layout} - {*known}
    if not lacking:
        return None
    understood = known_headers() | unread_headers() | _ROW_NUMBERS
    # A header that may be a person's data must not be shown.
    unknown = {
        name: text
        for name, text in zip(cell_columns(len(grid.header)), grid.header, strict=True)
        if text and name not in read and fold_header(text) not in understood and not may_be_personal_data(text)
    }
    for name in (name for name in _RECOGNISABLE if name in lacking):
        for cell, text in unknown.items():
            value = pl.col(cell)
            fits = value.filter(is_filled(value)).str.strip_chars(BLANKS).str.contains(_RECOGNISABLE[name]).mean()
            if (grid.rows.select(fits).item() or 0) >= _MIN_SHARE:
                return _LIKELY_COLUMN.format(words[name], text)
    wanted = [name for name in of_layout if name not in _OPTIONAL.get(layout.source, ())]
    missing = [words[name] for name in wanted if name in lacking]
    # A short list of its own kind only resembles the layout.
    if not missing or len(missing) > _MIN_SHARE * len(wanted):
        return None
    filled = grid.rows.select(is_filled(pl.col(cell)).any() for cell in unknown)
    unread = [text for cell, text in unknown.items() if filled[cell].any()]
    return _UNKNOWN_BESIDE_MISSING.format(", ".join(missing), list_headers(unread)) if unread else None
