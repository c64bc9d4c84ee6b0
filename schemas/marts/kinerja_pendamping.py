"""Mart `kinerja_pendamping`: what every companion (Jamsosratu) reported per month, and its rank in the kabupaten."""

from __future__ import annotations

from schemas.table import Table, nullable, promised, required

_QUERY = """
WITH laporan AS (
    SELECT periode_laporan, id_pendamping, nik,
        ARG_MAX(p, (berkas, baris)) AS p
    FROM staged.pendamping AS p GROUP BY periode_laporan, id_pendamping, nik
),
bulanan AS (
    SELECT periode_laporan, id_pendamping,
        ANY_VALUE(p.nama_pendamping ORDER BY p.nama_pendamping) AS nama_pendamping,
        MODE(p.kode_kab ORDER BY p.kode_kab) AS kode_kab,
        COUNT(*) AS keluarga,
        SUM(COALESCE(p.anak_sekolah, 0)) AS anak_sekolah, SUM(COALESCE(p.anak_sekolah_hadir, 0)) AS anak_sekolah_hadir,
        SUM(COALESCE(p.balita, 0)) AS balita, SUM(COALESCE(p.balita_ke_faskes, 0)) AS balita_ke_faskes,
        SUM(COALESCE(p.ibu_hamil, 0)) AS ibu_hamil, SUM(COALESCE(p.ibu_hamil_ke_faskes, 0)) AS ibu_hamil_ke_faskes,
        COUNT(*) FILTER (p.status_kpm = 'NAIK_GRADE') AS naik_grade,
        COUNT(*) FILTER (p.status_kpm = 'GRADUASI') AS graduasi
    FROM laporan GROUP BY periode_laporan, id_pendamping
),
nilai AS (
    SELECT *,
        ROUND(100.0 * anak_sekolah_hadir / NULLIF(anak_sekolah, 0), 2) AS hadir_persen,
        ROUND(100.0 * (balita_ke_faskes + ibu_hamil_ke_faskes) / NULLIF(balita + ibu_hamil, 0), 2) AS faskes_persen
    FROM bulanan
)
SELECT *, naik_grade + graduasi = 0 AS tanpa_kemajuan,
       RANK() OVER (
           PARTITION BY periode_laporan, kode_kab
           ORDER BY graduasi DESC, naik_grade DESC, hadir_persen DESC NULLS LAST, faskes_persen DESC NULLS LAST
       ) AS peringkat_kab
FROM nilai
"""


@promised(
    "mart",
    "kinerja_pendamping",
    key=("periode_laporan", "id_pendamping"),
    query=_QUERY,
    sources=("staged.pendamping",),
)
class KinerjaPendamping(Table):
    """Laporan pendamping per bulan: keluarga, sekolah, kesehatan, kenaikan, dan peringkat di kabupatennya."""

    periode_laporan: str
    id_pendamping: str
    nama_pendamping: str = nullable()
    kode_kab: str = nullable()
    keluarga: int = required(ge=1)
    anak_sekolah: int = required(ge=0)
    anak_sekolah_hadir: int = required(ge=0)
    balita: int = required(ge=0)
    balita_ke_faskes: int = required(ge=0)
    ibu_hamil: int = required(ge=0)
    ibu_hamil_ke_faskes: int = required(ge=0)
    naik_grade: int = required(ge=0)
    graduasi: int = required(ge=0)
    hadir_persen: float = nullable()
    faskes_persen: float = nullable()
    tanpa_kemajuan: bool
    peringkat_kab: int = required(ge=1)
