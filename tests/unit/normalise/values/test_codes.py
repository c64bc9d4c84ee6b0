from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from pipeline import reference
from pipeline.normalise.values import codes
from tests.unit.frames import find_misread, text


def coded(function: Callable[..., pl.Expr], written: str | None, **options: bool) -> str | int | None:
    return text([written]).to_frame().select(function(pl.col("value"), **options)).item()


SEXES = {
    "L": [
        "L", "l", "Lk", "LAKI-LAKI", "Laki laki", "laki_laki", "PRIA", "1", "1.0", "M", "Lelaki", "L (Laki-laki)",
        "Laki-laki (L)", "(L)", "Male", "L/LAKI-LAKI", "Laki-laki / L", '"L"', "L;", "L.", "LAKI-LAKII",
        "LAKI - LAKI",
    ],
    "P": [
        "P - Perempuan", "PREMPUAN", "PEREMPUN", "[2] Perempuan", "P. Perempuan", "P=Wanita", "P", "p ", "Pr",
        "PEREMPUAN", "Wanita\u00a0", "2", "2.0", "F", "W", "PRP", "Female",
    ],
    None: ["", "-", "0", "3", "X", "LP", "L/P", "L (P)", "L (x)", "[1] Wanita", None],
}  # fmt: skip


def test_to_sex() -> None:
    assert find_misread(codes.to_sex, SEXES) == []


RESIDENT_STATES = {
    "HIDUP": ["Hidup", "TETAP", "1", "", None],
    "MATI": ["MATI", "Meninggal Dunia", "Meninggal.", "Almarhum", "SUDAH MENINGGAL", "2.0"],
    "PINDAH": [
        "Sudah pindah", "Pindah Dalam Negeri", "3", "3 - PINDAH", "3. Pindah Dalam Negeri", "4 - PINDAH LUAR NEGERI",
    ],
    "LAINNYA": ["1 - PINDAH", "2 - Pindah Datang", "Hilang", "4"],
    "TIDAK_VALID": ["Tidak Valid", "TIDAK_VALID", "9"],
}  # fmt: skip


def test_to_resident_status() -> None:
    assert find_misread(codes.to_resident_status, RESIDENT_STATES) == []


PAYMENT_STATES = {
    "DIBAYAR": [
        "DIBAYAR", "Bayar", "TERBAYAR", "salur", "LUNAS", "Sudah  Dibayar", "Tersalurkan", "Lunas.", "Sudah terbayar",
        "TELAH DISALURKAN", "Berhasil", "SUDAH", "Sudah diambil", "DIBAYARKN", "CAIR", "sdh. cair", "SDH BAYAR",
        *(f"DIBAYAR {how}" for how in ("(LOKET)", "- Komunitas", "di kantor pos", "/ANTAR", "via pos")),
        "Sudah diterima", "DISERAHKAN", "Dibayar ke ahli waris", "LUNAS (DIWAKILKAN)", "SUKSES BAYAR ULANG",
        "Sudah dibayar ulang", "sudah_transaksi", "Berhasil Salur",
    ],
    "BELUM": [
        "BELUM", "Belum Terbayar", "BELUM_TERBAYAR", "", "-", None, "Blm bayar", "BELUM TERSALUR", "BLM",
        "BELUM CAIR", "Belum ambil", "BELUMTERBAYAR", "BELUM DIBAYAR", "Belum dicairkan", "BLM DIAMBIL",
        "Dalam proses", "DITUNDA", "BAYAR ULANG", "Akan dibayar ulang", "BELUM DITERIMA", "PENDING", "Sudah SI",
    ],
    "GAGAL": [
        "GAGAL", "gagal bayar", "Gagal Salur", "Tidak berhasil",
        # A known reason beside the status is kept apart; other words may negate the status.
        *(f"{state} - MENINGGAL" for state in ("GAGAL", "GAGAL SALUR", "GAGAL BAYAR", "TIDAK BERHASIL")),
        "TIDAK DIBAYAR", "Tidak cair", "TDK TERSALUR", "TIDAK_DIAMBIL", "TIDAK DIBAYAR - MENINGGAL",
    ],
    "RETUR": [
        "RETUR", "SUDAH DIRETUR", "RETUR KE KAS NEGARA", "Retur (pindah)", "DIKEMBALIKAN",
        "Dikembalikan ke kas negara", "SETOR KEMBALI", "Disetor ke RKUN", "PENGEMBALIAN",
        "SDH DIKEMBALIKAN KE KAS DAERAH",
    ],
    None: [
        "DITERIMA?", "TERSALURKAN?",
        *(f"GAGAL {rest}" for rest in ("KEMUDIAN CAIR", "- CAIR", "LALU DITERIMA", "(BELUM DIAMBIL)")),
        *(f"RETUR {rest}" for rest in ("LALU DIBAYAR", "LALU DICAIRKAN", "DIBATALKAN", "SEBAGIAN", "TAHAP I")),
        "GAGAL - MENINGGAL LALU DICAIRKAN", "TIDAK LUNAS", "TIDAK ADA DATA", "TIDAK GAGAL", "TIDAK",
        *(f"DIBAYAR {rest}" for rest in ("- BATAL", "(BELUM LOKET)", "DI LOKET BATAL", "ANTARA LAIN")),
        "DITOLAK BANK", "DIBAYAR ULANG", "SUDAH MENERIMA BANTUAN LAIN", "DIBAYAR AHLI WARIS BATAL",
        # Received by the post office is not paid yet.
        "DISERAHKAN KE KANTOR POS", "Diterima Pos", "DISALURKAN KE POS", "DIBAYAR (GAGAL)",
    ],
}  # fmt: skip


