"""Payees with a damaged, missing or wrong NIK, found by name, family and place."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline.normalise.values.names import comparable_name
from pipeline.realisation.payees import PAYEE_COLUMNS, with_nik_inside, with_payees
from schemas.cleansed import Anggota
from schemas.link import AnggotaDukcapil
from schemas.staged import DukcapilStaged, PosStaged
from tests.unit.frames import frame

HARJATANI = {"kode_prov": "36", "kode_kab": "3604", "kode_kec": "360405", "kode_desa": "3604052005"}
SITI, AGUS, KK, OTHER_KK = "3604054507850003", "3604051208790001", "3604051203150007", "3604051203150111"
NAMES = ("SITI ROHANAH", "AGUS SUPRIADI", "MAMAN SUHERMAN", "ENENG KOMALASARI", "DEDE RUKMANA", "IYAH ROKAYAH")


def residents() -> pl.DataFrame:
    """Two payees among sixty neighbours in families of three."""
    neighbours = [
        {
            "nik": f"36040501{1 + n % 12:02}{50 + n % 40:02}{n + 100:04}",
            "nama": f"{NAMES[n % 6].split()[0]} {NAMES[(n * 7 + 3) % 6].split()[1]} {chr(65 + n % 26)}",
            "no_kk": f"3604051203{10 + n // 3:02}0900", "alamat": f"KP CIKEUSAL NO {n}",
        }
        for n in range(60)
    ]  # fmt: skip
    known = [
        {"nik": SITI, "nama": "SITI ROHANAH", "no_kk": KK, "alamat": "KP BARU NO 4"},
        {"nik": AGUS, "nama": "AGUS SUPRIADI", "no_kk": OTHER_KK, "alamat": "KP SAWAH NO 9"},
    ]
    df = frame(DukcapilStaged, [*known, *neighbours], status_penduduk="HIDUP", **HARJATANI)
    return df.with_columns(nama_banding=comparable_name(pl.col("nama")))


def payee(
    people: pl.DataFrame | None = None, links: pl.DataFrame | None = None, retired: str = "", **order: Any
) -> dict[str, Any]:
    given = {"no_danom": "1", "nama": "SITI ROHANAH", "no_kk": KK, "alamat": "KP BARU NO 4", **HARJATANI, **order}
    orders = frame(PosStaged, [given]).with_columns(
        nama_banding=comparable_name(pl.col("nama")), nik_tulis=pl.coalesce("nik_tulis", "nik")
    )
    rows = frame(Anggota, []) if people is None else people
    linked = frame(AnggotaDukcapil, []) if links is None else links
    state = pl.when(pl.col("nik") == retired).then(pl.lit("TIDAK_VALID")).otherwise("status_penduduk")
    registry = residents().with_columns(status_penduduk=state)
    written = with_nik_inside(orders).select(PAYEE_COLUMNS)
    (row,) = with_payees(written, rows.lazy(), linked.lazy(), registry.lazy()).iter_rows(named=True)
    return row


@pytest.mark.parametrize(
    "nik",
    [
        {"nik": SITI},
        {"nik_tulis": SITI[:15]},  # a digit was left out
        {"nik_tulis": "36040545"},
        {"nik": SITI[:-1] + "8"},  # another digit
        {},
        {"no_danom": f"36040/{SITI}/GEN"},
    ],
)
def test_a_damaged_nik_is_made_good_by_name_and_family(nik: dict[str, str]) -> None:
    assert payee(**nik)["nik_dukcapil"] == SITI


def test_a_nik_inside_the_number_of_the_order_counts_where_the_name_agrees() -> None:
    assert payee(no_danom=f"36040/{SITI}/GEN", no_kk=None, alamat=None)["nik_dukcapil"] == SITI
    assert payee(no_danom=f"36040/{AGUS}/GEN")["nik_dukcapil"] == SITI


def test_somebody_elses_nik_leads_to_the_right_person_and_is_told() -> None:
    row = payee(nik=AGUS)
    assert (row["nik_dukcapil"], row["nik_orang_lain"]) == (SITI, True)


def test_a_sound_nik_that_nobody_bears_is_not_the_neighbours() -> None:
    row = payee(nik=SITI[:-1] + "8", no_kk="3604059999990001", alamat="KP LAIN NO 77")
    assert (row["nik_dukcapil"], row["nik_orang_lain"], row["register_ada"]) == (None, False, True)


def test_nobody_is_sought_where_no_register_was_delivered() -> None:
    elsewhere = {"kode_prov": "12", "kode_kab": "1212", "kode_kec": "121201", "kode_desa": "1212012041"}
    row = payee(nik="1212010612220013", **elsewhere)
    assert (row["nik_dukcapil"], row["register_ada"]) == (None, False)


def dtks(**row: Any) -> pl.DataFrame:
    given = {"periode": "2022-12", "status_padan": "TIDAK_PADAN", "nama": "SITI ROHANAH", **HARJATANI}
    return frame(Anggota, [{"id_dtks": "D1", "id_orang": "O1", **given, **row}])


IS_AGUS = frame(AnggotaDukcapil, [{"id_dtks": "D1", "nik_dukcapil": AGUS, "keputusan": "OTOMATIS"}])
STRANGER = {"nama": "RATNA JUWITA", "no_kk": "3604059999990001", "alamat": "KP LAIN NO 77"}


@pytest.mark.parametrize(
    ("row", "order"),
    [
        ({"nik_asal": "360405450785"}, {"nik_tulis": "360405450785"}),  # equally damaged on both sides
        ({"no_kk": "3604059999990001"}, {}),  # the family and the name
        ({"no_kk": "3604059999990001", "kode_desa": "3604052006"}, {}),  # the same, listed in another village
        ({"no_kk": "3604059999990010"}, {}),  # the family's number mistyped, the village and the name
        ({"nik_asal": "3604055505900004", "nik": "3604055505900004"}, {"nik": "3604055505900003"}),
        ({}, {}),  # no number to speak against it
    ],
)
def test_who_is_unknown_to_dukcapil_is_still_found_in_dtks(row: dict[str, str], order: dict[str, str]) -> None:
    found = payee(dtks(**{"nama": STRANGER["nama"], **row}), **{**STRANGER, **order})
    assert (found["id_dtks"], found["id_orang"], found["nik_dukcapil"]) == ("D1", "O1", None)


@pytest.mark.parametrize(
    ("row", "order"),
    [
        ({"nama": "RATNA SARI", "no_kk": "3604059999990001"}, {}),  # a relative
        ({"nik": "3604054101700009", "nik_asal": "3604054101700009"}, {"nik": "3604055505900003"}),  # a namesake
        ({"nama": "DEDE RUKMANA", "nik_asal": "360405"}, {"nik_tulis": "360405"}),  # too few digits to be anybody's
        ({"kode_desa": "3604052006"}, {}),  # another village
        ({"kode_desa": None}, {"kode_desa": None}),  # a kecamatan has several people of that name
        (  # a sister
            {"nama": "RATNA", "no_kk": STRANGER["no_kk"], "nik": "3604055109870002", "nik_asal": "3604055109870002"},
            {"nik": "3604055505900003"},
        ),
    ],
)
def test_a_relative_or_a_namesake_is_not_the_payee(row: dict[str, str | None], order: dict[str, str | None]) -> None:
    found = payee(dtks(**{"nama": STRANGER["nama"], **row}), **{**STRANGER, **order})
    assert found["id_dtks"] is None


def test_the_resident_of_the_dtks_row_is_the_payees() -> None:
    number = {"nik_tulis": "360405450785"}
    row = payee(dtks(nama=STRANGER["nama"], nik_asal=number["nik_tulis"]), IS_AGUS, **{**STRANGER, **number})
    assert (row["id_dtks"], row["nik_dukcapil"], row["no_kk_dukcapil"]) == ("D1", AGUS, OTHER_KK)


def test_orders_of_one_dtks_row_are_one_persons_however_their_numbers_are_damaged() -> None:
    """An intact NIK that is in no register is no resident's, but its DTKS row is that of the other orders."""
    number = {"nik": "3604055505900004"}
    row = payee(dtks(nama=STRANGER["nama"], nik_asal="3604055505900003"), IS_AGUS, **{**STRANGER, **number})
    assert (row["id_dtks"], row["nik_dukcapil"]) == ("D1", None)
    assert (row["nik_penerima"], row["no_kk_dukcapil"]) == (AGUS, OTHER_KK)


