"""The raw extracts: which columns each source has, under which headers officers write them, and the known layouts.

A new column of an extract is a line in its model; a new vintage of a file is one more `Layout`. Everything is text
here: types and meaning come with `schemas.staged`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandera.polars as pa

from schemas.table import Table


def header(*names: str, description: str | None = None) -> Any:  # noqa: ANN401 - pandera's Field is untyped too
    """A text column and the headers under which it is delivered (case, spaces and punctuation do not matter)."""
    return pa.Field(nullable=True, description=description, metadata={"headers": names})


class Extract(Table):
    """Base of the raw extracts: where each row came from and whether it could be read, then the delivered columns, all text.

    A line that is no row is kept with its code in `rusak`; a file that is no extract is one such line with number 0.
    """

    berkas: str
    lembar: str = pa.Field(nullable=True)
    baris: int
    tata_letak: str = pa.Field(nullable=True)
    judul: str = pa.Field(nullable=True, description="Baris judul di atas tabel, bila ada.")
    rusak: str = pa.Field(nullable=True, description="Kode aturan bila baris tidak terbaca sebagai data; lalu kolomnya kosong.")
    catatan: str = pa.Field(nullable=True, description="Keterangan bila seluruh berkas ditolak.")


class Dtks(Extract):
    """Ekspor DTKS perorangan (BNBA), satu baris per orang."""

    id_dtks: str = header("ID DTKS", "IDDTKS", "NO ID DTKS")
    provinsi: str = header("PROVINSI", "NAMA PROVINSI", description="Nama provinsi.")
    kabupaten: str = header("KABUPATEN/KOTA", "KABUPATEN", "KAB/KOTA", "NAMA KABUPATEN", description="Nama kabupaten/kota.")
    kecamatan: str = header("KECAMATAN", "NAMA KECAMATAN", description="Nama kecamatan.")
    desa: str = header(
        "DESA/KELUARAHAN", "DESA/KELURAHAN", "KELURAHAN/DESA", "DESA", "KELURAHAN", description="Nama desa/kelurahan."
    )
    alamat: str = header("ALAMAT")
    dusun: str = header("DUSUN", description="Nama dusun.")
    rt: str = header("RT", "NO RT")
    rw: str = header("RW", "NO RW")
    no_kk: str = header("NOKK", "NOMOR KK", "NO KK", "NO KARTU KELUARGA", "NOMOR KARTU KELUARGA")
    nik: str = header("NIK", "NOMOR NIK", "NO NIK", "NIK KTP")
    nama: str = header("NAMA", "NAMA LENGKAP", "NAMA ART", "NAMA PENERIMA")
    tanggal_lahir: str = header("TANGGAL LAHIR", "TGL LAHIR", "TANGGALLAHIR")
    tempat_lahir: str = header("TEMPAT LAHIR", "TMP LAHIR")
    jenis_kelamin: str = header("JENIS KELAMIN", "JK", "KELAMIN", "L/P")
    pekerjaan: str = header("PEKERJAAN")
    nama_ibu_kandung: str = header("NAMA IBU KANDUNG", "IBU KANDUNG", "NAMA GADIS IBU KANDUNG")
    hub_keluarga: str = header("HUB KELUARGA", "HUBUNGAN KELUARGA", "HUBKEL", "SHDK")
    keterangan_padan: str = header("KETERANGAN PADAN", "KET PADAN", description="Keterangan padan bawaan SIKS-NG.")
    bansos_bpnt: str = header("BANSOS BPNT", description="Kepesertaan BPNT bawaan SIKS-NG.")
    bansos_pkh: str = header("BANSOS PKH", description="Kepesertaan PKH bawaan SIKS-NG.")
    bansos_bpnt_ppkm: str = header("BANSOS BPNT-PPKM", description="Kepesertaan BPNT-PPKM bawaan SIKS-NG.")
    pbi_jkn: str = header("PBI JKN", "PBI", description="Kepesertaan PBI JKN bawaan SIKS-NG.")


class Dukcapil(Extract):
    """Daftar penduduk Dukcapil (SIAK atau layanan web), satu baris per penduduk."""

    no_kk: str = header("Nomor KK", "NO_KK", "NOKK", "NO KARTU KELUARGA")
    nik: str = header("NIK", "NOMOR NIK")
    nama: str = header("Nama Penduduk", "NAMA_LGKP", "NAMA LENGKAP", "NAMA")
    status: str = header("Status", "STATUS PENDUDUK", "STAT_PDDK", description="Status penduduk seperti tertulis.")
    tempat_lahir: str = header("Tempat Lahir", "TMPT_LHR")
    tanggal_lahir: str = header("Tanggal Lahir", "TGL_LHR", "TGL LAHIR")
    jenis_kelamin: str = header("Kelamin", "JENIS_KLMIN", "JENIS KELAMIN", "JK")
    nik_ayah: str = header("NIK Ayah", description="NIK ayah.")
    nama_ayah: str = header("Ayah", "NAMA_LGKP_AYAH", "NAMA AYAH", description="Nama ayah.")
    nik_ibu: str = header("NIK Ibu", description="NIK ibu.")
    nama_ibu_kandung: str = header("Ibu", "NAMA_LGKP_IBU", "NAMA IBU")
    status_kawin: str = header("Status Kawin", "STATUS_KAWIN", "STAT KAWIN", description="Status perkawinan.")
    hub_keluarga: str = header("SHDK", "STAT_HBKEL", "HUB KELUARGA")
    agama: str = header("Agama", description="Agama.")
    provinsi: str = header("PROP_NAME", "PROVINSI", "NAMA PROVINSI", description="Nama provinsi.")
    kabupaten: str = header("KAB_NAME", "KABUPATEN", "KABUPATEN/KOTA", description="Nama kabupaten/kota.")
    kecamatan: str = header("Kecamatan", "KEC_NAME", description="Nama kecamatan.")
    desa: str = header("Desa/Kel", "KEL_NAME", "DESA/KELURAHAN", "KELURAHAN", description="Nama desa/kelurahan.")
    no_prop: str = header("NO_PROP", description="Nomor provinsi.")
    no_kab: str = header("NO_KAB", description="Nomor kabupaten di dalam provinsi.")
    no_kec: str = header("NO_KEC", description="Nomor kecamatan di dalam kabupaten.")
    no_kel: str = header("NO_KEL", description="Nomor desa/kelurahan di dalam kecamatan.")
    alamat: str = header("Alamat", "ALAMAT")
    dusun: str = header("DUSUN", description="Nama dusun.")
    rw: str = header("RW", "NO_RW")
    rt: str = header("RT", "NO_RT")
    pekerjaan: str = header("Pekerjaan", "JENIS_PKRJN")


class Pos(Extract):
    """Daftar pembayaran PT Pos atau bank penyalur, satu baris per perintah bayar."""

    no_danom: str = header("NO_DANOM", "No Danom", "NOMOR DANOM")
    batch: str = header("BATCH")
    program: str = header("PROGRAM", "NAMA PROGRAM", "JENIS BANTUAN")
    tahun: str = header("TAHUN", "TAHUN ANGGARAN")
    tahap: str = header("TAHAP")
    kode_kprk: str = header("KODE_KPRK", "KPRK", "KODE KANTOR")
    nama_kprk: str = header("NAMA_KPRK", "NAMA KANTOR")
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


EXTRACTS: dict[str, type[Extract]] = {
    "dtks": Dtks,
    "dukcapil": Dukcapil,
    "pos": Pos,
    "alokasi": Alokasi,
    "pendamping": Pendamping,
}

# Each entry is a set of alternatives: at least one alternative must be present in full.
REQUIRED: dict[str, tuple[tuple[tuple[str, ...], ...], ...]] = {
    "dtks": ((("id_dtks",),), (("nama",),), (("nik",), ("no_kk",))),
    "dukcapil": ((("nik",),), (("no_kk",),), (("nama",),), (("tanggal_lahir",),)),
    "pos": ((("no_danom",),), (("nik",), ("nama", "kabupaten")), (("nominal",),)),
    "alokasi": ((("program",),), (("tahun",),), (("tahap",),), (("kode_wilayah",),), (("kpm_alokasi",),)),
    "pendamping": ((("periode_laporan",),), (("id_pendamping",),), (("nik",),), (("status_kpm",),)),
}


@dataclass(frozen=True)
class Layout:
    """One known file layout: its label for officers and its headers in order, as delivered."""

    source: str
    label: str
    headers: tuple[str, ...]


def _layout(source: str, label: str, headers: str) -> Layout:
    return Layout(source, label, tuple(headers.split("|")))


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
    "siak_37": _layout(
        "dukcapil",
        "Daftar SIAK 37 kolom",
        "Nomor KK|NIK|Nama Penduduk|Status|Tempat Lahir|Tanggal Lahir|Kelamin|NIK Ayah|Ayah|NIK Ibu|Ibu|Status Kawin|"
        "SHDK|Agama|Kecamatan|Desa/Kel|Alamat|RW|RT|Pendidikan|Pekerjaan|Deskripsi Pekerjaan|Gol. Darah|Cacat|Cetak KTP|"
        "Ganti KTP|KTP Berakhir|Nomor Paspor|Nomor Akta Lahir|Nomor Akta Kawin|Tanggal Kwn|Nomor Akta Cerai|Tgl Cerai|"
        "Petugas Registrasi|Tgl Ubah|Petugas Entri|Tgl Entri",
    ),
    "dukcapil_web": _layout(
        "dukcapil",
        "Layanan web Dukcapil",
        "NO_KK|NIK|NAMA_LGKP|STAT_HBKEL|JENIS_KLMIN|TMPT_LHR|TGL_LHR|STATUS_KAWIN|PDDK_AKH|JENIS_PKRJN|NAMA_LGKP_IBU|"
        "NAMA_LGKP_AYAH|ALAMAT|DUSUN|NO_RT|NO_RW|NO_KEL|NO_KEC|NO_KAB|NO_PROP|KEL_NAME|KEC_NAME|KAB_NAME|PROP_NAME",
    ),
    "pos_penuh": _layout(
        "pos",
        "Daftar bayar lengkap",
        "NO_DANOM|BATCH|PROGRAM|TAHUN|TAHAP|KODE_KPRK|NAMA_KPRK|NIK|NO_KK|NAMA_KPM|ALAMAT|KELURAHAN|KECAMATAN|KABUPATEN|"
        "PROVINSI|NOMINAL|STATUS_BAYAR|TGL_BAYAR|METODE|ALASAN_GAGAL|TGL_RETUR",
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


def fold_header(text: str) -> str:
    """A header as it is compared: upper case letters and digits only."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


