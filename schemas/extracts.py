"""The raw extracts: which columns each source has, under which headers officers write them, and the known layouts.

A new column of an extract is a line in its model; a new vintage of a file is one more `Layout`. Everything is text
here: types and meaning come with `schemas.staged`. How bytes become cells is the business of `pipeline.extracts`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import pandera.polars as pa

from schemas.table import Table


def header(*names: str, description: str | None = None) -> Any:
    """A text column and the headers under which it is delivered (case, spaces and punctuation do not matter)."""
    return pa.Field(nullable=True, description=description, metadata={"headers": names})


class Extract(Table):
    """Base of the raw extracts: where a row came from, whether it could be read, then the delivered columns as text.

    A line that is no row is kept with its code in `rusak`; a file that is no extract is one such line with number 0.
    """

    berkas: str
    lembar: str = pa.Field(nullable=True)
    baris: int
    tata_letak: str = pa.Field(nullable=True)
    judul: str = pa.Field(nullable=True, description="Baris judul di atas tabel, bila ada.")
    rusak: str = pa.Field(
        nullable=True, description="Kode aturan bila baris tidak terbaca sebagai data; lalu kolomnya kosong."
    )
    catatan: str = pa.Field(nullable=True, description="Keterangan bila seluruh berkas ditolak.")


class Dtks(Extract):
    """Ekspor DTKS perorangan (BNBA), satu baris per orang."""

    id_dtks: str = header("ID DTKS", "NO ID DTKS", "IDARTBDT")
    id_rumah_tangga: str = header("ID RUMAH TANGGA", "IDBDT", description="Nomor rumah tangga pada BDT.")
    no_urut: str = header("NOMOR URUT ART", description="Nomor urut anggota di dalam rumah tangga pada BDT.")
    provinsi: str = header("PROVINSI", "NAMA PROVINSI", description="Nama provinsi.")
    kabupaten: str = header(
        "KABUPATEN/KOTA", "KABUPATEN", "KAB/KOTA", "NAMA KABUPATEN", description="Nama kabupaten/kota."
    )
    kecamatan: str = header("KECAMATAN", "NAMA KECAMATAN", description="Nama kecamatan.")
    desa: str = header(
        "DESA/KELUARAHAN", "DESA/KELURAHAN", "KELURAHAN/DESA", "DESA", "KELURAHAN", description="Nama desa/kelurahan."
    )
    alamat: str = header("ALAMAT")
    dusun: str = header("DUSUN", "NAMA SLS", description="Nama dusun.")
    rt: str = header("RT", "NO RT")
    rw: str = header("RW", "NO RW")
    no_kk: str = header("NOKK", "NOMOR KK", "NO KK", "NO KARTU KELUARGA", "NOMOR KARTU KELUARGA")
    nik: str = header("NIK", "NOMOR NIK", "NO NIK", "NIK KTP")
    nama: str = header("NAMA", "NAMA LENGKAP", "NAMA ART", "NAMA PENERIMA")
    tanggal_lahir: str = header("TANGGAL LAHIR", "TGL LAHIR", "TANGGALLAHIR")
    tempat_lahir: str = header("TEMPAT LAHIR", "TMP LAHIR")
    jenis_kelamin: str = header("JENIS KELAMIN", "JK", "KELAMIN", "L/P", "JNSKEL")
    pekerjaan: str = header("PEKERJAAN")
    nama_ibu_kandung: str = header("NAMA IBU KANDUNG", "IBU KANDUNG", "NAMA GADIS IBU KANDUNG")
    hub_keluarga: str = header("HUB KELUARGA", "HUBUNGAN KELUARGA", "HUBUNGAN DENGAN KEPALA KELUARGA", "HUBKEL", "SHDK")
    keterangan_padan: str = header("KETERANGAN PADAN", "KET PADAN", description="Keterangan padan bawaan SIKS-NG.")
    bansos_bpnt: str = header("BANSOS BPNT", description="Kepesertaan BPNT bawaan SIKS-NG.")
    bansos_pkh: str = header("BANSOS PKH", description="Kepesertaan PKH bawaan SIKS-NG.")
    bansos_bpnt_ppkm: str = header("BANSOS BPNT-PPKM", description="Kepesertaan BPNT-PPKM bawaan SIKS-NG.")
    pbi_jkn: str = header("PBI JKN", "PBI", description="Kepesertaan PBI JKN bawaan SIKS-NG.")
    tanggal_verifikasi: str = header(
        "TANGGAL VERIFIKASI", "TGL VERIFIKASI", "TANGGAL PEMUTAKHIRAN", "TGL PEMUTAKHIRAN", "LASTUPDATEDATA"
    )


class Dukcapil(Extract):
    """Daftar penduduk Dukcapil (SIAK, layanan web, atau Buku Induk Penduduk), satu baris per penduduk."""

    no_kk: str = header("Nomor KK", "NO_KK", "NO KARTU KELUARGA")
    nik: str = header("NIK", "NOMOR NIK")
    nama: str = header("Nama Penduduk", "NAMA_LGKP", "NAMA LENGKAP", "NAMA")
    status: str = header("Status", "STATUS PENDUDUK", "STAT_PDDK", description="Status penduduk seperti tertulis.")
    tempat_lahir: str = header("Tempat Lahir", "TMPT_LHR")
    tanggal_lahir: str = header("Tanggal Lahir", "TGL_LHR", "TGL LAHIR", "Tgl/Bln/Th")
    jenis_kelamin: str = header("Kelamin", "JENIS_KLMIN", "JENIS KELAMIN", "JK")
    nik_ayah: str = header("NIK Ayah", description="NIK ayah.")
    nama_ayah: str = header("Ayah", "NAMA_LGKP_AYAH", "NAMA AYAH", description="Nama ayah.")
    nik_ibu: str = header("NIK Ibu", description="NIK ibu.")
    nama_ibu_kandung: str = header("Ibu", "NAMA_LGKP_IBU", "NAMA IBU")
    status_kawin: str = header(
        "Status Kawin", "STATUS_KAWIN", "STAT KAWIN", "Stat Kwn", description="Status perkawinan."
    )
    hub_keluarga: str = header("SHDK", "STAT_HBKEL", "HUB KELUARGA", "HUB. KEL")
    agama: str = header("Agama", description="Agama.")
    provinsi: str = header("PROP_NAME", "PROVINSI", "NAMA PROVINSI", description="Nama provinsi.")
    kabupaten: str = header("KAB_NAME", "KABUPATEN", "KABUPATEN/KOTA", description="Nama kabupaten/kota.")
    kecamatan: str = header("Kecamatan", "KEC_NAME", description="Nama kecamatan.")
    desa: str = header(
        "Desa/Kel", "KEL_NAME", "DESA/KELURAHAN", "KELURAHAN", "DESA", description="Nama desa/kelurahan."
    )
    no_prop: str = header("NO_PROP", description="Nomor provinsi.")
    no_kab: str = header("NO_KAB", description="Nomor kabupaten di dalam provinsi.")
    no_kec: str = header("NO_KEC", description="Nomor kecamatan di dalam kabupaten.")
    no_kel: str = header("NO_KEL", description="Nomor desa/kelurahan di dalam kecamatan.")
    alamat: str = header("Alamat")
    dusun: str = header("DUSUN", description="Nama dusun.")
    rw: str = header("RW", "NO_RW")
    rt: str = header("RT", "NO_RT")
    pekerjaan: str = header("Pekerjaan", "JENIS_PKRJN")
    tgl_ubah: str = header("Tgl Ubah", "TANGGAL UBAH", "TGL_UBAH", description="Tanggal data penduduk terakhir diubah.")
    respon: str = header("RESPON", description="Jawaban layanan web Dukcapil bila tidak ada penduduk yang dikirim.")


class Pos(Extract):
    """Daftar pembayaran PT Pos atau bank penyalur, satu baris per perintah bayar."""

    no_danom: str = header("NO_DANOM", "No Danom", "NOMOR DANOM")
    batch: str = header("BATCH")
    program: str = header("PROGRAM", "NAMA PROGRAM", "JENIS BANTUAN")
    tahun: str = header("TAHUN", "TAHUN ANGGARAN")
    tahap: str = header("TAHAP")
    kode_kprk: str = header("KODE_KPRK", "KPRK", "KODE KANTOR")
    nama_kprk: str = header("NAMA_KPRK", "NAMA KANTOR")
    kode_kpc: str = header("KODE_KPC", "KPC")
    nama_kpc: str = header("NAMA_KPC")
    nik: str = header("NIK", "NIK KPM")
    no_kk: str = header("NO_KK", "NOKK", "NOMOR KK")
    nama: str = header("NAMA_KPM", "NAMA", "NAMA PENERIMA")
    alamat: str = header("ALAMAT")
    desa: str = header("KELURAHAN", "DESA/KELURAHAN", "DESA", description="Nama desa/kelurahan.")
    kecamatan: str = header("KECAMATAN", description="Nama kecamatan.")
    kabupaten: str = header("KABUPATEN", "KABUPATEN/KOTA", "KAB/KOTA", description="Nama kabupaten/kota.")
    provinsi: str = header("PROVINSI", description="Nama provinsi.")
    nominal: str = header("NOMINAL", "BSU", "JUMLAH", "NILAI BANTUAN")
    status_bayar: str = header("STATUS_BAYAR", "STATUS")
    tgl_bayar: str = header("TGL_BAYAR", "TANGGAL BAYAR")
    metode: str = header("METODE")
    alasan_gagal: str = header("ALASAN_GAGAL", "ALASAN")
    tgl_retur: str = header("TGL_RETUR", "TANGGAL RETUR")
    cekpos: str = header("Cekpos", "CEK POS", description="Kode Cekpos.")


class Alokasi(Extract):
    """Alokasi dan transfer dana, satu baris per sasaran."""

    program: str = header("PROGRAM", "NAMA PROGRAM")
    tahun: str = header("TAHUN", "TAHUN ANGGARAN")
    tahap: str = header("TAHAP")
    kode_wilayah: str = header("KODE_WILAYAH", "KODE KABUPATEN", "KODE KECAMATAN")
    kpm_alokasi: str = header("KPM_ALOKASI", "ALOKASI KPM", "JUMLAH KPM")
    nominal_alokasi: str = header("NOMINAL_ALOKASI", "ALOKASI NOMINAL", "NILAI ALOKASI")
    tgl_transfer: str = header("TGL_TRANSFER", "TANGGAL TRANSFER")
    nominal_transfer: str = header("NOMINAL_TRANSFER", "NILAI TRANSFER")
    target_selesai: str = header("TARGET_SELESAI", "TARGET SELESAI")


class Pendamping(Extract):
    """Laporan bulanan pendamping, satu baris per pendamping, bulan, dan keluarga."""

    periode_laporan: str = header("PERIODE", "BULAN")
    id_pendamping: str = header("ID_PENDAMPING", "NO PENDAMPING")
    nama_pendamping: str = header("NAMA_PENDAMPING", "PENDAMPING")
    kode_kab: str = header("KODE_KABUPATEN", "KODE KAB")
    nik: str = header("NIK_KPM", "NIK")
    anak_sekolah: str = header("ANAK_SEKOLAH")
    anak_sekolah_hadir: str = header("ANAK_SEKOLAH_HADIR")
    balita: str = header("BALITA")
    balita_ke_faskes: str = header("BALITA_KE_FASKES")
    ibu_hamil: str = header("IBU_HAMIL")
    ibu_hamil_ke_faskes: str = header("IBU_HAMIL_KE_FASKES")
    status_kpm: str = header("STATUS_KPM", "STATUS")


class DtsenKeluarga(Extract):
    """Daftar keluarga DTSEN, satu baris per keluarga."""

    no_kk: str = header("NOMOR KARTU KELUARGA", "NO KK", "NOMOR KK")
    kepala_keluarga: str = header(
        "NAMA KEPALA KELUARGA", "KEPALA KELUARGA", description="Nama kepala keluarga menurut DTSEN."
    )
    desil_nasional: str = header("DESIL NASIONAL", description="Desil kesejahteraan nasional, 1 sampai 10.")
    kode_kabupaten_kota: str = header(
        "KODE KABUPATEN KOTA", description="Kode kabupaten/kota seperti tertulis; dapat berupa kode BPS."
    )
    kabupaten: str = header("KABUPATEN/KOTA", "KABUPATEN", description="Nama kabupaten/kota.")
    kecamatan: str = header("KECAMATAN", description="Nama kecamatan.")
    desa: str = header("KELURAHAN/DESA", "DESA/KELURAHAN", description="Nama desa/kelurahan.")
    is_gc_kemensos: str = header("IS GC KEMENSOS", description="Penanda uji petik Kemensos bawaan DTSEN.")
    is_pbi_se: str = header("IS PBI SE", description="Penanda PBI bawaan DTSEN.")
    is_siks_ng: str = header("IS SIKS NG", description="Penanda SIKS-NG bawaan DTSEN.")


class BdtRumahTangga(Extract):
    """Berkas rumah tangga BDT (UDRT), satu baris per rumah tangga; melengkapi berkas perorangan (UDART)."""

    id_rumah_tangga: str = header("IDBDT", "ID RUMAH TANGGA", description="Nomor rumah tangga pada BDT.")
    kepala_rumah_tangga: str = header("NAMA KRT", description="Nama kepala rumah tangga.")
    alamat: str = header("ALAMAT")
    dusun: str = header("NAMA SLS", description="Nama satuan lingkungan setempat.")


EXTRACTS: dict[str, type[Extract]] = {
    "dtks": Dtks,
    "dukcapil": Dukcapil,
    "pos": Pos,
    "alokasi": Alokasi,
    "pendamping": Pendamping,
}

# Files that lie in the folder of a source beside its extract: folder and model. Their rows are not rows of the source.
BESIDE: dict[str, tuple[str, type[Extract]]] = {
    "dtsen_keluarga": ("dtks", DtsenKeluarga),
    "bdt_rumah_tangga": ("dtks", BdtRumahTangga),
}

# What can be recognised: the sources, and what lies beside them.
KINDS: dict[str, type[Extract]] = {**EXTRACTS, **{kind: model for kind, (_, model) in BESIDE.items()}}

# Each entry is a set of alternatives: at least one alternative must be present in full.
REQUIRED: dict[str, tuple[tuple[tuple[str, ...], ...], ...]] = {
    "dtks": ((("id_dtks",),), (("nama",),), (("nik",), ("no_kk",))),
    "dukcapil": ((("nik",),), (("no_kk",),), (("nama",),), (("tanggal_lahir",),)),
    "pos": ((("no_danom",),), (("nik",), ("nama", "kabupaten")), (("nominal",),)),
    "alokasi": ((("program",),), (("tahun",),), (("tahap",),), (("kode_wilayah",),), (("kpm_alokasi",),)),
    "pendamping": ((("periode_laporan",),), (("id_pendamping",),), (("nik",),), (("status_kpm",),)),
    "dtsen_keluarga": ((("no_kk",),), (("desil_nasional",),)),
    "bdt_rumah_tangga": ((("id_rumah_tangga",),), (("kepala_rumah_tangga",),)),
}

# One delivered column that holds two: folded header → column → the part of the cell that is its value.
JOINED: dict[str, dict[str, str]] = {
    **{fold: {"rt": r"^\s*(\d+)", "rw": r"/\s*(\d+)"} for fold in ("RTRW", "NORTRW")},
    **{
        fold: {"tempat_lahir": r"(?s)^\s*(\D*[^\d\s,/])", "tanggal_lahir": r"(?s)(\d.*)$"}
        for fold in ("TEMPATTGLLAHIR", "TEMPATTANGGALLAHIR", "TEMPATDANTANGGALLAHIR")
    },
}

# What stands above the members of a family, or above a page, in a Buku Induk Penduduk.
FAMILY_LABELS = ("no_kk", "alamat", "rt", "rw", "dusun")
PAGE_LABELS = ("provinsi", "kabupaten", "kecamatan", "desa")

# Where the web service answers without a resident: the code of a known answer; any other is an error of the service.
NO_RESIDENT = {"DATATIDAKDITEMUKAN": "RESPON_TIDAK_DITEMUKAN"}
SERVICE_ERROR = "RESPON_GALAT"


@dataclass(frozen=True)
class Layout:
    """One known file layout.

    Attributes:
        source: what its rows are, a key of `KINDS`.
        label: its name for officers.
        headers: the headers that tell it apart, as delivered; a file may have more.
        means: headers that mean another column here than elsewhere in the source; an empty name: a column not read.
        composed: columns that are delivered in parts, put together with '-' (`id_dtks` of a sheet that numbers
            households and their members but not persons).
    """

    source: str
    label: str
    headers: tuple[str, ...]
    means: Mapping[str, str] = field(default_factory=dict)
    composed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivered:
    """Where a column's value is found in a row: which cells, and which part of the cell (a regex with one group)."""

    cells: tuple[int, ...]
    part: str | None = None


