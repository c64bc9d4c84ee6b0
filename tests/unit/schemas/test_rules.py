from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from schemas.cleansed import Anggota
from schemas.reasons import REASONS, sentence
from schemas.rules import ALL_RULES, RULES, Rule, Severity, is_filler, rules_on
from schemas.staged import STAGED_KINDS
from schemas.table import Table, polars_schema, split
from tests.unit.frames import frame

MODELS: dict[str, type[Table]] = {model.__name__: model for model in STAGED_KINDS.values()}
SCHEMAS: dict[str, pl.Schema] = {
    **{model.__name__: polars_schema(model) for model in (*STAGED_KINDS.values(), Anggota)},
    # An order beside what is known of its payee and stage, as `pipeline.realisation` joins them; no model of its own.
    "PerintahBayar": pl.Schema(
        {
            "no_danom": pl.String(), "tahap": pl.Int32(), "status_bayar": pl.String(), "nominal": pl.Int64(),
            "nik": pl.String(),
            "kode_kprk": pl.String(), "tgl_bayar": pl.Date(), "nik_dukcapil": pl.String(),
            "nik_orang_lain": pl.Boolean(), "register_ada": pl.Boolean(), "status_penduduk": pl.String(),
            "tanggal_status": pl.Date(), "pekerjaan": pl.String(), "id_dtks": pl.String(), "selisih_tarif": pl.Int64(),
            "mulai": pl.Date(), "selesai": pl.Date(), "tahap_sehari": pl.UInt32(), "tertinggal": pl.Boolean(),
            "kantor_melayani": pl.Boolean(), "penerima_lain": pl.Boolean(), "nominal_semula": pl.Int64(),
        }
    ),
}  # fmt: skip

# A woman born on 12 November 1987: day + 40 in her NIK.
NIK, KK = "3604045211870001", "3604041211870002"
CLEAN: dict[str, dict[str, Any]] = {
    "DtksStaged": {
        "periode": "2022-12", "berkas": "dtks/a.csv", "baris": 2, "id_dtks": "D1", "nik": NIK, "nik_tulis": NIK,
        "nik_asal": NIK, "no_kk": KK, "no_kk_tulis": KK, "no_kk_asal": KK, "nama": "SITI", "nama_asal": "SITI",
        "nama_banding": "SITI", "tanggal_lahir": date(1987, 11, 12), "tanggal_lahir_asal": "12-11-1987",
        "jenis_kelamin": "P", "hub_keluarga": 2,
    },
    "DukcapilStaged": {
        "periode": "2022-12", "berkas": "dukcapil/a.csv", "baris": 2, "nik": NIK, "nik_asal": NIK, "no_kk": KK,
        "nama": "SITI", "tanggal_lahir": date(1987, 11, 12), "status_penduduk": "HIDUP",
    },
    "PosStaged": {
        "periode": "2022-12", "berkas": "pos/a.csv", "baris": 2, "no_danom": "29400/1/GEN", "program": "PKH",
        "tahun": 2022, "tahap": 1, "nik": NIK, "nik_asal": NIK, "nominal": 300_000, "nominal_asal": "300000",
        "status_bayar": "DIBAYAR", "status_dikenal": True, "tgl_bayar": date(2022, 9, 20),
    },
    "AlokasiStaged": {
        "periode": "2022-12", "berkas": "alokasi/a.csv", "baris": 2, "program": "PKH", "tahun": 2022, "tahap": 1,
        "kode_wilayah": "3604", "kpm_alokasi": 10,
    },
    "PendampingStaged": {
        "periode": "2022-12", "berkas": "pendamping/a.csv", "baris": 2, "periode_laporan": "2022-11",
        "id_pendamping": "P1", "nik": NIK, "status_kpm": "AKTIF", "disampaikan": date(2022, 12, 10),
    },
    "DtsenStaged": {
        "periode": "2022-12", "berkas": "dtks/a.csv", "baris": 2, "no_kk": KK, "no_kk_asal": KK, "desil_nasional": 1,
    },
    "Anggota": {
        "periode": "2022-12", "id_dtks": "D1", "id_orang": "O1", "nama": "SITI", "nama_asal": "SITI",
        "status_padan": "PADAN", "alasan": [], "penjelasan": "NIK sama.", "status_penduduk": "HIDUP",
        "sumber_berkas": "dtks/a.csv", "sumber_baris": 2,
    },
}  # fmt: skip

