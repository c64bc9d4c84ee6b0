"""Gates on a run by itself: nothing lost, and limits on refused rows, findings and unmatched rows.

The limits are in `data/reference/ambang.toml` and are loaded by `pipeline.settings`. Does not belong here: comparing
with the previous publication (`pipeline.quality.losses`).
"""

from __future__ import annotations

import polars as pl

from pipeline.quality.gate import Gate
from pipeline.settings import Limits
from schemas.keys import PLACE
from schemas.rules import NO_DATA, REPETITIONS, RULES

_WHY_NEEDED = {
    "dtks": "Terbitan harus memuat data DTKS.",
    "dukcapil": "Tanpa data Dukcapil semua orang akan tampak tidak padan.",
}
_MAJORITY = 0.5
_PERCENT_OF_ROWS = "Persen dari baris yang masuk."
_SENT_AGAIN_ADVICE = (
    "Sebagian besar mengulang baris lain: bila daftar diserahkan lagi dengan perbaikan, simpan perbaikannya saja di "
    "folder perbaikan."
)
FINDING_COLUMNS = ("sumber", "kode", "id")
"""Columns of `quality.temuan` that the gates need."""
_SENTENCES = {rule.code: rule.sentence for rule in RULES.values() if rule.on in {"DtksStaged", "Anggota"}}


def gates_of_run(
    reconciliation: pl.DataFrame, quarantine: pl.DataFrame, findings: pl.DataFrame, people: pl.DataFrame, limits: Limits
) -> list[Gate]:
    """The gates that need only the run.

    Args:
        reconciliation: `quality.rekonsiliasi`.
        quarantine: `quality.karantina`; rows corrected meanwhile do not count, nor do lines without data, of which
            a printed list has several on every page.
        findings: `quality.temuan`, the columns `FINDING_COLUMNS`.
        people: `cleansed.anggota`, the column status_padan.
        limits: the limits, in percent.
    """
    return [
        *_difference_gates(reconciliation),
        *_missing_source_gates(people, reconciliation),
        *_quarantine_gates(reconciliation, quarantine, limits.gerbang.baris_ditolak),
        *_unreadable_file_gates(reconciliation, limits.gerbang.berkas_ditolak),
        *_finding_gates(findings, people, limits.temuan),
        _unmatched_gate(people, limits.gerbang.tidak_padan),
    ]


def _difference_gates(reconciliation: pl.DataFrame) -> list[Gate]:
    rows, rupiah = (float(reconciliation[name].abs().sum()) for name in ("selisih_baris", "selisih_nominal"))
    return [
        Gate("Selisih baris per berkas", rows, 0.0, "Setiap baris diterima atau dikarantina.", unit=""),
        Gate("Selisih rupiah per berkas", rupiah, 0.0, "Setiap rupiah tercatat.", unit=""),
    ]


def _missing_source_gates(people: pl.DataFrame, reconciliation: pl.DataFrame) -> list[Gate]:
    residents = int(reconciliation.filter(sumber="dukcapil")["baris_diterima"].sum())
    return [
        Gate(f"Sumber {source} tanpa satu pun baris", float(rows == 0), 0.0, _WHY_NEEDED[source], unit="")
        for source, rows in (("dtks", people.height), ("dukcapil", residents))
    ]


def _quarantine_gates(reconciliation: pl.DataFrame, quarantine: pl.DataFrame, limit: float) -> list[Gate]:
    empty = pl.col("kode").is_in(list(NO_DATA))
    refused = (
        quarantine.filter(~pl.col("sudah_diperbaiki"), pl.col("baris") > 0)
        .group_by("sumber", *PLACE)
        .agg(kosong=empty.all(), ulangan=pl.col("kode").is_in(REPETITIONS).any())
        .group_by("sumber")
        .agg(pl.col("kosong", "ulangan").sum(), ditolak=(~pl.col("kosong")).sum())
    )
    percents = (
        reconciliation.group_by("sumber")
        .agg(pl.col("baris_masuk").sum())
        .join(refused, on="sumber", how="left")
        .with_columns(pl.col("kosong", "ditolak").fill_null(0))
        .select(
            "sumber",
            persen=100.0 * pl.col("ditolak") / (pl.col("baris_masuk") - pl.col("kosong")).clip(1),
            sering_ulangan=pl.col("ulangan") > _MAJORITY * pl.col("ditolak"),
        )
        .sort("sumber")
    )
    return [
        Gate(
            f"Baris {source} yang dikarantina",
            percent,
            limit,
            f"{_PERCENT_OF_ROWS} {_SENT_AGAIN_ADVICE}" if percent > limit and repeated else _PERCENT_OF_ROWS,
        )
        for source, percent, repeated in percents.iter_rows()
    ]


def _unreadable_file_gates(reconciliation: pl.DataFrame, limit: float) -> list[Gate]:
    # Without snapshots of other months, which are not read: over the years they would outnumber unreadable files.
    percents = (
        reconciliation.filter(pl.col("sumber") != "lain", pl.col("status_berkas") != "DILEWATI")
        .group_by("sumber")
        .agg(100.0 * (pl.col("status_berkas") == "DITOLAK").mean())
        .sort("sumber")
    )
    return [
        Gate(f"Berkas {source} yang tidak dapat dibaca", percent, limit, "Persen dari berkas yang diserahkan.")
        for source, percent in percents.iter_rows()
    ]


def _finding_gates(findings: pl.DataFrame, people: pl.DataFrame, limits: dict[str, float]) -> list[Gate]:
    counts = dict(findings.filter(pl.col("sumber") == "dtks").group_by("kode").agg(pl.col("id").n_unique()).iter_rows())
    return [
        Gate(
            f"Temuan {code}",
            100.0 * counts.get(code, 0) / max(people.height, 1),
            limit,
            f"{_SENTENCES.get(code, '')} Persen dari baris DTKS.".strip(),
        )
        for code, limit in sorted(limits.items())
    ]


def _unmatched_gate(people: pl.DataFrame, limit: float) -> Gate:
    percent = 100.0 * float(people.select((pl.col("status_padan") == "TIDAK_PADAN").mean()).item() or 0.0)
    return Gate(
        "Baris DTKS yang tidak padan",
        percent,
        limit,
        "Persen dari baris DTKS. Bila sebanyak ini tidak ditemukan, periksa apakah berkas DTKS dan Dukcapil "
        "berasal dari wilayah dan bulan yang sama.",
    )
