-- Berapa kecamatan yang sudah menerima dananya, dan di berapa di antaranya pembayaran sudah berjalan?
-- Perhatikan: ini angka “6.039 dari 7.230 kecamatan” pada dasbor Kemensos–PT Pos. Selisihnya diuraikan di pertanyaan 01.
SELECT c.program, p.nama_program, c.tahun, c.tahap, c.wilayah_tersalur, c.wilayah_dana_terkirim, c.wilayah_total,
       ROUND(100.0 * c.wilayah_tersalur / c.wilayah_total, 2) AS tersalur_persen, c.wilayah_dana_belum_tersalur
FROM mart.cakupan AS c JOIN mart.dim_program AS p USING (program)
WHERE c.tingkat = 'KECAMATAN'
ORDER BY tersalur_persen, c.program, c.tahun, c.tahap
