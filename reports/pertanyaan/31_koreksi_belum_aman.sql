-- Berapa NIK dan nomor KK yang berbeda dari Dukcapil, tetapi belum boleh diganti sebelum diputuskan petugas?
-- Perhatikan: yang ORANG-nya diragukan diputuskan lewat padan review; NOMOR pada baris yang sudah padan diperiksa bersama kabupaten/kota.
SELECT w.nama_wilayah AS kabupaten, k.kolom, k.yang_diragukan, COUNT(*) AS usulan,
       ROUND(AVG(k.probabilitas), 2) AS peluang_rata_rata
FROM mart.koreksi_belum_aman AS k
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = k.kode_kab
WHERE k.periode = (SELECT MAX(periode) FROM cleansed.anggota)
GROUP BY ALL
ORDER BY usulan DESC, kabupaten, k.kolom, k.yang_diragukan
