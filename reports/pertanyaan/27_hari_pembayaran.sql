-- Pada hari apa pembayaran paling ramai, dan berapa yang dilayani pada akhir pekan?
-- Perhatikan: beban per hari untuk menambah loket; hari sepi berarti jadwal undangan dapat digeser.
SELECT h.program, h.tahun, t.hari_ke, t.nama_hari, t.akhir_pekan, COUNT(DISTINCT h.tanggal) AS hari,
       SUM(h.kpm_salur_harian)::BIGINT AS kpm_salur,
       ROUND(SUM(h.kpm_salur_harian) / COUNT(DISTINCT h.tanggal), 1) AS kpm_per_hari
FROM mart.realisasi_harian AS h JOIN mart.dim_waktu AS t USING (tanggal)
WHERE h.tingkat = 'NASIONAL'
GROUP BY ALL
ORDER BY h.tahun, h.program, t.hari_ke
