-- Berkas mana yang paling banyak barisnya ditolak, dan berapa rupiah yang ikut tertahan?
-- Perhatikan: kode penolakannya; satu kode pada hampir semua baris berarti berkasnya rusak saat dibuat, mintalah ulang.
WITH alasan AS (
    SELECT periode, sumber, berkas, LIST(DISTINCT kode ORDER BY kode) AS kode
    FROM quality.karantina GROUP BY ALL
)
SELECT r.sumber, r.berkas, r.baris_masuk, r.baris_karantina,
       ROUND(100.0 * r.baris_karantina / NULLIF(r.baris_masuk, 0), 2) AS persen, r.nominal_karantina, a.kode
FROM quality.rekonsiliasi AS r LEFT JOIN alasan AS a USING (periode, sumber, berkas)
WHERE r.baris_karantina > 0 AND r.periode = (SELECT MAX(periode) FROM quality.rekonsiliasi)
ORDER BY r.baris_karantina DESC, r.sumber, r.berkas
