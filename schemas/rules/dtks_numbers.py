"""Rules on the NIK and KK numbers of DTKS rows: their shape, and the date, sex and region in their digits.

Does not belong here: other columns of a row (`schemas.rules.dtks`).
"""

from __future__ import annotations

import polars as pl

from schemas.rules.rule import WOMEN_DAY, YEAR_ONLY, RulesOn, is_filler


def _day_in(number: str) -> pl.Expr:
    return pl.col(number).str.slice(6, 2).cast(pl.Int32, strict=False)


_NIK_DAY = _day_in("nik")
_NIK_DATE_PARTS = pl.col("nik").str.slice(8, 4)
_BIRTH_PARTS = pl.col("tanggal_lahir").dt.strftime("%m%y")
_DAY_OF_BIRTH = pl.col("tanggal_lahir").dt.day().cast(pl.Int32)


def _matches(column: str, pattern: str) -> pl.Expr:
    return pl.col(column).str.contains(pattern)


def _date_is_impossible(number: str) -> pl.Expr:
    """Whether the date in a NIK or KK number is invalid; some KK numbers add 40 to the day, too."""
    written = _day_in(number)
    day = pl.when(written > WOMEN_DAY).then(written - WOMEN_DAY).otherwise(written)
    # 2000 is a leap year, so 29 February is always accepted.
    as_date = pl.format("2000-{}-{}", pl.col(number).str.slice(8, 2), day.cast(pl.String).str.zfill(2)).str.to_date(
        "%Y-%m-%d", strict=False
    )
    return pl.col(number).is_not_null() & as_date.is_null()


def _region_is_impossible(number: str) -> pl.Expr:
    """Whether a number begins with a province that never existed, or with kabupaten or kecamatan 00."""
    return (pl.col(f"{number}_wilayah") == "TIDAK_DIKENAL") | _matches(number, "^[0-9]{2}(?:00|[0-9]{2}00)")


def _region_is_unknown(number: str) -> pl.Expr:
    """Whether the region at the head of a possible number is in no list; lists from before 2018 are incomplete."""
    return pl.col(f"{number}_wilayah").is_in(["PROVINSI", "KABUPATEN"]) & ~_region_is_impossible(number)


def _has_letters_for_digits(number: str) -> pl.Expr:
    """Whether letters inside a number were replaced with digits; words beside it (NIK 3604…) do not count."""
    digits = pl.col(f"{number}_asal").str.replace_all("[^0-9]", "")
    return _matches(f"{number}_asal", "[A-Za-z]") & (digits != pl.col(number))


