-- Berapa anak sekolah yang hadir dan balita serta ibu hamil yang ke fasilitas kesehatan, per kabupaten/kota dan bulan?
-- Perhatikan: penurunan dari bulan ke bulan pada kabupaten yang sama. Persennya dari keluarga yang jumlah dan kehadirannya
-- terbaca; bila anak_dinilai jauh di bawah anak_sekolah, laporan pendampingnya yang tidak lengkap.
SELECT p.periode_laporan, w.nama_wilayah AS kabupaten, COUNT(*) FILTER (p.keluarga > 0) AS pendamping_melapor,
       SUM(p.keluarga)::BIGINT AS keluarga,
       SUM(p.anak_sekolah)::BIGINT AS anak_sekolah, SUM(p.anak_sekolah_dinilai)::BIGINT AS anak_dinilai,
       ROUND(100.0 * SUM(p.anak_sekolah_hadir) / NULLIF(SUM(p.anak_sekolah_dinilai), 0), 2) AS hadir_persen,
       SUM(p.balita + p.ibu_hamil)::BIGINT AS balita_dan_ibu_hamil,
       ROUND(100.0 * SUM(p.balita_ke_faskes + p.ibu_hamil_ke_faskes)
           / NULLIF(SUM(p.balita_dinilai + p.ibu_hamil_dinilai), 0), 2) AS faskes_persen
FROM mart.kinerja_pendamping AS p
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = p.kode_kab
GROUP BY ALL
ORDER BY p.periode_laporan, kabupaten
