"""DuckDB: the database file that analysts open, and queries over frames in memory.

Belongs here: types, comments and filling of tables, all derived from the contract. Does not: SQL that computes a figure
(that stands beside its columns in `schemas.marts`), and making a file live (`pipeline.warehouse.tree_swap`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl
from polars.datatypes import DataType, DataTypeClass

from schemas.catalogue import promised_tables
from schemas.table import PromisedTable, polars_schema

# Never download anything: an extension that is not built in is an error at once, online or not.
_OFFLINE_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
# Results have no particular order, so DuckDB need not preserve any.
# What does not fit into memory is spilled to disk.
_QUERY_CONFIG = _OFFLINE_CONFIG | {
    "python_enable_replacements": False,
    "preserve_insertion_order": False,
    "memory_limit": "2500MiB",
}
# The oldest format with all we need, so that tools one major version behind can open the file.
_STORAGE_VERSION = "v1.4.0"

_DUCKDB_TYPES: dict[DataTypeClass, str] = {
    pl.String: "VARCHAR",
    pl.Boolean: "BOOLEAN",
    pl.Int8: "TINYINT",
    pl.Int16: "SMALLINT",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMP",
}


def duckdb_type(dtype: DataType | DataTypeClass) -> str:
    """The DuckDB type of a Polars type of the contract, for example `VARCHAR[]` for a list of strings.

    Raises:
        TypeError: the contract uses a type that no table may have.
    """
    if isinstance(dtype, pl.List):
        return f"{duckdb_type(dtype.inner)}[]"
    try:
        return _DUCKDB_TYPES[dtype.base_type()]
    except KeyError:
        message = f"no DuckDB type for {dtype}"
        raise TypeError(message) from None


def build_database(path: Path, tables: Mapping[str, Sequence[Path]]) -> None:
    """Build the database of all promised tables at `path`, which must not exist.

    Rows are in the order of the files given and of the rows in them. Two builds hold the same rows in the same order
    but not the same bytes: DuckDB writes a random identifier and unused memory into every file.

    Args:
        path: a working place; publish the file when it is complete.
        tables: full name (`cleansed.anggota`) → Parquet files of all its periodes. A promised table that is not named
            or has no files is made empty.

    Raises:
        FileExistsError: `path` exists.
        KeyError: `tables` names a table that is not promised.
        duckdb.Error: a file cannot be read or does not hold the columns of its table.
    """
    if path.exists():
        raise FileExistsError(path)
    _check_promised(tables)
    _write_tables(path, promised_tables().values(), tables)


def refill_database(path: Path, tables: Mapping[str, Sequence[Path]]) -> None:
    """Replace some tables of a database that nobody is reading; all others stay as they are.

    Args:
        path: the file, made by `build_database` of the same version.
        tables: as there, those to replace.

    Raises:
        KeyError: as there.
        duckdb.Error: as there, or the file is no such database.
    """
    _check_promised(tables)
    _write_tables(path, [promised_tables()[name] for name in tables], tables)


def _check_promised(names: Iterable[str]) -> None:
    unknown = sorted(set(names) - set(promised_tables()))
    if unknown:
        message = f"not promised: {', '.join(unknown)}"
        raise KeyError(message)


def _write_tables(path: Path, promised: Collection[PromisedTable], files: Mapping[str, Sequence[Path]]) -> None:
    """Replace tables in a database, which is created if missing, and fill them."""
    with duckdb.connect(
        str(path), config=_OFFLINE_CONFIG | {"storage_compatibility_version": _STORAGE_VERSION}
    ) as connection:
        # In one transaction: DuckDB syncs every commit to disk, which takes longer than setting a comment.
        connection.execute("BEGIN")
        for schema in sorted({table.schema for table in promised}):
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(schema)}")
        for table in promised:
            _create_table(connection, table)
        connection.execute("COMMIT")
        # Frees the space of the replaced tables for the rows that follow.
        connection.execute("CHECKPOINT")
        for table in promised:
            _insert_rows(connection, table, files.get(table.full_name, ()))
        connection.execute("CHECKPOINT")


def run_query(sql: str, frames: Mapping[str, pl.DataFrame | Path]) -> pl.DataFrame:
    """Run one query in memory over `frames` alone: it cannot reach any other file or variable.

    Args:
        sql: one SELECT in DuckDB's dialect.
        frames: name in the query (`schema.table` or a plain name) → frame, or path of a Parquet file, of which only
            the columns and rows that the query needs are read.

    Returns:
        The rows in no particular order, with a SUM of BIGINT as a Decimal: `schemas.table.enforce` settles both.

    Raises:
        duckdb.Error: the query is wrong or reads a table that was not given.
    """
    files = [str(frame) for frame in frames.values() if isinstance(frame, Path)]
    with tempfile.TemporaryDirectory(prefix="padan-") as spill, duckdb.connect(config=_QUERY_CONFIG) as connection:
        connection.execute(f"SET temp_directory = {_literal(spill)}")
        connection.execute(f"SET allowed_paths = [{', '.join(map(_literal, files))}]")
        connection.execute("SET enable_external_access = false")
        for name, frame in frames.items():
            schema, dot, table = name.rpartition(".")
            if isinstance(frame, Path):
                # By name and never by path: a folder called `periode=2022-12` must not add a column.
                source = f"read_parquet({_literal(str(frame))}, hive_partitioning = false)"
            else:
                registered = f"frame {name}"
                connection.register(registered, frame)
                source = _quoted(registered)
            if dot:
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(schema)}")
            connection.execute(f"CREATE VIEW {_quoted(schema or 'main')}.{_quoted(table)} AS FROM {source}")
        return connection.sql(sql).pl()


def _create_table(connection: duckdb.DuckDBPyConnection, table: PromisedTable) -> None:
    name = _qualified_name(table)
    columns = ", ".join(
        f"{_quoted(column)} {duckdb_type(dtype)}" for column, dtype in polars_schema(table.model).items()
    )
    connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
    connection.execute(f"COMMENT ON TABLE {name} IS {_literal(table.description)}")
    for column, declared in table.columns.items():
        connection.execute(f"COMMENT ON COLUMN {name}.{_quoted(column)} IS {_literal(declared.description)}")


def _insert_rows(connection: duckdb.DuckDBPyConnection, table: PromisedTable, files: Sequence[Path]) -> None:
    if not files:
        return
    # By name and never by path: a folder called `periode=2022-12` must not add a column. A part that an older version
    # published may lack a column added since, which is then empty in its rows.
    source = "read_parquet(?, hive_partitioning = false, union_by_name = true)"
    paths = [[str(file) for file in files]]
    present = {name for name, *_ in connection.execute(f"DESCRIBE FROM {source}", paths).fetchall()}
    columns = ", ".join(_quoted(column) for column in table.columns if column in present)
    connection.execute(f"INSERT INTO {_qualified_name(table)} BY NAME SELECT {columns} FROM {source}", paths)


def _qualified_name(table: PromisedTable) -> str:
    return f"{_quoted(table.schema)}.{_quoted(table.name)}"


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
