"""Mart `anggaran`: spending of each programme against its ceiling of the year, and a national figure if given."""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required

_QUERY = """
WITH tahunan AS (
    SELECT program, tahun, SUM(nominal_alokasi)::BIGINT AS nominal_alokasi,
        SUM(nominal_transfer)::BIGINT AS nominal_transfer, SUM(nominal_salur)::BIGINT AS nominal_salur
    FROM mart.realisasi WHERE tingkat = 'NASIONAL' GROUP BY ALL
),
batal AS (
    SELECT program, tahun, SUM(nominal)::BIGINT AS nominal
    FROM mart.rekap_bayar WHERE status_bayar IN ('GAGAL', 'RETUR') GROUP BY ALL
)
SELECT program, tahun, COALESCE(p.pagu, t.nominal_alokasi) AS pagu,
       CASE WHEN p.pagu IS NOT NULL THEN 'PAGU' WHEN t.nominal_alokasi IS NOT NULL THEN 'ALOKASI' END AS dasar_pagu,
       t.nominal_alokasi, t.nominal_transfer, t.nominal_salur, COALESCE(b.nominal, 0) AS nominal_batal,
       ROUND(100.0 * t.nominal_salur / NULLIF(COALESCE(p.pagu, t.nominal_alokasi), 0), 2) AS salur_persen,
       ROUND(100.0 * t.nominal_alokasi / NULLIF(p.pagu, 0), 2) AS alokasi_pagu_persen,
       ROUND(100.0 * t.nominal_salur / NULLIF(t.nominal_alokasi, 0), 2) AS salur_alokasi_persen,
       ROUND(100.0 * t.nominal_salur / NULLIF(t.nominal_transfer, 0), 2) AS salur_transfer_persen,
       n.nasional_persen, n.keadaan AS keadaan_nasional,
       ROUND(100.0 * t.nominal_salur / NULLIF(COALESCE(p.pagu, t.nominal_alokasi), 0) - n.nasional_persen, 2)
           AS selisih_nasional
FROM tahunan AS t
LEFT JOIN batal AS b USING (program, tahun)
LEFT JOIN reference.program_anggaran AS p USING (program, tahun)
LEFT JOIN reference.anggaran_nasional AS n USING (tahun)
"""


@promised("mart", "anggaran", key=("program", "tahun"), query=_QUERY)
class Anggaran(Table):
    """Realisasi anggaran per program dan tahun terhadap pagu, dan terhadap angka nasional bila ada."""

    program: str
    tahun: pl.Int32
    pagu: pl.Int64 = nullable(ge=0, description="Pagu setahun; bila tidak diketahui, jumlah alokasi yang diserahkan.")
    dasar_pagu: str = nullable(description="PAGU bila pagunya diketahui, ALOKASI bila dari alokasi yang diserahkan.")
    nominal_alokasi: pl.Int64 = nullable(ge=0)
    nominal_transfer: pl.Int64 = nullable(ge=0)
    nominal_salur: pl.Int64 = required(ge=0)
    nominal_batal: pl.Int64 = required(ge=0, description="Rupiah yang gagal dibayar atau dikembalikan.")
    salur_persen: float = nullable(
        description="Rupiah dibayar terhadap pagu, dalam persen; kecil bila berkas yang diserahkan "
        "hanya sebagian wilayah atau tahun (alokasi_pagu_persen): pakai salur_alokasi_persen."
    )
    alokasi_pagu_persen: float = nullable(
        description="Bagian pagu yang alokasinya ada di berkas, dalam persen; kosong bila pagunya tidak diketahui."
    )
    salur_alokasi_persen: float = nullable(
        description="Rupiah dibayar terhadap alokasi, dalam persen; terlalu besar bila alokasi sebagian tahap atau "
        "wilayah tidak diserahkan."
    )
    salur_transfer_persen: float = nullable(description="Rupiah dibayar terhadap yang ditransfer, dalam persen.")
    nasional_persen: float = nullable(description="Realisasi anggaran nasional tahun itu, dalam persen.")
    keadaan_nasional: str = nullable(description="Waktu angka nasional itu, misalnya pertengahan 2020.")
    selisih_nasional: float = nullable(description="Selisih salur_persen dengan nasional_persen, dalam poin persen.")
