"""Files in the DTKS folder: exports of persons, their predecessor BDT, and files of families and households."""

from __future__ import annotations

from schemas.extracts.divided import BIRTH_PARTS, NAME_PARTS, SEX_CHOICES
from schemas.extracts.extract import Extract, Layout, Required, header, layout, origin
from schemas.extracts.shapes import DATE, NAME, NUMBER, RELATION, SEX, STREET


class Dtks(Extract):
    """Ekspor DTKS perorangan (BNBA), satu baris per orang."""

    id_dtks: str = header("ID DTKS", "NO ID DTKS", "ID ART DTKS", "ID ART", "IDARTBDT")
    id_rumah_tangga: str = header("ID RUMAH TANGGA", "IDBDT", staged=False)
    no_urut: str = header(
        "NOMOR URUT ART",
        "NO URUT ART",
        "NO ART",
        "NOMOR ART",
        description="Nomor urut anggota di dalam rumah tangga pada BDT.",
        staged=False,
    )
    provinsi: str = header("PROVINSI", "NAMA PROVINSI", "PROPINSI", "PROV", "PROP", "PROP_NAME")
    kabupaten: str = header(
        "KABUPATEN/KOTA", "KABUPATEN", "KOTA/KABUPATEN", "NAMA KABUPATEN", "NAMA KABUPATEN/KOTA", "KAB", "KABKOT",
        "KAB_NAME", "KOTA",
    )  # fmt: skip
    kecamatan: str = header("KECAMATAN", "NAMA KECAMATAN", "KEC", "KECAMATAN/DISTRIK", "DISTRIK", "KEC_NAME")
    desa: str = header(
        "DESA/KELUARAHAN", "DESA/KELURAHAN", "KELURAHAN/DESA", "DESA", "KELURAHAN", "NAMA DESA", "NAMA KELURAHAN",
        "NAMA DESA/KELURAHAN", "NAMA KELURAHAN/DESA", "KAMPUNG/KELURAHAN", "KELURAHAN/KAMPUNG", "NAGARI", "GAMPONG",
        "KEL_NAME",
    )  # fmt: skip
    alamat: str = header(
        "ALAMAT", "ALAMAT LENGKAP", "ALMT", "ALAMAT RUMAH", "ALAMAT TEMPAT TINGGAL", "ALAMAT DOMISILI", "ALAMAT KTP",
        "ALAMAT KK", "ALAMAT RT/RW",
    )  # fmt: skip
    dusun: str = header("DUSUN", "NAMA SLS", staged=False)
    rt: str = header("RT", "NO RT", shape=STREET)
    rw: str = header("RW", "NO RW", shape=STREET)
    no_kk: str = header("NOKK", "NOMOR KK", "NOMOR KARTU KELUARGA", "NKK", "KK", shape=NUMBER)
    nik: str = header(
        "NIK", "NOMOR NIK", "NIK KTP", "NOMOR INDUK KEPENDUDUKAN", "NIK ART", "NIK ANGGOTA KELUARGA",
        "NIK ANGGOTA RUMAH TANGGA", "NIK ANGGOTA", "NO KTP", "NIK/NO KTP", "NO KTP/NIK",
        "NIK SESUAI KTP", "NOMOR NIK SESUAI KTP", "NIK SESUAI KTP/KK", shape=NUMBER,
    )  # fmt: skip
    nama: str = header(
        "NAMA", "NAMA LENGKAP", "NAMA ART", "NAMA ANGGOTA KELUARGA", "NAMA ANGGOTA RUMAH TANGGA", "NAMA ANGGOTA",
        "NAMA PENERIMA", "NAMA PENERIMA MANFAAT", "NAMA PENERIMA BANSOS", "NAMA PENERIMA BANTUAN", "NAMA KPM",
        "NAMA PENDUDUK", "NAMA WARGA", "NAMA INDIVIDU", "NAMA SESUAI KTP", "NAMA SESUAI KTP/KK",
        "NAMA LENGKAP SESUAI KTP", "NAMA LENGKAP SESUAI KTP/KK", "NAMA KRT/ART", shape=NAME, parts=NAME_PARTS,
        between=" ",
    )  # fmt: skip
    tanggal_lahir: str = header(
        "TANGGAL LAHIR", "TANGGAL KELAHIRAN", "TGL/BLN/THN LAHIR", "TGL/BLN/TH LAHIR", shape=DATE, parts=BIRTH_PARTS
    )
    tempat_lahir: str = header("TEMPAT LAHIR", "KOTA LAHIR", "TEMPAT KELAHIRAN")
    jenis_kelamin: str = header(
        "JENIS KELAMIN", "JK", "KELAMIN", "L/P", "JNSKEL", "JKEL", "J KELAMIN", "JENIS KLMIN", "JENKEL", "JENIS KLMN",
        "SEX", "GENDER", shape=SEX, choices=SEX_CHOICES,
    )  # fmt: skip
    pekerjaan: str = header("PEKERJAAN", "JENIS PEKERJAAN", staged=False)
    nama_ibu_kandung: str = header(
        "NAMA IBU KANDUNG", "IBU KANDUNG", "NAMA GADIS IBU KANDUNG", "NAMA GADIS IBU", "NAMA IBU", "IBU",
        "ORANG TUA IBU", "NAMA ORANG TUA IBU",
    )  # fmt: skip
    hub_keluarga: str = header(
        "HUB KELUARGA", "HUBUNGAN DENGAN KEPALA KELUARGA", "HUBUNGAN DENGAN KK", "STATUS HUBUNGAN DALAM KELUARGA",
        "STATUS HUBUNGAN KELUARGA", "HUBUNGAN DALAM KELUARGA", "STATUS DALAM KELUARGA", "HUBKEL", "SHDK",
        "STATUS HUBUNGAN", "HUBUNGAN KEPALA KELUARGA", "HUBUNGAN KK", "HUBUNGAN",
        shape=RELATION,
    )  # fmt: skip
    keterangan_padan: str = header(
        "KETERANGAN PADAN", "KET PADAN", description="Keterangan padan bawaan SIKS-NG.", staged=False
    )
    bansos_bpnt: str = header("BANSOS BPNT", description="Kepesertaan BPNT bawaan SIKS-NG.", staged=False)
    bansos_pkh: str = header("BANSOS PKH", description="Kepesertaan PKH bawaan SIKS-NG.", staged=False)
    bansos_bpnt_ppkm: str = header(
        "BANSOS BPNT-PPKM", description="Kepesertaan BPNT-PPKM bawaan SIKS-NG.", staged=False
    )
    pbi_jkn: str = header("PBI JKN", "PBI", description="Kepesertaan PBI JKN bawaan SIKS-NG.", staged=False)
    tanggal_verifikasi: str = header("TANGGAL VERIFIKASI", "TANGGAL PEMUTAKHIRAN", "LASTUPDATEDATA")
    asal_baris: str = origin()


