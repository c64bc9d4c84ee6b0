-- Kabupaten/kota mana yang realisasinya paling rendah pada setiap program dan tahap?
-- Perhatikan: bandingkan dengan angka nasional di sebelahnya; alokasi kecil mudah tampak tertinggal.
SELECT r.program, r.tahun, r.tahap, w.nama_prov AS provinsi, r.nama_wilayah AS kabupaten, r.kpm_alokasi, r.kpm_salur,
       r.kpm_persen, n.kpm_persen AS nasional_persen, ROUND(r.kpm_persen - n.kpm_persen, 2) AS selisih
FROM mart.realisasi AS r
JOIN mart.dim_wilayah AS w USING (kode_wilayah)
JOIN mart.realisasi AS n ON n.program = r.program AND n.tahun = r.tahun AND n.tahap = r.tahap
    AND n.tingkat = 'NASIONAL'
WHERE r.tingkat = 'KABUPATEN' AND r.kpm_persen IS NOT NULL
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY r.program, r.tahun, r.tahap ORDER BY r.kpm_persen, r.kode_wilayah
) <= 3
ORDER BY r.program, r.tahun, r.tahap, r.kpm_persen, r.kode_wilayah
