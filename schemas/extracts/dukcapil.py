"""The register of residents: SIAK lists, the web service, and the family books (Buku Induk Penduduk)."""

from __future__ import annotations

from schemas.extracts.divided import BIRTH_PARTS, NAME_PARTS, SEX_CHOICES
from schemas.extracts.extract import Extract, Layout, Required, header, layout, origin
from schemas.extracts.shapes import DATE, NAME, NUMBER, RELATION, SEX, STREET


class Dukcapil(Extract):
    """Daftar penduduk Dukcapil (SIAK, layanan web, atau Buku Induk Penduduk), satu baris per penduduk."""

    no_kk: str = header("Nomor KK", "NO_KK", "NO KARTU KELUARGA", "NKK", shape=NUMBER)
    nik: str = header(
        "NIK", "NOMOR NIK", "NOMOR INDUK KEPENDUDUKAN", "NIK PENDUDUK", "NIK KTP", "NO KTP", "NIK/NO KTP",
        shape=NUMBER,
    )  # fmt: skip
    nama: str = header(
        "Nama Penduduk", "NAMA_LGKP", "NAMA LENGKAP", "NAMA", "NAMA WARGA", "NAMA ANGGOTA", "NAMA ANGGOTA KELUARGA",
        "NAMA SESUAI KTP", "NAMA LENGKAP SESUAI KTP", shape=NAME, parts=NAME_PARTS, between=" ",
    )  # fmt: skip
    status: str = header(
        "Status", "STATUS DASAR", "STATUS PENDUDUK", "STAT_PDDK", "STATUS KEPENDUDUKAN",
        description="Status penduduk seperti tertulis.",
    )  # fmt: skip
    flag_status: str = header(
        "FLAG_STATUS", description="Penanda basis data SIAK: 0 penduduk aktif, selain itu tidak lagi."
    )
    tempat_lahir: str = header("Tempat Lahir", "TMPT_LHR")
    tanggal_lahir: str = header(
        "Tanggal Lahir", "TGL_LHR", "TANGGAL KELAHIRAN", "Tgl/Bln/Th", shape=DATE, parts=BIRTH_PARTS
    )
    jenis_kelamin: str = header(
        "Kelamin", "JENIS_KLMIN", "JENIS KELAMIN", "JK", "L/P", "JENKEL", "JENIS KLMN", "SEX", "GENDER",
        shape=SEX, choices=SEX_CHOICES,
    )  # fmt: skip
    nik_ayah: str = header("NIK Ayah", description="NIK ayah.", staged=False)
    nama_ayah: str = header(
        "Ayah", "NAMA_LGKP_AYAH", "NAMA AYAH", "ORANG TUA AYAH", "NAMA ORANG TUA AYAH", description="Nama ayah.",
        staged=False,
    )  # fmt: skip
    nik_ibu: str = header("NIK Ibu", description="NIK ibu.", staged=False)
    nama_ibu_kandung: str = header(
        "Ibu", "NAMA_LGKP_IBU", "NAMA IBU", "NAMA LENGKAP IBU", "NAMA IBU KANDUNG", "IBU KANDUNG", "ORANG TUA IBU",
        "NAMA ORANG TUA IBU",
    )  # fmt: skip
    status_kawin: str = header(
        "Status Kawin", "STATUS_KAWIN", "STAT KAWIN", "Stat Kwn", description="Status perkawinan.", staged=False
    )
    hub_keluarga: str = header(
        "SHDK", "STAT_HBKEL", "HUB KELUARGA", "STATUS HUBUNGAN", "STATUS HUBUNGAN KELUARGA",
        "STATUS HUBUNGAN DALAM KELUARGA", "HUBUNGAN DENGAN KEPALA KELUARGA", "HUBUNGAN DENGAN KK",
        "HUBUNGAN DALAM KELUARGA", "STATUS DALAM KELUARGA", "HUBUNGAN KEPALA KELUARGA", "HUBUNGAN KK",
        "HUBUNGAN", "KK_LEVEL", "HBKEL", "STATUS KELUARGA", shape=RELATION,
    )  # fmt: skip
    agama: str = header("Agama", description="Agama.", staged=False)
    provinsi: str = header("PROP_NAME", "PROVINSI", "NAMA PROVINSI", "PROPINSI")
    kabupaten: str = header(
        "KAB_NAME", "KABUPATEN", "KABUPATEN/KOTA", "NAMA KABUPATEN", "NAMA KABUPATEN/KOTA", "KABKOT",
    )  # fmt: skip
    kecamatan: str = header(
        "Kecamatan", "KEC_NAME", "NAMA KECAMATAN", "KEC", "KECAMATAN/DISTRIK", "DISTRIK",
    )  # fmt: skip
    desa: str = header(
        "Desa/Kel", "KEL_NAME", "DESA/KELURAHAN", "KELURAHAN/DESA", "KELURAHAN", "DESA", "NAMA DESA",
        "NAMA KELURAHAN", "NAMA DESA/KELURAHAN", "NAGARI", "GAMPONG",
    )  # fmt: skip
    no_prop: str = header("NO_PROP", description="Nomor provinsi.")
    no_kab: str = header("NO_KAB", description="Nomor kabupaten di dalam provinsi.")
    no_kec: str = header("NO_KEC", description="Nomor kecamatan di dalam kabupaten.")
    no_kel: str = header("NO_KEL", description="Nomor desa/kelurahan di dalam kecamatan.")
    alamat: str = header("Alamat", "ALAMAT LENGKAP", "ALMT", "ALAMAT RUMAH", "ALAMAT TEMPAT TINGGAL", "ALAMAT RT/RW")
    dusun: str = header("DUSUN", staged=False)
    rw: str = header("RW", "NO_RW", shape=STREET)
    rt: str = header("RT", "NO_RT", shape=STREET)
    pekerjaan: str = header("Pekerjaan", "JENIS_PKRJN")
    tgl_ubah: str = header("Tgl Ubah", "TANGGAL UBAH", "TGL_UBAH", description="Tanggal data penduduk terakhir diubah.")
    respon: str = header(
        "RESPON", description="Jawaban layanan web Dukcapil bila tidak ada penduduk yang dikirim.", staged=False
    )
    asal_baris: str = origin()