class DtsenKeluarga(Extract):
    """Daftar keluarga DTSEN, satu baris per keluarga."""

    no_kk: str = header("NOMOR KARTU KELUARGA", "NO KK", "NKK", shape=NUMBER)
    kepala_keluarga: str = header(
        "NAMA KEPALA KELUARGA",
        "KEPALA KELUARGA",
        description="Nama kepala keluarga menurut DTSEN.",
        shape=NAME,
        staged=False,
    )
    desil_nasional: str = header("DESIL NASIONAL")
    kode_kabupaten_kota: str = header(
        "KODE KABUPATEN KOTA", description="Kode kabupaten/kota seperti tertulis; dapat berupa kode BPS.", staged=False
    )
    kabupaten: str = header("KABUPATEN/KOTA", "KABUPATEN")
    kecamatan: str = header("KECAMATAN")
    desa: str = header("KELURAHAN/DESA", "DESA/KELURAHAN")
    is_gc_kemensos: str = header(
        "IS GC KEMENSOS", description="Penanda ground check Kemensos bawaan DTSEN.", staged=False
    )
    is_pbi_se: str = header("IS PBI SE", description="Penanda PBI bawaan DTSEN.", staged=False)
    is_siks_ng: str = header("IS SIKS NG", description="Penanda SIKS-NG bawaan DTSEN.", staged=False)


class BdtRumahTangga(Extract):
    """Berkas rumah tangga BDT (UDRT), satu baris per rumah tangga; melengkapi berkas perorangan (UDART)."""

    id_rumah_tangga: str = header("IDBDT", "ID RUMAH TANGGA")
    kepala_rumah_tangga: str = header("NAMA KRT", description="Nama kepala rumah tangga.")
    alamat: str = header("ALAMAT")
    dusun: str = header("NAMA SLS", description="Nama satuan lingkungan setempat.")


