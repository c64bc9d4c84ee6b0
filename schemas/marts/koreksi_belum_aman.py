"""Mart `koreksi_belum_aman`: numbers that differ from Dukcapil's but are not safe to correct without a human decision.

The safe ones, confirmed by padan or an officer, are in `cleansed.koreksi`.
"""

from __future__ import annotations

import polars as pl

from schemas.cleansed import NUMBERS
from schemas.spelling import NUMBER
from schemas.table import Table, nullable, promised, required

_QUERY = """
WITH pasangan AS (
    SELECT periode, id_dtks, a.nik, a.nik_asal, a.no_kk, a.no_kk_asal, a.kode_kab, l.nik_dukcapil,
           d.no_kk AS no_kk_dukcapil, l.keputusan, l.alasan, l.penjelasan, l.bobot, l.probabilitas
    FROM link.anggota_dukcapil AS l
    JOIN cleansed.anggota AS a USING (periode, id_dtks)
    JOIN staged.dukcapil AS d ON d.nik = l.nik_dukcapil
    WHERE l.keputusan IN ('OTOMATIS', 'TINJAU')
),
usulan AS (
    SELECT *, 'nik' AS kolom, nik AS nilai, nik_asal AS nilai_asal, nik_dukcapil AS nilai_usulan FROM pasangan
    UNION ALL BY NAME
    SELECT *, 'no_kk' AS kolom, no_kk AS nilai, no_kk_asal AS nilai_asal, no_kk_dukcapil AS nilai_usulan FROM pasangan
)
SELECT periode, id_dtks, kolom, nik_dukcapil, nilai_asal, nilai_usulan,
       CASE keputusan WHEN 'TINJAU' THEN 'ORANG' ELSE 'NOMOR' END AS yang_diragukan,
       alasan, penjelasan, bobot, probabilitas, kode_kab
FROM usulan ANTI JOIN cleansed.koreksi USING (periode, id_dtks, kolom)
WHERE nilai_usulan IS NOT NULL AND nilai IS DISTINCT FROM nilai_usulan
"""


@promised("mart", "koreksi_belum_aman", key=("periode", "id_dtks", "kolom", "nik_dukcapil"), query=_QUERY)
class KoreksiBelumAman(Table):
    """Nomor di DTKS yang berbeda dari Dukcapil tetapi belum aman diganti.

    JANGAN diterapkan begitu saja. Yang ORANG-nya diragukan, dan yang NOMOR-nya diragukan pada baris dengan status_padan
    TINJAU, ditanyakan dalam padan review. Selebihnya (NOMOR pada baris yang padan, umumnya nomor KK) tidak ditanyakan
    di sana: periksa bersama kabupaten/kota. Yang sudah aman ada di cleansed.koreksi.
    """

    periode: str
    id_dtks: str
    kolom: str = required(isin=list(NUMBERS), description="Nomor yang berbeda dari Dukcapil: nik atau no_kk.")
    nik_dukcapil: str = required(str_matches=NUMBER)
    nilai_asal: str = nullable()
    nilai_usulan: str = required(
        str_matches=NUMBER, description="Nilai menurut Dukcapil; belum aman dipakai sebelum dipastikan petugas."
    )
    yang_diragukan: str = required(
        isin=["ORANG", "NOMOR"],
        description="ORANG bila belum pasti siapa orangnya; NOMOR bila orangnya diyakini, tetapi nomornya belum.",
    )
    alasan: pl.List(pl.String)
    penjelasan: str
    bobot: float
    probabilitas: float = required(ge=0, le=1)
    kode_kab: str = nullable(str_matches=r"^\d{4}$")