def test_to_payment_status() -> None:
    assert find_misread(codes.to_payment_status, PAYMENT_STATES) == []


REASONS = {
    "MENINGGAL": [*(f"{state} - MENINGGAL" for state in ("GAGAL", "GAGAL SALUR", "GAGAL BAYAR"))],
    "KPM SUDAH PINDAH": ["Gagal: KPM sudah pindah"],
    "ASN/TNI/POLRI": ["GAGAL KARENA ASN/TNI/POLRI"],
    "TIDAK DIAMBIL": ["RETUR - TIDAK DIAMBIL", "Tidak diambil"],
    "PINDAH": ["TIDAK CAIR: PINDAH", "Retur (pindah)"],
    None: ["GAGAL BAYAR", "RETUR KE KAS NEGARA", "RETUR TAHAP I", "GAGAL - CAIR", None],
}  # fmt: skip


def test_a_reason_beside_the_state() -> None:
    assert find_misread(codes.to_failure_reason, REASONS) == []


# In the codebook of eight relations and in that of eleven.
RELATIONS = {
    (1, 1): ["1", "KEPALA KELUARGA", "(1) Kepala Keluarga", "KEPALA KELUARGGA"],
    (2, 2): ["2", "Istri", "Isteri", "Suami atau Istri", "ISTRI ATAU SUAMI"],
    (3, 2): ["3", "03", "3.0"],
    (4, 3): ["4"],
    (5, 4): ["5"],
    (6, 5): ["6"],
    (7, 6): ["7"],
    (8, 6): ["8"],
    (None, 8): ["9", "11"],
    (None, 7): ["10"],
    (3, 3): ["Anak kandung", "Anak ke-2"],
    (4, 4): ["Menantu"],
    (5, 5): ["Cucu"],
    (6, 6): ["Mertua", "Bapak Mertua", "MERTUA ATAU ORANG TUA", "Orang tua atau mertua", "ORANG TUA / MERTUA"],
    (7, 7): ["PEMBANTU/SOPIR", "Pembantu ruta"],
    (8, 8): ["Famili Lain", "Keponakan"],
    (None, None): ["12", "0", "ANAK/MENANTU", "TETANGGA", "", None],
}


@pytest.mark.parametrize("eleven", [False, True])
def test_both_codebooks_of_relations(*, eleven: bool) -> None:
    notations: dict[int | None, list[str | None]] = {}
    for meanings, written in RELATIONS.items():
        notations.setdefault(meanings[eleven], []).extend(written)
    assert find_misread(lambda value: codes.to_relation(value, eleven_codes=eleven), notations) == []


# If number and word differ, either may be wrong.
UNSURE = ["1 - PEREMPUAN", "4 - ANAK", "9 - LAINNYA"]


def test_a_number_beside_its_word() -> None:
    sexes, relations = ["1 - LAKI-LAKI", "2. Perempuan"], ["1 - KEPALA KELUARGA", "3-ANAK", "3,0"]
    read_as_sex = {"L": [sexes[0], "01"], "P": sexes[1:], None: [*relations, *UNSURE]}
    read_as_relation = {1: ["01", relations[0]], 3: relations[1:], None: [*sexes, *UNSURE]}
    assert find_misread(codes.to_sex, read_as_sex) == []
    assert find_misread(lambda value: codes.to_relation(value, eleven_codes=False), read_as_relation) == []


FAMILY_STATES = {
    "AKTIF": ["aktif"],
    "NAIK_GRADE": ["NAIK_GRADE", "Naik-Grade"],
    "NONAKTIF": ["NON AKTIF", "nonaktif"],
    "GRADUASI": ["Graduasi Mandiri"],
    "LULUS": ["LULUS"],
    None: [None],
}  # fmt: skip


def test_to_family_status() -> None:
    assert find_misread(codes.to_family_status, FAMILY_STATES) == []


PROGRAMS = {
    "PKH": ["PKH Reguler", "Program Keluarga Harapan", "Program Keluarga Harapan (PKH)"],
    "BLT BBM": ["BLT BBM", "blt-bbm"],
    "SEMBAKO": ["BPNT", "Program Sembako (BPNT)"],
    "BLT DD": ["BLT  Dana Desa"],
    "PKH TAHAP II 2022": [
        # The row's own stage and year may differ.
        "PKH Tahap II 2022",
    ],
    "BLT BBM 2022": ["BLT BBM 2022"],
    "BANTUAN SEMBAKO (NON-PKH)": ["Bantuan Sembako (non-PKH)"],
    "ATENSI (PKH)": ["ATENSI (PKH)"],
    "PKH (SEMBAKO)": ["PKH (Sembako)"],
    "BANSOS SEMBAKO": ["Bansos Sembako"],
    "BANTUAN DAERAH TAHAP 1": ["BANTUAN DAERAH TAHAP 1"],
    "BANTUAN BARU": ["bantuan baru "],
    None: ["", "-", None],
}  # fmt: skip


def test_to_program() -> None:
    assert find_misread(codes.to_program, PROGRAMS) == []


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
