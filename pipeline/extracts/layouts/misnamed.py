"""Finds columns with an unknown header beside missing columns of the layout, which they may be.

Nothing is guessed: the columns stay unread, and a sentence asks the officer to change the header.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from pipeline.extracts.grids.grid import BLANKS, Grid, cell_columns, is_filled
from pipeline.extracts.layouts.expected import listed_headers, may_be_somebody
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
_SHAPES = {"nik": NUMBER, "no_kk": NUMBER, "tanggal_lahir": DATE}
_MOST = 0.5
# Columns that many lists of a source lack, or that their title or name tells instead.
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
_TOLD = "Kolom {} tidak ada, tetapi isi kolom {} tampak seperti itu. Bila benar, ganti judulnya, lalu serahkan lagi."
_BESIDE = (
    "Kolom yang tidak ada: {}; kolom yang judulnya tidak dikenal sehingga tidak dibaca: {}. Bila isinya sama, tulis "
    "judulnya seperti nama kolom yang tidak ada itu, lalu serahkan lagi."
)


def misnamed(grid: Grid, told: Collection[str], read: Collection[str], layout: Layout) -> str | None:
    """The sentence about unknown headers that may hide missing columns; None if either is lacking.

    Args:
        grid: the table.
        told: the columns that it has or that its title tells.
        read: the cells that they are read from.
        layout: of the header.
    """
    words = headers_by_column(layout)
    of_layout = [name for name in map_columns(layout.headers, layout) if name not in unstaged_columns(layout.source)]
    lacking = {*of_layout} - {*told}
    if not lacking:
        return None
    understood = known_headers() | unread_headers() | _ROW_NUMBERS
    # A header that may be a person's data must not be shown.
    unknown = {
        name: text
        for name, text in zip(cell_columns(len(grid.header)), grid.header, strict=True)
        if text and name not in read and fold_header(text) not in understood and not may_be_somebody(text)
    }
    for name in (name for name in _SHAPES if name in lacking):
        for cell, text in unknown.items():
            value = pl.col(cell)
            fits = value.filter(is_filled(value)).str.strip_chars(BLANKS).str.contains(_SHAPES[name]).mean()
            if (grid.rows.select(fits).item() or 0) >= _MOST:
                return _TOLD.format(words[name], text)
    wanted = [name for name in of_layout if name not in _OPTIONAL.get(layout.source, ())]
    missing = [words[name] for name in wanted if name in lacking]
    # A short list of its own kind only resembles the layout.
    if not missing or len(missing) > _MOST * len(wanted):
        return None
    some = grid.rows.select(is_filled(pl.col(cell)).any() for cell in unknown)
    unread = [text for cell, text in unknown.items() if some[cell].any()]
    return _BESIDE.format(", ".join(missing), listed_headers(unread)) if unread else None
