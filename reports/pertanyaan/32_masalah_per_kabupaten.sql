-- Masalah apa yang paling banyak harus dibenahi di setiap kabupaten/kota, apa artinya, dan apa yang dapat dilakukan?
-- Perhatikan: urutan adalah urutan kerja di kabupaten itu; yang sudah dirapikan otomatis (PERBAIKAN) tidak termasuk.
SELECT w.nama_prov AS provinsi, w.nama_kab AS kabupaten, r.kode, r.jumlah, r.persen, k.arti, k.tindakan
FROM quality.ringkasan_wilayah AS r
JOIN mart.dim_kode AS k ON k.sumber = 'dtks' AND k.kode = r.kode AND k.akibat = 'TEMUAN'
JOIN mart.dim_wilayah AS w USING (kode_wilayah)
WHERE r.tingkat = 'KABUPATEN' AND r.periode = (SELECT MAX(periode) FROM quality.ringkasan_wilayah)
QUALIFY ROW_NUMBER() OVER (PARTITION BY r.kode_wilayah ORDER BY r.jumlah DESC, r.kode) <= 5
ORDER BY r.kode_wilayah, r.jumlah DESC, r.kode