def _layout(
    source: str,
    label: str,
    headers: str,
    *,
    means: Mapping[str, str] | None = None,
    composed: Mapping[str, tuple[str, ...]] | None = None,
) -> Layout:
    return Layout(source, label, tuple(headers.split("|")), means or {}, composed or {})


LAYOUTS: dict[str, Layout] = {
    "dtks_23": _layout(
        "dtks",
        "DTKS 23 kolom",
        "ID DTKS|PROVINSI|KABUPATEN/KOTA|KECAMATAN|DESA/KELUARAHAN|ALAMAT|DUSUN|RT|RW|NOKK|NIK|NAMA|TANGGAL LAHIR|"
        "TEMPAT LAHIR|JENIS KELAMIN|PEKERJAAN|NAMA IBU KANDUNG|HUB KELUARGA|KETERANGAN PADAN|BANSOS BPNT|BANSOS PKH|"
        "BANSOS BPNT-PPKM|PBI JKN",
    ),
    "dtks_17": _layout(
        "dtks",
        "DTKS 17 kolom",
        "ID DTKS|PROVINSI|KABUPATEN/KOTA|KECAMATAN|DESA/KELUARAHAN|ALAMAT|DUSUN|RT|RW|NOMOR KK|NOMOR NIK|NAMA|"
        "TANGGAL LAHIR|TEMPAT LAHIR|JENIS KELAMIN|NAMA IBU KANDUNG|HUBUNGAN KELUARGA",
    ),
    # Its region codes (KD…) are BPS codes and its relation to the head of the household is not the one to the family.
    "bdt_art": _layout(
        "dtks",
        "BDT perorangan (UDART)",
        "IDBDT|IDARTBDT|NoPesertaPBDT|NoPesertaPBDTART|KDPROP|KDKAB|KDKEC|KDDESA|Nama|JnsKel|TmpLahir|TglLahir|HubKRT|"
        "NIK|NoKK|NUK|Hubkel|Umur|Sta_kawin|namagadis_ibukandung",
    ),
    # Region codes are BPS codes here too: the names are read. Persons have no number of their own.
    "bdt_2015": _layout(
        "dtks",
        "BDT 2015 101 kolom",
        "ruta_6 (1)|ID rumah tangga (2)|Provinsi (3)|Kode Provinsi (4)|Kab/Kota (5)|Kode Kab/Kota (6)|Kecamatan (7)|"
        "Kode Kecamatan (8)|Desa/Kelurahan (9)|Kode Desa/Kelurahan (10)|Nama SLS (11)|Alamat (12)|Nama KRT (13)|"
        "Jumlah ART (14)|percentile|Nomor urut ART|Nama ART|NIK|HubKRT|Nomor urut keluarga|"
        "Hubungan dengan kepala keluarga|jenis kelamin|Status perkawinan",
        composed={"id_dtks": ("id_rumah_tangga", "no_urut")},
    ),
    "siak_37": _layout(
        "dukcapil",
        "Daftar SIAK 37 kolom",
        "Nomor KK|NIK|Nama Penduduk|Status|Tempat Lahir|Tanggal Lahir|Kelamin|NIK Ayah|Ayah|NIK Ibu|Ibu|Status Kawin|"
        "SHDK|Agama|Kecamatan|Desa/Kel|Alamat|RW|RT|Pendidikan|Pekerjaan|Deskripsi Pekerjaan|Gol. Darah|Cacat|"
        "Cetak KTP|Ganti KTP|KTP Berakhir|Nomor Paspor|Nomor Akta Lahir|Nomor Akta Kawin|Tanggal Kwn|Nomor Akta Cerai|"
        "Tgl Cerai|Petugas Registrasi|Tgl Ubah|Petugas Entri|Tgl Entri",
    ),
    "dukcapil_web": _layout(
        "dukcapil",
        "Layanan web Dukcapil",
        "NO_KK|NIK|NAMA_LGKP|STAT_HBKEL|JENIS_KLMIN|TMPT_LHR|TGL_LHR|STATUS_KAWIN|PDDK_AKH|JENIS_PKRJN|NAMA_LGKP_IBU|"
        "NAMA_LGKP_AYAH|ALAMAT|DUSUN|NO_RT|NO_RW|NO_KEL|NO_KEC|NO_KAB|NO_PROP|KEL_NAME|KEC_NAME|KAB_NAME|PROP_NAME",
    ),
    # In the family books STATUS is the marital status, or how far the KTP-el has come; never whether somebody lives.
    "bip": _layout(
        "dukcapil",
        "Buku Induk Penduduk (BIP)",
        "No. KK|Alamat|RT|RW|Dusun|Provinsi|Kabupaten|Kecamatan|Desa|NO|NIK|NAMA|JK|TMPT LHR|TGL LHR|KTPEL|AGAMA|"
        "STATUS|HUB. KEL|PENDIDIKAN|PEKERJAAN|NAMA IBU|NAMA AYAH|NO.AKTE LAHIR",
        means={"STATUS": "status_kawin"},
    ),
    "bip_ektp": _layout(
        "dukcapil",
        "Buku Induk Penduduk (BIP) KTP-el",
        "No. KK|Alamat|RT|RW|Dusun|Provinsi|Kabupaten|Kecamatan|Desa|NO|Nama Lengkap|NIK|Tempat Lahir|Tgl/Bln/Th|JK|"
        "Stat Kwn|Gol. Drh|SHDK|Agama|Pendidikan Terakhir|No Akta Lahir|Pekerjaan|Nama Ibu|Nama Ayah|Wjb KTP|KTP-eL|"
        "Status|Stat Rkm",
        means={"STATUS": ""},
    ),
    "pos_penuh": _layout(
        "pos",
        "Daftar bayar lengkap",
        "NO_DANOM|BATCH|PROGRAM|TAHUN|TAHAP|KODE_KPRK|NAMA_KPRK|NIK|NO_KK|NAMA_KPM|ALAMAT|KELURAHAN|KECAMATAN|"
        "KABUPATEN|PROVINSI|NOMINAL|STATUS_BAYAR|TGL_BAYAR|METODE|ALASAN_GAGAL|TGL_RETUR",
    ),
    "pos_belum": _layout(
        "pos", "Buku kerja Belum Terbayar", "No Danom|Batch|NIK|Nama|Alamat|Kelurahan|Kecamatan|Kabupaten|BSU|Cekpos"
    ),
    "alokasi": _layout(
        "alokasi",
        "Alokasi",
        "PROGRAM|TAHUN|TAHAP|KODE_WILAYAH|KPM_ALOKASI|NOMINAL_ALOKASI|TGL_TRANSFER|NOMINAL_TRANSFER|TARGET_SELESAI",
    ),
    "pendamping": _layout(
        "pendamping",
        "Laporan pendamping",
        "PERIODE|ID_PENDAMPING|NAMA_PENDAMPING|KODE_KABUPATEN|NIK_KPM|ANAK_SEKOLAH|ANAK_SEKOLAH_HADIR|BALITA|"
        "BALITA_KE_FASKES|IBU_HAMIL|IBU_HAMIL_KE_FASKES|STATUS_KPM",
    ),
}

