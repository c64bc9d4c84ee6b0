"""Rules on targets: allotments to a kabupaten or kecamatan in a stage, and the transfers for them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from schemas.keys import STAGE
from schemas.rules.rule import Rule, RulesOn, month_first_rule

# Bounds of what any programme pays one family in a stage (the upper one for a house); other amounts are in other units.
PER_FAMILY = (20_000, 20_000_000)
# A blank amount: empty, `-`, `Rp -`, NULL, `\N`, `0`; not a broken formula (#REF!), which had a value.
_MARKS = r"[\s\p{P}\p{S}\p{Cf}0]*"
_NOTHING = rf"(?i)^{_MARKS}(?:RP|IDR|NULL|NAN|NONE|N/A|N|TIDAK ADA|KOSONG)?{_MARKS}$"


_TARGET = RulesOn("AlokasiStaged")


def _unreadable(code: str, column: str, sentence: str, cure: str) -> Rule:
    written = pl.col(f"{column}_asal")
    something = written.str.contains("#", literal=True) | ~written.str.contains(_NOTHING)
    return _TARGET.finding(code, column, sentence, cure, pl.col(column).is_null() & something)


TARGET = (*STAGE, "kode_wilayah")
_AS_NEW = (*TARGET, "berlaku_per")
DELIVERY = (*_AS_NEW, "revisi")
"""Rows of one target that agree in these columns are equally new, so none of them clearly replaces another."""
_TRANSFER = pl.col("nominal_transfer")
# Transfers that are stated. A zero counts if it has an SP2D number, as it corrects a sum under the same number.
_STATED = (_TRANSFER > 0) | ((_TRANSFER == 0) & pl.col("no_sp2d").is_not_null())
TRANSFERS = _TRANSFER.filter(_STATED & pl.struct("no_sp2d", "tgl_transfer", "nominal_transfer").is_first_distinct())
"""The distinct transfers in a group of rows."""
# A further SP2D of a target, which need not repeat the allotment.
_FURTHER_SP2D = pl.col("no_sp2d").is_not_null() & (_TRANSFER > 0) & (pl.col("kpm_alokasi").max().over(DELIVERY) > 0)


def allotted_differently(of: Sequence[str]) -> pl.Expr:
    """Whether rows that agree in `of` state different allotments."""
    several = (pl.col(name).drop_nulls().n_unique().over(of) > 1 for name in ("kpm_alokasi", "nominal_alokasi"))
    return pl.any_horizontal(*several)


def transferred_in_parts(of: Sequence[str]) -> pl.Expr:
    """Whether the different transfers of rows that agree in `of` are parts of one sum rather than corrections.

    They are parts if each has its own SP2D number and their sum is at most the allotment; without any numbers, if each
    has its own day and their sum equals the allotment.
    """
    numbers, days = (
        pl.col(name).filter(_STATED).drop_nulls().n_unique().over(of) for name in ("no_sp2d", "tgl_transfer")
    )
    count, total = TRANSFERS.len().over(of), TRANSFERS.sum().over(of)
    allotted = pl.col("nominal_alokasi").max().over(of)
    numbered = (count == numbers) & (total <= allotted).fill_null(value=True)
    dated = (numbers == 0) & (count == days) & (total == allotted).fill_null(value=False)
    return numbered | dated


def _contradict(of: Sequence[str]) -> pl.Expr:
    """Whether rows that agree in `of` state figures that contradict each other."""
    several_transfers = _TRANSFER.n_unique().over(of) > 1
    return allotted_differently(of) | (several_transfers & ~transferred_in_parts(of))


# A list called final has no known order relative to a second revision.
_FINAL = pl.any_horizontal(pl.col("berkas", "lembar").str.contains(r"(?i)(?:^|[^A-Z])FINAL(?:[^A-Z]|$)"))
_UNORDERED = (_FINAL & (pl.col("revisi") == 1)).any().over(_AS_NEW) & (pl.col("revisi") > 1).any().over(_AS_NEW)
_IN_RUPIAH = "Tulis nilainya sebagai angka rupiah utuh, misalnya 1500000 atau Rp 1.500.000,00."
_AS_DATE = "Tulis tanggalnya lengkap, misalnya 05-09-2022."
RULES = (
    _TARGET.rejection(
        "ALOKASI_TIDAK_LENGKAP",
        "program",
        "Program, tahun, atau tahap tidak terbaca.",
        "Lengkapi program, tahun, dan tahapnya, di baris ini atau pada judul tabelnya.",
        pl.any_horizontal(pl.col("program", "tahun", "tahap").is_null()),
    ),
    _TARGET.rejection(
        "KPM_TIDAK_TERBACA",
        "kpm_alokasi",
        "Jumlah KPM kosong atau tidak terbaca sebagai angka.",
        "Tulis jumlah KPM sebagai angka utuh, misalnya 1250.",
        pl.col("kpm_alokasi").is_null() & ~_FURTHER_SP2D.fill_null(value=False),
    ),
    _TARGET.rejection(
        "WILAYAH_TIDAK_DIKENAL",
        "kode_wilayah",
        "Kode wilayah, atau namanya bila tanpa kode, bukan kabupaten/kota atau kecamatan menurut Kemendagri.",
        "Gunakan kode Kemendagri, misalnya 36.04 atau 36.04.05.",
        pl.col("kode_wilayah").is_null(),
    ),
    _unreadable(
        "NILAI_ALOKASI_TIDAK_TERBACA",
        "nominal_alokasi",
        "Nilai alokasi tidak terbaca sebagai rupiah, sehingga tidak ikut dijumlahkan.",
        _IN_RUPIAH,
    ),
    _unreadable(
        "NILAI_TRANSFER_TIDAK_TERBACA",
        "nominal_transfer",
        "Nilai transfer tidak terbaca sebagai rupiah, sehingga tidak ikut dijumlahkan.",
        _IN_RUPIAH,
    ),
    _TARGET.finding(
        "SP2D_DIBATALKAN",
        "nominal_transfer",
        "Menurut keterangannya SP2D ini dibatalkan, sehingga transfernya tidak ikut dijumlahkan.",
        "Bila uangnya tetap ditransfer, hapus keterangan batalnya.",
        pl.col("batal") & (pl.col("nominal_transfer") == 0),
    ),
    _unreadable("TGL_TRANSFER_TIDAK_TERBACA", "tgl_transfer", "Tanggal transfer tidak terbaca.", _AS_DATE),
    _unreadable("TARGET_TIDAK_TERBACA", "target_selesai", "Tanggal target selesai tidak terbaca.", _AS_DATE),
    _TARGET.finding(
        "ALOKASI_PER_KPM_JANGGAL",
        "nominal_alokasi",
        "Nilai alokasi dibagi jumlah KPM tidak wajar: Rp20.000 ke bawah, atau di atas Rp20.000.000, per KPM.",
        "Periksa satuannya: tulis nilainya dalam rupiah penuh, atau sebut ribuan atau jutaan rupiah pada judulnya.",
        (pl.col("nominal_alokasi") > 0)
        & ~(pl.col("nominal_alokasi") / pl.col("kpm_alokasi")).is_between(*PER_FAMILY, closed="right"),
    ),
    _TARGET.finding(
        "ALOKASI_MELEBIHI_TARIF",
        "nominal_alokasi",
        "Nilai alokasi lebih besar daripada jumlah KPM dikalikan tarif terbesar tahap ini.",
        "Periksa apakah nilainya pagu setahun atau beberapa tahap; isi alokasi untuk satu tahap saja.",
        pl.col("nominal_alokasi") > pl.col("kpm_alokasi") * pl.col("tarif_terbesar"),
    ),
    _TARGET.finding(
        "ALOKASI_BERTENTANGAN",
        "kpm_alokasi",
        "Alokasi wilayah dan tahap ini diserahkan lebih dari sekali dengan angka yang berbeda, dan tidak jelas mana "
        "yang lebih baru; yang dihitung adalah berkas yang namanya terakhir menurut abjad, atau baris yang terbawah.",
        "Keluarkan berkas yang tidak berlaku, atau tulis tanggal atau kata REVISI pada nama berkas yang berlaku.",
        _contradict(DELIVERY) | (_UNORDERED & _contradict(_AS_NEW)),
    ),
    month_first_rule(_TARGET, "tgl_transfer"),
)
