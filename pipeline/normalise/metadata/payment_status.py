"""Parses the payment status that a title, sheet or file name states for a whole list: DAFTAR KPM BELUM TERBAYAR.

Only unambiguous wording counts: DAFTAR BAYAR is a list of payments to come, REKAP TERBAYAR DAN BELUM has both. Does not
belong here: the status in single rows (`pipeline.normalise.values.codes`).
"""

from __future__ import annotations

import re

import polars as pl

from pipeline.normalise.values.codes import program_pattern
from pipeline.normalise.values.distinct import once_per_value

_DONE, _NOT_YET, _NEVER = "(?:SUDAH|SDH|TELAH)", "(?:BELUM|BLM)", "(?:TIDAK|TDK)"
_PAID = (
    "(?:(?:DI|TER)? ?BAYAR(?:KAN)?|(?:DI|TER)? ?SALUR(?:KAN)?|(?:DI)?CAIR(?:KAN)?|(?:DI)?AMBIL|(?:DI)?TERIMA|LUNAS"
    "|TRANSAKSI)"
)
# DIBAYAR without SUDAH or the like may mean "to be paid", unless it stands alone.
_STATUS_PATTERNS = {
    "DIBAYAR": rf"(?:TERBAYAR(?:KAN)?|TERSALUR(?:KAN)?|LUNAS|{_DONE} {_PAID})",
    "BELUM": rf"{_NOT_YET} {_PAID}",
    "GAGAL": rf"(?:GAGAL(?: (?:BAYAR|SALUR|TRANSAKSI|SERAH))?|{_NEVER} (?:DI|TER) ?(?:BAYAR|SALUR|AMBIL)(?:KAN)?)",
    "RETUR": "(?:RETUR|DIRETUR)",
}
_STATUS_IF_ALONE = {"DIBAYAR": "DIBAYAR", "DIBAYARKAN": "DIBAYAR", "DISALURKAN": "DIBAYAR"}
_LIST_WORDS = (
    "(?:DAFTAR|REKAP|REKAPITULASI|LIST|DATA|LAPORAN|NAMA|NOMINATIF|DANOM|BNBA|KPM|KELUARGA|PENERIMA|MANFAAT|BANTUAN"
    "|BANSOS|SOSIAL|PROGRAM|YANG|STATUS|STATUS BAYAR)"
)
_WHERE_AND_WHEN = (
    "(?:(?:PROVINSI|PROV|KABUPATEN|KAB|KOTA|KECAMATAN|KEC|KELURAHAN|KEL|DESA|KCU|KC|KPRK|PER|TANGGAL|TGL|PUKUL"
    "|[0-3]?[0-9] [A-Z]{3,9} 20[0-9]{2}|20[0-9]{6})(?: .*)?)"
)
_STAGE = r"(?:(?:TAHAP|THP|TRIWULAN|TW|TAHUN|THN|TA|ANGGARAN)(?: [IVX0-9]+)?|20[0-9]{2})"
# Words after the status in a name that show that the list is about something else, too.
_OTHER_PAYMENT_WORDS = (
    r"BAYAR|SALUR|CAIR|AMBIL|TERIMA|LUNAS|TRANSAKSI|RETUR|GAGAL|SETOR|ULANG|KEMBALI"
    r"|\b(?:BELUM|BLM|TIDAK|TDK|BUKAN|SUDAH|SDH|TELAH|DAN|ATAU|MENJADI|JADI|UNTUK|DARI|AKAN|PADA|TAHAP LALU)\b"
)
_MARKER = r"^\s*(?:[A-Za-z]|[IVXivx]{1,4}|[0-9]{1,2})\s*[.)]\s*"


@once_per_value(pl.String)
def list_status(text: pl.Expr) -> pl.Expr:
    """The payment status in the lines of a title or the name of a sheet; null for none or several."""
    return text.map_elements(_status_of_text, return_dtype=pl.String)


@once_per_value(pl.String)
def file_status(name: pl.Expr) -> pl.Expr:
    """Like `list_status`, for the name of a file: `pos/Belum Terbayar 28 September 2022 pukul 09.15.xlsx`.

    If a name begins with a status, the rest is taken for a place or number, unless it is about payment, too.
    """
    bare = name.str.extract(r"([^/]+?)(?:\.[A-Za-z]+[0-9]?){1,2}$").str.replace_all("_", " ", literal=True)
    return pl.coalesce(list_status(bare), _leading_status(bare))


@once_per_value(pl.String)
def _leading_status(name: pl.Expr) -> pl.Expr:
    words = name.str.to_uppercase().str.replace_all(r"[^A-Z0-9]+", " ").str.strip_chars(" ")
    return pl.coalesce(
        pl.when(words.str.extract(f"^{pattern} (.*)$").str.contains(_OTHER_PAYMENT_WORDS) == pl.lit(value=False)).then(
            pl.lit(status)
        )
        for status, pattern in _STATUS_PATTERNS.items()
    )


def states_payment_status(line: str) -> bool:
    """Whether a line states the payment status of a list."""
    return _status_of_line(line) is not None


def _status_of_text(text: str) -> str | None:
    statuses = {status for line in text.split(" / ") if (status := _status_of_line(line))}
    return statuses.pop() if len(statuses) == 1 else None


def _status_of_line(line: str) -> str | None:
    words = " ".join(re.findall(r"[A-Z0-9]+", re.sub(_MARKER, "", line).upper()))
    if words in _STATUS_IF_ALONE:
        return _STATUS_IF_ALONE[words]
    of = rf"(?:{_LIST_WORDS}|{program_pattern()}|{_STAGE})"
    return next(
        (
            status
            for status, pattern in _STATUS_PATTERNS.items()
            if re.fullmatch(rf"(?:{of} )*{pattern}(?: {of})*(?: {_WHERE_AND_WHEN})?", words)
        ),
        None,
    )
