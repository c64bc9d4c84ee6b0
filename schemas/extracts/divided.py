"""Columns of persons that forms divide over several cells: day, month and year of birth, boxes to tick."""

from __future__ import annotations

from collections.abc import Sequence

# TANGGAL KELAHIRAN also stands for KELAHIRAN above TANGGAL, the whole date.
_BIRTH = ("TANGGAL LAHIR", "TANGGAL KELAHIRAN")
_SEX = ("JENIS KELAMIN", "JK", "L/P", "KELAMIN", "JENKEL", "SEX")


def _two_row_headers(names: Sequence[str], *words: str) -> tuple[str, ...]:
    """Headers of two rows joined: TANGGAL LAHIR above TGL is `TANGGAL LAHIR TGL`."""
    return tuple(f"{name} {word}" for name in names for word in words)


NAME_PARTS = (("NAMA DEPAN", "NAMA AWAL"), ("NAMA BELAKANG", "NAMA AKHIR"))
# TANGGAL LAHIR beside BULAN LAHIR and TAHUN LAHIR is the day only.
BIRTH_PARTS = (
    (*_two_row_headers(_BIRTH, "TGL", "TANGGAL", "HARI"), *_BIRTH),
    (*_two_row_headers(_BIRTH, "BLN", "BULAN"), "BULAN LAHIR", "BLN LAHIR"),
    (*_two_row_headers(_BIRTH, "THN", "TAHUN", "TH"), "TAHUN LAHIR", "THN LAHIR", "TH LAHIR"),
)
STATUS_CHOICES = {
    status: _two_row_headers(("STATUS_KPM", "STATUS"), status)
    for status in ("AKTIF", "NAIK_GRADE", "GRADUASI", "NONAKTIF")
}
SEX_CHOICES = {
    "L": _two_row_headers(_SEX, "L", "LK", "LAKI-LAKI", "PRIA"),
    "P": _two_row_headers(_SEX, "P", "PR", "PEREMPUAN", "WANITA"),
}
