"""`Extract`, `Layout` and the functions with which the modules of the sources declare theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandera.polars as pa
import polars as pl

from schemas.table import Table

# Each entry is a set of alternatives; all columns of at least one alternative must be present.
Required = tuple[tuple[tuple[str, ...], ...], ...]


def header(
    *names: str,
    fallbacks: Sequence[str] = (),
    description: str | None = None,
    shape: str | None = None,
    staged: bool = True,
    parts: Sequence[Sequence[str]] = (),
    between: str = "-",
    choices: Mapping[str, Sequence[str]] | None = None,
) -> Any:
    """Declare a text column of an extract.

    Args:
        names: its headers (case, spaces and punctuation do not matter).
        fallbacks: further headers, used only if no header with parentheses fits: JUMLAH DITERIMA beside `NOMINAL (Rp)`.
        description: Indonesian description; by default that of the glossary.
        shape: regex for its cells, if they are distinctive (`schemas.extracts.shapes`).
        staged: whether it goes into the staged frame; else it is kept in the extract only.
        parts: headers of the columns that hold its parts, in order: NAMA DEPAN, NAMA BELAKANG.
        between: separator between the parts; if it is a blank, parts may be blank.
        choices: value → headers of the column in which it is ticked: a tick under P below JENIS KELAMIN.
    """
    metadata = {
        "headers": (*names, *fallbacks),
        "fallbacks": tuple(fallbacks),
        "shape": shape,
        "staged": staged,
        "parts": tuple(map(tuple, parts)),
        "between": between,
        "choices": choices or {},
    }
    return pa.Field(nullable=True, description=description, metadata=metadata)


def origin() -> Any:
    """Declare the column with the refused row that a row of a correction form replaces."""
    return header("ASAL BARIS", description="Baris ditolak yang digantikan baris ini, menurut lembar isian perbaikan.")


def origin_title() -> Any:
    """Declare the column with the title of the list in which the row of a correction form was refused."""
    description = "Judul daftar asal baris yang ditolak: satuan nilai dan tanggal bayar yang disebutnya tetap berlaku."
    return header("JUDUL ASAL", description=description, staged=False)


def place_text() -> pl.Expr:
    """A row's place as one text, the content of `origin`: `dtks/serang.xlsx#Sheet1#7`."""
    return pl.concat_str("berkas", pl.col("lembar").fill_null(""), pl.col("baris").cast(pl.String), separator="#")


def list_text() -> pl.Expr:
    """The list of a row as one text, `dtks/serang.xlsx#Sheet1`; for a row of a form, the list it was refused in."""
    own = pl.concat_str("berkas", pl.col("lembar").fill_null(""), separator="#")
    return pl.coalesce(pl.col("asal_baris").str.extract("(?s)^(.*)#[0-9]+$"), own)


def origin_file() -> pl.Expr:
    """The file that the row of a correction form was refused from (`berkas` in `place_text`); null for other rows."""
    origin = pl.col("asal_baris")
    # File and sheet names may contain the separator; a file name ends with its extension.
    return pl.coalesce(origin.str.extract(r"^(.*?\.[^.#/ ]+)#"), origin.str.extract(r"^([^#]*)#"))


class Extract(Table):
    """Base of the raw extracts: a row's place, whether it could be read, then the delivered columns as text.

    A line that is not a row is kept with its code in `rusak`; an unreadable file is one such line with number 0.
    """

    berkas: str
    lembar: str = pa.Field(nullable=True)
    baris: int
    tata_letak: str = pa.Field(nullable=True, metadata={"staged": False})
    judul: str = pa.Field(nullable=True, description="Baris judul di atas tabel, bila ada.")
    rusak: str = pa.Field(
        nullable=True,
        description="Kode aturan bila baris tidak terbaca sebagai data; lalu kolomnya kosong.",
        metadata={"staged": False},
    )
    catatan: str = pa.Field(
        nullable=True, description="Keterangan bila seluruh berkas ditolak atau terpotong.", metadata={"staged": False}
    )


@dataclass(frozen=True)
class Layout:
    """One known file layout.

    Attributes:
        source: the kind of its rows, a key of `KINDS`.
        label: its name for officers.
        headers: the headers it is recognised by, as delivered; a file may have more.
        means: headers that mean another column here than elsewhere in the source; an empty name: not read.
        composed: columns joined from parts with '-' (`id_dtks` of a sheet that numbers households and their members but
            not persons).
    """

    source: str
    label: str
    headers: tuple[str, ...]
    means: Mapping[str, str] = field(default_factory=dict, hash=False)
    composed: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


def layout(
    source: str,
    label: str,
    headers: str,
    *,
    means: Mapping[str, str] | None = None,
    composed: Mapping[str, tuple[str, ...]] | None = None,
) -> Layout:
    """Declare a layout with its headers separated by `|`."""
    return Layout(source, label, tuple(headers.split("|")), means or {}, composed or {})
