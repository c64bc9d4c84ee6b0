from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import polars as pl
import pytest

from pipeline import reference
from pipeline.normalise.values.names import comparable_name
from pipeline.realisation.orders import current_orders
from pipeline.realisation.payments import payment_orders
from schemas.catalogue import promised_tables
from schemas.cleansed import Anggota
from schemas.link import AnggotaDukcapil
from schemas.rules import HIDDEN_SHEET, RULES
from schemas.staged import DukcapilStaged, PosStaged
from schemas.table import enforce
from tests.unit.frames import frame

NIK, OTHER, KK = "3604041211870001", "3604041211870005", "3604041211870009"
SERANG = {"kode_prov": "36", "kode_kab": "3604"}
KRAMATWATU = {**SERANG, "kode_kec": "360405"}
HARJATANI = {**KRAMATWATU, "kode_desa": "3604052005"}


def september(day: int, hour: int = 0) -> datetime:
    return datetime.fromisoformat(f"2022-09-{day:02} {hour:02}:00")


def orders(*rows: dict[str, Any]) -> pl.DataFrame:
    common = {
        "periode": "2022-12",
        "berkas": "pos/a.csv",
        "no_danom": "29400/1/GEN",
        "program": "BLT BBM",
        "tahun": 2022,
    }
    given = {"tahap": 1, "nominal": 300_000, "status_bayar": "BELUM", "status_dikenal": True, "nik": NIK}
    df = frame(
        PosStaged,
        [{"baris": n, "berlaku_per": september(15), **row} for n, row in enumerate(rows, 2)],
        **common,
        **given,
    )
    return df.with_columns(nama_banding=comparable_name(pl.col("nama")), nik_tulis=pl.coalesce("nik_tulis", "nik"))


PAID = {"status_bayar": "DIBAYAR", "tgl_bayar": date(2022, 9, 20)}
FAILED = {"status_bayar": "GAGAL", "alasan_gagal": "PINDAH"}


def current_order(*rows: dict[str, Any]) -> dict[str, Any]:
    df = orders(*rows)
    state = current_orders(df)
    for seed in (1, 2, 3):
        assert current_orders(df.sample(fraction=1, shuffle=True, seed=seed)).equals(state)
    (row,) = state.rows(named=True)
    return row


def test_an_order_is_counted_once_in_its_last_state() -> None:
    row = current_order(
        {"berlaku_per": september(20), "berkas": "pos/b.csv", **PAID},
        {"berlaku_per": september(15), **FAILED},
        {"berlaku_per": september(10), "berkas": "pos/c.csv"},
    )
    assert (row["status_bayar"], row["tgl_bayar"], row["alasan_gagal"]) == ("DIBAYAR", date(2022, 9, 20), None)
    assert (row["berkas"], row["baris"]) == ("pos/b.csv", 2)


def test_a_later_file_may_take_a_payment_back() -> None:
    row = current_order(
        {"berlaku_per": september(20), **PAID},
        {"berlaku_per": september(28), "status_bayar": "RETUR", "alasan_gagal": "MENINGGAL", "nominal": 0},
    )
    assert (row["status_bayar"], row["tgl_bayar"], row["nominal"]) == ("RETUR", None, 0)


def test_the_hour_in_a_name_decides_between_two_files_of_a_day() -> None:
    morning, noon = {"berlaku_per": september(28, 9), **FAILED}, {"berlaku_per": september(28, 13), **PAID}
    assert current_order(noon, morning)["status_bayar"] == "DIBAYAR"