CLEAN["PerintahBayar"] = {
    "no_danom": "29400/1/GEN", "tahap": 1, "status_bayar": "DIBAYAR", "nominal": 300_000, "nik": NIK,
    "kode_kprk": "36040", "nik_dukcapil": NIK,
    "nik_orang_lain": False, "register_ada": True,
    "status_penduduk": "HIDUP", "pekerjaan": "PETANI/PEKEBUN", "id_dtks": "D1", "selisih_tarif": 0,
    "tgl_bayar": date(2022, 9, 20), "mulai": date(2022, 9, 1), "selesai": date(2022, 10, 31), "tahap_sehari": 1,
    "tertinggal": False, "kantor_melayani": True, "penerima_lain": False, "nominal_semula": 300_000,
}  # fmt: skip

# (model, code) → changes to a clean row that break this rule, one entry per way of breaking it.
BROKEN: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("DtksStaged", "NAMA_KOSONG"): [{"nama": None}],
    ("DtksStaged", "ID_KOSONG"): [{"id_dtks": None}],
    ("DtksStaged", "ID_ILMIAH"): [{"id_dtks": "1,60404E+17"}],
    ("DtksStaged", "TANPA_IDENTITAS"): [{"nik": None, "nik_tulis": None, "no_kk": None, "no_kk_tulis": None}],
    ("DukcapilStaged", "NIK_TIDAK_TERPAKAI"): [{"nik": None}],
    ("DtsenStaged", "KK_TIDAK_TERPAKAI"): [{"no_kk": None}],
    ("DtsenStaged", "DESIL_TIDAK_TERBACA"): [{"desil_nasional": None}],
    ("PosStaged", "DANOM_KOSONG"): [{"no_danom": None}],
    ("PosStaged", "DANOM_ILMIAH"): [{"no_danom": number} for number in ("2,94001E+17", "2.94E17", "3E+17")],
    ("PosStaged", "NOMINAL_RUSAK"): [{"nominal": None}, {"nominal": 300}, {"nominal": 0, "nominal_asal": "000"}],
    ("PosStaged", "PROGRAM_TIDAK_DIKENAL"): [{"program": "TIDAK DIKETAHUI"}, {"tahap": 0}],
    ("AlokasiStaged", "ALOKASI_TIDAK_LENGKAP"): [{"program": None}, {"tahun": None}, {"tahap": None}],
    ("AlokasiStaged", "KPM_TIDAK_TERBACA"): [{"kpm_alokasi": None}],
    ("AlokasiStaged", "WILAYAH_TIDAK_DIKENAL"): [{"kode_wilayah": None}],
    **{
        ("AlokasiStaged", f"NILAI_{of.upper()}_TIDAK_TERBACA"): [
            {f"nominal_{of}_asal": written} for written in ("1,5", "(300.000)", "tiga juta", "#REF!", "#N/A")
        ]
        for of in ("alokasi", "transfer")
    },
    ("AlokasiStaged", "SP2D_DIBATALKAN"): [{"batal": True, "nominal_transfer": 0}],
    ("AlokasiStaged", "ALOKASI_PER_KPM_JANGGAL"): [
        {"nominal_alokasi": 3_000}, {"nominal_alokasi": 3_000_000_000}, {"nominal_alokasi": 1, "kpm_alokasi": 0},
    ],
    ("AlokasiStaged", "ALOKASI_MELEBIHI_TARIF"): [{"nominal_alokasi": 3_000_001, "tarif_terbesar": 300_000}],
    ("AlokasiStaged", "TGL_TRANSFER_TIDAK_TERBACA"): [{"tgl_transfer_asal": "31 Sept"}, {"tgl_transfer_asal": "####"}],
    ("AlokasiStaged", "TARGET_TIDAK_TERBACA"): [{"target_selesai_asal": "akhir tahun"}],
    ("PendampingStaged", "LAPORAN_TIDAK_LENGKAP"): [{"periode_laporan": None}, {"id_pendamping": None}],
    ("PendampingStaged", "NIK_TIDAK_TERPAKAI"): [{"nik": None}],
    ("DtksStaged", "NIK_KOSONG"): [{"nik": None, "nik_tulis": None}],
    ("DtksStaged", "NIK_ILMIAH"): [{"nik_tulis": "3,60404E+15"}, {"nik_tulis": "3.60404E+15"}, {"nik_tulis": "3E15"}],
    ("DtksStaged", "NIK_KURANG"): [{"nik_tulis": "360404121187001"}, {"nik_tulis": "1"}],
    ("DtksStaged", "NIK_LEBIH"): [{"nik_tulis": "36040412118700011"}],
    ("DtksStaged", "NIK_RUSAK"): [{"nik_tulis": "BELUMADA"}, {"nik_tulis": "36040412118X0001"}],
    ("DtksStaged", "NIK_ISIAN"): [
        {"nik_tulis": "9999999999999999"}, {"nik_tulis": "0000000000000000"}, {"nik_tulis": "1234567890123456"},
        {"nik_tulis": "3604040000000000"},
    ],
    ("DtksStaged", "NIK_SERI_NOL"): [{"nik": "3604045211870000"}],
    ("DtksStaged", "NIK_BERKAS_EXCEL"): [{"nik_berkas_nol": True}],
    ("DtksStaged", "NIK_BERKAS_BULAT"): [{"nik_berkas_bulat": True}],
    ("DtksStaged", "NIK_SALINAN"): [{"nik_disalin": True}],
    ("DtksStaged", "NIK_WILAYAH_MUSTAHIL"): [
        {"nik_wilayah": "TIDAK_DIKENAL"}, {"nik_wilayah": "PROVINSI", "nik": "3600041211870001"},
        {"nik_wilayah": "KABUPATEN", "nik": "3604001211870001"},
    ],
    ("DtksStaged", "NIK_WILAYAH_TIDAK_DIKENAL"): [{"nik_wilayah": "KABUPATEN"}, {"nik_wilayah": "PROVINSI"}],
    ("DtksStaged", "NAMA_ISIAN"): [{"nama_isian": True}],
    ("DtksStaged", "NIK_TGL_MUSTAHIL"): [
        {"nik": "3604043102870001"}, {"nik": "3604047202870001"}, {"nik": "3604045213870001"},
        {"nik": "3604040011870001"}, {"nik": "3604044011870001"},
    ],
    ("DtksStaged", "NIK_TGL_BEDA"): [
        {"tanggal_lahir": date(1987, 11, 13)}, {"tanggal_lahir": date(1987, 12, 12)},
        {"tanggal_lahir": date(1988, 11, 12)},
    ],
    ("DtksStaged", "NIK_JK_BEDA"): [{"jenis_kelamin": "L"}, {"nik": "3604041211870001"}],
    ("DtksStaged", "NIK_SAMA_KK"): [{"no_kk": NIK}],
    ("DtksStaged", "KK_KOSONG"): [{"no_kk": None, "no_kk_tulis": None}],
    ("DtksStaged", "KK_RUSAK"): [{"no_kk": None, "no_kk_tulis": "123"}],
    ("DtksStaged", "KK_SERI_NOL"): [{"no_kk": "3604041211870000"}],
    ("DtksStaged", "KK_TGL_MUSTAHIL"): [{"no_kk": "3604043102110001"}, {"no_kk": "3604040113110001"}],
    ("DtksStaged", "KK_WILAYAH_MUSTAHIL"): [
        {"no_kk_wilayah": "TIDAK_DIKENAL"}, {"no_kk_wilayah": "KABUPATEN", "no_kk": "3604001211870002"},
    ],
    ("DtksStaged", "TGL_TAHUN"): [
        {"tanggal_lahir": date(1987, 1, 1), "tanggal_lahir_asal": year} for year in ("1987", "1987.0", "1987,0")
    ],
    ("DtksStaged", "TGL_MUSTAHIL"): [{"tanggal_lahir": date(2023, 1, 1)}, {"tanggal_lahir": date(1902, 11, 30)}],
    ("DtksStaged", "TGL_KOSONG"): [{"tanggal_lahir": None, "tanggal_lahir_asal": None}],
    ("DtksStaged", "TGL_RUSAK"): [{"tanggal_lahir": None, "tanggal_lahir_asal": "31-02-1987"}],
    ("DtksStaged", "TGL_BULAN_DAHULU"): [{"bulan_dahulu": True}],
    **{
        (model, "TGL_BULAN_DAHULU"): [{"bulan_dahulu": True}]
        for model in ("DukcapilStaged", "PosStaged", "AlokasiStaged")
    },
    ("DtksStaged", "JK_KOSONG"): [{"jenis_kelamin": None}],
    ("DtksStaged", "HUB_KOSONG"): [{"hub_keluarga": None}],
    **{
        (model, code): [{"temuan_wilayah": code}]
        for model in ("DtksStaged", "PosStaged")
        for code in ("WILAYAH_TIDAK_DIKENAL", "WILAYAH_AMBIGU", "WILAYAH_LAMA", "WILAYAH_EJAAN")
    },
    **{
        ("DukcapilStaged", code): [{"temuan_wilayah": code}] for code in ("WILAYAH_TIDAK_DIKENAL", "WILAYAH_AMBIGU")
    },
    ("DukcapilStaged", "NAMA_KOSONG"): [{"nama": None}],
    ("DukcapilStaged", "KK_TIDAK_TERPAKAI"): [{"no_kk": None}],
    ("DukcapilStaged", "TGL_TIDAK_TERBACA"): [{"tanggal_lahir": None}],
    ("DukcapilStaged", "STATUS_LAINNYA"): [{"status_penduduk": "LAINNYA"}],
    ("Anggota", "DUKCAPIL_MATI"): [{"status_penduduk": "MATI"}],
    ("Anggota", "DUKCAPIL_PINDAH"): [{"status_penduduk": "PINDAH"}],
    ("Anggota", "DUKCAPIL_TIDAK_VALID"): [{"status_penduduk": "TIDAK_VALID"}],
    ("Anggota", "ORANG_GANDA"): [{"ganda_dari": "D0"}],
    ("PerintahBayar", "DANOM_BERSAMA"): [{"penerima_lain": True}],
    ("PerintahBayar", "RETUR_SEBAGIAN"): [{"status_bayar": "RETUR", "nominal": 200_000}],
    **{
        ("PerintahBayar", code): [
            {"status_penduduk": status}, {"status_penduduk": status, "tanggal_status": date(2022, 9, 20)},
            {"status_penduduk": status, "tgl_bayar": None, "tanggal_status": date(2022, 9, 20)},
        ]
        for code, status in (("PENERIMA_MENINGGAL", "MATI"), ("PENERIMA_PINDAH", "PINDAH"))
    },
    ("PerintahBayar", "PENERIMA_ASN_TNI_POLRI"): [
        {"pekerjaan": "PEGAWAI NEGERI SIPIL (PNS)"}, {"pekerjaan": "TENTARA NASIONAL INDONESIA"},
        {"pekerjaan": "POLRI"}, {"pekerjaan": "TNI-AD"}, {"pekerjaan": "05"},
    ],
    ("PerintahBayar", "NIK_TIDAK_DI_DUKCAPIL"): [{"nik_dukcapil": None}, {"nik_dukcapil": None, "nik": None}],
    ("PerintahBayar", "NIK_ORANG_LAIN"): [{"nik_orang_lain": True}],
    ("PerintahBayar", "NIK_PENERIMA_BEDA"): [{"nik": KK}],
    ("PerintahBayar", "NON_DTKS"): [{"id_dtks": None}],
    ("PerintahBayar", "NOMINAL_DI_LUAR_TARIF"): [{"selisih_tarif": 1}],
    ("PerintahBayar", "TAHAP_TANPA_TARIF"): [{"mulai": None, "selesai": None, "selisih_tarif": None}],
    ("PerintahBayar", "SEBELUM_PERINTAH"): [
        {"tgl_bayar": date(2022, 8, 31)}, {"tgl_bayar": date(2022, 8, 31), "tahap_sehari": 3},
        {"tgl_bayar": date(2022, 8, 31), "tahap_sehari": 2, "tertinggal": True},
    ],
    ("PerintahBayar", "DI_LUAR_JADWAL"): [
        {"tgl_bayar": date(2022, 8, 31)}, {"tgl_bayar": date(2022, 11, 1)},
        {"tgl_bayar": date(2022, 11, 1), "tahap_sehari": 3, "tertinggal": True},
    ],
    ("PerintahBayar", "KANTOR_LUAR_WILAYAH"): [{"kantor_melayani": False}],
    ("PerintahBayar", "TAHAP_SEKALIGUS"): [{"tahap_sehari": 3}],
    ("PosStaged", "NIK_TIDAK_TERPAKAI"): [{"nik": None}],
    ("PosStaged", "STATUS_TIDAK_DIKENAL"): [{"status_dikenal": False}],
    ("PosStaged", "DIBAYAR_TANPA_TANGGAL"): [{"tgl_bayar": None}],
    ("PosStaged", "BELUM_BERTANGGAL"): [{"status_bayar": "BELUM"}],
    ("PosStaged", "RETUR_TANPA_ALASAN"): [{"status_bayar": "RETUR"}, {"status_bayar": "GAGAL"}],
    ("PendampingStaged", "STATUS_KPM_TIDAK_DIKENAL"): [{"status_kpm": None}, {"status_kpm": "PINDAH"}],
    ("PendampingStaged", "HADIR_MELEBIHI"): [
        {"anak_sekolah": 1, "anak_sekolah_hadir": 2}, {"balita": 0, "balita_ke_faskes": 1},
        {"ibu_hamil": 0, "ibu_hamil_ke_faskes": 1},
    ],
    ("PendampingStaged", "HITUNGAN_TIDAK_TERBACA"): [{"hitungan_tidak_terbaca": True}],
    ("PendampingStaged", "LAPORAN_TERLAMBAT"): [{"disampaikan": date(2022, 12, 11)}],
    ("DtksStaged", "NIK_HURUF"): [{"nik_asal": "36O4O45211870001"}],
    ("DtksStaged", "NIK_TANDA_BACA"): [{"nik_asal": f"'{NIK}"}, {"nik_asal": f"{NIK}.0"}, {"nik_asal": f"{NIK}\xa0"}],
    ("DtksStaged", "KK_HURUF"): [{"no_kk_asal": "36O4O41211870002"}],
    ("DtksStaged", "KK_TANDA_BACA"): [{"no_kk_asal": f"{KK} "}, {"no_kk_asal": "36.04.04.121187.0002"}],
}  # fmt: skip
# Rules about several rows: the last row breaks them.
REPEATED: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("DtksStaged", "ID_GANDA"): [{}, {"id_terulang": True, "id_diganti": False}],
    ("DtksStaged", "ID_ISIAN_TERPAKAI"): [
        {},
        {"id_terulang": True, "id_diganti": False, "asal_baris": "dtks/a.csv##7"},
    ],
    ("DtksStaged", "DIGANTI_PERBAIKAN"): [{}, {"id_terulang": True, "id_diganti": True}],
    ("PosStaged", "DANOM_ISIAN_TERPAKAI"): [{}, {"danom_terpakai": True}],
    ("DukcapilStaged", "NIK_GANDA"): [{}, {"nik_terulang": True}],
    ("DukcapilStaged", "NIK_ISIAN_TERPAKAI"): [{}, {"nik_terulang": True, "asal_baris": "dukcapil/a.csv##7"}],
    ("DtksStaged", "NIK_GANDA"): [{}, {"id_dtks": "D2"}],
    ("DtsenStaged", "DESIL_BERBEDA"): [{}, {"desil_nasional": 2}],
    ("AlokasiStaged", "ALOKASI_BERTENTANGAN"): [{}, {"kpm_alokasi": 11, "berkas": "alokasi/b.csv"}],
    ("PendampingStaged", "LAPORAN_BERTENTANGAN"): [{}, {"id_pendamping": "P2"}],
}
BROKEN |= {(model, "LEMBAR_TERSEMBUNYI"): [{"lembar": "a.xlsx/(tersembunyi) Lama"}] for model in MODELS}
WITH_EXPRESSION = [key for key, rule in RULES.items() if rule.breaks is not None]
CASES = [(*key, [change]) for key, changes in BROKEN.items() for change in changes] + [
    (*key, changes) for key, changes in REPEATED.items()
]


