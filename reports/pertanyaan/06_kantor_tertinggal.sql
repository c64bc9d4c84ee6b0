-- Kantor pembayar mana yang paling banyak menyisakan pekerjaan?
-- Perhatikan: salur_persen kecil karena kolom gagal besar berarti masalah data; karena kolom belum besar, masalah tenaga atau loket.
SELECT kode_kprk, nama_kprk, program, tahun, tahap, MAX(salur_persen) AS salur_persen, SUM(kpm_salur)::BIGINT AS dibayar,
       SUM(kpm_gagal)::BIGINT AS gagal, SUM(kpm_retur)::BIGINT AS retur, SUM(kpm_belum)::BIGINT AS belum
FROM mart.kinerja_kprk
GROUP BY kode_kprk, nama_kprk, program, tahun, tahap
HAVING SUM(kpm_belum + kpm_gagal) > 0
ORDER BY belum + gagal DESC, kode_kprk, program, tahun, tahap
LIMIT 25
