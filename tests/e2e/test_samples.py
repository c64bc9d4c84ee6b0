"""The main job on raw extracts that no one on the project wrote, against their truth."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import padan

pytestmark = [pytest.mark.slow, pytest.mark.samples]


@pytest.fixture(scope="module")
def scores(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    folder = tmp_path_factory.mktemp("samples")
    shutil.copytree(samples / "raw", folder / "raw", copy_function=shutil.copyfile)
    result = padan("run", "--data-dir", folder, "--periode", "2022-12")
    assert result.returncode == 0, result.stdout + result.stderr
    shutil.copytree(samples / "truth", folder / "truth", copy_function=shutil.copyfile)
    evaluated = padan("evaluate", "--data-dir", folder, "--json", folder / "nilai.json")
    assert evaluated.returncode == 0, evaluated.stderr
    return json.loads((folder / "nilai.json").read_text())


def test_every_file_is_read_and_every_row_and_rupiah_accounted_for(scores: dict):
    assert scores["files"]["rows"]["share"] == 1
    assert scores["files"]["amounts"]["share"] == 1
    assert scores["files"]["balanced"]["share"] == 1
    assert scores["files"]["rows"]["of"] == 51


def test_what_must_be_refused_is_refused_and_nothing_else(scores: dict):
    assert scores["quarantine"]["agreement"]["share"] == 1
    assert scores["quarantine"]["without_cause"] == 0


def test_realisation_agrees_in_every_cell(scores: dict):
    assert scores["realisasi"]["share"] == 1
    assert scores["realisasi"]["of"] > 6000


def test_payments_stand_in_their_last_state_at_the_printed_place(scores: dict):
    assert {scores["payments"][fact]["share"] for fact in ("status_bayar", "nominal", "kode_desa")} == {1}


def test_the_match_is_as_good_as_a_splink_whose_cut_off_knew_the_truth(scores: dict):
    f1 = {row["cara"]: row["f1"] for row in scores["persons"]}
    assert f1["KEMENSOS"] == pytest.approx(0.920, abs=0.0005)
    assert f1["PERSIS"] == pytest.approx(0.857, abs=0.0005)
    assert f1["PADAN"] >= 0.9993
    assert scores["automatic"]["share"] == 1
    assert scores["review"]["share"] <= 0.02
    assert (scores["ambiguous"]["guessed"], scores["ambiguous"]["reviewed"]) == (0, 3)
    assert {row["kolom"]: row["salah"] for row in scores["corrections"]} == {"nik": 0, "no_kk": 0}


def test_households_and_duplicates_are_found(scores: dict):
    assert scores["households"]["precision"]["share"] >= 0.9995
    assert scores["households"]["recall"]["share"] >= 0.995
    assert scores["duplicates"][0]["f1"] >= 0.99
