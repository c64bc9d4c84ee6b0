"""Layer matched: links between DTKS rows and residents, households and KK, and rows that are one person."""

import dagster as dg
import polars as pl

from assets.partitions import PERIODE
from assets.promise import promised_asset
from assets.store import OWNERS
from pipeline.matching.baseline import match_on_nik
from pipeline.matching.duplicates import find_duplicates
from pipeline.matching.households import household_links
from pipeline.matching.resolve import with_household_ids


@promised_asset("link.anggota_dukcapil", group="matched", ins={"dtks": "staged/dtks", "dukcapil": "staged/dukcapil"})
def anggota_dukcapil(dtks: pl.DataFrame, dukcapil: pl.DataFrame) -> pl.DataFrame:
    return match_on_nik(dtks, dukcapil)


@promised_asset(
    "link.keluarga_dukcapil",
    group="matched",
    ins={"dtks": "staged/dtks", "dukcapil": "staged/dukcapil", "links": "link/anggota_dukcapil"},
)
def keluarga_dukcapil(dtks: pl.DataFrame, dukcapil: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    return household_links(with_household_ids(dtks), links, dukcapil)


@promised_asset("link.ganda", group="matched", ins={"dtks": "staged/dtks", "links": "link/anggota_dukcapil"})
def ganda(dtks: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    return find_duplicates(dtks, links)[0]


@dg.asset(
    key=["link", "baris_bertahan"],
    group_name="matched",
    partitions_def=PERIODE,
    kinds={"polars", "parquet"},
    owners=OWNERS,
    description="Baris DTKS ganda dan baris yang dipertahankan untuk orang yang sama.",
    ins={"dtks": dg.AssetIn(["staged", "dtks"]), "links": dg.AssetIn(["link", "anggota_dukcapil"])},
)
def baris_bertahan(dtks: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    return find_duplicates(dtks, links)[1]
