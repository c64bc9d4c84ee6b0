"""Rules on the monthly reports of companions."""

from __future__ import annotations

import polars as pl

from schemas.rules.rule import RulesOn
from schemas.thresholds import RULE_LIMITS

# Number of children or mothers in a family → number of them at school or seen by the health service.
COUNTED = {"anak_sekolah": "anak_sekolah_hadir", "balita": "balita_ke_faskes", "ibu_hamil": "ibu_hamil_ke_faskes"}
_REPORT_CONTENT = ("id_pendamping", *COUNTED, *COUNTED.values(), "status_kpm")
_GRACE = pl.duration(days=RULE_LIMITS.hari_laporan)
_REPORT_STATUS = ("AKTIF", "NAIK_GRADE", "GRADUASI", "NONAKTIF")
_REPORT = RulesOn("PendampingStaged")
RULES = (
    _REPORT.rejection(
        "LAPORAN_TIDAK_LENGKAP",
        "id_pendamping",
        "Bulan laporan atau ID pendamping tidak terbaca.",
        "Lengkapi bulan laporan dan ID pendampingnya.",
        pl.any_horizontal(pl.col("periode_laporan", "id_pendamping").is_null()),
    ),
    _REPORT.rejection(
        "NIK_TIDAK_TERPAKAI",
        "nik",
        "NIK KPM kosong atau bukan 16 angka.",
        "Minta pendamping memeriksa NIK pada KTP-el atau KK.",
        pl.col("nik").is_null(),
    ),
    _REPORT.finding(
        "STATUS_KPM_TIDAK_DIKENAL",
        "status_kpm",
        "Status KPM kosong atau bukan AKTIF, NAIK_GRADE, GRADUASI, atau NONAKTIF.",
        "Minta pendamping memperbaiki statusnya.",
        ~pl.col("status_kpm").is_in(_REPORT_STATUS).fill_null(value=False),
    ),
    _REPORT.finding(
        "HADIR_MELEBIHI",
        "anak_sekolah_hadir",
        "Jumlah yang hadir di sekolah atau ke fasilitas kesehatan melebihi jumlah anak, balita, atau ibu hamil di "
        "keluarga itu.",
        "Minta pendamping memeriksa laporannya.",
        pl.any_horizontal(pl.col(present) > pl.col(every) for every, present in COUNTED.items()),
    ),
    _REPORT.finding(
        "HITUNGAN_TIDAK_TERBACA",
        "anak_sekolah",
        "Jumlah anak, balita, atau ibu hamil, atau jumlah yang hadir atau ke fasilitas kesehatan, tidak terbaca "
        "sebagai angka, sehingga tidak ikut dijumlahkan.",
        "Minta pendamping menulis angkanya; tanda centang hanya jelas bila jumlahnya satu, dan tanda X tidak jelas.",
        pl.col("hitungan_tidak_terbaca"),
    ),
    _REPORT.finding(
        "LAPORAN_BERTENTANGAN",
        "nik",
        "Keluarga ini dilaporkan lebih dari sekali untuk bulan yang sama dengan isi atau pendamping yang berbeda.",
        "Pastikan laporan mana yang benar; yang dihitung adalah laporan terakhir.",
        pl.struct(*_REPORT_CONTENT).n_unique().over("periode_laporan", "nik") > 1,
    ),
    _REPORT.finding(
        "LAPORAN_TERLAMBAT",
        "periode_laporan",
        f"Laporan disampaikan setelah tanggal {RULE_LIMITS.hari_laporan} bulan berikutnya.",
        "Ingatkan pendamping tentang batas waktu laporan.",
        pl.col("disampaikan") > pl.col("periode_laporan").str.to_date("%Y-%m", strict=False).dt.month_end() + _GRACE,
    ),
)
