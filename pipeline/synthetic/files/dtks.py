"""Writes the DTKS files: one per kabupaten, each in another of the real formats.

Belongs here: formats, columns and order of the rows. Does not: damage to values (`pipeline.synthetic.defects`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.synthetic.files import notation
from pipeline.synthetic.files.writers import TextFormat, text_lines, write_lines, write_workbook
from pipeline.synthetic.ledger import BEBAS, BadLine, WriteContext
from schemas.extracts import LAYOUTS, fold_header, headers_of
from schemas.spelling import MONTHS

SHEET = "BNBA"
_RELATIONS = (
    "KEPALA KELUARGA", "ISTRI/SUAMI", "ANAK", "MENANTU", "CUCU", "ORANG TUA/MERTUA", "PEMBANTU/SOPIR", "LAINNYA",
)  # fmt: skip
_NUMBERS = ("NIK", "NOKK", "NOMORNIK", "NOMORKK")
_SEXES = {"huruf": ("L", "P"), "kata": ("LAKI-LAKI", "PEREMPUAN"), "angka": ("1", "2")}
_NOTES = {"Keterangan": ("Sumber: SIKS-NG, diunduh operator Dinas Sosial", "Jangan disebarkan")}


@dataclass(frozen=True)
class DtksStyle:
    """How one office delivers its file.

    Attributes:
        path: under raw/dtks; {kode}, {nama} (KAB_SERANG) and {judul} (Kabupaten Serang) are filled in.
        form: how the text is written; None for a workbook.
        layout: key of `schemas.extracts.LAYOUTS`.
        dates: as in `notation.dates`.
        sex: huruf, kata or angka.
        relation: words instead of codes.
        dotted: numbers may carry ".0".
        damaged: whether broken lines are inserted.
        through_float: whether NIKs were rounded by float64.
        titles: title rows of a workbook.
        capitals: headers in capitals.
    """

    path: str
    form: TextFormat | None
    layout: str = "dtks_23"
    dates: str = "%d-%m-%Y"
    sex: str = "huruf"
    relation: bool = False
    dotted: bool = False
    damaged: bool = False
    through_float: bool = False
    titles: tuple[str, ...] = ()
    capitals: bool = True


_FOLDER = "{kode}_{nama}/dtks_{kode}_{kecil}"
_BOOK = "{kode}_{nama}/Data BNBA DTKS {judul} {periode}.xlsx"
_TITLES = ("PEMERINTAH {besar}", "DATA TERPADU KESEJAHTERAAN SOSIAL", "")
# Kabupaten take the styles in this order, so the smallest country shows the first ones.
STYLES: tuple[DtksStyle, ...] = (
    DtksStyle(_FOLDER + ".txt", TextFormat("|", "acak"), damaged=True),
    DtksStyle(_BOOK, None, dates="excel", sex="kata", relation=True, titles=_TITLES),
    DtksStyle(_FOLDER + ".csv", TextFormat(";", newline="\r\n"), dates="%-d/%-m/%Y", damaged=True),
    DtksStyle(_FOLDER + ".psv", TextFormat("|"), layout="dtks_17", sex="kata", relation=True),
    DtksStyle("DTKS {nama} {periode_angka}.zip", TextFormat("|", packing="zip"), dates="%d/%m/%Y"),
    DtksStyle(_FOLDER + ".csv.gz", TextFormat("|", packing="gz"), dates="%Y-%m-%d", sex="angka", dotted=True),
    DtksStyle(_FOLDER + ".csv", TextFormat("|", encoding="cp1252"), sex="kata", damaged=True),
    DtksStyle(_FOLDER + ".txt", TextFormat("\t"), dates="bulan", sex="kata", relation=True),
    DtksStyle(_FOLDER + ".csv", TextFormat("|", encoding="utf-8-sig"), dates="%d/%m/%Y", sex="kata", relation=True),
    DtksStyle(
        _BOOK, None, dates="excel", capitals=False,
        titles=(*_TITLES, "Periode : {periode}", "Dinas Sosial", ""),
    ),
    DtksStyle(_FOLDER + ".psv", TextFormat("|"), dates="%d/%m/%Y", dotted=True),
)  # fmt: skip
# Offices of the new Papua provinces deliver files written by a script that reads numbers as floats.
_THROUGH_FLOAT = DtksStyle(
    "DTKS {nama} {periode_angka}.csv", TextFormat(",", newline="\r\n"), dates="%Y-%m-%d", through_float=True
)


def assign_styles(kabupaten: pl.DataFrame, *, workbooks: bool) -> dict[str, DtksStyle]:
    """Which style each kabupaten uses: kode_kab → style.

    Args:
        kabupaten: kode_kab and baru, one row per kabupaten, sorted.
        workbooks: false for large countries, where workbooks would take too long.
    """
    available = [style for style in STYLES if workbooks or style.form is not None]
    # Serang first: its file shows the most kinds of damage, and its name needs the kecamatan to be understood.
    plain = sorted(kabupaten.filter(~pl.col("baru"))["kode_kab"], key=lambda kode: (kode != "3604", kode))
    styles = {kode: available[number % len(available)] for number, kode in enumerate(plain)}
    return styles | dict.fromkeys(kabupaten.filter("baru")["kode_kab"], _THROUGH_FLOAT)


def write_dtks(rows: pl.DataFrame, styles: dict[str, DtksStyle], periode: str, context: WriteContext) -> pl.DataFrame:
    """Write all DTKS files.

    Args:
        rows: damaged rows in file order with id_dtks, kode_kab, kabupaten_benar, desa_nama and `asal` (position of the
            row whose cells this one repeats; its own for most).
        styles: as `assign_styles` returns them.
        periode: YYYY-MM.
        context: where to write.

    Returns:
        berkas, lembar and baris of every row, in the order given.
    """
    locations = []
    for (kode,), part in rows.group_by("kode_kab", maintain_order=True):
        style = styles[str(kode)]
        names = _path_words(str(kode), part["kabupaten_benar"][0], periode)
        berkas = f"dtks/periode={periode}/{style.path.format(**names)}"
        table = _with_repeated_cells(part, _formatted_table(part, style, context.notasi, context.rng))
        if style.form is None:
            titles = [title.format(**names) for title in style.titles]
            renamed = table if style.capitals else table.rename(_title_case_headers(table.columns))
            birth_date = renamed.columns[table.columns.index("TANGGAL LAHIR")]
            first = write_workbook(context.raw / berkas, SHEET, titles, renamed, numbers=[birth_date], notes=_NOTES)
            baris, extra = np.arange(part.height) + first, 0
        else:
            lines = text_lines(table, style.form, context.rng)
            bad = _bad_lines(table, lines, style.form, context.rng) if style.damaged else []
            all_lines, baris = context.ledger.insert_damaged(berkas, lines, bad, context.rng)
            write_lines(context.raw / berkas, all_lines, style.form)
            extra = len(bad)
        context.ledger.add_file(berkas, part.height + extra)
        sheet = SHEET if style.form is None else None
        locations.append(
            pl.DataFrame({"berkas": [berkas] * part.height, "lembar": pl.Series([sheet] * part.height, dtype=pl.String),
                          "baris": baris})
        )  # fmt: skip
    return pl.concat(locations)


def _path_words(kode: str, kabupaten: str, periode: str) -> dict[str, str]:
    year, month = periode.split("-")
    short = kabupaten.replace("KABUPATEN ", "KAB ").replace(" ", "_")
    return {
        "kode": kode,
        "nama": short,
        "kecil": short.lower(),
        "judul": kabupaten.title(),
        "besar": kabupaten,
        "periode": f"{MONTHS[int(month) - 1]} {year}",
        "periode_angka": periode,
    }


def _title_case_headers(columns: Sequence[str]) -> dict[str, str]:
    return {name: name.title() for name in columns if name not in ("ID DTKS", "NIK", "DESA/KELUARAHAN", "DUSUN")}


def _formatted_table(rows: pl.DataFrame, style: DtksStyle, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """All-text table under the headers of the layout."""
    count = rows.height
    male, female = _SEXES[style.sex]
    relation = pl.col("hub").cast(pl.String)
    if style.relation:
        relation = pl.col("hub").replace_strict(dict(enumerate(_RELATIONS, 1)), return_dtype=pl.String)
    no_mother = pl.Series(["", "-", "NN"]).gather(rng.integers(0, 3, count))
    no_address = pl.Series(["", "-"]).gather(rng.integers(0, 2, count))
    checked = pl.Series(["PADAN", "", "TIDAK PADAN"]).gather(rng.choice(3, count, p=(0.6, 0.3, 0.1)))
    values: dict[str, pl.Expr] = {
        "id_dtks": pl.col("id_dtks"),
        "provinsi": pl.col("provinsi"),
        "kabupaten": pl.col("kabupaten"),
        "kecamatan": pl.col("kecamatan"),
        "desa": pl.col("desa_nama"),
        "alamat": pl.coalesce(notation.address("alamat", rng, count), pl.lit(no_address)),
        "dusun": pl.col("dusun"),
        "rt": notation.zero_padded("rt", rng, count),
        "rw": notation.zero_padded("rw", rng, count),
        "no_kk": notation.identifier("kk", rate, rng, count, dotted=style.dotted),
        "nik": notation.identifier("nik", rate, rng, count, dotted=style.dotted),
        "nama": notation.words("nama", rate / 2, rng, count),
        "tanggal_lahir": notation.dates("lahir", style.dates, rng, count),
        "tempat_lahir": pl.col("tempat_lahir"),
        "jenis_kelamin": pl.col("jk").replace_strict({"L": male, "P": female}, return_dtype=pl.String),
        "pekerjaan": pl.col("pekerjaan"),
        "nama_ibu_kandung": pl.coalesce(pl.col("ibu"), pl.lit(no_mother)),
        "hub_keluarga": relation,
        "keterangan_padan": pl.lit(checked),
        **{flag: pl.col(flag) for flag in ("bansos_bpnt", "bansos_pkh", "bansos_bpnt_ppkm", "pbi_jkn")},
    }
    known = headers_of("dtks")
    headers = LAYOUTS[style.layout].headers
    return rows.select(values[known[fold_header(header)]].fill_null("").alias(header) for header in headers)


def _with_repeated_cells(rows: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Copy the cells as written, except the ID, into rows that repeat another row."""
    own = rows["urut"].to_numpy()
    order = np.argsort(own)
    source = order[np.searchsorted(own[order], rows["asal"].to_numpy())]
    return table[source].with_columns(table.to_series(0))


