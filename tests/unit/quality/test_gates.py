from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from pipeline import reference
from pipeline.quality import gate
from pipeline.quality.gates import gates_of_run
from pipeline.quality.losses import ORDER_STATE, RunFigures, loss_gates, reports_to_compare, targets_to_compare
from pipeline.settings import DamageLimits, GateLimits, Limits, MemorySettings
from schemas.cleansed import Anggota
from schemas.limits_file import REFERENCE_LIMITS
from schemas.marts.kinerja_pendamping import KinerjaPendamping
from schemas.marts.pembayaran import Pembayaran
from schemas.marts.realisasi import Realisasi
from schemas.quality import Karantina, PendudukKabupaten, Rekonsiliasi, Temuan
from tests.unit.frames import frame

LIMITS = Limits(
    kerusakan=DamageLimits(nomor_dinilai=20, berakhir_nol=50),
    memori=MemorySettings(baris_sekaligus=1000, pasangan_sekaligus=100_000),
    gerbang=GateLimits(
        baris_ditolak=20,
        berkas_ditolak=50,
        penurunan_padan=10,
        penyusutan_baris=50,
        penyusutan_kabupaten=50,
        penyusutan_penduduk=60,
        penyusutan_penduduk_kabupaten=50,
        penyusutan_pembayaran=20,
        penyusutan_alokasi=20,
        penyusutan_laporan=20,
        tidak_padan=75,
    ),
    temuan={"NIK_ILMIAH": 25.0},
)


def people(statuses: str) -> pl.DataFrame:
    words = {"p": "PADAN", "b": "PADAN_PERBAIKAN", "t": "TINJAU", "x": "TIDAK_PADAN"}
    return frame(Anggota, [{"id_dtks": str(n), "status_padan": words[letter]} for n, letter in enumerate(statuses)])


def residents(**counts: int) -> pl.DataFrame:
    return frame(PendudukKabupaten, [{"kode_kab": code[1:] or None, "penduduk": n} for code, n in counts.items()])


def orders(*stages: tuple[int, int, int]) -> pl.LazyFrame:
    """Orders of PKH 2022 per stage: tahap, number of orders, day of December that they date from."""
    rows = [
        {"tahap": stage, "no_danom": str(number), "berlaku_per": datetime.fromisoformat(f"2022-12-{day:02}")}
        for stage, count, day in stages
        for number in range(count)
    ]
    return frame(Pembayaran, rows, program="PKH", tahun=2022).select(ORDER_STATE).lazy()


Counts = dict[tuple[str, str], int]


def targets(counts: Counts) -> pl.LazyFrame:
    """Targets of PKH at the level of kabupaten: (tahun, kode_kab) → KPM."""
    rows = [
        {"tahun": int(year), "tingkat": level, "kode_wilayah": code, "kpm_alokasi": count}
        for (year, code), count in counts.items()
        for level in ("KABUPATEN", "NASIONAL")
    ]
    return targets_to_compare(frame(Realisasi, rows, program="PKH", tahap=1).lazy())


def reports(counts: Counts) -> pl.LazyFrame:
    """Reported families: (periode_laporan, id_pendamping) → number."""
    rows = [
        {"periode_laporan": month, "id_pendamping": name, "keluarga": count} for (month, name), count in counts.items()
    ]
    return reports_to_compare(frame(KinerjaPendamping, rows).lazy())


def ledger(*files: dict[str, Any], **common: Any) -> pl.DataFrame:
    """Files with all rows and rupiah accounted for, except as given."""
    sound = {"status_berkas": "DIBACA", "baris_masuk": 0, "selisih_baris": 0, "selisih_nominal": 0}
    return frame(Rekonsiliasi, files, **(sound | common))


