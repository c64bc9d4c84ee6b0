"""Mart `kuota_jamsosratu`: the quota of 50,000 families against allotment, payment in both stages and companionship."""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required

_QUERY = """
WITH tahap AS (
    SELECT tahun, kode_wilayah AS kode_kab,
        SUM(kpm_alokasi) FILTER (tahap = 1) AS alokasi_tahap_1, SUM(kpm_alokasi) FILTER (tahap = 2) AS alokasi_tahap_2,
        SUM(kpm_salur) FILTER (tahap = 1) AS salur_tahap_1, SUM(kpm_salur) FILTER (tahap = 2) AS salur_tahap_2,
        SUM(nominal_salur) AS nominal_salur
    FROM mart.realisasi WHERE program = 'JAMSOSRATU' AND tingkat = 'KABUPATEN' GROUP BY ALL
),
dampingan AS (
    SELECT LEFT(periode_laporan, 4)::INTEGER AS tahun, nik, MODE(kode_kab ORDER BY kode_kab) AS kode_kab
    FROM staged.pendamping GROUP BY ALL
),
dibayar AS (
    SELECT tahun, penerima, MIN(nik) AS nik, MIN(nik_dukcapil) AS nik_dukcapil,
        MODE(kode_kab ORDER BY kode_kab) AS kode_kab, COUNT(DISTINCT tahap) AS tahap
    FROM mart.pembayaran
    WHERE program = 'JAMSOSRATU' AND status_bayar = 'DIBAYAR' AND penerima IS NOT NULL GROUP BY tahun, penerima
),
kedua_sisi AS (
    SELECT d.tahun, d.kode_kab, COUNT(*) AS keluarga_dampingan,
        COUNT(*) FILTER (NOT EXISTS (FROM dibayar AS b WHERE b.tahun = d.tahun AND d.nik IN (b.nik, b.nik_dukcapil)))
            AS dampingan_tanpa_bayar
    FROM dampingan AS d GROUP BY ALL
),
sisi_bayar AS (
    SELECT b.tahun, b.kode_kab, COUNT(*) FILTER (b.tahap > 1) AS dibayar_dua_tahap,
        COUNT(*) FILTER (NOT EXISTS (FROM dampingan AS d WHERE d.tahun = b.tahun AND d.nik IN (b.nik, b.nik_dukcapil)))
            AS dibayar_tanpa_pendamping
    FROM dibayar AS b GROUP BY ALL
),
tahunan AS (
    SELECT tahun FROM tahap UNION SELECT tahun FROM dampingan
),
daerah AS (
    SELECT tahun, kode_kab, kuota FROM tahunan, reference.jamsosratu_kuota
    UNION ALL
    SELECT tahun, kode_kab, 0 FROM (SELECT tahun, kode_kab FROM tahap UNION SELECT tahun, kode_kab FROM kedua_sisi)
    WHERE kode_kab NOT IN (SELECT kode_kab FROM reference.jamsosratu_kuota)
)
SELECT tahun, kode_kab, w.nama AS nama_wilayah, kuota, alokasi_tahap_1, alokasi_tahap_2,
       COALESCE(salur_tahap_1, 0) AS salur_tahap_1, COALESCE(salur_tahap_2, 0) AS salur_tahap_2,
       COALESCE(dibayar_dua_tahap, 0) AS dibayar_dua_tahap, COALESCE(nominal_salur, 0) AS nominal_salur,
       COALESCE(keluarga_dampingan, 0) AS keluarga_dampingan,
       COALESCE(dampingan_tanpa_bayar, 0) AS dampingan_tanpa_bayar,
       COALESCE(dibayar_tanpa_pendamping, 0) AS dibayar_tanpa_pendamping,
       COALESCE(salur_tahap_1, 0) - kuota AS selisih_tahap_1, COALESCE(salur_tahap_2, 0) - kuota AS selisih_tahap_2
FROM daerah
LEFT JOIN tahap USING (tahun, kode_kab)
LEFT JOIN kedua_sisi USING (tahun, kode_kab)
LEFT JOIN sisi_bayar USING (tahun, kode_kab)
LEFT JOIN reference.wilayah AS w ON w.kode = kode_kab
"""


@promised("mart", "kuota_jamsosratu", key=("tahun", "kode_kab"), query=_QUERY)
class KuotaJamsosratu(Table):
    """Kuota Jamsosratu per kabupaten/kota terhadap alokasi, pembayaran kedua tahap, dan keluarga dampingan."""

    tahun: pl.Int32
    kode_kab: str
    nama_wilayah: str = nullable()
    kuota: pl.Int64 = required(ge=0, description="Kuota KPM; seluruh Banten 50.000. Nol di luar daerah kuota.")
    alokasi_tahap_1: pl.Int64 = nullable(ge=0, description="KPM menurut alokasi tahap 1.")
    alokasi_tahap_2: pl.Int64 = nullable(ge=0, description="KPM menurut alokasi tahap 2.")
    salur_tahap_1: pl.Int64 = required(ge=0, description="KPM dibayar pada tahap 1.")
    salur_tahap_2: pl.Int64 = required(ge=0, description="KPM dibayar pada tahap 2.")
    dibayar_dua_tahap: pl.Int64 = required(ge=0, description="Penerima yang dibayar pada kedua tahap.")
    nominal_salur: pl.Int64 = required(ge=0)
    keluarga_dampingan: pl.Int64 = required(ge=0, description="Keluarga yang dilaporkan pendamping pada tahun itu.")
    dampingan_tanpa_bayar: pl.Int64 = required(ge=0, description="Keluarga dampingan yang tidak dibayar.")
    dibayar_tanpa_pendamping: pl.Int64 = required(ge=0, description="Penerima yang tidak dilaporkan pendamping.")
    selisih_tahap_1: pl.Int64 = required(description="KPM dibayar pada tahap 1 dikurangi kuota.")
    selisih_tahap_2: pl.Int64 = required(description="KPM dibayar pada tahap 2 dikurangi kuota.")
