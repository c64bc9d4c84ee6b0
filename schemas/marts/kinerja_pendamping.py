"""Mart `kinerja_pendamping`: the reports of every companion (Jamsosratu) per month, and the rank in the kabupaten.

If several reports cover one family and month, the last one handed in counts. A companion has a row for every month from
the first report on, also for months without a report.
"""

from __future__ import annotations

from schemas.rules import COUNTED
from schemas.table import Table, nullable, promised, required
from schemas.thresholds import RULE_LIMITS

# Only if both numbers are known: LEAST ignores NULL, and an uncounted family must not count as fully present.
_ATTENDANCE = ", ".join(
    f"SUM(p.{every}) AS {every}, SUM(p.{every}) FILTER (p.{every} + p.{present} IS NOT NULL) AS {every}_dinilai, "
    f"SUM(LEAST(p.{present}, p.{every})) FILTER (p.{every} + p.{present} IS NOT NULL) AS {present}"
    for every, present in COUNTED.items()
)

_QUERY = f"""
WITH keluarga AS (
    SELECT periode_laporan, id_pendamping, nik,
        ARG_MAX(p, {{'a': COALESCE(disampaikan, DATE '0001-01-01'), 'b': berkas, 'c': lembar, 'd': baris}}) AS p,
        COUNT(*) AS kali,
        COUNT(DISTINCT {{'a': anak_sekolah, 'b': anak_sekolah_hadir, 'c': balita, 'd': balita_ke_faskes,
            'e': ibu_hamil, 'f': ibu_hamil_ke_faskes, 'g': status_kpm}}) AS versi,
        MIN(disampaikan) <= LAST_DAY((periode_laporan || '-01')::DATE) + {RULE_LIMITS.hari_laporan} AS tepat
    FROM staged.pendamping AS p GROUP BY periode_laporan, id_pendamping, nik
),
rangkap AS (
    SELECT periode_laporan, nik FROM keluarga GROUP BY ALL HAVING COUNT(*) > 1
),
pendamping AS (
    SELECT id_pendamping, MIN(periode_laporan) AS pertama,
        ANY_VALUE(p.nama_pendamping ORDER BY p.nama_pendamping) AS nama_pendamping,
        MODE(p.kode_kab ORDER BY p.kode_kab) AS kode_kab
    FROM keluarga GROUP BY id_pendamping
),
bulan AS (
    SELECT b.periode_laporan, d.id_pendamping, d.nama_pendamping, d.kode_kab
    FROM pendamping AS d
    JOIN (SELECT DISTINCT periode_laporan FROM keluarga) AS b ON b.periode_laporan >= d.pertama
),
binaan AS (
    -- Whoever is reported again after an end is one of the families again.
    SELECT id_pendamping, nik, periode_laporan AS masuk,
        LEAD(periode_laporan) OVER (PARTITION BY id_pendamping, nik ORDER BY periode_laporan) AS berikutnya,
        COALESCE(p.status_kpm IN ('GRADUASI', 'NONAKTIF'), FALSE) AS berakhir
    FROM keluarga
),
seharusnya AS (
    SELECT b.periode_laporan, b.id_pendamping, COUNT(*) AS keluarga_binaan
    FROM bulan AS b
    JOIN binaan AS k ON k.id_pendamping = b.id_pendamping AND (k.masuk = b.periode_laporan
        OR (NOT k.berakhir AND k.masuk < b.periode_laporan AND COALESCE(b.periode_laporan < k.berikutnya, TRUE)))
    GROUP BY ALL
),
bulanan AS (
    SELECT k.periode_laporan, k.id_pendamping, COUNT(*) AS keluarga,
        COUNT(*) FILTER (k.tepat) AS tepat_waktu, COUNT(*) FILTER (NOT k.tepat) AS terlambat,
        COUNT(*) FILTER (k.kali > 1) AS laporan_ganda, COUNT(*) FILTER (k.versi > 1) AS laporan_bertentangan,
        COUNT(r.nik) AS keluarga_rangkap,
        {_ATTENDANCE},
        COUNT(*) FILTER (p.status_kpm = 'NAIK_GRADE') AS naik_grade,
        COUNT(*) FILTER (p.status_kpm = 'GRADUASI') AS graduasi
    FROM keluarga AS k LEFT JOIN rangkap AS r USING (periode_laporan, nik)
    GROUP BY k.periode_laporan, k.id_pendamping
),
nilai AS (
    SELECT b.periode_laporan, b.id_pendamping, b.nama_pendamping, b.kode_kab,
        COALESCE(s.keluarga_binaan, 0) AS keluarga_binaan,
        COALESCE(COLUMNS(m.* EXCLUDE (periode_laporan, id_pendamping)), 0),
        ROUND(100.0 * m.anak_sekolah_hadir / NULLIF(m.anak_sekolah_dinilai, 0), 2) AS hadir_persen,
        ROUND(100.0 * (COALESCE(m.balita_ke_faskes, 0) + COALESCE(m.ibu_hamil_ke_faskes, 0))
            / NULLIF(COALESCE(m.balita_dinilai, 0) + COALESCE(m.ibu_hamil_dinilai, 0), 0), 2) AS faskes_persen,
        COALESCE(m.naik_grade + m.graduasi, 0) = 0 AS tanpa_kemajuan
    FROM bulan AS b
    LEFT JOIN bulanan AS m ON m.periode_laporan = b.periode_laporan AND m.id_pendamping = b.id_pendamping
    LEFT JOIN seharusnya AS s ON s.periode_laporan = b.periode_laporan AND s.id_pendamping = b.id_pendamping
),
runtun AS (
    SELECT *, COUNT(*) FILTER (NOT tanpa_kemajuan) OVER (PARTITION BY id_pendamping ORDER BY periode_laporan) AS babak
    FROM nilai
)
SELECT *,
       COUNT(*) FILTER (tanpa_kemajuan) OVER (PARTITION BY id_pendamping, babak ORDER BY periode_laporan)
           AS bulan_tanpa_kemajuan,
       RANK() OVER (
           PARTITION BY periode_laporan, kode_kab
           ORDER BY graduasi DESC, naik_grade DESC, hadir_persen DESC NULLS LAST, faskes_persen DESC NULLS LAST
       ) AS peringkat_kab
FROM runtun
"""
_ASSESSED = "di keluarga yang jumlahnya dan yang hadir atau diperiksa sama-sama terbaca"
_AT_MOST = "; per keluarga paling banyak sejumlah itu"


