-- Kecamatan mana yang dananya sudah dikirim, tetapi sampai tujuh hari sesudahnya belum ada satu pun pembayaran?
-- Perhatikan: hari_menunggu yang panjang dan dana yang besar. pertama_bayar kosong berarti sampai keadaan berkas terbaru
-- belum ada yang dibayar. Tanggal transfer diambil dari alokasi kecamatan, atau dari kabupatennya; transfer 0 belum dikirim.
WITH bayar AS (
    SELECT program, tahun, tahap, kode_wilayah, MIN(tanggal) AS pertama_bayar
    FROM mart.realisasi_harian WHERE tingkat = 'KECAMATAN' GROUP BY ALL
),
terakhir AS (
    -- Tahap yang belum punya berkas bayar: sampai keadaan terbaru di antara semua tahap.
    SELECT program, tahun, tahap, COALESCE(GREATEST(k.keadaan, MAX(h.tanggal)), MAX(k.keadaan) OVER ()) AS sampai
    FROM mart.corong_kpm AS k LEFT JOIN mart.realisasi_harian AS h USING (program, tahun, tahap)
    GROUP BY program, tahun, tahap, k.keadaan
)
SELECT r.program, r.tahun, r.tahap, w.nama_kab, r.nama_wilayah AS kecamatan, a.tgl_transfer AS dana_dikirim,
       b.pertama_bayar, COALESCE(b.pertama_bayar, t.sampai) - a.tgl_transfer AS hari_menunggu,
       NULLIF(r.nominal_transfer, 0) AS dana_kecamatan, r.kpm_salur, r.kpm_belum
FROM mart.realisasi AS r
JOIN mart.dim_wilayah AS w USING (kode_wilayah)
JOIN terakhir AS t USING (program, tahun, tahap)
JOIN mart.alokasi AS a ON a.program = r.program AND a.tahun = r.tahun AND a.tahap = r.tahap
    AND a.kode_wilayah = IF(r.nominal_transfer IS NULL, w.kode_kab, r.kode_wilayah)
LEFT JOIN bayar AS b USING (program, tahun, tahap, kode_wilayah)
WHERE r.tingkat = 'KECAMATAN' AND a.nominal_transfer IS DISTINCT FROM 0
    AND COALESCE(b.pertama_bayar, t.sampai) > a.tgl_transfer + 7
    -- Yang dibayar tanpa tanggal tidak menunggu, hanya tidak diketahui sejak kapan.
    AND (b.pertama_bayar IS NOT NULL OR r.kpm_salur = 0)
ORDER BY hari_menunggu DESC, r.program, r.tahun, r.tahap, r.kode_wilayah
