-- Pembayaran apa saja yang perlu diperiksa kelayakannya, dan berapa nilainya per alasan?
-- Perhatikan: nominal_utama menghitung setiap pembayaran sekali (alasan pertamanya), jadi boleh dijumlahkan; nominal
-- menghitungnya pada setiap alasan. Menurut UU PDP ini usulan untuk diperiksa petugas.
SELECT b.kode, k.arti, COUNT(*) AS pembayaran, COUNT(DISTINCT penerima) AS penerima, SUM(nominal)::BIGINT AS nominal,
       COALESCE(SUM(nominal) FILTER (utama), 0)::BIGINT AS nominal_utama, ANY_VALUE(b.tindakan ORDER BY b.tindakan) AS tindakan
FROM mart.bantuan_tidak_tepat AS b LEFT JOIN mart.dim_kode AS k ON k.sumber = 'pos' AND k.kode = b.kode
GROUP BY b.kode, k.arti
ORDER BY nominal DESC, b.kode
