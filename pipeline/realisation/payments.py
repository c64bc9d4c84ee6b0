"""`mart.pembayaran`: every payment order in its current state, its payee, and what is odd about it."""

from __future__ import annotations

import polars as pl

from pipeline.realisation.conduct import with_conduct
from pipeline.realisation.orders import current_orders
from pipeline.realisation.payees import with_payees
from pipeline.realisation.remarks import with_remarks
from schemas.keys import SOURCE_PLACE


def account(
    deliveries: pl.LazyFrame,
    people: pl.LazyFrame,
    links: pl.LazyFrame,
    registry: pl.LazyFrame,
    *,
    stages: pl.DataFrame,
    remote: pl.DataFrame,
    regions: pl.DataFrame,
) -> pl.DataFrame:
    """All orders in the columns of `mart.pembayaran`.

    Args:
        deliveries: accepted rows of the payers' files (`PosStaged`); nothing is kept of them once orders are made.
        people: `cleansed.anggota`.
        links: `link.anggota_dukcapil`.
        registry: accepted residents (`DukcapilStaged`); of all three what is looked at is read when it is.
        stages: tariffs and windows (`pipeline.reference.program_stages`).
        remote: the 3T kabupaten (`pipeline.reference.remote_regions`).
        regions: kode and nama of every region.
    """
    paid = with_payees(current_orders(deliveries.collect()), people, links, registry).with_columns(
        sumber_data=pl.when(pl.col("id_dtks").is_not_null()).then(pl.lit("DTKS")).otherwise(pl.lit("NON_DTKS")),
        no_kk=pl.coalesce("no_kk_dukcapil", "no_kk"),
        penerima=pl.coalesce(
            "nik_penerima", "id_orang", pl.when(~pl.col("nik_orang_lain")).then(pl.coalesce("nik", "nik_tulis"))
        ),
    )
    judged = with_remarks(with_conduct(paid, stages, remote, regions), "PerintahBayar")
    return judged.rename(SOURCE_PLACE)