_ROW = RulesOn("DtksStaged")
RULES = (
    _ROW.finding(
        "NIK_KOSONG", "nik", "NIK tidak diisi.", "Lengkapi NIK dari KTP-el atau KK.", pl.col("nik_tulis").is_null()
    ),
    _ROW.finding(
        "NIK_ILMIAH",
        "nik",
        "NIK berubah menjadi notasi ilmiah (misalnya 3,6E+15) sehingga angkanya hilang.",
        "Ketik ulang NIK; format sel Excel harus Teks.",
        _matches("nik_tulis", r"[0-9]E\+?[0-9]+$"),
    ),
    _ROW.finding(
        "NIK_KURANG",
        "nik",
        "NIK kurang dari 16 angka.",
        "Periksa NIK pada KTP-el atau KK.",
        _matches("nik_tulis", r"^[0-9]{1,15}$"),
    ),
    _ROW.finding(
        "NIK_LEBIH",
        "nik",
        "NIK lebih dari 16 angka.",
        "Periksa NIK pada KTP-el atau KK.",
        _matches("nik_tulis", r"^[0-9]{17,}$"),
    ),
    _ROW.finding(
        "NIK_RUSAK",
        "nik",
        "NIK memuat huruf atau tanda yang tidak dapat dibaca sebagai angka.",
        "Periksa NIK pada KTP-el atau KK.",
        ~_matches("nik_tulis", r"^[0-9]+$") & ~_matches("nik_tulis", r"[0-9]E\+?[0-9]+$"),
    ),
    _ROW.finding(
        "NIK_ISIAN",
        "nik",
        "NIK hanya isian sementara (angka kembar atau berurutan).",
        "Ganti dengan NIK yang sebenarnya.",
        _matches("nik_tulis", r"^[0-9]{16}$") & is_filler("nik_tulis"),
    ),
    _ROW.finding(
        "NIK_SERI_NOL",
        "nik",
        "Empat angka terakhir NIK adalah 0000, yang tidak pernah diterbitkan Dukcapil; khas kerusakan Excel.",
        "Ketik ulang NIK; format sel Excel harus Teks.",
        _matches("nik", r"0000$"),
    ),
    _ROW.finding(
        "NIK_BERKAS_EXCEL",
        "nik",
        "Berkas ini rusak oleh Excel: angka terakhir NIK dan nomor KK menjadi 0 di hampir semua baris.",
        "Unduh ulang berkasnya; jangan simpan nomor sebagai angka di Excel.",
        pl.col("nik_berkas_nol"),
    ),
    _ROW.finding(
        "NIK_BERKAS_BULAT",
        "nik",
        "NIK dan nomor KK di berkas ini pernah dibaca sebagai bilangan, sehingga nomor Papua dibulatkan menjadi genap.",
        "Minta ulang berkas asal; NIK dan nomor KK harus dibaca sebagai teks.",
        pl.col("nik_berkas_bulat"),
    ),
    _ROW.finding(
        "NIK_SALINAN",
        "nik",
        "Satu NIK tertulis untuk beberapa orang dalam satu KK.",
        "Isi NIK masing-masing anggota sesuai KK.",
        pl.col("nik_disalin"),
    ),
    _ROW.finding(
        "NIK_WILAYAH_MUSTAHIL",
        "nik",
        "NIK diawali kode provinsi yang tidak pernah ada, atau kode kabupaten atau kecamatan 00.",
        "Periksa NIK pada KTP-el atau KK.",
        _region_is_impossible("nik"),
    ),
    _ROW.finding(
        "NIK_WILAYAH_TIDAK_DIKENAL",
        "nik",
        "Enam angka pertama NIK tidak ada dalam daftar kode wilayah, baik yang berlaku maupun yang lama.",
        "Cocokkan NIK dengan KTP-el atau KK; kode dari sebelum pemekaran tetap sah.",
        _region_is_unknown("nik"),
    ),
    _ROW.finding(
        "NIK_TGL_MUSTAHIL",
        "nik",
        "Tanggal lahir di dalam NIK tidak ada di kalender.",
        "Periksa NIK pada KTP-el atau KK.",
        _date_is_impossible("nik"),
    ),
    _ROW.finding(
        "NIK_TGL_BEDA",
        "tanggal_lahir",
        "Tanggal lahir berbeda dari tanggal di dalam NIK.",
        "Cocokkan keduanya dengan KTP-el atau KK. NIK tidak ikut diganti bila tanggal lahir dibetulkan; bila ada "
        "usulan NIK untuk baris ini, periksa usulan itu dahulu.",
        pl.when(_matches("tanggal_lahir_asal", YEAR_ONLY))
        .then(_NIK_DATE_PARTS.str.tail(2) != _BIRTH_PARTS.str.tail(2))
        .otherwise(
            (_NIK_DATE_PARTS != _BIRTH_PARTS) | ((_NIK_DAY != _DAY_OF_BIRTH) & (_NIK_DAY != _DAY_OF_BIRTH + WOMEN_DAY))
        ),
    ),
    _ROW.finding(
        "NIK_JK_BEDA",
        "jenis_kelamin",
        "Jenis kelamin berbeda dari yang tersirat di dalam NIK.",
        "Periksa jenis kelamin dan NIK pada KTP-el atau KK.",
        pl.when(_NIK_DAY.is_between(1, 31) | _NIK_DAY.is_between(41, 71)).then(
            (_NIK_DAY > WOMEN_DAY) != (pl.col("jenis_kelamin") == "P")
        ),
    ),
    _ROW.finding(
        "NIK_SAMA_KK",
        "nik",
        "NIK sama dengan nomor KK.",
        "Periksa NIK pada KTP-el; nomor KK tidak boleh dipakai sebagai NIK.",
        pl.col("nik") == pl.col("no_kk"),
    ),
    _ROW.finding(
        "NIK_GANDA",
        "nik",
        "NIK ini dipakai lebih dari satu baris DTKS.",
        "Periksa apakah orangnya sama; bila berbeda, perbaiki NIK yang salah.",
        pl.col("nik").is_not_null() & pl.col("nik").is_duplicated(),
    ),
    _ROW.finding("KK_KOSONG", "no_kk", "Nomor KK tidak diisi.", "Lengkapi nomor KK.", pl.col("no_kk_tulis").is_null()),
    _ROW.finding(
        "KK_RUSAK",
        "no_kk",
        "Nomor KK bukan 16 angka atau hanya isian sementara.",
        "Periksa nomor KK pada lembar KK terbaru.",
        pl.col("no_kk_tulis").is_not_null() & pl.col("no_kk").is_null(),
    ),
    _ROW.finding(
        "KK_SERI_NOL",
        "no_kk",
        "Empat angka terakhir nomor KK adalah 0000, yang tidak pernah diterbitkan Dukcapil; khas kerusakan Excel.",
        "Ketik ulang nomor KK; format sel Excel harus Teks.",
        _matches("no_kk", r"0000$"),
    ),
    _ROW.finding(
        "KK_TGL_MUSTAHIL",
        "no_kk",
        "Tanggal terbit di dalam nomor KK tidak ada di kalender.",
        "Periksa nomor KK pada lembar KK terbaru.",
        _date_is_impossible("no_kk"),
    ),
    _ROW.finding(
        "KK_WILAYAH_MUSTAHIL",
        "no_kk",
        "Nomor KK diawali kode provinsi yang tidak pernah ada, atau kode kabupaten atau kecamatan 00.",
        "Periksa nomor KK pada lembar KK terbaru.",
        _region_is_impossible("no_kk"),
    ),
    _ROW.repair(
        "NIK_HURUF",
        "nik",
        "Huruf yang mirip angka di dalam NIK (O, I, l, Z) dibaca sebagai angka.",
        "Tulis NIK dengan angka saja di berkas asal.",
        _has_letters_for_digits("nik"),
    ),
    _ROW.repair(
        "NIK_TANDA_BACA",
        "nik",
        "Spasi, tanda baca, petik, akhiran .0, atau kata di samping NIK dibuang.",
        "Tulis 16 angkanya saja, dalam sel berformat Teks.",
        _matches("nik_asal", "[^0-9A-Za-z]") & pl.col("nik").is_not_null(),
    ),
    _ROW.repair(
        "KK_HURUF",
        "no_kk",
        "Huruf yang mirip angka di dalam nomor KK (O, I, l, Z) dibaca sebagai angka.",
        "Tulis nomor KK dengan angka saja di berkas asal.",
        _has_letters_for_digits("no_kk"),
    ),
    _ROW.repair(
        "KK_TANDA_BACA",
        "no_kk",
        "Spasi, tanda baca, petik, akhiran .0, atau kata di samping nomor KK dibuang.",
        "Tulis 16 angkanya saja, dalam sel berformat Teks.",
        _matches("no_kk_asal", "[^0-9A-Za-z]") & pl.col("no_kk").is_not_null(),
    ),
)