@cache
def headers_of(source: str) -> dict[str, str]:
    """Folded header → column name for one source.

    Raises:
        ValueError: two columns of the source claim one header.
    """
    known: dict[str, str] = {}
    for name, column in EXTRACTS[source].to_schema().columns.items():
        for alias in (column.metadata or {}).get("headers", ()):
            if known.setdefault(fold_header(alias), name) != name:
                message = f"{source}: header {alias!r} is claimed by {known[fold_header(alias)]} and {name}"
                raise ValueError(message)
    return known


def recognise(headers: list[str]) -> tuple[str, Layout] | None:
    """The source and the nearest known layout of a header row; None where it fits no source.

    A source is recognised when all its required columns are there; of several, the one that knows most headers wins.
    """
    best: tuple[int, str] | None = None
    for source in EXTRACTS:
        known = headers_of(source)
        present = {known[fold] for text in headers if (fold := fold_header(text)) in known}
        if not missing_columns(source, present) and (best is None or len(present) > best[0]):
            best = (len(present), source)
    if best is None:
        return None
    folded = {fold_header(text) for text in headers} - {""}
    candidates = [layout for layout in LAYOUTS.values() if layout.source == best[1]]
    return best[1], max(candidates, key=lambda layout: _likeness(folded, layout))


def nearest_layout(headers: list[str], source: str) -> Layout:
    """The known layout of a source that shares most headers with a row that was not recognised."""
    folded = {fold_header(text) for text in headers} - {""}
    candidates = [layout for layout in LAYOUTS.values() if layout.source == source]
    return max(candidates, key=lambda layout: _likeness(folded, layout))


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