@promised("mart", "kinerja_pendamping", key=("periode_laporan", "id_pendamping"), query=_QUERY)
class KinerjaPendamping(Table):
    """Laporan pendamping per bulan: keluarga, ketepatan waktu, sekolah, faskes, kemajuan, peringkat di kabupatennya.

    Sejak laporan pertamanya setiap pendamping mempunyai baris untuk setiap bulan; keluarga 0 berarti ia tidak melapor.
    """

    periode_laporan: str
    id_pendamping: str
    nama_pendamping: str = nullable()
    kode_kab: str = nullable()
    keluarga: int = required(ge=0)
    keluarga_binaan: int = required(
        ge=0, description="Keluarga yang pernah dilaporkan dan belum graduasi atau nonaktif: seharusnya dilaporkan."
    )
    tepat_waktu: int = required(
        ge=0,
        description=f"Keluarga yang laporannya disampaikan paling lambat tanggal {RULE_LIMITS.hari_laporan}.",
    )
    terlambat: int = required(ge=0, description="Keluarga yang laporannya terlambat.")
    laporan_ganda: int = required(ge=0, description="Keluarga yang dilaporkan lebih dari sekali pada bulan itu.")
    laporan_bertentangan: int = required(
        ge=0, description="Keluarga dengan laporan ganda yang isinya berbeda; yang dihitung adalah laporan terakhir."
    )
    keluarga_rangkap: int = required(ge=0, description="Keluarga yang pada bulan itu dilaporkan pendamping lain juga.")
    anak_sekolah: int = required(ge=0)
    anak_sekolah_dinilai: int = required(
        ge=0, description=f"Anak usia sekolah {_ASSESSED}; dasar hadir_persen, juga bila beberapa baris dijumlahkan."
    )
    anak_sekolah_hadir: int = required(ge=0, description=f"Di antaranya yang memenuhi syarat kehadiran{_AT_MOST}.")
    balita: int = required(ge=0)
    balita_dinilai: int = required(
        ge=0, description=f"Balita {_ASSESSED}; bersama ibu_hamil_dinilai dasar faskes_persen."
    )
    balita_ke_faskes: int = required(ge=0, description=f"Di antaranya yang dibawa ke fasilitas kesehatan{_AT_MOST}.")
    ibu_hamil: int = required(ge=0)
    ibu_hamil_dinilai: int = required(ge=0, description=f"Ibu hamil {_ASSESSED}.")
    ibu_hamil_ke_faskes: int = required(ge=0, description=f"Di antaranya yang memeriksakan diri{_AT_MOST}.")
    naik_grade: int = required(ge=0)
    graduasi: int = required(ge=0)
    hadir_persen: float = nullable()
    faskes_persen: float = nullable()
    tanpa_kemajuan: bool
    bulan_tanpa_kemajuan: int = required(ge=0, description="Banyaknya bulan berturut-turut tanpa kemajuan sampai kini.")
    peringkat_kab: int = required(ge=1)