def rows_of_gates(**changes: Any) -> list[dict[str, Any]]:
    given: dict[str, Any] = {
        "reconciliation": ledger(
            {"sumber": "pos", "baris_masuk": 6},
            {"sumber": "pos", "baris_masuk": 4},
            {"sumber": "lain"},
            {"sumber": "dtks", "baris_diterima": 4},
            {"sumber": "dukcapil", "baris_diterima": 9},
        ),
        "quarantine": frame(Karantina, []),
        "findings": frame(Temuan, []),
    }
    now, before = (
        RunFigures(
            changes.pop(f"{side}people", people("pppp" if side == "" else "")),
            changes.pop(f"{side}residents", residents()),
            changes.pop(f"{side}orders", orders()),
            changes.pop(f"{side}targets", targets({})),
            changes.pop(f"{side}reports", reports({})),
        )
        for side in ("", "published_")
    )
    alone = gates_of_run(**{**given, **changes}, people=now.people, limits=LIMITS)
    compared = loss_gates(now, before, LIMITS.gerbang, reference.regions(), reference.program_stages())
    gates = gate.gate_table([*alone, *compared])
    assert gates.columns == ["gerbang", "nilai_ukur", "batas", "keterangan", "lulus", "satuan"]
    assert gates["gerbang"].is_unique().all()
    return gates.rows(named=True)


def gate_values(**changes: Any) -> dict[str, tuple[float, bool]]:
    return {row["gerbang"]: (row["nilai_ukur"], row["lulus"]) for row in rows_of_gates(**changes)}


def gate_sentence(gate: str, **changes: Any) -> str:
    return next(row["keterangan"] for row in rows_of_gates(**changes) if row["gerbang"] == gate)


def quarantine_of(*lines: tuple[int, str], corrected: bool = False) -> pl.DataFrame:
    rows = [{"baris": line, "kode": code} for line, code in lines]
    return frame(Karantina, rows, sumber="pos", berkas="pos/a", sudah_diperbaiki=corrected)


def test_a_sound_first_run_passes_every_gate() -> None:
    gates = gate_values()
    assert all(passed for _, passed in gates.values())
    assert {"Baris pos yang dikarantina", "Baris lain yang dikarantina", "Temuan NIK_ILMIAH"} <= set(gates)
    assert "Penyusutan baris DTKS" not in gates  # nothing published to compare with


def test_a_figure_stands_beside_its_unit() -> None:
    units = {row["gerbang"]: row["satuan"] for row in rows_of_gates(published_people=people("pp"))}
    assert units["Selisih baris per berkas"] == units["Sumber dtks tanpa satu pun baris"] == ""
    assert units["Baris pos yang dikarantina"] == units["Penyusutan baris DTKS"] == "%"
    assert units["Penurunan persentase padan"] == " poin persen"


@pytest.mark.parametrize(
    ("column", "gate"), [("selisih_baris", "Selisih baris"), ("selisih_nominal", "Selisih rupiah")]
)
def test_differences_are_counted_without_their_sign(column: str, gate: str) -> None:
    files = ledger({column: 5}, {column: -5}, sumber="pos", baris_masuk=10)
    assert gate_values(reconciliation=files)[f"{gate} per berkas"] == (10.0, False)


def test_the_share_of_refused_rows_up_to_its_limit_passes() -> None:
    gate = "Baris pos yang dikarantina"
    assert gate_values(quarantine=quarantine_of((2, "A"), (2, "B"), (3, "A")))[gate] == (
        20.0,
        True,
    )  # rows, not reasons
    assert gate_values(quarantine=quarantine_of((2, "A"), (3, "A"), (4, "A")))[gate] == (30.0, False)


def test_of_lists_sent_again_it_is_told_where_a_correction_belongs() -> None:
    gate = "Baris pos yang dikarantina"
    repeated = quarantine_of((2, "NIK_GANDA"), (3, "NIK_GANDA"), (4, "A"))
    assert "folder perbaikan" in gate_sentence(gate, quarantine=repeated)
    assert "folder perbaikan" not in gate_sentence(gate, quarantine=repeated.tail(2))


def test_corrected_rows_whole_files_and_lines_without_data_are_no_refused_rows() -> None:
    gate = "Baris pos yang dikarantina"
    corrected = quarantine_of((2, "A"), (3, "A"), (4, "A"), corrected=True)
    assert gate_values(quarantine=pl.concat([corrected, quarantine_of((0, "BERKAS_DITOLAK"))]))[gate] == (0.0, True)
    sums_of_pages = quarantine_of(*((line, "BARIS_CATATAN") for line in (2, 3, 4)))
    assert gate_values(quarantine=sums_of_pages)[gate] == (0.0, True)
    # Nor do they count in the denominator of refused rows.
    half = pl.concat([sums_of_pages.head(2), quarantine_of((5, "A"), (6, "A"))])
    assert gate_values(quarantine=half)[gate] == (25.0, False)


