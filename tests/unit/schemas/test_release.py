"""The release's schema under its compatibility rule: incompatible changes need a new version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.warehouse.store.database import duckdb_type
from schemas.release import CHANGES, RELEASE, SCHEMA_VERSION
from schemas.table import polars_schema

SNAPSHOT = Path(__file__).with_name("release.json")


def _now() -> dict[str, object]:
    tables = {
        table.name: {
            "key": list(table.key),
            "columns": {name: duckdb_type(dtype) for name, dtype in polars_schema(table.model).items()},
        }
        for table in (*RELEASE.values(), CHANGES)
    }
    return {"schema_version": SCHEMA_VERSION, "tables": tables}


def test_the_schema_is_the_one_reviewed_for_its_version():
    """After an intended change: raise SCHEMA_VERSION, delete release.json, run this once, review the file."""
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(json.dumps(_now(), indent=1) + "\n")
        pytest.fail("release.json was missing; it is written now, review it")
    assert json.loads(SNAPSHOT.read_text()) == _now()


def test_every_column_is_explained():
    assert all(column.description for table in (*RELEASE.values(), CHANGES) for column in table.columns.values())
