"""Splink on Febrl 4, with the comparisons that its own documentation uses on these files.

One run per process: python -m tests.benchmarks.febrl_splink FOLDER (written by `febrl.write_febrl`).
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import duckdb
import polars as pl
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from tests.benchmarks.measuring import Finished, measure

_TABLES = ("people", "registry")
_LEAST_WEIGHT = -4.0
_RULES = (
    ("soc_sec_id",),
    ("given_name", "surname"),
    ("given_name", "postcode"),
    ("surname", "postcode"),
    ("date_of_birth",),
    ("address_1", "street_number"),
    ("suburb", "surname"),
    ("postcode", "street_number"),
    ("surname", "street_number"),
)


def link_by_splink(folder: Path) -> Finished:
    """Splink with the comparisons that its own documentation uses on these files."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    connection = duckdb.connect()
    for name in _TABLES:
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{folder / name}.parquet')")
    api = DuckDBAPI(connection)
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
            cl.JaroWinklerAtThresholds("suburb", [0.9, 0.7]),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            cl.ExactMatch("state"),
        ],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in _RULES],
        retain_matching_columns=False,
    )
    tables = [api.register(name, dataset_display_name=name) for name in _TABLES]
    linker = Linker(tables, settings, log_level=None)
    sure = [block_on("soc_sec_id", "surname"), block_on("given_name", "surname", "date_of_birth")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for rule in (block_on("soc_sec_id"), block_on("given_name", "surname")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    blocked = linker.inference.compute_blocked_pairs_for_predict().physical_name
    scored = linker.inference.predict(threshold_match_weight=_LEAST_WEIGHT).physical_name
    sides = ("id_l", "id_r")
    mine, theirs = sides if _left_is_people(connection, scored) else sides[::-1]
    best = connection.sql(
        f"SELECT {mine} AS id_dtks, arg_max({theirs}, match_weight) AS nik_dukcapil, max(match_weight) AS bobot "
        f"FROM {scored} GROUP BY ALL"
    ).pl()
    return Finished(best, lambda truth: _blocked(connection, blocked, truth))


def _left_is_people(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    ((left,),) = connection.sql(f"SELECT id_l FROM {table} LIMIT 1").fetchall()
    return "dup" in left


def _blocked(connection: duckdb.DuckDBPyConnection, table: str, truth: pl.DataFrame) -> tuple[int, float]:
    connection.register("kebenaran", truth.to_arrow())
    left, right = (f"split_part(join_key_{side}, '-__-', 2)" for side in "lr")
    (pairs, hits), *_ = connection.sql(
        f"SELECT (SELECT count(*) FROM {table}), (SELECT count(*) FROM kebenaran SEMI JOIN {table} "
        f"ON least({left}, {right}) = least(id_dtks, nik_benar) AND greatest({left}, {right}) "
        "= greatest(id_dtks, nik_benar))"
    ).fetchall()
    return pairs, hits / truth.height


if __name__ == "__main__":
    where = Path(sys.argv[1])
    measure(where, lambda: link_by_splink(where))