def test_a_finding_on_too_many_people_withholds() -> None:
    def found(*ids: str) -> pl.DataFrame:
        return frame(Temuan, [{"id": id_} for id_ in ids], sumber="dtks", kode="NIK_ILMIAH")

    assert gate_values(findings=found("0", "0"))["Temuan NIK_ILMIAH"] == (25.0, True)  # a person counts once
    assert gate_values(findings=found("0", "1"))["Temuan NIK_ILMIAH"] == (50.0, False)
    assert gate_values(findings=found("0", "1").with_columns(sumber=pl.lit("pos")))["Temuan NIK_ILMIAH"] == (0.0, True)
    assert gate_values(findings=found("0", "1").with_columns(kode=pl.lit("TGL_RUSAK")))["Temuan NIK_ILMIAH"] == (
        0.0,
        True,
    )


def test_a_run_without_people_is_withheld() -> None:
    gates = gate_values(people=people(""), published_people=people("pp"))
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
    value, passed = gate_values(people=people(now), published_people=people(before))["Penurunan persentase padan"]
    assert (round(value, 6), passed) == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [("pppp", "pp", (50.0, True)), ("pppp", "p", (75.0, False)), ("pp", "pppp", (0.0, True))],
)
def test_the_fall_of_accepted_rows(before: str, now: str, expected: tuple[float, bool]) -> None:
    assert gate_values(people=people(now), published_people=people(before))["Penyusutan baris DTKS"] == expected


def test_an_empty_publication_is_nothing_to_compare_with() -> None:
    assert "Penyusutan baris DTKS" not in gate_values(published_people=people(""))


def test_a_source_whose_files_are_all_refused_is_withheld() -> None:
    files = ledger({"sumber": "pos", "status_berkas": "DITOLAK"})
    gates = gate_values(reconciliation=files, quarantine=quarantine_of((0, "BERKAS_DITOLAK")))
    assert not all(passed for _, passed in gates.values())


def test_files_of_other_months_do_not_outnumber_those_that_cannot_be_read() -> None:
    statuses = ("DITOLAK", "DITOLAK", "DIBACA", *["DILEWATI"] * 9)
    files = ledger(*({"status_berkas": status} for status in statuses), sumber="dtks")
    share, passed = gate_values(reconciliation=files)["Berkas dtks yang tidak dapat dibaca"]
    assert (round(share), passed) == (67, False)


def test_two_deliveries_of_different_places_are_not_published() -> None:
    gate = "Baris DTKS yang tidak padan"
    assert gate_values(people=people("pxxx"))[gate] == (75.0, True)
    assert gate_values(people=people("ptxxxxxxxx"))[gate] == (80.0, False)


def test_a_kabupaten_whose_file_was_cut_off_is_noticed_however_large_the_country() -> None:
    rows = [{"id_dtks": str(row), "status_padan": "PADAN", "kode_kab": f"36{row // 60:02d}"} for row in range(600)]
    before = frame(Anggota, rows)
    gate = "Penyusutan baris DTKS per kabupaten/kota"
    assert gate_values(people=before, published_people=before)[gate] == (0.0, True)
    without = before.filter(pl.col("kode_kab") != "3604")
    assert gate_values(people=without, published_people=before)[gate] == (100.0, False)
    # Rows without a known place do not form a kabupaten.
    unplaced = pl.concat([before, frame(Anggota, [{"kode_kab": None}] * 60)])
    assert gate_values(people=unplaced, published_people=unplaced)[gate] == (0.0, True)
    # Of a few rows a large part may well have moved, but not all of them.
    for left, passed in ((1, True), (0, False)):
        few = [pl.concat([before, frame(Anggota, [{"kode_kab": "9101"}] * count)]) for count in (left, 49)]
        assert gate_values(people=few[0], published_people=few[1])[gate][1] is passed


