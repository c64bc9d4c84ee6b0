-- Mengapa pembayaran gagal, dan berapa rupiah yang kembali ke kas negara?
-- Perhatikan: alasan yang dapat dicegah lewat pemadanan (nama atau NIK berbeda, meninggal, pindah) dan bagiannya.
SELECT kelompok_alasan, SUM(kpm_gagal)::BIGINT AS kpm_gagal, SUM(kpm_retur)::BIGINT AS kpm_retur,
       SUM(nominal_gagal + nominal_retur)::BIGINT AS nominal,
       ROUND(100.0 * SUM(nominal_gagal + nominal_retur) / SUM(SUM(nominal_gagal + nominal_retur)) OVER (), 2) AS persen,
       STRING_AGG(DISTINCT alasan_gagal, '; ' ORDER BY alasan_gagal) AS alasan_tertulis
FROM mart.gagal_bayar
WHERE tingkat = 'NASIONAL'
GROUP BY kelompok_alasan
ORDER BY nominal DESC, kelompok_alasan
