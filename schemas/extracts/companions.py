"""The monthly reports of companions."""

from __future__ import annotations

from schemas.extracts.divided import STATUS_CHOICES
from schemas.extracts.extract import Extract, Layout, Required, header, layout
from schemas.extracts.shapes import NUMBER


class Pendamping(Extract):
    """Laporan bulanan pendamping, satu baris per pendamping, bulan, dan keluarga."""

    periode_laporan: str = header("PERIODE", "PERIODE LAPORAN", "BULAN", "BULAN LAPORAN")
    id_pendamping: str = header("ID_PENDAMPING", "NO PENDAMPING", "KODE PENDAMPING")
    nama_pendamping: str = header("NAMA_PENDAMPING", "PENDAMPING")
    kode_kab: str = header("KODE_KABUPATEN", "KODE KABUPATEN/KOTA", "KODE WILAYAH")
    nik: str = header(
        "NIK_KPM", "NIK", "NO NIK", "NO NIK KPM", "NOMOR INDUK KEPENDUDUKAN", "NIK KTP", "NIK PENERIMA", "NIK PENGURUS",
        "NO KTP", shape=NUMBER,
    )  # fmt: skip
    anak_sekolah: str = header("ANAK_SEKOLAH", "JUMLAH ANAK SEKOLAH")
    anak_sekolah_hadir: str = header("ANAK_SEKOLAH_HADIR")
    balita: str = header("BALITA", "JUMLAH BALITA")
    balita_ke_faskes: str = header("BALITA_KE_FASKES")
    ibu_hamil: str = header("IBU_HAMIL", "JUMLAH IBU HAMIL")
    ibu_hamil_ke_faskes: str = header("IBU_HAMIL_KE_FASKES")
    status_kpm: str = header("STATUS_KPM", "STATUS", "STATUS KELUARGA", "STATUS KEPESERTAAN", choices=STATUS_CHOICES)


REQUIRED: dict[str, Required] = {
    "pendamping": ((("periode_laporan",),), (("id_pendamping",),), (("nik",),), (("status_kpm",),)),
}

# Columns that titles, sheet or file names may replace, only in the folder of the source.
GIVEN_ELSEWHERE: dict[str, frozenset[str]] = {"pendamping": frozenset({"periode_laporan", "id_pendamping"})}

LAYOUTS: dict[str, Layout] = {
    "pendamping": layout(
        "pendamping",
        "Laporan pendamping",
        "PERIODE|ID_PENDAMPING|NAMA_PENDAMPING|KODE_KABUPATEN|NIK_KPM|ANAK_SEKOLAH|ANAK_SEKOLAH_HADIR|BALITA|"
        "BALITA_KE_FASKES|IBU_HAMIL|IBU_HAMIL_KE_FASKES|STATUS_KPM",
    ),
}
