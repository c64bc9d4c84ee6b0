-- Berapa NIK dan nomor KK yang dapat diperbaiki di setiap kabupaten/kota, dan dengan dasar apa?
-- Perhatikan: kolom dan alasan utamanya; daftar per orang ada di cleansed.koreksi untuk petugas yang berwenang.
SELECT w.nama_wilayah AS kabupaten, k.kolom, k.alasan[1] AS alasan_utama, COUNT(*) AS usulan,
       COUNT(*) FILTER (k.nilai_asal IS NULL) AS semula_kosong
FROM cleansed.koreksi AS k
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = k.kode_kab
WHERE k.periode = (SELECT MAX(periode) FROM cleansed.koreksi)
GROUP BY ALL
ORDER BY usulan DESC, kabupaten, k.kolom, alasan_utama
