"""The limits file: defaults, an officer's own values, and sentences instead of tracebacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.settings import SettingsError, load_limits
from schemas.rules import RULES, Severity
from schemas.thresholds import RULE_LIMITS


def test_defaults_hold_where_nothing_is_said(tmp_path: Path):
    limits = load_limits(tmp_path)
    assert limits.gerbang.baris_ditolak == 20
    findings = {rule.code for rule in RULES.values() if rule.severity is Severity.FINDING}
    assert set(limits.temuan) <= findings


def test_an_own_value_overrules_only_itself(tmp_path: Path):
    (tmp_path / "ambang.toml").write_text("[gerbang]\nbaris_ditolak = 5\n[temuan]\nKK_RUSAK = 12.5\n")
    limits = load_limits(tmp_path)
    assert limits.gerbang.baris_ditolak == 5
    assert limits.gerbang.penyusutan_baris == load_limits(tmp_path / "kosong").gerbang.penyusutan_baris
    assert limits.temuan["KK_RUSAK"] == 12.5
    assert "NIK_KOSONG" in limits.temuan


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[gerbang\n", "TOML"),
        ("[gerbang]\nbaris_ditolk = 5\n", "gerbang.baris_ditolk"),
        ("[gerbang]\nbaris_ditolak = 500\n", "gerbang.baris_ditolak"),
        ("[temuan]\nNIK_KOSONG = 'banyak'\n", "temuan.NIK_KOSONG"),
        ("gerbang = 5\n", "TOML"),
        ("[aturan]\numur_tertinggi = 110\n", "semua data"),
    ],
)
def test_an_unusable_file_is_refused_with_a_sentence(tmp_path: Path, text: str, says: str):
    (tmp_path / "ambang.toml").write_text(text)
    with pytest.raises(SettingsError, match=says):
        load_limits(tmp_path)


def test_sentences_take_the_numbers_of_their_rules_from_the_file():
    assert f"lebih dari {RULE_LIMITS.umur_tertinggi} tahun" in RULES["DtksStaged", "TGL_MUSTAHIL"].sentence
    assert f"tanggal {RULE_LIMITS.hari_laporan} bulan" in RULES["PendampingStaged", "LAPORAN_TERLAMBAT"].sentence
