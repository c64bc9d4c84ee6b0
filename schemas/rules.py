"""The catalogue of rules: every rejection, finding and repair with its stable code, sentence and cure.

A new rule is one entry here: where `breaks` is given, the expression itself is evaluated over the model named in `on`
(a row breaks the rule where it is true), and code, sentence and cure appear in quarantine, findings and report by
themselves. Rules without `breaks` are raised by the reader, which sees lines and not columns.
Does not belong here: how values are cleaned (`pipeline.normalise`) or what becomes of a row (`schemas.table.split`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import polars as pl


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


# Files below such a folder are corrections: their rows come before those of all other files.
CORRECTIONS = r"(^|/)perbaikan/"
# Added to a woman's day of birth in her NIK.
WOMEN_DAY = 40
_ONES = 1_111_111_111_111_111
_SEQUENCES = (1234567890123456, 123456789012345, 1234567812345678, 9876543210987654)
_DATE_AND_SERIAL = 10**10


def is_filler(column: str) -> pl.Expr:
    """Whether a 16-digit number was typed to fill the cell: one digit throughout, a sequence, or no date and serial."""
    number = pl.col(column).cast(pl.Int64, strict=False)
    return (number % _ONES == 0) | number.is_in(_SEQUENCES) | (number % _DATE_AND_SERIAL == 0)


def _written(column: str, pattern: str) -> pl.Expr:
    return pl.col(column).str.contains(pattern)


_NIK_DAY = pl.col("nik").str.slice(6, 2).cast(pl.Int32, strict=False)
_NIK_DATE_PARTS = pl.col("nik").str.slice(8, 4)
_BIRTH_PARTS = pl.col("tanggal_lahir").dt.strftime("%m%y")
_DAY_OF_BIRTH = pl.col("tanggal_lahir").dt.day().cast(pl.Int32)


def _nik_date_is_impossible() -> pl.Expr:
    day = pl.when(_NIK_DAY > WOMEN_DAY).then(_NIK_DAY - WOMEN_DAY).otherwise(_NIK_DAY)
    # 2000 is a leap year, so 29 February passes whatever the century.
    as_date = pl.format("2000-{}-{}", pl.col("nik").str.slice(8, 2), day.cast(pl.String).str.zfill(2)).str.to_date(
        "%Y-%m-%d", strict=False
    )
    return pl.col("nik").is_not_null() & as_date.is_null()


# In 3T areas so many stages may be handed over in one visit.
STAGES_OF_A_VISIT = 3
_LAWFUL_VISIT = ((pl.col("tahap_sehari") >= STAGES_OF_A_VISIT) & pl.col("tertinggal")).fill_null(value=False)
# Dukcapil's words, or its codes 5, 6 and 7.
_CIVIL_SERVANTS = r"\b(PNS|ASN|PPPK|PEGAWAI NEGERI|APARATUR SIPIL|TNI|TENTARA|POLRI|POLISI|KEPOLISIAN)\b|^0*[567]$"
_RETIRED = r"\b(PENSIUNAN?|PURNAWIRAWAN|PURNATUGAS|MANTAN)\b"


def _paid_after(status: str) -> pl.Expr:
    """Paid to somebody whom the registry knew as `status` by then, or of whom it does not tell since when."""
    known = (pl.col("tanggal_status") <= pl.col("tgl_bayar")).fill_null(value=True)
    return (pl.col("status_bayar") == "DIBAYAR") & (pl.col("status_penduduk") == status) & known


_REJECTIONS = (
    Rule(
        "KOLOM_KURANG",
        "Berkas",
        Severity.REJECT,
        "",
        "Baris ini terpotong: kolomnya kurang dari baris kepala.",
        "Lengkapi baris pada berkas asal, lalu serahkan lagi.",
    ),
    Rule(
        "KOLOM_LEBIH",
        "Berkas",
        Severity.REJECT,
        "",
        "Baris ini memiliki kolom lebih banyak daripada baris kepala.",
        "Hapus pemisah kolom yang berlebih di dalam isian (misalnya pada alamat), lalu serahkan lagi.",
    ),
    Rule(
        "BARIS_CATATAN",
        "Berkas",
        Severity.REJECT,
        "",
        "Baris ini berupa catatan, jumlah, atau kepala tabel yang terulang, bukan data.",
        "Tidak perlu diperbaiki; hapus dari berkas bila mengganggu.",
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
        "Layanan web Dukcapil menjawab dengan galat, bukan data penduduk.",
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
    Rule(
        "NAMA_KOSONG",
        "DtksStaged",
        Severity.REJECT,
        "nama",
        "Nama tidak diisi.",
        "Isi nama sesuai KTP-el atau KK.",
        pl.col("nama").is_null(),
    ),
    Rule(
        "ID_KOSONG",
        "DtksStaged",
        Severity.REJECT,
        "id_dtks",
        "ID DTKS tidak diisi.",
        "Unduh ulang data dari SIKS-NG agar ID DTKS terisi.",
        pl.col("id_dtks").is_null(),
    ),
    Rule(
        "ID_GANDA",
        "DtksStaged",
        Severity.REJECT,
        "id_dtks",
        "ID DTKS sudah dipakai baris lain dalam potret yang sama.",
        "Hapus baris yang terulang; baris pertama sudah diterima.",
        pl.col("id_terulang") & ~pl.col("id_diganti"),
    ),
    Rule(
        "DIGANTI_PERBAIKAN",
        "DtksStaged",
        Severity.REJECT,
        "id_dtks",
        "Baris ini sudah diganti oleh berkas di folder perbaikan.",
        "Tidak perlu tindakan; hapus berkas lama bila perbaikannya sudah lengkap.",
        pl.col("id_diganti"),
    ),
    Rule(
        "TANPA_IDENTITAS",
        "DtksStaged",
        Severity.REJECT,
        "nik",
        "NIK dan nomor KK dua-duanya tidak diisi.",
        "Isi NIK atau nomor KK agar orang ini dapat dicari di Dukcapil.",
        pl.col("nik_tulis").is_null() & pl.col("no_kk_tulis").is_null(),
    ),
    Rule(
        "NIK_TIDAK_TERPAKAI",
        "DukcapilStaged",
        Severity.REJECT,
        "nik",
        "NIK penduduk kosong atau tidak terdiri atas 16 angka.",
        "Minta Dukcapil mengirim ulang baris ini dengan NIK lengkap.",
        pl.col("nik").is_null(),
    ),
    Rule(
        "NIK_GANDA",
        "DukcapilStaged",
        Severity.REJECT,
        "nik",
        "NIK penduduk ini sudah ada pada baris lain dalam potret yang sama.",
        "Hapus baris yang terulang; baris pertama sudah diterima.",
        pl.col("nik_terulang"),
    ),
    Rule(
        "KK_TIDAK_TERPAKAI",
        "DtsenStaged",
        Severity.REJECT,
        "no_kk",
        "Nomor KK keluarga DTSEN kosong, bukan 16 angka, atau hanya isian sementara.",
        "Minta ulang baris ini dengan nomor KK yang lengkap.",
        pl.col("no_kk").is_null(),
    ),
    Rule(
        "DESIL_TIDAK_TERBACA",
        "DtsenStaged",
        Severity.REJECT,
        "desil_nasional",
        "Desil keluarga kosong atau bukan angka 1 sampai 10.",
        "Minta ulang baris ini dengan desil yang benar.",
        pl.col("desil_nasional").is_null(),
    ),
    Rule(
        "DANOM_KOSONG",
        "PosStaged",
        Severity.REJECT,
        "no_danom",
        "Nomor danom tidak diisi.",
        "Minta kantor pembayar melengkapi nomor danom.",
        pl.col("no_danom").is_null(),
    ),
    Rule(
        "NOMINAL_RUSAK",
        "PosStaged",
        Severity.REJECT,
        "nominal",
        "Nilai bantuan kosong atau tidak terbaca sebagai rupiah.",
        "Tulis nilai sebagai angka rupiah, misalnya 300000 atau Rp 300.000,00.",
        pl.col("nominal").is_null(),
    ),
    Rule(
        "PROGRAM_TIDAK_DIKENAL",
        "PosStaged",
        Severity.FINDING,
        "program",
        "Program atau tahap tidak tertulis dan tidak dapat diketahui dari judul, batch, maupun nama berkas.",
        "Tulis program, tahun, dan tahap pada berkas atau judulnya.",
        (pl.col("program") == "TIDAK DIKETAHUI") | (pl.col("tahap") == 0),
    ),
    Rule(
        "ALOKASI_TIDAK_LENGKAP",
        "AlokasiStaged",
        Severity.REJECT,
        "program",
        "Program, tahun, tahap, atau banyaknya KPM tidak terbaca.",
        "Lengkapi baris alokasi ini.",
        pl.any_horizontal(pl.col("program", "tahun", "tahap", "kpm_alokasi").is_null()),
    ),
    Rule(
        "WILAYAH_TIDAK_DIKENAL",
        "AlokasiStaged",
        Severity.REJECT,
        "kode_wilayah",
        "Kode wilayah bukan kode kabupaten/kota atau kecamatan Kemendagri.",
        "Gunakan kode Kemendagri, misalnya 36.04 atau 36.04.05.",
        pl.col("kode_wilayah").is_null(),
    ),
    Rule(
        "LAPORAN_TIDAK_LENGKAP",
        "PendampingStaged",
        Severity.REJECT,
        "id_pendamping",
        "Bulan laporan, nomor pendamping, atau NIK KPM tidak terbaca.",
        "Lengkapi baris laporan ini.",
        pl.any_horizontal(pl.col("periode_laporan", "id_pendamping", "nik").is_null()),
    ),
)

_FINDINGS = (
    Rule(
        "NIK_KOSONG",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "NIK tidak diisi.",
        "Lengkapi NIK dari KTP-el atau KK.",
        pl.col("nik_tulis").is_null(),
    ),
    Rule(
        "NIK_ILMIAH",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "NIK berubah menjadi notasi ilmiah (misalnya 3,6E+15) sehingga angkanya hilang.",
        "Ketik ulang NIK; format sel Excel harus Teks.",
        _written("nik_tulis", r"[0-9]E\+?[0-9]+$"),
    ),
    Rule(
        "NIK_KURANG",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "NIK kurang dari 16 angka.",
        "Periksa NIK pada KTP-el atau KK.",
        _written("nik_tulis", r"^[0-9]{1,15}$"),
    ),
    Rule(
        "NIK_LEBIH",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "NIK lebih dari 16 angka.",
        "Periksa NIK pada KTP-el atau KK.",
        _written("nik_tulis", r"^[0-9]{17,}$"),
    ),
    Rule(
        "NIK_RUSAK",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "NIK memuat huruf atau tanda yang tidak dapat dibaca sebagai angka.",
        "Periksa NIK pada KTP-el atau KK.",
        ~_written("nik_tulis", r"^[0-9]+$") & ~_written("nik_tulis", r"[0-9]E\+?[0-9]+$"),
    ),
    Rule(
        "NIK_ISIAN",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "NIK hanya isian sementara (angka kembar atau berurutan).",
        "Ganti dengan NIK yang sebenarnya.",
        _written("nik_tulis", r"^[0-9]{16}$") & is_filler("nik_tulis"),
    ),
    Rule(
        "NIK_SERI_NOL",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "Empat angka terakhir NIK 0000, padahal Dukcapil tidak pernah menerbitkannya; khas kerusakan Excel.",
        "Ketik ulang NIK; format sel Excel harus Teks.",
        _written("nik", r"0000$"),
    ),
    Rule(
        "NIK_BERKAS_EXCEL",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "Berkas ini rusak oleh Excel: angka terakhir nomor menjadi 0 di hampir semua baris.",
        "Unduh ulang berkasnya; jangan simpan nomor sebagai angka di Excel.",
        pl.col("nik_berkas_nol"),
    ),
    Rule(
        "NIK_BERKAS_BULAT",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "Berkas ini pernah dibaca sebagai pecahan: nomor Papua dibulatkan menjadi genap.",
        "Minta ulang berkas asal; NIK dan nomor KK harus dibaca sebagai teks.",
        pl.col("nik_berkas_bulat"),
    ),
    Rule(
        "NIK_SALINAN",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "Satu NIK tertulis untuk beberapa orang dalam satu KK.",
        "Isi NIK masing-masing anggota sesuai KK.",
        pl.col("nik_disalin"),
    ),
    Rule(
        "NIK_WILAYAH_TIDAK_DIKENAL",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "Enam angka pertama NIK bukan kode wilayah yang pernah berlaku.",
        "Periksa NIK pada KTP-el atau KK.",
        pl.col("nik_wilayah").is_in(["TIDAK_DIKENAL", "PROVINSI"]),
    ),
    Rule(
        "NAMA_ISIAN",
        "DtksStaged",
        Severity.FINDING,
        "nama",
        "Nama hanya isian sementara.",
        "Isi nama sesuai KTP-el atau KK.",
        pl.col("nama_isian"),
    ),
    Rule(
        "NIK_TGL_MUSTAHIL",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "Tanggal lahir di dalam NIK tidak ada di kalender.",
        "Periksa NIK pada KTP-el atau KK.",
        _nik_date_is_impossible(),
    ),
    Rule(
        "NIK_TGL_BEDA",
        "DtksStaged",
        Severity.FINDING,
        "tanggal_lahir",
        "Tanggal lahir berbeda dari tanggal di dalam NIK.",
        "Periksa tanggal lahir; NIK sendiri tidak berubah walaupun tanggalnya salah tercatat.",
        (_NIK_DATE_PARTS != _BIRTH_PARTS) | ((_NIK_DAY != _DAY_OF_BIRTH) & (_NIK_DAY != _DAY_OF_BIRTH + WOMEN_DAY)),
    ),
    Rule(
        "NIK_JK_BEDA",
        "DtksStaged",
        Severity.FINDING,
        "jenis_kelamin",
        "Jenis kelamin berbeda dari yang tersirat di dalam NIK.",
        "Periksa jenis kelamin dan NIK pada KTP-el atau KK.",
        pl.when(_NIK_DAY.is_between(1, 31) | _NIK_DAY.is_between(41, 71)).then(
            (_NIK_DAY > WOMEN_DAY) != (pl.col("jenis_kelamin") == "P")
        ),
    ),
    Rule(
        "NIK_SAMA_KK",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "NIK sama dengan nomor KK.",
        "Periksa NIK pada KTP-el; nomor KK tidak boleh dipakai sebagai NIK.",
        pl.col("nik") == pl.col("no_kk"),
    ),
    Rule(
        "NIK_GANDA",
        "DtksStaged",
        Severity.FINDING,
        "nik",
        "NIK ini dipakai lebih dari satu baris DTKS.",
        "Periksa apakah orangnya sama; bila berbeda, perbaiki NIK yang salah.",
        pl.col("nik").is_not_null() & pl.col("nik").is_duplicated(),
    ),
    Rule(
        "KK_KOSONG",
        "DtksStaged",
        Severity.FINDING,
        "no_kk",
        "Nomor KK tidak diisi.",
        "Lengkapi nomor KK.",
        pl.col("no_kk_tulis").is_null(),
    ),
    Rule(
        "KK_RUSAK",
        "DtksStaged",
        Severity.FINDING,
        "no_kk",
        "Nomor KK bukan 16 angka atau hanya isian sementara.",
        "Periksa nomor KK pada lembar KK terbaru.",
        pl.col("no_kk_tulis").is_not_null() & pl.col("no_kk").is_null(),
    ),
    Rule(
        "TGL_KOSONG",
        "DtksStaged",
        Severity.FINDING,
        "tanggal_lahir",
        "Tanggal lahir tidak diisi.",
        "Lengkapi tanggal lahir.",
        pl.col("tanggal_lahir").is_null() & pl.col("tanggal_lahir_asal").is_null(),
    ),
    Rule(
        "TGL_RUSAK",
        "DtksStaged",
        Severity.FINDING,
        "tanggal_lahir",
        "Tanggal lahir tidak terbaca.",
        "Tulis tanggal sebagai HH-BB-TTTT, misalnya 17-08-1985.",
        pl.col("tanggal_lahir").is_null() & pl.col("tanggal_lahir_asal").is_not_null(),
    ),
    Rule(
        "JK_KOSONG",
        "DtksStaged",
        Severity.FINDING,
        "jenis_kelamin",
        "Jenis kelamin tidak diisi atau tidak terbaca.",
        "Isi L atau P.",
        pl.col("jenis_kelamin").is_null(),
    ),
    Rule(
        "DESIL_BERBEDA",
        "DtsenStaged",
        Severity.FINDING,
        "desil_nasional",
        "Satu nomor KK tercatat dengan desil yang berbeda-beda; yang terakhir dipakai.",
        "Periksa versi DTSEN mana yang berlaku.",
        pl.col("desil_nasional").n_unique().over("no_kk") > 1,
    ),
    Rule(
        "HUB_KOSONG",
        "DtksStaged",
        Severity.FINDING,
        "hub_keluarga",
        "Hubungan dengan kepala keluarga tidak diisi atau tidak dikenal.",
        "Isi dengan kode 1 sampai 8.",
        pl.col("hub_keluarga").is_null(),
    ),
    *(
        Rule(code, model, Severity.FINDING, "kode_desa", sentence, cure, pl.col("temuan_wilayah") == code)
        for model in ("DtksStaged", "PosStaged")
        for code, sentence, cure in (
            (
                "WILAYAH_TIDAK_DIKENAL",
                "Nama wilayah tidak ditemukan dalam daftar Kemendagri sampai tingkat desa.",
                "Perbaiki penulisan nama desa, kecamatan, atau kabupaten.",
            ),
            (
                "WILAYAH_AMBIGU",
                "Nama wilayah cocok dengan lebih dari satu tempat.",
                "Tulis lengkap, misalnya KABUPATEN atau KOTA, dan nama kecamatannya.",
            ),
            (
                "WILAYAH_LAMA",
                "Nama atau kode wilayah sudah diganti oleh pemekaran.",
                "Gunakan nama wilayah yang berlaku sekarang.",
            ),
            (
                "WILAYAH_EJAAN",
                "Ejaan nama wilayah berbeda dari daftar Kemendagri.",
                "Samakan ejaan dengan daftar Kemendagri.",
            ),
        )
    ),
    Rule(
        "DUKCAPIL_MATI",
        "Anggota",
        Severity.FINDING,
        "status_penduduk",
        "Menurut Dukcapil orang ini sudah meninggal.",
        "Usulkan penonaktifan setelah diperiksa di lapangan.",
        pl.col("status_penduduk") == "MATI",
    ),
    Rule(
        "DUKCAPIL_PINDAH",
        "Anggota",
        Severity.FINDING,
        "status_penduduk",
        "Menurut Dukcapil orang ini sudah pindah.",
        "Periksa alamat terbaru dan pindahkan datanya.",
        pl.col("status_penduduk") == "PINDAH",
    ),
    Rule(
        "DUKCAPIL_TIDAK_VALID",
        "Anggota",
        Severity.FINDING,
        "status_penduduk",
        "NIK ini sudah tidak berlaku di Dukcapil.",
        "Minta NIK yang berlaku kepada Dukcapil.",
        pl.col("status_penduduk") == "TIDAK_VALID",
    ),
    Rule(
        "ORANG_GANDA",
        "Anggota",
        Severity.FINDING,
        "ganda_dari",
        "Orang ini sudah tercatat pada baris DTKS lain.",
        "Pertahankan satu baris saja setelah diperiksa.",
        pl.col("ganda_dari").is_not_null(),
    ),
    Rule(
        "PENERIMA_MENINGGAL",
        "PerintahBayar",
        Severity.FINDING,
        "status_penduduk",
        "Dibayarkan kepada orang yang menurut Dukcapil saat itu sudah meninggal.",
        "Periksa siapa yang menerima dan tanggal meninggalnya.",
        _paid_after("MATI"),
    ),
    Rule(
        "PENERIMA_PINDAH",
        "PerintahBayar",
        Severity.FINDING,
        "status_penduduk",
        "Dibayarkan kepada orang yang menurut Dukcapil saat itu sudah pindah.",
        "Periksa alamat terbaru penerima.",
        _paid_after("PINDAH"),
    ),
    Rule(
        "PENERIMA_ASN_TNI_POLRI",
        "PerintahBayar",
        Severity.FINDING,
        "pekerjaan",
        "Menurut Dukcapil penerima bekerja sebagai ASN, TNI, atau Polri.",
        "Periksa kelayakannya; keputusan tetap pada petugas.",
        pl.col("pekerjaan").str.contains(_CIVIL_SERVANTS) & ~pl.col("pekerjaan").str.contains(_RETIRED),
    ),
    Rule(
        "NIK_TIDAK_DI_DUKCAPIL",
        "PerintahBayar",
        Severity.FINDING,
        "nik",
        "Penerima tidak ditemukan di data Dukcapil, baik dengan NIK maupun dengan nama, KK, dan alamatnya.",
        "Periksa NIK penerima pada KTP-el.",
        pl.col("nik_dukcapil").is_null() & ~pl.col("nik_orang_lain") & pl.col("register_ada"),
    ),
    Rule(
        "NIK_ORANG_LAIN",
        "PerintahBayar",
        Severity.FINDING,
        "nik",
        "NIK penerima milik orang lain menurut Dukcapil: nama atau nomor KK-nya berbeda.",
        "Periksa NIK penerima pada KTP-el.",
        pl.col("nik_orang_lain"),
    ),
    Rule(
        "NIK_PENERIMA_BEDA",
        "PerintahBayar",
        Severity.FINDING,
        "nik",
        "Penerima dikenal di Dukcapil dengan NIK lain daripada yang tertulis.",
        "Minta kantor pembayar memakai NIK menurut Dukcapil setelah diperiksa.",
        pl.col("nik_dukcapil").is_not_null() & pl.col("nik").ne_missing(pl.col("nik_dukcapil")),
    ),
    Rule(
        "NON_DTKS",
        "PerintahBayar",
        Severity.FINDING,
        "nik",
        "Penerima tidak ada di DTKS.",
        "Bila layak, usulkan ke DTKS (SE KPK 11/2020).",
        pl.col("id_dtks").is_null(),
    ),
    Rule(
        "NOMINAL_DI_LUAR_TARIF",
        "PerintahBayar",
        Severity.FINDING,
        "nominal",
        "Nilai bantuan tidak dapat dijelaskan oleh tarif program pada tahap ini.",
        "Periksa nilai bantuan dan komponen keluarganya.",
        pl.col("selisih_tarif") > 0,
    ),
    Rule(
        "TAHAP_TANPA_TARIF",
        "PerintahBayar",
        Severity.FINDING,
        "tahap",
        "Tarif dan jadwal program, tahun, dan tahap ini belum tercatat, sehingga nilainya tidak dapat diperiksa.",
        "Tambahkan tahap ini ke data/reference/program_tahap.csv.",
        pl.col("mulai").is_null(),
    ),
    Rule(
        "SEBELUM_PERINTAH",
        "PerintahBayar",
        Severity.FINDING,
        "tgl_bayar",
        "Dibayar sebelum tahap ini diperintahkan.",
        "Periksa tanggal bayar dan tahapnya.",
        (pl.col("tgl_bayar") < pl.col("mulai")) & ~_LAWFUL_VISIT,
    ),
    Rule(
        "DI_LUAR_JADWAL",
        "PerintahBayar",
        Severity.FINDING,
        "tgl_bayar",
        "Tanggal bayar di luar jadwal penyaluran tahap ini.",
        "Periksa tanggal bayar dan tahapnya.",
        ((pl.col("tgl_bayar") < pl.col("mulai")) & ~_LAWFUL_VISIT) | (pl.col("tgl_bayar") > pl.col("selesai")),
    ),
    Rule(
        "KANTOR_LUAR_WILAYAH",
        "PerintahBayar",
        Severity.FINDING,
        "kode_kprk",
        "Kantor pembayar ini tidak melayani kabupaten/kota pada perintah bayar.",
        "Periksa kantor yang membayar dan alamat pada perintah bayar.",
        ~pl.col("kantor_melayani"),
    ),
    Rule(
        "TAHAP_SEKALIGUS",
        "PerintahBayar",
        Severity.FINDING,
        "tahap",
        "Tiga tahap atau lebih dibayar pada hari yang sama di luar daerah 3T.",
        "Periksa apakah pembayaran sekaligus itu diizinkan.",
        (pl.col("tahap_sehari") >= STAGES_OF_A_VISIT) & ~pl.col("tertinggal"),
    ),
    Rule(
        "NIK_TIDAK_TERPAKAI",
        "PosStaged",
        Severity.FINDING,
        "nik",
        "NIK penerima kosong atau bukan 16 angka.",
        "Minta kantor pembayar memeriksa NIK penerima.",
        pl.col("nik").is_null(),
    ),
    Rule(
        "STATUS_TIDAK_DIKENAL",
        "PosStaged",
        Severity.FINDING,
        "status_bayar",
        "Status bayar tidak dikenal; dihitung sebagai belum dibayar.",
        "Gunakan DIBAYAR, GAGAL, RETUR, atau BELUM.",
        ~pl.col("status_dikenal"),
    ),
    Rule(
        "DIBAYAR_TANPA_TANGGAL",
        "PosStaged",
        Severity.FINDING,
        "tgl_bayar",
        "Berstatus dibayar tetapi tanggal bayarnya kosong atau tidak terbaca.",
        "Lengkapi tanggal bayar.",
        (pl.col("status_bayar") == "DIBAYAR") & pl.col("tgl_bayar").is_null(),
    ),
    Rule(
        "RETUR_TANPA_ALASAN",
        "PosStaged",
        Severity.FINDING,
        "alasan_gagal",
        "Gagal atau retur tanpa alasan.",
        "Minta kantor pembayar menuliskan alasannya.",
        pl.col("status_bayar").is_in(["GAGAL", "RETUR"]) & pl.col("alasan_gagal").is_null(),
    ),
)

_REPORT_CONTENT = (
    "id_pendamping", "anak_sekolah", "anak_sekolah_hadir", "balita", "balita_ke_faskes", "ibu_hamil",
    "ibu_hamil_ke_faskes", "status_kpm",
)  # fmt: skip
# Days after the end of its month in which a companion's report is in time.
REPORT_DAYS = 10
_GRACE = pl.duration(days=REPORT_DAYS)
_REPORT_STATUS = ("AKTIF", "NAIK_GRADE", "GRADUASI", "NONAKTIF")
_REPORT_FINDINGS = (
    Rule(
        "STATUS_KPM_TIDAK_DIKENAL",
        "PendampingStaged",
        Severity.FINDING,
        "status_kpm",
        "Status keluarga kosong atau bukan AKTIF, NAIK_GRADE, GRADUASI, atau NONAKTIF.",
        "Minta pendamping memperbaiki statusnya.",
        ~pl.col("status_kpm").is_in(_REPORT_STATUS).fill_null(value=False),
    ),
    Rule(
        "HADIR_MELEBIHI",
        "PendampingStaged",
        Severity.FINDING,
        "anak_sekolah_hadir",
        "Yang hadir atau dibawa ke fasilitas kesehatan lebih banyak daripada yang ada di keluarga itu.",
        "Minta pendamping memeriksa laporannya.",
        pl.any_horizontal(
            pl.col(present) > pl.col(every)
            for every, present in (
                ("anak_sekolah", "anak_sekolah_hadir"),
                ("balita", "balita_ke_faskes"),
                ("ibu_hamil", "ibu_hamil_ke_faskes"),
            )
        ),
    ),
    Rule(
        "LAPORAN_BERTENTANGAN",
        "PendampingStaged",
        Severity.FINDING,
        "nik",
        "Keluarga ini dilaporkan lebih dari sekali untuk bulan yang sama dengan isi atau pendamping yang berbeda.",
        "Pastikan laporan yang benar; yang dihitung laporan terakhir.",
        pl.struct(*_REPORT_CONTENT).n_unique().over("periode_laporan", "nik") > 1,
    ),
    Rule(
        "LAPORAN_TERLAMBAT",
        "PendampingStaged",
        Severity.FINDING,
        "periode_laporan",
        "Laporan disampaikan setelah tanggal 10 bulan berikutnya.",
        "Ingatkan pendamping tentang batas waktu laporan.",
        pl.col("disampaikan") > pl.col("periode_laporan").str.to_date("%Y-%m", strict=False).dt.month_end() + _GRACE,
    ),
)

_REPAIRS = (
    Rule(
        "NIK_HURUF",
        "DtksStaged",
        Severity.REPAIR,
        "nik",
        "Huruf yang mirip angka di dalam NIK (O, I, l, Z) dibaca sebagai angka.",
        "Samakan NIK di berkas asal.",
        _written("nik_asal", "[A-Za-z]") & pl.col("nik").is_not_null(),
    ),
    Rule(
        "NIK_TANDA_BACA",
        "DtksStaged",
        Severity.REPAIR,
        "nik",
        "Spasi, tanda baca, petik, atau akhiran .0 pada NIK dibuang.",
        "Format sel NIK sebaiknya Teks tanpa tanda baca.",
        _written("nik_asal", "[^0-9A-Za-z]") & pl.col("nik").is_not_null(),
    ),
    Rule(
        "KK_TANDA_BACA",
        "DtksStaged",
        Severity.REPAIR,
        "no_kk",
        "Spasi, tanda baca, petik, atau akhiran .0 pada nomor KK dibuang.",
        "Format sel nomor KK sebaiknya Teks tanpa tanda baca.",
        _written("no_kk_asal", "[^0-9A-Za-z]") & pl.col("no_kk").is_not_null(),
    ),
)

RULES: dict[tuple[str, str], Rule] = {
    (rule.on, rule.code): rule for rule in (*_REJECTIONS, *_FINDINGS, *_REPORT_FINDINGS, *_REPAIRS)
}


def rules_on(model: str, *severities: Severity) -> list[Rule]:
    """Rules over one model, of the severities named, in catalogue order."""
    return [rule for rule in RULES.values() if rule.on == model and rule.severity in severities]
