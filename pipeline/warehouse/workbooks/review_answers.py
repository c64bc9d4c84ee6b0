"""Imports the answers of a review workbook and stores them for all later runs.

Each import is a file under `<data-dir>/keputusan/`, named by the checksum of its workbook and numbered in the order of
import: importing a workbook twice changes nothing, and nothing is ever overwritten. Does not belong here: the layout of
the workbook (`pipeline.warehouse.workbooks.review_sheets`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import fastexcel
import polars as pl

from pipeline.extracts.workbooks.sheet_parts import FAR_CELLS, xlsx_parts
from pipeline.matching.outcome.review import DECISIONS, PAIR, SAME, WITHDRAWN
from pipeline.normalise.values.masking import masked
from pipeline.normalise.values.text import plain
from pipeline.places import Places
from pipeline.warehouse.periodes import published_periode
from pipeline.warehouse.store.parquet import write_private_parquet
from pipeline.warehouse.workbooks.answer_weights import store_weights
from pipeline.warehouse.workbooks.answered_rows import store_answered_rows
from pipeline.warehouse.workbooks.review_sheets import (
    ANSWER,
    ASKED,
    DECIDED,
    HEADERS,
    NOTE,
    OFFICER,
    write_review_sheet,
)
from schemas.link import ANSWERS
from schemas.spelling import NUMBER

_NOT_FOUND = (
    "{} {} tidak ada pada baris {} mana pun dari proses terakhir; salin kembali dari berkas asalnya, sebut --data-dir "
    "bila buku kerja ini dari folder data lain, atau jalankan dahulu padan run bila datanya baru datang."
)
_ROUNDED = (
    " Nomor itu berakhir 0: Excel membulatkan angka ke-16 bila selnya berisi bilangan. Ubah format selnya menjadi "
    "Teks, lalu salin lagi nomornya."
)
_ENDS_IN_ZERO = r"^\d{15}0$"
_SUFFIX = ".xlsx"
_CONTRADICTORY = "jawaban tentang pasangan ini berlainan (baris {}); sisakan satu."
_SEVERAL_NIKS = "baris DTKS ini dijawab SAMA dengan lebih dari satu NIK (baris {}); sisakan satu SAMA."
_OTHER_DIRECTORY = (
    "Tidak satu pun ID DTKS di {} ada di {}: sebut folder data asal buku kerja ini dengan --data-dir, atau jalankan "
    "dahulu padan run bila datanya baru datang."
)
_NOTHING_TO_WITHDRAW = (
    "tidak ada jawaban tentang pasangan ini yang dapat ditarik dengan BATAL; kosongkan, atau isi jawaban yang lain."
)


class ReviewError(Exception):
    """The workbook cannot be written or imported; the message is an Indonesian sentence for the officer."""


@dataclass(frozen=True)
class ReviewContent:
    """The content of a filled-in workbook.

    Attributes:
        answers: usable answers that are new (`DECISIONS`).
        already_imported: number of usable answers imported earlier from this workbook.
        unanswered: number of waiting pairs without an answer.
        problems: place of each unusable row → a sentence without personal data.
        unsigned: places of answers SAMA without the officer's name.
        replacing: places of answers that replace an earlier one.
        note_only: places of rows with a note but no answer, which decide nothing.
    """

    answers: pl.DataFrame
    already_imported: int
    unanswered: int
    problems: list[str]
    unsigned: list[str]
    replacing: list[str]
    note_only: list[str]


def export_review_sheet(asked: pl.DataFrame, decided: pl.DataFrame, path: Path, places: Places) -> None:
    """Write a workbook for officers (`write_review_sheet`), but never over unimported answers.

    Raises:
        ReviewError: `path` is no name of a workbook, its folder is missing, or it is a workbook with answers that were
            not imported, or another file.
    """
    if path.suffix.lower() != _SUFFIX:
        message = f"Nama buku kerja harus berakhiran {_SUFFIX}, misalnya {path.with_suffix(_SUFFIX)}."
        raise ReviewError(message)
    if not path.parent.is_dir():
        message = f"Folder {path.parent} tidak ada. Buat folder itu dahulu, atau pilih tempat lain."
        raise ReviewError(message)
    _refuse_to_overwrite(path, places)
    write_review_sheet(asked, decided, stored_decisions(places), path)


def import_review_sheet(path: Path, places: Places, today: date) -> ReviewContent:
    """Store the answers of a filled-in workbook; once there was a run, only those about rows and residents it read.

    Args:
        path: of the workbook.
        places: the data directory.
        today: date of the import.

    Raises:
        ReviewError: not a review workbook, or one from another data directory.
    """
    undated = _read_answers(path, places)
    imported = replace(undated, answers=undated.answers.with_columns(diambil=pl.lit(today)))
    if imported.answers.height:
        places.decisions.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = len(list(places.decisions.glob("*.parquet"))) + 1
        name = f"{number:06d}_{_fingerprint(path)}.parquet"
        store_weights(imported.answers, name, places)
        store_answered_rows(imported.answers, name, places)
        write_private_parquet(imported.answers, places.decisions / name)
    return imported


def answer_files(places: Places) -> list[Path]:
    """The files of all stored answers, oldest first."""
    return sorted(places.decisions.glob("*.parquet"))


def stored_decisions(places: Places) -> pl.DataFrame:
    """All stored answers, oldest first."""
    files = answer_files(places)
    if not files:
        return pl.DataFrame(schema=DECISIONS)
    return pl.scan_parquet(files, schema=DECISIONS, missing_columns="insert").collect()


def _read_answers(path: Path, places: Places) -> ReviewContent:
    """The content of a workbook; its answers have no date yet."""
    rows = _read_workbook(path)
    if _is_of_other_directory(rows["id_dtks"].drop_nulls(), places):
        raise ReviewError(_OTHER_DIRECTORY.format(path.name, places.root))
    filled = rows.filter(pl.col("jawaban").is_not_null())
    unknown = ~pl.col("jawaban").is_in(ANSWERS)
    pairless = pl.col("id_dtks").is_null() | ~pl.col("nik_dukcapil").str.contains(NUMBER).fill_null(value=False)
    cell_problem = (
        pl.when(unknown)
        .then(pl.lit(f"isi {ANSWER} dengan salah satu dari {', '.join(ANSWERS)}."))
        .when(pairless)
        .then(
            pl.lit(
                f"{HEADERS['id_dtks']} kosong atau {HEADERS['nik_dukcapil']} bukan 16 angka; salin kembali dari "
                "berkas asalnya."
            )
        )
    )
    checked = filled.with_columns(masalah=pl.coalesce(cell_problem, _subject_problem(filled, places)))
    judged = checked.with_columns(masalah=pl.coalesce("masalah", _contradiction_problem()))
    unusable = judged.filter(pl.col("masalah").is_not_null())
    usable = judged.filter(pl.col("masalah").is_null())
    # Answers that a later run makes usable are stored by a later import; stored ones are not stored again.
    new = usable.join(_stored_pairs(path, places), on=PAIR, how="anti", maintain_order="left")
    latest = stored_decisions(places).unique(PAIR, keep="last")
    replacing = new.join(latest, on=PAIR, suffix="_lama", maintain_order="left")
    return ReviewContent(
        answers=new.select(name for name in DECISIONS.names() if name != "diambil"),
        already_imported=usable.height - new.height,
        unanswered=rows.filter("ditanyakan", pl.col("jawaban").is_null(), pl.col("id_dtks").is_not_null()).height,
        problems=[f"Baris {place}: {problem}" for place, problem in unusable.select("tempat", "masalah").iter_rows()],
        unsigned=new.filter(pl.col("jawaban") == SAME, pl.col("petugas").is_null())["tempat"].to_list(),
        replacing=replacing.filter(pl.col("jawaban") != pl.col("jawaban_lama"))["tempat"].to_list(),
        note_only=rows.filter(pl.col("jawaban").is_null(), pl.col("catatan").is_not_null())["tempat"].to_list(),
    )


def _contradiction_problem() -> pl.Expr:
    """Problem of answers of one workbook that contradict each other; else null."""
    pair = [*PAIR, pl.col("masalah").is_null()]
    placing = ["id_dtks", "jawaban", pl.col("masalah").is_null()]
    rows = pl.col("tempat").str.join(" dan baris ")
    return (
        pl.when(pl.col("jawaban").n_unique().over(pair) > 1)
        .then(pl.format(_CONTRADICTORY, rows.over(pair)))
        .when(pl.col("jawaban") == SAME, pl.col("nik_dukcapil").n_unique().over(placing) > 1)
        .then(pl.format(_SEVERAL_NIKS, rows.over(placing)))
    )


def _subject_problem(filled: pl.DataFrame, places: Places) -> pl.Expr:
    """Problem of answers about unknown rows or residents, or that withdraw nothing; else null."""
    known = stored_decisions(places).select(pl.struct(PAIR)).to_series()
    withdrawn = pl.col("jawaban") == WITHDRAWN
    return (
        pl.when(withdrawn & ~pl.struct(PAIR).is_in(known.implode()))
        .then(pl.lit(_NOTHING_TO_WITHDRAW))
        # An answer can be withdrawn even if its row or resident is gone.
        .when(~withdrawn & _is_unknown(filled["id_dtks"], "staged/dtks", "id_dtks", places))
        .then(_not_found_problem("id_dtks", HEADERS["id_dtks"], "DTKS"))
        .when(~withdrawn & _is_unknown(filled["nik_dukcapil"], "staged/dukcapil", "nik", places))
        .then(_not_found_problem("nik_dukcapil", "NIK", "Dukcapil"))
    )


def _not_found_problem(column: str, title: str, register: str) -> pl.Expr:
    """Problem of a number that no row of the register has, and the likely cause."""
    number = pl.col(column)
    message = pl.format(_NOT_FOUND, pl.lit(title), masked(number), pl.lit(register))
    return message + pl.when(number.str.contains(_ENDS_IN_ZERO)).then(pl.lit(_ROUNDED)).otherwise(pl.lit(""))


def _is_of_other_directory(rows: pl.Series, places: Places) -> bool:
    """Whether a workbook has rows, none of them known: it was made in another data directory."""
    known = _known_values(rows, "staged/dtks", "id_dtks", places)
    if rows.is_empty() or known is None:
        return False
    # Those that were decided may be gone since.
    return known.is_empty() and not rows.is_in(stored_decisions(places)["id_dtks"].implode()).any()


def _is_unknown(answered: pl.Series, key: str, name: str, places: Places) -> pl.Expr:
    """Whether the row or resident of an answer is unknown (`_known_values`); false before any run."""
    known = _known_values(answered, key, name, places)
    return pl.lit(value=False) if known is None else ~pl.col(answered.name).is_in(known.implode())


def _known_values(values: pl.Series, key: str, name: str, places: Places) -> pl.Series | None:
    """Those that occur in `key` as stored by the last run or as published; None before any run.

    Workbooks are made from the publication, also while a later run is withheld.
    """
    stored = places.periodes_stored(key)
    if not stored:
        return None
    files = [stored[run] for run in {max(stored), published_periode(places)} if run in stored]
    stored_values = pl.concat(pl.scan_parquet(file).select(name) for file in files)
    return stored_values.filter(pl.col(name).is_in(values.implode())).unique().collect(engine="streaming")[name]


def _refuse_to_overwrite(path: Path, places: Places) -> None:
    if not path.exists():
        return
    try:
        answered = _read_workbook(path)["jawaban"].count()
    except ReviewError as error:
        message = f"{path} sudah ada dan tidak dapat dibaca sebagai lembar tinjauan. Pilih nama lain."
        raise ReviewError(message) from error
    if not answered:
        return
    try:
        content = _read_answers(path, places)
    except ReviewError as error:
        message = f"{path} sudah ada dan berisi jawaban; pilih nama lain. {error}"
        raise ReviewError(message) from error
    if content.answers.height:
        message = (
            f"{path} berisi jawaban yang belum diambil. Ambil dahulu dengan padan review import {path} "
            f"{places.option}, atau pilih nama lain."
        )
        raise ReviewError(message)
    if content.problems:
        listed = "\n  ".join(content.problems)
        message = (
            f"{path} berisi jawaban yang tidak dapat dipakai. Betulkan lalu ambil, kosongkan, atau pilih nama lain:"
            f"\n  {listed}"
        )
        raise ReviewError(message)


def _stored_pairs(path: Path, places: Places) -> pl.DataFrame:
    """The pairs with stored answers from this workbook."""
    files = sorted(places.decisions.glob(f"*_{_fingerprint(path)}.parquet"))
    return pl.concat(
        [pl.DataFrame(schema=DECISIONS).select(PAIR), *(pl.read_parquet(file, columns=PAIR) for file in files)]
    )


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _read_workbook(path: Path) -> pl.DataFrame:
    """The sheets with pairs: place of each row (`tempat`), whether it waits (`ditanyakan`), pair and answer."""
    if not path.is_file():
        message = f"Tidak ada berkas {path}. Periksa nama dan foldernya."
        raise ReviewError(message)
    try:
        data = path.read_bytes()
        book = fastexcel.read_excel(data)
    except fastexcel.FastExcelError as error:
        message = (
            f"{path.name} bukan buku kerja Excel yang dapat dibaca. Buka berkasnya, simpan sebagai Excel ({_SUFFIX}) "
            "tanpa kata sandi, lalu ulangi."
        )
        raise ReviewError(message) from error
    if ASKED not in book.sheet_names:
        message = (
            f"{path.name} bukan lembar tinjauan: tidak ada lembar kerja {ASKED}. Pakai berkas dari padan review "
            "export, dan jangan ubah nama lembarnya."
        )
        raise ReviewError(message)
    # Workbooks of older versions have no sheet of decided pairs.
    titles = [title for title in (DECIDED, ASKED) if title in book.sheet_names]
    parts = xlsx_parts(data)
    if any(parts[title].too_large for title in titles if title in parts):
        message = f"{path.name} {FAR_CELLS}"
        raise ReviewError(message)
    rows = pl.concat([_read_sheet(book, title, path.name) for title in titles])
    return rows.select(
        "tempat",
        "ditanyakan",
        jawaban=plain(pl.col(ANSWER)).str.to_uppercase().str.replace_all(r"\s+", " "),
        petugas=plain(pl.col(OFFICER)),
        catatan=plain(pl.col(NOTE)),
        id_dtks=plain(pl.col("id_dtks")),
        nik_dukcapil=plain(pl.col("nik_dukcapil")),
    )


def _read_sheet(book: fastexcel.ExcelReader, title: str, name: str) -> pl.DataFrame:
    """One sheet with pairs; headers of this or an older version."""
    needed = {
        "id_dtks": HEADERS["id_dtks"],
        "nik_dukcapil": HEADERS["nik_dukcapil"],
        **{each: each for each in (ANSWER, OFFICER, NOTE)},
    }
    rows = book.load_sheet(title, dtypes="string").to_polars()
    known = {_normalised_header(column): column for column in reversed(rows.columns)}
    missing = [header for each, header in needed.items() if _normalised_header(each) not in known]
    if missing:
        message = (
            f"{name} bukan lembar tinjauan: di lembar kerja {title} tidak ada kolom berjudul "
            f"{', '.join(missing)}. Tulis kembali judul itu di baris pertama, atau salin jawabannya ke berkas "
            "baru dari padan review export."
        )
        raise ReviewError(message)
    waits = title == ASKED
    return (
        rows.select(pl.col(known[_normalised_header(each)]).alias(each) for each in needed)
        .with_row_index("tempat", offset=2)
        .with_columns(
            tempat=pl.col("tempat").cast(pl.String) + ("" if waits else f" di lembar {title}"),
            ditanyakan=pl.lit(value=waits),
        )
    )


def _normalised_header(header: str) -> str:
    """Normalised header: `ID DTKS` and `id_dtks` are the same."""
    return "".join(character for character in header.casefold() if character.isalnum())