def test_a_handful_that_put_a_kabupaten_right_is_named_and_withholds_nothing() -> None:
    gate = "Penyusutan baris DTKS per kabupaten/kota"
    some, slips = (
        people("pppp").with_columns(kode_kab=pl.lit("3604")),
        people("pp").with_columns(kode_kab=pl.lit("5107")),
    )
    given = {"people": some, "published_people": pl.concat([some, slips])}
    assert gate_values(**given)[gate] == (0.0, True)
    assert (
        "Hilang seluruhnya, mungkin hanya salah tulis yang dibetulkan: KABUPATEN KARANGASEM (sebelumnya 2)."
        in gate_sentence(gate, **given)
    )
    assert "Hilang seluruhnya" not in gate_sentence(gate, people=some, published_people=some)


def test_residents_of_a_kabupaten_whose_file_was_cut_off_are_missed() -> None:
    gate = "Penyusutan penduduk Dukcapil per kabupaten/kota"
    before = residents(_5107=700, _3604=1000, _3309=49, _=80)
    cut = gate_values(residents=residents(_5107=70, _3604=1000, _3309=1, _=80), published_residents=before)
    assert cut[gate] == (90.0, False)
    assert cut["Penyusutan penduduk Dukcapil"][1]
    assert gate_values(residents=residents(_5107=700, _3604=1000), published_residents=before)[gate] == (100.0, False)
    # Growth elsewhere, losses of few rows and rows without a place neither hide nor raise a finding.
    grown = gate_values(residents=residents(_5107=350, _3604=5000, _3309=1), published_residents=before)
    assert (grown[gate], grown["Penyusutan penduduk Dukcapil"]) == ((50.0, True), (0.0, True))
    fallen = gate_values(residents=residents(_3604=500), published_residents=residents(_3604=1000, _3309=49, _=300))
    assert fallen["Penyusutan penduduk Dukcapil"] == (pytest.approx(100 * 849 / 1349), False)
    assert gate not in gate_values(residents=before)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (orders((1, 100, 5), (2, 100, 9), (3, 900, 9), (4, 1, 9)), (0.0, True)),  # of a few rows some may go
        (orders((1, 80, 5), (2, 100, 9), (4, 49, 9)), (20.0, True)),
        (orders((1, 79, 5), (2, 100, 9), (3, 900, 9), (4, 49, 9)), (21.0, False)),  # a new stage does not hide a loss
        (orders((1, 100, 5), (2, 100, 8), (4, 49, 9)), (100.0, False)),  # complete, but from an earlier state
        (orders((1, 100, 7), (2, 100, 30), (4, 49, 9)), (0.0, True)),
        # Numbers without the zeros that a spreadsheet dropped are the same numbers.
        (
            orders((1, 100, 5), (2, 100, 9), (4, 49, 9)).with_columns(no_danom=pl.lit("00") + pl.col("no_danom")),
            (0.0, True),
        ),
        (orders((1, 100, 5), (4, 49, 9)), (100.0, False)),
        (orders((1, 100, 5), (2, 100, 9)), (100.0, False)),  # a small stage, gone whole
    ],
)
def test_orders_that_vanish_or_fall_back_to_an_older_file(now: pl.DataFrame, expected: tuple[float, bool]) -> None:
    before = orders((1, 100, 5), (2, 100, 9), (4, 49, 9))
    assert gate_values(orders=now, published_orders=before)["Perintah bayar yang hilang per tahap"] == expected


def test_a_mistyped_year_that_is_put_right_takes_no_order_away() -> None:
    slip = orders((1, 100, 5), (2, 3, 9)).with_columns(tahun=pl.when(tahap=2).then(2202).otherwise("tahun"))
    right = orders((1, 100, 5), (2, 3, 9))
    gate = "Perintah bayar yang hilang per tahap"
    assert gate_values(orders=right, published_orders=slip)[gate] == (0.0, True)
    assert gate_values(orders=orders((1, 100, 5)), published_orders=slip)[gate] == (100.0, False)
    # A few orders that change from a known or unknown stage to another may also be lost.
    assert gate_values(orders=orders((1, 100, 5), (3, 3, 9)), published_orders=right)[gate] == (100.0, False)
    again = right.with_columns(tahun=pl.when(tahap=2).then(2203).otherwise("tahun"))
    assert gate_values(orders=again, published_orders=slip)[gate] == (100.0, False)


