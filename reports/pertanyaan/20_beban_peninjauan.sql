-- Berapa pasangan yang harus diputuskan petugas di setiap kabupaten/kota, dan mengapa?
-- Perhatikan: kerjakan lewat padan review export; alasan yang sama biasanya selesai dengan satu pertanyaan ke desa.
SELECT w.nama_wilayah AS kabupaten, k.arti AS alasan, COUNT(*) AS baris
FROM (
    -- Alasan terakhir, selain bahwa petugas yang memutuskan, adalah yang meragukan.
    SELECT kode_kab, LIST_FILTER(alasan, lambda kode: kode <> 'PERLU_PETUGAS')[-1] AS kode FROM cleansed.anggota
    WHERE status_padan = 'TINJAU' AND periode = (SELECT MAX(periode) FROM cleansed.anggota)
) AS a
LEFT JOIN mart.dim_kode AS k ON k.sumber = 'padan' AND k.kode = a.kode
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = a.kode_kab
GROUP BY ALL
ORDER BY baris DESC, kabupaten, alasan
