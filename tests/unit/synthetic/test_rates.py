from __future__ import annotations

import pytest

from pipeline.synthetic.rates import Rates


def test_rates_outside_the_unit_interval_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="nik_kosong"):
        Rates(nik_kosong=1.2)


def test_default_nik_damage_adds_up_to_the_documented_eleven_percent() -> None:
    rates = Rates()
    lost = ("kosong", "kosong_kk", "kurang", "lebih", "huruf", "ilmiah", "seri_nol", "pemisah", "isian", "rusak")
    wrong = ("tgl_mustahil", "salah_1", "salah_2", "tukar_angka")
    assert 0.09 < sum(getattr(rates, f"nik_{kind}") for kind in (*lost, *wrong)) < 0.13