LAYOUTS_BESIDE: dict[str, Layout] = {
    "dtsen_keluarga": _layout(
        "dtsen_keluarga",
        "DTSEN keluarga",
        "nomor_kartu_keluarga|nama_kepala_keluarga|desil_nasional|kode_kabupaten_kota|kabupaten_kota|kecamatan|"
        "kelurahan_desa|is_gc_kemensos|is_pbi_se|is_siks_ng",
    ),
    "bdt_ruta": _layout(
        "bdt_rumah_tangga",
        "BDT rumah tangga (UDRT)",
        "IDBDT|NoPBDTKemsos|KDPROP|KDKAB|KDKEC|KDDESA|Alamat|AdaPKH|Nama_SLS|Nama_KRT|Jumlah_ART|Jumlah_Keluarga|"
        "sta_bangunan|sta_lahan|luas_lantai|percentile|status_kesejahteraan",
    ),
}


@lru_cache(maxsize=10_000)
def fold_header(text: str) -> str:
    """A header as it is compared: upper case letters and digits only, without a column number in brackets."""
    return re.sub(r"\(\d+\)|[^A-Z0-9]", "", text.upper())


@cache
def headers_of(source: str) -> dict[str, str]:
    """Folded header → column name for one kind of file (`KINDS`).

    Raises:
        ValueError: two columns of the source claim one header.
    """
    known: dict[str, str] = {}
    for name, column in KINDS[source].to_schema().columns.items():
        for alias in (column.metadata or {}).get("headers", ()):
            if known.setdefault(fold_header(alias), name) != name:
                message = f"{source}: header {alias!r} is claimed by {known[fold_header(alias)]} and {name}"
                raise ValueError(message)
    return known


