"""What is written in one way wherever it stands: NIK and KK numbers, the names of the months."""

from __future__ import annotations

NUMBER = r"^\d{16}$"
"""A NIK or KK number that can be used, as a regex."""
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip
