"""Storage of assets' frames: one Parquet file per asset and periode, written atomically.

Belongs here: the data directory as a resource, the I/O manager, and their metadata. No transformation.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

import dagster as dg
import pandera.polars as pa
import polars as pl

from assets.failures import log_failures
from assets.figures import key_figures
from pipeline.places import Places
from pipeline.warehouse.locks import RUNNING, hold_lock
from pipeline.warehouse.store.parquet import write_parquet, write_parquet_pieces
from pipeline.warehouse.store.traces import Trace
from schemas.table import Table, contract

OWNERS = ["team:data-officers"]
KEPT_TAG = "dipakai_lagi"
"""Metadata key of a result kept from an earlier run."""
_AS_FILE, _COLUMNS = "sebagai_berkas", "kolom_dibaca"


def inputs(
    keys: Mapping[str, str], columns: Mapping[str, Sequence[str]] = MappingProxyType({}), files: Collection[str] = ()
) -> dict[str, dg.AssetIn]:
    """The inputs of an asset, and how `ParquetStore` hands them over.

    Args:
        keys: argument → asset key, `layer/name`.
        columns: argument → the only columns to read, because a register has millions of rows.
        files: arguments that get the path of the file instead of the frame.
    """

    def input_metadata(argument: str) -> dict[str, Any] | None:
        if argument in files:
            return {_AS_FILE: True}
        return {_COLUMNS: list(columns[argument])} if argument in columns else None

    return {argument: dg.AssetIn(key.split("/"), metadata=input_metadata(argument)) for argument, key in keys.items()}


class DataDirectory(dg.ConfigurableResource[Places]):
    """The data directory of a run."""

    path: str

    @property
    def places(self) -> Places:
        """Its folders."""
        return Places(Path(self.path).resolve())

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Any]:
        """Lock the data directory for the whole run: two runs on one store would publish a mixture."""
        with hold_lock(self.places, RUNNING):
            yield self
            log_failures(context, self.places)


class ParquetStore(dg.ConfigurableIOManager):
    """Passes frames from step to step through `<data-dir>/home/store/<asset>/<periode>.parquet`."""

    path: str

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame) -> None:
        """Write the frame, with numbers of rows and bytes and its key figures as metadata."""
        target = self._file(context.asset_key, context.partition_key)
        write_parquet(obj, target)
        size = {"dagster/partition_row_count": obj.height, "ukuran_bita": target.stat().st_size}
        context.add_output_metadata({**key_figures("/".join(context.asset_key.path), obj.lazy()), **size})

    def load_input(self, context: dg.InputContext) -> pl.DataFrame | Path:
        """The frame of the same periode, or the path of its file, as `inputs` specifies."""
        file, asked = self._file(context.asset_key, context.partition_key), context.definition_metadata
        return file if asked.get(_AS_FILE) else pl.read_parquet(file, columns=asked.get(_COLUMNS))

    def _file(self, key: dg.AssetKey, periode: str) -> Path:
        return Places(Path(self.path).resolve()).stored("/".join(key.path), periode)


def store_pieces(
    context: dg.AssetExecutionContext,
    data: DataDirectory,
    key: str,
    pieces: Iterator[pl.DataFrame],
    schema: pl.Schema | None = None,
) -> dg.MaterializeResult:
    """Store a frame in pieces where `ParquetStore` finds it, with its number of rows as metadata.

    Its columns are those of `schema`, else those of the first piece, which must exist then.
    """
    if schema is None:
        first = next(pieces)
        pieces, schema = chain([first], pieces), first.schema
    write_parquet_pieces(pieces, schema, data.places.stored(key, context.partition_key))
    return _stored_result(data, key, context.partition_key)


def kept_results(trace: Trace, data: DataDirectory, periode: str) -> Iterator[dg.MaterializeResult]:
    """The events of a step that keeps its results from an earlier run."""
    for key in trace.results:
        yield _stored_result(data, key, periode, **{KEPT_TAG: True})


def _stored_result(data: DataDirectory, key: str, periode: str, **extra: bool) -> dg.MaterializeResult:
    stored = data.places.stored(key, periode)
    rows = pl.scan_parquet(stored)
    count = rows.select(pl.len()).collect().item()
    size = stored.stat().st_size
    metadata = {**key_figures(key, rows), "dagster/partition_row_count": count, "ukuran_bita": size, **extra}
    return dg.MaterializeResult(asset_key=dg.AssetKey(key.split("/")), metadata=metadata)


def column_schema(model: type[Table]) -> dict[str, Any]:
    """Definition metadata of an asset with this model: its columns as Dagster shows them."""
    columns = [
        dg.TableColumn(
            name,
            type=str(column.dtype),
            description=column.description,
            constraints=dg.TableColumnConstraints(
                nullable=column.nullable, unique=column.unique, other=_constraints(column)
            ),
        )
        for name, column in contract(model).columns.items()
    ]
    return {"dagster/column_schema": dg.TableSchema(columns=columns)}


def _constraints(column: pa.Column) -> list[str]:
    """A column's checks in words; those of reading rules are codes, which `mart.dim_kode` explains."""
    constraints = []
    for check in column.checks:
        demanded = dict(check.statistics)
        match check.name:
            case "isin":
                constraints.append(f"salah satu: {', '.join(map(str, demanded['allowed_values']))}")
            case "greater_than_or_equal_to":
                constraints.append(f"paling sedikit {demanded['min_value']}")
            case "less_than_or_equal_to":
                constraints.append(f"paling banyak {demanded['max_value']}")
            case "str_matches":
                constraints.append(f"pola {demanded['pattern']}")
            case _:
                constraints.append(str(check.error or check.name))
    return constraints
