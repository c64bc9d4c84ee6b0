"""Updates the realisation of the last run for changed orders and allotments, at a cost proportional to the change.

Orders are additive (`mart.rekap_bayar`), so a change of some orders is the difference of their sums after and before.
Only those orders are looked up and only their stages rolled up again; nobody is matched. Belongs here: that difference.
Does not: which deliveries changed (`redelivery`), or publishing (left to the next run).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.realisation.orders import current_orders
from pipeline.warehouse.store.database import run_query
from schemas.catalogue import promised_tables
from schemas.keys import ORDER, STAGE
from schemas.rules.targets import TARGET
from schemas.staged import PosStaged
from schemas.table import polars_schema

# Days that `mart.realisasi_harian` looks at one by one: the week of its pace and the week before.
_DAYS = 14
# Numbers that differ in leading zeros may be one order (`orders.current_orders`).
_NUMBER = f"{', '.join(STAGE)}, LTRIM(no_danom, '0')"
_AFFECTED_ORDERS = f"""
WITH kunci AS (
    SELECT {_NUMBER} AS angka FROM staged.pos SEMI JOIN lama USING (berkas) UNION SELECT {_NUMBER} FROM baru
)
SELECT {", ".join(polars_schema(PosStaged))} FROM staged.pos WHERE ({_NUMBER}) IN (FROM kunci)
"""  # noqa: S608 - our own words
_SUM_KEYS = f"{', '.join(STAGE)}, status_bayar, kode_prov, kode_kab, kode_kec, kode_desa"
# Days earlier than that before the first change matter only as a sum and become one day, the first of them.
# Days before the stage's window stay before it, because the pace counts from the first payment within the window.
_CHANGED_SUMS = f"""
WITH berubah AS (
    SELECT * FROM mart.rekap_bayar SEMI JOIN tahap USING ({", ".join(STAGE)})
    UNION ALL BY NAME SELECT * REPLACE (-kpm AS kpm, -nominal AS nominal) FROM sebelum
    UNION ALL BY NAME SELECT * FROM sesudah
),
jadwal AS (
    SELECT {", ".join(STAGE)}, MIN(mulai) AS mulai FROM reference.program_tahap GROUP BY ALL
)
SELECT {_SUM_KEYS}, MIN(hari) AS tanggal, NULL::VARCHAR AS alasan_gagal, NULL::VARCHAR AS kode_kprk,
    SUM(kpm)::BIGINT AS kpm, SUM(nominal)::BIGINT AS nominal
