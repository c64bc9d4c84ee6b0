"""Columns of persons that forms divide over several cells: day, month and year of birth, L and P to be ticked."""

from __future__ import annotations

from collections.abc import Sequence

# KELAHIRAN over TANGGAL is the whole date.
_BIRTH = ("TANGGAL LAHIR", "TANGGAL KELAHIRAN")
_SEX = ("JENIS KELAMIN", "JK", "L/P", "KELAMIN", "JENKEL", "SEX")


def _below(names: Sequence[str], *words: str) -> tuple[str, ...]:
    """Headers of a column that stands below another, as the two rows say it together: TANGGAL LAHIR over TGL."""
    return tuple(f"{name} {word}" for name in names for word in words)


NAME_PARTS = (("NAMA DEPAN", "NAMA AWAL"), ("NAMA BELAKANG", "NAMA AKHIR"))
BIRTH_PARTS = (
    _below(_BIRTH, "TGL", "TANGGAL", "HARI"), _below(_BIRTH, "BLN", "BULAN"), _below(_BIRTH, "THN", "TAHUN", "TH"),
)  # fmt: skip
SEX_CHOICES = {"L": _below(_SEX, "L", "LK", "LAKI-LAKI", "PRIA"), "P": _below(_SEX, "P", "PR", "PEREMPUAN", "WANITA")}
