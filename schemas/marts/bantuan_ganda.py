"""Mart `bantuan_ganda`: persons and families paid twice. Findings for a human to judge, never an exclusion.

NIK_TAHAP_SAMA: one person paid by two orders of one stage; orders that failed and were issued again do not count, nor
do instalments within the stage's tariff. KK_SAMA: two people of one registry KK paid in one stage.
PROGRAM_BERTENTANGAN: a family paid in one year by two programmes that exclude each other
(`data/reference/program_bertentangan.csv`). Three stages paid in one visit, as in 3T areas, are different stages and
therefore never listed.
"""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required

DOUBLE = {
    "NIK_TAHAP_SAMA": "Satu orang dibayar lebih dari sekali pada tahap yang sama.",
    "KK_SAMA": "Lebih dari satu orang dalam satu KK dibayar pada tahap yang sama.",
    "PROGRAM_BERTENTANGAN": "Satu keluarga menerima dua program yang tidak boleh bersamaan.",
}
DOUBLE_CURE = "Periksa semua pembayaran yang terlibat; keputusan tetap pada petugas."
# The listed order is the surplus one: the last paid, or the one of the programme that is not meant for the family.
# People who occur twice are few among millions of orders, so they are found first, by numbers only.
# Masked order numbers may look alike; the place distinguishes them.
_ORDER = (
    "program || ' ' || tahun || ' tahap ' || tahap || ': ' || b.no_danom"
    " || ' (' || sumber_berkas || COALESCE(', lembar ' || sumber_lembar, '') || ', baris ' || sumber_baris || ')'"
)
_QUERY = f"""
WITH bayar AS (
    SELECT program, tahun, tahap, penerima, no_kk, nominal, sumber_berkas, sumber_lembar, sumber_baris,
        {{'tanggal': COALESCE(tgl_bayar, DATE '9999-12-31'), 'no_danom': no_danom, 'tahap': tahap, 'id_orang': id_orang,
         'id_keluarga': id_keluarga, 'nik': COALESCE(nik_dukcapil, nik), 'no_kk': no_kk, 'kode_kab': kode_kab}} AS b
    FROM mart.pembayaran WHERE status_bayar = 'DIBAYAR'
),
lebih_sekali AS (
    SELECT program, tahun, tahap, penerima, SUM(nominal) AS diterima
    FROM bayar WHERE penerima IS NOT NULL GROUP BY program, tahun, tahap, penerima HAVING COUNT(*) > 1
),
orang AS (
    -- Instalments are no aid twice. What a family is due by its components is not known here.
    FROM lebih_sekali AS o ANTI JOIN reference.program_tahap AS t
        ON t.program = o.program AND t.tahun = o.tahun AND t.tahap = o.tahap AND t.komponen IS NULL
        AND o.diterima <= t.nominal
),
orang_sama AS (
    SELECT 'NIK_TAHAP_SAMA' AS jenis, program AS program_a, program AS program_b, tahun, tahap,
        MAX(b) AS b, SUM(nominal) - MAX(nominal) AS nominal, LIST({_ORDER}) AS terlibat,
        'Satu orang menerima ' || COUNT(*) || ' pembayaran ' || program || ' tahap ' || tahap || ' tahun ' || tahun
            || '.' AS alasan
    FROM bayar JOIN orang USING (program, tahun, tahap, penerima)
    GROUP BY program, tahun, tahap, penerima
),
keluarga AS (
    SELECT program, tahun, tahap, no_kk FROM bayar WHERE no_kk IS NOT NULL
    GROUP BY ALL HAVING MIN(penerima) < MAX(penerima)
),
keluarga_sama AS (
    SELECT 'KK_SAMA' AS jenis, program AS program_a, program AS program_b, tahun, tahap,
        MAX(b) AS b, SUM(nominal) - MAX(nominal) AS nominal, LIST({_ORDER}) AS terlibat,
        COUNT(DISTINCT penerima) || ' orang dari satu kartu keluarga menerima ' || program || ' tahap ' || tahap
            || ' tahun ' || tahun || '.' AS alasan
    FROM bayar JOIN keluarga USING (program, tahun, tahap, no_kk)
    GROUP BY program, tahun, tahap, no_kk
),
berdua AS (
    SELECT DISTINCT p.program_a, p.program_b, x.tahun, x.no_kk
    FROM reference.program_bertentangan AS p
    JOIN bayar AS x ON x.program = p.program_a
    JOIN bayar AS y ON y.program = p.program_b AND y.no_kk = x.no_kk AND y.tahun = x.tahun
),
per_program AS (
    SELECT d.program_a, d.program_b, tahun, no_kk, program, MIN(tahap) AS tahap, SUM(nominal) AS nominal,
        LIST({_ORDER}) AS terlibat, MIN(b) AS b
    FROM berdua AS d JOIN bayar AS x USING (tahun, no_kk)
    WHERE program IN (d.program_a, d.program_b) GROUP BY ALL
),
bertentangan AS (
    SELECT 'PROGRAM_BERTENTANGAN' AS jenis, program_a, program_b, tahun, GREATEST(x.tahap, y.tahap) AS tahap, y.b AS b,
        LEAST(x.nominal, y.nominal) AS nominal, x.terlibat || y.terlibat AS terlibat,
        'Satu keluarga menerima ' || program_a || ' dan ' || program_b || ' pada tahun ' || tahun
            || ', padahal keduanya tidak boleh diterima bersama.' AS alasan
    FROM per_program AS x JOIN per_program AS y USING (program_a, program_b, tahun, no_kk)
    WHERE x.program = program_a AND y.program = program_b
)
SELECT jenis, program_a, program_b, tahun, tahap, b.id_orang AS id_orang, b.id_keluarga AS id_keluarga, b.nik AS nik,
       b.no_kk AS no_kk, nominal, LEN(terlibat) AS jumlah_pembayaran, b.kode_kab AS kode_kab, b.no_danom AS no_danom,
       b.tahap AS tahap_danom, LIST_SORT(terlibat) AS perintah_terlibat, alasan
FROM (FROM orang_sama UNION ALL FROM keluarga_sama UNION ALL FROM bertentangan)
"""


