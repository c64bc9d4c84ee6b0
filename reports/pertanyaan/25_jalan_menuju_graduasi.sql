-- Berapa keluarga dampingan yang naik grade atau graduasi, dan berapa bulan sampai graduasi, per kabupaten/kota?
-- Perhatikan: kembali adalah keluarga yang setelah graduasi dilaporkan lagi dengan status lain.
SELECT w.nama_wilayah AS kabupaten, COUNT(*) AS keluarga,
       COUNT(*) FILTER (g.naik_grade_pertama IS NOT NULL) AS pernah_naik_grade,
       COUNT(*) FILTER (g.graduasi_pertama IS NOT NULL) AS graduasi,
       ROUND(AVG(g.bulan_sampai_graduasi), 1) AS bulan_sampai_graduasi,
       COUNT(*) FILTER (g.kembali_setelah_graduasi) AS kembali
FROM mart.graduasi AS g
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = g.kode_kab
GROUP BY ALL
ORDER BY keluarga DESC, kabupaten
