"""Facts about how an order was carried out, which the rules over orders use: tariffs, windows, offices, stages per day.

Belongs here: facts from reference data or from other orders. Does not: which of them are findings (`schemas.rules`),
or who is paid (`payees`).
"""

from __future__ import annotations

from itertools import combinations_with_replacement

import polars as pl

from schemas.keys import STAGE

# An office does not serve a kabupaten if they share at most this part of the orders of either, and both have others.
_MOST_SHARE_OF_STRAYS = 0.05
_LEAST_OTHERS = 5
_VISIT = ("penerima", "program", "tahun", "tgl_bayar")
_KABUPATEN_KINDS = r"^(KABUPATEN|KOTA ADMINISTRASI|KABUPATEN ADMINISTRASI|KOTA) "


def with_conduct(
    orders: pl.DataFrame, office_regions: pl.DataFrame, visits: pl.DataFrame, stages: pl.DataFrame, remote: pl.DataFrame
) -> pl.DataFrame:
    """Orders with the columns that the rules over `PerintahBayar` use.

    Args:
        orders: orders with their payees (`payees.with_payees`) and `penerima`.
        office_regions: which office pays where (`office_regions`), from all orders.
        visits: who was paid for several stages on one day (`stages_paid_on_one_day`), from all stages of their years.
        stages: tariffs and windows (`pipeline.reference.program_stages`).
        remote: the 3T kabupaten (`pipeline.reference.remote_regions`).

    Returns:
        The orders with mulai, selesai (null: the stage is unknown), selisih_tarif (rupiah to the nearest amount that
        tariffs explain; null: no tariff is known), tahap_sehari (stages of the programme paid to the payee that day),
        tertinggal (in a 3T kabupaten) and kantor_melayani (the office serves that kabupaten).
    """
    offices = office_regions.select("kode_kprk", "kode_kab", "melayani")
    return (
        orders.with_columns(_distance_from_tariff(orders, stages))
        .join(_stage_windows(stages), on=STAGE, how="left", maintain_order="left")
        .join(offices, on=["kode_kprk", "kode_kab"], how="left", maintain_order="left")
        .join(visits, on=_VISIT, how="left", maintain_order="left")
        .with_columns(
            tahap_sehari=pl.when(pl.col("status_bayar") == "DIBAYAR").then(pl.col("tahap_sehari").fill_null(1)),
            tertinggal=pl.col("kode_kab").is_in(remote["kode_kab"].implode()).fill_null(value=False),
            kantor_melayani=pl.col("melayani").fill_null(value=True),
        )
        .drop("melayani")
    )


def stages_paid_on_one_day(orders: pl.LazyFrame) -> pl.DataFrame:
    """Payees paid for several stages of a programme on one day, and the number of stages: penerima, …, tahap_sehari."""
    paid = orders.filter((pl.col("status_bayar") == "DIBAYAR") & pl.all_horizontal(pl.col(_VISIT).is_not_null()))
    counted = paid.group_by(_VISIT).agg(tahap_sehari=pl.col("tahap").n_unique())
    return counted.filter(pl.col("tahap_sehari") > 1).collect(engine="streaming")


def _stage_windows(stages: pl.DataFrame) -> pl.DataFrame:
    windows = stages.group_by(STAGE).agg(pl.col("mulai").min(), pl.col("selesai").max())
    return windows.with_columns(pl.col("tahun", "tahap").cast(pl.Int32))


def _distance_from_tariff(orders: pl.DataFrame, stages: pl.DataFrame) -> pl.Series:
    tariffs = tariff_amounts(stages).rename({"nominal": "tarif"}).sort("tarif")
    keyed = orders.select(*STAGE, "nominal").with_row_index("urutan").sort("nominal")
    nearest = keyed.join_asof(
        tariffs, left_on="nominal", right_on="tarif", by=list(STAGE), strategy="nearest", check_sortedness=False
    )
    distance = (pl.col("nominal") - pl.col("tarif")).abs()
    return nearest.select("urutan", selisih_tarif=distance).sort("urutan")["selisih_tarif"]


def tariff_amounts(stages: pl.DataFrame) -> pl.DataFrame:
    """Every amount that tariffs explain: a flat tariff, or a sum of component tariffs for at most `maks_orang` people.

    Returns:
        program, tahun, tahap (Int32), nominal; each once.
    """
    flat = stages.filter(pl.col("komponen").is_null()).select(*STAGE, "nominal")
    per_person = stages.filter(pl.col("komponen").is_not_null())
    sums = [
        {"program": program, "tahun": tahun, "tahap": tahap, "nominal": sum(chosen)}
        for (program, tahun, tahap), rows in per_person.group_by(STAGE, maintain_order=True)
        for people in range(1, int(rows.select(pl.col("maks_orang").max()).item()) + 1)
        for chosen in combinations_with_replacement(rows["nominal"].unique().sort().to_list(), people)
    ]
    amounts = pl.concat([flat, pl.DataFrame(sums, schema=flat.schema)]).unique()
    return amounts.with_columns(pl.col("tahun", "tahap").cast(pl.Int32))


def office_regions(orders: pl.LazyFrame, regions: pl.DataFrame) -> pl.DataFrame:
    """Which office pays in which kabupaten, learned from the orders.

    Returns:
        kode_kprk, nama_kprk (as most orders have it), kode_kpc (its branches there), kode_kab, perintah (orders) and
        melayani: false if office and kabupaten share very few orders although each has enough others, and the office
        is not named after the kabupaten.
    """
    placed = orders.filter(pl.col("kode_kprk").is_not_null() & pl.col("kode_kab").is_not_null())
    counts = (
        placed.group_by("kode_kprk", "nama_kprk", "kode_kpc", "kode_kab").len("perintah").collect(engine="streaming")
    )
    orders_shared = pl.col("perintah")
    names = (
        counts.drop_nulls("nama_kprk")
        .group_by("kode_kprk", "nama_kprk")
        .agg(orders_shared.sum())
        .sort("kode_kprk", "perintah", "nama_kprk", descending=[False, True, False])
        .unique("kode_kprk", keep="first", maintain_order=True)
        .drop("perintah")
    )
    is_stray = pl.all_horizontal(
        (orders_shared <= (_MOST_SHARE_OF_STRAYS * orders_shared.sum().over(side)).clip(1))
        & (orders_shared.sum().over(side) - orders_shared >= _LEAST_OTHERS)
        for side in ("kode_kprk", "kode_kab")
    )
    region_names = regions.select(kode_kab="kode", sebutan=pl.col("nama").str.replace(_KABUPATEN_KINDS, ""))
    return (
        counts.group_by("kode_kprk", "kode_kab")
        .agg(orders_shared.sum().cast(pl.Int64), kode_kpc=pl.col("kode_kpc").drop_nulls().unique().sort())
        .join(names, on="kode_kprk", how="left")
        .join(region_names, on="kode_kab", how="left")
        .with_columns(
            melayani=~is_stray
            | pl.col("nama_kprk").str.contains(pl.col("sebutan"), literal=True).fill_null(value=False)
        )
        .select("kode_kprk", "nama_kprk", "kode_kpc", "kode_kab", "perintah", "melayani")
        .sort("kode_kprk", "kode_kab")
    )
