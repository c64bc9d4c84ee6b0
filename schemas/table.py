"""Contracts: the base of all table models, the registry of promised tables, and their enforcement (`split`, `inspect`).

Belongs here: how models are declared, registered and enforced. Does not belong here: any column, table or rule.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from schemas.columns import GLOSSARY
from schemas.rules import RULES, Severity
from schemas.screening import may_break

# Up to so many rows are removed by slicing around them, which is cheaper than filtering.
_MAX_SLICES = 256
# A table in a query: names always have their schema in front, and no alias has the name of a schema.
_TABLES_READ = re.compile(r"\b(?:cleansed|link|mart|quality|reference|sebelumnya|staged)\.[a-z]\w*")


class BrokenContractError(Exception):
    """A frame breaks its contract: by its columns or types, or by its rows where none may fail (`enforce`)."""


class Table(pa.DataFrameModel):
    """Base of every model: exactly the declared columns, without coercion (the pipeline casts, the contract checks)."""

    class Config:
        """Pandera's switches for all tables."""

        strict = True
        ordered = True
        coerce = False


def nullable(**checks: Any) -> Any:
    """A column that may be empty; `checks` as in `pandera.Field` (isin, ge, …)."""
    return pa.Field(nullable=True, **checks)


def required(**checks: Any) -> Any:
    """A column that is never empty."""
    return pa.Field(nullable=False, **checks)


@dataclass(frozen=True)
class PromisedTable:
    """One table of the public contract: model, name in the warehouse, key (also the sort order) and query."""

    model: type[Table]
    schema: str
    name: str
    key: tuple[str, ...]
    query: str | None = None

    @property
    def full_name(self) -> str:
        """`schema.name`, as analysts write it."""
        return f"{self.schema}.{self.name}"

    @property
    def sources(self) -> tuple[str, ...]:
        """Full names of the tables and frames of reference data that its query reads."""
        return tuple(dict.fromkeys(_TABLES_READ.findall(self.query or "")))

    @property
    def by_periode(self) -> bool:
        """Whether the table has one part per periode (else only the current state)."""
        return "periode" in self.columns

    @property
    def description(self) -> str:
        """The Indonesian description of its rows."""
        return model_description(self.model)

    @property
    def columns(self) -> dict[str, pa.Column]:
        """Pandera columns by name, in order, with descriptions."""
        return contract(self.model).columns


def model_description(model: type[Table]) -> str:
    """The Indonesian description of a model's rows: its docstring on one line."""
    return " ".join((model.__doc__ or "").split())


TABLES: dict[str, PromisedTable] = {}


def promised(
    schema: str, name: str, *, key: tuple[str, ...], query: str | None = None
) -> Callable[[type[Table]], type[Table]]:
    """Register a model as table `schema.name` of the public contract.

    Args:
        key: columns that identify a row; the table is unique on them and sorted by them.
        query: DuckDB SQL that fills the table; None if a function does.
    """

    def register(model: type[Table]) -> type[Table]:
        table = PromisedTable(model, schema, name, key, query)
        TABLES[table.full_name] = table
        return model

    return register


@cache
def contract(model: type[Table]) -> pa.DataFrameSchema:
    """The model as a pandera schema, with descriptions from the glossary and the model's rejection rules as checks."""
    schema = model.to_schema()
    for name, column in schema.columns.items():
        if column.description is None:
            if name not in GLOSSARY:
                message = f"{model.__name__}.{name} needs a description: its own, or an entry in schemas/columns.py"
                raise BrokenContractError(message)
            column.description = GLOSSARY[name]
    for rule in RULES.values():
        if rule.severity is Severity.REJECT and rule.breaks is not None and rule.on == model.__name__:
            schema.columns[rule.column].checks.append(_as_check(rule.code, rule.breaks))
    return schema


