-- Mengapa pembayaran gagal, dan berapa rupiah yang kembali ke kas negara?
-- Perhatikan: alasan yang dapat dicegah lewat pemadanan (nama atau NIK berbeda, meninggal, pindah) dan bagiannya.
SELECT alasan_gagal, SUM(kpm_gagal)::BIGINT AS kpm_gagal, SUM(kpm_retur)::BIGINT AS kpm_retur,
       SUM(nominal_gagal + nominal_retur)::BIGINT AS nominal,
       ROUND(100.0 * SUM(nominal_gagal + nominal_retur) / SUM(SUM(nominal_gagal + nominal_retur)) OVER (), 2) AS persen
FROM mart.gagal_bayar
WHERE tingkat = 'NASIONAL'
GROUP BY alasan_gagal
ORDER BY nominal DESC, alasan_gagal
