"""The class `Rule`, and expressions that rules on several models share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import polars as pl

# Added to a woman's day of birth in her NIK.
WOMEN_DAY = 40
# A birth date as written (`tanggal_lahir_asal`) with a year only: 1963, 00-00-1963, 1963-00-00. The group is the year.
YEAR_ONLY = r"^(?:00?[-/.]00?[-/.])?((?:19|20)[0-9]{2})(?:[.,]0+|[-/.]00?[-/.]00?)?$"
# A long number in the scientific notation of spreadsheets: 1,6E+17. Not a code with an E: 3E12.
SCIENTIFIC = r"(?i)^[0-9](?:[.,][0-9]+E\+?|E\+)[0-9]{2}$"
# Notations of a date that was never filled in: NN, 0, and the 00-00-0000 of databases.
NO_DATE = r"^(?:[Nn][Nn]|[0 ./:-]+)$"
_ONES = 1_111_111_111_111_111
_SEQUENCES = (1234567890123456, 123456789012345, 1234567812345678, 9876543210987654)
_DATE_AND_SERIAL = 10**10


class Severity(Enum):
    """What a broken rule means for the row."""

    REJECT = "TOLAK"
    FINDING = "TEMUAN"
    REPAIR = "PERBAIKAN"


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        code: stable code, as in `quality.karantina.kode` and `quality.temuan.kode`.
        on: name of the model it applies to, or `Berkas` for rules that the reader raises.
        severity: the outcome for a row that breaks it.
        column: the column an officer should check; empty for the whole line.
        sentence: what is wrong, one Indonesian sentence.
        cure: what the officer can do about it, one Indonesian sentence.
        breaks: true if a row breaks the rule; null counts as kept.
    """

    code: str
    on: str
    severity: Severity
    column: str
    sentence: str
    cure: str
    breaks: pl.Expr | None = None

    @property
    def explanation(self) -> str:
        """Sentence and cure together."""
        return f"{self.sentence} {self.cure}"


@dataclass(frozen=True)
class RulesOn:
    """Declares rules on one model, by the outcome for a row that breaks them.

    Attributes:
        model: name of the model (`Rule.on`).
    """

    model: str

    def rejection(self, code: str, column: str, sentence: str, cure: str, breaks: pl.Expr | None = None) -> Rule:
        """A rule that sends rows to quarantine."""
        return Rule(code, self.model, Severity.REJECT, column, sentence, cure, breaks)

    def finding(self, code: str, column: str, sentence: str, cure: str, breaks: pl.Expr | None = None) -> Rule:
        """A rule that accepts rows with a finding, which somebody must check."""
        return Rule(code, self.model, Severity.FINDING, column, sentence, cure, breaks)

    def repair(self, code: str, column: str, sentence: str, cure: str, breaks: pl.Expr | None = None) -> Rule:
        """A rule about rows that were repaired automatically."""
        return Rule(code, self.model, Severity.REPAIR, column, sentence, cure, breaks)


def is_filler(column: str) -> pl.Expr:
    """Whether a 16-digit number is a placeholder: one digit repeated, a sequence, or zeros for date and serial."""
    number = pl.col(column).cast(pl.Int64, strict=False)
    return (number % _ONES == 0) | number.is_in(_SEQUENCES) | (number % _DATE_AND_SERIAL == 0)


def place_rules(rows: RulesOn) -> tuple[Rule, ...]:
    """Rules on the region that a row names, for models with `temuan_wilayah` (`pipeline.normalise.regions`)."""
    return tuple(
        rows.finding(code, "kode_desa", sentence, cure, pl.col("temuan_wilayah") == code)
        for code, sentence, cure in (
            (
                "WILAYAH_TIDAK_DIKENAL",
                "Nama wilayah tidak diisi, atau tidak ditemukan dalam daftar Kemendagri, sampai tingkat desa.",
                "Isi atau betulkan nama desa, kecamatan, dan kabupaten; kode BPS saja tidak cukup.",
            ),
            (
                "WILAYAH_AMBIGU",
                "Nama wilayah cocok dengan lebih dari satu tempat.",
                "Tulis lengkap, misalnya KABUPATEN atau KOTA, dan nama kecamatannya.",
            ),
            (
                "WILAYAH_LAMA",
                "Nama atau kode wilayah sudah berubah karena pemekaran.",
                "Gunakan nama wilayah yang berlaku sekarang.",
            ),
            (
                "WILAYAH_EJAAN",
                "Ejaan nama wilayah berbeda dari daftar Kemendagri.",
                "Samakan ejaan dengan daftar Kemendagri.",
            ),
        )
    )


def month_first_rule(rows: RulesOn, column: str) -> Rule:
    """The rule that reports dates read with the month first, for models with `bulan_dahulu`."""
    return rows.repair(
        "TGL_BULAN_DAHULU",
        column,
        "Tanggal di berkas ini ditulis dengan bulan di depan (misalnya 12/31/1990), atau Excel menukar tanggal dan "
        "bulan di sebagian selnya; tanggalnya sudah dibaca menurut itu.",
        "Periksa beberapa baris; setelan wilayah Excel sebaiknya Indonesia agar tanggal ditulis HH-BB-TTTT.",
        pl.col("bulan_dahulu"),
    )
