-- Apakah mutu data setiap provinsi membaik dibandingkan dengan periode sebelumnya?
-- Perhatikan: perubahan_padan_persen dalam poin persen; kosong bila baru satu periode yang diterbitkan. hasil_pembersihan
-- adalah tambahan berkat pembersihan dan pemadanan pada periode itu sendiri.
SELECT periode, nama_wilayah AS provinsi, baris, ROUND(padan_sebelum_persen, 2) AS padan_sebelum,
       ROUND(padan_sesudah_persen, 2) AS padan_sesudah,
       ROUND(padan_sesudah_persen - padan_sebelum_persen, 2) + 0.0 AS hasil_pembersihan,
       periode_sebelumnya, perubahan_padan_persen + 0.0 AS perubahan_padan_persen, peringkat, peringkat_sebelumnya
FROM mart.mutu_data
WHERE tingkat = 'PROVINSI'
ORDER BY periode DESC, hasil_pembersihan DESC, kode_wilayah
