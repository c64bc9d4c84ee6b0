"""Effects of payment files that changed since the last run."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.places import Places
from pipeline.realisation.since_last_run import has_readable_frames
from pipeline.warehouse.publication import Publication
from schemas.extracts.payments import Pos
from schemas.marts.alokasi import Alokasi
from schemas.staged import PosStaged
from schemas.table import polars_schema


@pytest.mark.parametrize("older", [None, "raw/pos", "staged/pos", "mart/alokasi"])
def test_what_a_version_with_other_columns_left_is_not_read(older: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    models = {"raw/pos": Pos, "staged/pos": PosStaged, "mart/alokasi": Alokasi}
    left = {key: pl.LazyFrame(schema=polars_schema(model)) for key, model in models.items()}
    monkeypatch.setattr(Publication, "scan", lambda _, key: left[key].drop("tahap") if key == older else left[key])
    assert has_readable_frames(Publication(Places(Path()), "2022-12")) == (older is None)