@pytest.mark.parametrize(
    ("side", "made", "gate", "wholes"),
    [
        ("targets", targets, "Alokasi yang hilang per tahap", ("2022", "2023", "2202")),
        ("reports", reports, "Laporan pendamping yang hilang per bulan", ("2022-11", "2022-12", "2202-11")),
    ],
)
def test_targets_and_reports_that_vanish(
    side: str, made: Callable[[Counts], pl.LazyFrame], gate: str, wholes: tuple[str, str, str]
) -> None:
    whole, following, slip = wholes
    before = {(whole, "3604"): 80, (whole, "5107"): 20}
    for now, expected in (
        (before | {(whole, "3601"): 900}, (0.0, True)),
        ({(whole, "3604"): 80, (whole, "3601"): 900}, (20.0, True)),
        ({(whole, "3604"): 79, (slip, "5107"): 19}, (21.0, False)),
        ({}, (100.0, False)),
        ({(following, "3604"): 80, (following, "5107"): 20}, (100.0, False)),  # the next, equal as it often is
        ({(slip, "3604"): 80, (slip, "5107"): 20}, (100.0, False)),  # an impossible value is no correction
    ):
        assert gate_values(**{side: made(now), f"published_{side}": made(before)})[gate] == expected
    mistyped = {(slip, each): count for (_, each), count in before.items()}
    for now, expected in (
        (before, (0.0, True)),  # put right
        (before | {(whole, "5107"): 19}, (100.0, False)),
        ({(whole, "3604"): 80}, (100.0, False)),
    ):
        assert gate_values(**{side: made(now), f"published_{side}": made(mistyped)})[gate] == expected
    assert gate not in gate_values(**{side: made(before)})


def test_all_that_shrank_is_named_up_to_five_and_counted() -> None:
    gate = "Penyusutan penduduk Dukcapil per kabupaten/kota"
    codes = ("5107", "3604", "3309", "3310", "3601", "1613", "9503")
    before = residents(**{f"_{code}": 100 for code in codes})
    one = gate_sentence(
        gate, residents=residents(**{f"_{code}": 100 for code in codes[1:]}), published_residents=before
    )
    assert ": KABUPATEN KARANGASEM (100%). Periksa" in one
    all_seven = gate_sentence(gate, residents=residents(_5107=10, _3604=5), published_residents=before)
    assert all_seven.count("(100%)") == 5
    assert ", dan 2 lainnya." in all_seven
    assert "tidak ada." in gate_sentence(gate, residents=before, published_residents=before)
    lost = gate_sentence("Perintah bayar yang hilang per tahap", published_orders=orders((2, 60, 9)))
    assert ": PKH 2022 tahap 2 (100%)." in lost
    assert "tahap lain" not in lost
    gate = "Perintah bayar yang hilang per tahap"
    moved = gate_sentence(gate, orders=orders((3, 60, 9)), published_orders=orders((2, 60, 9)))
    assert "60 yang hilang kini ada di tahap lain" in moved


def test_every_limit_is_explained_by_the_name_of_its_gate() -> None:
    explained = set(re.findall(r'^# "(.+?)":', REFERENCE_LIMITS.read_text(encoding="utf-8"), re.MULTILINE))
    gates = rows_of_gates(
        published_people=people("pppp"), published_residents=residents(_5107=60), published_orders=orders((1, 60, 9)),
        published_targets=targets({("2022", "3604"): 9}), published_reports=reports({("2022-11", "1"): 9}),
    )  # fmt: skip
    limited = {row["gerbang"] for row in gates if row["batas"] > 0}
    sources = r"\b(dtks|dukcapil|pos|alokasi|pendamping|lain)\b"
    named = {re.sub("NIK_ILMIAH", "KODE", re.sub(sources, "SUMBER", gate)) for gate in limited}
    assert named == {re.sub(sources, "SUMBER", gate) for gate in explained}
