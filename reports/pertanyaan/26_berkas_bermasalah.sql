-- Berkas mana yang paling banyak barisnya ditolak, mengapa, dan berapa rupiah yang ikut tertahan?
-- Perhatikan: satu alasan pada hampir semua baris berarti berkasnya rusak saat dibuat; minta kirim ulang.
WITH ditolak AS (
    SELECT q.periode, q.sumber, q.berkas, STRING_AGG(DISTINCT k.arti, ' ' ORDER BY k.arti) AS alasan
    FROM quality.karantina AS q LEFT JOIN mart.dim_kode AS k USING (sumber, kode)
    GROUP BY ALL
)
SELECT r.sumber, r.berkas, r.baris_masuk, r.baris_karantina,
       ROUND(100.0 * r.baris_karantina / NULLIF(r.baris_masuk, 0), 2) AS persen, r.nominal_karantina, d.alasan
FROM quality.rekonsiliasi AS r LEFT JOIN ditolak AS d USING (periode, sumber, berkas)
WHERE r.baris_karantina > 0 AND r.periode = (SELECT MAX(periode) FROM quality.rekonsiliasi)
ORDER BY r.baris_karantina DESC, r.sumber, r.berkas