# Beside an ID of the person the header ID DTKS means the household's ID; not beside the ID of BDT, which people listed
# later do not have.
_OF_PERSONS = dict.fromkeys(("ID ART DTKS", "ID ART"), "id_dtks")

REQUIRED: dict[str, Required] = {
    "dtks": ((("id_dtks",),), (("nama",),), (("nik",), ("no_kk",))),
    "dtsen_keluarga": ((("no_kk",),), (("desil_nasional",),)),
    "bdt_rumah_tangga": ((("id_rumah_tangga",),), (("kepala_rumah_tangga",),)),
}

LAYOUTS: dict[str, Layout] = {
    "dtks_23": layout(
        "dtks",
        "DTKS 23 kolom",
        "ID DTKS|PROVINSI|KABUPATEN/KOTA|KECAMATAN|DESA/KELUARAHAN|ALAMAT|DUSUN|RT|RW|NOKK|NIK|NAMA|TANGGAL LAHIR|"
        "TEMPAT LAHIR|JENIS KELAMIN|PEKERJAAN|NAMA IBU KANDUNG|HUB KELUARGA|KETERANGAN PADAN|BANSOS BPNT|BANSOS PKH|"
        "BANSOS BPNT-PPKM|PBI JKN",
        means=_OF_PERSONS,
    ),
    "dtks_17": layout(
        "dtks",
        "DTKS 17 kolom",
        "ID DTKS|PROVINSI|KABUPATEN/KOTA|KECAMATAN|DESA/KELUARAHAN|ALAMAT|DUSUN|RT|RW|NOMOR KK|NOMOR NIK|NAMA|"
        "TANGGAL LAHIR|TEMPAT LAHIR|JENIS KELAMIN|NAMA IBU KANDUNG|HUBUNGAN KELUARGA",
        means=_OF_PERSONS,
    ),
    # Its region codes (KD…) are BPS codes, and its relation is to the head of the household, not of the family.
    "bdt_art": layout(
        "dtks",
        "BDT perorangan (UDART)",
        "IDBDT|IDARTBDT|NoPesertaPBDT|NoPesertaPBDTART|KDPROP|KDKAB|KDKEC|KDDESA|Nama|JnsKel|TmpLahir|TglLahir|HubKRT|"
        "NIK|NoKK|NUK|Hubkel|Umur|Sta_kawin|namagadis_ibukandung",
        means=_OF_PERSONS,
    ),
    # Region codes are BPS codes here, too, so the names are read. Persons have no ID of their own.
    "bdt_2015": layout(
        "dtks",
        "BDT 2015 101 kolom",
        "ruta_6 (1)|ID rumah tangga (2)|Provinsi (3)|Kode Provinsi (4)|Kab/Kota (5)|Kode Kab/Kota (6)|Kecamatan (7)|"
        "Kode Kecamatan (8)|Desa/Kelurahan (9)|Kode Desa/Kelurahan (10)|Nama SLS (11)|Alamat (12)|Nama KRT (13)|"
        "Jumlah ART (14)|percentile|Nomor urut ART|Nama ART|NIK|HubKRT|Nomor urut keluarga|"
        "Hubungan dengan kepala keluarga|jenis kelamin|Status perkawinan",
        means=_OF_PERSONS,
        composed={"id_dtks": ("id_rumah_tangga", "no_urut")},
    ),
}

ADDITIONAL_LAYOUTS: dict[str, Layout] = {
    "dtsen_keluarga": layout(
        "dtsen_keluarga",
        "DTSEN keluarga",
        "nomor_kartu_keluarga|nama_kepala_keluarga|desil_nasional|kode_kabupaten_kota|kabupaten_kota|kecamatan|"
        "kelurahan_desa|is_gc_kemensos|is_pbi_se|is_siks_ng",
    ),
    "bdt_ruta": layout(
        "bdt_rumah_tangga",
        "BDT rumah tangga (UDRT)",
        "IDBDT|NoPBDTKemsos|KDPROP|KDKAB|KDKEC|KDDESA|Alamat|AdaPKH|Nama_SLS|Nama_KRT|Jumlah_ART|Jumlah_Keluarga|"
        "sta_bangunan|sta_lahan|luas_lantai|percentile|status_kesejahteraan",
    ),
}