def broken_codes(model: str, rows: list[dict[str, Any]]) -> list[set[str]]:
    """Codes of the rules that each row breaks, by evaluating the expressions themselves."""
    schema = SCHEMAS[model]
    df = pl.DataFrame([{name: {**CLEAN[model], **row}.get(name) for name in schema} for row in rows], schema=schema)
    codes = {rule.code: rule.breaks for rule in RULES.values() if rule.on == model and rule.breaks is not None}
    return [{code for code, broken in row.items() if broken} for row in df.select(**codes).rows(named=True)]


def test_there_is_a_crafted_row_for_every_rule() -> None:
    assert {*BROKEN, *REPEATED} == set(WITH_EXPRESSION)


@pytest.mark.parametrize(("model", "code", "rows"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_the_rule_fires_on_its_crafted_row_and_only_a_rejection_refuses_it(
    model: str, code: str, rows: list[dict[str, Any]]
) -> None:
    assert code in broken_codes(model, rows)[-1]
    if model in MODELS:
        good, failures = split(frame(MODELS[model], [{**CLEAN[model], **row} for row in rows]), MODELS[model])
        if RULES[model, code].severity is Severity.REJECT:
            assert (failures["kode"].to_list(), good.height) == ([[code]], len(rows) - 1)
        else:
            assert code not in failures["kode"].explode().to_list()


@pytest.mark.parametrize("model", SCHEMAS)
def test_no_rule_fires_on_a_clean_row(model: str) -> None:
    assert broken_codes(model, [{}]) == [set()]


# Where a rule stays silent: it does not apply, or the order is lawful.
SILENT: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "DtksStaged": [
        ("NIK_RUSAK", {"nik_tulis": "3.60404E+15"}),
        ("NIK_RUSAK", {"nik_tulis": None}),
        ("NIK_KURANG", {"nik_tulis": NIK}),
        ("NIK_ISIAN", {"nik_tulis": "36040400000000001"}),
        ("NIK_SERI_NOL", {"nik": "3604045211871000"}),
        ("NIK_TGL_MUSTAHIL", {"nik": "3604042902990001"}),
        ("NIK_TGL_BEDA", {"nik": "3604041211870001"}),
        ("NIK_TGL_BEDA", {"tanggal_lahir": None}),
        ("NIK_TGL_BEDA", {"tanggal_lahir": date(1887, 11, 12)}),
        ("NIK_TGL_BEDA", {"tanggal_lahir": date(1987, 1, 1), "tanggal_lahir_asal": "1987"}),
        ("NIK_WILAYAH_TIDAK_DIKENAL", {"nik_wilayah": "KABUPATEN", "nik": "3604001211870001"}),
        ("KK_TGL_MUSTAHIL", {"no_kk": "3604045112110001"}),
        ("TGL_MUSTAHIL", {"tanggal_lahir": date(2022, 12, 31)}),
        ("TGL_MUSTAHIL", {"tanggal_lahir": date(1902, 12, 1)}),
        ("TGL_TAHUN", {"tanggal_lahir_asal": "19870112"}),
        ("NIK_JK_BEDA", {"jenis_kelamin": None}),
        ("NIK_JK_BEDA", {"nik": "3604047511870001", "jenis_kelamin": "L"}),
        ("NIK_JK_BEDA", {"nik": "3604043111870001", "jenis_kelamin": "L"}),
        ("NIK_SAMA_KK", {"nik": None, "no_kk": None}),
        ("NIK_HURUF", {"nik_asal": "TIDAK ADA", "nik": None}),
        ("TGL_RUSAK", {"tanggal_lahir_asal": None, "tanggal_lahir": None}),
    ],
    "PerintahBayar": [
        ("PENERIMA_MENINGGAL", {"status_penduduk": "MATI", "tanggal_status": date(2022, 9, 21)}),
        ("PENERIMA_MENINGGAL", {"status_penduduk": "MATI", "status_bayar": "GAGAL", "tgl_bayar": None}),
        ("PENERIMA_PINDAH", {"status_penduduk": "PINDAH", "tanggal_status": date(2022, 9, 21)}),
        ("PENERIMA_ASN_TNI_POLRI", {"pekerjaan": "PENSIUNAN PNS"}),
        ("PENERIMA_ASN_TNI_POLRI", {"pekerjaan": "15"}),
        ("NIK_TIDAK_DI_DUKCAPIL", {"nik_dukcapil": None, "register_ada": False}),
        ("NIK_TIDAK_DI_DUKCAPIL", {"nik_dukcapil": None, "nik_orang_lain": True}),
        ("SEBELUM_PERINTAH", {"tgl_bayar": date(2022, 8, 31), "tahap_sehari": 3, "tertinggal": True}),
        ("DI_LUAR_JADWAL", {"tgl_bayar": date(2022, 8, 31), "tahap_sehari": 3, "tertinggal": True}),
        ("DI_LUAR_JADWAL", {"tgl_bayar": date(2022, 10, 31)}),
        ("DI_LUAR_JADWAL", {"tgl_bayar": date(2022, 8, 31), "status_bayar": "BELUM"}),
        ("SEBELUM_PERINTAH", {"tgl_bayar": date(2022, 8, 31), "status_bayar": "BELUM"}),
        ("NOMINAL_DI_LUAR_TARIF", {"selisih_tarif": 100_000, "status_bayar": "RETUR"}),
        ("DI_LUAR_JADWAL", {"tgl_bayar": None}),
        ("TAHAP_SEKALIGUS", {"tahap_sehari": 3, "tertinggal": True}),
        ("TAHAP_SEKALIGUS", {"tahap_sehari": 2}),
    ],
}


@pytest.mark.parametrize("model", SILENT)
def test_the_rule_stays_silent_where_it_does_not_apply(model: str) -> None:
    assert [(code, row) for code, row in SILENT[model] if code in broken_codes(model, [row])[0]] == []


@pytest.mark.parametrize(
    "written", [None, "", "-", " Rp -   ", "Rp. -", "NULL", "n/a", "\u2014", "\u200b", r"\N", "00-00-0000"]
)
def test_an_allotment_without_an_amount_is_not_found_fault_with(written: str | None) -> None:
    assert broken_codes("AlokasiStaged", [{"nominal_alokasi_asal": written}]) == [set()]


def test_nobody_knows_whether_what_is_called_final_came_behind_a_second_revision() -> None:
    final, second = ({"berkas": f"a {name}.xlsx", "revisi": n} for name, n in (("final", 1), ("rev2", 2)))
    code = "ALOKASI_BERTENTANGAN"
    assert all(code in codes for codes in broken_codes("AlokasiStaged", [final, {**second, "kpm_alokasi": 11}]))
    assert not any(code in codes for codes in broken_codes("AlokasiStaged", [final, second]))


@pytest.mark.parametrize("later", [{"berlaku_per": datetime(2022, 9, 1)}, {"revisi": 1}, {"kpm_alokasi": 10}])  # noqa: DTZ001
def test_a_target_that_is_plainly_newer_contradicts_nothing(later: dict[str, Any]) -> None:
    first, then = {"berlaku_per": None, "revisi": 0}, {"kpm_alokasi": 11, "revisi": 0}
    assert broken_codes("AlokasiStaged", [first, then | later]) == [set(), set()]


PART = {"kpm_alokasi": 10, "no_sp2d": "A", "nominal_transfer": 40}


@pytest.mark.parametrize(
    ("first", "then", "contradictory"),
    [
        (PART, PART | {"no_sp2d": "B", "nominal_transfer": 60, "kpm_alokasi": None}, False),
        (PART, PART | {"nominal_transfer": 60}, True),
        (PART, PART | {"no_sp2d": "B", "nominal_transfer": 0}, False),
        (PART, PART | {"nominal_transfer": 0}, True),
        (PART | {"no_sp2d": None}, PART | {"no_sp2d": None, "nominal_transfer": 60}, True),
        # What is no part of the target contradicts it.
        (
            PART | {"nominal_alokasi": 100},
            PART | {"nominal_alokasi": 100, "no_sp2d": "B", "nominal_transfer": 100},
            True,
        ),
    ],
)
def test_transfers_by_several_sp2d_contradict_nothing(
    first: dict[str, Any], then: dict[str, Any], *, contradictory: bool
) -> None:
    found = broken_codes("AlokasiStaged", [first, then])
    assert ["ALOKASI_BERTENTANGAN" in codes for codes in found] == [contradictory, contradictory]
    assert not any("KPM_TIDAK_TERBACA" in codes for codes in found)


def test_a_target_without_families_is_refused_unless_another_row_tells_them() -> None:
    alone = {"kpm_alokasi": None, "no_sp2d": "A", "nominal_transfer": 60}
    assert ["KPM_TIDAK_TERBACA" in codes for codes in broken_codes("AlokasiStaged", [alone])] == [True]


def test_no_code_is_declared_twice_for_one_model() -> None:
    repeated = [key for key, times in Counter((rule.on, rule.code) for rule in ALL_RULES).items() if times > 1]
    assert repeated == []
    assert len(RULES) == len(ALL_RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: f"{rule.on}-{rule.code}")
def test_every_rule_speaks_to_officers_and_points_at_a_column_of_its_model(rule: Rule) -> None:
    assert rule.code == rule.code.upper()
    assert rule.sentence.endswith(".")
    assert rule.cure.endswith(".")
    assert rule.explanation == f"{rule.sentence} {rule.cure}"
    if rule.breaks is None:
        assert (rule.on, rule.severity) == ("Berkas", Severity.REJECT)
    else:
        columns = SCHEMAS[rule.on]
        assert rule.column in columns
        assert set(rule.breaks.meta.root_names()) <= set(columns)


def test_rules_on_keeps_catalogue_order_and_severities() -> None:
    assert [rule.code for rule in rules_on("PosStaged", Severity.REJECT)] == [
        "DANOM_KOSONG", "DANOM_ILMIAH", "DANOM_ISIAN_TERPAKAI", "NOMINAL_RUSAK"
    ]  # fmt: skip
    asked = (Severity.FINDING, Severity.REPAIR)
    assert {rule.severity for rule in rules_on("DtksStaged", *asked)} == {*asked}
    assert rules_on("TidakAda", Severity.REJECT) == []


def test_is_filler() -> None:
    fillers = ["1111111111111111", "0123456789012345", "9876543210987654", "3604040000000000"]
    others = ["3604041211870001", "1111111111111112"]
    df = pl.DataFrame({"n": [*fillers, *others, None]})
    assert df.select(is_filler("n")).to_series().to_list() == [True] * 4 + [False] * 2 + [None]


# --- reasons


def test_a_sentence_keeps_the_order_of_reasons_and_begins_with_a_capital() -> None:
    df = pl.DataFrame({"alasan": [["NIK_SAMA", "NAMA_BEDA"], ["NAMA_SAMA"]]})
    result = df.select(sentence(pl.col("alasan"))).to_series().to_list()
    assert result == ["NIK ada di Dukcapil; nama berbeda.", "Nama sama."]


def test_an_unknown_reason_is_no_silent_blank() -> None:
    with pytest.raises(pl.exceptions.PolarsError):
        pl.DataFrame({"alasan": [["TIDAK_ADA"]]}).select(sentence(pl.col("alasan")))


def test_every_reason_has_a_phrase_that_continues_a_sentence() -> None:
    assert all(phrase and not phrase.endswith((".", ";")) for phrase in REASONS.values())
