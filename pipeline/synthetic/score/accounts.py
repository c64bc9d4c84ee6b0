"""Scores the accounting: refused rows, files, payments and realisation against the truth.

Belongs here: comparisons of published figures with true ones. Does not: reading tables
(`pipeline.synthetic.score.evaluate`), and links (`pipeline.synthetic.score.links`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.synthetic.score.figures import Share
from schemas.keys import ORDER, STAGE

REALISASI_FIGURES = (
    "kpm_alokasi", "nominal_alokasi", "nominal_transfer", "kpm_salur", "kpm_gagal", "kpm_belum", "nominal_salur",
)  # fmt: skip
ORDER_FACTS = ("status_bayar", "nominal", "kode_desa", "sumber_data")
_LINE = ["sumber", "berkas", "baris"]
_REGION = [*STAGE, "tingkat", "kode_wilayah"]


@dataclass(frozen=True)
class QuarantineScores:
    """Whether rows were refused and accepted as they should be.

    Attributes:
        agreement: damaged rows with the expected outcome, out of those that must be refused or accepted.
        wrong: the others: sumber, kelas, harap and n (rows).
        without_cause: refused rows without any defect, not counting note lines.
    """

    agreement: Share
    wrong: pl.DataFrame
    without_cause: int


@dataclass(frozen=True)
class FileScores:
    """Files with all rows and rupiah accounted for, and files with balanced accounts."""

    rows: Share
    amounts: Share
    balanced: Share


def score_quarantine(truth: pl.DataFrame, refused: pl.DataFrame) -> QuarantineScores:
    """Compare the refused rows with those that should have been.

    Args:
        truth: sumber, berkas, lembar, baris, harap (TOLAK, TERIMA, BEBAS), kelas, baris_lain (the equal twin of a
            row to be refused: exactly one of the two must be).
        refused: sumber, berkas, lembar, baris, kode; baris 0 stands for the whole file.
    """
    numbered = truth.with_row_index("urutan")
    twins = numbered.filter(pl.col("baris_lain").is_not_null()).with_columns(baris=pl.col("baris_lain"))
    was_refused = pl.col("urutan").is_in(_refused_numbers(numbered, refused).implode())
    twin_was = pl.col("urutan").is_in(_refused_numbers(twins, refused).implode())
    must_be = pl.col("harap") == "TOLAK"
    judged = numbered.filter(pl.col("harap") != "BEBAS").with_columns(
        right=pl.when(must_be).then(was_refused != twin_was).otherwise(~was_refused)
    )
    wrong = judged.filter(~pl.col("right")).group_by("sumber", "kelas", "harap").agg(n=pl.len().cast(pl.Int64))
    with_cause = pl.concat([numbered.select(_LINE), twins.select(_LINE)])
    without_cause = (
        refused.filter((pl.col("baris") > 0) & (pl.col("kode") != "BARIS_CATATAN"))
        .select(*_LINE, "lembar")
        .unique()
        .join(with_cause, on=_LINE, how="anti")
    )
    return QuarantineScores(
        agreement=Share(int(judged["right"].sum()), judged.height),
        wrong=wrong.sort("sumber", "kelas", "harap"),
        without_cause=without_cause.height,
    )


def _refused_numbers(rows: pl.DataFrame, refused: pl.DataFrame) -> pl.Series:
    """The `urutan` of refused rows, alone or with their whole file; the sheet must agree if the truth has one."""
    lines = refused.select(*_LINE, lembar_ditolak="lembar").unique()
    same_sheet = pl.col("lembar").is_null() | (pl.col("lembar") == pl.col("lembar_ditolak")).fill_null(value=False)
    by_line = rows.join(lines, on=_LINE, how="inner").filter(same_sheet)
    by_file = rows.join(lines.filter(pl.col("baris") == 0), on=["sumber", "berkas"], how="semi")
    return pl.concat([by_line["urutan"], by_file["urutan"]]).unique()


def score_files(truth: pl.DataFrame, ledger: pl.DataFrame) -> FileScores:
    """Compare rows and rupiah per file.

    Args:
        truth: sumber, berkas, baris, baris_catatan (note lines that may be counted or not), nominal (rupiah; null where
            the source has none).
        ledger: sumber, berkas, baris_masuk, nominal_masuk, selisih_baris, selisih_nominal.
    """
    matched = truth.join(ledger, on=["sumber", "berkas"], how="left")
    seen = pl.col("baris_masuk").is_between(pl.col("baris"), pl.col("baris") + pl.col("baris_catatan"))
    paying = matched.filter(pl.col("nominal").is_not_null())
    balanced = (pl.col("selisih_baris") == 0) & (pl.col("selisih_nominal") == 0)
    return FileScores(
        rows=Share(matched.filter(seen).height, matched.height),
        amounts=Share(paying.filter(pl.col("nominal") == pl.col("nominal_masuk")).height, paying.height),
        balanced=Share(ledger.filter(balanced).height, ledger.height),
    )


def score_realisasi(truth: pl.DataFrame, mart: pl.DataFrame) -> Share:
    """Share of equal cells of the realisation table; all cells of a region on one side only are wrong.

    Args:
        truth: truth/realisasi (region in `kode`, failed and returned orders separate).
        mart: `mart.realisasi`.
    """
    expected = truth.rename({"kode": "kode_wilayah"}).with_columns(kpm_gagal=pl.col("kpm_gagal") + pl.col("kpm_retur"))
    equal = _equal_shares(expected, mart, _REGION, REALISASI_FIGURES)
    return Share(sum(share.right for share in equal.values()), sum(share.of for share in equal.values()))


def score_payments(truth: pl.DataFrame, mart: pl.DataFrame) -> dict[str, Share]:
    """Per fact of `ORDER_FACTS`, the share of orders on which truth and mart agree; orders on one side only are wrong.

    Args:
        truth: truth/payments (state in `status`).
        mart: `mart.pembayaran`.
    """
    return _equal_shares(truth.rename({"status": "status_bayar"}), mart, ORDER, ORDER_FACTS)


def _equal_shares(
    truth: pl.DataFrame, mart: pl.DataFrame, key: Sequence[str], columns: Sequence[str]
) -> dict[str, Share]:
    """Per column, the share of rows of either side with equal values; null equals null."""
    stage = pl.col("tahun", "tahap").cast(pl.Int64)
    both = (
        truth.select(*key, *columns, benar=True)
        .with_columns(stage)
        .join(
            mart.select(*key, *columns, terbit=True).with_columns(stage),
            on=key,
            how="full",
            coalesce=True,
            suffix="_terbit",
        )
    )
    known = pl.col("benar").is_not_null() & pl.col("terbit").is_not_null()
    right = both.select(
        (known & pl.col(name).eq_missing(pl.col(f"{name}_terbit"))).sum().alias(name) for name in columns
    ).row(0)
    return {name: Share(int(count), both.height) for name, count in zip(columns, right, strict=True)}
