-- Berapa NIK dan nomor KK yang dapat diperbaiki di setiap kabupaten/kota, dan dengan dasar apa?
-- Perhatikan: kolom dan alasan utamanya; daftar per orang ada di cleansed.koreksi untuk petugas yang berwenang.
SELECT w.nama_wilayah AS kabupaten, u.kolom, k.arti AS alasan_utama, COUNT(*) AS usulan,
       COUNT(*) FILTER (u.nilai_asal IS NULL) AS semula_kosong
FROM cleansed.koreksi AS u
LEFT JOIN mart.dim_kode AS k ON k.sumber = 'padan' AND k.kode = u.alasan[1]
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = u.kode_kab
WHERE u.periode = (SELECT MAX(periode) FROM cleansed.koreksi)
GROUP BY ALL
ORDER BY usulan DESC, kabupaten, u.kolom, alasan_utama
