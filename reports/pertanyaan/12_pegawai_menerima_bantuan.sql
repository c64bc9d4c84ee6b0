-- Di kabupaten/kota mana ASN, TNI, atau Polri menerima bantuan?
-- Perhatikan: pekerjaan diambil dari Dukcapil dan mungkin sudah berubah; periksa dahulu sebelum menagih.
SELECT w.nama_prov AS provinsi, w.nama_wilayah AS kabupaten, b.program, b.tahun,
       COUNT(DISTINCT b.penerima) AS penerima, SUM(b.nominal)::BIGINT AS nominal
FROM mart.bantuan_tidak_tepat AS b
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = b.kode_kab
WHERE b.kode = 'PENERIMA_ASN_TNI_POLRI'
GROUP BY ALL
ORDER BY nominal DESC, kabupaten, b.program, b.tahun
