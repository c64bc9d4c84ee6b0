from __future__ import annotations

from datetime import date, datetime

import polars as pl

from pipeline.normalise.sources.deliveries import date_order_files, date_sheets, date_target_lists, revision_number
from tests.unit.frames import find_misread

REVISIONS = {
    0: [
        "alokasi.csv", "REVITALISASI.csv", "alokasi previsi.csv", "finalis.csv", "reviu.csv", "a sebelum revisi.csv",
        "belum_final.csv", "pra-revisi/a.csv", "draft revisi 2.csv", None,
    ],
    1: [
        "alokasi revisi.csv", "alokasi_REV.csv", "Perubahan/a.csv", "a-final.csv", "rev 2022.csv",
        "a setelah revisi.csv", "a revisi 12 September 2022.csv", "a rev 5-9-2022.csv", "rev 3 okt.csv",
        "rev 09-2022.csv",
    ],
    2: [
        "alokasi rev2.csv", "Revisi ke-2.xlsx", "alokasi_revisi_2_tahap_1.csv", "a final revisi 2.xlsx",
        "koreksi/a rev2.csv", "REV2 FINAL.csv", "a revisi final 2.csv", "a rev02.csv",
    ],
    10: ["a rev10.xlsx"],
}  # fmt: skip


def test_which_revision_a_name_tells() -> None:
    assert find_misread(revision_number, REVISIONS) == []


def test_a_revision_of_orders_counts_behind_what_it_revises_in_the_order_of_its_number() -> None:
    days = {
        "pos/pkh.xlsx": 9,
        "pos/pkh REV1.xlsx": 9,
        "pos/pkh final revisi 2.csv": 3,
        "pos/revisi 3/pkh.xlsx": 3,
        "pos/pkh rev04.xlsx": 3,
        "pos/lain revisi.xlsx": 1,
        "pos/pkh 20221201.csv": 30,
        "pos/rev 5-11-2022.csv": 5,
        "pos/rev 10-11-2022.csv": 10,
    }
    frame = pl.DataFrame({"berkas": days.keys(), "terbaru": [date(2022, 11, day) for day in days.values()]})
    as_of = date_order_files(frame.with_columns(diubah=pl.lit(datetime(2022, 12, 30), pl.Datetime("us"))))  # noqa: DTZ001
    held = dict(as_of.select("berkas", "berlaku_per").iter_rows())
    assert sorted(list(days)[:5], key=held.__getitem__) == list(days)[:5]
    assert held["pos/lain revisi.xlsx"].date() == date(2022, 11, 1)
    assert held["pos/pkh 20221201.csv"].date() == date(2022, 12, 1)
    assert held["pos/rev 5-11-2022.csv"].date() == date(2022, 11, 5)


def test_a_revision_is_no_older_than_the_lists_that_it_revises() -> None:
    days = {
        "a.csv": 3,
        "a revisi.csv": 1,
        "a rev2.csv": 2,
        "a 20221205.csv": 1,
        "a revisi 20221202.csv": 4,
        "bst.csv": 9,
    }
    # Of another programme nothing is revised, however new.
    program = pl.when(berkas="bst.csv").then(pl.lit("BST")).otherwise(pl.lit("PKH"))
    newest = pl.DataFrame({"berkas": [*days], "terbaru": [date(2022, 12, day) for day in days.values()]})
    targets = newest.select("berkas", program=program, tahun=2022, tahap=1, kode_wilayah=pl.lit("3604"))
    held = date_target_lists(newest.with_columns(diubah=pl.lit(None, pl.Datetime("us"))), targets)
    assert held["berlaku_per"].dt.day().to_list() == [3, 3, 3, 5, 2, 9]


def test_sheets_of_a_workbook_follow_each_other_by_the_day_that_they_are_named_after() -> None:
    in_turn = [
        ["Rekap", "28 Nov", "30 NOVEMBER", "Bayar 1 Des", "10-Des"],
        ["28 Des 2022", "3 Januari 2023"],
        ["30-11-2022", "01.12.2022"],
        ["TGL 9", "10"],
        ["danom_bltbbm_t1_20220915", "28 September 2022 pukul 09.15", "danom_bltbbm_t1_20221003"],
        ["(tersembunyi) 2 Des", "1 Des"],
    ]
    day = datetime(2022, 12, 31)  # noqa: DTZ001
    schema = {"lembar": pl.String, "asal_baris": pl.String, "berlaku_per": pl.Datetime("us")}
    for names in in_turn:
        rows = pl.DataFrame([(name, None, day) for name in names], schema=schema, orient="row")
        held = date_sheets(rows)["berlaku_per"]
        assert held.is_sorted(), names
        assert held.n_unique() == len(names), names
        assert held.dt.truncate("1s").unique().to_list() == [day]
    form, sheet = (None, "pos/a#b.xlsx#1 Des#7", day), ("1 Des", None, day)
    assert date_sheets(pl.DataFrame([form, sheet], schema=schema, orient="row"))["berlaku_per"].n_unique() == 1