REQUIRED: dict[str, Required] = {
    "dukcapil": ((("nik",),), (("no_kk",),), (("nama",),), (("tanggal_lahir",),)),
}

# Without an identifier of its own, such as an ID DTKS: a file with all columns of this kind may be of another kind.
WITHOUT_OWN_NUMBER = frozenset({"dukcapil"})

# Labels above the members of a family, and above a page, in a Buku Induk Penduduk.
FAMILY_LABELS = ("no_kk", "alamat", "rt", "rw", "dusun")
PAGE_LABELS = ("provinsi", "kabupaten", "kecamatan", "desa")

# Beginning of a known answer of the web service without a resident → code; any other answer is an error of the service.
NO_RESIDENT = {"DATATIDAKDITEMUKAN": "RESPON_TIDAK_DITEMUKAN"}
SERVICE_ERROR = "RESPON_GALAT"

# In village systems this tells who is alive. STATUS tells who lives there for good: TETAP, also of the dead.
_STATUS_DASAR = {"STATUS DASAR": "status"}

LAYOUTS: dict[str, Layout] = {
    "siak_37": layout(
        "dukcapil",
        "Daftar SIAK 37 kolom",
        "Nomor KK|NIK|Nama Penduduk|Status|Tempat Lahir|Tanggal Lahir|Kelamin|NIK Ayah|Ayah|NIK Ibu|Ibu|Status Kawin|"
        "SHDK|Agama|Kecamatan|Desa/Kel|Alamat|RW|RT|Pendidikan|Pekerjaan|Deskripsi Pekerjaan|Gol. Darah|Cacat|"
        "Cetak KTP|Ganti KTP|KTP Berakhir|Nomor Paspor|Nomor Akta Lahir|Nomor Akta Kawin|Tanggal Kwn|Nomor Akta Cerai|"
        "Tgl Cerai|Petugas Registrasi|Tgl Ubah|Petugas Entri|Tgl Entri",
        means=_STATUS_DASAR,
    ),
    "dukcapil_web": layout(
        "dukcapil",
        "Layanan web Dukcapil",
        "NO_KK|NIK|NAMA_LGKP|STAT_HBKEL|JENIS_KLMIN|TMPT_LHR|TGL_LHR|STATUS_KAWIN|PDDK_AKH|JENIS_PKRJN|NAMA_LGKP_IBU|"
        "NAMA_LGKP_AYAH|ALAMAT|DUSUN|NO_RT|NO_RW|NO_KEL|NO_KEC|NO_KAB|NO_PROP|KEL_NAME|KEC_NAME|KAB_NAME|PROP_NAME",
        means=_STATUS_DASAR,
    ),
    # In the family books STATUS is the marital status or the progress of the KTP-el, never the status of the resident.
    "bip": layout(
        "dukcapil",
        "Buku Induk Penduduk (BIP)",
        "No. KK|Alamat|RT|RW|Dusun|Provinsi|Kabupaten|Kecamatan|Desa|NO|NIK|NAMA|JK|TMPT LHR|TGL LHR|KTPEL|AGAMA|"
        "STATUS|HUB. KEL|PENDIDIKAN|PEKERJAAN|NAMA IBU|NAMA AYAH|NO.AKTE LAHIR",
        means={"STATUS": "status_kawin"},
    ),
    "bip_ektp": layout(
        "dukcapil",
        "Buku Induk Penduduk (BIP) KTP-el",
        "No. KK|Alamat|RT|RW|Dusun|Provinsi|Kabupaten|Kecamatan|Desa|NO|Nama Lengkap|NIK|Tempat Lahir|Tgl/Bln/Th|JK|"
        "Stat Kwn|Gol. Drh|SHDK|Agama|Pendidikan Terakhir|No Akta Lahir|Pekerjaan|Nama Ibu|Nama Ayah|Wjb KTP|KTP-eL|"
        "Status|Stat Rkm",
        means={"STATUS": ""},
    ),
}
