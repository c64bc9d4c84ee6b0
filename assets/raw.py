"""Layer raw: the ledger of files, and the text of every source as read. Nothing is interpreted yet."""

import dagster as dg
import polars as pl

from assets.partitions import PERIODE
from assets.store import OWNERS, DataDirectory, column_schema, described
from pipeline.extracts.files import find_files
from pipeline.extracts.read import read_source
from schemas.extracts import EXTRACTS


@dg.asset(
    key=["raw", "berkas"],
    group_name="raw",
    partitions_def=PERIODE,
    kinds={"file"},
    owners=OWNERS,
    description="Buku berkas: semua berkas di folder raw/, sidik jarinya, dan mana yang dibaca untuk periode ini.",
)
def berkas(context: dg.AssetExecutionContext, data: DataDirectory) -> pl.DataFrame:
    return find_files(data.places.raw, context.partition_key)


def _raw_asset(source: str) -> dg.AssetsDefinition:
    model = EXTRACTS[source]

    @dg.asset(
        key=["raw", source],
        group_name="raw",
        partitions_def=PERIODE,
        kinds={"polars", "parquet"},
        owners=OWNERS,
        description=f"{described(model)} Dibaca sebagai teks, persis seperti tertulis.",
        metadata=column_schema(model),
        ins={"files": dg.AssetIn(["raw", "berkas"])},
    )
    def read(files: pl.DataFrame, data: DataDirectory) -> pl.DataFrame:
        return read_source(data.places.raw, files, source)

    return read


extracts = [_raw_asset(source) for source in EXTRACTS]
