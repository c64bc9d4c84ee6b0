-- Berapa keluarga DTKS yang di Dukcapil sudah pecah atau bergabung, per kabupaten/kota?
-- Perhatikan: keluarga PECAH sering berarti anak yang sudah berkeluarga sendiri; penerima bantuannya perlu ditetapkan ulang.
SELECT w.nama_kab AS kabupaten, COUNT(*) AS keluarga,
       COUNT(*) FILTER (k.status_keluarga = 'UTUH') AS utuh,
       COUNT(*) FILTER (k.status_keluarga = 'SEBAGIAN') AS sebagian,
       COUNT(*) FILTER (k.status_keluarga = 'PECAH') AS pecah,
       COUNT(*) FILTER (k.status_keluarga = 'GABUNG') AS gabung,
       COUNT(*) FILTER (k.status_keluarga = 'TIDAK_PADAN') AS tidak_padan
FROM cleansed.keluarga AS k
LEFT JOIN mart.dim_wilayah AS w ON w.kode_wilayah = k.kode_desa
WHERE k.periode = (SELECT MAX(periode) FROM cleansed.keluarga)
GROUP BY ALL
ORDER BY pecah + gabung DESC, kabupaten
