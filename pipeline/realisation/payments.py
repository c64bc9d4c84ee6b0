"""`mart.pembayaran`: every payment order in its current state, with its payee and its findings."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import polars as pl

from pipeline.realisation.conduct import office_regions, stages_paid_on_one_day, with_conduct
from pipeline.realisation.findings import with_findings
from pipeline.realisation.orders import current_orders
from pipeline.realisation.payees import PAYEE_COLUMNS, with_nik_inside, with_payees
from schemas.keys import SOURCE_PLACE, STAGE

Stage = tuple[str, int, int]


def payment_orders(
    deliveries: pl.LazyFrame,
    people: pl.LazyFrame,
    links: pl.LazyFrame,
    registry: pl.LazyFrame,
    *,
    stages: pl.DataFrame,
    remote: pl.DataFrame,
    regions: pl.DataFrame,
    store_folder: Path,
) -> Iterator[pl.DataFrame]:
    """All orders in the columns of `mart.pembayaran`, stage by stage, so that only one stage is held in memory.

    Args:
        deliveries: accepted rows of the payers' files (`PosStaged`).
        people: `cleansed.anggota`.
        links: `link.anggota_dukcapil`.
        registry: accepted residents (`DukcapilStaged`). Of all three, only what is needed is read.
        stages: tariffs and windows (`pipeline.reference.program_stages`).
        remote: the 3T kabupaten (`pipeline.reference.remote_regions`).
        regions: kode and nama of every region.
        store_folder: folder of the store for intermediate files. They contain personal data; if the run is killed, the
            next one deletes them (`pipeline.warehouse.periodes.begin_run`).
    """
    with tempfile.TemporaryDirectory(suffix=".bangun", dir=store_folder) as folder:
        files_by_stage = _write_orders_by_stage(deliveries, Path(folder))
        if not files_by_stage:
            return
        orders = pl.scan_parquet(list(files_by_stage.values()))
        written = orders.select(PAYEE_COLUMNS).unique().collect(engine="streaming")
        payees = _with_recipients(with_payees(written, people, links, registry))
        regions_of_offices = office_regions(orders, regions)
        for _, of_year in groupby(files_by_stage, key=lambda stage: stage[:2]):
            files = [files_by_stage[stage] for stage in of_year]
            visits = stages_paid_on_one_day(
                _join_payees(pl.scan_parquet(files), payees.select(*PAYEE_COLUMNS, "penerima"))
            )
            for file in files:
                paid = _join_payees(pl.scan_parquet(file), payees).with_columns(
                    no_kk=pl.coalesce("no_kk_dukcapil", "no_kk")
                )
                # Not bound to a name, so that no reference to a stage is kept during the next one.
                yield with_findings(
                    with_conduct(paid.collect(), regions_of_offices, visits, stages, remote), "PerintahBayar"
                ).rename(SOURCE_PLACE)


def _write_orders_by_stage(deliveries: pl.LazyFrame, folder: Path) -> dict[Stage, Path]:
    """Write the current orders to files per stage; the files, in the order of the stages."""
    files_by_stage: dict[Stage, Path] = {}
    for stage in deliveries.select(STAGE).unique().collect(engine="streaming").sort(STAGE).rows():
        of_stage = [pl.col(name) == value for name, value in zip(STAGE, stage, strict=True)]
        orders = current_orders(deliveries.filter(of_stage).collect())
        files_by_stage[stage] = folder / f"{len(files_by_stage)}.parquet"
        with_nik_inside(orders).write_parquet(files_by_stage[stage], compression="lz4")
    return files_by_stage


def _with_recipients(payees: pl.DataFrame) -> pl.DataFrame:
    """Payees with sumber_data (DTKS or NON_DTKS) and penerima, which identifies the person paid."""
    own_number = pl.when(~pl.col("nik_orang_lain")).then(pl.coalesce("nik", "nik_tulis"))
    return payees.with_columns(
        sumber_data=pl.when(pl.col("id_dtks").is_not_null()).then(pl.lit("DTKS")).otherwise(pl.lit("NON_DTKS")),
        penerima=pl.coalesce("nik_penerima", "id_orang", own_number),
    )


def _join_payees(orders: pl.LazyFrame, payees: pl.DataFrame) -> pl.LazyFrame:
    return orders.join(payees.lazy(), on=PAYEE_COLUMNS, how="left", nulls_equal=True, maintain_order="left")
