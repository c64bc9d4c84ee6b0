"""Promised tables of schema `quality`: quarantine, findings, and reconciliation of rows and rupiah per file."""

from __future__ import annotations

from schemas.levels import EACH_LEVEL
from schemas.table import Table, nullable, promised, required

SOURCES = ("dtks", "dukcapil", "pos", "alokasi", "pendamping", "lain")


@promised("quality", "karantina", key=("periode", "sumber", "berkas", "lembar", "baris", "kode"))
class Karantina(Table):
    """Satu baris per baris yang ditolak dan alasannya; baris 0 berarti seluruh berkas."""

    periode: str
    sumber: str = required(isin=SOURCES)
    berkas: str
    lembar: str = nullable()
    baris: int = required(ge=0)
    kode: str
    kolom: str = nullable()
    nilai: str = nullable()
    keterangan: str
    kode_kab: str = nullable(str_matches=r"^\d{4}$")
    sudah_diperbaiki: bool
    asal_baris: str = nullable()


@promised("quality", "temuan", key=("periode", "sumber", "id", "kode", "kolom", "berkas", "lembar", "baris"))
class Temuan(Table):
    """Satu baris per temuan atau perbaikan pada baris yang diterima."""

    periode: str
    sumber: str = required(isin=SOURCES)
    id: str
    kode: str
    kolom: str
    keterangan: str
    kode_kab: str = nullable()
    berkas: str
    lembar: str = nullable()
    baris: int


@promised("quality", "rekonsiliasi", key=("periode", "sumber", "berkas"))
class Rekonsiliasi(Table):
    """Satu baris per berkas: baris dan rupiah yang masuk sama dengan yang diterima ditambah yang dikarantina."""

    periode: str
    sumber: str = required(isin=SOURCES)
    berkas: str
    sha256: str = required(str_matches=r"^[0-9a-f]{64}$")
    baris_masuk: int = required(ge=0)
    baris_diterima: int = required(ge=0)
    baris_karantina: int = required(ge=0)
    selisih_baris: int
    nominal_masuk: int
    nominal_diterima: int
    nominal_karantina: int
    selisih_nominal: int
    status_berkas: str = required(isin=["DIBACA", "KEMBAR", "DITOLAK", "DILEWATI"])
    tata_letak: str = nullable()
    periode_berkas: str
    catatan: str = nullable()


# Aggregate before joining: all rows share the periode, so a plan that joins on it first would explode.
_RINGKASAN = f"""
WITH penyebut AS MATERIALIZED (
    SELECT periode, tingkat, kode_wilayah, COUNT(*) AS semua
    FROM (SELECT periode, {EACH_LEVEL} FROM cleansed.anggota)
    WHERE kode_wilayah IS NOT NULL GROUP BY ALL
),
kode AS (
    SELECT DISTINCT periode, id AS id_dtks, kode FROM quality.temuan WHERE sumber = 'dtks'
),
jumlah AS MATERIALIZED (
    SELECT periode, tingkat, kode_wilayah, kode, COUNT(*) AS jumlah
    FROM (SELECT a.periode, k.kode, {EACH_LEVEL} FROM cleansed.anggota AS a JOIN kode AS k USING (periode, id_dtks))
    WHERE kode_wilayah IS NOT NULL GROUP BY ALL
)
SELECT periode, tingkat, kode_wilayah, kode, jumlah, ROUND(100.0 * jumlah / semua, 2) AS persen
FROM jumlah JOIN penyebut USING (periode, tingkat, kode_wilayah)
"""


@promised("quality", "ringkasan_wilayah", key=("periode", "tingkat", "kode_wilayah", "kode"), query=_RINGKASAN)
class RingkasanWilayah(Table):
    """Banyaknya baris DTKS per wilayah dan kode temuan."""

    periode: str
    tingkat: str
    kode_wilayah: str
    kode: str = required(description="Kode aturan mutu data; artinya di mart.dim_kode (sumber dtks).")
    jumlah: int = required(ge=1)
    persen: float


@promised(
    "quality",
    "penduduk_kabupaten",
    key=("periode", "kode_kab"),
    query="SELECT kode_kab, COUNT(*) AS penduduk FROM staged.dukcapil GROUP BY kode_kab",
)
class PendudukKabupaten(Table):
    """Banyaknya penduduk Dukcapil yang diterima per kabupaten/kota; dibandingkan dengan terbitan berikutnya."""

    periode: str
    kode_kab: str = nullable()
    penduduk: int = required(ge=1, description="Banyaknya baris penduduk Dukcapil yang diterima.")