def test_files_of_one_time_follow_each_other_by_path_then_line_and_undated_ones_come_first() -> None:
    assert (
        current_order({"berkas": "pos/b.csv", **PAID}, {"berkas": "pos/a.csv", **FAILED})["status_bayar"] == "DIBAYAR"
    )
    assert current_order({"baris": 3, **PAID}, {"baris": 2, **FAILED})["status_bayar"] == "DIBAYAR"
    assert current_order({"lembar": "B", **PAID}, {"lembar": "A", "baris": 9, **FAILED})["status_bayar"] == "DIBAYAR"
    hidden = f"{HIDDEN_SHEET}Z"
    assert current_order({"lembar": "A", **PAID}, {"lembar": hidden, "baris": 9, **FAILED})["status_bayar"] == "DIBAYAR"
    assert (
        current_order({"berlaku_per": None, **FAILED}, {"berlaku_per": september(1), **PAID})["status_bayar"]
        == "DIBAYAR"
    )


@pytest.mark.parametrize("other", [{"program": "PKH"}, {"tahun": 2023}, {"tahap": 2}, {"no_danom": "29400/2/GEN"}])
def test_a_re_issued_number_is_another_order_in_another_stage_year_or_programme(other: dict[str, Any]) -> None:
    df = current_orders(orders(PAID, {**FAILED, **other}))
    assert sorted(df["status_bayar"]) == ["DIBAYAR", "GAGAL"]


@pytest.mark.parametrize(
    "same", [{}, {"nik": OTHER, "nama": "SITI", **HARJATANI}, {"nik": None, "nama": "SITI", **HARJATANI}]
)
def test_a_number_without_its_zeros_is_that_of_the_payee_who_has_them(same: dict[str, Any]) -> None:
    whole = {"no_danom": "00294", "nama": "SITI", **HARJATANI, **PAID}
    row = current_order(whole, {"no_danom": "294", "berlaku_per": september(28), **FAILED, **same})
    assert (row["no_danom"], row["status_bayar"]) == ("00294", "GAGAL")


@pytest.mark.parametrize("other", [{"nik": OTHER}, {"nik": OTHER, "nama": "SITI"}, {"tahap": 2}, {"no_danom": "2940"}])
def test_numbers_alike_but_for_zeros_of_two_payees_or_stages_are_two(other: dict[str, Any]) -> None:
    rows = orders({"no_danom": "00294", "nama": "SITI", **HARJATANI}, {"no_danom": "294", **other})
    assert current_orders(rows).height == 2


def test_a_number_that_one_file_has_for_several_payees_is_told() -> None:
    assert current_order({}, {"nik": OTHER})["penerima_lain"]
    # An order issued anew to an heir, and a NIK that was put right.
    assert not current_order({}, {"nik": OTHER, "berkas": "pos/b.csv"})["penerima_lain"]
    assert not current_order({}, {}, {"nik": None})["penerima_lain"]


def test_what_came_back_of_an_order_stands_beside_all_that_it_was() -> None:
    # The first amount was put right before.
    wrong = {"berlaku_per": september(1), "nominal": 3_000_000}
    row = current_order(wrong, PAID, {"berlaku_per": september(28), "status_bayar": "RETUR", "nominal": 200_000})
    assert (row["nominal"], row["nominal_semula"]) == (200_000, 300_000)


def test_the_short_workbook_changes_the_state_and_leaves_office_and_payee_as_known() -> None:
    full = {"kode_kprk": "42100", "no_kk": KK, "nama": "SITI", **HARJATANI, **PAID}
    short = {"berlaku_per": september(28, 9), "berkas": "pos/Belum Terbayar.xlsx", "nik": None, **SERANG}
    row = current_order(full, short)
    assert (row["status_bayar"], row["tgl_bayar"]) == ("BELUM", None)
    assert (row["nik"], row["no_kk"], row["nama"], row["kode_kprk"]) == (
        NIK, KK, "SITI", "42100"
    )  # fmt: skip
    assert row["kode_desa"] == "3604052005"


def test_facts_of_the_payee_come_from_the_last_row_that_states_them() -> None:
    row = current_order({"nik": NIK, "kode_kprk": "1"}, {"nik": OTHER}, {"nik": None, "kode_kprk": "2"})
    assert (row["nik"], row["kode_kprk"]) == (OTHER, "2")


