"""Rules on targets: what is allotted to a kabupaten or kecamatan in a stage, and the money transferred for it."""

from __future__ import annotations

import polars as pl

from schemas.keys import STAGE
from schemas.rules.rule import Rule, Severity, month_first_rule

# What any programme pays one family in a stage is more than the one, and no more than the other, as for a house; by
# this an amount in other units is told.
PER_FAMILY = (20_000, 20_000_000)
# A cell that says that there is nothing: blank, `-`, `Rp -`, NULL; a broken formula (#REF!) had something.
_NOTHING = r"(?i)^[\s\p{P}\p{S}]*(?:RP|IDR|NULL|NAN|NONE|N/A|TIDAK ADA)?[\s\p{P}\p{S}]*$"


def _unread(code: str, column: str, sentence: str, cure: str) -> Rule:
    written = pl.col(f"{column}_asal")
    return Rule(
        code,
        "AlokasiStaged",
        Severity.FINDING,
        column,
        sentence,
        cure,
        pl.col(column).is_null() & (written.str.contains("#", literal=True) | ~written.str.contains(_NOTHING)),
    )


_AS_NEW = (*STAGE, "kode_wilayah", "berlaku_per")
_TRANSFER = pl.col("nominal_transfer")
# A further SP2D of a target, which need not tell again how much is allotted.
_FURTHER_SP2D = (
    pl.col("no_sp2d").is_not_null() & (_TRANSFER > 0) & (pl.col("kpm_alokasi").max().over(*_AS_NEW, "revisi") > 0)
)


def _differ(*of: str) -> pl.Expr:
    """Whether a target told again has other figures; transfers in parts may (`schemas.marts.alokasi`)."""

    def several(name: str) -> pl.Expr:
        return pl.col(name).drop_nulls().n_unique().over(of) > 1

    # What is told twice is one part.
    once = (_TRANSFER > 0) & pl.struct("no_sp2d", "tgl_transfer", "nominal_transfer").is_first_distinct()
    parts, total = _TRANSFER.filter(once).len().over(of), _TRANSFER.filter(once).sum().over(of)
    numbers, days = (
        pl.col(name).filter(_TRANSFER > 0).drop_nulls().n_unique().over(of) for name in ("no_sp2d", "tgl_transfer")
    )
    allotted = pl.col("nominal_alokasi").max().over(of)
    numbered = (parts == numbers) & (total <= allotted).fill_null(value=True)
    dated = (numbers == 0) & (parts == days) & (total == allotted).fill_null(value=False)
    transfers = (_TRANSFER.n_unique().over(of) > 1) & ~numbered & ~dated
    return several("kpm_alokasi") | several("nominal_alokasi") | transfers


# Whether what is called final came before or behind a second revision nobody knows.
_FINAL = pl.any_horizontal(pl.col("berkas", "lembar").str.contains(r"(?i)(?:^|[^A-Z])FINAL(?:[^A-Z]|$)"))
_UNORDERED = (_FINAL & (pl.col("revisi") == 1)).any().over(_AS_NEW) & (pl.col("revisi") > 1).any().over(_AS_NEW)
_IN_RUPIAH = "Tulis nilainya sebagai angka rupiah utuh, misalnya 1500000 atau Rp 1.500.000,00."
_AS_DATE = "Tulis tanggalnya lengkap, misalnya 05-09-2022."
RULES = (
    Rule(
        "ALOKASI_TIDAK_LENGKAP",
        "AlokasiStaged",
        Severity.REJECT,
        "program",
        "Program, tahun, tahap, atau banyaknya KPM tidak terbaca.",
        "Lengkapi baris alokasi ini.",
        pl.any_horizontal(pl.col("program", "tahun", "tahap").is_null())
        | (pl.col("kpm_alokasi").is_null() & ~_FURTHER_SP2D.fill_null(value=False)),
    ),
    Rule(
        "WILAYAH_TIDAK_DIKENAL",
        "AlokasiStaged",
        Severity.REJECT,
        "kode_wilayah",
        "Kode wilayah, atau namanya bila tanpa kode, bukan kabupaten/kota atau kecamatan Kemendagri.",
        "Gunakan kode Kemendagri, misalnya 36.04 atau 36.04.05.",
        pl.col("kode_wilayah").is_null(),
    ),
    _unread(
        "NILAI_ALOKASI_TIDAK_TERBACA",
        "nominal_alokasi",
        "Nilai alokasi tidak terbaca sebagai rupiah, sehingga tidak ikut dijumlahkan.",
        _IN_RUPIAH,
    ),
    _unread(
        "NILAI_TRANSFER_TIDAK_TERBACA",
        "nominal_transfer",
        "Nilai transfer tidak terbaca sebagai rupiah, sehingga tidak ikut dijumlahkan.",
        _IN_RUPIAH,
    ),
    _unread("TGL_TRANSFER_TIDAK_TERBACA", "tgl_transfer", "Tanggal transfer tidak terbaca.", _AS_DATE),
    _unread("TARGET_TIDAK_TERBACA", "target_selesai", "Tanggal target selesai tidak terbaca.", _AS_DATE),
    Rule(
        "ALOKASI_PER_KPM_JANGGAL",
        "AlokasiStaged",
        Severity.FINDING,
        "nominal_alokasi",
        "Nilai alokasi dibagi banyaknya KPM tidak wajar: Rp20.000 ke bawah, atau di atas Rp20.000.000, per KPM.",
        "Periksa satuannya: nilai harus dalam rupiah penuh, atau judulnya menyebut dalam ribuan atau jutaan rupiah.",
        (pl.col("nominal_alokasi") > 0)
        & ~(pl.col("nominal_alokasi") / pl.col("kpm_alokasi")).is_between(*PER_FAMILY, closed="right"),
    ),
    Rule(
        "ALOKASI_MELEBIHI_TARIF",
        "AlokasiStaged",
        Severity.FINDING,
        "nominal_alokasi",
        "Nilai alokasi lebih besar daripada banyaknya KPM kali tarif terbesar tahap ini.",
        "Periksa apakah nilainya pagu setahun atau beberapa tahap; yang dihitung alokasi satu tahap.",
        pl.col("nominal_alokasi") > pl.col("kpm_alokasi") * pl.col("tarif_terbesar"),
    ),
    Rule(
        "ALOKASI_BERTENTANGAN",
        "AlokasiStaged",
        Severity.FINDING,
        "kpm_alokasi",
        "Alokasi wilayah dan tahap ini diserahkan lebih dari sekali dengan angka yang berbeda, dan tidak tampak mana "
        "yang lebih baru; yang dihitung berkas yang namanya terakhir menurut abjad, atau baris yang terbawah.",
        "Keluarkan yang tidak berlaku, atau tulis tanggal atau kata REVISI pada nama berkas yang berlaku.",
        _differ(*_AS_NEW, "revisi") | (_UNORDERED & _differ(*_AS_NEW)),
    ),
    month_first_rule("AlokasiStaged", "tgl_transfer"),
)
