-- Apakah daerah 3T tertinggal dari daerah lain, dan di mana beberapa tahap dibayarkan sekaligus?
-- Perhatikan: di daerah 3T tiga tahap dalam satu kunjungan sah; dibayar_sekaligus di luar 3T perlu diperiksa.
WITH sekali_datang AS (
    SELECT kode_kab, program, tahun, penerima, tgl_bayar, COUNT(DISTINCT tahap) AS tahap
    FROM mart.pembayaran
    WHERE status_bayar = 'DIBAYAR' AND penerima IS NOT NULL AND tgl_bayar IS NOT NULL
    GROUP BY ALL HAVING COUNT(DISTINCT tahap) > 1
),
sekaligus AS (
    SELECT kode_kab, program, tahun, COUNT(*) AS kunjungan FROM sekali_datang GROUP BY ALL
)
SELECT CASE WHEN w.daerah_3t THEN '3T' ELSE 'bukan 3T' END AS daerah, r.program, r.tahun,
       SUM(r.kpm_alokasi)::BIGINT AS kpm_alokasi, SUM(r.kpm_salur)::BIGINT AS kpm_salur,
       ROUND(100.0 * SUM(r.kpm_salur) / NULLIF(SUM(r.kpm_alokasi), 0), 2) AS persen,
       COALESCE(SUM(s.kunjungan) FILTER (r.tahap = 1), 0)::BIGINT AS dibayar_sekaligus
FROM mart.realisasi AS r
JOIN mart.dim_wilayah AS w USING (kode_wilayah)
LEFT JOIN sekaligus AS s ON s.kode_kab = r.kode_wilayah AND s.program = r.program AND s.tahun = r.tahun
WHERE r.tingkat = 'KABUPATEN'
GROUP BY ALL
ORDER BY r.tahun, r.program, daerah
