"""Payment orders of PT Pos and of banks, and the targets they are to reach."""

from __future__ import annotations

from schemas.extracts.extract import Extract, Layout, Required, header, layout, origin
from schemas.extracts.shapes import DATE, MONEY, NAME, NUMBER, PLACE, YEAR


class Pos(Extract):
    """Daftar pembayaran PT Pos atau bank penyalur, satu baris per perintah bayar."""

    no_danom: str = header("NO_DANOM", "No Danom", "NOMOR DANOM")
    batch: str = header("BATCH")
    program: str = header("PROGRAM", "NAMA PROGRAM", "JENIS BANTUAN")
    tahun: str = header("TAHUN", "TAHUN ANGGARAN", shape=YEAR)
    tahap: str = header("TAHAP")
    kode_kprk: str = header("KODE_KPRK", "KPRK", "KODE KANTOR")
    nama_kprk: str = header("NAMA_KPRK", "NAMA KANTOR")
    kode_kpc: str = header("KODE_KPC", "KPC")
    nama_kpc: str = header("NAMA_KPC")
    nik: str = header("NIK", "NIK KPM", "NO NIK", "NOMOR INDUK KEPENDUDUKAN", shape=NUMBER)
    no_kk: str = header("NO_KK", "NOKK", "NOMOR KK", shape=NUMBER)
    nama: str = header("NAMA_KPM", "NAMA", "NAMA LENGKAP", "NAMA PENERIMA", "NAMA PENERIMA MANFAAT", shape=NAME)
    alamat: str = header("ALAMAT", "ALAMAT LENGKAP")
    desa: str = header(
        "KELURAHAN", "DESA/KELURAHAN", "KELURAHAN/DESA", "DESA", "DESA/KEL", "KEL/DESA", "KEL",
        description="Nama desa/kelurahan.",
    )  # fmt: skip
    kecamatan: str = header("KECAMATAN", "KEC", description="Nama kecamatan.")
    kabupaten: str = header("KABUPATEN", "KABUPATEN/KOTA", "KAB/KOTA", "KAB", description="Nama kabupaten/kota.")
    provinsi: str = header("PROVINSI", "PROPINSI", "PROV", description="Nama provinsi.")
    nominal: str = header(
        "NOMINAL", "BSU", "NOMINAL BANTUAN", "NILAI BANTUAN", "JUMLAH BANTUAN", "JUMLAH", "NILAI", "BESARAN",
        shape=MONEY,
    )  # fmt: skip
    status_bayar: str = header("STATUS_BAYAR", "STATUS PEMBAYARAN", "STATUS SALUR", "STATUS")
    tgl_bayar: str = header(
        "TGL_BAYAR", "TANGGAL BAYAR", "TGL PEMBAYARAN", "TANGGAL PEMBAYARAN", "TGL SALUR", "TANGGAL SALUR", shape=DATE
    )
    metode: str = header("METODE")
    alasan_gagal: str = header("ALASAN_GAGAL", "ALASAN")
    tgl_retur: str = header("TGL_RETUR", "TANGGAL RETUR")
    cekpos: str = header("Cekpos", "CEK POS", description="Kode Cekpos.", staged=False)
    asal_baris: str = origin()


class Alokasi(Extract):
    """Alokasi dan transfer dana, satu baris per sasaran."""

    program: str = header("PROGRAM", "NAMA PROGRAM")
    tahun: str = header("TAHUN", "TAHUN ANGGARAN", shape=YEAR)
    tahap: str = header("TAHAP")
    kode_wilayah: str = header("KODE_WILAYAH", "KODE KABUPATEN", "KODE KECAMATAN", shape=PLACE)
    kpm_alokasi: str = header("KPM_ALOKASI", "ALOKASI KPM", "JUMLAH KPM")
    nominal_alokasi: str = header("NOMINAL_ALOKASI", "ALOKASI NOMINAL", "NILAI ALOKASI", shape=MONEY)
    tgl_transfer: str = header("TGL_TRANSFER", "TANGGAL TRANSFER", shape=DATE)
    nominal_transfer: str = header("NOMINAL_TRANSFER", "NILAI TRANSFER", shape=MONEY)
    target_selesai: str = header("TARGET_SELESAI", "TARGET SELESAI", shape=DATE)


REQUIRED: dict[str, Required] = {
    "pos": ((("no_danom",),), (("nik",), ("nama", "kabupaten")), (("nominal",),)),
    "alokasi": ((("program",),), (("tahun",),), (("tahap",),), (("kode_wilayah",),), (("kpm_alokasi",),)),
}

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
    ),
}
