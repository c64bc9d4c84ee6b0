"""Layer marts: payments, findings, and every promised table that is defined by a query."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import polars as pl

from assets.promise import promised_asset
from pipeline import reference
from pipeline.normalise.metadata.shared_numbers import SHARED_NUMBER, uncounted_rows
from pipeline.quality.findings import apply_rules, findings, findings_on_orders
from pipeline.realisation.conduct import office_regions
from pipeline.realisation.improper import improper_payments
from pipeline.realisation.payments import payment_orders
from pipeline.realisation.targets import targets_in_force
from pipeline.warehouse.store.database import run_query
from schemas.catalogue import promised_tables
from schemas.codes import codes
from schemas.staged import STAGED_KINDS
from schemas.table import PromisedTable

# Frames that a query may read besides promised tables and staged sources.
_REFERENCE = {
    "reference.wilayah": reference.regions,
    "reference.program": reference.programs,
    "reference.program_tahap": reference.program_stages,
    "reference.program_bertentangan": reference.conflicting_programs,
    "reference.daerah_3t": reference.remote_regions,
    "reference.penduduk": reference.populations,
    "reference.program_anggaran": reference.program_budgets,
    "reference.anggaran_nasional": reference.national_budget,
    "reference.jamsosratu_kuota": reference.jamsosratu_quota,
    "reference.kode": codes,
}


@promised_asset(
    "mart.pembayaran",
    group="marts",
    ins={
        "orders": "staged/pos",
        "people": "cleansed/anggota",
        "links": "link/anggota_dukcapil",
        "registry": "staged/dukcapil",
    },
    files=["orders", "people", "links", "registry"],
)
def pembayaran(orders: Path, people: Path, links: Path, registry: Path) -> Iterator[pl.DataFrame]:
    return payment_orders(
        pl.scan_parquet(orders),
        pl.scan_parquet(people),
        pl.scan_parquet(links),
        pl.scan_parquet(registry),
        stages=reference.program_stages(),
        remote=reference.remote_regions(),
        regions=reference.regions(),
        store_folder=orders.parent,
    )


@promised_asset(
    "quality.temuan",
    group="marts",
    ins={
        **{source: f"staged/{source}" for source in STAGED_KINDS},
        "people": "cleansed/anggota",
        "orders": "mart/pembayaran",
    },
    files=[*STAGED_KINDS, "people", "orders"],
)
def temuan(people: Path, orders: Path, **accepted: Path) -> pl.DataFrame:
    found = [
        findings(source, pl.scan_parquet(rows), STAGED_KINDS[source].__name__) for source, rows in accepted.items()
    ]
    shared = apply_rules([SHARED_NUMBER], "pos", uncounted_rows(pl.scan_parquet(accepted["pos"])).lazy())
    of_orders = findings_on_orders(pl.scan_parquet(orders))
    return pl.concat([*found, shared, of_orders, findings("dtks", pl.scan_parquet(people), "Anggota")])


@promised_asset("mart.alokasi", group="marts", ins={"deliveries": "staged/alokasi"})
def alokasi(deliveries: pl.DataFrame) -> pl.DataFrame:
    return targets_in_force(deliveries)


@promised_asset("mart.kantor_bayar", group="marts", ins={"orders": "mart/pembayaran"}, files=["orders"])
def kantor_bayar(orders: Path) -> pl.DataFrame:
    return office_regions(pl.scan_parquet(orders), reference.regions())


@promised_asset(
    "mart.bantuan_tidak_tepat",
    group="marts",
    ins={"orders": "mart/pembayaran", "double": "mart/bantuan_ganda"},
    files=["orders"],
)
def bantuan_tidak_tepat(orders: Path, double: pl.DataFrame) -> pl.DataFrame:
    return improper_payments(pl.scan_parquet(orders), double)


# `sebelumnya.<table>` is the queried table itself, as published for the newest periode before the run's.
_PUBLISHED_BEFORE = "sebelumnya."


def _queried_asset(table: PromisedTable, query: str) -> dg.AssetsDefinition:
    argument = {source.replace(".", "__"): source for source in table.sources if source not in _REFERENCE}

    @promised_asset(
        table.full_name,
        group="marts",
        ins={
            name: source.replace(".", "/")
            for name, source in argument.items()
            if not source.startswith(_PUBLISHED_BEFORE)
        },
        before={name: table.full_name for name, source in argument.items() if source.startswith(_PUBLISHED_BEFORE)},
        files=argument,
    )
    def fill(**sources: pl.LazyFrame | Path) -> pl.DataFrame:
        given: dict[str, pl.DataFrame | Path] = {
            argument[name]: source if isinstance(source, Path) else source.collect() for name, source in sources.items()
        }
        given |= {source: _REFERENCE[source]() for source in table.sources if source in _REFERENCE}
        return run_query(query, given)

    return fill


queried = [_queried_asset(table, table.query) for table in promised_tables().values() if table.query is not None]
