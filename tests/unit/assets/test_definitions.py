"""The Dagster side: the graph as reviewed, descriptions for officers, blocking checks that block, the schedule."""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

import assets
import pipeline
import reports
import schemas
from assets.cleansed import tidak_ada_yang_hilang
from assets.figures import key_figures
from assets.promise import promised_asset
from assets.published import _failed_gates
from assets.running import close_killed_runs, process_tags
from assets.store import DataDirectory, ParquetStore
from pipeline.definitions import build_defs
from schemas.catalogue import promised_tables
from schemas.table import polars_schema

ROOT = Path(__file__).resolve().parents[3]
SNAPSHOT = Path(__file__).with_name("graph.json")


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> dg.AssetGraph:
    defs = build_defs(tmp_path_factory.mktemp("data"))
    dg.Definitions.validate_loadable(defs)
    return defs.resolve_asset_graph()


def _described(graph: dg.AssetGraph) -> dict[str, dict[str, object]]:
    return {
        key.to_user_string(): {
            "group": node.group_name,
            "from": sorted(parent.to_user_string() for parent in node.parent_keys),
            "partitioned": node.partitions_def is not None,
            "checks": sorted(check.name for check in node.check_keys),
        }
        for key in sorted(graph.materializable_asset_keys)
        for node in [graph.get(key)]
    }


def test_the_graph_is_the_reviewed_one(graph: dg.AssetGraph):
    """After an intended change: delete graph.json, run this test once, review the new file."""
    found = json.dumps(_described(graph), indent=1, sort_keys=True) + "\n"
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(found)
        pytest.fail("graph.json was missing; it is written now, review it")
    assert found == SNAPSHOT.read_text()


def test_every_asset_tells_an_officer_what_it_is(graph: dg.AssetGraph):
    layers = {"raw", "staged", "matched", "cleansed", "marts", "published"}
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        assert node.description, key
        assert node.description.endswith("."), key
        assert node.owners, key
        assert node.kinds, key
        assert node.group_name in layers, key


def test_layers_only_look_upstream(graph: dg.AssetGraph):
    order = ["raw", "staged", "matched", "cleansed", "marts", "published"]
    for key in graph.materializable_asset_keys:
        for parent in graph.get(key).parent_keys:
            assert order.index(graph.get(parent).group_name) <= order.index(graph.get(key).group_name), (parent, key)


def test_every_promised_table_is_an_asset_with_its_columns_and_blocking_checks(graph: dg.AssetGraph):
    for table in promised_tables().values():
        node = graph.get(dg.AssetKey([table.schema, table.name]))
        shown = [column.name for column in node.metadata["dagster/column_schema"].columns]
        assert shown == list(polars_schema(table.model))
        assert all(column.description for column in node.metadata["dagster/column_schema"].columns)
        demands = [
            each for column in node.metadata["dagster/column_schema"].columns for each in column.constraints.other
        ]
        assert not [each for each in demands if not each.startswith(("salah satu: ", "paling ", "pola "))]
        assert {"kontrak", "kunci_unik"} <= {check.name for check in node.check_keys}


def _materialise(tmp_path: Path, fill: pl.DataFrame) -> dg.ExecuteInProcessResult:
    @promised_asset("link.ganda", group="matched", ins={})
    def table() -> pl.DataFrame:
        return fill

    return dg.materialize(
        [table],
        partition_key="2022-12",
        resources={"io_manager": ParquetStore(path=str(tmp_path)), "data": DataDirectory(path=str(tmp_path))},
        raise_on_error=False,
    )


def _pairs(*pairs: tuple[str, str, str]) -> pl.DataFrame:
    rows = [{"id_dtks_a": a, "id_dtks_b": b, "jenis": kind, "bobot": 1.0} for a, b, kind in pairs]
    return pl.DataFrame(rows)


def test_a_table_that_keeps_its_promise_is_stored_with_its_row_count(tmp_path: Path):
    result = _materialise(tmp_path, _pairs(("2", "3", "ORANG_SAMA"), ("1", "2", "BARIS_SAMA")))
    assert result.success
    stored = pl.read_parquet(tmp_path / "home" / "store" / "link" / "ganda" / "2022-12.parquet")
    assert stored["id_dtks_a"].to_list() == ["1", "2"]
    assert stored["periode"].unique().to_list() == ["2022-12"]
    (event,) = result.get_asset_materialization_events()
    assert event.materialization.metadata["dagster/partition_row_count"].value == 2


