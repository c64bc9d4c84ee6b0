-- Berapa persen anggaran setiap program yang sudah dibayarkan, dibandingkan dengan pagu dan angka nasional?
-- Perhatikan: dasar_pagu ALOKASI berarti pagunya belum diketahui dan dipakai alokasi yang diserahkan. Pertengahan 2020:
-- 60,38 persen terhadap 39,19 persen nasional. Bila alokasi_pagu_persen kecil, berkas yang diserahkan hanya sebagian wilayah
-- atau tahun: pakailah salur_alokasi_persen, bukan salur_persen.
SELECT a.tahun, a.program, p.sumber_dana, a.dasar_pagu, a.pagu, a.nominal_transfer, a.nominal_salur, a.nominal_batal,
       a.salur_persen, a.alokasi_pagu_persen, a.salur_alokasi_persen, a.nasional_persen, a.selisih_nasional
FROM mart.anggaran AS a JOIN mart.dim_program AS p USING (program)
ORDER BY a.tahun, a.salur_persen, a.program
