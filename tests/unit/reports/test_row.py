"""The explanation of one row for an officer: status, decisions, both sides and weights, all masked."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.matching.outcome.review import DECISIONS
from pipeline.warehouse.workbooks.answer_weights import WEIGHTS_SCHEMA
from reports.row import FRAMES_READ, render_row, render_unknown_id

DTKS, OTHER = "9" * 16, "8" * 16
NIK, NEIGHBOUR = "3604041211870001", "3604041211870002"
FACTS = {
    "nama": "SITI AMINAH",
    "nama_ibu_kandung": "MARYAM",
    "tanggal_lahir": date(1987, 11, 12),
    "jenis_kelamin": "P",
    "tempat_lahir": "SERANG",
    "hub_keluarga": 2,
    "kode_desa": "3604042001",
}
RESIDENT = FACTS | {"nik": NIK, "no_kk": "3604040101100009"}
ROW = FACTS | {"id_dtks": DTKS, "nik_tulis": NIK, "no_kk_tulis": "3604040101100001", "nama_ibu_kandung": None}
PERSON = {
    "id_dtks": DTKS,
    "periode": "2022-12",
    "status_padan": "PADAN",
    "penjelasan": "NIK, nama, dan tanggal lahir cocok.",
    "ganda_dari": None,
    "sumber_berkas": "dtks/serang.csv",
    "sumber_baris": 7,
}
PAIR = {
    "id_dtks": DTKS,
    "nik_dukcapil": NIK,
    "keputusan": "OTOMATIS",
    "bobot": 39.97,
    "probabilitas": 0.9998,
    "aturan": ["PERSIS"],
    "alasan": ["NIK_SAMA"],
    "penjelasan": "NIK, nama, dan tanggal lahir cocok.",
}
WEIGHTS = {
    "id_dtks": DTKS,
    "nik": "SAMA",
    "bobot_nik": 21.654,
    "kelamin": "BEDA",
    "bobot_kelamin": -3.04,
    "ibu": "KOSONG",
    "bobot_ibu": 0.0,
    "hubungan": "KOSONG",
    "bobot_hubungan": 0.0,
    "kk": "KOSONG",
    "bobot_kk": 0.0,
    "keluarga": "SEORANG",
    "bobot_keluarga": 30.0,
}
CORRECTION = {"id_dtks": "", "kolom": "", "nilai_asal": "", "nilai_usulan": ""}
REFUSED_AT = {"berkas": "dtks/serang.csv", "lembar": None, "baris": 9}
REFUSAL = REFUSED_AT | {"sumber": "dtks", "keterangan": "Nama kosong.", "kode": "X", "sudah_diperbaiki": False}
TORN = REFUSED_AT | {"sumber": "dtks", "kode": "KOLOM_LEBIH", "sudah_diperbaiki": False, "asal_baris": ""}
# A row that is nobody's, so that each frame has its columns.
NOTHING: dict[str, list[dict[str, Any]]] = {
    "cleansed/koreksi": [CORRECTION],
    "mart/koreksi_belum_aman": [CORRECTION | {"yang_diragukan": ""}],
    "link/calon_lain": [{"id_dtks": "", "nik_dukcapil": "", "bobot": 0.0}],
    "link/ganda": [{"id_dtks_a": "", "id_dtks_b": ""}],
    "raw/dtks": [{"id_dtks": "", "berkas": "", "lembar": None, "baris": 0}],
    "quality/temuan": [{"sumber": "", "id": "", "kode": "", "keterangan": ""}],
    "quality/karantina": [REFUSAL | {"baris": 0}],
}


def render(
    decisions: list[tuple[Any, ...]] | None = None,
    asked: str = DTKS,
    free: str = "",
    weighings: list[dict[str, Any]] | None = None,
    **changed: list[dict[str, Any]],
) -> str:
    rows = NOTHING | {
        "cleansed/anggota": [PERSON],
        "link/anggota_dukcapil": [PAIR],
        "link/bobot_fakta": [WEIGHTS],
        "staged/dtks": [ROW],
        "staged/dukcapil": [RESIDENT, RESIDENT | {"nik": NEIGHBOUR, "nama": "SITI AISYAH"}],
    }
    rows |= {name.replace("__", "/"): value for name, value in changed.items()}
    stored = {key: pl.LazyFrame(rows[key], infer_schema_length=None) for key in FRAMES_READ}
    answers = pl.DataFrame(decisions or [], schema=DECISIONS, orient="row")
    text = render_row(
        asked,
        stored,
        answers,
        pl.DataFrame(weighings or [], schema=None if weighings else WEIGHTS_SCHEMA),
        "--data-dir d",
    )
    assert not re.search(r"\d{16}", re.sub(f"{DTKS}|{OTHER}|{free}", "", text))
    assert not re.search("AMINAH|AISYAH|MARYAM|11-1987|1987-1", text)
    return text


def test_facts_that_were_not_weighed_still_say_how_they_compare():
    lines = {re.split("  +", line)[0]: re.split("  +", line)[1:] for line in render().splitlines()}
    assert lines["NIK"] == ["3604********0001", "3604********0001", "sama", "+21,7", "21,7"]
    assert lines["Jenis kelamin"] == ["P", "P", "berbeda", "-3,0", "18,6"]
    assert lines["Nama ibu kandung"][2:] == ["salah satu kosong", "18,6"]
    assert lines["Hubungan keluarga"] == ["Suami/Istri", "Suami/Istri", "sama, tidak ditimbang", "18,6"]
    assert lines["Nomor KK"][2:] == ["berbeda, tidak ditimbang", "18,6"]
    assert lines["Anggota keluarga lain"] == ["1 orang padan", "+30,0", "48,6"]
    assert lines["Penyesuaian bukti keluarga dan nama"] == ["-8,6", "40,0"]
    assert "tidak perlu ditimbang" in render()


def test_status_file_and_duplicates_are_told():
    text = render(cleansed__koreksi=[{"id_dtks": DTKS, "kolom": "nik", "nilai_asal": None, "nilai_usulan": NIK}])
    assert text.startswith(f"ID DTKS {DTKS}, periode Desember 2022: baris 7 di dtks/serang.csv\nStatus: Padan. ")
    assert "Usulan perbaikan NIK: kosong menjadi 3604********0001" in text
    kept = render(link__ganda=[{"id_dtks_a": OTHER, "id_dtks_b": DTKS}])
    assert f"tertulis juga di baris {OTHER}; baris ini yang dipertahankan" in kept
    dropped = render(cleansed__anggota=[PERSON | {"ganda_dari": OTHER}])
    assert f"sama dengan baris {OTHER}, yang dipertahankan" in dropped
    assert "Langkah berikutnya: bandingkan kedua baris;" in dropped
    assert "Langkah berikutnya: cocokkan nomor usulan" in text


def test_what_is_to_be_looked_at_is_told_but_not_what_was_mended():
    findings = [
        {"sumber": "dtks", "id": DTKS, "kode": "NIK_TANDA_BACA", "keterangan": "Dibuang."},
        {"sumber": "dtks", "id": DTKS, "kode": "DUKCAPIL_MATI", "keterangan": "Sudah meninggal. Periksa."},
        {"sumber": "dtks", "id": OTHER, "kode": "DUKCAPIL_MATI", "keterangan": "Orang lain."},
    ]
    (told_once,) = [line for line in render(quality__temuan=findings).splitlines() if line.startswith("Temuan: ")]
    assert told_once == "Temuan: Sudah meninggal. Periksa."


@pytest.mark.parametrize(
    ("places", "says"),
    [((12,), " (angka ke-12)"), ((7, 12), " (angka ke-7, ke-12)"), ((7, 9, 12), " (angka ke-7, ke-9, ke-12)")],
)
def test_digits_that_masking_hides_are_named_by_their_place(places: tuple[int, ...], says: str):
    written = "".join("5" if place in places else digit for place, digit in enumerate(NIK, 1))
    correction = {"id_dtks": DTKS, "kolom": "nik", "nilai_asal": written, "nilai_usulan": NIK}
    assert f"NIK: 3604********0001 menjadi 3604********0001{says}\n" in render(cleansed__koreksi=[correction])
    doubted = render(mart__koreksi_belum_aman=[correction | {"yang_diragukan": "NOMOR"}])
    assert "Belum aman diganti, periksa bersama kabupaten/kota: NIK: 3604********0001 menjadi" in doubted
    cut = render(cleansed__koreksi=[correction | {"nilai_asal": NIK[:-1]}])
    assert "menjadi 3604********0001\n" in cut


def test_an_officer_decided():
    by_hand = {"aturan": ["PETUGAS"], "bobot": 0.0, "probabilitas": 1.0}
    text = render(
        [
            (DTKS, NIK, "BEDA", "Sari", "lihat KTP", date(2022, 12, 9)),
            (DTKS, NEIGHBOUR, "SAMA", None, None, None),
        ],
        link__anggota_dukcapil=[
            PAIR | by_hand | {"keputusan": "DITOLAK", "penjelasan": "Petugas memutuskan orangnya berbeda."},
            PAIR | by_hand | {"nik_dukcapil": NEIGHBOUR, "keputusan": "PETUGAS", "penjelasan": "Petugas memutuskan."},
        ],
    )
    assert "BEDA untuk NIK Dukcapil 3604********0001, oleh S***, diambil 9 Des 2022, catatannya ada" in text
    assert "SAMA untuk NIK Dukcapil 3604********0002, oleh petugas yang tidak mengisi namanya\n" in text
    assert "NIK Dukcapil 3604********0001: DITOLAK. Petugas memutuskan orangnya berbeda." in text
    assert "Bobot" not in text
    assert "peluang" not in text
    assert re.search(r"Nama +S\*+ +S\*+ +berbeda\n", text)


def test_what_was_weighed_before_an_officer_decided_stands_beside_it():
    by_hand = PAIR | {"aturan": ["PETUGAS"], "bobot": 0.0, "keputusan": "PETUGAS", "penjelasan": "Petugas memutuskan."}
    weighed = {"id_dtks": DTKS, "nik_dukcapil": NIK, "bobot": 18.6, "alasan": []} | WEIGHTS
    other = weighed | {"nik_dukcapil": NEIGHBOUR, "bobot_nik": -9.0}
    text = render(
        [(DTKS, NIK, "SAMA", "Sari", None, None)],
        link__anggota_dukcapil=[by_hand],
        link__bobot_fakta=[WEIGHTS | {"bobot_nik": 1.0}],
        weighings=[other, weighed],
    )
    assert re.search(r"^NIK +3604\*{8}0001 +3604\*{8}0001 +sama +\+21,7 +21,7$", text, re.M)
    assert "menurut proses terakhir sebelum keputusan petugas diambil" in text
    assert "peluang" not in text.lower()


def test_what_masking_makes_alike_is_told_by_its_places_in_the_table_too():
    near = NIK[:5] + "9" + NIK[6:]
    rows = {"staged__dtks": [ROW | {"nik_tulis": near}], "link__bobot_fakta": [WEIGHTS | {"nik": "SATU"}]}
    assert re.search(r"^NIK +3604\*{8}0001 +3604\*{8}0001 \(angka ke-6\) ", render(**rows), re.M)
    assert "angka ke" not in render()


def test_whom_a_row_may_as_well_be_stands_beside_it():
    text = render(link__calon_lain=[{"id_dtks": DTKS, "nik_dukcapil": nik, "bobot": 12.34} for nik in (NIK, NEIGHBOUR)])
    assert text.count("calon lain, hampir sama kuat") == 1
    assert "NIK Dukcapil 3604********0002: calon lain, hampir sama kuat, bobot 12,3 bit\nFakta " in text


@pytest.mark.parametrize(("chance", "joined"), [(0.9998, "tetapi"), (0.4582, "dan")])
def test_a_chance_is_set_against_the_doubt_only_where_it_is_high(chance: float, joined: str):
    text = render(link__anggota_dukcapil=[PAIR | {"keputusan": "TINJAU", "probabilitas": chance}])
    assert f"%, {joined} yang disebut di Alasan harus dipastikan petugas\n" in text


def test_who_is_sure_beside_a_number_that_is_not_is_told_so():
    text = render(cleansed__anggota=[PERSON | {"status_padan": "TINJAU"}])
    assert "NIK Dukcapil 3604********0001: OTOMATIS untuk orangnya, belum untuk NIK-nya, bobot " in text
    assert "OTOMATIS, bobot " in render()


def test_a_number_of_before_is_called_so():
    rows = {"staged__dtks": [ROW | {"nik_tulis": NEIGHBOUR}]}
    text = render(**rows, link__anggota_dukcapil=[PAIR | {"alasan": ["NIK_PENSIUN"]}])
    assert re.search(r"^NIK +3604\*{8}0002 +3604\*{8}0001 +sama, NIK lama ", text, re.M)


def test_a_mother_whom_only_the_family_tells_is_called_so():
    text = render(
        link__anggota_dukcapil=[PAIR | {"alasan": ["IBU_KELUARGA"]}],
        link__bobot_fakta=[WEIGHTS | {"ibu": "SAMA", "bobot_ibu": 11.4}],
    )
    assert re.search(r"^Nama ibu kandung .* sama, menurut keluarganya +\+11,4 ", text, re.M)
    assert "NIK lama" not in text


def test_an_answer_that_two_workbooks_hold_is_told_once_and_an_old_one_as_old():
    message = [(DTKS, NIK, answer, "Sari", None, date(2022, 12, day)) for day, answer in enumerate(("BEDA",) * 2, 8)]
    assert render(message).count("Keputusan petugas") == 1
    changed = render([*message, (DTKS, NIK, "SAMA", None, None, None), (DTKS, NEIGHBOUR, "BEDA", None, None, None)])
    lines = [line for line in changed.splitlines() if line.startswith("Keputusan petugas")]
    assert [line.endswith("(sudah diganti jawaban di bawah)") for line in lines] == [True, False, False]


def test_a_row_is_one_person_so_its_earlier_same_is_told_as_replaced():
    message = [(DTKS, nik, "SAMA", None, None, None) for nik in (NIK, NEIGHBOUR, NIK, NIK)]
    lines = [line for line in render(message).splitlines() if line.startswith("Keputusan petugas")]
    assert [line.endswith("(sudah diganti jawaban di bawah)") for line in lines] == [True, True, False]


def test_an_id_that_is_somebodys_number_is_hidden():
    # It looks like one, and is nobody's: an officer must be able to look the row up.
    free = f"{NIK[:-1]}9"
    assert free in render(free=free, cleansed__anggota=[PERSON | {"ganda_dari": free}])
    refused = {"raw__dtks": [REFUSED_AT | {"id_dtks": NIK}], "quality__karantina": [REFUSAL]}
    hidden = "3604********0001"
    assert render(asked=NIK, **refused).startswith(f"ID DTKS {hidden}: ")
    assert f"dengan baris {hidden}," in render(cleansed__anggota=[PERSON | {"ganda_dari": NIK}])
    assert f"di baris {hidden};" in render(link__ganda=[{"id_dtks_a": NIK, "id_dtks_b": DTKS}])
    named = render(
        asked=NIK,
        cleansed__anggota=[PERSON | {"id_dtks": NIK}],
        staged__dtks=[ROW | {"id_dtks": NIK}],
        link__anggota_dukcapil=[PAIR | {"id_dtks": NIK}],
    )
    assert named.startswith(f"ID DTKS {hidden}, ")
    for rows in ([TORN], [TORN | {"sumber": "pos"}]):
        assert f"ID DTKS {hidden} " in render_unknown_id(f"{NIK[:6]} {NIK[6:]}", "2022-12", pl.LazyFrame(rows))


def test_a_number_in_the_name_of_a_file_or_of_an_officer_is_hidden():
    text = render(
        [(DTKS, NIK, "BEDA", NIK, None, None)], cleansed__anggota=[PERSON | {"sumber_berkas": f"dtks/{NIK}.csv"}]
    )
    assert "baris 7 di dtks/3604********0001.csv\n" in text
    assert "oleh 3604********0001" in text


@pytest.mark.parametrize(
    ("status", "says"), [("TINJAU", "padan review export tinjau.xlsx --data-dir d\n"), ("TIDAK_PADAN", "cocokkan NIK")]
)
def test_what_to_do_next(status: str, says: str):
    pair_of_another = [PAIR | {"id_dtks": OTHER}]
    text = render(cleansed__anggota=[PERSON | {"status_padan": status}], link__anggota_dukcapil=pair_of_another)
    assert "Tidak ada penduduk Dukcapil" in text
    assert says in text


@pytest.mark.parametrize(
    ("stored", "answers", "waits"),
    [
        ("TINJAU", ["SAMA"], True),
        ("TINJAU", ["BEDA"], True),
        ("TINJAU", ["TIDAK TAHU"], False),
        ("TINJAU", ["SAMA", "BATAL"], False),
        ("DITOLAK", ["BEDA"], False),
        ("DITOLAK", ["BEDA", "BATAL"], True),
        ("PETUGAS", ["SAMA"], False),
    ],
)
def test_an_answer_taken_since_the_run_is_told_to_wait_for_the_next(stored: str, answers: list[str], waits: bool):
    text = render(
        [(DTKS, NIK, answer, None, None, None) for answer in answers],
        cleansed__anggota=[PERSON | {"status_padan": "TINJAU"}],
        link__anggota_dukcapil=[PAIR | {"keputusan": stored}],
    )
    assert ("berlaku sejak padan run --data-dir d\n" in text) == waits
    assert ("padan review export" in text) != waits


def test_a_refused_row_is_told_where_and_why_and_an_unknown_one_is_no_row():
    refusal = [REFUSAL | {"sudah_diperbaiki": True}]
    text = render(asked=OTHER, raw__dtks=[REFUSED_AT | {"id_dtks": OTHER}], quality__karantina=refusal)
    assert "Ditolak: baris 9 di dtks/serang.csv. Nama kosong. Digantikan baris isian atau berkas lain." in text
    spreadsheet = render(
        asked=f" '{OTHER[:8]} {OTHER[8:]}.0",
        raw__dtks=[REFUSED_AT | {"id_dtks": f"'{OTHER}\u00a0"}],
        quality__karantina=refusal,
    )
    assert spreadsheet == text
    with pytest.raises(LookupError):
        render(asked=OTHER)


def test_an_id_may_stand_in_a_row_whose_columns_are_torn():
    rows = [TORN, TORN | {"baris": 12, "kode": "KOLOM_KURANG", "sudah_diperbaiki": True}, TORN | {"sumber": "pos"}]
    sentence = render_unknown_id(OTHER, "2022-12", pl.LazyFrame(rows))
    assert "termasuk 1 baris yang ditolak karena kolomnya" in sentence
    assert "lembar Ditolak" in sentence
    assert sentence.endswith("berkasnya: dtks/serang.csv.")
    assert render_unknown_id(OTHER, "2022-12", pl.LazyFrame(rows[1:])).startswith(
        f"Tidak ada baris dengan ID DTKS {OTHER}"
    )
    form = {"berkas": "dtks/isian.csv", "kode": "ID_ISIAN_TERPAKAI", "asal_baris": "dtks/serang.csv##12"}
    refused_again = render_unknown_id(OTHER, "2022-12", pl.LazyFrame([rows[1], TORN | form]))
    assert "termasuk 1 baris" in refused_again
    assert refused_again.endswith("berkasnya: dtks/serang.csv.")
    assert render_unknown_id("abc", "2022-12", pl.LazyFrame(rows)).endswith("16 angka; periksa tulisannya.")
    assert "terbit terakhir pada periode 2022-11" in render_unknown_id(OTHER, "2022-12", pl.LazyFrame(rows), "2022-11")
