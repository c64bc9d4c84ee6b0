"""Mart `gagal_bayar`: failed and returned money by reason, at every level."""

from __future__ import annotations

import polars as pl

from schemas.levels import NAME_OF_REGION, TINGKAT, roll_up_query
from schemas.marts.rekap_bayar import BY_STATE
from schemas.table import Table, nullable, promised, required

# Payers write reasons in many ways; the first kind whose words occur counts.
_KINDS = {
    "TANPA ALASAN": "^TANPA ALASAN$",
    "MENINGGAL": r"\b(MENINGGAL|ALM)\b|WAFAT|ALMARHUM",
    "ASN/TNI/POLRI": r"\b(ASN|PNS|TNI|POLRI|PENSIUN(AN)?)\b",
    "BANTUAN LAIN ATAU GANDA": "(BANTUAN|BANSOS|PROGRAM) LAIN|GANDA|DOBEL",
    "DATA TIDAK SESUAI": r"\b(NAMA|NIK|DATA|KTP|KK|IDENTITAS)\b.*(BEDA|SESUAI|SAMA|PADAN|SALAH|VALID|TERDAFTAR)"
    r"|(BEDA(AN)?|SALAH|SESUAI) (NAMA|NIK|DATA)|TIDAK PADAN|\bNIK\b.*DITEMUKAN",
    "LUAR KOTA": "LUAR (KOTA|DAERAH|NEGERI|WILAYAH|DESA|KEC|KAB|PROV|PULAU)|MERANTAU",
    "REKENING": "REKENING",
    "PINDAH ATAU TIDAK DITEMUKAN": "PINDAH|MENINGGALKAN|(TIDAK|TDK) (DITEMUKAN|KETEMU|DIKENAL)|ALAMAT",
    "TIDAK DIAMBIL": "(TIDAK|TDK|BELUM) (DIAMBIL|HADIR|DATANG|MAMPU)|SAKIT",
    "MAMPU ATAU MENOLAK": r"MAMPU|MENOLAK|\bTOLAK|MENGUNDURKAN|SEJAHTERA",
}
_KIND = " ".join(f"WHEN REGEXP_MATCHES(alasan_gagal, '{words}') THEN '{kind}'" for kind, words in _KINDS.items())
KIND_OF_REASON = f"CASE {_KIND} ELSE 'LAINNYA' END"
_FAILED = roll_up_query(
    "mart.rekap_bayar WHERE alasan_gagal IS NOT NULL",
    ("program", "tahun", "tahap", "alasan_gagal"),
    {figure: BY_STATE[figure] for figure in ("kpm_gagal", "nominal_gagal", "kpm_retur", "nominal_retur")},
)
_QUERY = f"""
WITH gagal AS ({_FAILED})
SELECT g.*, {KIND_OF_REASON} AS kelompok_alasan,
       {NAME_OF_REGION} AS nama_wilayah,
       ROUND(100.0 * (kpm_gagal + kpm_retur) / SUM(kpm_gagal + kpm_retur) OVER (
           PARTITION BY program, tahun, tahap, g.tingkat, kode_wilayah), 2) AS bagian_persen
FROM gagal AS g LEFT JOIN reference.wilayah ON wilayah.kode = g.kode_wilayah
"""


@promised(
    "mart", "gagal_bayar", key=("program", "tahun", "tahap", "tingkat", "kode_wilayah", "alasan_gagal"), query=_QUERY
)
class GagalBayar(Table):
    """KPM dan rupiah yang gagal dibayar atau dikembalikan, menurut alasannya, pada semua tingkat wilayah."""

    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    tingkat: str = required(isin=TINGKAT)
    kode_wilayah: str
    nama_wilayah: str = nullable()
    alasan_gagal: str = required(description="Alasan seperti tertulis di berkas; TANPA ALASAN bila kosong.")
    kelompok_alasan: str = required(
        isin=[*_KINDS, "LAINNYA"],
        description="Jenis alasan menurut kata-katanya, karena satu alasan ditulis banyak cara.",
    )
    kpm_gagal: pl.Int64 = required(ge=0, description="Banyaknya KPM yang gagal bayar, tanpa retur.")
    nominal_gagal: pl.Int64 = required(ge=0)
    kpm_retur: pl.Int64 = required(ge=0)
    nominal_retur: pl.Int64 = required(ge=0)
    bagian_persen: float = required(
        description="Alasan ini terhadap semua yang gagal dan retur di wilayah itu, dalam persen."
    )
