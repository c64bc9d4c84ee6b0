"""Refreshing the last run with changed deliveries gives the same as a run over all files."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import polars as pl
import pytest

from pipeline import reference
from pipeline.realisation.payments import payment_orders
from pipeline.realisation.refresh import RealisationChange, refresh_realisation
from pipeline.warehouse.store.database import run_query
from pipeline.warehouse.store.parquet import write_parquet
from schemas.catalogue import promised_tables
from schemas.cleansed import Anggota
from schemas.link import AnggotaDukcapil
from schemas.marts.alokasi import Alokasi
from schemas.staged import DukcapilStaged, PosStaged
from schemas.table import enforce
from tests.unit.frames import frame

DESA = ("3604052005", "3604052006", "3673011001")


def day_of_september(day: int) -> datetime:
    return datetime.fromisoformat(f"2022-09-{day:02}")


def delivery(file: str, day: int, *rows: dict[str, Any]) -> pl.DataFrame:
    def placed(row: dict[str, Any]) -> dict[str, Any]:
        kode = row.pop("kode", "")
        codes = {"kode_prov": 2, "kode_kab": 4, "kode_kec": 6, "kode_desa": 10}
        return {name: kode[:digits] or None if len(kode) >= digits else None for name, digits in codes.items()} | row

    given = {
        "periode": "2022-12", "berkas": f"pos/{file}", "program": "BLT BBM", "tahun": 2022, "tahap": 1,
        "nominal": 300_000, "status_bayar": "BELUM", "status_dikenal": True, "berlaku_per": day_of_september(day),
    }  # fmt: skip
    return frame(PosStaged, [placed(row) | {"baris": n} for n, row in enumerate(map(dict, rows), 2)], **given)


FIRST = delivery(
    "a.csv", 10,
    {"no_danom": "1", "kode": DESA[0], "kode_kprk": "36040"},
    {"no_danom": "2", "kode": DESA[1], "status_bayar": "DIBAYAR", "tgl_bayar": date(2022, 9, 3)},
    {"no_danom": "3", "kode": DESA[2], "status_bayar": "DIBAYAR", "tgl_bayar": date(2022, 9, 4)},
    {"no_danom": "4", "kode": DESA[2], "status_bayar": "RETUR", "tgl_retur": date(2022, 9, 5)},
    {"no_danom": "1", "kode": DESA[0], "tahap": 2},
)  # fmt: skip
SECOND = delivery(
    "b.csv", 20,
    {"no_danom": "1", "kode": "3604", "status_bayar": "DIBAYAR", "tgl_bayar": date(2022, 9, 12)},
    {"no_danom": "2", "status_bayar": "RETUR", "alasan_gagal": "PINDAH", "tgl_retur": date(2022, 9, 15)},
    {"no_danom": "4", "status_bayar": "DIBAYAR", "tgl_bayar": date(2022, 9, 16), "nominal": 600_000},
    {"no_danom": "5", "kode": DESA[1], "status_bayar": "DIBAYAR", "tgl_bayar": date(2022, 9, 16)},
)  # fmt: skip
ALLOTTED = frame(
    Alokasi,
    [{"kode_wilayah": kode, "kpm_alokasi": 40, "nominal_alokasi": 12_000_000} for kode in ("3604", "3673")],
    program="BLT BBM", tahun=2022, tahap=1,
)  # fmt: skip


def compute_all(deliveries: pl.DataFrame, allotted: pl.DataFrame = ALLOTTED) -> dict[str, pl.DataFrame]:
    """The marts of a run over all deliveries."""
    nobody = [frame(model, []).lazy() for model in (Anggota, AnggotaDukcapil, DukcapilStaged)]
    tables = promised_tables()
    known: dict[str, pl.DataFrame] = {
        "mart.pembayaran": enforce(
            pl.concat(payment_orders(
                deliveries.lazy(), *nobody, stages=reference.program_stages(), remote=reference.remote_regions(),
                regions=reference.regions(), store_folder=Path(gettempdir()),
            )),
            tables["mart.pembayaran"],
        ),
        "mart.alokasi": allotted,
        "reference.program_tahap": reference.program_stages(),
        "reference.wilayah": reference.regions(),
    }  # fmt: skip
    for name in ("mart.rekap_bayar", "mart.realisasi", "mart.realisasi_harian"):
        table = tables[name]
        known[name] = enforce(run_query(str(table.query), {s: known[s] for s in table.sources}), table)
    return known


def refresh_with(
    folder: Path, first: pl.DataFrame, rows: pl.DataFrame, *left_out: str, allotted: pl.DataFrame = ALLOTTED
) -> RealisationChange:
    """The changes after a run over `first`, when rows are added and some of its files no longer count."""
    rows_of_before, sums = folder / "pos.parquet", folder / "rekap_bayar.parquet"
    write_parquet(first, rows_of_before)
    write_parquet(compute_all(first)["mart.rekap_bayar"], sums)
    without = pl.Series(left_out, dtype=pl.String)
    told_by = ((ALLOTTED, allotted), reference.regions(), reference.program_stages())
    return refresh_realisation(rows_of_before, sums, *told_by, left_out=without, rows=rows)


def test_refreshing_equals_running_over_everything(tmp_path: Path) -> None:
    full = compute_all(pl.concat([FIRST, SECOND]))
    result = refresh_with(tmp_path, FIRST, SECOND)
    for name, since in (("realisasi", None), ("realisasi_harian", date(2022, 9, 3))):
        expected = full[f"mart.{name}"].filter(pl.col("tahap") == 1)
        if since is not None:
            expected = expected.filter(pl.col("tanggal") >= since)
        assert getattr(result, name).equals(expected), name
    assert (result.before.height, result.after.height) == (3, 4)
    assert result.after.filter(no_danom="1")["kode_desa"].to_list() == [DESA[0]]
    assert result.stages.rows() == [("BLT BBM", 2022, 1, date(2022, 9, 3))]


def test_orders_that_no_file_holds_any_more_do_not_count(tmp_path: Path) -> None:
    third = delivery("c.csv", 25, {"no_danom": "5", "kode": DESA[2]})
    result = refresh_with(tmp_path, pl.concat([FIRST, SECOND]), third, "pos/a.csv", "pos/b.csv")
    full = compute_all(third)
    for name in ("realisasi", "realisasi_harian"):
        assert getattr(result, name).equals(full[f"mart.{name}"]), name
    # Of its second stage nothing is left.
    assert result.stages.select("tahap", "pertama").rows() == [(1, date(2022, 9, 4)), (2, None)]


def test_weeks_of_history_before_the_change_come_in_as_one_sum(tmp_path: Path) -> None:
    paid = {"status_bayar": "DIBAYAR", "kode": DESA[0]}
    days = [date(2022, 7, 1), date(2022, 8, 20), date(2022, 9, 4), date(2022, 9, 5), date(2022, 9, 11), None]
    first = delivery("a.csv", 12, *({"no_danom": f"A{n}", "tgl_bayar": day, **paid} for n, day in enumerate(days)))
    second = delivery("b.csv", 20, *({"no_danom": f"B{n}", "tgl_bayar": date(2022, 9, n), **paid} for n in (12, 14)))
    full = compute_all(pl.concat([first, second]))
    result = refresh_with(tmp_path, first, second)
    expected = full["mart.realisasi_harian"].filter(pl.col("tanggal") >= date(2022, 9, 12))
    assert result.realisasi_harian.equals(expected)
    assert result.realisasi.equals(full["mart.realisasi"])


def test_a_falling_pace_is_known_by_the_first_payment_and_the_week_before(tmp_path: Path) -> None:
    paid = {"status_bayar": "DIBAYAR", "kode": DESA[0]}
    days = [date(2022, 9, day) for day in (2, 9, *[20] * 20)]
    first = delivery("a.csv", 12, *({"no_danom": f"A{n}", "tgl_bayar": day, **paid} for n, day in enumerate(days)))
    second = delivery("b.csv", 20, *({"no_danom": f"B{n}", "tgl_bayar": date(2022, 9, n), **paid} for n in (29, 30)))
    expected = compute_all(pl.concat([first, second]))["mart.realisasi_harian"].filter(pl.col("tanggal") > days[-1])
    assert refresh_with(tmp_path, first, second).realisasi_harian.equals(expected)
    assert expected.filter(tingkat="KABUPATEN")["metode_perkiraan"].str.starts_with("Laju menurun").all()


def test_payments_before_the_window_stay_before_it_in_that_sum(tmp_path: Path) -> None:
    paid = {"status_bayar": "DIBAYAR", "kode": DESA[0]}
    first = delivery("a.csv", 12, {"no_danom": "1", "tgl_bayar": date(2022, 8, 20), **paid})
    second = delivery("b.csv", 20, {"no_danom": "2", "tgl_bayar": date(2022, 9, 12), **paid})
    expected = compute_all(pl.concat([first, second]))["mart.realisasi_harian"].filter(
        pl.col("tanggal") >= date(2022, 9, 12)
    )
    assert refresh_with(tmp_path, first, second).realisasi_harian.equals(expected)


@pytest.mark.parametrize("changed", ["more", "gone", "new", "only its date"])
def test_a_changed_allotment_changes_every_day_of_its_stage(tmp_path: Path, changed: str) -> None:
    serang, second = ALLOTTED.head(1), pl.col("tahap") == 2
    allotted = {
        "more": ALLOTTED.with_columns(kpm_alokasi=pl.when(kode_wilayah="3604").then(50).otherwise("kpm_alokasi")),
        "gone": serang,
        "new": pl.concat([ALLOTTED, serang.with_columns(tahap=pl.lit(2, pl.Int32))]),
        "only its date": ALLOTTED.with_columns(target_selesai=date(2022, 12, 31)),
    }[changed]
    result = refresh_with(tmp_path, pl.concat([FIRST, SECOND]), SECOND.clear(), allotted=allotted)
    of_stage = {"new": second, "only its date": pl.lit(value=False)}.get(changed, ~second)
    for name, expected in compute_all(pl.concat([FIRST, SECOND]), allotted).items():
        if name in ("mart.realisasi", "mart.realisasi_harian"):
            assert getattr(result, name.removeprefix("mart.")).equals(expected.filter(of_stage)), name


def test_an_older_file_changes_nothing_but_what_it_alone_knows(tmp_path: Path) -> None:
    both = pl.concat([FIRST, SECOND])
    late = delivery("c.csv", 5, {"no_danom": "2"}, {"no_danom": "6", "kode": DESA[0]})
    result = refresh_with(tmp_path, both, late)
    assert result.after.filter(no_danom="2")["status_bayar"].to_list() == ["RETUR"]
    nation = result.realisasi.filter(tingkat="NASIONAL").row(0, named=True)
    before = compute_all(both)["mart.realisasi"].filter(tingkat="NASIONAL", tahap=1).row(0, named=True)
    assert (nation["kpm_salur"], nation["kpm_belum"]) == (before["kpm_salur"], before["kpm_belum"] + 1)


def test_a_number_without_its_zeros_is_looked_up_beside_those_with_them(tmp_path: Path) -> None:
    paid = {"status_bayar": "DIBAYAR", "tgl_bayar": date(2022, 9, 4), "kode": DESA[0], "nik": "3604041211870001"}
    first, second = (delivery(f"{number}.csv", 10, {**paid, "no_danom": number}) for number in ("0071", "71"))
    for before, after in ((first, second), (second, first)):
        result = refresh_with(tmp_path, before, after)
        full = compute_all(pl.concat([before, after]))["mart.realisasi"]
        assert result.realisasi.equals(full)
        assert result.after["no_danom"].to_list() == ["0071"]