@cache
def _restricted_contract(model: type[Table], names: tuple[str, ...]) -> pa.DataFrameSchema:
    """The contract restricted to some columns, for a frame with known columns and types."""
    columns = contract(model).columns
    return pa.DataFrameSchema({name: columns[name] for name in names})


@cache
def _doubtful_cells(model: type[Table]) -> dict[str, pl.Expr]:
    rejections = (rule for rule in RULES.values() if rule.severity is Severity.REJECT and rule.on == model.__name__)
    return may_break(contract(model), {rule.code: rule.breaks for rule in rejections if rule.breaks is not None})


def _as_check(code: str, breaks: pl.Expr) -> pa.Check:
    # A rule that evaluates to null is kept, but pandera would treat a null check as a failure.
    kept = ~breaks.fill_null(value=False)
    return pa.Check(lambda data: data.lazyframe.select(kept), name=code, error=code, ignore_na=False)


@cache
def polars_schema(model: type[Table]) -> pl.Schema:
    """Column names and Polars types of a model, in order."""
    return pl.Schema({name: column.dtype.type for name, column in contract(model).columns.items()})


def split(df: pl.DataFrame, model: type[Table]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Divide rows into those that keep the contract and those that break it.

    Args:
        df: an eager frame with exactly the columns of `model` (a LazyFrame would skip the data checks).

    Returns:
        `(good, failures)`: `failures` has all columns of `df` and `kode`, the sorted list of broken rules' codes.
        Every row of `df` is in exactly one of the two.

    Raises:
        BrokenContractError: a column is missing, extra, misplaced or of another type.
        TypeError: `df` is not an eager frame.
    """
    if not isinstance(df, pl.DataFrame):
        message = f"split needs an eager DataFrame, got {type(df).__name__}: pandera skips data checks on lazy frames"
        raise TypeError(message)
    schema, rows, doubted = contract(model), df, None
    # Pandera validates the whole frame if columns or types differ, and nothing if no row is doubtful.
    if list(df.schema.items()) == list(polars_schema(model).items()):
        doubts = _doubtful_cells(model)
        doubted = df.select(pl.any_horizontal(*doubts.values(), pl.lit(value=False))).to_series().arg_true()
        if doubted.is_empty():
            return df, _without_failures(df)
        rows = df[doubted]
        in_doubt = rows.select(doubt.any().alias(name) for name, doubt in doubts.items()).row(0, named=True)
        schema = _restricted_contract(model, tuple(name for name, doubted_there in in_doubt.items() if doubted_there))
    try:
        schema.validate(rows, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
    else:
        return df, _without_failures(df)
    _require_columns(cases, model)
    places = pl.col("index").cast(pl.UInt32)
    if doubted is not None:
        places = places.replace_strict(pl.int_range(len(doubted), dtype=pl.UInt32, eager=True), doubted.cast(pl.UInt32))
    reasons = cases.select(places, kode=pl.col("check")).unique().group_by("index").agg(pl.col("kode").sort())
    reasons = reasons.sort("index")
    return without_rows(df, reasons["index"]), df[reasons["index"]].with_columns(reasons["kode"])


def _require_columns(cases: pl.DataFrame, model: type[Table]) -> None:
    """Raise an error if a failure case concerns the whole frame: a column is missing, extra or of another type."""
    whole_frame = cases.filter(pl.col("index").is_null())
    if whole_frame.height:
        # For a missing or extra column pandera reports the frame as `column` and the column as `failure_case`.
        description = pl.format("{} {} ({})", "column", "check", "failure_case")
        problems = whole_frame.select(description).unique().to_series().sort().to_list()
        message = f"{model.__name__}: {'; '.join(problems)}"
        raise BrokenContractError(message)


def _without_failures(df: pl.DataFrame) -> pl.DataFrame:
    return df.clear().with_columns(kode=pl.lit(None, pl.List(pl.String)))


def without_rows(df: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """A frame without some of its rows.

    Args:
        df: any frame.
        places: sorted indices of the rows to leave out.
    """
    if len(places) == 0:
        return df
    if len(places) > _MAX_SLICES:
        return df.filter(~pl.int_range(pl.len(), dtype=pl.UInt32).is_in(places.implode()))
    # Slices copy nothing; a filter would copy the whole frame to drop a few rows.
    cuts = [-1, *places.to_list(), df.height]
    return pl.concat([df[above + 1 : below] for above, below in pairwise(cuts)])


@dataclass(frozen=True)
class Inspection:
    """The result of checking a frame against its promised table.

    Attributes:
        frame: the rows that keep the contract, cast to the declared types, sorted by the key.
        broken: code of a broken rule → number of rows that break it.
        repeated: number of rows whose key occurred before.
    """

    frame: pl.DataFrame
    broken: dict[str, int]
    repeated: int


def inspect(df: pl.DataFrame, table: PromisedTable) -> Inspection:
    """Cast a frame to the declared types, sort it by the key and check it against the contract of the table.

    Columns that the table does not declare are dropped.

    Raises:
        BrokenContractError: a column is missing or cannot be cast. The message shows no values.
    """
    schema = polars_schema(table.model)
    missing = [name for name in schema if name not in df.columns]
    if missing:
        message = f"{table.full_name}: columns missing: {', '.join(missing)}"
        raise BrokenContractError(message)
    try:
        typed = df.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
    except pl.exceptions.PolarsError:
        # Polars' own message would show the values.
        wrong = [f"{name} is {df[name].dtype}" for name, dtype in schema.items() if df[name].dtype != dtype]
        message = f"{table.full_name}: cannot be cast to the declared types: {', '.join(wrong)}"
        raise BrokenContractError(message) from None
    good, failures = split(typed.sort(table.key, nulls_last=True), table.model)
    broken = failures["kode"].explode().value_counts().sort("kode")
    same_as_above = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in table.key)
    return Inspection(good, dict(broken.iter_rows()), good.select(same_as_above.slice(1).sum()).item())


@dataclass
class Tally:
    """Violations in the pieces of a table that were checked so far.

    Attributes:
        broken: code of a broken rule → number of rows that break it.
        repeated: number of rows whose key occurred before.
    """

    broken: Counter[str] = field(default_factory=Counter)
    repeated: int = 0


def inspect_pieces(pieces: Iterable[pl.DataFrame], table: PromisedTable, tally: Tally) -> Iterator[pl.DataFrame]:
    """Like `inspect`, for a table in pieces: yields each checked piece and adds its violations to `tally`.

    Args:
        pieces: rows, in pieces that follow each other in the order of the key; key columns are never null.
        table: the promised table.
        tally: receives the counts; complete after the last piece.

    Raises:
        BrokenContractError: as in `inspect`, or pieces are out of order. The message shows no values.
    """
    last_key: tuple[Any, ...] | None = None
    for piece in pieces:
        inspection = inspect(piece, table)
        tally.broken.update(inspection.broken)
        tally.repeated += inspection.repeated
        keys = inspection.frame.select(table.key)
        if keys.height:
            if last_key is not None and keys.row(0) <= last_key:
                if keys.row(0) < last_key:
                    message = f"{table.full_name}: its pieces do not come in the order of the key"
                    raise BrokenContractError(message)
                tally.repeated += 1
            last_key = keys.row(-1)
        yield inspection.frame


def enforce(df: pl.DataFrame, table: PromisedTable) -> pl.DataFrame:
    """Like `inspect`, but any violation is an error.

    Raises:
        BrokenContractError: a row or column breaks the contract, or the key is not unique. The message shows no values.
    """
    inspection = inspect(df, table)
    if inspection.broken or inspection.repeated:
        message = f"{table.full_name}: broken rules {inspection.broken}, {inspection.repeated} repeated keys"
        raise BrokenContractError(message)
    return inspection.frame
