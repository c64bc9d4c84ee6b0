"""Names of a run's steps for officers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets.jobs import MAIN_JOB
from pipeline.command.steps import step_label
from pipeline.definitions import build_defs
from schemas.catalogue import promised_tables


def test_every_step_of_the_main_job_is_told_in_words_or_by_the_name_of_its_table(tmp_path: Path):
    steps = [node.name for node in build_defs(tmp_path).resolve_job_def(MAIN_JOB).all_node_defs]
    actual = [step_label(step) for step in steps]
    assert len(set(actual)) == len(steps)
    tables = {f"Penyusunan {name}" for name in promised_tables()}
    assert not [words for words in actual if words not in tables and not re.fullmatch(r"[A-Z][A-Za-z ]+", words)]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("raw/berkas", "Pendaftaran berkas"),
        ("raw__dtks", "Pembacaan DTKS"),
        ("raw__dtsen_keluarga", "Pembacaan keluarga DTSEN"),
        ("staged_pos", "Pemeriksaan berkas bayar"),
        ("mart_realisasi_harian", "Penyusunan mart.realisasi_harian"),
        ("quality/rekonsiliasi", "Penyusunan quality.rekonsiliasi"),
    ],
)
def test_words(step: str, words: str):
    assert step_label(step) == words
