-- Dari alokasi sampai dibayar: di langkah mana KPM tertahan?
-- Perhatikan: pembersihan + disiapkan + diserahkan sama dengan alokasi ditambah kpm_lebih; langkah dengan angka terbesar
-- selain dibayar adalah yang perlu ditindaklanjuti. Bandingkan dengan September 2022: 18,48 juta + 313.244 + 1,85 juta.
SELECT program, tahun, tahap, kpm_alokasi, kpm_pembersihan, kpm_disiapkan, kpm_diserahkan, kpm_salur, kpm_gagal,
       kpm_retur, kpm_belum, kpm_lebih, ROUND(100.0 * kpm_pembersihan / NULLIF(kpm_alokasi, 0), 2) AS pembersihan_persen
FROM mart.corong_kpm
ORDER BY tahun, program, tahap
