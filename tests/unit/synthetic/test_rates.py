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


def test_times_raises_written_errors_only_and_never_beyond_nine_in_ten() -> None:
    rates = Rates().scale_writing_errors(2.5)
    assert rates.nik_salah_1 == pytest.approx(2.5 * Rates().nik_salah_1)
    assert rates.kembar == Rates().kembar
    assert rates.kk_lain == 0
    assert Rates(nik_float=0.95).scale_writing_errors(3.0).nik_float == 0.95
    assert Rates(nik_kurang=0.8).scale_writing_errors(3.0).nik_kurang == 0.9


def test_scaled_raises_what_happens_too_and_sets_traps_only_when_asked() -> None:
    rates = Rates().scaled(3.0, traps=False)
    assert rates.tak_terdaftar == pytest.approx(3 * Rates().tak_terdaftar)
    assert rates.nik_salah_1 == pytest.approx(3 * Rates().nik_salah_1)
    assert rates.absen_senama == 0
    assert Rates().scaled(1.0, traps=True).absen_senama > 0
    assert Rates().scaled(1.0, traps=False) == Rates()
