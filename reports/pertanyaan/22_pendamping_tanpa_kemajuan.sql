-- Pendamping mana yang berbulan-bulan tidak menaikkan grade atau menggraduasikan satu keluarga pun?
-- Perhatikan: bulan_tanpa_kemajuan bersama banyaknya keluarga dan ketepatan laporannya; nama sengaja tidak ditampilkan.
-- laporan_terakhir sebelum bulan berarti sejak itu ia tidak melapor: keluarga 0.
SELECT w.nama_wilayah AS kabupaten, p.id_pendamping, p.periode_laporan AS bulan,
       MAX(p.periode_laporan) FILTER (p.keluarga > 0) OVER (PARTITION BY p.id_pendamping) AS laporan_terakhir,
       p.keluarga, p.keluarga_binaan, p.tepat_waktu, p.bulan_tanpa_kemajuan, p.peringkat_kab, p.hadir_persen, p.faskes_persen
FROM mart.kinerja_pendamping AS p
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = p.kode_kab
QUALIFY ROW_NUMBER() OVER (PARTITION BY p.id_pendamping ORDER BY p.periode_laporan DESC) = 1
ORDER BY p.bulan_tanpa_kemajuan DESC, p.keluarga DESC, p.id_pendamping
