"""The file of limits: defaults, overridden values, and sentences instead of tracebacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.settings import default_limits, load_limits
from schemas.limits_file import REFERENCE_LIMITS, SettingsError
from schemas.rules import RULES, Severity
from schemas.thresholds import RULE_LIMITS, rule_limits


def test_defaults_hold_where_nothing_is_said(tmp_path: Path):
    limits = load_limits(tmp_path)
    assert limits.gerbang.baris_ditolak == 20
    findings = {rule.code for rule in RULES.values() if rule.severity is Severity.FINDING}
    assert set(limits.temuan) <= findings


def test_an_own_value_overrules_only_itself(tmp_path: Path):
    # As Notepad saves it.
    text = "[gerbang]\nbaris_ditolak = 5\n[temuan]\nKK_RUSAK = 12.5\n"
    (tmp_path / "ambang.toml").write_text(text, encoding="utf-8-sig")
    limits = load_limits(tmp_path)
    assert limits.gerbang.baris_ditolak == 5
    assert limits.gerbang.penyusutan_baris == load_limits(tmp_path / "kosong").gerbang.penyusutan_baris
    assert limits.temuan["KK_RUSAK"] == 12.5
    assert "NIK_KOSONG" in limits.temuan


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[gerbang\n", "baris 1: bukan berkas TOML yang benar"),
        ("# batas\n[gerbang]\nbaris_ditolak = 2,5 # persen\n", r"baris 3: pecahan ditulis dengan titik: 2\.5\."),
        ('[gerbang]\na = """', "baris 2: bukan berkas TOML yang benar"),
        ("[gerbang]\nbaris_ditolk = 5\n", "Batas baris_ditolk .*tidak dikenal; yang paling mirip: baris_ditolak"),
        ("[gerbnag]\nbaris_ditolak = 5\n", r"Bagian \[gerbnag\] tidak dikenal; yang paling mirip: gerbang"),
        ("[temuan]\nNIK_KOSNG = 5\n", "NIK_KOSNG .*tidak dikenal; yang paling mirip: NIK_KOSONG"),
        ("[temuan]\nnik_kosong = 5\n", "yang paling mirip: NIK_KOSONG"),
        ("[memori]\nbaris_ditolak = 5\n", r"baris_ditolak termasuk bagian \[gerbang\], bukan \[memori\]"),
        ("[gerbang]\nbaris_ditolak = 500\n", r"baris_ditolak di bagian \[gerbang\] harus angka dari 0 sampai 100\."),
        ("[gerbang]\nbaris_ditolak = nan\n", "harus angka dari 0 sampai 100"),
        ("[gerbang.baris_ditolak]\na = 1\n", "harus angka dari 0 sampai 100"),
        ("[temuan]\nNIK_KOSONG = 'banyak'\n", r"NIK_KOSONG di bagian \[temuan\] harus angka dari 0 sampai 100\."),
        ("[gerbang]\nbaris_ditolak = true\n", "harus angka dari 0 sampai 100"),
        ("[temuan]\nNIK_KOSONG = -1\n", "harus angka dari 0 sampai 100"),
        ("[kerusakan]\nberakhir_nol = 5\n", "harus angka di atas 10 sampai 100"),
        ("[memori]\nbaris_sekaligus = 0\n", "harus bilangan bulat dari 1 ke atas"),
        # Of millions of people it would take hours.
        ("[memori]\npasangan_sekaligus = 100\n", "harus bilangan bulat dari 65536 ke atas"),
        ("baris_ditolak = 5\n", r"baris_ditolak tidak berada di bawah bagiannya: tulis baris \[gerbang\]"),
        ("baris = 5\n", r"baris tidak berada .* tidak dikenal; yang paling mirip: baris_\w+ di bawah baris \[\w+\]"),
        ("gerbang = 5\n", r"gerbang adalah bagian: tulis \[gerbang\]"),
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


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"aturan": 5},
        {"aturan": {"umur_tertingi": 120, "hari_laporan": 10}},
        {"aturan": {"umur_tertinggi": 120}},
        {"aturan": {"umur_tertinggi": 120, "hari_laporan": 10, "hari": 1}},
        {"aturan": {"umur_tertinggi": "120", "hari_laporan": 10}},
        {"aturan": {"umur_tertinggi": True, "hari_laporan": 10}},
        {"aturan": {"umur_tertinggi": 0, "hari_laporan": 10}},
    ],
)
def test_numbers_of_rules_that_cannot_be_used_are_told_in_a_sentence(said: dict[str, object]):
    with pytest.raises(SettingsError, match=r"\[aturan\] harus berisi umur_tertinggi dan hari_laporan saja"):
        rule_limits(said)


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ("penyusutan_baris =", "penyusutan_bars =", "penyusutan_bars .*yang paling mirip: penyusutan_baris"),
        ("penyusutan_baris = 50.0", "", r"penyusutan_baris di bagian \[gerbang\] harus angka"),
        ("[memori]", "[memry]", r"Bagian \[memry\] tidak dikenal"),
        ("[gerbang]", "[gerbang", "bukan berkas TOML"),
    ],
)
def test_a_mistake_in_the_file_of_the_reference_is_told_in_a_sentence(
    written: str, instead: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    mistaken = tmp_path / "acuan.toml"
    mistaken.write_text(REFERENCE_LIMITS.read_text(encoding="utf-8").replace(written, instead), encoding="utf-8")
    monkeypatch.setattr("pipeline.settings.REFERENCE_LIMITS", mistaken)
    default_limits.cache_clear()
    with pytest.raises(SettingsError, match=says):
        load_limits(tmp_path)
    default_limits.cache_clear()
