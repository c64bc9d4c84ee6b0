from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.places import Places
from pipeline.warehouse.store.parquet import write_parquet
from pipeline.warehouse.workbooks.answer_weights import store_weights, stored_weights

ROW, NIK, NEIGHBOUR = "9" * 16, "3604041211870001", "3604041211870002"


def _write_weights(places: Places, nik: str, bits: float, rule: str = "NIK") -> None:
    link = {"id_dtks": [ROW], "nik_dukcapil": [nik], "bobot": [bits], "aturan": [[rule]], "alasan": [["NAMA_BEDA"]]}
    facts = {"id_dtks": [ROW], "nama": ["BEDA"], "bobot_nama": [bits]}
    write_parquet(pl.DataFrame(link), places.stored("link/anggota_dukcapil", "2022-12"))
    outcome = pl.Enum(["BEDA", "SAMA"])
    write_parquet(pl.DataFrame(facts, schema_overrides={"nama": outcome}), places.stored("link/bobot_fakta", "2022-12"))


def _store_answer(places: Places, nik: str, name: str) -> None:
    places.decisions.mkdir(exist_ok=True)
    store_weights(pl.DataFrame({"id_dtks": [ROW], "nik_dukcapil": [nik]}), name, places)


def test_what_was_weighed_outlives_the_runs_that_weigh_the_pair_no_more(tmp_path: Path):
    places = Places(tmp_path)
    _store_answer(places, NIK, "1.parquet")
    assert stored_weights(places).is_empty()
    _write_weights(places, NIK, 5.0)
    _store_answer(places, NIK, "2.parquet")
    _write_weights(places, NIK, 0.0, "PETUGAS")
    _store_answer(places, NIK, "3.parquet")
    (kept,) = stored_weights(places).rows(named=True)
    assert kept == {
        "id_dtks": ROW, "nik_dukcapil": NIK, "bobot": 5.0, "alasan": ["NAMA_BEDA"], "nama": "BEDA", "bobot_nama": 5.0,
    }  # fmt: skip
    assert [file.stat().st_mode & 0o777 for file in places.decisions.rglob("*.parquet")] == [0o600]


@pytest.mark.parametrize("weighed", [NIK, NEIGHBOUR])
def test_the_weights_of_another_resident_are_not_those_of_the_pair(tmp_path: Path, weighed: str):
    places = Places(tmp_path)
    _write_weights(places, weighed, 5.0)
    _store_answer(places, NIK, "1.parquet")
    assert stored_weights(places).height == (weighed == NIK)
