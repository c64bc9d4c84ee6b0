"""A run begins with the ledger of files, which invalidates the gate results of the run before."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from assets.raw import berkas
from assets.store import DataDirectory, ParquetStore
from pipeline.places import Places
from pipeline.warehouse.periodes import LEDGER, State, newest_stored_periode, stored_state
from tests.unit.runs import write_gate_results, write_publications


def test_the_verdict_of_before_is_forgotten_when_a_run_begins(tmp_path: Path) -> None:
    places = Places(tmp_path)
    write_gate_results(places, "2022-11", "2022-12")
    write_publications(places, "2022-11", "2022-12")
    resources = {"data": DataDirectory(path=str(tmp_path)), "io_manager": ParquetStore(path=str(tmp_path))}
    with dg.DagsterInstance.ephemeral() as instance:
        assert dg.materialize([berkas], instance=instance, partition_key="2022-12", resources=resources).success
    assert places.stored(LEDGER, "2022-12").exists()
    assert newest_stored_periode(places) == "2022-12"
    assert [stored_state(places, periode) for periode in ("2022-11", "2022-12")] == [State.DONE, State.UNFINISHED]
