"""Gates between a finished run and its publication: a run that fails one is kept, but what is published stays."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schemas.cleansed import LINKED


@dataclass(frozen=True)
class GateLimits:
    """Limits of the gates.

    Attributes:
        rejected_percent: most rows of one source that may be quarantined.
        match_drop: most percentage points the matched share may fall below what is published.
        rows_drop_percent: largest fall in accepted DTKS rows against what is published.
    """

    rejected_percent: float = 20.0
    match_drop: float = 10.0
    rows_drop_percent: float = 50.0


def judge(
    reconciliation: pl.DataFrame, people: pl.DataFrame, published: pl.DataFrame | None, limits: GateLimits
) -> pl.DataFrame:
    """One row per gate: gerbang, nilai_ukur, batas, lulus, keterangan (Indonesian).

    Args:
        reconciliation: `quality.rekonsiliasi` of this run.
        people: `cleansed.anggota` of this run.
        published: `cleansed.anggota` as published before (its newest periode), None where nothing is.
        limits: the limits.
    """
    rows = [
        (
            "Selisih baris per berkas",
            _total(reconciliation, "selisih_baris"),
            0.0,
            "Setiap baris diterima atau dikarantina.",
        ),
        ("Selisih rupiah per berkas", _total(reconciliation, "selisih_nominal"), 0.0, "Setiap rupiah tercatat."),
        *_rejected_percents(reconciliation, limits),
        ("Tidak ada baris DTKS yang diterima", float(people.is_empty()), 0.0, "Terbitan harus memuat data DTKS."),
    ]
    if published is not None and not published.is_empty():
        rows += [
            (
                "Penurunan persentase padan",
                max(_matched_percent(published) - _matched_percent(people), 0.0),
                limits.match_drop,
                "Dalam poin persen, dibandingkan dengan terbitan sebelumnya.",
            ),
            (
                "Penyusutan baris DTKS",
                max(100.0 * (1 - people.height / published.height), 0.0),
                limits.rows_drop_percent,
                "Persen yang hilang, dibandingkan dengan terbitan sebelumnya.",
            ),
        ]
    gates = pl.DataFrame(rows, schema=["gerbang", "nilai_ukur", "batas", "keterangan"], orient="row")
    return gates.with_columns(lulus=pl.col("nilai_ukur") <= pl.col("batas"))


def _total(reconciliation: pl.DataFrame, column: str) -> float:
    return float(reconciliation[column].abs().sum())


def _rejected_percents(reconciliation: pl.DataFrame, limits: GateLimits) -> list[tuple[str, float, float, str]]:
    percents = (
        reconciliation.group_by("sumber")
        .agg(percent=100.0 * pl.col("baris_karantina").sum() / pl.col("baris_masuk").sum().clip(1))
        .sort("sumber")
    )
    return [
        (f"Baris {source} yang dikarantina", percent, limits.rejected_percent, "Persen dari baris yang masuk.")
        for source, percent in percents.iter_rows()
    ]


def _matched_percent(people: pl.DataFrame) -> float:
    share = people.select(pl.col("status_padan").is_in(LINKED).mean()).item()
    return 100.0 * float(share or 0.0)
