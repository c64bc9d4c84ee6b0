"""Indonesian formats and labels: numbers, shares, rupiah, months, and the fixed labels of statuses.

Belongs here: wording and number formats. Does not: which figures a report shows (`reports.figures`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from schemas.marts.bantuan_ganda import DOUBLE
from schemas.spelling import MONTHS

SOURCES = {
    "dtks": "DTKS",
    "dukcapil": "Dukcapil",
    "pos": "Penyalur (pos)",
    "alokasi": "Alokasi",
    "pendamping": "Pendamping",
    "lain": "Di luar folder sumber",
}

STATUS_PADAN = {
    "PADAN": ("Padan", "Orangnya ditemukan di Dukcapil tanpa mengubah NIK-nya selain merapikan spasi dan tanda baca."),
    "PADAN_PERBAIKAN": ("Padan setelah perbaikan", "Orangnya ditemukan setelah NIK dilengkapi atau dibetulkan."),
    "TINJAU": ("Perlu ditinjau", "Orangnya atau NIK usulannya belum pasti; petugas yang harus memutuskan."),
    "TIDAK_PADAN": ("Tidak padan", "Tidak ada penduduk Dukcapil yang sesuai."),
}

STATUS_KELUARGA = {
    "UTUH": ("Utuh", "Semua anggota KK-nya di Dukcapil ada di keluarga ini."),
    "SEBAGIAN": ("Sebagian", "Ada anggota KK-nya di Dukcapil yang belum ada di keluarga ini."),
    "PECAH": ("Pecah", "Anggotanya sekarang berada di beberapa KK Dukcapil."),
    "GABUNG": ("Gabung", "Satu KK Dukcapil memuat beberapa keluarga DTKS."),
    "TIDAK_PADAN": ("Tidak padan", "Tidak ada anggota yang padan."),
}

STATUS_BERKAS = {
    "DIBACA": "Dibaca",
    "KEMBAR": "Kembar, tidak dihitung lagi",
    "DITOLAK": "Ditolak",
    "DILEWATI": "Dilewati",
}

IMPROPER = {
    "PENERIMA_MENINGGAL": "Penerima tercatat meninggal sebelum dibayar, atau tanpa tanggal meninggal.",
    **DOUBLE,
    "PENERIMA_ASN_TNI_POLRI": "Penerima tercatat sebagai ASN, TNI, atau Polri di Dukcapil.",
    "NIK_TIDAK_DI_DUKCAPIL": "NIK penerima tidak ada di Dukcapil.",
    "PENERIMA_PINDAH": "Penerima tercatat pindah sebelum dibayar, atau tanpa tanggal pindah.",
    "SEBELUM_PERINTAH": "Dibayar sebelum penyaluran tahapnya dimulai.",
    "DI_LUAR_JADWAL": "Dibayar di luar jadwal tahapnya.",
    "TAHAP_SEKALIGUS": "Beberapa tahap dibayar sekaligus di luar daerah 3T.",
    "KANTOR_LUAR_WILAYAH": "Dibayar oleh kantor yang tidak melayani kabupaten/kota itu.",
    "NOMINAL_DI_LUAR_TARIF": "Nilainya tidak sesuai tarif tahap itu.",
}

UNKNOWN, NOWHERE = "–", "Kabupaten/kota tidak dikenal"
"""Stand where a figure, or the kabupaten of rows, is not known."""


def number(value: float | None) -> str:
    """`1234567` as `1.234.567`; up to three decimals after a comma if there are any."""
    if value is None:
        return UNKNOWN
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def decimal(value: float, decimals: int = 1, *, signed: bool = False) -> str:
    """`-12.34` as `-12,3`, without a sign if it rounds to 0."""
    text = f"{round(value, decimals) + 0.0:{'+' if signed else ''}.{decimals}f}"
    return text.replace(".", ",")


def estimate(value: float) -> str:
    """An expected number: `kurang dari 1`, else `sekitar 1.234`."""
    return "kurang dari 1" if value < 1 else f"sekitar {number(round(value))}"


def rupiah(value: int | None) -> str:
    """`1234567` as `Rp1.234.567`."""
    return UNKNOWN if value is None else f"{'-' if value < 0 else ''}Rp{number(abs(value))}"


def percent(value: float | None) -> str:
    """`97.34` as `97,3%`; values between 0 and 100 are never rounded to either."""
    if value is None:
        return UNKNOWN
    if not 0 < value < 100:  # noqa: PLR2004
        return f"{number(round(value, 1))}%"
    return f"{min(max(value, 0.1), 99.9):.1f}%".replace(".", ",")


def measured(value: float, limit: float) -> str:
    """A gate's value with one decimal, or more if needed to show on which side of its limit and of 0 it is."""
    rounded = (round(value, decimals) for decimals in (1, 2))
    return number(next((each for each in rounded if (each > limit, each > 0) == (value > limit, value > 0)), value))


def answers(counts: Mapping[str, int]) -> str:
    """Officers' answers, as `5 SAMA, 3 BEDA, 1 TIDAK TAHU (ditanyakan lagi)`; empty if there are none."""
    notes = {"SAMA": "", "BEDA": "", "TIDAK TAHU": " (ditanyakan lagi)", "BATAL": " (ditarik atau diganti)"}
    return ", ".join(f"{number(counts[each])} {each}{note}" for each, note in notes.items() if each in counts)


def capitalised(text: str) -> str:
    """`nomor KK berbeda` as `Nomor KK berbeda`: the rest stays as it is."""
    return text[:1].upper() + text[1:]


def month(periode: str) -> str:
    """`2022-12` as `Desember 2022`."""
    year, number_of_month = periode.split("-")
    return f"{MONTHS[int(number_of_month) - 1]} {year}"


def day(value: date | None) -> str:
    """`2022-09-08` as `8 Sep 2022`."""
    return UNKNOWN if value is None else f"{value.day} {MONTHS[value.month - 1][:3]} {value.year}"


def signed(value: float | None) -> str:
    """A change in percentage points: `+1,25`, `-0,3`, `0`."""
    if value is None:
        return UNKNOWN
    # A change below three decimals counts as none.
    shown = round(value, 3) + 0.0
    return f"{'+' if shown > 0 else ''}{number(shown)}"


def aligned(lines: Sequence[Sequence[str]], words: int = 1) -> list[str]:
    """Lines of equally many cells, aligned in columns: the first `words` of them left, figures right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if at < words else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
