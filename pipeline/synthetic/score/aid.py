"""Scores the findings about aid and the daily figures against the truth.

Belongs here: comparisons of `mart.bantuan_tidak_tepat`, `mart.bantuan_ganda` and `mart.realisasi_harian` with true
ones. Does not: reading tables (`pipeline.synthetic.score.evaluate`), and the accounts
(`pipeline.synthetic.score.accounts`).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.synthetic.score.figures import COUNTS, Share, compare_keys, with_ratios
from schemas.keys import ORDER, STAGE
from schemas.levels import DIGITS

DAILY_FIGURES = ("kpm_salur_harian", "kpm_salur_kumulatif", "nominal_salur_kumulatif")
# Problem of a paid order in truth → the reason code under which it must be found.
_PROBLEMS = {
    "MATI_DIBAYAR": "PENERIMA_MENINGGAL",
    "PINDAH_DIBAYAR": "PENERIMA_PINDAH",
    "ASN_DIBAYAR": "PENERIMA_ASN_TNI_POLRI",
    "NIK_TAK_DIKENAL": "NIK_TIDAK_DI_DUKCAPIL",
    **{
        code: code
        for code in (
            "SEBELUM_PERINTAH", "DI_LUAR_JADWAL", "KANTOR_LUAR_WILAYAH", "NOMINAL_DI_LUAR_TARIF", "TAHAP_SEKALIGUS",
        )
    },
}  # fmt: skip
# Kind of double aid → the column that identifies its person or family.
_DOUBLE = {"NIK_TAHAP_SAMA": "nik", "KK_SAMA": "kk", "PROGRAM_BERTENTANGAN": "kk"}
_CELL = [*STAGE, "tingkat", "kode_wilayah", "tanggal"]


def score_aid(
    payments: pl.DataFrame, true_doubles: pl.DataFrame, improper: pl.DataFrame, doubles: pl.DataFrame
) -> pl.DataFrame:
    """Findings right and wrong by reason: kode, tp, fp, fn, precision, recall, f1; a last row SEMUA.

    Args:
        payments: truth/payments (masalah, status).
        true_doubles: truth/double_aid.
        improper: `mart.bantuan_tidak_tepat`.
        doubles: `mart.bantuan_ganda`.

    A reason that does not occur in truth is not judged.
    """
    expected = payments.filter(pl.col("status") == "DIBAYAR").explode("masalah", empty_as_null=False, keep_nulls=False)
    expected = expected.select(*ORDER, kode=pl.col("masalah").replace_strict(_PROBLEMS, default=None)).drop_nulls(
        "kode"
    )
    found = improper.select(*ORDER, "kode").filter(pl.col("kode").is_in(expected["kode"].implode()))
    single = [
        _count_matches(code, expected.filter(pl.col("kode") == code), found.filter(pl.col("kode") == code), ORDER)
        for code in expected["kode"].unique().sort()
    ]
    pairs = [
        _count_matches(
            jenis,
            true_doubles.filter(pl.col("jenis") == jenis),
            doubles.rename({"no_kk": "kk"}).filter(pl.col("jenis") == jenis),
            ["program_a", "program_b", "tahun", "tahap", by],
        )
        for jenis, by in _DOUBLE.items()
    ]
    rows = pl.DataFrame([*pairs, *single], schema={"kode": pl.String, "tp": pl.Int64, "fp": pl.Int64, "fn": pl.Int64})
    total = rows.select(pl.lit("SEMUA").alias("kode"), pl.col("tp", "fp", "fn").sum())
    return with_ratios(pl.concat([rows.filter(pl.sum_horizontal("tp", "fp", "fn") > 0), total]))


def _count_matches(code: str, truth: pl.DataFrame, found: pl.DataFrame, key: Sequence[str]) -> dict[str, str | int]:
    stage = pl.col("tahun", "tahap").cast(pl.Int64)
    counted = compare_keys(truth.with_columns(stage), found.with_columns(stage), key).select(pl.col(COUNTS).sum())
    return {"kode": code, **counted.row(0, named=True)}


def score_daily(payments: pl.DataFrame, mart: pl.DataFrame) -> Share:
    """Share of equal cells of the daily table; all cells of a day and region on one side only are wrong.

    Stages with paid orders without a village in truth are judged for the whole country only.

    Args:
        payments: truth/payments.
        mart: `mart.realisasi_harian`.
    """
    paid = payments.filter((pl.col("status") == "DIBAYAR") & pl.col("tgl_bayar").is_not_null())
    vague = paid.filter(pl.col("kode_desa").is_null()).select(STAGE).unique()
    expected = pl.concat(
        paid.group_by(*STAGE, tanggal="tgl_bayar", kode_wilayah=pl.col("kode_desa").fill_null("").str.head(digits))
        .agg(kpm_salur_harian=pl.len().cast(pl.Int64), nominal=pl.col("nominal").sum())
        .with_columns(tingkat=pl.lit(level))
        for level, digits in DIGITS.items()
    ).sort("tanggal")
    region = [*STAGE, "tingkat", "kode_wilayah"]
    expected = expected.with_columns(
        kpm_salur_kumulatif=pl.col("kpm_salur_harian").cum_sum().over(region),
        nominal_salur_kumulatif=pl.col("nominal").cum_sum().over(region),
    )
    found = mart.with_columns(pl.col("tahun", "tahap").cast(pl.Int64))
    judged = [
        pl.concat([
            rows.filter(pl.col("tingkat") == "NASIONAL"),
            rows.filter(pl.col("tingkat") != "NASIONAL").join(vague, on=STAGE, how="anti"),
        ]).select(*_CELL, *DAILY_FIGURES)
        for rows in (expected.with_columns(pl.col("tahun", "tahap").cast(pl.Int64)), found)
    ]  # fmt: skip
    both = judged[0].join(judged[1], on=_CELL, how="full", coalesce=True, suffix="_mart")
    right = both.select((pl.col(name) == pl.col(f"{name}_mart")).sum() for name in DAILY_FIGURES).row(0)
    return Share(int(sum(right)), both.height * len(DAILY_FIGURES))
