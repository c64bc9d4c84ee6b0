"""Mart `graduasi`: every accompanied family's way from its first report to graduation."""

from __future__ import annotations

from schemas.table import Table, nullable, promised, required

_QUERY = """
SELECT nik, MODE(kode_kab ORDER BY kode_kab) AS kode_kab,
       MIN(periode_laporan) AS laporan_pertama, MAX(periode_laporan) AS laporan_terakhir,
       COUNT(DISTINCT periode_laporan) AS jumlah_laporan,
       ARG_MAX(id_pendamping, periode_laporan) AS id_pendamping,
       MIN(periode_laporan) FILTER (status_kpm = 'NAIK_GRADE') AS naik_grade_pertama,
       MIN(periode_laporan) FILTER (status_kpm = 'GRADUASI') AS graduasi_pertama,
       ARG_MAX(status_kpm, (periode_laporan, berkas, baris)) AS status_kpm
FROM staged.pendamping
GROUP BY nik
"""


@promised("mart", "graduasi", key=("nik",), query=_QUERY, sources=("staged.pendamping",))
class Graduasi(Table):
    """Perjalanan setiap keluarga dampingan dari laporan pertama sampai graduasi."""

    nik: str
    kode_kab: str = nullable()
    laporan_pertama: str
    laporan_terakhir: str
    jumlah_laporan: int = required(ge=1)
    id_pendamping: str
    naik_grade_pertama: str = nullable()
    graduasi_pertama: str = nullable()
    status_kpm: str = nullable()
