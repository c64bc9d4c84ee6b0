"""`padan review` and `padan perbaikan`: exchange of workbooks with officers."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.command.preconditions import (
    UNUSABLE,
    DataDir,
    existing_places,
    latest_publication,
    now_in_jakarta,
    refuse,
    refuse_other_version,
    warn_if_unpublished,
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

    places, periode = latest_publication(data_dir)
    stored = Publication(places, periode).scan
    links, people, registry = stored("link/anggota_dukcapil"), stored("cleansed/anggota"), stored("staged/dukcapil")
    pairs = pairs_to_review(links, stored("link/calon_lain"), people, registry)
    valid_decisions = without_reassigned_rows(stored_decisions(places), people, places)
    decided = decided_pairs(valid_decisions, pairs, links, people, registry)
    try:
        export_review_sheet(pairs, decided, file, places)
    except ReviewError as error:
        refuse(str(error))
    file.chmod(_OWNER_ONLY)
    rows = pairs["id_dtks"].n_unique()
    typer.echo(f"Periode {periode}, folder {places.root}")
    summary = f"{number(pairs.height)} pasangan dari {number(rows)} baris DTKS ditulis ke {file}"
    typer.echo(
        f"{summary}; cara mengisinya ada di lembar Petunjuk."
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

    places = existing_places(data_dir)
    try:
        content = import_review_sheet(file, places, now_in_jakarta().date())
    except ReviewError as error:
        refuse(str(error))
    _print_imported(content, places)
    _print_doubts(content)
    if content.problems and not content.answers.height and not content.already_imported:
        raise typer.Exit(UNUSABLE)


def _print_imported(content: ReviewContent, places: Places) -> None:
    """Print how many answers were imported, and what makes them count."""
    from pipeline.warehouse.periodes import newest_stored_periode
    from reports.wording import number
    from schemas.link import ANSWERS

    rest = f"{number(content.already_imported)} sudah diambil sebelumnya; " if content.already_imported else ""
    rest += f"{number(content.unanswered)} baris belum diisi."
    if content.answers.is_empty():
        typer.echo(f"Tidak ada jawaban baru yang diambil; {rest}")
        return
    counts = [(answer, content.answers.filter(jawaban=answer).height) for answer in ANSWERS]
    listed = ", ".join(f"{number(count)} {answer}" for answer, count in counts if count)
    typer.echo(f"{number(content.answers.height)} jawaban diambil ({listed}); {rest}")
    periode = newest_stored_periode(places)
    # The files may name no month; a run without --periode would then take the current one.
    option = f" --periode {periode}" if periode else ""
    typer.echo(f"Jalankan padan run {places.option}{option} agar berlaku.")
    if periode is None:
        typer.echo(
            f"Belum pernah ada proses di {places.root}, sehingga tidak dapat diperiksa apakah jawaban ini tentang "
            "data di folder itu. Bila buku kerjanya dari folder data lain, ulangi dengan --data-dir folder itu.",
            err=True,
        )


def _print_doubts(content: ReviewContent) -> None:
    """Print which rows an officer should check again."""
    from reports.wording import number

    if content.replacing:
        typer.echo(
            f"Mengganti jawaban yang diambil sebelumnya: baris {', '.join(content.replacing)}. Bila buku kerja ini "
            "yang lama, isi lagi jawaban yang berlaku di lembar Diputuskan dari padan review export.",
            err=True,
        )
    if content.unsigned:
        lines = ", ".join(content.unsigned)
        typer.echo(
            f"Diambil tanpa nama petugas: SAMA di baris {lines}. Bila namanya perlu tercatat, isi PETUGAS, simpan, "
            "lalu ambil lagi.",
            err=True,
        )
    if content.note_only:
        typer.echo(
            f"KEPUTUSAN-nya kosong walaupun ada CATATAN: baris {', '.join(content.note_only)}. Catatan saja tidak "
            "memutuskan apa pun; isi KEPUTUSAN, simpan, lalu ambil lagi.",
            err=True,
        )
    if content.problems:
        typer.echo(
            f"{number(len(content.problems))} baris tidak dapat dipakai; betulkan, simpan, lalu ambil lagi:", err=True
        )
        for problem in content.problems:
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

    places = existing_places(data_dir)
    periode = newest_listed_periode(places)
    if periode is None:
        refuse(f"Belum ada proses yang selesai di {places.root}. Jalankan dahulu padan run {places.option}.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        refuse(
            f"{out} sudah berisi. Sebut folder baru atau folder kosong: isian dari proses lama tidak boleh tercampur "
            "dengan yang baru, dan yang sedang dibetulkan tidak boleh tertimpa."
        )
    warn_if_unpublished(places, periode)
    publication = Publication(places, periode)
    if lengkap and not publication.has_forms:
        refuse_other_version(places)
    files = publication.write_correction_lists(out, show_identifiers=lengkap)
    typer.echo(f"Periode {periode}, folder {places.root}")
    typer.echo(f"{len(files)} buku kerja di {out}")
    if lengkap:
        forms = publication.write_correction_forms(out / "isian")
        for workbook in (*files, *forms):
            workbook.chmod(_OWNER_ONLY)
        typer.echo(f"{len(forms)} lembar isian di {out / 'isian'}: betulkan di tempat, lalu simpan di raw/<sumber>/")
