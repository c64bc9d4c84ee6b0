-- Keluarga mana yang menerima dua program yang tidak boleh bersamaan?
-- Perhatikan: pasangan program dan rupiahnya per kabupaten; daftar keluarganya ada di mart.bantuan_ganda.
SELECT g.program_a, g.program_b, g.tahun, w.nama_prov AS provinsi, w.nama_wilayah AS kabupaten,
       COUNT(DISTINCT COALESCE(g.id_keluarga, g.no_kk)) AS keluarga, SUM(g.nominal)::BIGINT AS nominal
FROM mart.bantuan_ganda AS g
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = g.kode_kab
WHERE g.jenis = 'PROGRAM_BERTENTANGAN'
GROUP BY ALL
ORDER BY nominal DESC, g.program_a, g.program_b, g.tahun, kabupaten
