"""The calendar of the generated payments: programmes, stages, files and dates.

Belongs here: the fixed plan of files and dates. Does not: who is paid (`pipeline.synthetic.payments`), nor tariffs,
which come from the reference data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.synthetic.files.writers import TextFormat


@dataclass(frozen=True)
class Delivery:
    """One payer's file.

    Attributes:
        path: under raw/pos.
        day: the state it shows.
        form: how it is written; None for a workbook.
        amounts: as in `notation.rupiah`.
        dates: as in `notation.dates`.
        paid: word for paid.
        unpaid: word for not yet paid.
    """

    path: str
    day: date
    form: TextFormat | None
    amounts: str
    dates: str
    paid: str
    unpaid: str


@dataclass(frozen=True)
class Stage:
    """One stage of one programme, with the payment window and the files about it.

    Attributes:
        program, tahun, tahap: the stage.
        batch: beginning of the batch codes.
        first: first day of payment.
        days: how many days it lasts.
        deliveries: files from the earliest to the latest.
        unpaid_book: name and day of the Belum Terbayar workbook, if any.
        by_kecamatan: whether the allotment is given per kecamatan.
    """

    program: str
    tahun: int
    tahap: int
    batch: str
    first: date
    days: int
    deliveries: tuple[Delivery, ...]
    unpaid_book: tuple[str, date] | None = None
    by_kecamatan: bool = False

    @property
    def key(self) -> tuple[str, int, int]:
        """Programme, year, stage."""
        return self.program, self.tahun, self.tahap

    def matches(self) -> pl.Expr:
        """Whether a row is of this stage."""
        return (pl.col("program") == self.program) & (pl.col("tahun") == self.tahun) & (pl.col("tahap") == self.tahap)


_COMMA, _PIPE, _SEMICOLON = TextFormat(","), TextFormat("|"), TextFormat(";")
_BOM = TextFormat(";", encoding="utf-8-sig")
_GZ = TextFormat(",", packing="gz")
_DASH, _SLASH, _ISO = "%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d"

_BBM, _SEMBAKO, _PKH = "BLT_BBM_2022", "SEMBAKO_2022", "PKH_2022"
_BST, _DD, _JAMSOSRATU = "BST_2020", "BLT_DD_2022", "JAMSOSRATU_2022"

# path, day, form, amounts, dates, word for paid, word for unpaid
_BBM_1 = (
    Delivery(f"{_BBM}/danom_bltbbm_t1_20220915.csv", date(2022, 9, 15), _COMMA, "angka", _DASH, "DIBAYAR", "BELUM"),
    Delivery(f"{_BBM}/danom_bltbbm_t1_20221003.csv", date(2022, 10, 3), _COMMA, "angka", _DASH, "BAYAR", "BELUM"),
)
_BBM_2 = (
    Delivery(f"{_BBM}/danom_bltbbm_t2_20221130.txt", date(2022, 11, 30), _PIPE, "titik", _SLASH, "DIBAYAR", "BELUM"),
    Delivery(f"{_BBM}/danom_bltbbm_t2_20221208.txt", date(2022, 12, 8), _PIPE, "titik", _SLASH, "TERBAYAR", "BELUM"),
)
_SEMBAKO_1 = (
    Delivery(f"{_SEMBAKO}/sembako_tahap1_20220228.csv", date(2022, 2, 28), _COMMA, "rp", _ISO, "LUNAS", ""),
    Delivery(f"{_SEMBAKO}/sembako_tahap1_20220320.csv", date(2022, 3, 20), _COMMA, "rp", _ISO, "DIBAYAR", ""),
)
_PKH_1 = (
    Delivery(f"{_PKH}/PKH_tahap1_20220310.csv", date(2022, 3, 10), _BOM, "rp", _ISO, "DIBAYAR", "BELUM TERBAYAR"),
    Delivery(f"{_PKH}/PKH_tahap1_20220430.csv", date(2022, 4, 30), _BOM, "rp", _ISO, "BAYAR", "BELUM TERBAYAR"),
)
_PKH_2 = (
    Delivery(f"{_PKH}/PKH_tahap2_20220630.csv.gz", date(2022, 6, 30), _GZ, "angka", _DASH, "DIBAYAR", "BELUM TERBAYAR"),
)
_DD_1 = (
    Delivery(f"{_DD}/BLT_DD_2022_tahap1_20220501.xlsx", date(2022, 5, 1), None, "titik", _SLASH, "SALUR", "BELUM"),
)
_BANK_1, _BANK_2 = (
    (Delivery(f"{_JAMSOSRATU}/bank_jamsosratu_{name}.csv", day, _SEMICOLON, amounts, dates, "SALUR", "BELUM"),)
    for name, day, amounts, dates in (
        ("t1_20220601", date(2022, 6, 1), "titik", _SLASH),
        ("t2_20221105", date(2022, 11, 5), "angka", _DASH),
    )
)
_UNPAID = (f"{_BBM}/Belum Terbayar 28 September 2022 pukul 09.15.xlsx", date(2022, 9, 28))


def _bst(tahap: int) -> Stage:
    """BST was paid monthly from July 2020 on, one file a month."""
    day = date(2020, 6 + tahap, 20)
    path = f"{_BST}/bst2020_t{tahap}_{day:%Y%m%d}.csv"
    delivery = Delivery(path, day, _PIPE, "angka", _DASH, "DIBAYAR", "BELUM")
    return Stage("BST", 2020, tahap, f"BST20{tahap}", date(2020, 6 + tahap, 6), 11, (delivery,))


STAGES: tuple[Stage, ...] = (
    Stage("BLT BBM", 2022, 1, "BLTB221", date(2022, 9, 2), 29, _BBM_1, unpaid_book=_UNPAID),
    Stage("BLT BBM", 2022, 2, "BLTB222", date(2022, 11, 23), 13, _BBM_2),
    Stage("SEMBAKO", 2022, 1, "SEMB221", date(2022, 2, 20), 26, _SEMBAKO_1, by_kecamatan=True),
    Stage("PKH", 2022, 1, "PKH221", date(2022, 3, 1), 28, _PKH_1),
    Stage("PKH", 2022, 2, "PKH222", date(2022, 6, 1), 25, _PKH_2),
    _bst(1),
    _bst(2),
    _bst(3),
    Stage("BLT DD", 2022, 1, "BLTD221", date(2022, 4, 10), 17, _DD_1, by_kecamatan=True),
    Stage("JAMSOSRATU", 2022, 1, "JAMS221", date(2022, 5, 10), 20, _BANK_1),
    Stage("JAMSOSRATU", 2022, 2, "JAMS222", date(2022, 10, 10), 22, _BANK_2),
)
