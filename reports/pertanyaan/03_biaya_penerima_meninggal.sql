-- Berapa rupiah yang dibayarkan atas nama orang yang sudah meninggal, per kabupaten/kota?
-- Perhatikan: bagian_persen terhadap seluruh pembayaran kabupaten itu; kabupaten dengan bagian besar perlu pemutakhiran
-- data kematian, bukan hanya penagihan. Kabupaten kosong: tempatnya tidak terbaca pada perintah bayar.
WITH meninggal AS (
    SELECT kode_kab, COUNT(DISTINCT penerima) AS penerima, COUNT(*) AS pembayaran, SUM(nominal)::BIGINT AS nominal
    FROM mart.bantuan_tidak_tepat WHERE kode = 'PENERIMA_MENINGGAL' GROUP BY ALL
),
semua AS (
    SELECT kode_kab, SUM(nominal)::BIGINT AS nominal FROM mart.pembayaran WHERE status_bayar = 'DIBAYAR' GROUP BY ALL
)
SELECT w.nama_prov AS provinsi, w.nama_wilayah AS kabupaten, m.penerima, m.pembayaran, m.nominal,
       ROUND(100.0 * m.nominal / s.nominal, 3) AS bagian_persen
FROM meninggal AS m
JOIN semua AS s ON s.kode_kab IS NOT DISTINCT FROM m.kode_kab
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = m.kode_kab
ORDER BY m.nominal DESC, m.kode_kab