@promised(
    "mart",
    "bantuan_ganda",
    key=("jenis", "program_a", "program_b", "tahun", "tahap", "no_kk", "nik", "no_danom"),
    query=_QUERY,
)
class BantuanGanda(Table):
    """Orang atau keluarga yang dibayar dua kali; temuan untuk diperiksa petugas, bukan pencoretan otomatis.

    Satu pembayaran dapat terlibat pada beberapa jenis, jadi jumlahkan nominal per jenis saja.
    """

    jenis: str = required(
        isin=list(DOUBLE), description="NIK_TAHAP_SAMA, KK_SAMA, atau PROGRAM_BERTENTANGAN; artinya di mart.dim_kode."
    )
    program_a: str
    program_b: str
    tahun: pl.Int32
    tahap: pl.Int32
    id_orang: str = nullable()
    id_keluarga: str = nullable()
    nik: str = nullable(description="NIK penerima menurut Dukcapil; yang tertulis bila tidak dikenal di sana.")
    no_kk: str = nullable(description="Nomor KK penerima menurut Dukcapil; yang tertulis bila tidak diketahui.")
    nominal: int = required(ge=0, description="Rupiah yang perlu diperiksa: pembayaran di luar satu yang sah.")
    jumlah_pembayaran: int = required(ge=2)
    kode_kab: str = nullable()
    no_danom: str = required(
        description="Perintah bayar yang berlebih: yang terakhir dibayar; bila programnya bertentangan, yang pertama "
        "dari program kedua."
    )
    tahap_danom: pl.Int32 = required(description="Tahap perintah bayar no_danom.")
    perintah_terlibat: pl.List(pl.String) = required(
        description="Semua perintah bayar yang terlibat: program, tahun, tahap, nomor danom, berkas, lembar, dan baris."
    )
    alasan: str = required(description="Alasannya dalam satu kalimat.")
