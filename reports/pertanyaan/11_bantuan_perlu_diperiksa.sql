-- Pembayaran apa saja yang perlu diperiksa kelayakannya, dan berapa nilainya per alasan?
-- Perhatikan: nominal_utama menghitung setiap pembayaran sekali (alasan pertamanya), jadi boleh dijumlahkan; nominal
-- menghitungnya pada setiap alasan. Menurut UU PDP ini usulan untuk diperiksa manusia.
SELECT kode, COUNT(*) AS pembayaran, COUNT(DISTINCT penerima) AS penerima, SUM(nominal) AS nominal,
       COALESCE(SUM(nominal) FILTER (utama), 0) AS nominal_utama, ANY_VALUE(tindakan ORDER BY tindakan) AS tindakan
FROM mart.bantuan_tidak_tepat
GROUP BY kode
ORDER BY nominal DESC, kode
