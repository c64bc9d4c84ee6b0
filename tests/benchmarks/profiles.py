"""Error profiles of the registers that benchmarks generate, by name."""

from __future__ import annotations

from dataclasses import replace

from pipeline.synthetic.rates import Rates

# A third of the registry's families are in DTKS, as in the country. `hard` is far above the documented errors;
# `extreme` is unrealistic, but gives enough doubtful cases to check calibration.
_LISTED = Rates(keluarga_dtks=0.355)
_LOOKALIKES = replace(_LISTED, kembar=0.03, ayah_anak=0.08, klon=0.002, ambigu=0.001, pindah=0.03, orang_dobel=0.015)
PROFILES: dict[str, Rates] = {
    "clean": replace(_LISTED.scale_writing_errors(0.2), pendataan_buruk=0.0, ambigu=0.0, klon=0.0002),
    "documented": _LISTED,
    "hard": replace(_LOOKALIKES.scale_writing_errors(2.0), tak_terdaftar=0.02, kk_lain=0.10, kk_asing=0.10),
    "extreme": replace(
        _LOOKALIKES.scale_writing_errors(6.0), tak_terdaftar=0.05, kk_lain=0.20, kk_asing=0.20, ibu_kosong=0.5
    ),
    "adversarial": _LISTED.scaled(3.0, traps=True),
}
