"""Conservation, file by file: what came in was either accepted or quarantined, in rows and in rupiah.

The three sides are counted apart (raw file, accepted frame, quarantine), so that a lost row shows up as a difference.
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.money import to_rupiah

_PAYMENTS = "pos"
_NOTHING_USED = (
    "Tidak ada baris yang dipakai: berkas hanya berisi kepala tabel, atau tata letaknya dikenali tetapi belum dipakai "
    "(keluarga DTSEN, rumah tangga BDT tanpa berkas anggotanya)."
)


def reconcile(
    files: pl.DataFrame,
    raw: dict[str, pl.DataFrame],
    accepted: dict[str, pl.DataFrame],
    quarantined: dict[str, pl.DataFrame],
) -> pl.DataFrame:
    """One row per file in the columns of `quality.rekonsiliasi` but `periode`.

    Args:
        files: the ledger of files.
        raw: extracts by source.
        accepted: accepted staged rows by source.
        quarantined: `quality.karantina` rows by source.
    """
    counts = [_counts(source, raw[source], accepted[source], quarantined[source]) for source in raw]
    ledger = files.join(pl.concat(counts), on=["sumber", "berkas"], how="left")
    numbers = (
        "baris_masuk",
        "baris_diterima",
        "baris_karantina",
        "nominal_masuk",
        "nominal_diterima",
        "nominal_karantina",
    )
    refused = pl.col("ditolak").fill_null(value=False) & (pl.col("baris_masuk").fill_null(0) == 0)
    unused = (pl.col("status_berkas") == "DIBACA") & pl.col("ditolak").is_null()
    return (
        ledger.with_columns(
            *(pl.col(name).fill_null(0).cast(pl.Int64) for name in numbers),
            status_berkas=pl.when(refused).then(pl.lit("DITOLAK")).otherwise("status_berkas"),
            catatan=pl.coalesce("catatan", "catatan_baca", pl.when(unused).then(pl.lit(_NOTHING_USED))),
        )
        .with_columns(
            selisih_baris=pl.col("baris_masuk") - pl.col("baris_diterima") - pl.col("baris_karantina"),
            selisih_nominal=pl.col("nominal_masuk") - pl.col("nominal_diterima") - pl.col("nominal_karantina"),
        )
        .drop("diubah", "ditolak", "catatan_baca")
    )


def _counts(source: str, raw: pl.DataFrame, accepted: pl.DataFrame, quarantined: pl.DataFrame) -> pl.DataFrame:
    lines = raw.filter(pl.col("baris") > 0)
    amount = to_rupiah(pl.col("nominal")) if source == _PAYMENTS else pl.lit(None, pl.Int64)
    place = ("berkas", "lembar", "baris")
    priced = lines.select(*place, rupiah=amount)
    refused_lines = quarantined.filter(pl.col("baris") > 0).select(place).unique()
    refused_money = refused_lines.join(priced, on=place, how="left", nulls_equal=True)
    incoming = priced.group_by("berkas").agg(baris_masuk=pl.len(), nominal_masuk=pl.col("rupiah").sum())
    taken = accepted.group_by("berkas").agg(
        baris_diterima=pl.len(),
        nominal_diterima=pl.col("nominal").sum() if source == _PAYMENTS else pl.lit(0, pl.Int64),
    )
    refused = refused_money.group_by("berkas").agg(baris_karantina=pl.len(), nominal_karantina=pl.col("rupiah").sum())
    about = raw.group_by("berkas").agg(
        tata_letak=pl.col("tata_letak").drop_nulls().unique().sort().str.join(", ").replace("", None),
        ditolak=(pl.col("rusak") == "BERKAS_DITOLAK").any(),
        catatan_baca=pl.col("catatan").drop_nulls().first(),
    )
    return (
        about.join(incoming, on="berkas", how="left")
        .join(taken, on="berkas", how="left")
        .join(refused, on="berkas", how="left")
        .with_columns(sumber=pl.lit(source))
    )
