"""A day's new payment file on what the last run left: realisation renewed at the cost of the change.

Orders add up (`mart.rekap_bayar`), so a change of some orders is the difference between their sums after and before.
Only those orders are looked up and only their stages rolled up again; nobody is matched. Belongs here:
that difference. Does not: reading the file, or publishing (the next run does, with everything).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.realisation.orders import current_orders
from pipeline.warehouse.database import run_query
from schemas.catalogue import promised_tables
from schemas.keys import ORDER, STAGE
from schemas.staged import PosStaged
from schemas.table import polars_schema

# As long as the rate of `mart.realisasi_harian` looks back.
_WEEK = 7
_FOUND = """
SELECT {columns}, sumber_berkas AS berkas, sumber_lembar AS lembar, sumber_baris AS baris
FROM mart.pembayaran SEMI JOIN kunci USING ({order})
"""
# Of the days before the week that the first change falls into only their sum matters: it becomes a day of its own.
_CHANGED = f"""
WITH berubah AS (
    SELECT * FROM mart.rekap_bayar SEMI JOIN tahap USING ({", ".join(STAGE)})
    UNION ALL BY NAME SELECT * REPLACE (-kpm AS kpm, -nominal AS nominal) FROM sebelum
    UNION ALL BY NAME SELECT * FROM sesudah
)
SELECT program, tahun, tahap, status_bayar,
    CASE WHEN status_bayar = 'DIBAYAR' AND tanggal IS NOT NULL THEN GREATEST(tanggal, pertama - {_WEEK}) END AS tanggal,
    NULL::VARCHAR AS alasan_gagal, NULL::VARCHAR AS kode_kprk, kode_prov, kode_kab, kode_kec, kode_desa,
    SUM(kpm)::BIGINT AS kpm, SUM(nominal)::BIGINT AS nominal
FROM berubah JOIN tahap USING ({", ".join(STAGE)})
GROUP BY ALL HAVING SUM(kpm) > 0
"""  # noqa: S608 - our own words


@dataclass(frozen=True)
class Refreshed:
    """What a delivery changes.

    Attributes:
        before: the orders it names as they stood, in the columns of `orders.current_orders`; new ones are not in it.
        after: the same orders as they stand now.
        realisasi: `mart.realisasi` of the stages touched, all levels.
        realisasi_harian: `mart.realisasi_harian` of them, from the first day on that changes.
    """

    before: pl.DataFrame
    after: pl.DataFrame
    realisasi: pl.DataFrame
    realisasi_harian: pl.DataFrame


def refresh(
    orders: Path, sums: Path, allotments: pl.DataFrame, regions: pl.DataFrame, deliveries: pl.DataFrame
) -> Refreshed:
    """Realisation with a new delivery on top of the last run.

    Args:
        orders: Parquet file of `mart.pembayaran`.
        sums: Parquet file of `mart.rekap_bayar`, of the same run.
        allotments: accepted rows of the allotment (`AlokasiStaged`).
        regions: kode and nama of every region.
        deliveries: accepted rows of the new files (`PosStaged`).
    """
    known = _known(orders, deliveries)
    # An order as it stood is one more delivery of it, as old as the file it was last told by.
    after = current_orders(pl.concat([known, deliveries.select(known.columns)]))
    before = current_orders(known)
    sums_before, sums_after = _summed(before), _summed(after)
    stages = _first_changes(deliveries, sums_before, sums_after)
    changed = run_query(
        _CHANGED, {"mart.rekap_bayar": sums, "tahap": stages, "sebelum": sums_before, "sesudah": sums_after}
    )
    touched = allotments.join(stages, on=STAGE, how="semi", maintain_order="left")
    given = {"mart.rekap_bayar": changed, "staged.alokasi": touched, "reference.wilayah": regions}
    given["mart.realisasi"] = _filled("mart.realisasi", given)
    daily = _filled("mart.realisasi_harian", given).join(stages, on=STAGE, maintain_order="left")
    daily = daily.filter(pl.col("tanggal") >= pl.col("pertama")).drop("pertama")
    return Refreshed(before, after, given["mart.realisasi"], daily)


def _first_changes(deliveries: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The stages of a delivery and the first day (pertama) whose payments it changes; null where none does."""
    keys = [name for name in before.columns if name not in ("kpm", "nominal")]
    both = pl.concat([before, after.with_columns(-pl.col("kpm", "nominal"))]).group_by(keys).sum()
    paid = both.filter((pl.col("status_bayar") == "DIBAYAR") & ((pl.col("kpm") != 0) | (pl.col("nominal") != 0)))
    first = paid.group_by(STAGE).agg(pertama=pl.col("tanggal").min())
    return deliveries.select(STAGE).unique().sort(STAGE).join(first, on=STAGE, how="left", maintain_order="left")


def _known(orders: Path, deliveries: pl.DataFrame) -> pl.DataFrame:
    """The orders that a delivery names, as they stand, in the form of deliveries."""
    columns = polars_schema(PosStaged)
    kept = polars_schema(promised_tables()["mart.pembayaran"].model)
    found = run_query(
        _FOUND.format(columns=", ".join(name for name in columns if name in kept), order=", ".join(ORDER)),
        {"mart.pembayaran": orders, "kunci": deliveries.select(ORDER).unique()},
    ).with_columns(status_dikenal=pl.lit(value=True))
    return found.select(
        (pl.col(name) if name in found.columns else pl.lit(None).alias(name)).cast(dtype)
        for name, dtype in columns.items()
    )


def _summed(orders: pl.DataFrame) -> pl.DataFrame:
    return _filled("mart.rekap_bayar", {"mart.pembayaran": orders})


def _filled(name: str, frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    table = promised_tables()[name]
    rows = run_query(str(table.query), {source: frames[source] for source in table.sources})
    return rows.select(pl.col(column).cast(dtype) for column, dtype in polars_schema(table.model).items())
