"""The date a DTKS row was last verified: as its file states, else since when its content is unchanged.

Belongs here: the date of one row. Does not: ages and shares per region (`schemas.marts.mutu_data`).
"""

from __future__ import annotations

import polars as pl

# Columns that a verification in the field may change, without those that padan itself decides.
_CONTENT = (
    "nik_asal", "no_kk_asal", "nama_asal", "tanggal_lahir", "jenis_kelamin", "tempat_lahir", "nama_ibu_kandung",
    "hub_keluarga", "kode_desa", "alamat", "rt", "rw",
)  # fmt: skip


def with_last_verification(people: pl.DataFrame, published: pl.LazyFrame) -> pl.DataFrame:
    """`people` with `verifikasi_terakhir` (Date).

    Args:
        people: rows in the columns of `cleansed.anggota`, with `tanggal_verifikasi` (as stated, or null) and
            `periode_berkas` (month of their snapshot; null: the run's).
        published: `cleansed.anggota` as published for an earlier periode; no rows before the first.

    Returns:
        The rows in their order. A stated date is used as it is. Without one, a row that is unchanged since the earlier
        publication keeps its date; a new or changed row gets the first day of its snapshot's month.
    """
    content = pl.struct(_CONTENT).hash()
    between = pl.col("id_dtks").is_between(pl.lit(people["id_dtks"].min()), pl.lit(people["id_dtks"].max()))
    before = (
        published.filter(between)
        .select("id_dtks", content.alias("_before"), pl.col("verifikasi_terakhir").alias("_since"))
        .collect()
    )
    snapshot = (pl.coalesce("periode_berkas", "periode") + "-01").str.to_date("%Y-%m-%d")
    # Calculated on the key columns alone: a join of whole rows would copy them.
    since = (
        people.select("id_dtks", content.alias("_content"))
        .join(before, on="id_dtks", how="left", maintain_order="left")
        .select(pl.when(pl.col("_content") == pl.col("_before")).then("_since"))
        .to_series()
    )
    return people.with_columns(verifikasi_terakhir=pl.coalesce("tanggal_verifikasi", since, snapshot))
