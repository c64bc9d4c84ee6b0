"""Gates between a finished run and its publication: a run that fails one is kept, but what is published stays."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schemas.cleansed import LINKED


@dataclass(frozen=True)
class GateLimits:
    """Limits of the gates.

    Attributes:
        rejected_share: most rows of one source that may be quarantined, 0–1.
        match_drop: most percentage points the matched share may fall below what is published.
        rows_drop: largest fall in accepted DTKS rows against what is published, 0–1.
    """

    rejected_share: float = 0.20
    match_drop: float = 10.0
    rows_drop: float = 0.50


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
        *_rejected_shares(reconciliation, limits),
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
                max(1 - people.height / published.height, 0.0),
                limits.rows_drop,
                "Bagian yang hilang, dibandingkan dengan terbitan sebelumnya.",
            ),
        ]
    gates = pl.DataFrame(rows, schema=["gerbang", "nilai_ukur", "batas", "keterangan"], orient="row")
    return gates.with_columns(lulus=pl.col("nilai_ukur") <= pl.col("batas"))


def _total(reconciliation: pl.DataFrame, column: str) -> float:
    return float(reconciliation[column].abs().sum())


def _rejected_shares(reconciliation: pl.DataFrame, limits: GateLimits) -> list[tuple[str, float, float, str]]:
    shares = (
        reconciliation.group_by("sumber")
        .agg(share=pl.col("baris_karantina").sum() / pl.col("baris_masuk").sum().clip(1))
        .sort("sumber")
    )
    return [
        (f"Bagian baris {source} yang dikarantina", share, limits.rejected_share, "Antara 0 dan 1.")
        for source, share in shares.iter_rows()
    ]


def _matched_percent(people: pl.DataFrame) -> float:
    share = people.select(pl.col("status_padan").is_in(LINKED).mean()).item()
    return 100.0 * float(share or 0.0)
