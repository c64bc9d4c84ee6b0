"""Mart `realisasi_harian`: payments per day and cumulative, with the expected day of completion at the recent pace."""

from __future__ import annotations

import polars as pl

from schemas.levels import roll_up_query
from schemas.table import Table, nullable, promised, required

_LONGEST = 3650
# Days that a stage may pay after its window; the date of a later payment, or of one before, is most likely wrong.
_OVERDUE = 30
# A stage may end a weekend earlier or later than its pace says, however many families it pays.
_DAYS_OFF = 2
_PAID = roll_up_query(
    "mart.rekap_bayar WHERE status_bayar = 'DIBAYAR' AND tanggal IS NOT NULL",
    ("program", "tahun", "tahap", "tanggal"),
    {"kpm": "SUM(kpm)", "nominal": "SUM(nominal)"},
)
QUERY = f"""
WITH harian AS ({_PAID}),
jadwal AS (
    SELECT program, tahun, tahap, MIN(mulai) AS mulai, MAX(selesai) + {_OVERDUE} AS selesai
    FROM reference.program_tahap GROUP BY ALL
),
berjadwal AS (
    SELECT harian.*, (tanggal - DATE '2000-01-01')::INTEGER AS hari,
        COALESCE(tanggal BETWEEN mulai AND selesai, TRUE) AS dalam_jadwal
    FROM harian LEFT JOIN jadwal USING (program, tahun, tahap)
),
kumulatif AS (
    SELECT *,
        SUM(kpm) OVER sampai AS kpm_kumulatif,
        SUM(nominal) OVER sampai AS nominal_kumulatif,
        SUM(kpm) FILTER (dalam_jadwal) OVER sampai AS terjadwal,
        SUM(kpm) FILTER (dalam_jadwal) OVER pekan AS bayar,
        SUM(kpm) FILTER (dalam_jadwal) OVER pekan_lalu AS bayar_lalu,
        DATE_DIFF('day', MIN(tanggal) FILTER (dalam_jadwal) OVER sampai, tanggal) + 1 AS berjalan
    FROM berjadwal
    -- A code is of one level only.
    WINDOW
        sampai AS (PARTITION BY program, tahun, tahap, kode_wilayah ORDER BY hari ROWS UNBOUNDED PRECEDING),
        pekan AS (
            PARTITION BY program, tahun, tahap, kode_wilayah ORDER BY hari RANGE BETWEEN 6 PRECEDING AND CURRENT ROW
        ),
        pekan_lalu AS (
            PARTITION BY program, tahun, tahap, kode_wilayah ORDER BY hari RANGE BETWEEN 13 PRECEDING AND 7 PRECEDING
        )
),
sisa AS (
    SELECT k.*, r.nama_wilayah,
        -- GREATEST passes over NULL; without an allotment nothing can be estimated.
        CASE WHEN r.kpm_alokasi IS NOT NULL AND k.dalam_jadwal
            THEN GREATEST(r.kpm_alokasi - k.kpm_kumulatif, 0) END AS sisa,
        LEAST(berjalan, 7) AS hari_laju,
        -- Average week before this one. Two whole weeks at least, because nobody pays on Sundays.
        CASE WHEN berjalan >= 14 THEN 7 * (terjadwal - bayar) / (berjalan - 7) END AS biasanya
    FROM kumulatif AS k
    LEFT JOIN mart.realisasi AS r USING (program, tahun, tahap, tingkat, kode_wilayah)
),
laju AS (
    SELECT *,
        -- Divided once: by a pace that is a fraction what ends on a day would end a day later.
        sisa * hari_laju / bayar AS tetap,
        -- Below the average week and below the week before, by more than chance or a holiday explains.
        COALESCE(sisa > 0 AND biasanya IS NOT NULL
            AND bayar * EXP(1 / SQRT(bayar)) < 0.9 * LEAST(biasanya, COALESCE(bayar_lalu, 0)), FALSE) AS menurun,
        -- Both the payments that the pace is taken from and those that are left come by chance, the fewer the more so;
        -- a pace that differs from the average week may change by as much again.
        EXP(1.64 * SQRT(1 / bayar + COALESCE(1 / NULLIF(sisa, 0), 0)))
            * COALESCE(GREATEST(bayar / biasanya, biasanya / bayar), 1) AS kali
    FROM sisa
),
rentang AS (
    SELECT *,
        -- At a falling pace each week pays the same share of what is left, until less than half a family is left.
        CASE WHEN menurun THEN 7 * LN(2 * sisa) / LN(1 + bayar / sisa) ELSE tetap END AS lama,
        GREATEST(CEIL(tetap / kali) - {_DAYS_OFF}, LEAST(sisa, 1)) AS tercepat,
        -- The latest day is unknown while the pace falls or cannot be compared yet.
        CASE WHEN sisa = 0 THEN 0
            WHEN biasanya IS NOT NULL AND NOT menurun THEN CEIL(tetap * kali) + {_DAYS_OFF} END AS terlama
    FROM laju
),
hari AS (
    -- More than ten years ahead is no estimate any more.
    SELECT *, CASE WHEN lama <= {_LONGEST} THEN CEIL(lama)::INTEGER END AS selesai,
        CASE WHEN lama <= {_LONGEST} THEN tercepat::INTEGER END AS awal,
        CASE WHEN terlama <= {_LONGEST} THEN terlama::INTEGER END AS akhir
    FROM rentang
)
SELECT program, tahun, tahap, tingkat, kode_wilayah, nama_wilayah, tanggal,
       kpm AS kpm_salur_harian, kpm_kumulatif AS kpm_salur_kumulatif, nominal_kumulatif AS nominal_salur_kumulatif,
       tanggal + selesai AS perkiraan_selesai, tanggal + awal AS perkiraan_awal, tanggal + akhir AS perkiraan_akhir,
       CASE WHEN selesai IS NULL THEN NULL
            WHEN sisa = 0 THEN 'Seluruh alokasi sudah dibayar.'
            WHEN menurun THEN 'Laju menurun: bagian sisa yang dibayar tiap pekan dianggap tetap seperti pada 7 hari '
                || 'terakhir, sampai kurang dari setengah KPM yang tersisa; paling lambatnya tidak dapat disebut.'
            ELSE 'Sisa alokasi dibagi laju ' || hari_laju || ' hari terakhir; ' || CASE WHEN biasanya IS NULL
                THEN 'paling lambatnya belum dapat disebut karena pembayaran belum berjalan dua pekan.'
                ELSE 'selang 90 persen dari galat Poisson dan perubahan laju itu sejak awal, ditambah hari libur.' END
            END AS metode_perkiraan,
       dalam_jadwal
FROM hari
"""