def test_figures_tell_what_was_refused_and_paid_and_stand_for_columns_there_are():
    refused = {"sumber": "pos", "berkas": "a.csv", "lembar": None}
    rows = pl.LazyFrame([{**refused, "baris": 2}, {**refused, "baris": 2}, {**refused, "baris": 3}])
    assert key_figures("quality/karantina", rows) == {"baris_ditolak": 2}
    states = {"status_bayar": ["DIBAYAR", "DIBAYAR", "RETUR"], "nominal": [300, 200, 100]}
    result = key_figures("mart/pembayaran", pl.LazyFrame(states))
    assert (result["baris_dibayar"], result["rupiah_dibayar"], result["rupiah_retur"], result["rupiah_belum"]) == (
        2,
        500,
        100,
        0,
    )
    for table in promised_tables().values():
        empty = pl.LazyFrame(schema=polars_schema(table.model))
        assert set(key_figures(f"{table.schema}/{table.name}", empty).values()) <= {0}
    assert key_figures("mart/dim_waktu", pl.LazyFrame()) == {}


def test_gates_that_were_not_passed_are_told_by_name():
    gates = {"gerbang": "Baris dtks yang dikarantina", "nilai_ukur": 30.0, "batas": 20.0, "satuan": "%"}
    gates |= {"keterangan": "Persen dari baris yang masuk."}
    assert _failed_gates(pl.DataFrame([{**gates, "lulus": True}])) == {}
    result = _failed_gates(pl.DataFrame([{**gates, "lulus": False}]))
    assert result == {gates["gerbang"]: "30%, paling banyak 20%. Persen dari baris yang masuk."}


@pytest.mark.parametrize(
    ("frame", "check"),
    [
        (_pairs(("1", "2", "ORANG_SAMA"), ("1", "2", "ORANG_SAMA")), "kunci_unik"),
        (_pairs(("1", "2", "LAINNYA")), "kontrak"),
    ],
)
def test_a_broken_promise_fails_the_run(tmp_path: Path, frame: pl.DataFrame, check: str):
    result = _materialise(tmp_path, frame)
    assert not result.success
    failed = [evaluation.check_name for evaluation in result.get_asset_check_evaluations() if not evaluation.passed]
    assert failed == [check]


def test_a_lost_row_blocks_everything_after_the_reconciliation():
    ledger = pl.DataFrame({"berkas": ["dtks/a.csv", "dtks/b.csv"], "selisih_baris": [0, 1], "selisih_nominal": [0, 0]})
    assert tidak_ada_yang_hilang(ledger.head(1)).passed
    verdict = tidak_ada_yang_hilang(ledger)
    assert not verdict.passed
    assert verdict.metadata["berkas_berselisih"].value == ["dtks/b.csv"]
    (spec,) = tidak_ada_yang_hilang.check_specs
    assert spec.blocking


@pytest.mark.parametrize("package", [assets, pipeline, reports, schemas])
def test_our_packages_are_the_ones_imported(package: object):
    """Their names are common, and a package of the same name from another distribution would win silently."""
    assert Path(package.__file__).is_relative_to(ROOT)  # type: ignore[attr-defined]


def test_stale_runs_are_buried_with_the_pools_they_hold(tmp_path: Path):
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        alive = dg.DagsterRun(job_name="padan", status=dg.DagsterRunStatus.STARTED, tags=process_tags())
        dead_tags = {name: value.rpartition(":")[0] + ":99999999" for name, value in process_tags().items()}
        dead = dg.DagsterRun(job_name="padan", status=dg.DagsterRunStatus.STARTED, tags=dead_tags)
        for run in (alive, dead):
            instance.add_run(run)
        history = instance.event_log_storage
        history.set_concurrency_slots("terbitan", 1)
        assert history.claim_concurrency_slot("terbitan", dead.run_id, "terbitan").is_claimed
        close_killed_runs(instance)
        assert history.claim_concurrency_slot("terbitan", alive.run_id, "terbitan").is_claimed
        assert instance.get_run_by_id(alive.run_id).status == dg.DagsterRunStatus.STARTED
        assert instance.get_run_by_id(dead.run_id).status == dg.DagsterRunStatus.FAILURE
