"""Layer raw: the ledger of files, and the text of every source as read. Nothing is interpreted yet."""

import dagster as dg
import polars as pl

from assets.partitions import PERIODE
from assets.store import OWNERS, DataDirectory, column_schema, described, inputs, stored_in_pieces
from pipeline.extracts.files import find_files, snapshot_in_words
from pipeline.extracts.read import iter_families, iter_source
from pipeline.warehouse.publication import begin
from schemas.extracts import KINDS
from schemas.staged import STAGED_BESIDE, STAGED_KINDS
from schemas.table import polars_schema


@dg.asset(
    key=["raw", "berkas"],
    group_name="raw",
    partitions_def=PERIODE,
    kinds={"file"},
    owners=OWNERS,
    description="Buku berkas: semua berkas di folder raw/, sidik jarinya, dan mana yang dibaca untuk periode ini.",
)
def berkas(context: dg.AssetExecutionContext, data: DataDirectory) -> pl.DataFrame:
    begin(data.places, context.partition_key)
    files = find_files(data.places.raw, context.partition_key)
    context.add_output_metadata({"potret_dtks": snapshot_in_words(files)})
    return files


def _raw_asset(source: str) -> dg.AssetsDefinition:
    model = KINDS[source]

    @dg.asset(
        key=["raw", source],
        group_name="raw",
        partitions_def=PERIODE,
        kinds={"polars", "parquet"},
        owners=OWNERS,
        description=f"{described(model)} Dibaca sebagai teks, persis seperti tertulis.",
        metadata=column_schema(model),
        ins=inputs({"files": "raw/berkas"}),
    )
    def read(context: dg.AssetExecutionContext, files: pl.DataFrame, data: DataDirectory) -> dg.MaterializeResult:
        raw = data.places.raw
        pieces = iter_families(raw, files) if source in STAGED_BESIDE else iter_source(raw, files, source)
        return stored_in_pieces(context, data, f"raw/{source}", pieces, polars_schema(model))

    return read


extracts = [_raw_asset(source) for source in STAGED_KINDS]
