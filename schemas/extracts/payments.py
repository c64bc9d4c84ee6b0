"""Payment orders of PT Pos and banks, and the targets (allotments) for them."""

from __future__ import annotations

from schemas.extracts.extract import Extract, Layout, Required, header, layout, origin, origin_title
from schemas.extracts.shapes import DATE, MONEY, NAME, NUMBER, PLACE, YEAR


class Pos(Extract):
    """Daftar pembayaran PT Pos atau bank penyalur, satu baris per perintah bayar."""

    no_danom: str = header("NO_DANOM", "No Danom", "ID DANOM", "DANOM")
    batch: str = header("BATCH", "NO BATCH", "KODE BATCH")
    program: str = header("PROGRAM", "NAMA PROGRAM", "PROGRAM BANSOS", "JENIS BANTUAN", "JENIS BANSOS", "BANSOS")
    tahun: str = header("TAHUN", "TAHUN ANGGARAN", "THN", "TA", shape=YEAR)
    tahap: str = header("TAHAP", "THP", "TAHAP KE", "TAHAP BAYAR", "TAHAP SALUR")
    bulan: str = header(
        "BULAN", "BLN", "ALOKASI BULAN", "BULAN ALOKASI",
        description="Bulan yang dibayar; menunjukkan tahapnya bila nomornya tidak tertulis.",
    )  # fmt: skip
    kode_kprk: str = header(
        "KODE_KPRK", "KPRK", "KODE KANTOR", "KODE KCU", "KODE CABANG", "NOPEN", "NOPEND",
        fallbacks=("DIRIAN", "KODE DIRIAN", "NO DIRIAN"),
    )  # fmt: skip
    nama_kprk: str = header("NAMA_KPRK", "NAMA KANTOR", "KANTOR BAYAR")
    kode_kpc: str = header("KODE_KPC", "KPC")
    nama_kpc: str = header("NAMA_KPC")
    nik: str = header(
        "NIK", "NIK KPM", "NO NIK", "NOMOR INDUK KEPENDUDUKAN", "NIK KTP", "NIK PENERIMA", "NO KTP", "NIK PENGGANTI",
        "NIK KPM PENGGANTI", shape=NUMBER,
    )  # fmt: skip
    no_kk: str = header("NO_KK", "NOMOR KARTU KELUARGA", "NKK", "KK", shape=NUMBER)
    nama: str = header(
        "NAMA_KPM", "NAMA", "NAMA LENGKAP", "NAMA PENERIMA", "NAMA PENERIMA MANFAAT", "NAMA PENERIMA BANTUAN",
        "NAMA PENGGANTI", "NAMA KPM PENGGANTI",
        shape=NAME,
    )  # fmt: skip
    alamat: str = header("ALAMAT", "ALAMAT LENGKAP", "ALAMAT RUMAH")
    desa: str = header(
        "KELURAHAN", "DESA/KELURAHAN", "KELURAHAN/DESA", "DESA", "KEL", "NAMA DESA", "NAMA KELURAHAN",
        "NAMA DESA/KELURAHAN", "NAMA KELURAHAN/DESA", "KEL_NAME",
    )  # fmt: skip
    kecamatan: str = header("KECAMATAN", "KEC", "NAMA KECAMATAN", "DISTRIK", "KEC_NAME")
    kabupaten: str = header(
        "KABUPATEN", "KABUPATEN/KOTA", "KOTA/KABUPATEN", "KAB", "NAMA KABUPATEN", "NAMA KABUPATEN/KOTA", "KAB_NAME",
    )  # fmt: skip
    provinsi: str = header("PROVINSI", "PROPINSI", "PROV", "PROP", "NAMA PROVINSI", "PROP_NAME")
    nominal: str = header(
        "NOMINAL", "BSU", "NOMINAL BANTUAN", "NILAI BANTUAN", "JUMLAH BANTUAN", "NOMINAL BAYAR", "BESAR UANG",
        "JUMLAH UANG", "JUMLAH", "NILAI", "BESARAN", "UANG",
        fallbacks=(
            "BESAR BANTUAN", "BESARAN BANTUAN", "JUMLAH DITERIMA", "NOMINAL DITERIMA", "JUMLAH BAYAR", "NOMINAL CAIR",
        ),
        shape=MONEY,
    )  # fmt: skip
    status_bayar: str = header(
        "STATUS_BAYAR", "STATUS PEMBAYARAN", "STATUS SALUR", "STATUS PENYALURAN", "STATUS TRANSAKSI", "STATUS",
        fallbacks=("STATUS PENCAIRAN", "STATUS REALISASI", "KETERANGAN PEMBAYARAN", "KET PEMBAYARAN"),
    )  # fmt: skip
    tgl_bayar: str = header(
        "TGL_BAYAR", "TGL PEMBAYARAN", "TGL SALUR", "TGL PENYALURAN", "TGL TRANSAKSI", "WAKTU BAYAR",
        fallbacks=(
            "TGL PENCAIRAN", "TGL CAIR", "TGL REALISASI", "TGL TERIMA", "TGL DITERIMA", "TGL PENERIMAAN", "TGL AMBIL",
            "TGL DIAMBIL",
        ),
        shape=DATE,
    )  # fmt: skip
    metode: str = header("METODE", "METODE BAYAR", "CARA BAYAR")
    alasan_gagal: str = header(
        "ALASAN_GAGAL", "ALASAN", "ALASAN GAGAL BAYAR", "KETERANGAN GAGAL", "SEBAB GAGAL", "ALASAN RETUR",
    )  # fmt: skip
    tgl_retur: str = header("TGL_RETUR")
    cekpos: str = header("Cekpos", "CEK POS", description="Kode Cekpos.", staged=False)
    asal_baris: str = origin()
    judul_asal: str = origin_title()


