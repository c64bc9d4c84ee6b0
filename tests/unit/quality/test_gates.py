from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline.quality.gates import judge
from pipeline.settings import DamageLimits, GateLimits, Limits, MemorySettings
from schemas.cleansed import Anggota
from schemas.quality import Karantina, Rekonsiliasi, Temuan
from tests.unit.frames import frame

LIMITS = Limits(
    kerusakan=DamageLimits(nomor_dinilai=20, berakhir_nol=50),
    memori=MemorySettings(baris_sekaligus=1000),
    gerbang=GateLimits(
        baris_ditolak=20,
        berkas_ditolak=50,
        penurunan_padan=10,
        penyusutan_baris=50,
        penyusutan_kabupaten=50,
        tidak_padan=75,
    ),
    temuan={"NIK_ILMIAH": 25.0},
)


def people(statuses: str) -> pl.DataFrame:
    words = {"p": "PADAN", "b": "PADAN_PERBAIKAN", "t": "TINJAU", "x": "TIDAK_PADAN"}
    return frame(Anggota, [{"id_dtks": str(n), "status_padan": words[letter]} for n, letter in enumerate(statuses)])


def judged(**changes: Any) -> dict[str, tuple[float, bool]]:
    given: dict[str, Any] = {
        "reconciliation": frame(
            Rekonsiliasi,
            [
                {"sumber": "pos", "baris_masuk": 6},
                {"sumber": "pos", "baris_masuk": 4},
                {"sumber": "lain", "baris_masuk": 0},
                {"sumber": "dtks", "baris_diterima": 4},
                {"sumber": "dukcapil", "baris_diterima": 9},
            ],
            status_berkas="DIBACA",
            selisih_baris=0,
            selisih_nominal=0,
        ),
        "quarantine": frame(Karantina, []),
        "findings": frame(Temuan, []),
        "people": people("pppp"),
        "published": None,
        "limits": LIMITS,
    }
    gates = judge(**{**given, **changes})
    assert gates.columns == ["gerbang", "nilai_ukur", "batas", "keterangan", "lulus"]
    assert gates["gerbang"].is_unique().all()
    return {row["gerbang"]: (row["nilai_ukur"], row["lulus"]) for row in gates.rows(named=True)}


def refused(*lines: tuple[int, str], corrected: bool = False) -> pl.DataFrame:
    rows = [{"baris": line, "kode": code} for line, code in lines]
    return frame(Karantina, rows, sumber="pos", berkas="pos/a", sudah_diperbaiki=corrected)


def test_a_sound_first_run_passes_every_gate() -> None:
    gates = judged()
    assert all(passed for _, passed in gates.values())
    assert {"Baris pos yang dikarantina", "Baris lain yang dikarantina", "Temuan NIK_ILMIAH"} <= set(gates)
    assert "Penyusutan baris DTKS" not in gates  # nothing published to compare with


@pytest.mark.parametrize(
    ("column", "gate"), [("selisih_baris", "Selisih baris"), ("selisih_nominal", "Selisih rupiah")]
)
def test_differences_are_counted_without_their_sign(column: str, gate: str) -> None:
    ledger = frame(Rekonsiliasi, [{column: 5}, {column: -5}], sumber="pos", baris_masuk=10).with_columns(
        pl.col("selisih_baris", "selisih_nominal").fill_null(0)
    )
    assert judged(reconciliation=ledger)[f"{gate} per berkas"] == (10.0, False)


def test_the_share_of_refused_rows_up_to_its_limit_passes() -> None:
    gate = "Baris pos yang dikarantina"
    assert judged(quarantine=refused((2, "A"), (2, "B"), (3, "A")))[gate] == (20.0, True)  # rows, not reasons
    assert judged(quarantine=refused((2, "A"), (3, "A"), (4, "A")))[gate] == (30.0, False)


def test_corrected_rows_and_whole_files_are_no_refused_rows() -> None:
    gate = "Baris pos yang dikarantina"
    corrected = refused((2, "A"), (3, "A"), (4, "A"), corrected=True)
    assert judged(quarantine=pl.concat([corrected, refused((0, "BERKAS_DITOLAK"))]))[gate] == (0.0, True)