def test_the_place_is_taken_whole_from_the_last_row_that_knows_it_deepest() -> None:
    elsewhere = {"kode_prov": "36", "kode_kab": "3673", "kode_kec": "367301", "kode_desa": "3673011001"}
    levels = ("kode_prov", "kode_kab", "kode_kec", "kode_desa")
    row = current_order(elsewhere, HARJATANI, KRAMATWATU, {})
    assert [row[level] for level in levels] == [HARJATANI[level] for level in levels]
    assert [current_order({})[level] for level in levels] == [None] * 4


def test_findings_are_those_of_the_last_row_sorted() -> None:
    assert current_order({"nik": None}, PAID)["temuan"] == []
    row = current_order(
        PAID, {"nik": None, "status_bayar": "DIBAYAR", "status_dikenal": False, "temuan_wilayah": "WILAYAH_LAMA"}
    )
    assert row["temuan"] == ["DIBAYAR_TANPA_TANGGAL", "NIK_TIDAK_TERPAKAI", "STATUS_TIDAK_DIKENAL", "WILAYAH_LAMA"]
    assert all(("PosStaged", code) in RULES for code in row["temuan"])


def test_no_orders() -> None:
    assert current_orders(orders()).is_empty()


# --- payees


def people(*rows: dict[str, Any]) -> pl.DataFrame:
    given = {"periode": "2022-12", "status_padan": "PADAN"}
    numbered = (
        {"id_dtks": f"D{n}", "id_orang": f"O{n}", "id_keluarga": f"K{n}", **row} for n, row in enumerate(rows, 1)
    )
    return frame(Anggota, numbered, **given)


def links(**residents: str) -> pl.DataFrame:
    given = {"keputusan": "OTOMATIS"}
    return frame(AnggotaDukcapil, [{"id_dtks": id_, "nik_dukcapil": nik} for id_, nik in residents.items()], **given)


def residents(**names: str) -> pl.DataFrame:
    """`residents(SITI=NIK)`."""
    rows = [{"nik": nik, "nama": name, "no_kk": KK} for name, nik in names.items()]
    df = frame(DukcapilStaged, rows, status_penduduk="HIDUP")
    return df.with_columns(nama_banding=comparable_name(pl.col("nama")))


NOBODY = residents()


def orders_by_stage(deliveries: pl.DataFrame, *known: pl.DataFrame, aside: Path) -> Iterator[pl.DataFrame]:
    """The orders by stage, given people, links and registry."""
    return payment_orders(
        deliveries.lazy(),
        *(each.lazy() for each in known),
        stages=reference.program_stages(),
        remote=reference.remote_regions(),
        regions=reference.regions(),
        store_folder=aside,
    )


def payment_rows(
    person: pl.DataFrame, decided: pl.DataFrame, *rows: dict[str, Any], registry: pl.DataFrame = NOBODY
) -> list[dict[str, Any]]:
    def accounted(*known: pl.DataFrame) -> pl.DataFrame:
        pieces = orders_by_stage(orders(*(rows or ({},))), *known, aside=Path(gettempdir()))
        return enforce(pl.concat(pieces), promised_tables()["mart.pembayaran"])

    kept = accounted(person, decided, registry)
    frames = (each.sample(fraction=1, shuffle=True, seed=1) for each in (person, decided, registry))
    assert accounted(*frames).equals(kept)
    return kept.rows(named=True)


def test_orders_wait_where_the_next_run_clears_what_a_killed_one_left(tmp_path: Path) -> None:
    pieces = orders_by_stage(orders({}, {"tahap": 2}), people({}), links(), NOBODY, aside=tmp_path)
    next(pieces)
    assert [path.suffix for path in tmp_path.iterdir()] == [".bangun"]
    assert len(list(pieces)) == 1
    assert list(tmp_path.iterdir()) == []


