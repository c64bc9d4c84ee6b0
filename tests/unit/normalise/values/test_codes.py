from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from pipeline import reference
from pipeline.normalise.values import codes
from tests.unit.frames import misread, text


def coded(function: Callable[..., pl.Expr], written: str | None, **options: bool) -> str | int | None:
    return text([written]).to_frame().select(function(pl.col("value"), **options)).item()


SEXES = [
    *((word, "L") for word in ("L", "l", "Lk", "LAKI-LAKI", "Laki laki", "laki_laki", "PRIA", "1", "1.0", "M")),
    *((word, "L") for word in ("Lelaki", "L (Laki-laki)", "Laki-laki (L)", "(L)", "Male")),
    *((word, "L") for word in ("L/LAKI-LAKI", "Laki-laki / L", '"L"', "L;", "LAKI-LAKII")),
    *((word, "P") for word in ("P - Perempuan", "PREMPUAN", "PEREMPUN")),
    *((word, "P") for word in ("[2] Perempuan", "P. Perempuan", "P=Wanita")),
    *((word, "P") for word in ("P", "p ", "Pr", "PEREMPUAN", "Wanita\u00a0", "2", "2.0", "F", "W", "PRP", "Female")),
    *((word, None) for word in ("", "-", "0", "3", "X", "LP", "L/P", "L (P)", "L (x)", "[1] Wanita", None)),
]


def test_to_sex() -> None:
    assert misread(codes.to_sex, SEXES) == []


RESIDENT_STATES = [
    ("Hidup", "HIDUP"),
    ("1", "HIDUP"),
    ("", "HIDUP"),
    (None, "HIDUP"),
    ("MATI", "MATI"),
    ("Meninggal Dunia", "MATI"),
    ("Almarhum", "MATI"),
    ("SUDAH MENINGGAL", "MATI"),
    ("Sudah pindah", "PINDAH"),
    ("2.0", "MATI"),
    ("Pindah Dalam Negeri", "PINDAH"),
    ("3", "PINDAH"),
    ("3 - PINDAH", "PINDAH"),
    ("3. Pindah Dalam Negeri", "PINDAH"),
    ("4 - PINDAH LUAR NEGERI", "PINDAH"),
    ("1 - PINDAH", "LAINNYA"),
    ("2 - Pindah Datang", "LAINNYA"),
    ("Tidak Valid", "TIDAK_VALID"),
    ("TIDAK_VALID", "TIDAK_VALID"),
    ("9", "TIDAK_VALID"),
    ("Hilang", "LAINNYA"),
    ("4", "LAINNYA"),
]


def test_to_resident_status() -> None:
    assert misread(codes.to_resident_status, RESIDENT_STATES) == []


