"""Figures of the report on payments and regions: pace, coverage, payments to check, rankings, pairs to decide.

Belongs here: selecting and ordering what the marts contain. Does not: wording and number formats (`reports.wording`),
counts of rows and findings (`reports.figures`), and any figure that a mart should have.
"""

from __future__ import annotations

import polars as pl

from reports.figures import Row, sentence_and_cure
from reports.wording import IMPROPER, NOWHERE
from schemas.keys import STAGE
from schemas.reasons import AGREEING, REASONS

# The reason that all waiting pairs have.
_COMMON_REASON = "PERLU_PETUGAS"
_MOST_REASONS, _MOST_DEFECTS = 3, 2


def payment_curves(daily: pl.DataFrame, realisation: pl.DataFrame, funnel: pl.DataFrame) -> list[Row]:
    """The country's payments per stage and day, as a curve.

    Each has program, tahun, tahap, mulai, sampai (dates), persen (paid share of the allotment; None without one), sisa
    (KPM allotted and not paid), titik (points of a line in a box of 100 × 40, with the allotment at the top), and the
    latest estimate within the stage's window: selesai, awal, akhir. These three are None if the stage's newest file
    (`keadaan` in the funnel) or payments of other stages are later than the estimated day.
    """
    allotted = realisation.filter(tingkat="NASIONAL").select(*STAGE, "kpm_alokasi", "kpm_persen")
    as_of = funnel.select(*STAGE, "keadaan")
    days = (
        daily.filter(tingkat="NASIONAL")
        .join(allotted, on=STAGE, how="left")
        .join(as_of, on=STAGE, how="left")
        .sort(*STAGE, "tanggal")
    )
    first = pl.col("tanggal").min().over(STAGE)
    span = (pl.col("tanggal").max().over(STAGE) - first).dt.total_days().clip(1)
    top = pl.max_horizontal("kpm_alokasi", pl.col("kpm_salur_kumulatif").max().over(STAGE))
    placed = days.with_columns(
        x=100 * (pl.col("tanggal") - first).dt.total_days() / span,
        y=40 - 40 * pl.col("kpm_salur_kumulatif") / top,
    )
    # The latest date in the files, instead of the clock.
    reached = days.filter("dalam_jadwal")["tanggal"].max()
    known = pl.max_horizontal(pl.lit(reached, pl.Date), pl.col("keadaan").last())

    def newest(estimate: str) -> pl.Expr:
        return pl.col(f"perkiraan_{estimate}").filter("dalam_jadwal").last()

    ahead = newest("selesai") >= known
    point = pl.format("{},{}", pl.col("x").round(2), pl.col("y").round(2))
    return (
        placed.group_by(STAGE, maintain_order=True)
        .agg(
            mulai=pl.col("tanggal").first(),
            sampai=pl.col("tanggal").last(),
            persen=pl.col("kpm_persen").last(),
            sisa=pl.col("kpm_alokasi").last() - pl.col("kpm_salur_kumulatif").last(),
            titik=point.str.join(" "),
            **{name: pl.when(ahead).then(newest(name)) for name in ("selesai", "awal", "akhir")},
        )
        .sort("tahun", "program", "tahap")
        .to_dicts()
    )


def least_covered(covered: pl.DataFrame) -> list[Row]:
    """Rows of `mart.cakupan` (kecamatan targeted, funded and reached per stage), the least covered first."""
    part = pl.col("wilayah_tersalur") / pl.col("wilayah_total")
    return covered.filter(tingkat="KECAMATAN").sort(part, *STAGE).to_dicts()


def payments_to_check(improper: pl.DataFrame) -> list[Row]:
    """Payments to check per reason: kode, kalimat, pembayaran, penerima, nominal; the most rupiah first."""
    counted = improper.group_by("kode").agg(
        pembayaran=pl.len(), penerima=pl.col("penerima").n_unique(), nominal=pl.col("nominal").sum()
    )
    return [
        row | {"kalimat": IMPROPER[row["kode"]]}
        for row in counted.sort("nominal", "kode", descending=[True, False]).iter_rows(named=True)
    ]


def rupiah_to_check(improper: pl.DataFrame) -> int:
    """Rupiah of all payments to check, each payment once."""
    return int(improper.filter(pl.col("utama"))["nominal"].sum())


def kabupaten_ranking(quality: pl.DataFrame) -> list[Row]:
    """Rows of `mart.mutu_data` for every kabupaten/kota, the least linked first; `masalah`: the two worst defects."""
    rows = quality.filter(tingkat="KABUPATEN").sort("padan_sesudah_persen", "kode_wilayah", nulls_last=True)
    return [
        row
        | {"masalah": [sentence_and_cure("dtks", code)["kalimat"] for code in row["kode_terbanyak"][:_MOST_DEFECTS]]}
        for row in rows.iter_rows(named=True)
    ]


def rows_in_doubt(members: pl.DataFrame, regions: pl.DataFrame) -> list[Row]:
    """Rows that wait for a decision per kabupaten/kota: nama, jumlah, most frequent doubts; the most rows first."""
    waiting = (
        members.filter(pl.col("status_padan") == "TINJAU")
        .select("kode_kab", "alasan")
        .join(regions.select(kode_kab="kode", nama="nama"), on="kode_kab", how="left")
        .with_columns(pl.col("nama").fill_null(NOWHERE))
    )
    counts = waiting.group_by("nama").agg(jumlah=pl.len())
    frequent = (
        waiting.select("nama", "alasan")
        .explode("alasan")
        .filter(~pl.col("alasan").is_in([*AGREEING, _COMMON_REASON]))
        .group_by("nama", "alasan")
        .len()
        .sort("len", "alasan", descending=[True, False])
        .group_by("nama", maintain_order=True)
        .agg(pl.col("alasan").head(_MOST_REASONS))
    )
    joined = counts.join(frequent, on="nama", how="left").sort("jumlah", "nama", descending=[True, False])
    return [
        row | {"alasan": [REASONS.get(code, code) for code in row["alasan"] or []]}
        for row in joined.iter_rows(named=True)
    ]
