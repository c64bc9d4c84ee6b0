"""What a rule is, and the expressions that rules on several models share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import polars as pl

# Added to a woman's day of birth in her NIK.
WOMEN_DAY = 40
# A birth date of which only the year is written (also 00-00-1963, 1963-00-00), as it stands in `tanggal_lahir_asal`;
# the group is the year.
YEAR_ONLY = r"^(?:00?[-/.]00?[-/.])?((?:19|20)[0-9]{2})(?:[.,]0+|[-/.]00?[-/.]00?)?$"
# A number of many digits as spreadsheets and programs shorten it: 1,6E+17. A code may have an E too: 3E12.
SCIENTIFIC = r"(?i)^[0-9](?:[.,][0-9]+E\+?|E\+)[0-9]{2}$"
# What stands where no date was ever filled in: NN, 0, and the 00-00-0000 of databases.
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
        on: name of the model whose rows it judges, or `Berkas` for what the reader raises.
        severity: what becomes of a row that breaks it.
        column: the column an officer should look at; empty where it is the whole line.
        sentence: what is wrong, one Indonesian sentence.
        cure: what the officer can do about it, one Indonesian sentence.
        breaks: true where a row breaks the rule; null counts as kept.
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
        """Sentence and cure, as officers read them."""
        return f"{self.sentence} {self.cure}"


@dataclass(frozen=True)
class Rows:
    """The rows of one model, as rules judge them: each rule is declared by what becomes of a row that breaks it.

    Attributes:
        model: its name (`Rule.on`).
    """

    model: str

    def refused(self, code: str, column: str, sentence: str, cure: str, breaks: pl.Expr | None = None) -> Rule:
        """Such a row goes to quarantine."""
        return Rule(code, self.model, Severity.REJECT, column, sentence, cure, breaks)

    def found(self, code: str, column: str, sentence: str, cure: str, breaks: pl.Expr | None = None) -> Rule:
        """Such a row is accepted, and somebody has to look at it."""
        return Rule(code, self.model, Severity.FINDING, column, sentence, cure, breaks)

    def mended(self, code: str, column: str, sentence: str, cure: str, breaks: pl.Expr | None = None) -> Rule:
        """Such a row was put right already."""
        return Rule(code, self.model, Severity.REPAIR, column, sentence, cure, breaks)


def is_filler(column: str) -> pl.Expr:
    """Whether a 16-digit number was typed to fill the cell: one digit throughout, a sequence, or no date and serial."""
    number = pl.col(column).cast(pl.Int64, strict=False)
    return (number % _ONES == 0) | number.is_in(_SEQUENCES) | (number % _DATE_AND_SERIAL == 0)


def place_rules(rows: Rows) -> tuple[Rule, ...]:
    """Findings about the region that a row names, for models with `temuan_wilayah` (`pipeline.normalise.regions`)."""
    return tuple(
        rows.found(code, "kode_desa", sentence, cure, pl.col("temuan_wilayah") == code)
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


def month_first_rule(rows: Rows, column: str) -> Rule:
    """That the dates of a row's table were read with the month first, for models with `bulan_dahulu`."""
    return rows.mended(
        "TGL_BULAN_DAHULU",
        column,
        "Tanggal di berkas ini ditulis dengan bulan di depan (misalnya 12/31/1990), atau Excel menukar tanggal dan "
        "bulan di sebagian selnya; tanggalnya sudah dibaca menurut itu.",
        "Periksa beberapa baris; setelan wilayah Excel sebaiknya Indonesia agar tanggal ditulis HH-BB-TTTT.",
        pl.col("bulan_dahulu"),
    )
