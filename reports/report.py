"""The run's report: one self-contained HTML page that an officer reads, prints or forwards.

It needs no network and no script, says nothing about a single person, and is the same page for the same tables.
Belongs here: which sections the page has. Does not: figures (`reports.figures`, `reports.accounts`), wording
(`reports.wording`), layout (`reports/templates`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.extracts.files.ledger import describe_snapshot
from pipeline.matching.estimates import expected_mistakes
from pipeline.normalise.values.masking import masked_text
from pipeline.reference import regions
from reports import accounts, figures, wording
from schemas.cleansed import LINKED
from schemas.keys import STAGE
from schemas.rules import Severity

COLUMNS_READ: dict[str, tuple[str, ...] | None] = {
    "cleansed.anggota": ("periode", "kode_kab", "status_padan", "alasan", "ganda_dari"),
    "cleansed.keluarga": ("periode", "status_keluarga"),
    "cleansed.koreksi": ("periode",),
    "link.jawaban_petugas": ("periode", "jawaban"),
    "link.anggota_dukcapil": ("periode", "keputusan", "probabilitas"),
    "mart.bantuan_tidak_tepat": ("kode", "penerima", "nominal", "utama"),
    "mart.cakupan": None,
    "mart.corong_kpm": (*STAGE, "keadaan"),
    "mart.koreksi_belum_aman": ("periode",),
    "mart.mutu_data": None,
    "mart.realisasi": None,
    "mart.realisasi_harian": None,
    "quality.karantina": None,
    "quality.penduduk_kabupaten": None,
    "quality.rekonsiliasi": None,
    "quality.temuan": ("periode", "sumber", "id", "kode", "berkas", "baris"),
}
"""What the page reads: promised tables by full name, all their columns (None) or some."""
MOST_LISTED = 15
"""Longest list of files with rejected rows, which `quality.karantina` holds all; findings, reasons, kabupaten and files
without a note that come behind so many are folded."""


def render_report(tables: Mapping[str, pl.DataFrame], gates: pl.DataFrame, periode: str) -> str:
    """The page for one periode.

    Args:
        tables: full name → frame, as specified by `COLUMNS_READ`; rows of other periodes are ignored.
        gates: one row per gate: gerbang, nilai_ukur, batas, satuan, lulus, keterangan.
        periode: YYYY-MM.

    Returns:
        HTML as text.
    """
    current = {
        name: table.filter(periode=periode) if "periode" in table.columns else table for name, table in tables.items()
    }
    return (
        page_environment()
        .get_template("laporan.html.j2")
        .render(
            bulan=wording.month(periode),
            potret=describe_snapshot(current["quality.rekonsiliasi"]),
            gerbang=gates.to_dicts(),
            diterbitkan=gates["lulus"].all(),
            **_people_sections(current),
            **_row_sections(current),
            **_payment_sections(current),
            terbanyak=MOST_LISTED,
            kata=wording,
        )
    )


def _people_sections(tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """Sections on persons: who was linked, where, and what is left to do."""
    members, quality = tables["cleansed.anggota"], tables["mart.mutu_data"]
    people = figures.status_shares(members, "status_padan", wording.STATUS_PADAN)
    return {
        "baris_dtks": members.height,
        "baris_ganda": members["ganda_dari"].count(),
        "orang": people,
        "orang_padan": sum(part.count for part in people if part.code in LINKED),
        "persen_padan": figures.linked_percent(people),
        "perkiraan": expected_mistakes(tables["link.anggota_dukcapil"]),
        "keluarga": figures.status_shares(tables["cleansed.keluarga"], "status_keluarga", wording.STATUS_KELUARGA),
        "kabupaten": figures.per_kabupaten(members, quality, regions()),
        "tanpa_register": figures.without_register(quality, tables["quality.penduduk_kabupaten"]),
        "posisi": accounts.kabupaten_ranking(quality),
        "diputuskan": figures.count_answers(tables["link.jawaban_petugas"]),
        "ditinjau": accounts.rows_in_doubt(members, regions()),
        "koreksi": tables["cleansed.koreksi"].height,
        "koreksi_belum_aman": tables["mart.koreksi_belum_aman"].height,
    }


def _row_sections(tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """Sections on the rows and files handed in."""
    findings, quarantine, files = (
        tables[name] for name in ("quality.temuan", "quality.karantina", "quality.rekonsiliasi")
    )
    refused = figures.still_refused(quarantine)
    return {
        "temuan": figures.frequent_findings(findings, Severity.FINDING),
        "perbaikan": figures.frequent_findings(findings, Severity.REPAIR),
        "penolakan": figures.rejections(refused),
        "berkas_penolakan": figures.rejecting_files(refused),
        "diperbaiki": figures.count_corrected(quarantine),
        "ditolak_lagi": figures.count_refused_again(quarantine),
        "berkas": figures.ledger(files),
        "tak_terbaca": figures.unread_files(files),
        "sumber": figures.per_source(files),
        "jumlah": figures.totals(files),
    }


def _payment_sections(tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """Sections on the progress of payments, and on payments to check."""
    return {
        "realisasi": figures.national_realisation(tables["mart.realisasi"]),
        "laju": accounts.payment_curves(
            tables["mart.realisasi_harian"], tables["mart.realisasi"], tables["mart.corong_kpm"]
        ),
        "cakupan": accounts.least_covered(tables["mart.cakupan"]),
        "diperiksa": accounts.payments_to_check(tables["mart.bantuan_tidak_tepat"]),
        "dipertaruhkan": accounts.rupiah_to_check(tables["mart.bantuan_tidak_tepat"]),
    }


def page_environment() -> Environment:
    """The template environment with its filters.

    angka, persen, rupiah, perkiraan, terukur, hari, poin, jalur and awal.
    """
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "angka": wording.number,
        "persen": wording.percent,
        "rupiah": wording.rupiah,
        "perkiraan": wording.estimate,
        "terukur": wording.measured,
        "hari": wording.day,
        "poin": wording.signed,
        "jalur": _breakable,
        "awal": wording.capitalised,
    }
    return environment


def _breakable(path: str) -> Markup:
    """A path, identifiers masked, that may wrap after each `/` and `_`, so that long ones fit a narrow page."""
    return Markup("<wbr>").join(re.split(r"(?<=[/_])", masked_text(path)))
