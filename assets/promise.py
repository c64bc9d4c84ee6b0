"""Turns an asset into a promised table (one of the public contract): key, columns, and the two blocking checks.

Used by the layers matched, cleansed and marts, which fill the tables.
"""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import dagster as dg
import polars as pl

from assets.arrival import FOLLOW
from assets.partitions import PERIODE
from assets.store import OWNERS, DataDirectory, column_schema, inputs, kept_results, store_pieces
from pipeline.warehouse.store.parts import part_before, scan_before
from pipeline.warehouse.store.traces import Trace
from schemas.catalogue import promised_tables
from schemas.table import PromisedTable, Tally, inspect, inspect_pieces, polars_schema

_Fill = Callable[..., pl.DataFrame | Iterator[pl.DataFrame]]
_Events = Generator[dg.Output[pl.DataFrame] | dg.MaterializeResult | dg.AssetCheckResult, None, bool]

_CHECKS = {
    "kontrak": "Tipe dan aturan setiap kolom dipenuhi oleh semua baris.",
    "kunci_unik": "Tidak ada dua baris dengan kunci yang sama.",
}


def promised_out(table: PromisedTable) -> dg.AssetOut:
    """A promised table as an output of the step that fills it."""
    return dg.AssetOut(
        key=[table.schema, table.name],
        kinds={"polars" if table.query is None else "duckdb", "pandera", "parquet"},
        owners=OWNERS,
        description=table.description,
        metadata=column_schema(table.model),
        automation_condition=FOLLOW,
    )


def promised_checks(table: PromisedTable) -> list[dg.AssetCheckSpec]:
    """The blocking checks of a promised table."""
    return [
        dg.AssetCheckSpec(check, asset=[table.schema, table.name], blocking=True, description=description)
        for check, description in _CHECKS.items()
    ]


def enforce_frame(table: PromisedTable, frame: pl.DataFrame, periode: str, output: str) -> _Events:
    """Enforce a table's contract on a frame: yields the typed table as `output`, then the results of its checks.

    A missing column `periode` is filled with the run's. Returns whether the checks passed.
    """
    if table.by_periode and "periode" not in frame.columns:
        frame = frame.with_columns(periode=pl.lit(periode))
    inspection = inspect(frame, table)
    yield dg.Output(inspection.frame, output)
    yield from check_results(table, inspection.broken, inspection.repeated)
    return not inspection.broken and inspection.repeated == 0


def enforce_pieces(
    context: dg.AssetExecutionContext, data: DataDirectory, table: PromisedTable, pieces: Iterator[pl.DataFrame]
) -> _Events:
    """As `enforce_frame`, for a table in pieces, in the order of its key, which is never held whole."""
    tally = Tally()
    rows = inspect_pieces(pieces, table, tally)
    yield store_pieces(context, data, f"{table.schema}/{table.name}", rows, polars_schema(table.model))
    yield from check_results(table, tally.broken, tally.repeated)
    return not tally.broken and tally.repeated == 0


def check_results(
    table: PromisedTable, broken: Mapping[str, int] = MappingProxyType({}), repeated: int = 0
) -> Iterator[dg.AssetCheckResult]:
    """The results of a promised table's checks; by default passed, as for a table that is kept from an earlier run."""
    key = dg.AssetKey([table.schema, table.name])
    yield dg.AssetCheckResult(
        check_name="kontrak",
        asset_key=key,
        passed=not broken,
        metadata={"pelanggaran": dg.MetadataValue.json(dict(broken))},
    )
    yield dg.AssetCheckResult(
        check_name="kunci_unik",
        asset_key=key,
        passed=repeated == 0,
        metadata={"kunci": ", ".join(table.key), "baris_terulang": repeated},
    )


def promised_asset(
    name: str,
    *,
    group: str,
    ins: Mapping[str, str],
    before: Mapping[str, str] | None = None,
    columns: Mapping[str, Sequence[str]] = MappingProxyType({}),
    files: Collection[str] = (),
) -> Callable[[_Fill], dg.AssetsDefinition]:
    """Turn a function into the asset of the promised table `name`.

    The function gets the frames named in `ins` (argument → asset key, `layer/name`) and scans of those in `before`
    (argument → promised table, as published for the newest periode before the run's; empty if there is none). It
    returns the table's columns, in any order, or yields its rows in pieces, in the order of the key. For arguments in
    `columns` only these columns are read; arguments in `files` get the paths of their Parquet files instead of frames.
    """
    table = promised_tables()[name]
    selected = {argument: list(names) for argument, names in columns.items()}
    earlier_tables = {argument: promised_tables()[full_name] for argument, full_name in (before or {}).items()}

    def decorate(fill: _Fill) -> dg.AssetsDefinition:
        @dg.multi_asset(
            name=name.replace(".", "_"),
            group_name=group,
            partitions_def=PERIODE,
            outs={"table": promised_out(table)},
            ins=inputs(ins, files=ins),
            check_specs=promised_checks(table),
        )
        def materialise(
            context: dg.AssetExecutionContext, data: DataDirectory, **stored: Path
        ) -> Iterator[dg.Output[pl.DataFrame] | dg.MaterializeResult | dg.AssetCheckResult]:
            places, periode, key = data.places, context.partition_key, f"{table.schema}/{table.name}"
            parts = {argument: part_before(places, periode, each) for argument, each in earlier_tables.items()}
            trace = Trace.of_frames(places, key, periode, [key], files={**stored, **parts})
            if trace.is_current():
                yield from kept_results(trace, data, periode)
                yield from check_results(table)
                return
            frames = {
                argument: path if argument in files else pl.read_parquet(path, columns=selected.get(argument))
                for argument, path in stored.items()
            }
            earlier = {argument: scan_before(places, periode, each) for argument, each in earlier_tables.items()}
            filled = fill(**frames, **earlier)
            if isinstance(filled, pl.DataFrame):
                passed = yield from enforce_frame(table, filled, periode, "table")
            else:
                passed = yield from enforce_pieces(context, data, table, filled)
            if passed:
                trace.write()

        return materialise

    return decorate
