-- Kapan setiap tahap yang masih berjalan diperkirakan selesai, dan apakah masih sebelum targetnya?
-- Perhatikan: perkiraan_awal sampai perkiraan_akhir adalah selang 90 persen. Perkiraan_akhir kosong bila pembayaran
-- belum berjalan dua pekan atau lajunya menurun: paling lambatnya tidak dapat disebut, selesainya dapat jauh lebih
-- lambat. Bila target sudah terlewati di perkiraan_awal, tambahan loket sudah mendesak. Ketiganya kosong bila lebih
-- dari sepuluh tahun lagi, atau bila hari itu, menurut berkas terbaru, sudah lewat tanpa selesai. Tahap yang jadwalnya
-- lewat dan sudah 30 hari tidak membayar tidak berjalan lagi; sisanya ada di pertanyaan 09. Perkiraan tidak memakai
-- pembayaran di luar jadwal, dan tidak mengetahui jeda antara dua putaran atau KPM yang tidak akan ditemukan.
WITH target AS (
    SELECT program, tahun, tahap, MAX(target_selesai) AS target FROM mart.alokasi GROUP BY ALL
),
berjalan AS (
    SELECT h.program, h.tahun, h.tahap, GREATEST(h.tanggal, k.keadaan) AS keadaan, r.kpm_salur, r.kpm_alokasi,
           h.perkiraan_awal, h.perkiraan_selesai, h.perkiraan_akhir, t.target,
           GREATEST(MAX(h.tanggal) OVER (), k.keadaan) AS sampai
    FROM mart.realisasi_harian AS h
    JOIN mart.realisasi AS r USING (program, tahun, tahap, tingkat, kode_wilayah)
    LEFT JOIN target AS t USING (program, tahun, tahap)
    LEFT JOIN mart.dim_tahap AS s USING (program, tahun, tahap)
    LEFT JOIN mart.corong_kpm AS k USING (program, tahun, tahap)
    WHERE h.tingkat = 'NASIONAL' AND h.dalam_jadwal
    QUALIFY ROW_NUMBER() OVER (PARTITION BY h.program, h.tahun, h.tahap ORDER BY h.tanggal DESC) = 1
        AND COALESCE(r.kpm_salur < r.kpm_alokasi, TRUE)
        AND GREATEST(s.selesai, h.tanggal + 30) >= MAX(h.tanggal) OVER ()
)
SELECT program, tahun, tahap, keadaan, kpm_salur, kpm_alokasi,
       IF(perkiraan_selesai < sampai, NULL, perkiraan_awal) AS perkiraan_awal,
       IF(perkiraan_selesai < sampai, NULL, perkiraan_selesai) AS perkiraan_selesai,
       IF(perkiraan_selesai < sampai, NULL, perkiraan_akhir) AS perkiraan_akhir,
       target, IF(perkiraan_selesai < sampai, keadaan, perkiraan_selesai) > target AS terlambat
FROM berjalan
ORDER BY terlambat DESC NULLS LAST, program, tahun, tahap
