-- Berapa anak sekolah yang hadir dan balita serta ibu hamil yang ke fasilitas kesehatan, per kabupaten/kota dan bulan?
-- Perhatikan: penurunan dari bulan ke bulan pada kabupaten yang sama.
SELECT p.periode_laporan, w.nama_wilayah AS kabupaten, COUNT(*) AS pendamping, SUM(p.keluarga)::BIGINT AS keluarga,
       SUM(p.anak_sekolah)::BIGINT AS anak_sekolah,
       ROUND(100.0 * SUM(p.anak_sekolah_hadir) / NULLIF(SUM(p.anak_sekolah), 0), 2) AS hadir_persen,
       SUM(p.balita + p.ibu_hamil)::BIGINT AS balita_dan_ibu_hamil,
       ROUND(100.0 * SUM(p.balita_ke_faskes + p.ibu_hamil_ke_faskes) / NULLIF(SUM(p.balita + p.ibu_hamil), 0), 2)
           AS faskes_persen
FROM mart.kinerja_pendamping AS p
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = p.kode_kab
GROUP BY ALL
ORDER BY p.periode_laporan, kabupaten