FROM (SELECT *, IF(status_bayar = 'DIBAYAR', tanggal, NULL) AS hari FROM berubah)
JOIN tahap USING ({", ".join(STAGE)}) LEFT JOIN jadwal USING ({", ".join(STAGE)})
GROUP BY {_SUM_KEYS}, IF(hari > pertama - {_DAYS}, hari, NULL), hari IS NULL, hari < mulai HAVING SUM(kpm) > 0
"""  # noqa: S608 - our own words


@dataclass(frozen=True)
class RealisationChange:
    """The effect of changed deliveries.

    Attributes:
        before: the orders concerned in their previous state, in the columns of `orders.current_orders`; without new
            orders.
        after: the same orders in their current state; without orders that no file holds any more.
        stages: program, tahun, tahap of all these orders and of changed allotments, and pertama, the first day whose
            row changes (null for none; an allotment concerns every day).
        realisasi: `mart.realisasi` of these stages, all levels; no rows of a stage without any order and target.
        realisasi_harian: `mart.realisasi_harian` of these stages, from that day on.
    """

    before: pl.DataFrame
    after: pl.DataFrame
    stages: pl.DataFrame
    realisasi: pl.DataFrame
    realisasi_harian: pl.DataFrame


def refresh_realisation(
    deliveries: Path,
    sums: Path,
    allotments: tuple[pl.DataFrame, pl.DataFrame],
    regions: pl.DataFrame,
    windows: pl.DataFrame,
    *,
    left_out: pl.Series,
    rows: pl.DataFrame,
) -> RealisationChange:
    """Realisation after some files changed since the last run.

    Args:
        deliveries: Parquet file of the accepted rows of that run (`PosStaged`).
        sums: Parquet file of its `mart.rekap_bayar`.
        allotments: `mart.alokasi` of that run, and now.
        regions: kode and nama of every region.
        windows: when stages are paid (`pipeline.reference.program_stages`).
        left_out: files whose rows in `deliveries` no longer count.
        rows: accepted rows (`PosStaged`) that replace or add to them.
    """
    old, new = left_out.to_frame("berkas"), rows.select(ORDER)
    affected = run_query(_AFFECTED_ORDERS, {"staged.pos": deliveries, "lama": old, "baru": new}).cast(
        polars_schema(PosStaged)
    )
    before = current_orders(affected)
    after = current_orders(pl.concat([affected.join(old, on="berkas", how="anti"), rows]))
    sums_before, sums_after = _daily_sums(before), _daily_sums(after)
    allotments_before, allotments_now = allotments
    stages = _first_changes(sums_before, sums_after, _reallotted_stages(allotments_before, allotments_now))
    changes = {"tahap": stages, "sebelum": sums_before, "sesudah": sums_after, "reference.program_tahap": windows}
    changed = run_query(_CHANGED_SUMS, {"mart.rekap_bayar": sums, **changes})
    affected_allotments = allotments_now.join(stages, on=STAGE, how="semi", maintain_order="left")
    sources = {"mart.rekap_bayar": changed, "mart.alokasi": affected_allotments, "reference.wilayah": regions}
    sources["reference.program_tahap"] = windows
    sources["mart.realisasi"] = _query_mart("mart.realisasi", sources)
    daily = _query_mart("mart.realisasi_harian", sources).join(stages, on=STAGE, maintain_order="left")
    daily = daily.filter(pl.col("tanggal") >= pl.col("pertama")).drop("pertama")
    return RealisationChange(before, after, stages, sources["mart.realisasi"], daily)


def _reallotted_stages(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """The stages with allotments that are new, gone or of other amounts."""
    amounts = [*TARGET, "kpm_alokasi", "nominal_alokasi", "nominal_transfer"]
    either = pl.concat([before.select(amounts), now.select(amounts)])
    return either.filter(pl.struct(amounts).is_unique()).select(STAGE).unique()


def _first_changes(before: pl.DataFrame, after: pl.DataFrame, reallotted: pl.DataFrame) -> pl.DataFrame:
    """The stages of some orders, from the orders' sums, and those `reallotted`; pertama as in `RealisationChange`."""
    keys = [name for name in before.columns if name not in ("kpm", "nominal")]
    both = pl.concat([before, after.with_columns(-pl.col("kpm", "nominal"))]).group_by(keys).sum()
    paid = both.filter((pl.col("status_bayar") == "DIBAYAR") & ((pl.col("kpm") != 0) | (pl.col("nominal") != 0)))
    days = pl.concat([paid.select(*STAGE, "tanggal"), reallotted.with_columns(tanggal=pl.lit(date.min))])
    first = days.group_by(STAGE).agg(pertama=pl.col("tanggal").min())
    stages = pl.concat([both.select(STAGE), reallotted]).unique().sort(STAGE)
    return stages.join(first, on=STAGE, how="left", maintain_order="left")


def _daily_sums(orders: pl.DataFrame) -> pl.DataFrame:
    return _query_mart("mart.rekap_bayar", {"mart.pembayaran": orders})


def _query_mart(name: str, frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """A mart as its query fills it, in the order of its key."""
    table = promised_tables()[name]
    rows = run_query(str(table.query), {source: frames[source] for source in table.sources})
    typed = rows.select(pl.col(column).cast(dtype) for column, dtype in polars_schema(table.model).items())
    return typed.sort(table.key, nulls_last=True)
