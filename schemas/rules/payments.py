"""Rules on payment orders as delivered, and on orders compared with registers, schedules and tariffs."""

from __future__ import annotations

import polars as pl

from schemas.rules.rule import SCIENTIFIC, RulesOn, month_first_rule, place_rules

# In 3T areas from so many stages on may be paid in one visit.
_STAGES_OF_A_VISIT = 3
_LAWFUL_VISIT = ((pl.col("tahap_sehari") >= _STAGES_OF_A_VISIT) & pl.col("tertinggal")).fill_null(value=False)
# Dukcapil's words, or its codes 5, 6 and 7.
_CIVIL_SERVANTS = r"\b(PNS|ASN|PPPK|PEGAWAI NEGERI|APARATUR SIPIL|TNI|TENTARA|POLRI|POLISI|KEPOLISIAN)\b|^0*[567]$"
_RETIRED = r"\b(PENSIUNAN?|PURNAWIRAWAN|PURNATUGAS|MANTAN)\b"

_IS_PAID = pl.col("status_bayar") == "DIBAYAR"


def _paid_after(status: str) -> pl.Expr:
    """Whether an order was paid to a person with that `status`, since before the payment or an unknown day."""
    known = (pl.col("tanggal_status") <= pl.col("tgl_bayar")).fill_null(value=True)
    return _IS_PAID & (pl.col("status_penduduk") == status) & known


