-- Berapa pasangan yang harus diputuskan petugas di setiap kabupaten/kota, dan mengapa?
-- Perhatikan: kerjakan lewat padan review export; alasan yang sama biasanya selesai dengan satu pertanyaan ke desa.
SELECT w.nama_wilayah AS kabupaten, alasan, COUNT(*) AS baris
FROM (
    SELECT kode_kab, UNNEST(alasan) AS alasan FROM cleansed.anggota
    WHERE status_padan = 'TINJAU' AND periode = (SELECT MAX(periode) FROM cleansed.anggota)
) AS a
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = a.kode_kab
GROUP BY ALL
ORDER BY baris DESC, kabupaten, alasan
