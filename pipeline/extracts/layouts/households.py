"""Joins the two files of a BDT delivery: persons, and a description of their households."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipeline.extracts.grids.grid import BLANKS
from schemas.extracts import KINDS, Extract
from schemas.table import polars_schema

HOUSEHOLD_KIND = "bdt_rumah_tangga"
_EXTRACT_COLUMNS = tuple(name for name in polars_schema(Extract) if name != "baris")
# Columns that persons take from the household file.
_HOUSEHOLD_COLUMNS = ("alamat", "dusun")
# One of the two files may mark its numbers as text for spreadsheets: '3604…, ="3604…".
_AROUND_NUMBER = f"{BLANKS}='\"`"


def join_households(
    frames: Iterator[tuple[str, pl.DataFrame]], source: str, scratch: Path | None = None
) -> Iterator[pl.DataFrame]:
    """Yield frames of the source; persons described by a separate household file come last, with its columns.

    Households without persons are refused, so that the officer learns of them.

    Args:
        frames: kind and frame of each table.
        source: the source.
        scratch: the folder where those persons wait until all households are read; by default the system's for
            temporary files. What a killed run leaves there, the next one deletes
            (`pipeline.warehouse.periodes.begin_run`).
    """
    households = [pl.DataFrame(schema=polars_schema(KINDS[HOUSEHOLD_KIND]))]
    members = [households[0].select(_household_key())]
    with tempfile.TemporaryDirectory(prefix="padan-", suffix=".bangun", dir=scratch) as folder:
        waiting: list[Path] = []
        for kind, frame in frames:
            if kind == HOUSEHOLD_KIND:
                households.append(frame.filter(pl.col("rusak").is_null()))
                unread = frame.filter(pl.col("rusak").is_not_null()).select(*_EXTRACT_COLUMNS, "baris")
                yield _in_source_columns(unread, source)
                continue
            has_household_ids = (
                "id_rumah_tangga" in frame.columns and frame["id_rumah_tangga"].null_count() < frame.height
            )
            if has_household_ids:
                members.append(frame.select(_household_key()).unique())
            if has_household_ids and _lacks_household_columns(frame):
                waiting.append(Path(folder) / str(len(waiting)))
                frame.write_ipc(waiting[-1], compression="lz4")
            else:
                yield frame
        described = pl.concat(households).with_columns(_household_key())
        known = described.select(
            "id_rumah_tangga", *(pl.col(name).alias(f"{name}_ruta") for name in _HOUSEHOLD_COLUMNS)
        )
        known = known.drop_nulls("id_rumah_tangga").unique("id_rumah_tangga", keep="first", maintain_order=True)
        for path in waiting:
            yield _fill_from_households(pl.read_ipc(path), known)
    without_members = described.join(pl.concat(members), on="id_rumah_tangga", how="anti", maintain_order="left")
    without_members = without_members.select(*_EXTRACT_COLUMNS, "baris").with_columns(
        rusak=pl.lit("RUTA_TANPA_ANGGOTA")
    )
    yield _in_source_columns(without_members, source)


def _fill_from_households(persons: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Persons with blank household columns filled from the known households."""
    joined = persons.with_columns(_household_key()).join(known, on="id_rumah_tangga", how="left", maintain_order="left")
    filled = joined.with_columns(pl.coalesce(name, f"{name}_ruta").alias(name) for name in _HOUSEHOLD_COLUMNS)
    return filled.select(persons.columns)


def _household_key() -> pl.Expr:
    return pl.col("id_rumah_tangga").str.strip_chars(_AROUND_NUMBER)


def _lacks_household_columns(frame: pl.DataFrame) -> bool:
    rows = frame.filter(pl.col("id_rumah_tangga").is_not_null())
    return not rows.is_empty() and rows["alamat"].null_count() == rows.height


def _in_source_columns(unread: pl.DataFrame, source: str) -> pl.DataFrame:
    schema = polars_schema(KINDS[source])
    return unread.select(
        (pl.col(name) if name in unread.columns else pl.lit(None, pl.String)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )
