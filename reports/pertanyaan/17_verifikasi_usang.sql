-- Desa mana yang datanya paling lama tidak diverifikasi?
-- Perhatikan: umur dalam bulan pada akhir periode (median). Tanpa tanggal verifikasi di berkas, umur dihitung sejak isi
-- barisnya tidak berubah lagi; setelah satu periode semua tampak sama.
SELECT w.nama_kab AS kabupaten, w.nama_kec AS kecamatan, m.nama_wilayah AS desa, m.baris, m.verifikasi_terbaru,
       m.verifikasi_umur_bulan, m.verifikasi_usang_persen
FROM mart.mutu_data AS m JOIN mart.dim_wilayah AS w USING (kode_wilayah)
WHERE m.tingkat = 'DESA' AND m.periode = (SELECT MAX(periode) FROM mart.mutu_data)
ORDER BY m.verifikasi_umur_bulan DESC, m.verifikasi_usang_persen DESC, m.baris DESC, m.kode_wilayah
LIMIT 25