PAYMENT_STATES = [
    *((word, "DIBAYAR") for word in ("DIBAYAR", "Bayar", "TERBAYAR", "salur", "LUNAS", "Sudah  Dibayar")),
    ("Tersalurkan", "DIBAYAR"),
    *((word, "BELUM") for word in ("BELUM", "Belum Terbayar", "BELUM_TERBAYAR", "", "-", None)),
    ("GAGAL", "GAGAL"),
    ("gagal bayar", "GAGAL"),
    *((word, "DIBAYAR") for word in ("Sudah terbayar", "TELAH DISALURKAN", "Berhasil")),
    *((word, "BELUM") for word in ("Blm bayar", "BELUM TERSALUR")),
    ("Gagal Salur", "GAGAL"),
    ("RETUR", "RETUR"),
    *((word, "DIBAYAR") for word in ("SUDAH", "Sudah diambil", "DIBAYARKN", "CAIR", "sdh. cair", "SDH BAYAR")),
    *((word, "BELUM") for word in ("BLM", "BELUM CAIR", "Belum ambil")),
    ("BELUMTERBAYAR", "BELUM"),
    ("Tidak berhasil", "GAGAL"),
    ("SUDAH DIRETUR", "RETUR"),
    ("RETUR KE KAS NEGARA", "RETUR"),
    # The reason beside the state is another fact; what is no known reason may take the state back.
    *((f"{state} - MENINGGAL", "GAGAL") for state in ("GAGAL", "GAGAL SALUR", "GAGAL BAYAR", "TIDAK BERHASIL")),
    ("Retur (pindah)", "RETUR"),
    *((asked, None) for asked in ("DITERIMA?", "TERSALURKAN?")),
    *((f"GAGAL {rest}", None) for rest in ("KEMUDIAN CAIR", "- CAIR", "LALU DITERIMA", "(BELUM DIAMBIL)")),
    *((f"RETUR {rest}", None) for rest in ("LALU DIBAYAR", "LALU DICAIRKAN", "DIBATALKAN", "SEBAGIAN", "TAHAP I")),
    ("GAGAL - MENINGGAL LALU DICAIRKAN", None),
    *((word, "GAGAL") for word in ("TIDAK DIBAYAR", "Tidak cair", "TDK TERSALUR", "TIDAK_DIAMBIL")),
    *((word, "BELUM") for word in ("BELUM DIBAYAR", "Belum dicairkan", "BLM DIAMBIL", "Dalam proses", "DITUNDA")),
    *((word, "RETUR") for word in ("DIKEMBALIKAN", "Dikembalikan ke kas negara")),
    ("TIDAK DIBAYAR - MENINGGAL", "GAGAL"),
    *((word, None) for word in ("TIDAK LUNAS", "TIDAK ADA DATA", "TIDAK GAGAL", "TIDAK")),
    *((f"DIBAYAR {how}", "DIBAYAR") for how in ("(LOKET)", "- Komunitas", "di kantor pos", "/ANTAR", "via pos")),
    *((f"DIBAYAR {rest}", None) for rest in ("- BATAL", "(BELUM LOKET)", "DI LOKET BATAL", "ANTARA LAIN")),
    ("DITOLAK BANK", None),
    *((word, "DIBAYAR") for word in ("Sudah diterima", "DISERAHKAN", "Dibayar ke ahli waris", "LUNAS (DIWAKILKAN)")),
    *(
        (word, "RETUR")
        for word in ("SETOR KEMBALI", "Disetor ke RKUN", "PENGEMBALIAN", "SDH DIKEMBALIKAN KE KAS DAERAH")
    ),
    *((word, "BELUM") for word in ("BAYAR ULANG", "Akan dibayar ulang", "BELUM DITERIMA", "PENDING")),
    *((word, "DIBAYAR") for word in ("SUKSES BAYAR ULANG", "Sudah dibayar ulang")),
    *((word, None) for word in ("DIBAYAR ULANG", "SUDAH MENERIMA BANTUAN LAIN", "DIBAYAR AHLI WARIS BATAL")),
    # What the post office received it has not paid yet.
    *((word, None) for word in ("DISERAHKAN KE KANTOR POS", "Diterima Pos", "DISALURKAN KE POS")),
    ("DIBAYAR (GAGAL)", None),
]


def test_to_payment_status() -> None:
    assert misread(codes.to_payment_status, PAYMENT_STATES) == []


REASONS = [
    *((f"{state} - MENINGGAL", "MENINGGAL") for state in ("GAGAL", "GAGAL SALUR", "GAGAL BAYAR")),
    ("Gagal: KPM sudah pindah", "KPM SUDAH PINDAH"),
    ("GAGAL KARENA ASN/TNI/POLRI", "ASN/TNI/POLRI"),
    ("RETUR - TIDAK DIAMBIL", "TIDAK DIAMBIL"),
    ("Tidak diambil", "TIDAK DIAMBIL"),
    ("TIDAK CAIR: PINDAH", "PINDAH"),
    ("Retur (pindah)", "PINDAH"),
    *((state, None) for state in ("GAGAL BAYAR", "RETUR KE KAS NEGARA", "RETUR TAHAP I", "GAGAL - CAIR", None)),
]


def test_a_reason_beside_the_state() -> None:
    assert misread(codes.to_failure_reason, REASONS) == []


@pytest.mark.parametrize(
    ("function", "written", "expected"),
    [
        (codes.to_sex, "L.", "L"),
        (codes.to_resident_status, "Meninggal.", "MATI"),
        (codes.to_payment_status, "Lunas.", "DIBAYAR"),
    ],
)
def test_a_full_stop_behind_a_word(function: Callable[..., pl.Expr], written: str, expected: str) -> None:
    assert coded(function, written) == expected


@pytest.mark.parametrize(
    ("function", "written", "expected"),
    [
        (codes.to_sex, "LAKI - LAKI", "L"),
        (lambda value: codes.to_relation(value, eleven_codes=True), "ORANG TUA / MERTUA", 6),
    ],
)
def test_blanks_around_punctuation(function: Callable[..., pl.Expr], written: str, expected: str | int) -> None:
    assert coded(function, written) == expected


