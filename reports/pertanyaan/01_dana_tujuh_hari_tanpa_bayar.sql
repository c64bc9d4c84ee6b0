-- Kecamatan mana yang dananya sudah dikirim, tetapi sampai tujuh hari sesudahnya belum ada satu pun pembayaran?
-- Perhatikan: hari_menunggu yang panjang dan dana yang besar. pertama_bayar kosong berarti sampai hari terakhir dalam
-- data belum ada yang dibayar. Tanggal transfer diambil dari alokasi kecamatan, atau dari kabupatennya.
WITH bayar AS (
    SELECT program, tahun, tahap, kode_wilayah, MIN(tanggal) AS pertama_bayar
    FROM mart.realisasi_harian WHERE tingkat = 'KECAMATAN' GROUP BY ALL
),
terakhir AS (
    SELECT program, tahun, tahap, MAX(tanggal) AS sampai FROM mart.realisasi_harian GROUP BY ALL
)
SELECT r.program, r.tahun, r.tahap, w.nama_kab, r.nama_wilayah AS kecamatan,
       COALESCE(kec.tgl_transfer, kab.tgl_transfer) AS dana_dikirim, b.pertama_bayar,
       COALESCE(b.pertama_bayar, t.sampai) - COALESCE(kec.tgl_transfer, kab.tgl_transfer) AS hari_menunggu,
       kec.nominal_transfer AS dana_kecamatan, r.kpm_salur, r.kpm_belum
FROM mart.realisasi AS r
JOIN mart.dim_wilayah AS w USING (kode_wilayah)
JOIN terakhir AS t USING (program, tahun, tahap)
LEFT JOIN mart.alokasi AS kec USING (program, tahun, tahap, kode_wilayah)
LEFT JOIN mart.alokasi AS kab ON kab.program = r.program AND kab.tahun = r.tahun AND kab.tahap = r.tahap
    AND kab.kode_wilayah = w.kode_kab
LEFT JOIN bayar AS b USING (program, tahun, tahap, kode_wilayah)
WHERE r.tingkat = 'KECAMATAN'
    AND COALESCE(b.pertama_bayar, t.sampai) > COALESCE(kec.tgl_transfer, kab.tgl_transfer) + 7
ORDER BY hari_menunggu DESC, r.program, r.tahun, r.tahap, r.kode_wilayah
