"""Dagster's entry point: all assets, checks, the job, its schedule and its sensors."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import dagster as dg

import assets
from assets.arrival import arrival_sensor, follow_sensor
from assets.jobs import MAIN_JOB, daily_schedule, main_job
from assets.running import STEP_LOGGER, step_logger
from assets.store import DataDirectory, ParquetStore
from pipeline.places import Places

DATA_DIR_VARIABLE = "PADAN_DATA_DIR"
_DEFAULT_DATA_DIR = Path(__file__).resolve().parents[1] / "data"


def build_defs(data_dir: Path) -> dg.Definitions:
    """The whole pipeline for one data directory; all steps run in one process, Polars and DuckDB use all cores."""
    places = Places(data_dir.resolve())
    return dg.Definitions(
        assets=dg.load_assets_from_package_module(assets),
        asset_checks=dg.load_asset_checks_from_package_module(assets),
        jobs=[main_job],
        schedules=[daily_schedule(places)],
        sensors=[arrival_sensor(places), follow_sensor],
        loggers={STEP_LOGGER: step_logger},
        executor=dg.in_process_executor,
        resources={"data": DataDirectory(path=str(data_dir)), "io_manager": ParquetStore(path=str(data_dir))},
    )


@cache
def main_job_over(data_dir: str) -> dg.JobDefinition:
    """The main job for one data directory, for `dg.build_reconstructable_job`, which calls this several times a run."""
    return build_defs(Path(data_dir)).resolve_job_def(MAIN_JOB)


defs = build_defs(Path(os.environ.get(DATA_DIR_VARIABLE, _DEFAULT_DATA_DIR)))
