-- Di mana posisi setiap kabupaten/kota dalam mutu data DTKS, dan masalah apa yang harus dibenahi lebih dahulu?
-- Perhatikan: peringkat dibaca bersama jumlah_setara (di antara kabupaten/kota seprovinsi); masalah_terbanyak adalah urutan kerja.
-- Persen dan peringkat kosong bila register Dukcapil-nya belum diserahkan.
SELECT w.nama_prov AS provinsi, m.nama_wilayah AS kabupaten, m.baris,
       ROUND(m.padan_sebelum_persen, 2) AS padan_sebelum_persen, ROUND(m.padan_sesudah_persen, 2) AS padan_sesudah_persen,
       m.peringkat, m.jumlah_setara, m.nik_bermasalah, m.kk_bermasalah, m.status_bermasalah,
       (SELECT STRING_AGG(k.arti, ' ' ORDER BY LIST_POSITION(m.kode_terbanyak, k.kode)) FROM mart.dim_kode AS k
        WHERE k.sumber = 'dtks' AND LIST_CONTAINS(m.kode_terbanyak, k.kode)) AS masalah_terbanyak
FROM mart.mutu_data AS m JOIN mart.dim_wilayah AS w USING (kode_wilayah)
WHERE m.tingkat = 'KABUPATEN' AND m.periode = (SELECT MAX(periode) FROM mart.mutu_data)
ORDER BY m.padan_sesudah_persen, m.kode_wilayah
