"""What a run is judged by alone: that nothing is lost, and how much of it is refused, found fault with or unmatched.

The limits stand in `data/reference/ambang.toml` and are loaded by `pipeline.settings`. Does not belong here: what is
compared with the publication before (`pipeline.quality.losses`).
"""

from __future__ import annotations

import polars as pl

from pipeline.quality.gate import Gate
from pipeline.settings import Limits
from schemas.keys import PLACE
from schemas.rules import NO_DATA, RULES

_NEEDED = {
    "dtks": "Terbitan harus memuat data DTKS.",
    "dukcapil": "Tanpa data Dukcapil semua orang akan tampak tidak padan.",
}
FINDINGS = ("sumber", "kode", "id")
"""Columns of `quality.temuan` that gates look at."""
_SENTENCES = {rule.code: rule.sentence for rule in RULES.values() if rule.on in {"DtksStaged", "Anggota"}}


def gates_of_run(
    reconciliation: pl.DataFrame, quarantine: pl.DataFrame, findings: pl.DataFrame, people: pl.DataFrame, limits: Limits
) -> list[Gate]:
    """The gates that need nothing but the run.

    Args:
        reconciliation: `quality.rekonsiliasi`.
        quarantine: `quality.karantina`; rows corrected meanwhile do not count against their source, nor do
            lines that hold no data, of which a list printed in pages has several on each.
        findings: `quality.temuan`, the columns `FINDINGS`.
        people: `cleansed.anggota`, the column status_padan.
        limits: the limits, in percent.
    """
    return [
        *_lost(reconciliation),
        *_absent(people, reconciliation),
        *_rejected(reconciliation, quarantine, limits.gerbang.baris_ditolak),
        *_unread(reconciliation, limits.gerbang.berkas_ditolak),
        *_found(findings, people, limits.temuan),
        _unmatched(people, limits.gerbang.tidak_padan),
    ]


def _lost(reconciliation: pl.DataFrame) -> list[Gate]:
    rows, rupiah = (float(reconciliation[name].abs().sum()) for name in ("selisih_baris", "selisih_nominal"))
    return [
        Gate("Selisih baris per berkas", rows, 0.0, "Setiap baris diterima atau dikarantina.", unit=""),
        Gate("Selisih rupiah per berkas", rupiah, 0.0, "Setiap rupiah tercatat.", unit=""),
    ]


def _absent(people: pl.DataFrame, reconciliation: pl.DataFrame) -> list[Gate]:
    residents = int(reconciliation.filter(sumber="dukcapil")["baris_diterima"].sum())
    return [
        Gate(f"Sumber {source} tanpa satu pun baris", float(rows == 0), 0.0, _NEEDED[source], unit="")
        for source, rows in (("dtks", people.height), ("dukcapil", residents))
    ]


def _rejected(reconciliation: pl.DataFrame, quarantine: pl.DataFrame, limit: float) -> list[Gate]:
    empty = pl.col("kode").is_in(list(NO_DATA))
    refused = (
        quarantine.filter(~pl.col("sudah_diperbaiki"), pl.col("baris") > 0)
        .group_by("sumber", *PLACE)
        .agg(kosong=empty.all())
        .group_by("sumber")
        .agg(pl.col("kosong").sum(), ditolak=(~pl.col("kosong")).sum())
    )
    percents = (
        reconciliation.group_by("sumber")
        .agg(pl.col("baris_masuk").sum())
        .join(refused, on="sumber", how="left")
        .with_columns(pl.col("kosong", "ditolak").fill_null(0))
        .select("sumber", 100.0 * pl.col("ditolak") / (pl.col("baris_masuk") - pl.col("kosong")).clip(1))
        .sort("sumber")
    )
    return [
        Gate(f"Baris {source} yang dikarantina", percent, limit, "Persen dari baris yang masuk.")
        for source, percent in percents.iter_rows()
    ]


def _unread(reconciliation: pl.DataFrame, limit: float) -> list[Gate]:
    # Snapshots of other months are not read at all; over the years they would outnumber any that cannot be.
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


def _found(findings: pl.DataFrame, people: pl.DataFrame, limits: dict[str, float]) -> list[Gate]:
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


def _unmatched(people: pl.DataFrame, limit: float) -> Gate:
    percent = 100.0 * float(people.select((pl.col("status_padan") == "TIDAK_PADAN").mean()).item() or 0.0)
    return Gate(
        "Baris DTKS yang tidak padan",
        percent,
        limit,
        "Persen dari baris DTKS. Bila sebanyak ini tidak ditemukan, periksa apakah berkas DTKS dan Dukcapil "
        "berasal dari wilayah dan bulan yang sama.",
    )
