-- Apakah pembayaran dan pendampingan Jamsosratu sesuai dengan kuota setiap kabupaten/kota (seluruhnya 50.000)?
-- Perhatikan: selisih kedua tahap terhadap kuota; dampingan_tanpa_bayar dan dibayar_tanpa_pendamping harus mendekati nol.
-- Data contoh memuat sedikit warga, sehingga di sana hampir seluruh kuota tampak belum dibayar.
SELECT tahun, nama_wilayah AS kabupaten, kuota, alokasi_tahap_1, salur_tahap_1, selisih_tahap_1, alokasi_tahap_2,
       salur_tahap_2, selisih_tahap_2, dibayar_dua_tahap, keluarga_dampingan, dampingan_tanpa_bayar,
       dibayar_tanpa_pendamping
FROM mart.kuota_jamsosratu
ORDER BY tahun, kuota DESC, kode_kab
