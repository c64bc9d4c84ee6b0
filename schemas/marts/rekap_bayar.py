"""Mart `rekap_bayar`: payment orders counted per day, status, office and place, the basis of all other figures.

All figures are additive, so a change is the difference of two such tables (`pipeline.realisation.refresh`).
"""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required

QUERY = """
SELECT program, tahun, tahap, status_bayar,
       CASE status_bayar WHEN 'DIBAYAR' THEN tgl_bayar WHEN 'RETUR' THEN tgl_retur END AS tanggal,
       CASE WHEN status_bayar IN ('GAGAL', 'RETUR') THEN COALESCE(alasan_gagal, 'TANPA ALASAN') END AS alasan_gagal,
       kode_kprk, kode_prov, kode_kab, kode_kec, kode_desa, COUNT(*) AS kpm, SUM(nominal)::BIGINT AS nominal
FROM mart.pembayaran GROUP BY ALL
"""

_STATES = {"salur": "DIBAYAR", "gagal": "GAGAL", "retur": "RETUR", "belum": "BELUM"}
BY_STATE = {
    f"{column}_{suffix}": f"COALESCE(SUM({column}) FILTER (status_bayar = '{state}'), 0)"
    for suffix, state in _STATES.items()
    for column in ("kpm", "nominal")
}
"""Figure → SQL that sums it up over rows of this table: families and rupiah per status."""
EACH_STATE = ", ".join(f"{total} AS {figure}" for figure, total in BY_STATE.items())


@promised(
    "mart",
    "rekap_bayar",
    key=(
        "program", "tahun", "tahap", "status_bayar", "tanggal", "kode_prov", "kode_kab", "kode_kec", "kode_desa",
        "kode_kprk", "alasan_gagal",
    ),
    query=QUERY
)  # fmt: skip
class RekapBayar(Table):
    """Banyaknya perintah bayar dan rupiahnya per hari, status bayar, kantor, dan wilayah terdalam yang dikenal."""

    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    status_bayar: str
    tanggal: pl.Date = nullable(
        description="Tanggal bayar atau retur; kosong untuk yang gagal, yang belum dibayar, dan yang tidak bertanggal."
    )
    alasan_gagal: str = nullable(
        description="Alasan seperti tertulis di berkas, TANPA ALASAN bila kosong; hanya untuk gagal dan retur."
    )
    kode_kprk: str = nullable()
    kode_prov: str = nullable()
    kode_kab: str = nullable()
    kode_kec: str = nullable()
    kode_desa: str = nullable()
    kpm: pl.Int64 = required(ge=1, description="Banyaknya perintah bayar.")
    nominal: pl.Int64 = required(ge=0, description="Jumlah rupiah perintah bayar itu.")