def test_a_finding_on_too_many_people_withholds() -> None:
    def found(*ids: str) -> pl.DataFrame:
        return frame(Temuan, [{"id": id_} for id_ in ids], sumber="dtks", kode="NIK_ILMIAH")

    assert judged(findings=found("0", "0"))["Temuan NIK_ILMIAH"] == (25.0, True)  # a person counts once
    assert judged(findings=found("0", "1"))["Temuan NIK_ILMIAH"] == (50.0, False)
    assert judged(findings=found("0", "1").with_columns(sumber=pl.lit("pos")))["Temuan NIK_ILMIAH"] == (0.0, True)
    assert judged(findings=found("0", "1").with_columns(kode=pl.lit("TGL_RUSAK")))["Temuan NIK_ILMIAH"] == (0.0, True)


def test_a_run_without_people_is_withheld() -> None:
    gates = judged(people=people(""), published=people("pp"))
    assert gates["Sumber dtks tanpa satu pun baris"] == (1.0, False)
    assert gates["Penyusutan baris DTKS"] == (100.0, False)
    assert gates["Penurunan persentase padan"] == (100.0, False)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("pppppppppp", "pppppppppx", (10.0, True)),
        ("pppppppppp", "ppppppppbb", (0.0, True)),
        ("pppppppppp", "ppppppppxt", (20.0, False)),
        ("xxxxxxxxxx", "pppppppppp", (0.0, True)),  # a rise is welcome
    ],
)
def test_the_fall_of_the_matched_share(before: str, now: str, expected: tuple[float, bool]) -> None:
    value, passed = judged(people=people(now), published=people(before))["Penurunan persentase padan"]
    assert (round(value, 6), passed) == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [("pppp", "pp", (50.0, True)), ("pppp", "p", (75.0, False)), ("pp", "pppp", (0.0, True))],
)
def test_the_fall_of_accepted_rows(before: str, now: str, expected: tuple[float, bool]) -> None:
    assert judged(people=people(now), published=people(before))["Penyusutan baris DTKS"] == expected


def test_an_empty_publication_is_nothing_to_compare_with() -> None:
    assert "Penyusutan baris DTKS" not in judged(published=people(""))


def test_a_source_whose_files_are_all_refused_is_withheld() -> None:
    ledger = frame(
        Rekonsiliasi,
        [{"sumber": "pos", "status_berkas": "DITOLAK"}],
        baris_masuk=0,
        selisih_baris=0,
        selisih_nominal=0,
    )
    gates = judged(reconciliation=ledger, quarantine=refused((0, "BERKAS_DITOLAK")))
    assert not all(passed for _, passed in gates.values())


def test_two_deliveries_of_different_places_are_not_published() -> None:
    gate = "Baris DTKS yang tidak padan"
    assert judged(people=people("pxxx"))[gate] == (75.0, True)
    assert judged(people=people("ptxxxxxxxx"))[gate] == (80.0, False)


def test_a_kabupaten_whose_file_was_cut_off_is_noticed_however_large_the_country() -> None:
    rows = [{"id_dtks": str(row), "status_padan": "PADAN", "kode_kab": f"36{row // 60:02d}"} for row in range(600)]
    before = frame(Anggota, rows)
    gate = "Penyusutan baris DTKS per kabupaten/kota"
    assert judged(people=before, published=before)[gate] == (0.0, True)
    without = before.filter(pl.col("kode_kab") != "3604")
    assert judged(people=without, published=before)[gate] == (100.0, False)
    # Rows that nobody can place are no kabupaten.
    unplaced = pl.concat([before, frame(Anggota, [{"kode_kab": None}] * 60)])
    assert judged(people=unplaced, published=unplaced)[gate] == (0.0, True)
    # Of a handful of rows a large part may well have moved.
    assert judged(people=before, published=pl.concat([before, frame(Anggota, [{"kode_kab": "9101"}] * 49)]))[gate][1]