@cache
def known_headers() -> frozenset[str]:
    """Every folded header of every kind of file: what makes a line look like a header."""
    aliases = {header for kind in KINDS for header in headers_of(kind)}
    return frozenset(
        aliases | set(JOINED) | {fold_header(header) for layout in _all_layouts() for header in layout.means}
    )


def folder_of(source: str) -> str:
    """The folder under `raw/` in which files of a kind belong."""
    return BESIDE[source][0] if source in BESIDE else source


def columns_in(headers: list[str], layout: Layout) -> dict[str, Delivered]:
    """Which columns of its source a header row of this layout delivers, and where; of two equal headers the first."""
    known = {**headers_of(layout.source), **{fold_header(text): name for text, name in layout.means.items()}}
    columns: dict[str, Delivered] = {}
    for position, text in enumerate(headers):
        fold = fold_header(text)
        if known.get(fold):
            columns.setdefault(known[fold], Delivered((position,)))
    names = set(headers_of(layout.source).values())
    for position, text in enumerate(headers):
        for name, part in JOINED.get(fold_header(text), {}).items():
            if name in names:
                columns.setdefault(name, Delivered((position,), part))
    for name, parts in layout.composed.items():
        if all(part in columns for part in parts):
            columns.setdefault(name, Delivered(tuple(cell for part in parts for cell in columns[part].cells)))
    return columns


