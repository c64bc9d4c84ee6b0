-- Apakah daerah 3T tertinggal dari daerah lain, dan di mana beberapa tahap dibayarkan sekaligus?
-- Perhatikan: di daerah 3T tiga tahap dalam satu kunjungan sah; dibayar_sekaligus di luar 3T perlu diperiksa.
WITH sekali_datang AS (
    SELECT kode_kab, program, tahun, penerima, tgl_bayar, COUNT(DISTINCT tahap) AS tahap
    FROM mart.pembayaran
    WHERE status_bayar = 'DIBAYAR' AND penerima IS NOT NULL AND tgl_bayar IS NOT NULL
    GROUP BY ALL HAVING COUNT(DISTINCT tahap) > 1
),
sekaligus AS (
    SELECT COALESCE(w.daerah_3t, FALSE) AS tertinggal, s.program, s.tahun, COUNT(*) AS kunjungan
    FROM sekali_datang AS s LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = s.kode_kab
    GROUP BY ALL
),
daerah AS (
    SELECT COALESCE(w.daerah_3t, FALSE) AS tertinggal, r.program, r.tahun,
           SUM(r.kpm_alokasi)::BIGINT AS kpm_alokasi, SUM(r.kpm_salur)::BIGINT AS kpm_salur
    FROM mart.realisasi AS r JOIN mart.dim_wilayah AS w USING (kode_wilayah)
    WHERE r.tingkat = 'KABUPATEN'
    GROUP BY ALL
)
SELECT IF(tertinggal, '3T', 'bukan 3T') AS daerah, program, tahun, kpm_alokasi, kpm_salur,
       ROUND(100.0 * kpm_salur / NULLIF(kpm_alokasi, 0), 2) AS persen, COALESCE(kunjungan, 0) AS dibayar_sekaligus
FROM daerah LEFT JOIN sekaligus USING (tertinggal, program, tahun)
ORDER BY tahun, program, daerah
