-- Berapa penerima di luar DTKS yang perlu diusulkan oleh setiap kabupaten/kota (SE KPK 11/2020)?
-- Perhatikan: tanpa_nik tidak dapat diusulkan sebelum orangnya dikenali.
SELECT w.nama_prov AS provinsi, w.nama_wilayah AS kabupaten, COUNT(*) AS penerima,
       COUNT(*) FILTER (u.nik_dukcapil IS NULL) AS tanpa_nik, SUM(u.jumlah_pembayaran)::BIGINT AS pembayaran,
       SUM(u.nominal)::BIGINT AS nominal
FROM mart.usulan_dtks AS u
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = u.kode_kab
GROUP BY ALL
ORDER BY penerima DESC, kabupaten
