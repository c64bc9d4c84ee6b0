"""Promised table `quality.audit`: the present DTKS counted by the auditors' definitions, to compare with their figures.

BPK (DTKS as of January 2020, reported January 2023): members with an invalid NIK, an invalid KK number, a blank name, a
NIK shared with another member. BPKP (2020): the same NIK and the same name. KPK (2020/2021): not matched with Dukcapil,
shared NIK, dead but listed. Stranas PK also counts the moved. Shares are of the rows accepted or still
to be corrected.
"""

from __future__ import annotations

from schemas.rules import REPETITIONS
from schemas.table import Table, promised, required

_QUERY = f"""
WITH temuan AS (
    SELECT DISTINCT id, kode FROM quality.temuan WHERE sumber = 'dtks'
),
nik_nama_sama AS (
    SELECT COUNT(*) AS banyak FROM cleansed.anggota WHERE nik IS NOT NULL GROUP BY nik, nama HAVING COUNT(*) > 1
),
-- Neither a list that was sent twice nor a row that was put right may change what the shares are of.
ditolak AS (
    SELECT berkas, COUNT(DISTINCT (lembar, baris)) AS baris FROM quality.karantina
    WHERE sumber = 'dtks' AND baris > 0 AND NOT sudah_diperbaiki AND kode NOT IN {REPETITIONS}
    GROUP BY ALL
),
semua AS (
    SELECT SUM(baris_diterima + COALESCE(ditolak.baris, 0)) AS masuk
    FROM quality.rekonsiliasi LEFT JOIN ditolak USING (berkas)
    WHERE sumber = 'dtks' AND tata_letak IS DISTINCT FROM 'DTSEN keluarga'
),
hitung(lembaga, definisi, uraian, jumlah) AS (
    SELECT 'BPK', 'NIK_TIDAK_VALID', 'NIK anggota kosong, bukan 16 angka, atau susunannya mustahil',
        (SELECT COUNT(DISTINCT id) FROM temuan WHERE kode IN ('NIK_KOSONG', 'NIK_ILMIAH', 'NIK_KURANG', 'NIK_LEBIH',
            'NIK_RUSAK', 'NIK_ISIAN', 'NIK_SERI_NOL', 'NIK_TGL_MUSTAHIL', 'NIK_WILAYAH_MUSTAHIL', 'NIK_SAMA_KK'))
    UNION ALL SELECT 'BPK', 'KK_TIDAK_VALID', 'Nomor KK kosong, bukan 16 angka, atau susunannya mustahil',
        (SELECT COUNT(DISTINCT id) FROM temuan WHERE kode IN ('KK_KOSONG', 'KK_RUSAK', 'KK_SERI_NOL', 'KK_TGL_MUSTAHIL',
            'KK_WILAYAH_MUSTAHIL'))
    UNION ALL SELECT 'BPK', 'NAMA_KOSONG', 'Nama tidak diisi (baris ditolak)',
        (SELECT COUNT(*) FROM quality.karantina WHERE sumber = 'dtks' AND kode = 'NAMA_KOSONG' AND NOT sudah_diperbaiki)
    UNION ALL SELECT 'BPK', 'NIK_GANDA', 'NIK dipakai lebih dari satu anggota',
        (SELECT COUNT(DISTINCT id) FROM temuan WHERE kode = 'NIK_GANDA')
    UNION ALL SELECT 'BPKP', 'NIK_NAMA_GANDA', 'NIK dan nama sama pada lebih dari satu baris',
        (SELECT COALESCE(SUM(banyak), 0) FROM nik_nama_sama)
    UNION ALL SELECT 'KPK', 'TIDAK_PADAN', 'Belum padan dengan Dukcapil, termasuk yang menunggu putusan petugas '
            'dan yang register wilayahnya belum lengkap (mart.mutu_data.register_lengkap)',
        (SELECT COUNT(*) FROM cleansed.anggota WHERE status_padan IN ('TIDAK_PADAN', 'TINJAU'))
    UNION ALL SELECT 'KPK', 'MENINGGAL', 'Sudah meninggal menurut Dukcapil',
        (SELECT COUNT(*) FROM cleansed.anggota WHERE status_penduduk = 'MATI')
    UNION ALL SELECT 'STRANAS_PK', 'PINDAH', 'Sudah pindah menurut Dukcapil',
        (SELECT COUNT(*) FROM cleansed.anggota WHERE status_penduduk = 'PINDAH')
)
SELECT lembaga, definisi, uraian, jumlah, ROUND(100.0 * jumlah / masuk, 3) AS persen
FROM hitung, semua
WHERE masuk > 0
"""


@promised("quality", "audit", key=("periode", "lembaga", "definisi"), query=_QUERY)
class Audit(Table):
    """Banyaknya baris DTKS menurut definisi temuan BPK, BPKP, KPK, dan Stranas PK."""

    periode: str
    lembaga: str
    definisi: str
    uraian: str
    jumlah: int = required(ge=0, description="Banyaknya baris yang memenuhi definisi ini.")
    persen: float = required(description="Terhadap baris DTKS yang diterima atau masih harus dibetulkan, dalam persen.")
