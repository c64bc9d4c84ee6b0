-- Di kabupaten/kota mana satu NIK dipakai lebih dari satu orang?
-- Perhatikan: NIK_GANDA adalah orang yang berbeda dengan NIK sama; ORANG_GANDA adalah satu orang yang tercatat dua kali.
SELECT w.nama_prov AS provinsi, w.nama_wilayah AS kabupaten,
       COUNT(DISTINCT t.id) FILTER (t.kode = 'NIK_GANDA') AS baris_nik_ganda,
       COUNT(DISTINCT t.id) FILTER (t.kode = 'ORANG_GANDA') AS baris_orang_ganda
FROM quality.temuan AS t
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = t.kode_kab
WHERE t.periode = (SELECT MAX(periode) FROM quality.temuan) AND t.sumber = 'dtks' AND t.kode IN ('NIK_GANDA', 'ORANG_GANDA')
GROUP BY ALL
ORDER BY baris_nik_ganda DESC, baris_orang_ganda DESC, kabupaten
