"""How an asset becomes a promised table: its key, its columns, and the two blocking checks every table has.

Used by the layers matched, cleansed and marts. What fills a table is theirs.
"""

from collections.abc import Callable, Iterator, Mapping

import dagster as dg
import polars as pl

from assets.partitions import PERIODE
from assets.store import OWNERS, column_schema
from schemas.catalogue import promised_tables
from schemas.table import PromisedTable, inspect

Fill = Callable[..., pl.DataFrame]


def promised_asset(name: str, *, group: str, ins: Mapping[str, str]) -> Callable[[Fill], dg.AssetsDefinition]:
    """Turn a function into the asset of the promised table `name`.

    The function gets the frames named in `ins` (argument → asset key, `layer/name`) and returns the table's columns,
    in any order; a column `periode` it leaves out is the run's.
    """
    table = promised_tables()[name]

    def decorate(fill: Fill) -> dg.AssetsDefinition:
        @dg.multi_asset(
            name=name.replace(".", "_"),
            group_name=group,
            partitions_def=PERIODE,
            outs={
                "table": dg.AssetOut(
                    key=[table.schema, table.name],
                    kinds={"polars" if table.query is None else "duckdb", "pandera", "parquet"},
                    owners=OWNERS,
                    description=table.description,
                    metadata=column_schema(table.model),
                )
            },
            ins={argument: dg.AssetIn(key.split("/")) for argument, key in ins.items()},
            check_specs=[
                dg.AssetCheckSpec(
                    check,
                    asset=[table.schema, table.name],
                    blocking=True,
                    description=description,
                )
                for check, description in _CHECKS.items()
            ],
        )
        def materialise(
            context: dg.AssetExecutionContext, **frames: pl.DataFrame
        ) -> Iterator[dg.Output[pl.DataFrame] | dg.AssetCheckResult]:
            yield from _keep(table, fill(**frames), context.partition_key)

        return materialise

    return decorate


_CHECKS = {
    "kontrak": "Tipe dan aturan setiap kolom dipenuhi oleh semua baris.",
    "kunci_unik": "Tidak ada dua baris dengan kunci yang sama.",
}


def _keep(
    table: PromisedTable, frame: pl.DataFrame, periode: str
) -> Iterator[dg.Output[pl.DataFrame] | dg.AssetCheckResult]:
    if table.by_periode and "periode" not in frame.columns:
        frame = frame.with_columns(periode=pl.lit(periode))
    inspection = inspect(frame, table)
    key = dg.AssetKey([table.schema, table.name])
    yield dg.Output(inspection.frame, "table")
    yield dg.AssetCheckResult(
        check_name="kontrak",
        asset_key=key,
        passed=not inspection.broken,
        metadata={"pelanggaran": dg.MetadataValue.json(inspection.broken)},
    )
    yield dg.AssetCheckResult(
        check_name="kunci_unik",
        asset_key=key,
        passed=inspection.repeated == 0,
        metadata={"kunci": ", ".join(table.key), "baris_terulang": inspection.repeated},
    )