_ORDER = RulesOn("PosStaged")
_KNOWN = RulesOn("PerintahBayar")
RULES = (
    _ORDER.rejection(
        "DANOM_KOSONG",
        "no_danom",
        "Nomor danom tidak diisi.",
        "Minta kantor pembayar melengkapi nomor danom.",
        pl.col("no_danom").is_null(),
    ),
    _ORDER.rejection(
        "DANOM_ILMIAH",
        "no_danom",
        "Nomor danom tertulis sebagai bilangan ilmiah, misalnya 2,94E+17: angka di belakangnya sudah hilang, sehingga "
        "perintah bayar yang berbeda bernomor sama.",
        "Ambil lagi nomor danom dari kantor pembayar; di Excel ubah dahulu format kolomnya menjadi Teks.",
        pl.col("no_danom").str.contains(SCIENTIFIC),
    ),
    _ORDER.rejection(
        "DANOM_ISIAN_TERPAKAI",
        "no_danom",
        "Nomor danom pada baris isian ini sudah dipakai, dan NIK atau namanya bukan milik penerima perintah bayar itu.",
        "Periksa nomor danom, NIK, dan nama; bila perlu, tanyakan kepada kantor pembayar.",
        pl.col("danom_terpakai"),
    ),
    _ORDER.rejection(
        "NOMINAL_RUSAK",
        "nominal",
        "Nilai bantuan kosong, bertanda minus atau dalam kurung pada baris yang kolom statusnya bukan RETUR, tidak "
        "terbaca sebagai rupiah, atau hanya sebagian dari nilainya.",
        "Tulis nilai utuh sebagai angka rupiah, misalnya 300000 atau Rp 300.000,00, dalam satu kolom.",
        # An amount split at its commas leaves the thousands, or the digits after them.
        pl.col("nominal").is_null()
        | pl.col("nominal").is_between(1, 999)
        | pl.col("nominal_asal").str.contains(r"^\D*0\d{1,2}(?:\D|$)"),
    ),
    _ORDER.finding(
        "PROGRAM_TIDAK_DIKENAL",
        "program",
        "Program atau tahap tidak tertulis dan tidak dapat diketahui dari judul, batch, maupun nama berkas.",
        "Tulis program, tahun, dan tahap pada berkas atau judulnya.",
        (pl.col("program") == "TIDAK DIKETAHUI") | (pl.col("tahap") == 0),
    ),
    month_first_rule(_ORDER, "tgl_bayar"),
    *place_rules(_ORDER),
    _ORDER.finding(
        "NIK_TIDAK_TERPAKAI",
        "nik",
        "NIK penerima kosong atau bukan 16 angka.",
        "Minta kantor pembayar memeriksa NIK penerima.",
        pl.col("nik").is_null(),
    ),
    _ORDER.finding(
        "STATUS_TIDAK_DIKENAL",
        "status_bayar",
        "Status bayar tidak dikenal, sehingga dihitung sebagai belum dibayar.",
        "Gunakan DIBAYAR, GAGAL, RETUR, atau BELUM.",
        ~pl.col("status_dikenal"),
    ),
    _ORDER.finding(
        "DIBAYAR_TANPA_TANGGAL",
        "tgl_bayar",
        "Berstatus dibayar tetapi tanggal bayarnya kosong atau tidak terbaca.",
        "Lengkapi tanggal bayar.",
        _IS_PAID & pl.col("tgl_bayar").is_null(),
    ),
    _ORDER.finding(
        "BELUM_BERTANGGAL",
        "status_bayar",
        "Status belum dibayar atau tidak tertulis, padahal tanggal bayarnya terisi; dihitung sebagai belum dibayar.",
        "Minta kantor pembayar menuliskan status yang benar; warna sel tidak terbaca.",
        (pl.col("status_bayar") == "BELUM") & pl.col("status_dikenal") & pl.col("tgl_bayar").is_not_null(),
    ),
    _ORDER.finding(
        "RETUR_TANPA_ALASAN",
        "alasan_gagal",
        "Alasan gagal bayar atau retur tidak diisi.",
        "Minta kantor pembayar menuliskan alasannya.",
        pl.col("status_bayar").is_in(["GAGAL", "RETUR"]) & pl.col("alasan_gagal").is_null(),
    ),
    _KNOWN.finding(
        "DANOM_BERSAMA",
        "no_danom",
        "Dalam satu berkas nomor danom yang sama dipakai untuk penerima dengan NIK berbeda; hanya baris terakhir yang "
        "dihitung.",
        "Periksa apakah NIK-nya dibetulkan atau penerimanya diganti; bila orangnya memang berlainan, minta kantor "
        "pembayar memberi masing-masing nomor danom sendiri.",
        pl.col("penerima_lain"),
    ),
    _KNOWN.finding(
        "RETUR_SEBAGIAN",
        "nominal",
        "Yang diretur kurang dari nilai perintah bayar sebelum diretur; sisanya tidak dihitung sebagai dibayar.",
        "Minta kantor pembayar menjelaskan apakah sisanya sudah dibayarkan.",
        (pl.col("status_bayar") == "RETUR") & pl.col("nominal").is_between(1, pl.col("nominal_semula") - 1),
    ),
    _KNOWN.finding(
        "PENERIMA_MENINGGAL",
        "status_penduduk",
        "Dibayarkan kepada orang yang menurut Dukcapil meninggal sebelum dibayar, atau tanpa tanggal meninggal.",
        "Periksa siapa yang menerima dan tanggal meninggalnya.",
        _paid_after("MATI"),
    ),
    _KNOWN.finding(
        "PENERIMA_PINDAH",
        "status_penduduk",
        "Dibayarkan kepada orang yang menurut Dukcapil pindah sebelum dibayar, atau tanpa tanggal pindah.",
        "Periksa alamat terbaru penerima.",
        _paid_after("PINDAH"),
    ),
    _KNOWN.finding(
        "PENERIMA_ASN_TNI_POLRI",
        "pekerjaan",
        "Menurut Dukcapil penerima bekerja sebagai ASN, TNI, atau Polri.",
        "Periksa kelayakannya; keputusan tetap pada petugas.",
        pl.col("pekerjaan").str.contains(_CIVIL_SERVANTS) & ~pl.col("pekerjaan").str.contains(_RETIRED),
    ),
    _KNOWN.finding(
        "NIK_TIDAK_DI_DUKCAPIL",
        "nik",
        "Penerima tidak ditemukan di data Dukcapil, baik dengan NIK maupun dengan nama, KK, dan alamatnya.",
        "Periksa NIK penerima pada KTP-el.",
        pl.col("nik_dukcapil").is_null() & ~pl.col("nik_orang_lain") & pl.col("register_ada"),
    ),
    _KNOWN.finding(
        "NIK_ORANG_LAIN",
        "nik",
        "NIK penerima milik orang lain menurut Dukcapil: nama atau nomor KK-nya berbeda.",
        "Periksa NIK penerima pada KTP-el.",
        pl.col("nik_orang_lain"),
    ),
    _KNOWN.finding(
        "NIK_PENERIMA_BEDA",
        "nik",
        "Penerima dikenal di Dukcapil dengan NIK yang berbeda dari yang tertulis.",
        "Minta kantor pembayar memakai NIK menurut Dukcapil setelah diperiksa.",
        pl.col("nik") != pl.col("nik_dukcapil"),
    ),
    _KNOWN.finding(
        "NON_DTKS",
        "nik",
        "Penerima tidak ada di DTKS.",
        "Bila layak, usulkan ke DTKS (SE KPK 11/2020).",
        pl.col("id_dtks").is_null(),
    ),
    _KNOWN.finding(
        "NOMINAL_DI_LUAR_TARIF",
        "nominal",
        "Nilai bantuan tidak sesuai dengan tarif program pada tahap ini.",
        "Periksa nilai bantuan dan komponen keluarganya.",
        # What a partial return states is the part that came back.
        (pl.col("selisih_tarif") > 0) & (pl.col("status_bayar") != "RETUR"),
    ),
    _KNOWN.finding(
        "TAHAP_TANPA_TARIF",
        "tahap",
        "Tarif dan jadwal program, tahun, dan tahap ini belum tercatat, sehingga nilainya tidak dapat diperiksa.",
        "Periksa penulisan tahapnya; bila memang ada, tambahkan ke data/reference/program_tahap.csv.",
        pl.col("mulai").is_null(),
    ),
    _KNOWN.finding(
        "SEBELUM_PERINTAH",
        "tgl_bayar",
        "Dibayar sebelum penyaluran tahap ini dimulai.",
        "Periksa tanggal bayar dan tahapnya.",
        _IS_PAID & (pl.col("tgl_bayar") < pl.col("mulai")) & ~_LAWFUL_VISIT,
    ),
    _KNOWN.finding(
        "DI_LUAR_JADWAL",
        "tgl_bayar",
        "Tanggal bayar di luar jadwal penyaluran tahap ini.",
        "Periksa tanggal bayar dan tahapnya.",
        _IS_PAID
        & (((pl.col("tgl_bayar") < pl.col("mulai")) & ~_LAWFUL_VISIT) | (pl.col("tgl_bayar") > pl.col("selesai"))),
    ),
    _KNOWN.finding(
        "KANTOR_LUAR_WILAYAH",
        "kode_kprk",
        "Kantor pembayar ini tidak melayani kabupaten/kota yang tertulis pada perintah bayar.",
        "Periksa kantor yang membayar dan alamat pada perintah bayar.",
        ~pl.col("kantor_melayani"),
    ),
    _KNOWN.finding(
        "TAHAP_SEKALIGUS",
        "tahap",
        "Tiga tahap atau lebih dibayar pada hari yang sama di luar daerah 3T.",
        "Periksa apakah pembayaran sekaligus itu diizinkan.",
        (pl.col("tahap_sehari") >= _STAGES_OF_A_VISIT) & ~pl.col("tertinggal"),
    ),
)