def payee(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["id_dtks"], row["id_orang"], row["id_keluarga"], row["sumber_data"]


def test_a_payee_is_found_by_the_nik_of_the_registry() -> None:
    (row,) = payment_rows(people({"nik": NIK}), links(D1=NIK))
    assert payee(row) == ("D1", "O1", "K1", "DTKS")
    assert (row["nik"], row["nominal"], row["status_bayar"], row["sumber_baris"]) == (NIK, 300_000, "BELUM", 2)


DUPLICATE = {"ganda_dari": "D2", "id_orang": "O2"}
CORRECTED = {"nik_asal": OTHER, "status_padan": "PADAN_PERBAIKAN"}


@pytest.mark.parametrize(
    ("rows", "decided", "nik", "found"),
    [
        # By the NIK that a row states although nobody matched it, and after what the registry says of another row.
        ([{"nik": NIK, "status_padan": "TIDAK_PADAN"}], {}, NIK, "D1"),
        ([{"nik": NIK, "status_padan": "TINJAU"}, {"nik": NIK}], {"D2": NIK}, NIK, "D2"),
        ([{"nik": NIK}, {"nik": NIK}], {}, NIK, "D1"),
        # By the NIK as DTKS wrote it, after the correction.
        ([{"nik": NIK, **CORRECTED}], {"D1": NIK}, OTHER, "D1"),
        # Of rows for one person the surviving one, even by the duplicate's own NIK.
        ([{"nik": NIK, **DUPLICATE}, {"nik": NIK}], {"D1": NIK, "D2": NIK}, NIK, "D2"),
        ([{"nik": OTHER, **DUPLICATE}, {"nik": NIK}], {"D2": NIK}, OTHER, "D2"),
        # A stranger, and an order without a NIK.
        ([{"nik": NIK}, {}], {"D1": NIK}, OTHER, None),
        ([{"nik": NIK}, {}], {"D1": NIK}, None, None),
    ],
)
def test_the_payee_of_an_order_is_one_row_of_dtks_or_none(
    rows: list[dict[str, Any]], decided: dict[str, str], nik: str | None, found: str | None
) -> None:
    (row,) = payment_rows(people(*rows), links(**decided), {"nik": nik})
    assert payee(row) == ((found, f"O{found[1]}", f"K{found[1]}", "DTKS") if found else (None, None, None, "NON_DTKS"))


@pytest.mark.parametrize("keputusan", ["TINJAU", "DITOLAK"])
def test_an_undecided_link_pays_nobody(keputusan: str) -> None:
    decided = links(D1=NIK).with_columns(keputusan=pl.lit(keputusan))
    assert payee(payment_rows(people({"nik": OTHER}), decided)[0]) == (None, None, None, "NON_DTKS")


@pytest.mark.parametrize(
    ("name", "no_kk", "expected"),
    [
        ("SITI", None, "DTKS"),
        ("SITI AMINA", None, "DTKS"),
        ("JUKU WIDUDU", KK, "DTKS"),  # another of the family collects
        ("JUKU WIDUDU", None, "DTKS"),  # the name alone is not enough
        ("JUKU WIDUDU", OTHER, "NON_DTKS"),
        (None, None, "DTKS"),  # nothing speaks against it
    ],
)
def test_a_nik_of_somebody_else_by_name_and_kk_is_not_believed(
    name: str | None, no_kk: str | None, expected: str
) -> None:
    order = {"nama": name, "no_kk": no_kk}
    (row,) = payment_rows(people({"nik": NIK}), links(D1=NIK), order, registry=residents(SITI=NIK))
    assert row["sumber_data"] == expected
    assert row["nik"] == NIK


def test_the_kk_is_the_registrys_where_the_resident_is_known() -> None:
    written = {"nama": "SITI", "no_kk": OTHER}
    assert payment_rows(people(), links(), written, registry=residents(SITI=NIK))[0]["no_kk"] == KK
    assert payment_rows(people(), links(), written)[0]["no_kk"] == OTHER