@promised(
    "mart", "realisasi_harian", key=("program", "tahun", "tahap", "tingkat", "kode_wilayah", "tanggal"), query=QUERY
)
class RealisasiHarian(Table):
    """Pembayaran per hari dan kumulatifnya; perkiraan selesai memakai laju tujuh hari terakhir.

    Hari tanpa pembayaran di suatu wilayah tidak mempunyai baris: kumulatif pada suatu tanggal ada di baris terakhir
    sampai tanggal itu. Pembayaran tanpa tanggal hanya dihitung di mart.realisasi, yang di luar jadwal tidak dipakai
    untuk perkiraan. Perkiraan suatu baris dibuat pada tanggalnya: bila hari yang diperkirakan sudah lewat pada keadaan
    berkas terbaru (mart.corong_kpm.keadaan) tanpa selesai, perkiraan itu tidak berlaku lagi.
    """

    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    tingkat: str
    kode_wilayah: str
    nama_wilayah: str = nullable()
    tanggal: pl.Date
    kpm_salur_harian: int = required(ge=1)
    kpm_salur_kumulatif: int = required(ge=1)
    nominal_salur_kumulatif: int = required(ge=0)
    perkiraan_selesai: pl.Date = nullable()
    perkiraan_awal: pl.Date = nullable()
    perkiraan_akhir: pl.Date = nullable()
    metode_perkiraan: str = nullable()
    dalam_jadwal: bool
