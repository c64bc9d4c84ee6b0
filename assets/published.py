"""Layer published: the quality gates, and the publication of warehouse, report and SEPAKAT release in one step."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from assets.arrival import FOLLOW
from assets.jobs import RESULT_TAG
from assets.partitions import PERIODE
from assets.store import OWNERS, DataDirectory, inputs
from pipeline import reference
from pipeline.places import Places
from pipeline.quality.gate import gate_table
from pipeline.quality.gates import FINDING_COLUMNS, gates_of_run
from pipeline.quality.losses import ORDER_STATE, PEOPLE, RunFigures, loss_gates, reports_to_compare, targets_to_compare
from pipeline.settings import load_limits
from pipeline.warehouse.periodes import replaces_current_state
from pipeline.warehouse.publication import Publication
from pipeline.warehouse.store.parts import scan_published, scan_until
from reports.report import COLUMNS_READ, render_report
from reports.wording import measured, number
from schemas.catalogue import promised_tables

# Inputs and outputs of a publication.
_OUTPUTS = {
    "gudang": ({"duckdb", "parquet"}, "Basis data padan.duckdb dan tabel Parquet di folder marts/."),
    "laporan": ({"html"}, "Laporan hasil proses, reports/index.html."),
    "rilis_sepakat": ({"parquet"}, "Rilis agregat untuk SEPAKAT beserta manifes dan daftar perubahannya."),
}
_TABLES = [dg.AssetKey([table.schema, table.name]) for table in promised_tables().values()]


@dg.asset(
    key=["published", "gerbang"],
    group_name="published",
    partitions_def=PERIODE,
    kinds={"polars"},
    owners=OWNERS,
    description="Gerbang mutu: ukuran yang harus dipenuhi sebelum hasil diterbitkan.",
    automation_condition=FOLLOW,
    ins=inputs(
        {
            "reconciliation": "quality/rekonsiliasi",
            "quarantine": "quality/karantina",
            "findings": "quality/temuan",
            "people": "cleansed/anggota",
            "residents": "quality/penduduk_kabupaten",
            "orders": "mart/pembayaran",
            "realisation": "mart/realisasi",
            "companions": "mart/kinerja_pendamping",
        },
        columns={"findings": FINDING_COLUMNS, "people": PEOPLE},
        files=("orders", "realisation", "companions"),
    ),
)
def gerbang(
    context: dg.AssetExecutionContext,
    data: DataDirectory,
    orders: Path,
    realisation: Path,
    companions: Path,
    **frames: pl.DataFrame,
) -> pl.DataFrame:
    limits, people = load_limits(data.places.root), frames["people"]
    now = RunFigures(
        people,
        frames["residents"],
        pl.scan_parquet(orders).select(ORDER_STATE),
        targets_to_compare(pl.scan_parquet(realisation)),
        reports_to_compare(pl.scan_parquet(companions)),
    )
    before = _published_before(data.places, context.partition_key)
    return gate_table(
        [
            *gates_of_run(frames["reconciliation"], frames["quarantine"], frames["findings"], people, limits),
            *loss_gates(now, before, limits.gerbang, reference.regions(), reference.program_stages()),
        ]
    )


def _published_before(places: Places, periode: str) -> RunFigures:
    """The published data a run is compared with: of its own month, of one before it, or of one it withdraws."""
    tables = promised_tables()
    state = (
        scan_published(places, tables["mart.pembayaran"]).select(ORDER_STATE),
        targets_to_compare(scan_published(places, tables["mart.realisasi"])),
        reports_to_compare(scan_published(places, tables["mart.kinerja_pendamping"])),
    )
    # A run for an older periode does not renew the tables that accumulate over months, so they are not compared.
    withdrawn = Publication(places, periode).superseded
    renewed, until = replaces_current_state(places, periode, withdrawn), max([periode, *withdrawn])
    return RunFigures(
        scan_until(places, until, tables["cleansed.anggota"]).select(PEOPLE).collect(),
        scan_until(places, until, tables["quality.penduduk_kabupaten"]).collect(),
        *(rows if renewed else rows.limit(0) for rows in state),
    )


def _published_spec(name: str, kinds: set[str], description: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["published", name],
        group_name="published",
        kinds=kinds,
        owners=OWNERS,
        description=description,
        deps=[*_TABLES, dg.AssetKey(["published", "gerbang"])],
        automation_condition=FOLLOW,
    )


@dg.multi_asset(
    name="terbitan",
    partitions_def=PERIODE,
    # Two runs never publish at the same time.
    pool="terbitan",
    specs=[_published_spec(name, kinds, description) for name, (kinds, description) in _OUTPUTS.items()],
    check_specs=[
        dg.AssetCheckSpec(
            "lolos_gerbang",
            asset=["published", "gudang"],
            description="Semua gerbang mutu dilalui; bila tidak, terbitan sebelumnya tetap berlaku.",
        )
    ],
)
def terbitan(
    context: dg.AssetExecutionContext, data: DataDirectory
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    publication = Publication(data.places, context.partition_key)
    gates = publication.frame("published/gerbang")
    failed, report = _failed_gates(gates), render_report(publication.tables(COLUMNS_READ), gates, context.partition_key)
    if failed:
        # The publication stays; officers still need to see why, and what to correct.
        publication.withhold(report)
        metadata: dict[str, dict[str, Any]] = {name: {"diterbitkan": False, **failed} for name in _OUTPUTS}
    else:
        withdrawn = publication.superseded
        paths = publication.publish(context.run.run_id, report, withdrawn)
        gone = {"periode_ditarik": ", ".join(withdrawn)} if withdrawn else {}
        metadata = {
            name: {"diterbitkan": True, "letak": dg.MetadataValue.path(path), **gone} for name, path in paths.items()
        }
    for name, facts in metadata.items():
        yield dg.MaterializeResult(asset_key=["published", name], metadata=facts)
    result = "DITAHAN oleh gerbang mutu" if failed else "TERBIT"
    context.instance.add_run_tags(context.run.run_id, {RESULT_TAG: result})
    yield dg.AssetCheckResult(
        check_name="lolos_gerbang",
        asset_key=["published", "gudang"],
        passed=not failed,
        severity=dg.AssetCheckSeverity.WARN,
        description=None if not failed else f"{result}. Laporannya di {data.places.withheld / 'index.html'}.",
        metadata=failed,
    )


def _failed_gates(gates: pl.DataFrame) -> dict[str, str]:
    """The failed gates by name, with value and limit."""
    return {
        gate["gerbang"]: f"{measured(gate['nilai_ukur'], gate['batas'])}{gate['satuan']}, "
        f"paling banyak {number(gate['batas'])}{gate['satuan']}. {gate['keterangan']}"
        for gate in gates.filter(~pl.col("lulus")).iter_rows(named=True)
    }
