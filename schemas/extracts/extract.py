"""What an extract and a layout are: the words in which the modules of the sources describe theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandera.polars as pa
import polars as pl

from schemas.table import Table

# Each entry is a set of alternatives: at least one alternative must be present in full.
Required = tuple[tuple[tuple[str, ...], ...], ...]


def header(
    *names: str,
    loosely: Sequence[str] = (),
    description: str | None = None,
    shape: str | None = None,
    staged: bool = True,
    parts: Sequence[Sequence[str]] = (),
    between: str = "-",
    choices: Mapping[str, Sequence[str]] | None = None,
) -> Any:
    """A text column as it is delivered.

    Args:
        names: the headers under which it is (case, spaces and punctuation do not matter).
        loosely: further ones, where no header with an explanation says more: JUMLAH DITERIMA beside `NOMINAL (Rp)`.
        description: what it is; as the glossary says unless given.
        shape: what its cells look like, where that tells a column apart (`schemas.extracts.shapes`).
        staged: whether it goes into the normalised frame; else it is kept in the extract only.
        parts: headers of the columns that hold it in parts, in their order: NAMA DEPAN, NAMA BELAKANG.
        between: what stands between the parts; where it is a blank a part may be blank too.
        choices: value → headers of the column in which it is marked: a tick under P below JENIS KELAMIN.
    """
    metadata = {
        "headers": (*names, *loosely),
        "loosely": tuple(loosely),
        "shape": shape,
        "staged": staged,
        "parts": tuple(map(tuple, parts)),
        "between": between,
        "choices": choices or {},
    }
    return pa.Field(nullable=True, description=description, metadata=metadata)


def origin() -> Any:
    """The column that tells which refused row a row of a correction form takes the place of."""
    return header("ASAL BARIS", description="Baris ditolak yang digantikan baris ini, menurut lembar isian perbaikan.")


def title_of_origin() -> Any:
    """The column that tells what stood above the list that a row of a correction form was refused in."""
    told = "Judul daftar asal baris yang ditolak: satuan nilai dan tanggal bayar yang disebutnya tetap berlaku."
    return header("JUDUL ASAL", description=told, staged=False)


def place_of() -> pl.Expr:
    """A row's place as one text, as `origin` is filled: `dtks/serang.xlsx#Sheet1#7`."""
    return pl.concat_str("berkas", pl.col("lembar").fill_null(""), pl.col("baris").cast(pl.String), separator="#")


def list_of() -> pl.Expr:
    """The list that a row stands in as one text, `dtks/serang.xlsx#Sheet1`; of a form's row that it was refused in."""
    own = pl.concat_str("berkas", pl.col("lembar").fill_null(""), separator="#")
    return pl.coalesce(pl.col("asal_baris").str.extract("(?s)^(.*)#[0-9]+$"), own)


def file_of_origin() -> pl.Expr:
    """The file that the row of a correction form was refused from (`berkas` in `place_of`); null for other rows."""
    origin = pl.col("asal_baris")
    # The name of a file or of a sheet may have the separator in it; a file's ends with its kind.
    return pl.coalesce(origin.str.extract(r"^(.*?\.[^.#/ ]+)#"), origin.str.extract(r"^([^#]*)#"))


class Extract(Table):
    """Base of the raw extracts: where a row came from, whether it could be read, then the delivered columns as text.

    A line that is no row is kept with its code in `rusak`; a file that is no extract is one such line with number 0.
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
        source: what its rows are, a key of `KINDS`.
        label: its name for officers.
        headers: the headers that tell it apart, as delivered; a file may have more.
        means: headers that mean another column here than elsewhere in the source; an empty name: a column not read.
        composed: columns that are delivered in parts, put together with '-' (`id_dtks` of a sheet that numbers
            households and their members but not persons).
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
    """A layout whose headers are written as in a file, with `|` between them."""
    return Layout(source, label, tuple(headers.split("|")), means or {}, composed or {})
