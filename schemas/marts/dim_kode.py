"""Mart `dim_kode`: every code of quarantine, findings, payments and decisions, to join any `kode` column to."""

from __future__ import annotations

from schemas.table import Table, nullable, promised, required

_QUERY = "SELECT sumber, kode, akibat, kolom, arti, tindakan FROM reference.kode"


@promised("mart", "dim_kode", key=("sumber", "kode"), query=_QUERY)
class DimKode(Table):
    """Satu baris per sumber dan kode: arti setiap kode penolakan, temuan, perbaikan, dan alasan keputusan."""

    sumber: str = required(
        description="Asal baris yang diberi kode: dtks, dukcapil, pos, alokasi, atau pendamping; padan untuk alasan "
        "keputusan pemadanan (kolom alasan di cleansed dan link)."
    )
    kode: str = required(description="Kode; gabungkan dengan kolom kode, temuan, atau alasan bersama sumbernya.")
    akibat: str = required(
        isin=["TOLAK", "TEMUAN", "PERBAIKAN", "ALASAN"],
        description="TOLAK (quality.karantina), TEMUAN (diterima, perlu diperiksa), PERBAIKAN (sudah dirapikan "
        "otomatis), atau ALASAN (bagian dari alasan keputusan).",
    )
    kolom: str = nullable()
    arti: str = required(description="Apa yang terjadi, dalam satu kalimat.")
    tindakan: str = nullable(description="Apa yang dapat dilakukan petugas; kosong untuk alasan keputusan.")
