-- Berapa keluarga DTKS di setiap kabupaten/kota yang tidak satu pun anggotanya tercatat menerima bantuan?
-- Perhatikan: keluarga utuh (semua anggota KK-nya di Dukcapil ada di DTKS) yang tidak menerima apa pun adalah calon penerima yang datanya sudah siap.
WITH menerima AS (
    SELECT DISTINCT id_keluarga FROM mart.pembayaran WHERE status_bayar = 'DIBAYAR' AND id_keluarga IS NOT NULL
)
SELECT w.nama_prov AS provinsi, w.nama_kab AS kabupaten, COUNT(*) AS keluarga,
       COUNT(*) FILTER (m.id_keluarga IS NULL) AS belum_menerima,
       COUNT(*) FILTER (m.id_keluarga IS NULL AND k.status_keluarga = 'UTUH') AS belum_menerima_utuh,
       ROUND(100.0 * COUNT(*) FILTER (m.id_keluarga IS NULL) / COUNT(*), 2) AS persen
FROM cleansed.keluarga AS k
LEFT JOIN menerima AS m USING (id_keluarga)
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = k.kode_desa
WHERE k.periode = (SELECT MAX(periode) FROM cleansed.keluarga)
GROUP BY ALL
ORDER BY belum_menerima DESC, kabupaten
