"""All rates of the generator, with their defaults and the sources of the figures.

Belongs here: rates only, as shares between 0 and 1. Does not: what a defect looks like (`pipeline.synthetic.defects`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

_WRITING_ERRORS = ("nik_", "kk_", "nama_", "tgl_", "jk_", "ibu_")
_MAX_RATE = 0.9
# Rates that `scaled` raises besides those of writing errors: people missing, dead, moved, listed twice or similar.
_POPULATION_RATES = (
    "tak_terdaftar", "mati", "pindah_status", "pindah", "ambigu", "pendataan_buruk", "kembar", "ayah_anak", "klon",
    "dua_nik", "baris_sama", "orang_dobel",
)  # fmt: skip
# Misleading people and numbers; none of these is documented for real data sets.
_TRAPS = {
    "kembar": 0.03, "kembar_mirip": 0.6, "kembar_absen": 0.10, "saudara_mirip": 0.05, "ayah_anak": 0.08,
    "senama": 0.03, "absen_senama": 0.008, "klon": 0.01, "klon_absen": 0.3, "ambigu": 0.004, "balita_absen": 0.08,
    "nama_pasaran": 0.08, "tgl_baku": 0.25, "ibu_kosong": 0.20, "mati": 0.02, "dua_nik": 0.02, "nik_ayah": 0.2,
    "nik_absen_kerabat": 0.3, "nik_sekeluarga": 0.006, "nik_bersama": 0.004, "nik_kedua": 0.5, "nik_hari_40": 0.006,
    "nik_wilayah": 0.01, "kk_disalin": 0.012, "berkas_excel": 0.12,
}  # fmt: skip


@dataclass(frozen=True)
class Rates:
    """Shares between 0 and 1; per DTKS row unless the comment says otherwise.

    Sources: "4.1" is the table of defect rates in the project's field notes (BPK, BPKP, KPK, Dukcapil findings);
    "sebaran" marks this generator's own choice, such as how a documented total is divided over its kinds.

    Raises:
        ValueError: a rate outside 0..1.
    """

    # --- who is in DTKS
    keluarga_dtks: float = 0.48  # families of the registry that DTKS lists; about 97 M of 272 M persons
    anggota_hilang: float = 0.18  # listed families that lack members (4.1: KPK, 18 % of padan people)
    tak_terdaftar: float = 0.010  # persons unknown to Dukcapil (4.1: unknown NIK 3 %, with the typing errors below)
    mati: float = 0.003  # 4.1
    pindah_status: float = 0.009  # registry says moved (4.1: moved away 1 %)
    pindah: float = 0.010  # families that moved while DTKS kept the old place (4.1: 1 %)
    ambigu: float = 0.0006  # rows that nothing decides (sebaran)
    pendataan_buruk: float = 0.016  # families surveyed so badly that every error is four times as likely (sebaran)

    # --- registry
    kembar: float = 0.008  # children who are a twin of the child before (about 1 % of births)
    ayah_anak: float = 0.03  # first sons named exactly like their father (sebaran)
    klon: float = 0.0010  # persons with name and birth date of somebody else (sebaran)
    dua_nik: float = 0.005  # 4.1: two NIKs 0.5 %
    nik_tgl_beda: float = 0.006  # NIK issued with a wrong birth date and never corrected (PP 40/2019)
    tgl_baku: float = 0.03  # born before 1970 and registered on 1 January or 31 December (sebaran)
    luar_wilayah: float = 0.05  # first registered in another kabupaten (sebaran)

    # --- NIK as written: blank 3 %, malformed 5 %, unknown 3 % (4.1)
    nik_kosong: float = 0.026
    nik_kosong_kk: float = 0.004  # families without any NIK (part of the 3 % blank)
    nik_kurang: float = 0.016
    nik_lebih: float = 0.005
    nik_huruf: float = 0.012
    nik_ilmiah: float = 0.003
    nik_seri_nol: float = 0.004
    nik_pemisah: float = 0.006
    nik_isian: float = 0.0015
    nik_rusak: float = 0.0035
    nik_tgl_mustahil: float = 0.009
    nik_salah_1: float = 0.020
    nik_salah_2: float = 0.009
    nik_tukar_angka: float = 0.005
    nik_orang_lain: float = 0.0015  # 4.1: duplicate NIK 1.0 % of rows, nine tenths of them different people
    nik_kepala: float = 0.0015
    nik_tertukar: float = 0.005
    nik_excel: float = 0.02  # rows of Excel files (4.1)
    nik_float: float = 0.35  # rows of files saved through float64 whose NIK exceeds 2^53 (sebaran)

    # --- KK as written: invalid or blank 10 %, stale 7 % (4.1)
    kk_kosong: float = 0.050  # per family
    kk_rusak: float = 0.036
    kk_salah: float = 0.012
    kk_basi: float = 0.070  # per family
    kk_ganda: float = 0.010  # per family: 4.1 duplicate KK across two households 1 %
    kk_pecah: float = 0.05  # grown children at home whose registry KK is already their own (sebaran)
    kk_gabung: float = 0.10  # parents living with their children and still listed with their old KK (sebaran)
    kk_excel: float = 0.03  # families in Excel files
    kk_lain: float = 0.0  # persons under the number of another family of the village (none documented)
    kk_asing: float = 0.0  # persons under an old number of their own (none documented)

    # --- names: nickname, abbreviated, old spelling 8 % (4.1) and typing errors
    nama_ejaan: float = 0.027
    nama_ketik: float = 0.018
    nama_singkat: float = 0.010
    nama_gelar: float = 0.010
    nama_inisial: float = 0.008
    nama_panggilan: float = 0.005
    nama_lama: float = 0.005
    nama_alias: float = 0.005
    nama_gabung: float = 0.005
    nama_suami: float = 0.012  # wives
    nama_balik: float = 0.002
    nama_binti: float = 0.0015

    # --- birth date, sex, region (sebaran)
    tgl_tahun: float = 0.017
    tgl_ketik: float = 0.012
    tgl_1jan: float = 0.010
    tgl_kosong: float = 0.005
    tgl_tukar: float = 0.004
    jk_salah: float = 0.004
    ibu_kosong: float = 0.06
    wilayah_ejaan: float = 0.16
    provinsi_lama: float = 0.28  # rows of the provinces formed in 2022

    # --- rows (4.1: duplicate row 0.1 %, duplicate person 0.5 to 1 %)
    baris_sama: float = 0.0012
    orang_dobel: float = 0.008
    dobel_lintas_kab: float = 0.25  # share of the double listings that stand in another kabupaten

    # --- notation noise that is no defect (sebaran)
    notasi: float = 0.03  # apostrophe, trailing blank or NBSP, ".0", double blank: each

    # --- payments
    gagal: float = 0.012  # 4.1: failed 1.9 %, here failed and returned
    retur: float = 0.008
    belum: float = 0.012  # still unpaid at the last file (sebaran)
    terbit_ulang: float = 0.30  # failed orders issued again under a new number (sebaran)
    bayar_ganda: float = 0.0005  # 4.1: paid twice 0.05 %
    bayar_kk_sama: float = 0.0008  # second member of a family paid the same stage (sebaran)
    mati_dibayar: float = 0.30  # orders of the dead that are paid all the same (4.1: 0.1 % of payees)
    bertentangan: float = 0.05  # BLT DD payees who also get PKH (4.1: cross-programme 0.5 % of payees)
    non_dtks: float = 0.02  # payees outside DTKS (sebaran)
    # What payers get wrong (sebaran): far too early or late, by an office that does not serve the kabupaten, in an
    # amount no tariff explains, all stages in one visit where that is not lawful, paid under its number after a return.
    bayar_awal: float = 0.001
    bayar_lambat: float = 0.004  # of the one stage that can show it
    bayar_kantor_lain: float = 0.001
    bayar_tarif_aneh: float = 0.001
    bayar_sekaligus: float = 0.004  # BST payees outside 3T
    bayar_setelah_retur: float = 0.01
    bayar_nik_rusak: float = 0.006  # payees
    bayar_desa_rusak: float = 0.002

    # --- people and numbers easily taken for others: none as documented, `scaled` sets them
    kembar_mirip: float = 0.0  # pairs of twins named HASAN and HUSEN
    kembar_absen: float = 0.0  # pairs of twins of whom Dukcapil knows one
    saudara_mirip: float = 0.0  # families with two children named almost alike
    senama: float = 0.0  # persons named like a neighbour of their age
    absen_senama: float = 0.0  # persons unknown to Dukcapil whose neighbour of their age has their name
    klon_absen: float = 0.0  # pairs of equal neighbours of whom Dukcapil knows one
    balita_absen: float = 0.0  # children under six unknown to Dukcapil
    nama_pasaran: float = 0.0  # persons with one of a dozen everyday names
    nik_ayah: float = 0.0  # sons named like their father who are listed with his NIK
    nik_absen_kerabat: float = 0.0  # persons unknown to Dukcapil listed with the NIK of a relative
    nik_sekeluarga: float = 0.0  # families listed with one NIK
    nik_bersama: float = 0.0  # rows with a stranger's NIK that neighbours are listed with too
    nik_kedua: float = 0.0  # second listings under the retired NIK, where there is one
    nik_hari_40: float = 0.0  # NIK with the day of the other sex
    nik_wilayah: float = 0.0  # NIK with the code of another kecamatan
    kk_disalin: float = 0.0  # families listed with the KK number of the family above, filled down
    berkas_excel: float = 0.0  # kabupaten whose whole file lost the sixteenth digits

    def __post_init__(self) -> None:
        wrong = [field.name for field in fields(self) if not 0 <= getattr(self, field.name) <= 1]
        if wrong:
            message = f"rates must lie between 0 and 1: {', '.join(wrong)}"
            raise ValueError(message)

    def scale_writing_errors(self, factor: float) -> Rates:
        """The rates with all writing errors of DTKS multiplied by a factor, at most 0.9 each."""
        scaled = {
            field.name: min(getattr(self, field.name) * factor, max(getattr(self, field.name), _MAX_RATE))
            for field in fields(self)
            if field.name.startswith(_WRITING_ERRORS)
        }
        return replace(self, **scaled)

    def scaled(self, factor: float, *, traps: bool) -> Rates:
        """The rates of writing errors and of people missing, dead, moved or listed twice multiplied; may add traps."""
        population_rates = {name: min(getattr(self, name) * factor, _MAX_RATE) for name in _POPULATION_RATES}
        return replace(self.scale_writing_errors(factor), **population_rates | (_TRAPS if traps else {}))
