"""Splink on DuckDB for the same frames, configured as well as we can, training included.

One run per process: python -m tests.benchmarks.splink_side FOLDER light|standard. `light` compares numbers by
Jaro-Winkler and uses no edit distance; `standard` is Splink's own advice for names and dates with edit distances on
NIK. Blocking is by six rules that together find as many true pairs as ours do (`linking` prints both recalls).
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from tests.benchmarks.measuring import Finished, measure

# Pairs below are never at the chosen threshold and would only cost Splink time.
_LEAST_WEIGHT = -4.0
_RECALL_OF_SURE = 0.75

_COLUMNS = (
    "no_kk, nik, left(nik, 12) AS nik_awal, nama_banding, left(nama_banding, 3) AS nama_awal, "
    "strftime(tanggal_lahir, '%m%d') AS hari_lahir, strftime(tanggal_lahir, '%Y-%m-%d') AS tgl, jenis_kelamin, "
    "nama_ibu_kandung, kode_desa, kode_kec, kode_kab"
)
_RULES = (
    ("nik_awal",),
    ("no_kk",),
    ("nama_banding", "kode_kec"),
    ("tgl", "kode_kec"),
    ("tgl", "nama_awal"),
    ("nama_banding", "hari_lahir"),
)


def settings(kind: str) -> SettingsCreator:
    """Splink's settings of one kind, `light` or `standard`."""
    date_levels = [
        cll.NullLevel("tgl"),
        cll.ExactMatchLevel("tgl"),
        cll.CustomLevel("left(tgl_l, 7) = left(tgl_r, 7)", "same month"),
        cll.CustomLevel("right(tgl_l, 5) = right(tgl_r, 5)", "same day of another year"),
        cll.CustomLevel("left(tgl_l, 4) = left(tgl_r, 4)", "same year"),
        cll.ElseLevel(),
    ]
    place_levels = [
        cll.NullLevel("kode_kab"),
        cll.ExactMatchLevel("kode_desa"),
        cll.ExactMatchLevel("kode_kec"),
        cll.ExactMatchLevel("kode_kab"),
        cll.ElseLevel(),
    ]
    light = kind == "light"
    number: Any = (
        cl.JaroWinklerAtThresholds("nik", [0.97, 0.92]) if light else cl.DamerauLevenshteinAtThresholds("nik", [1, 2])
    )
    born: Any = (
        cl.CustomComparison(date_levels, output_column_name="tgl")
        if light
        else cl.DateOfBirthComparison(
            "tgl", input_is_string=True, datetime_thresholds=[1, 1, 10], datetime_metrics=["month", "year", "year"]
        )
    )
    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name="nomor",
        comparisons=[
            number,
            cl.NameComparison("nama_banding"),
            born,
            cl.ExactMatch("jenis_kelamin"),
            cl.NameComparison("nama_ibu_kandung", jaro_winkler_thresholds=[0.9]),
            cl.ExactMatch("no_kk"),
            cl.CustomComparison(place_levels, output_column_name="tempat"),
        ],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in _RULES],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )


def link(folder: Path, kind: str) -> Finished:
    """Train, predict and take the best resident of each row."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    connection = duckdb.connect()
    for name, key, file in (("orang", "id_dtks", "people"), ("warga", "nik", "registry")):
        connection.execute(
            f"CREATE TABLE {name} AS SELECT {key} AS nomor, {_COLUMNS} FROM read_parquet('{folder / file}.parquet')"
        )
    api = DuckDBAPI(connection)
    tables = [api.register(name, dataset_display_name=name) for name in ("orang", "warga")]
    linker = Linker(tables, settings(kind), log_level=None)
    sure = [block_on("nik", "nama_banding"), block_on("nama_banding", "tgl", "kode_desa")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=_RECALL_OF_SURE)
    linker.training.estimate_u_using_random_sampling(seed=1)
    for rule in (block_on("nik"), block_on("nama_banding", "tgl")):
        # Term frequencies would slow the training down and hardly change its figures.
        linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)
    blocked = linker.inference.compute_blocked_pairs_for_predict().physical_name
    scored = linker.inference.predict(threshold_match_weight=_LEAST_WEIGHT).physical_name
    best = connection.sql(
        "SELECT nomor_l AS id_dtks, arg_max(nomor_r, match_weight) AS nik_dukcapil, max(match_weight) AS bobot "
        f"FROM {scored} GROUP BY ALL"
    ).pl()
    return Finished(best, lambda truth: _blocked(connection, blocked, truth))


def _blocked(connection: duckdb.DuckDBPyConnection, table: str, truth: pl.DataFrame) -> tuple[int, float]:
    """Number of pairs blocked, and the share of true pairs among them."""
    connection.register("kebenaran", truth.to_arrow())
    left, right = (f"split_part(join_key_{side}, '-__-', 2)" for side in "lr")
    (pairs, hits), *_ = connection.sql(
        f"SELECT (SELECT count(*) FROM {table}), (SELECT count(*) FROM kebenaran SEMI JOIN {table} "
        f"ON {left} = id_dtks AND {right} = nik_benar)"
    ).fetchall()
    return pairs, hits / truth.height


if __name__ == "__main__":
    folder, kind = Path(sys.argv[1]), sys.argv[2]
    measure(folder, lambda: link(folder, kind))