@pytest.mark.parametrize(
    "row",
    [
        {"nama": "AGUS SUPRIADI", "nik": AGUS, "nik_asal": SITI},  # who once stated the payee's NIK
        {"nama": "SITI ROHANAH", "nik": AGUS, "nik_asal": AGUS, "no_kk": KK},  # a namesake in the family
        {"nama": "SITI ROHANAH", "nik": AGUS, "nik_asal": SITI[:-1] + "8"},  # and in the village, with a number near
    ],
)
def test_the_row_of_another_resident_is_not_the_payees(row: dict[str, str]) -> None:
    found = payee(dtks(**row), IS_AGUS, nik=SITI)
    assert (found["id_dtks"], found["nik_dukcapil"]) == (None, SITI)


def test_a_row_that_states_the_payees_number_is_found_beside_that_of_another_resident() -> None:
    rows = [dtks(nik=SITI, nik_asal=SITI), dtks(id_dtks="D2", nama="RATNA JUWITA", nik=SITI, nik_asal=SITI)]
    assert payee(pl.concat(rows), IS_AGUS, nik=SITI)["id_dtks"] == "D2"


def test_a_retired_nik_does_not_tell_the_payee_from_who_bears_the_row_now() -> None:
    assert payee(dtks(nik=AGUS, nik_asal=SITI), IS_AGUS, SITI, nik=SITI)["id_dtks"] == "D1"
