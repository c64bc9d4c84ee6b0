"""`padan review` and `padan perbaikan`: exchange of workbooks with officers."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.command.asked import (
    UNUSABLE,
    DataDir,
    existing,
    published,
    refuse,
    refuse_other_version,
    tell_whose,
    today,
)

if TYPE_CHECKING:
    from pipeline.places import Places
    from pipeline.warehouse.workbooks.review_answers import ReviewContent

# Files with unmasked identifiers are readable only by the user who made them.
_OWNER_ONLY = 0o600


def review_export(
    file: Annotated[Path, typer.Argument(metavar="BERKAS.xlsx", help="Buku kerja yang dibuat.")],
    data_dir: DataDir = Path("data"),
) -> None:
    """Tulis pasangan yang perlu ditinjau ke Excel; isi kolom KEPUTUSAN dengan SAMA, BEDA, TIDAK TAHU, atau BATAL."""
    from pipeline.matching.outcome.review import decided_pairs, pairs_to_review
    from pipeline.warehouse.publication import Publication
    from pipeline.warehouse.workbooks.answered_rows import without_reassigned_rows
    from pipeline.warehouse.workbooks.review_answers import ReviewError, export_review_sheet, stored_decisions
    from reports.wording import number

    places, periode = published(data_dir)
    stored = Publication(places, periode).scan
    links, people, registry = stored("link/anggota_dukcapil"), stored("cleansed/anggota"), stored("staged/dukcapil")
    pairs = pairs_to_review(links, stored("link/calon_lain"), people, registry)
    standing = without_reassigned_rows(stored_decisions(places), people, places)
    decided = decided_pairs(standing, pairs, links, people, registry)
    try:
        export_review_sheet(pairs, decided, file, places)
    except ReviewError as error:
        refuse(str(error))
    file.chmod(_OWNER_ONLY)
    rows = pairs["id_dtks"].n_unique()
    typer.echo(f"Periode {periode}, folder {places.root}")
    waiting = f"{number(pairs.height)} pasangan dari {number(rows)} baris DTKS ditulis ke {file}"
    typer.echo(
        f"{waiting}; cara mengisinya ada di lembar Petunjuk."
        if rows
        else f"Tidak ada pasangan yang menunggu keputusan; lembar Tinjau di {file} kosong."
    )
    if decided.height:
        typer.echo(
            f"{number(decided.height)} yang sudah diputuskan ada di lembar Diputuskan, bila jawabannya perlu ditarik."
        )
    if rows or decided.height:
        typer.echo(f"Setelah diisi: padan review import {shlex.quote(str(file))} {places.option}")


def review_import(
    file: Annotated[Path, typer.Argument(metavar="BERKAS.xlsx", help="Buku kerja yang sudah diisi.")],
    data_dir: DataDir = Path("data"),
) -> None:
    """Ambil keputusan petugas dari Excel; berlaku mulai proses berikutnya."""
    from pipeline.warehouse.workbooks.review_answers import ReviewError, import_review_sheet

    places = existing(data_dir)
    try:
        taken = import_review_sheet(file, places, today().date())
    except ReviewError as error:
        refuse(str(error))
    _tell_taken(taken, places)
    _tell_doubts(taken)
    if taken.problems and not taken.answers.height and not taken.already_imported:
        raise typer.Exit(UNUSABLE)


def _tell_taken(taken: ReviewContent, places: Places) -> None:
    """Print how many answers were imported, and what makes them count."""
    from pipeline.warehouse.periodes import newest_stored_periode
    from reports.wording import number
    from schemas.link import ANSWERS

    rest = f"{number(taken.already_imported)} sudah diambil sebelumnya; " if taken.already_imported else ""
    rest += f"{number(taken.unanswered)} baris belum diisi."
    if taken.answers.is_empty():
        typer.echo(f"Tidak ada jawaban baru yang diambil; {rest}")
        return
    counts = [(answer, taken.answers.filter(jawaban=answer).height) for answer in ANSWERS]
    listed = ", ".join(f"{number(count)} {answer}" for answer, count in counts if count)
    typer.echo(f"{number(taken.answers.height)} jawaban diambil ({listed}); {rest}")
    periode = newest_stored_periode(places)
    # The files may name no month; a run without --periode would then take the current one.
    of = f" --periode {periode}" if periode else ""
    typer.echo(f"Jalankan padan run {places.option}{of} agar berlaku.")
    if periode is None:
        typer.echo(
            f"Belum pernah ada proses di {places.root}, sehingga tidak dapat diperiksa apakah jawaban ini tentang "
            "data di folder itu. Bila buku kerjanya dari folder data lain, ulangi dengan --data-dir folder itu.",
            err=True,
        )


def _tell_doubts(taken: ReviewContent) -> None:
    """Print which rows an officer should check again."""
    from reports.wording import number

    if taken.replacing:
        typer.echo(
            f"Mengganti jawaban yang diambil sebelumnya: baris {', '.join(taken.replacing)}. Bila buku kerja ini yang "
            "lama, isi lagi jawaban yang berlaku di lembar Diputuskan dari padan review export.",
            err=True,
        )
    if taken.unsigned:
        lines = ", ".join(taken.unsigned)
        typer.echo(
            f"Diambil tanpa nama petugas: SAMA di baris {lines}. Bila namanya perlu tercatat, isi PETUGAS, simpan, "
            "lalu ambil lagi.",
            err=True,
        )
    if taken.note_only:
        typer.echo(
            f"KEPUTUSAN-nya kosong walaupun ada CATATAN: baris {', '.join(taken.note_only)}. Catatan saja tidak "
            "memutuskan apa pun; isi KEPUTUSAN, simpan, lalu ambil lagi.",
            err=True,
        )
    if taken.problems:
        typer.echo(
            f"{number(len(taken.problems))} baris tidak dapat dipakai; betulkan, simpan, lalu ambil lagi:", err=True
        )
        for problem in taken.problems:
            typer.echo(f"  {problem}", err=True)


def perbaikan(
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder tujuan buku kerja: baru atau kosong.")],
    data_dir: DataDir = Path("data"),
    lengkap: Annotated[
        bool, typer.Option("--lengkap", help="Tampilkan NIK, nomor KK, dan nama secara utuh; bawaannya disamarkan.")
    ] = False,
) -> None:
    """Buat daftar perbaikan per kabupaten (Excel) dari proses terakhir, juga yang ditahan: baris ditolak dan temuan."""
    from pipeline.warehouse.publication import Publication, newest_listed_periode

    places = existing(data_dir)
    periode = newest_listed_periode(places)
    if periode is None:
        refuse(f"Belum ada proses yang selesai di {places.root}. Jalankan dahulu padan run {places.option}.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        refuse(
            f"{out} sudah berisi. Sebut folder baru atau folder kosong: isian dari proses lama tidak boleh tercampur "
            "dengan yang baru, dan yang sedang dibetulkan tidak boleh tertimpa."
        )
    tell_whose(places, periode)
    publication = Publication(places, periode)
    if lengkap and not publication.has_forms:
        refuse_other_version(places)
    files = publication.write_correction_lists(out, show_identifiers=lengkap)
    typer.echo(f"Periode {periode}, folder {places.root}")
    typer.echo(f"{len(files)} buku kerja di {out}")
    if lengkap:
        forms = publication.write_correction_forms(out / "isian")
        for written in (*files, *forms):
            written.chmod(_OWNER_ONLY)
        typer.echo(f"{len(forms)} lembar isian di {out / 'isian'}: betulkan di tempat, lalu simpan di raw/<sumber>/")
