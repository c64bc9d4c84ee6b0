-- Berapa temuan hari ini menurut definisi BPK, BPKP, KPK, dan Stranas PK?
-- Perhatikan: bandingkan dengan angka mereka (BPK Januari 2020: NIK anggota tidak valid 11,3 persen; KPK: tidak padan
-- 17,2 persen); definisinya sama, sehingga perbaikannya dapat ditunjukkan.
SELECT lembaga, definisi, uraian, jumlah, persen
FROM quality.audit
WHERE periode = (SELECT MAX(periode) FROM quality.audit)
ORDER BY lembaga, definisi
