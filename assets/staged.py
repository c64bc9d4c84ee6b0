"""Layer staged: every source normalised and held to its contract; refused rows stand beside the accepted ones."""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.partitions import PERIODE
from assets.store import OWNERS, column_schema, described
from pipeline.normalise.staging import stage
from pipeline.quality.findings import quarantine
from schemas.quality import Karantina
from schemas.staged import STAGED
from schemas.table import split


def _staged_asset(source: str) -> dg.AssetsDefinition:
    model = STAGED[source]

    @dg.multi_asset(
        name=f"staged_{source}",
        group_name="staged",
        partitions_def=PERIODE,
        outs={
            "accepted": dg.AssetOut(
                key=["staged", source],
                kinds={"polars", "pandera", "parquet"},
                owners=OWNERS,
                description=f"{described(model)} Baris yang diterima.",
                metadata=column_schema(model),
            ),
            "refused": dg.AssetOut(
                key=["staged", f"{source}_karantina"],
                kinds={"polars", "pandera", "parquet"},
                owners=OWNERS,
                description=f"Baris {source} yang ditolak, dengan alasan dan tindakan perbaikannya.",
                metadata=column_schema(Karantina),
            ),
        },
        ins={"raw": dg.AssetIn(["raw", source]), "files": dg.AssetIn(["raw", "berkas"])},
    )
    def normalise(
        context: dg.AssetExecutionContext, raw: pl.DataFrame, files: pl.DataFrame
    ) -> Iterator[dg.Output[pl.DataFrame]]:
        readable = raw.filter(pl.col("rusak").is_null())
        good, failures = split(stage(source, readable, files, context.partition_key), model)
        yield dg.Output(good, "accepted")
        refused = quarantine(source, raw, failures, good).select(
            pl.lit(context.partition_key).alias("periode"), pl.all()
        )
        yield dg.Output(refused, "refused")

    return normalise


staged = [_staged_asset(source) for source in STAGED]
