-- Siapa yang dibayar dua kali pada tahap yang sama, sebagai orang atau sebagai keluarga?
-- Perhatikan: nominal adalah rupiah di luar satu pembayaran yang sah. Ini temuan untuk diperiksa, bukan keputusan.
SELECT g.jenis, g.program_a AS program, g.tahun, g.tahap, w.nama_wilayah AS kabupaten, g.id_orang, g.id_keluarga,
       g.jumlah_pembayaran, g.nominal, g.alasan
FROM mart.bantuan_ganda AS g
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = g.kode_kab
WHERE g.jenis IN ('NIK_TAHAP_SAMA', 'KK_SAMA')
ORDER BY g.nominal DESC, g.jenis, g.program_a, g.tahun, g.tahap, g.no_danom
