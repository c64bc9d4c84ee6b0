"""Rules on lines and files that the reader could not read as data; the reader raises them itself."""

from __future__ import annotations

import polars as pl

from schemas.rules.rule import Rule, RulesOn

# Files below such a folder are corrections: their rows come before those of all other files.
CORRECTIONS = r"(^|/)perbaikan/"
# The folder that dates its files, also under the name a file manager gives a copy: `periode=2022-12 (1)`.
DATED_FOLDER = r"(?i)/periode=(\d{4}-(?:0[1-9]|1[0-2])) ?(?:[(\[][^/]*)?/"
IN_DATED_FOLDER = pl.col("berkas").str.contains(DATED_FOLDER)
# A correction in a dated folder belongs to that month only.
UNDATED_CORRECTION = pl.col("berkas").str.contains(CORRECTIONS) & ~IN_DATED_FOLDER
# A row of another month's correction that this month's own data contradict.
OUTDATED = "PERBAIKAN_LAMA"
# A text that ends within a row: more rows may be missing, so the whole file must be checked.
CUT_SHORT = "BERKAS_TERPOTONG"
# Lines of a text replaced with zero bytes, as by an interrupted copy or a bad disk.
OVERWRITTEN = "ISI_HILANG"
# Codes that are also noted on the file, as they concern more than the line.
DAMAGED_FILE = (CUT_SHORT, OVERWRITTEN)
# A line above the header that nevertheless holds data.
ABOVE_HEADER = "DI_ATAS_JUDUL"
# A line of an unreadable table below a readable one.
BELOW_OTHER_HEADER = "DI_BAWAH_JUDUL"
# Prefix of the names of hidden sheets. It sorts before other names: of two equal rows in a file the last one counts, so
# the one in a visible sheet does.
HIDDEN_SHEET = "(tersembunyi) "
IN_HIDDEN_SHEET = pl.col("lembar").str.contains(HIDDEN_SHEET, literal=True)


def _hidden_sheet(model: str) -> Rule:
    return RulesOn(model).finding(
        "LEMBAR_TERSEMBUNYI",
        "lembar",
        "Baris ini berasal dari lembar yang disembunyikan di buku kerja Excel.",
        "Pastikan lembar itu bukan salinan lama; bila ya, hapus lembarnya, lalu serahkan lagi.",
        IN_HIDDEN_SHEET,
    )


def _unread(code: str, sentence: str, cure: str) -> Rule:
    """A rule about a line or file as a whole, not about a column."""
    return RulesOn("Berkas").rejection(code, "", sentence, cure)


RULES = (
    *(
        _hidden_sheet(model)
        for model in ("DtksStaged", "DukcapilStaged", "PosStaged", "AlokasiStaged", "PendampingStaged", "DtsenStaged")
    ),
    _unread(
        "KOLOM_KURANG",
        "Baris ini terpotong: kolomnya lebih sedikit daripada baris judul.",
        "Lengkapi baris pada berkas asal, lalu serahkan lagi.",
    ),
    _unread(
        CUT_SHORT,
        "Berkas ini berakhir di tengah baris terakhirnya: tampaknya terpotong saat disalin; baris sesudahnya hilang.",
        "Salin ulang berkas yang utuh dari asalnya, lalu serahkan lagi.",
    ),
    _unread(
        OVERWRITTEN,
        "Sebagian isi berkas ini hilang: yang tersimpan di situ hanya byte nol, mungkin karena penyalinannya terputus.",
        "Salin ulang berkas yang utuh dari asalnya, lalu serahkan lagi.",
    ),
    _unread(
        "KOLOM_LEBIH",
        "Baris ini mempunyai kolom lebih banyak daripada baris judul.",
        "Hapus pemisah kolom yang berlebih di dalam isian (misalnya pada alamat), lalu serahkan lagi.",
    ),
    _unread(
        "KOLOM_GESER",
        "Isi baris ini bergeser: tidak berada di bawah judul kolomnya.",
        "Kembalikan setiap isian ke kolomnya pada berkas asal, lalu serahkan lagi.",
    ),
    _unread(
        ABOVE_HEADER,
        "Baris ini berada di atas baris judul kolom, atau tersambung dengannya, sehingga tidak diketahui isian mana "
        "milik kolom mana.",
        "Pindahkan baris judul kolom ke baris tersendiri di atas baris ini pada berkas asal, lalu serahkan lagi.",
    ),
    _unread(
        BELOW_OTHER_HEADER,
        "Baris ini berada di bawah baris judul lain, yang tidak dikenal atau milik data lain, sehingga tidak dibaca.",
        "Betulkan baris judul itu, atau simpan tabelnya di berkas tersendiri, lalu serahkan lagi.",
    ),
    _unread(
        "BARIS_CATATAN",
        "Baris ini berupa catatan, jumlah, atau baris judul yang terulang, bukan data.",
        "Tidak perlu diperbaiki; hapus dari berkas bila mengganggu.",
    ),
    _unread(
        "ISIAN_KOSONG",
        "Baris lembar isian ini belum diisi.",
        "Salin isinya dari berkas asal yang disebut kolom ASAL BARIS, atau hapus barisnya.",
    ),
    _unread(
        OUTDATED,
        "Perbaikan ini dibuat untuk data bulan lain. Pada data bulan ini isi barisnya lain, barisnya tidak ada, atau "
        "barisnya terpotong sehingga tidak dapat dibandingkan; yang berlaku data bulan ini.",
        "Tidak perlu tindakan. Bila masih harus diperbaiki, simpan berkasnya di folder perbaikan milik bulan ini, "
        "misalnya raw/dtks/periode=TTTT-BB/perbaikan.",
    ),
    _unread(
        "RESPON_TIDAK_DITEMUKAN",
        "Layanan web Dukcapil tidak menemukan penduduk ini.",
        "Periksa NIK yang dikirim, lalu minta ulang.",
    ),
    _unread(
        "RESPON_GALAT",
        "Layanan web Dukcapil menjawab dengan pesan galat, bukan data penduduk.",
        "Ulangi permintaan untuk baris ini.",
    ),
    _unread(
        "RUTA_TANPA_ANGGOTA",
        "Rumah tangga BDT ini diserahkan tanpa anggotanya, sehingga tidak ada orang yang dapat dicari.",
        "Serahkan juga berkas anggota rumah tangganya (UDART) di folder yang sama.",
    ),
    _unread(
        "BERKAS_DITOLAK",
        "Berkas ini tidak dapat dibaca sebagai data.",
        "Lihat keterangannya, perbaiki berkas, lalu serahkan lagi.",
    ),
)
