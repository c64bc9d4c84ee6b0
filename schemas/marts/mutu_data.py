"""Mart `mutu_data`: where a region stands with its data: matched before and after, defects, rank among peers."""

from __future__ import annotations

from schemas.table import Table, nullable, promised, required

# "Before" is what the NIK as written would give: 16 digits without any repair, and the same NIK in the registry.
_QUERY = """
WITH wilayah AS (
    SELECT periode, id_dtks, status_padan, nik_asal, nik, UNNEST([
        {'tingkat': 'NASIONAL', 'kode_wilayah': ''},
        {'tingkat': 'PROVINSI', 'kode_wilayah': kode_prov},
        {'tingkat': 'KABUPATEN', 'kode_wilayah': kode_kab},
        {'tingkat': 'KECAMATAN', 'kode_wilayah': kode_kec},
        {'tingkat': 'DESA', 'kode_wilayah': kode_desa}
    ], recursive := true)
    FROM cleansed.anggota
),
temuan AS (
    SELECT DISTINCT periode, id AS id_dtks, kode FROM quality.temuan WHERE sumber = 'dtks'
),
per_orang AS (
    SELECT periode, id_dtks,
        BOOL_OR(
            kode LIKE 'NIK_%' AND kode NOT IN ('NIK_TANDA_BACA', 'NIK_HURUF', 'NIK_TGL_BEDA', 'NIK_JK_BEDA')
        ) AS nik,
        BOOL_OR(kode IN ('KK_KOSONG', 'KK_RUSAK')) AS kk,
        BOOL_OR(kode IN ('TGL_KOSONG', 'TGL_RUSAK', 'NIK_TGL_BEDA')) AS tanggal,
        BOOL_OR(kode LIKE 'WILAYAH_%') AS wilayah,
        BOOL_OR(kode = 'ORANG_GANDA') AS ganda,
        BOOL_OR(kode LIKE 'DUKCAPIL_%') AS status
    FROM temuan GROUP BY ALL
),
hitung AS (
    SELECT w.periode, w.tingkat, w.kode_wilayah, COUNT(*) AS baris,
        100.0 * COUNT(*) FILTER (w.status_padan IN ('PADAN', 'PADAN_PERBAIKAN') AND w.nik_asal = w.nik) / COUNT(*)
            AS padan_sebelum_persen,
        100.0 * COUNT(*) FILTER (w.status_padan IN ('PADAN', 'PADAN_PERBAIKAN')) / COUNT(*) AS padan_sesudah_persen,
        100.0 * COUNT(*) FILTER (w.status_padan = 'TINJAU') / COUNT(*) AS tinjau_persen,
        COUNT(*) FILTER (p.nik) AS nik_bermasalah, COUNT(*) FILTER (p.kk) AS kk_bermasalah,
        COUNT(*) FILTER (p.tanggal) AS tanggal_bermasalah, COUNT(*) FILTER (p.wilayah) AS wilayah_bermasalah,
        COUNT(*) FILTER (p.ganda) AS orang_ganda, COUNT(*) FILTER (p.status) AS status_bermasalah
    FROM wilayah AS w LEFT JOIN per_orang AS p USING (periode, id_dtks)
    WHERE w.kode_wilayah IS NOT NULL
    GROUP BY w.periode, w.tingkat, w.kode_wilayah
)
SELECT h.periode, h.tingkat, h.kode_wilayah,
       CASE WHEN h.tingkat = 'NASIONAL' THEN 'INDONESIA' ELSE r.nama END AS nama_wilayah,
       baris, ROUND(padan_sebelum_persen, 2) AS padan_sebelum_persen,
       ROUND(padan_sesudah_persen, 2) AS padan_sesudah_persen, ROUND(tinjau_persen, 2) AS tinjau_persen,
       nik_bermasalah, kk_bermasalah, tanggal_bermasalah, wilayah_bermasalah, orang_ganda, status_bermasalah,
       RANK() OVER (
           PARTITION BY h.periode, h.tingkat, LEFT(h.kode_wilayah, CASE h.tingkat WHEN 'KABUPATEN' THEN 2
               WHEN 'KECAMATAN' THEN 4 WHEN 'DESA' THEN 6 ELSE 0 END)
           ORDER BY padan_sesudah_persen DESC
       ) AS peringkat
FROM hitung AS h LEFT JOIN reference.wilayah AS r ON r.kode = h.kode_wilayah
"""


@promised(
    "mart",
    "mutu_data",
    key=("periode", "tingkat", "kode_wilayah"),
    query=_QUERY,
    sources=("cleansed.anggota", "quality.temuan", "reference.wilayah"),
)
class MutuData(Table):
    """Mutu data DTKS per wilayah: padan sebelum dan sesudah pembersihan, cacat menurut jenis, dan peringkatnya."""

    periode: str
    tingkat: str
    kode_wilayah: str
    nama_wilayah: str = nullable()
    baris: int = required(ge=1, description="Banyaknya baris DTKS yang diterima.")
    padan_sebelum_persen: float
    padan_sesudah_persen: float
    tinjau_persen: float
    nik_bermasalah: int = required(ge=0)
    kk_bermasalah: int = required(ge=0)
    tanggal_bermasalah: int = required(ge=0)
    wilayah_bermasalah: int = required(ge=0)
    orang_ganda: int = required(ge=0)
    status_bermasalah: int = required(ge=0)
    peringkat: int = required(ge=1)