def _bad_lines(table: pl.DataFrame, lines: list[str], form: TextFormat, rng: np.random.Generator) -> list[BadLine]:
    """One truncated line, one with too many columns, one repeated, one with an unclosed quote."""
    rows = rng.integers(0, table.height, 4)
    cells = [list(table.row(int(row))) for row in rows]
    ids = [f"{cell[0][:6]}{rng.integers(1_000_000_000, 10_000_000_000)}" for cell in cells]
    numbers = [i for i, column in enumerate(table.columns) if fold_header(column) in _NUMBERS]
    for cell, new_id in zip(cells, ids, strict=True):
        cell[0] = new_id
        # A reader that accepts such a line must not find a person twice.
        for number in numbers:
            cell[number] = ""
    short = form.separator.join([*cells[0][:5], "JL MAWAR", "", "1"])
    split = form.separator.join([*cells[1][:5], "JL MAWAR", "BLOK C", "NO 7", *cells[1][6:]])
    open_quote = form.separator.join([*cells[2][:5], '"JL MAWAR 5', *cells[2][6:]])
    twin = int(rows[3])
    return [
        BadLine("KOLOM_KURANG", short, ids[0]),
        BadLine("KOLOM_LEBIH", split, ids[1]),
        BadLine("KUTIP_RUSAK", open_quote, ids[2], BEBAS),
        BadLine("ID_GANDA", lines[twin + 1], table.row(twin)[0], twin=twin),
    ]
