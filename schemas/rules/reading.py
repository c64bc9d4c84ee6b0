"""Lines and files that the reader could not take as data; it raises these itself."""

from __future__ import annotations

import polars as pl

from schemas.rules.rule import Rule, Severity

# Files below such a folder are corrections: their rows come before those of all other files.
CORRECTIONS = r"(^|/)perbaikan/"
# A text that ends within a row: what stood behind it is not in the file, so that the whole file is to be looked at.
CUT_SHORT = "BERKAS_TERPOTONG"
# A line above the header of a table that holds data all the same.
ABOVE_HEADER = "DI_ATAS_JUDUL"
# Before the name of a sheet that officers do not see when they open the workbook. It sorts before other names, so that
# of two rows of one file that tell the same thing, of which the last one counts, that of the sheet they see does.
HIDDEN_SHEET = "(tersembunyi) "
IN_HIDDEN_SHEET = pl.col("lembar").str.contains(HIDDEN_SHEET, literal=True)


def _hidden_sheet(model: str) -> Rule:
    return Rule(
        "LEMBAR_TERSEMBUNYI",
        model,
        Severity.FINDING,
        "lembar",
        "Baris ini berasal dari lembar yang disembunyikan di buku kerja Excel.",
        "Pastikan lembar itu bukan salinan lama; bila ya, hapus lembarnya, lalu serahkan lagi.",
        IN_HIDDEN_SHEET,
    )


RULES = (
    *(
        _hidden_sheet(model)
        for model in ("DtksStaged", "DukcapilStaged", "PosStaged", "AlokasiStaged", "PendampingStaged", "DtsenStaged")
    ),
    Rule(
        "KOLOM_KURANG",
        "Berkas",
        Severity.REJECT,
        "",
        "Baris ini terpotong: kolomnya lebih sedikit daripada baris judul.",
        "Lengkapi baris pada berkas asal, lalu serahkan lagi.",
    ),
    Rule(
        CUT_SHORT,
        "Berkas",
        Severity.REJECT,
        "",
        "Berkas ini berakhir di tengah baris terakhirnya: tampaknya terpotong saat disalin; baris sesudahnya hilang.",
        "Salin ulang berkas yang utuh dari asalnya, lalu serahkan lagi.",
    ),
    Rule(
        "KOLOM_LEBIH",
        "Berkas",
        Severity.REJECT,
        "",
        "Baris ini mempunyai kolom lebih banyak daripada baris judul.",
        "Hapus pemisah kolom yang berlebih di dalam isian (misalnya pada alamat), lalu serahkan lagi.",
    ),
    Rule(
        "KOLOM_GESER",
        "Berkas",
        Severity.REJECT,
        "",
        "Isi baris ini bergeser: tidak berada di bawah judul kolomnya.",
        "Kembalikan setiap isian ke kolomnya pada berkas asal, lalu serahkan lagi.",
    ),
    Rule(
        ABOVE_HEADER,
        "Berkas",
        Severity.REJECT,
        "",
        "Baris ini berada di atas baris judul kolom, atau tersambung dengannya, sehingga tidak diketahui isian mana "
        "milik kolom mana.",
        "Pindahkan baris judul kolom ke baris tersendiri di atas baris ini pada berkas asal, lalu serahkan lagi.",
    ),
    Rule(
        "BARIS_CATATAN",
        "Berkas",
        Severity.REJECT,
        "",
        "Baris ini berupa catatan, jumlah, atau baris judul yang terulang, bukan data.",
        "Tidak perlu diperbaiki; hapus dari berkas bila mengganggu.",
    ),
    Rule(
        "ISIAN_KOSONG",
        "Berkas",
        Severity.REJECT,
        "",
        "Baris lembar isian ini belum diisi.",
        "Salin isinya dari berkas asal yang disebut kolom ASAL BARIS, atau hapus barisnya.",
    ),
    Rule(
        "RESPON_TIDAK_DITEMUKAN",
        "Berkas",
        Severity.REJECT,
        "",
        "Layanan web Dukcapil tidak menemukan penduduk ini.",
        "Periksa NIK yang dikirim, lalu minta ulang.",
    ),
    Rule(
        "RESPON_GALAT",
        "Berkas",
        Severity.REJECT,
        "",
        "Layanan web Dukcapil menjawab dengan pesan galat, bukan data penduduk.",
        "Ulangi permintaan untuk baris ini.",
    ),
    Rule(
        "RUTA_TANPA_ANGGOTA",
        "Berkas",
        Severity.REJECT,
        "",
        "Rumah tangga BDT ini diserahkan tanpa anggotanya, sehingga tidak ada orang yang dapat dicari.",
        "Serahkan juga berkas anggota rumah tangganya (UDART) di folder yang sama.",
    ),
    Rule(
        "BERKAS_DITOLAK",
        "Berkas",
        Severity.REJECT,
        "",
        "Berkas ini tidak dapat dibaca sebagai data.",
        "Lihat keterangannya, perbaiki berkas, lalu serahkan lagi.",
    ),
)
