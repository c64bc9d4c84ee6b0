"""Companions' reports: late, repeated or contradictory; the progress of a family; the quota."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pipeline import reference
from pipeline.quality.findings import findings
from pipeline.warehouse.store.database import run_query
from schemas.catalogue import promised_tables
from schemas.marts.pembayaran import Pembayaran
from schemas.marts.realisasi import Realisasi
from schemas.staged import PendampingStaged
from schemas.table import enforce
from tests.unit.frames import frame

NIK = [f"36040412118700{n:02}" for n in range(1, 9)]


def reports(*rows: dict[str, Any]) -> pl.DataFrame:
    given = {
        "periode": "2022-12", "berkas": "pendamping/a.csv", "id_pendamping": "P1", "kode_kab": "3604", "nik": NIK[0],
        "periode_laporan": "2022-10", "status_kpm": "AKTIF", "disampaikan": date(2022, 11, 3),
    }  # fmt: skip
    return frame(PendampingStaged, [{"baris": n, **row} for n, row in enumerate(rows, 2)], **given)


def mart(name: str, **sources: pl.DataFrame) -> pl.DataFrame:
    table = promised_tables()[f"mart.{name}"]
    assert table.query is not None
    given = {source: sources[source.split(".")[1]] for source in table.sources}
    first = enforce(run_query(table.query, given), table)
    shuffled = {source: rows.sample(fraction=1, shuffle=True, seed=3) for source, rows in given.items()}
    assert enforce(run_query(table.query, shuffled), table).equals(first)
    return first


def month_of(table: pl.DataFrame, month: str, companion: str = "P1") -> dict[str, Any]:
    return table.row(
        by_predicate=(pl.col("periode_laporan") == month) & (pl.col("id_pendamping") == companion), named=True
    )


def test_the_last_report_handed_in_counts_and_the_others_are_told() -> None:
    table = mart(
        "kinerja_pendamping",
        pendamping=reports(
            {"anak_sekolah": 2, "anak_sekolah_hadir": 1, "disampaikan": date(2022, 11, 5)},
            {
                "anak_sekolah": 2,
                "anak_sekolah_hadir": 2,
                "disampaikan": date(2022, 11, 9),
                "berkas": "pendamping/0.csv",
            },
            *[{"nik": NIK[1], "anak_sekolah": 1, "anak_sekolah_hadir": 1}] * 2,
            {"nik": NIK[2], "disampaikan": date(2022, 11, 11)},
            {"nik": NIK[2], "id_pendamping": "P2", "disampaikan": None},
        ),
    )
    row = month_of(table, "2022-10")
    assert (row["keluarga"], row["anak_sekolah"], row["anak_sekolah_hadir"]) == (3, 3, 3)
    assert (row["laporan_ganda"], row["laporan_bertentangan"], row["keluarga_rangkap"]) == (2, 1, 1)
    assert (row["tepat_waktu"], row["terlambat"]) == (2, 1)
    other = month_of(table, "2022-10", "P2")
    assert (other["tepat_waktu"], other["terlambat"]) == (0, 0)


def test_months_without_report_and_without_progress_are_counted() -> None:
    table = mart(
        "kinerja_pendamping",
        pendamping=reports(
            {"periode_laporan": "2022-08", "status_kpm": "NAIK_GRADE"},
            {"periode_laporan": "2022-08", "nik": NIK[1], "status_kpm": "GRADUASI"},
            {"periode_laporan": "2022-09"},
            {"periode_laporan": "2022-10", "id_pendamping": "P2", "nik": NIK[3], "status_kpm": "GRADUASI"},
        ),
    )
    assert [month_of(table, month)["bulan_tanpa_kemajuan"] for month in ("2022-08", "2022-09", "2022-10")] == [0, 1, 2]
    silent = month_of(table, "2022-10")
    assert (silent["keluarga"], silent["keluarga_binaan"], silent["tanpa_kemajuan"]) == (0, 1, True)
    assert (silent["peringkat_kab"], month_of(table, "2022-10", "P2")["peringkat_kab"]) == (2, 1)
    assert table.filter(id_pendamping="P2")["periode_laporan"].to_list() == ["2022-10"]


def test_a_family_that_is_reported_again_after_an_end_is_to_be_reported_again() -> None:
    states = {"2022-08": "NONAKTIF", "2022-10": "AKTIF", "2022-12": "GRADUASI"}
    rows = ({"periode_laporan": month, "status_kpm": state} for month, state in states.items())
    months = [f"2022-{month:02}" for month in (8, 9, 10, 11, 12)]
    others = ({"periode_laporan": month, "id_pendamping": "P2", "nik": NIK[1]} for month in (*months, "2023-01"))
    table = mart("kinerja_pendamping", pendamping=reports(*rows, *others))
    counted = [month_of(table, month)["keluarga_binaan"] for month in (*months, "2023-01")]
    assert counted == [1, 0, 1, 1, 1, 0]


def test_attendance_of_more_children_than_there_are_is_no_more_than_all() -> None:
    rows = reports({"anak_sekolah": 1, "anak_sekolah_hadir": 3, "balita": 2, "balita_ke_faskes": 1})
    row = month_of(mart("kinerja_pendamping", pendamping=rows), "2022-10")
    assert (row["hadir_persen"], row["faskes_persen"]) == (100.0, 50.0)
    assert findings("pendamping", rows.lazy(), "PendampingStaged")["kode"].to_list() == ["HADIR_MELEBIHI"]


def test_attendance_is_judged_only_where_both_numbers_were_read() -> None:
    rows = reports(
        {"anak_sekolah": 3, "anak_sekolah_hadir": None, "balita": 1, "balita_ke_faskes": None},
        {"nik": NIK[1], "anak_sekolah": None, "anak_sekolah_hadir": 2},
        {"nik": NIK[2], "anak_sekolah": 2, "anak_sekolah_hadir": 1},
    )
    row = month_of(mart("kinerja_pendamping", pendamping=rows), "2022-10")
    assert (row["anak_sekolah"], row["anak_sekolah_dinilai"], row["anak_sekolah_hadir"]) == (5, 2, 1)
    assert (row["hadir_persen"], row["faskes_persen"]) == (50.0, None)


def test_late_double_and_unreadable_reports_are_findings() -> None:
    rows = reports(
        {"status_kpm": "PINDAH"},
        {"status_kpm": "AKTIF"},
        {"nik": NIK[1], "disampaikan": date(2022, 11, 11)},
        {"nik": NIK[2], "disampaikan": date(2022, 11, 10)},
    )
    found = findings("pendamping", rows.lazy(), "PendampingStaged").select("kode", "baris").sort("kode", "baris").rows()
    assert found == [
        ("LAPORAN_BERTENTANGAN", 2),
        ("LAPORAN_BERTENTANGAN", 3),
        ("LAPORAN_TERLAMBAT", 4),
        ("STATUS_KPM_TIDAK_DIKENAL", 2),
    ]


def test_the_way_of_a_family_from_entry_to_graduation() -> None:
    way = [(5, None), (6, "AKTIF"), (7, "AKTIF"), (8, "NAIK_GRADE"), (10, "GRADUASI"), (11, "AKTIF"), (12, None)]
    rows = reports(*({"periode_laporan": f"2022-{month:02}", "status_kpm": status} for month, status in way))
    (family,) = mart("graduasi", pendamping=rows).iter_rows(named=True)
    changes = ["2022-05 ?", "2022-06 AKTIF", "2022-08 NAIK_GRADE", "2022-10 GRADUASI", "2022-11 AKTIF", "2022-12 ?"]
    assert (family["perjalanan"], family["status_kpm"]) == (changes, "AKTIF")
    firsts = ("laporan_pertama", "naik_grade_pertama", "graduasi_pertama")
    assert [family[first] for first in firsts] == ["2022-05", "2022-08", "2022-10"]
    assert (family["bulan_sampai_graduasi"], family["kembali_setelah_graduasi"]) == (5, True)


def test_the_quota_of_banten_stands_beside_both_stages_and_the_companions() -> None:
    stage = {"program": "JAMSOSRATU", "tahun": 2022, "tingkat": "KABUPATEN", "kpm_gagal": 0, "kpm_belum": 0}
    realised = frame(
        Realisasi,
        [
            {"tahap": 1, "kpm_alokasi": 11_501, "kpm_salur": 3, "nominal_salur": 3_000_000},
            {"tahap": 2, "kpm_alokasi": 11_501, "kpm_salur": 2, "nominal_salur": 1_500_000},
        ],
        **stage,
        kode_wilayah="3604",
    )
    paid = frame(
        Pembayaran,
        [
            {"no_danom": f"{tahap}-{n}", "tahap": tahap, "penerima": NIK[n], "nik": NIK[n], "nik_dukcapil": NIK[n]}
            for tahap, payees in ((1, (0, 1, 2)), (2, (0, 1)))
            for n in payees
        ],
        program="JAMSOSRATU", tahun=2022, status_bayar="DIBAYAR", kode_kab="3604",
    )  # fmt: skip
    rows = reports({}, {"nik": NIK[1]}, {"nik": NIK[4]})
    table = mart(
        "kuota_jamsosratu",
        realisasi=realised,
        pembayaran=paid,
        pendamping=rows,
        jamsosratu_kuota=reference.jamsosratu_quota(),
        wilayah=reference.regions(),
    )
    assert (table.height, table["kuota"].sum()) == (8, 50_000)
    serang = table.row(by_predicate=pl.col("kode_kab") == "3604", named=True)
    assert (serang["salur_tahap_1"], serang["salur_tahap_2"], serang["dibayar_dua_tahap"]) == (3, 2, 2)
    accompanied = ("keluarga_dampingan", "dampingan_tanpa_bayar", "dibayar_tanpa_pendamping")
    assert [serang[each] for each in accompanied] == [3, 1, 1]
    assert (serang["selisih_tahap_1"], serang["selisih_tahap_2"]) == (-11_498, -11_499)
