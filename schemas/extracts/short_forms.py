"""Shortened forms of headers: NO KK for NOMOR KARTU KELUARGA, TGL LHR for TANGGAL LAHIR."""

from __future__ import annotations

import re
from itertools import product

_SHORT_WORDS: dict[str, tuple[str, ...]] = {
    "NAMA": ("NM",), "NOMOR": ("NO",), "NO": ("NOMOR",), "TANGGAL": ("TGL",), "TGL": ("TANGGAL",),
    "TEMPAT": ("TMPT", "TMP", "TPT"), "LAHIR": ("LHR",), "JENIS": ("JNS",), "KELAMIN": ("KEL",), "HUBUNGAN": ("HUB",),
    "HUB": ("HUBUNGAN",), "DENGAN": ("DGN", "DG"), "DALAM": ("DLM",), "KELUARGA": ("KEL", "KLRG"),
    "STATUS": ("STAT", "STS"), "PROVINSI": ("PROPINSI", "PROV", "PROP"), "KABUPATEN": ("KAB",),
    "KECAMATAN": ("KEC",), "KELURAHAN": ("KEL",), "DESA": ("DS",), "JUMLAH": ("JML",), "PEMBAYARAN": ("BAYAR",),
    "KODE": ("KD",), "TAHAP": ("THP",), "LENGKAP": ("LGKP",),
}  # fmt: skip


def short_forms(alias: str) -> list[str]:
    """A header and all its forms with shortened words; a header of one word has no other form."""
    words = re.findall(r"\w+", alias.upper().replace("_", " "))
    if len(words) == 1:
        return [alias]
    return [alias, *(" ".join(form) for form in product(*((word, *_SHORT_WORDS.get(word, ())) for word in words)))]