RELATIONS = [
    ("1", 1, 1),
    ("2", 2, 2),
    ("3", 3, 2),
    ("4", 4, 3),
    ("5", 5, 4),
    ("6", 6, 5),
    ("7", 7, 6),
    ("8", 8, 6),
    ("9", None, 8),
    ("10", None, 7),
    ("11", None, 8),
    ("12", None, None),
    ("0", None, None),
    ("03", 3, 2),
    ("3.0", 3, 2),
    ("KEPALA KELUARGA", 1, 1),
    ("Istri", 2, 2),
    ("Isteri", 2, 2),
    ("Anak kandung", 3, 3),
    ("Menantu", 4, 4),
    ("Cucu", 5, 5),
    ("Mertua", 6, 6),
    ("PEMBANTU/SOPIR", 7, 7),
    ("Famili Lain", 8, 8),
    ("Anak ke-2", 3, 3),
    ("(1) Kepala Keluarga", 1, 1),
    ("Bapak Mertua", 6, 6),
    ("Keponakan", 8, 8),
    *((pair, 2, 2) for pair in ("Suami atau Istri", "ISTRI ATAU SUAMI")),
    *((pair, 6, 6) for pair in ("MERTUA ATAU ORANG TUA", "Orang tua atau mertua")),
    ("KEPALA KELUARGGA", 1, 1),
    ("ANAK/MENANTU", None, None),
    ("TETANGGA", None, None),
    ("", None, None),
    (None, None, None),
]


def test_both_codebooks_of_relations() -> None:
    for place, eleven in ((1, False), (2, True)):
        cases = [(case[0], case[place]) for case in RELATIONS]
        assert misread(lambda value, eleven=eleven: codes.to_relation(value, eleven_codes=eleven), cases) == []


NUMBERED = [
    ("1 - LAKI-LAKI", "L", None),
    ("2. Perempuan", "P", None),
    ("01", "L", 1),
    ("3,0", None, 3),
    ("1 - KEPALA KELUARGA", None, 1),
    ("3-ANAK", None, 3),
    # Where number and word differ, one of them is wrong, and nothing tells which.
    ("1 - PEREMPUAN", None, None),
    ("4 - ANAK", None, None),
    ("9 - LAINNYA", None, None),
]


def test_a_number_beside_its_word() -> None:
    assert misread(codes.to_sex, [case[:2] for case in NUMBERED]) == []
    relations = [(written, relation) for written, _, relation in NUMBERED]
    assert misread(lambda value: codes.to_relation(value, eleven_codes=False), relations) == []


FAMILY_STATES = [
    ("aktif", "AKTIF"),
    ("NAIK_GRADE", "NAIK_GRADE"),
    ("Naik-Grade", "NAIK_GRADE"),
    ("NON AKTIF", "NONAKTIF"),
    ("nonaktif", "NONAKTIF"),
    ("Graduasi Mandiri", "GRADUASI"),
    ("LULUS", "LULUS"),
    (None, None),
]


def test_to_family_status() -> None:
    assert misread(codes.to_family_status, FAMILY_STATES) == []


PROGRAMS = [
    ("PKH Reguler", "PKH"),
    ("BLT BBM", "BLT BBM"),
    ("blt-bbm", "BLT BBM"),
    ("Program Keluarga Harapan", "PKH"),
    ("BPNT", "SEMBAKO"),
    ("BLT  Dana Desa", "BLT DD"),
    # The row's own stage and year may be others.
    ("PKH Tahap II 2022", "PKH TAHAP II 2022"),
    ("BLT BBM 2022", "BLT BBM 2022"),
    ("Program Keluarga Harapan (PKH)", "PKH"),
    ("Program Sembako (BPNT)", "SEMBAKO"),
    ("Bantuan Sembako (non-PKH)", "BANTUAN SEMBAKO (NON-PKH)"),
    ("ATENSI (PKH)", "ATENSI (PKH)"),
    ("PKH (Sembako)", "PKH (SEMBAKO)"),
    ("Bansos Sembako", "BANSOS SEMBAKO"),
    ("BANTUAN DAERAH TAHAP 1", "BANTUAN DAERAH TAHAP 1"),
    ("bantuan baru ", "BANTUAN BARU"),
    ("", None),
    ("-", None),
    (None, None),
]


def test_to_program() -> None:
    assert misread(codes.to_program, PROGRAMS) == []


def test_every_name_and_alias_leads_to_its_own_programme() -> None:
    table = reference.programs().select(
        "program", alias=pl.concat_list("program", "nama", pl.col("alias").fill_null([]))
    )
    spelled = table.explode("alias").with_columns(known=codes.to_program(pl.col("alias").str.to_lowercase()))
    assert spelled.filter(pl.col("known") != pl.col("program")).is_empty()


def test_aliases_are_tried_longest_first() -> None:
    lengths = [len(alias) for alias in codes.programs_by_alias()]
    assert lengths == sorted(lengths, reverse=True)
    assert min(lengths) > 0