def recognise(headers: list[str]) -> tuple[str, Layout] | None:
    """What a header row is of (a key of `KINDS`) and its nearest known layout; None where it fits nothing known.

    A layout fits when all columns required of its source are delivered. Of several sources the one that knows most
    headers wins, of its layouts the one that shares most headers with the row.
    """
    folded = _folded(headers)
    fitting = []
    for layout in _all_layouts():
        columns = columns_in(headers, layout)
        if not missing_columns(layout.source, set(columns)):
            fitting.append((len(columns), _likeness(folded, layout), layout))
    if not fitting:
        return None
    source = max(fitting, key=lambda fit: fit[0])[2].source
    return source, max((fit for fit in fitting if fit[2].source == source), key=lambda fit: fit[1])[2]


def nearest_layout(headers: list[str], source: str) -> Layout:
    """The known layout of a folder that shares most headers with a row that was not recognised."""
    folded = _folded(headers)
    candidates = [layout for layout in _all_layouts() if folder_of(layout.source) == source]
    return max(candidates, key=lambda layout: _likeness(folded, layout))


def _all_layouts() -> list[Layout]:
    return [*LAYOUTS.values(), *LAYOUTS_BESIDE.values()]


def _folded(headers: list[str]) -> set[str]:
    return {fold_header(text) for text in headers} - {""}


def _likeness(folded: set[str], layout: Layout) -> float:
    known = {fold_header(text) for text in layout.headers}
    return len(folded & known) / len(folded | known)


def missing_columns(source: str, present: set[str]) -> list[str]:
    """What a file of this source still needs, one entry per unmet requirement, alternatives joined by ' atau '."""
    return [
        " atau ".join(" + ".join(alternative) for alternative in alternatives)
        for alternatives in REQUIRED[source]
        if not any(set(alternative) <= present for alternative in alternatives)
    ]
