"""The officers' review workbook: pairs out, answers back in, kept for all later runs.

Answers are files of their own under `<data-dir>/keputusan/`, named by the fingerprint of the workbook they came from
and numbered in the order of import: importing one twice changes nothing, and nothing is ever overwritten.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import fastexcel
import polars as pl
import xlsxwriter

from pipeline import reference
from pipeline.matching.review import ANSWERS, COMPARED, DECISIONS, SAME
from pipeline.normalise.masking import masked
from pipeline.normalise.text import plain
from pipeline.places import Places
from pipeline.warehouse.parquet import write_parquet
from pipeline.warehouse.workbooks import fitting

_GUIDE, _SHEET = "Petunjuk", "Tinjau"
_ANSWER, _OFFICER, _NOTE = "KEPUTUSAN", "PETUGAS", "CATATAN"
_PAIR = ["id_dtks", "nik_dukcapil"]
_FACTS = {
    "nama": "Nama",
    "tanggal_lahir": "Tanggal lahir",
    "jenis_kelamin": "Jenis kelamin",
    "no_kk": "Nomor KK",
    "nama_ibu_kandung": "Nama ibu kandung",
    "tempat_lahir": "Tempat lahir",
    "alamat": "Alamat",
}
# Columns of the sheet in their order; the answer stands where it is seen while the facts are scrolled through.
_HEADERS = {
    "id_dtks": "ID DTKS",
    "nik_dukcapil": "NIK Dukcapil",
    "jawaban": _ANSWER,
    "petugas": _OFFICER,
    "catatan": _NOTE,
    "jawaban_lalu": "Jawaban sebelumnya",
    "penjelasan": "Mengapa ditanyakan",
    "kabupaten": "Kabupaten/kota",
    "desa": "Desa/kelurahan",
    "nik_asal": "NIK (DTKS)",
    **{
        f"{fact}_{side}": f"{header} ({title})"
        for fact, header in _FACTS.items()
        for side, title in (("dtks", "DTKS"), ("dukcapil", "Dukcapil"))
    },
    "status_penduduk": "Status penduduk (Dukcapil)",
    "bobot": "Bobot (bit)",
}
_WIDE = {"penjelasan": 60, "catatan": 30, "jawaban_lalu": 30}
_WIDTH, _GUIDE_WIDTH, _SEEN_ALWAYS = 20, 110, 3
_INSTRUCTIONS = (
    "Setiap baris di lembar Tinjau adalah satu orang di DTKS dan satu calonnya di Dukcapil. Padan tidak berani "
    "memutuskan sendiri apakah keduanya orang yang sama, atau apakah NIK calon itu aman dipakai.",
    "1. Bandingkan kolom (DTKS) dengan kolom (Dukcapil) di sebelahnya; yang berbeda diberi warna. Kolom Mengapa "
    "ditanyakan menyebut apa yang meragukan. Bila perlu, lihat KTP-el atau KK, atau tanyakan ke desa.",
    "2. Pilih jawaban di kolom KEPUTUSAN:",
    "     SAMA: orangnya sama. Baris DTKS itu lalu padan dengan NIK Dukcapil tersebut.",
    "     BEDA: orangnya bukan itu. Pasangan itu tidak diusulkan lagi; calon lain boleh muncul.",
    "     TIDAK TAHU: sudah dilihat, belum dapat diputuskan. Pasangan itu ditanyakan lagi, dan jawaban ini "
    "ditunjukkan.",
    "     Dikosongkan: belum dilihat.",
    "3. Isi PETUGAS dengan nama Anda, dan CATATAN bila ada yang perlu diingat.",
    "4. Jangan mengubah kolom ID DTKS, kolom NIK Dukcapil, nama lembar, dan baris judul. Baris boleh disortir "
    "atau dihapus.",
    "5. Simpan sebagai Excel (.xlsx), lalu jalankan: padan review import NAMA_BERKAS.xlsx --data-dir FOLDER",
    "     Jawaban berlaku mulai padan run berikutnya. Yang terakhir diambil yang dipakai; mengambil berkas yang sama "
    "dua kali tidak mengubah apa pun.",
    "Berkas ini memuat NIK, nomor KK, dan nama secara utuh. Simpan dan kirim hanya kepada yang berwenang.",
)
_NOWHERE = (
    "{} {} tidak ada pada baris {} mana pun dari proses terakhir; salin kembali dari berkas asalnya, atau jalankan "
    "dahulu padan run bila datanya baru datang."
)
_SUFFIX = ".xlsx"
_MADE = datetime(2000, 1, 1, tzinfo=UTC)


class ReviewError(Exception):
    """The workbook cannot be written or taken; the message is an Indonesian sentence for the officer."""


@dataclass(frozen=True)
class Taken:
    """What a filled-in workbook held.

    Attributes:
        answers: the usable ones (`DECISIONS`).
        blank: rows without an answer.
        problems: a sentence for each row that cannot be used, by its row number, naming nobody.
        unsigned: numbers of the usable rows that say SAMA and not who says so.
    """

    answers: pl.DataFrame
    blank: int
    problems: list[str]
    unsigned: list[int]


def write_review_sheet(pairs: pl.DataFrame, path: Path, places: Places) -> None:
    """Write the pairs with empty columns for the answer, and a sheet of instructions before them.

    Identifiers stay text, answers come from a list, facts that differ are coloured, and what was answered before about
    a pair (TIDAK TAHU, as long as it is asked) stands beside it.

    Args:
        pairs: `pipeline.matching.review.pairs_to_review`.
        path: of the workbook.
        places: where the answers are kept.

    Raises:
        ReviewError: `path` is no name of a workbook, or holds answers that were not taken yet.
    """
    if path.suffix.lower() != _SUFFIX:
        message = f"Nama buku kerja harus berakhiran {_SUFFIX}, misalnya {path.with_suffix(_SUFFIX)}."
        raise ReviewError(message)
    if _holds_untaken(path, places):
        message = (
            f"{path} berisi jawaban yang belum diambil. Ambil dahulu dengan padan review import {path}, atau pilih "
            "nama lain."
        )
        raise ReviewError(message)
    rows = _readable(pairs, kept_decisions(places))
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False}) as workbook:
        workbook.set_properties({"created": _MADE})
        head = workbook.add_format({"bold": True, "bg_color": "#DDE6F0", "text_wrap": True, "valign": "top"})
        text = workbook.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        unlike = workbook.add_format({"num_format": "@", "valign": "top", "text_wrap": True, "bg_color": "#FDE8D0"})
        guide = workbook.add_worksheet(_GUIDE)
        guide.set_column(0, 0, _GUIDE_WIDTH, text)
        guide.write_string(0, 0, "Meninjau pasangan DTKS dan Dukcapil", head)
        guide.write_column(1, 0, _INSTRUCTIONS, text)
        sheet = workbook.add_worksheet(_SHEET)
        sheet.freeze_panes(1, _SEEN_ALWAYS)
        for position, (name, header) in enumerate(_HEADERS.items()):
            sheet.set_column(position, position, _WIDE.get(name, _WIDTH), text)
            sheet.write_string(0, position, header, head)
            if name in rows.columns:
                other = _beside(name)
                differs = rows.select(pl.col(name) != pl.col(other)).to_series() if other else [False] * rows.height
                for row, (value, marked) in enumerate(zip(rows[name], differs, strict=True), start=1):
                    if value:
                        sheet.write_string(row, position, fitting(value), unlike if marked else text)
        last, answer = max(rows.height, 1), list(_HEADERS).index("jawaban")
        sheet.data_validation(1, answer, last, answer, {"validate": "list", "source": list(ANSWERS)})
        sheet.autofilter(0, 0, last, len(_HEADERS) - 1)


def take_review_sheet(path: Path, places: Places, today: date) -> Taken:
    """Keep the answers of a filled-in workbook; once there was a run, only those about rows and residents it read.

    Args:
        path: of the workbook.
        places: where the answers are kept, and what the last run read.
        today: the day they are taken.

    Raises:
        ReviewError: not a review workbook.
    """
    taken = _answers(path, places, today)
    # What another run makes usable is kept then; what was kept before is not kept again.
    kept = [pl.read_parquet(file, columns=_PAIR) for file in _kept_as(path, places)]
    new = taken.answers.join(pl.concat(kept), on=_PAIR, how="anti") if kept else taken.answers
    if new.height:
        places.decisions.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = len(list(places.decisions.glob("*.parquet"))) + 1
        file = places.decisions / f"{number:06d}_{_fingerprint(path)}.parquet"
        write_parquet(new, file)
        file.chmod(0o600)
    return taken


def kept_decisions(places: Places) -> pl.DataFrame:
    """All answers ever taken, oldest first."""
    files = sorted(places.decisions.glob("*.parquet"))
    if not files:
        return pl.DataFrame(schema=DECISIONS)
    return pl.scan_parquet(files, schema=DECISIONS, missing_columns="insert").collect()


def _beside(name: str) -> str | None:
    """The other side of a fact; None for a column that is no fact."""
    fact, _, side = name.rpartition("_")
    return f"{fact}_{'dukcapil' if side == 'dtks' else 'dtks'}" if fact in COMPARED else None


def _readable(pairs: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """The pairs as text, with names of places and the last answer before."""
    names = reference.regions().select("kode", "nama")
    before = decisions.unique(["id_dtks", "nik_dukcapil"], keep="last").select(
        "id_dtks",
        "nik_dukcapil",
        jawaban_lalu=pl.concat_str("jawaban", "petugas", "catatan", separator="; ", ignore_nulls=True),
    )
    named = pairs.with_columns(
        kabupaten=pl.col("kode_desa").str.head(4).replace_strict(names["kode"], names["nama"], default=None),
        desa=pl.col("kode_desa").replace_strict(names["kode"], names["nama"], default=None),
        bobot=pl.col("bobot").round(1),
    ).join(before, on=["id_dtks", "nik_dukcapil"], how="left", maintain_order="left")
    # As an Indonesian writes dates and decimals; every other column is text.
    written = named.with_columns(pl.col(pl.Date).dt.strftime("%d-%m-%Y"), pl.col("bobot").cast(pl.String))
    return written.with_columns(pl.col("bobot").str.replace(".", ",", literal=True))


def _answers(path: Path, places: Places, today: date) -> Taken:
    rows = _read(path)
    answer = plain(pl.col(_ANSWER)).str.to_uppercase().str.replace_all(r"\s+", " ")
    read = rows.select(
        "baris",
        jawaban=answer,
        petugas=plain(pl.col(_OFFICER)),
        catatan=plain(pl.col(_NOTE)),
        id_dtks=plain(pl.col("id_dtks")),
        nik_dukcapil=plain(pl.col("nik_dukcapil")),
        diambil=pl.lit(today),
    )
    filled = read.filter(pl.col("jawaban").is_not_null())
    unknown = ~pl.col("jawaban").is_in(ANSWERS)
    pairless = pl.col("id_dtks").is_null() | ~pl.col("nik_dukcapil").str.contains(r"^\d{16}$").fill_null(value=False)
    judged = filled.with_columns(
        masalah=pl.when(unknown)
        .then(pl.lit(f"isi {_ANSWER} dengan salah satu dari {', '.join(ANSWERS)}."))
        .when(pairless)
        .then(
            pl.lit(
                f"{_HEADERS['id_dtks']} kosong atau {_HEADERS['nik_dukcapil']} bukan 16 angka; salin kembali dari "
                "berkas asalnya."
            )
        )
        .when(_is_nowhere(filled["id_dtks"], "staged/dtks", "id_dtks", places))
        .then(pl.format(_NOWHERE, pl.lit(_HEADERS["id_dtks"]), masked(pl.col("id_dtks")), pl.lit("DTKS")))
        .when(_is_nowhere(filled["nik_dukcapil"], "staged/dukcapil", "nik", places))
        .then(pl.format(_NOWHERE, pl.lit("NIK"), masked(pl.col("nik_dukcapil")), pl.lit("Dukcapil")))
    )
    wrong = judged.filter(pl.col("masalah").is_not_null())
    usable = judged.filter(pl.col("masalah").is_null())
    return Taken(
        answers=usable.select(DECISIONS.names()),
        blank=read.height - filled.height,
        problems=[f"Baris {number}: {problem}" for number, problem in wrong.select("baris", "masalah").iter_rows()],
        unsigned=usable.filter(pl.col("jawaban") == SAME, pl.col("petugas").is_null())["baris"].to_list(),
    )


def _is_nowhere(answered: pl.Series, key: str, name: str, places: Places) -> pl.Expr:
    """Whether what an answer names stands in no row of the newest stored `key`; nothing is known before any run."""
    newest = max(places.stored(key, "").parent.glob("*.parquet"), default=None)
    if newest is None:
        return pl.lit(value=False)
    read = pl.scan_parquet(newest).select(name).filter(pl.col(name).is_in(answered.implode()))
    return ~pl.col(answered.name).is_in(read.unique().collect(engine="streaming")[name].implode())


def _holds_untaken(path: Path, places: Places) -> bool:
    """Whether an earlier workbook of that name holds answers that nobody took."""
    if not path.exists() or _kept_as(path, places):
        return False
    try:
        return _read(path).select(plain(pl.col(_ANSWER)).is_not_null().any()).item()
    except ReviewError:
        return False


def _kept_as(path: Path, places: Places) -> list[Path]:
    return list(places.decisions.glob(f"*_{_fingerprint(path)}.parquet"))


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _read(path: Path) -> pl.DataFrame:
    """The sheet with the answers as text, with its row numbers (`baris`); headers as of today or of before."""
    needed = {
        "id_dtks": _HEADERS["id_dtks"],
        "nik_dukcapil": _HEADERS["nik_dukcapil"],
        **{name: name for name in (_ANSWER, _OFFICER, _NOTE)},
    }
    if not path.is_file():
        message = f"Tidak ada berkas {path}. Periksa nama dan foldernya."
        raise ReviewError(message)
    try:
        book = fastexcel.read_excel(path.read_bytes())
    except fastexcel.FastExcelError as error:
        message = (
            f"{path.name} bukan buku kerja Excel yang dapat dibaca. Buka berkasnya, simpan sebagai Excel ({_SUFFIX}) "
            "tanpa kata sandi, lalu ulangi."
        )
        raise ReviewError(message) from error
    if _SHEET not in book.sheet_names:
        message = (
            f"{path.name} bukan lembar tinjauan: tidak ada lembar kerja {_SHEET}. Pakai berkas dari padan review "
            "export, dan jangan ubah nama lembarnya."
        )
        raise ReviewError(message)
    rows = book.load_sheet(_SHEET, dtypes="string").to_polars()
    known = {_plain_header(column): column for column in reversed(rows.columns)}
    missing = [header for name, header in needed.items() if _plain_header(name) not in known]
    if missing:
        message = (
            f"{path.name} bukan lembar tinjauan: di lembar kerja {_SHEET} tidak ada kolom berjudul "
            f"{', '.join(missing)}. Tulis kembali judul itu di baris pertama, atau salin jawabannya ke berkas "
            "baru dari padan review export."
        )
        raise ReviewError(message)
    return rows.select(pl.col(known[_plain_header(name)]).alias(name) for name in needed).with_row_index(
        "baris", offset=2
    )


def _plain_header(header: str) -> str:
    """`ID DTKS` and `id_dtks` are one header."""
    return "".join(character for character in header.casefold() if character.isalnum())
