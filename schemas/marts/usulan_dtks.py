"""Mart `usulan_dtks`: people who are paid but not listed in DTKS, proposed for registration (SE KPK 11/2020)."""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required

# An order of an unrecognised payee is a proposal of its own. If most payees of a kabupaten are missing, its DTKS file
# is missing or incomplete, and nobody is proposed.
_QUERY = """
SELECT COALESCE(penerima, no_danom) AS penerima, ARG_MAX(nik_dukcapil, u) AS nik_dukcapil, ARG_MAX(nama, u) AS nama,
       ARG_MAX(no_kk, u) AS no_kk, LIST(DISTINCT program ORDER BY program) AS daftar_program,
       COUNT(*) FILTER (status_bayar = 'DIBAYAR') AS jumlah_pembayaran,
       COALESCE(SUM(nominal) FILTER (status_bayar = 'DIBAYAR'), 0) AS nominal,
       ARG_MAX(kode_desa, u) AS kode_desa, ARG_MAX(kode_kec, u) AS kode_kec, ARG_MAX(kode_kab, u) AS kode_kab,
       ARG_MAX(kode_prov, u) AS kode_prov,
       IF(COUNT(*) FILTER (status_bayar = 'DIBAYAR') = 0, 'Mendapat perintah bayar', 'Dibayar')
           || ' tetapi tidak ada di DTKS'
           || IF(MAX(nik_dukcapil) IS NULL, ' dan belum dikenali di Dukcapil.', '; dikenali di Dukcapil.') AS alasan,
       CASE WHEN MAX(nik_dukcapil) IS NULL THEN 'Pastikan NIK dan namanya pada KTP-el, lalu usulkan bila layak.'
            ELSE 'Bila layak, usulkan ke DTKS melalui musyawarah desa.' END AS tindakan
FROM (
    SELECT *, {'tahun': tahun, 'tahap': tahap, 'program': program, 'no_danom': no_danom} AS u FROM mart.pembayaran
    WHERE sumber_data = 'NON_DTKS'
      AND COALESCE(kode_kab, '') NOT IN (
          SELECT kode_kab FROM mart.pembayaran WHERE kode_kab IS NOT NULL GROUP BY kode_kab
          HAVING 2 * COUNT(*) FILTER (sumber_data = 'NON_DTKS') > COUNT(*)
      )
)
GROUP BY COALESCE(penerima, no_danom)
"""


@promised("mart", "usulan_dtks", key=("penerima",), query=_QUERY)
class UsulanDtks(Table):
    """Penerima bantuan yang tidak ada di DTKS, untuk diusulkan bila layak (SE KPK 11/2020).

    Bila lebih dari separuh perintah bayar suatu kabupaten/kota tidak ada di DTKS, DTKS-nya yang belum diserahkan atau
    tidak terbaca; dari sana tidak ada yang diusulkan.
    """

    penerima: str = required(description="Penanda penerima; nomor danom bila orangnya tidak dapat dikenali.")
    nik_dukcapil: str = nullable()
    nama: str = nullable()
    no_kk: str = nullable(description="Nomor KK penerima menurut Dukcapil; yang tertulis bila tidak diketahui.")
    daftar_program: pl.List(pl.String) = required(
        description="Program yang memuat perintah bayar orang ini, dibayar maupun belum."
    )
    jumlah_pembayaran: int = required(ge=0, description="Banyaknya pembayaran yang sudah diterima.")
    nominal: int = required(ge=0, description="Rupiah yang sudah diterima.")
    kode_desa: str = nullable()
    kode_kec: str = nullable()
    kode_kab: str = nullable()
    kode_prov: str = nullable()
    alasan: str = required(description="Alasannya dalam satu kalimat.")
    tindakan: str