class Alokasi(Extract):
    """Alokasi dan transfer dana, satu baris per sasaran."""

    program: str = header("PROGRAM", "NAMA PROGRAM", "PROGRAM BANSOS", "JENIS BANTUAN", "JENIS BANSOS")
    tahun: str = header("TAHUN", "TAHUN ANGGARAN", "THN", "TA", shape=YEAR)
    tahap: str = header("TAHAP", "THP", "TAHAP KE")
    kode_wilayah: str = header(
        "KODE_WILAYAH", "KODE WIL", "KODE KABUPATEN", "KODE KABUPATEN/KOTA", "KODE KECAMATAN",
        "KODE KABUPATEN/KECAMATAN", "KODE KEMENDAGRI", "KODE DAERAH", shape=PLACE,
    )  # fmt: skip
    desa: str = header(
        "DESA", "KELURAHAN", "DESA/KELURAHAN", "KELURAHAN/DESA", "NAMA DESA", "NAMA KELURAHAN",
    )  # fmt: skip
    kecamatan: str = header("KECAMATAN", "NAMA KECAMATAN", "DISTRIK")
    kabupaten: str = header("KABUPATEN", "KABUPATEN/KOTA", "NAMA KABUPATEN", "NAMA KABUPATEN/KOTA")
    provinsi: str = header("PROVINSI", "NAMA PROVINSI")
    kpm_alokasi: str = header(
        "KPM_ALOKASI", "ALOKASI KPM", "KUOTA KPM", "TARGET KPM", "KUOTA",
        fallbacks=(
            "JUMLAH KPM", "JUMLAH KPM ALOKASI", "SASARAN KPM", "JUMLAH SASARAN", "ALOKASI PENERIMA",
            "TARGET PENERIMA", "JUMLAH PENERIMA", "JUMLAH PENERIMA MANFAAT",
        ),
    )  # fmt: skip
    nominal_alokasi: str = header(
        "NOMINAL_ALOKASI", "ALOKASI NOMINAL", "NILAI ALOKASI", "ALOKASI DANA", "ALOKASI RUPIAH", "ALOKASI RP",
        "NOMINAL TAHAP INI", "ALOKASI TAHAP INI", "PAGU TAHAP INI", "PAGU ANGGARAN", "PAGU",
        fallbacks=(
            "ALOKASI ANGGARAN", "JUMLAH ANGGARAN", "TOTAL ANGGARAN", "JUMLAH DANA", "TOTAL DANA", "TOTAL NOMINAL",
            "NOMINAL",
        ),
        shape=MONEY,
    )  # fmt: skip
    tgl_transfer: str = header("TGL_TRANSFER", "TGL SP2D", shape=DATE)
    nominal_transfer: str = header(
        "NOMINAL_TRANSFER",
        "NILAI TRANSFER",
        "JUMLAH TRANSFER",
        "TRANSFER RP",
        "DANA DITRANSFER",
        "NILAI SP2D",
        "NOMINAL SP2D",
        shape=MONEY,
    )
    no_sp2d: str = header("NO_SP2D", "NOMOR SURAT PERINTAH PENCAIRAN DANA")
    target_selesai: str = header(
        "TARGET_SELESAI", "TANGGAL TARGET SELESAI", "TANGGAL TARGET", "BATAS WAKTU", shape=DATE
    )
    keterangan: str = header(
        "KETERANGAN", "KET", "KETERANGAN SP2D", "STATUS SP2D", "STATUS TRANSFER",
        description="Keterangan baris, seperti SP2D yang dibatalkan.",
    )  # fmt: skip
    asal_baris: str = origin()
    judul_asal: str = origin_title()


REQUIRED: dict[str, Required] = {
    "pos": ((("no_danom",),), (("nik",), ("nama", "kabupaten")), (("nominal",),)),
    "alokasi": (
        (("program",),), (("tahun",),), (("tahap",),), (("kode_wilayah",), ("kecamatan",), ("kabupaten",)),
        (("kpm_alokasi",),),
    ),
}  # fmt: skip
# Columns that titles, sheet or file names may replace, only in the folder of the source.
GIVEN_ELSEWHERE: dict[str, frozenset[str]] = {"alokasi": frozenset({"program", "tahun", "tahap"})}

LAYOUTS: dict[str, Layout] = {
    "pos_penuh": layout(
        "pos",
        "Daftar bayar lengkap",
        "NO_DANOM|BATCH|PROGRAM|TAHUN|TAHAP|KODE_KPRK|NAMA_KPRK|NIK|NO_KK|NAMA_KPM|ALAMAT|KELURAHAN|KECAMATAN|"
        "KABUPATEN|PROVINSI|NOMINAL|STATUS_BAYAR|TGL_BAYAR|METODE|ALASAN_GAGAL|TGL_RETUR",
    ),
    "pos_belum": layout(
        "pos", "Buku kerja Belum Terbayar", "No Danom|Batch|NIK|Nama|Alamat|Kelurahan|Kecamatan|Kabupaten|BSU|Cekpos"
    ),
    "alokasi": layout(
        "alokasi",
        "Alokasi",
        "PROGRAM|TAHUN|TAHAP|KODE_WILAYAH|KPM_ALOKASI|NOMINAL_ALOKASI|TGL_TRANSFER|NOMINAL_TRANSFER|TARGET_SELESAI",
        # One letter away from JUMLAH DANA, but a number of rows; and the payment per family.
        means={"JUMLAH DATA": "", "TOTAL DATA": "", "NOMINAL PER KPM": "", "NOMINAL/KPM": "", "NOMINAL RP/KPM": ""},
    ),
}
