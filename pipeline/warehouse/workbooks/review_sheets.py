"""Writes the officers' review workbook: content, format and instructions.

Does not belong here: importing it (`pipeline.warehouse.workbooks.review_answers`), and which pairs are asked about
(`pipeline.matching.outcome.review`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format

from pipeline import reference
from pipeline.matching.outcome.review import COMPARED, PAIR
from pipeline.warehouse.store.atomic import write_atomically
from pipeline.warehouse.workbooks.writing import fit_cell
from schemas.link import ANSWERS, REVIEW_HEADERS

# Workbook options: no NIK becomes a number, and no temporary files.
_WORKBOOK_OPTIONS = {"strings_to_numbers": False, "strings_to_formulas": False, "in_memory": True}
_GUIDE = "Petunjuk"
ASKED, DECIDED = "Tinjau", "Diputuskan"
"""Titles of the sheets with pairs: those that wait, and those that were decided."""
ANSWER, OFFICER, NOTE = REVIEW_HEADERS["jawaban"], "PETUGAS", "CATATAN"
_FACTS = {
    "nama": "Nama",
    "tanggal_lahir": "Tanggal lahir",
    "jenis_kelamin": "Jenis kelamin",
    "no_kk": "Nomor KK",
    "nama_ibu_kandung": "Nama ibu kandung",
    "tempat_lahir": "Tempat lahir",
    "alamat": "Alamat",
}
# Columns of the sheet in order; the answer's place keeps it visible while scrolling through the facts.
HEADERS = {
    "id_dtks": REVIEW_HEADERS["id_dtks"],
    "nik_asal": "NIK (DTKS)",
    "nik_dukcapil": REVIEW_HEADERS["nik_dukcapil"],
    "jawaban": ANSWER,
    "petugas": OFFICER,
    "catatan": NOTE,
    "jawaban_lalu": "Jawaban sebelumnya",
    "penjelasan": "Mengapa ditanyakan",
    "baris_lain": "Baris DTKS lain dengan penduduk ini",
    "kabupaten": "Kabupaten/kota",
    "desa": "Desa/kelurahan",
    **{
        f"{fact}_{side}": f"{header} ({title})"
        for fact, header in _FACTS.items()
        for side, title in (("dtks", "DTKS"), ("dukcapil", "Dukcapil"))
    },
    "status_penduduk": "Status penduduk (Dukcapil)",
    "bobot": "Bobot (bit)",
}
_NIK = {"nik_asal": "nik_dukcapil", "nik_dukcapil": "nik_asal"}
_WIDTHS = {"penjelasan": 60, "catatan": 30, "jawaban_lalu": 30}
_DEFAULT_WIDTH, _GUIDE_WIDTH, _FROZEN_COLUMNS = 20, 110, 4
_INSTRUCTIONS = (
    "Setiap baris di lembar Tinjau adalah satu orang di DTKS dan satu calonnya di Dukcapil. Dari data "
    "saja belum pasti apakah keduanya orang yang sama, atau apakah NIK calon itu aman dipakai.",
    "1. Bandingkan setiap kolom (DTKS) dengan kolom (Dukcapil) di sebelahnya; yang berbeda diberi warna. Kolom Mengapa "
    "ditanyakan menyebut apa yang meragukan; bila penduduknya juga calon atau padanan baris lain, ID DTKS baris itu "
    "ada di kolom sebelahnya. Bila perlu, lihat KTP-el atau KK, atau tanyakan ke desa.",
    "2. Pilih jawaban di kolom KEPUTUSAN:",
    "     SAMA: orangnya sama. Baris DTKS itu lalu padan dengan NIK Dukcapil tersebut.",
    "     BEDA: orangnya berbeda. Pasangan itu tidak diusulkan lagi; calon lain dapat muncul.",
    "     TIDAK TAHU: sudah dilihat, belum dapat diputuskan. Pasangan itu ditanyakan lagi; jawaban ini "
    "tampak di kolom Jawaban sebelumnya.",
    "     BATAL: jawaban sebelumnya tentang pasangan itu ditarik; pasangan itu kembali dinilai secara otomatis.",
    "     Dikosongkan: belum dilihat.",
    "3. Isi PETUGAS dengan nama Anda, dan CATATAN bila ada yang perlu diingat.",
    "4. Jangan mengubah kolom ID DTKS, kolom NIK Dukcapil, nama lembar, dan baris judul. Baris boleh "
    "diurutkan atau dihapus.",
    "5. Lembar Diputuskan memuat pasangan yang sudah dijawab SAMA atau BEDA. Jawaban yang ternyata keliru dibetulkan "
    "di sana: isi KEPUTUSAN dengan jawaban yang benar atau BATAL. Yang dikosongkan tidak berubah.",
    "6. Simpan sebagai Excel (.xlsx), lalu jalankan: padan review import NAMA_BERKAS.xlsx --data-dir FOLDER",
    "     Jawaban berlaku mulai padan run berikutnya. Yang dipakai adalah jawaban yang terakhir diambil; "
    "mengambil berkas yang sama dua kali tidak mengubah apa pun.",
    "Berkas ini memuat NIK, nomor KK, dan nama secara utuh. Simpan dan kirim hanya kepada yang berwenang.",
)
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)


def write_review_sheet(asked: pl.DataFrame, decided: pl.DataFrame, decisions: pl.DataFrame, path: Path) -> None:
    """Write pairs with empty columns for the answer, and a sheet of instructions before them.

    Identifiers stay text, answers come from a list, differing facts are coloured, and the last answer about a pair is
    shown beside it.

    Args:
        asked: `pipeline.matching.outcome.review.pairs_to_review`.
        decided: `pipeline.matching.outcome.review.decided_pairs`.
        decisions: all answers, oldest first.
        path: of the workbook.

    Raises:
        OSError: it cannot be written; `path` is then as it was.
    """
    content = BytesIO()
    with xlsxwriter.Workbook(content, _WORKBOOK_OPTIONS) as workbook:
        workbook.set_properties({"created": _CREATED})
        cell = {"num_format": "@", "valign": "top", "text_wrap": True}
        head = workbook.add_format({"bold": True, "bg_color": "#DDE6F0", "text_wrap": True, "valign": "top"})
        text, highlighted = workbook.add_format(cell), workbook.add_format(cell | {"bg_color": "#FDE8D0"})
        guide = workbook.add_worksheet(_GUIDE)
        guide.set_column(0, 0, _GUIDE_WIDTH, text)
        guide.write_string(0, 0, "Meninjau pasangan DTKS dan Dukcapil", head)
        guide.write_column(1, 0, _INSTRUCTIONS, text)
        bits = workbook.add_format({"num_format": "0.0", "valign": "top"})
        for title, pairs in ((ASKED, asked), (DECIDED, decided)):
            rows = _readable_pairs(pairs, decisions)
            _fill_sheet(workbook.add_worksheet(title), rows, head=head, text=text, highlighted=highlighted, bits=bits)
    write_atomically(path, lambda working: working.write_bytes(content.getbuffer()))


def _fill_sheet(
    sheet: xlsxwriter.worksheet.Worksheet,
    rows: pl.DataFrame,
    *,
    head: Format,
    text: Format,
    highlighted: Format,
    bits: Format,
) -> None:
    sheet.freeze_panes(1, _FROZEN_COLUMNS)
    for position, (name, header) in enumerate(HEADERS.items()):
        sheet.set_column(position, position, _WIDTHS.get(name, _DEFAULT_WIDTH), text)
        sheet.write_string(0, position, header, head)
        if name in rows.columns:
            other = _other_side(name)
            differs = rows.select(pl.col(name) != pl.col(other)).to_series() if other else [False] * rows.height
            for row, (value, differing) in enumerate(zip(rows[name], differs, strict=True), start=1):
                if isinstance(value, float):
                    sheet.write_number(row, position, value, bits)
                elif value:
                    sheet.write_string(row, position, fit_cell(value), highlighted if differing else text)
    last, answer = max(rows.height, 1), list(HEADERS).index("jawaban")
    sheet.data_validation(1, answer, last, answer, {"validate": "list", "source": list(ANSWERS)})
    sheet.autofilter(0, 0, last, len(HEADERS) - 1)


def _other_side(name: str) -> str | None:
    """The column with the other side of a fact; None for a column that is no fact."""
    if name in _NIK:
        return _NIK[name]
    fact, _, side = name.rpartition("_")
    return f"{fact}_{'dukcapil' if side == 'dtks' else 'dtks'}" if fact in COMPARED else None


def _readable_pairs(pairs: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """The pairs as text (except the weight), with names of places and the last earlier answer."""
    names = reference.regions().select("kode", "nama")
    last_answers = decisions.unique(PAIR, keep="last").select(
        "id_dtks",
        "nik_dukcapil",
        jawaban_lalu=pl.concat_str("jawaban", "petugas", "catatan", separator="; ", ignore_nulls=True),
    )
    named = pairs.with_columns(
        kabupaten=pl.col("kode_desa").str.head(4).replace_strict(names["kode"], names["nama"], default=None),
        desa=pl.col("kode_desa").replace_strict(names["kode"], names["nama"], default=None),
        bobot=pl.col("bobot").round(1),
    ).join(last_answers, on=PAIR, how="left", maintain_order="left")
    # Indonesian date format.
    return named.with_columns(pl.col(pl.Date).dt.strftime("%d-%m-%Y"))
