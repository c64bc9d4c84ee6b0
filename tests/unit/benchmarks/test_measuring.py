from __future__ import annotations

import polars as pl
import pytest

from tests.benchmarks.linking import table
from tests.benchmarks.measuring import quality

TRUTH = pl.DataFrame(
    {"id_dtks": ["a", "b", "c", "d"], "nik_benar": ["1", "2", None, "4"], "nik_alt": [None, "22", None, None]},
    schema_overrides={"nik_benar": pl.String, "nik_alt": pl.String},
)


def test_links_without_weights_count_as_they_are() -> None:
    found = quality(TRUTH, pl.DataFrame({"id_dtks": ["a", "b", "c"], "nik_dukcapil": ["1", "22", "9"]}))
    assert found["n"] == 4
    assert found["precision"] == pytest.approx(2 / 3)
    assert found["recall"] == pytest.approx(2 / 3)


def test_the_peer_gets_the_threshold_with_the_best_f1() -> None:
    links = pl.DataFrame(
        {"id_dtks": ["a", "b", "c", "d"], "nik_dukcapil": ["1", "2", "9", "4"], "bobot": [9.0, 8.0, 5.0, 5.0]}
    )
    found = quality(TRUTH, links)
    # Down to 5.0 both links of that weight are taken, the wrong one too: 3 right, 1 wrong, none missing.
    assert found["bobot"] == 5.0
    assert found["f1"] == pytest.approx(6 / 7)


def test_the_table_tells_every_side_in_a_line() -> None:
    figures = {"seconds": 2.0, "cpu": 3.0, "gib": 0.5, "pairs": 1000, "blocked": 0.999}
    right = {"precision": 1.0, "recall": 0.5, "f1": 2 / 3}
    result = {
        "warga": 1_000_000,
        "dtks": 350_000,
        "profil": "hard",
        "sisi": "padan",
        **figures,
        **right,
        "kali": 1.0,
        "kali_cpu": None,
    }
    assert table([result]).splitlines()[-1] == (
        "| 1.00 M × 0.35 M | hard | padan | 2.0 | 3.0 | 0.50 | 1,000 | 0.9990 | 1.00000 | 0.50000 | 0.66667 | 1.0 |  |"
    )
