from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline.matching.duplicates.person_ids import person_ids
from pipeline.matching.outcome import resolve
from pipeline.matching.outcome.resolve import (
    resolve_households,
    resolve_in_pieces,
    resolve_people,
    with_household_ids,
    with_status,
)
from pipeline.quality.verification import with_last_verification
from schemas.catalogue import promised_tables
from schemas.cleansed import Anggota
from schemas.link import AnggotaDukcapil, KeluargaDukcapil
from schemas.staged import DtksStaged, DtsenStaged, DukcapilStaged
from schemas.table import enforce, polars_schema
from tests.unit.frames import frame

NIK, OTHER, KK = "3604041211870001", "3604041211870005", "3604041211870009"
NO_ONE = pl.DataFrame(schema={"id_dtks": pl.String, "ganda_dari": pl.String})


def people(*rows: dict[str, Any]) -> pl.DataFrame:
    common = {"periode": "2022-12", "berkas": "dtks/a.csv", "nama": "SITI", "nama_asal": "Siti"}
    df = frame(DtksStaged, [{"id_dtks": f"D{n}", "baris": n, **row} for n, row in enumerate(rows, 1)], **common)
    return with_household_ids(df.lazy()).collect().with_columns(nik_penduduk=False)


def links(*rows: dict[str, Any]) -> pl.DataFrame:
    given = {"bobot": 12.0, "alasan": ["NIK_SAMA", "NAMA_SAMA"], "penjelasan": "NIK ada di Dukcapil; nama sama."}
    return frame(AnggotaDukcapil, [{"id_dtks": f"D{n}", **given, **row} for n, row in enumerate(rows, 1)])


def resolved(
    rows: pl.DataFrame,
    decided: pl.DataFrame,
    registry: list[dict[str, Any]] | None = None,
    survivors: pl.DataFrame = NO_ONE,
    *,
    corrected: bool = True,
) -> list[dict[str, Any]]:
    sure = decided.filter(pl.col("keputusan") == "OTOMATIS") if corrected else decided.clear()
    proposals = sure.select("id_dtks", kolom=pl.lit("nik"), nilai_usulan="nik_dukcapil")
    known = with_status(decided.lazy(), frame(DukcapilStaged, registry or []).lazy()).collect()
    rows = rows.with_columns(person_ids(rows, survivors, decided.lazy(), frame(Anggota, []).lazy()))
    df = resolve_people(rows, known, survivors, proposals)
    anggota = promised_tables()["cleansed.anggota"]
    whole = with_last_verification(df, pl.LazyFrame(schema=polars_schema(anggota.model)))
    return enforce(whole, anggota).rows(named=True)


def test_a_link_too_weak_for_a_correction_leaves_the_nik_to_a_human() -> None:
    decided = frame(AnggotaDukcapil, [{"id_dtks": "D1", "nik_dukcapil": NIK}], keputusan="OTOMATIS", penjelasan="Ya.")
    (row,) = resolved(people({"id_dtks": "D1", "nik": OTHER}), decided, [{"nik": NIK}], corrected=False)
    assert (row["status_padan"], row["nik"]) == ("TINJAU", OTHER)


@pytest.mark.parametrize(
    ("nik", "keputusan", "linked_to", "status", "shown"),
    [
        (NIK, "OTOMATIS", NIK, "PADAN", NIK),
        (NIK, "PETUGAS", NIK, "PADAN", NIK),
        (OTHER, "PETUGAS", NIK, "PADAN_PERBAIKAN", NIK),
        (None, "OTOMATIS", NIK, "PADAN_PERBAIKAN", NIK),
        (NIK, "TINJAU", NIK, "TINJAU", NIK),
        (OTHER, "TINJAU", NIK, "TINJAU", OTHER),  # nothing is corrected before a human has decided
        (None, "TINJAU", NIK, "TINJAU", None),
        (OTHER, "DITOLAK", NIK, "TIDAK_PADAN", OTHER),
    ],
)
def test_status_and_nik_follow_the_decision(
    nik: str | None, keputusan: str, linked_to: str, status: str, shown: str | None
) -> None:
    (row,) = resolved(people({"nik": nik, "nik_asal": nik}), links({"nik_dukcapil": linked_to, "keputusan": keputusan}))
    assert (row["status_padan"], row["nik"], row["nik_asal"]) == (status, shown, nik)
    assert row["bobot"] == 12.0
    assert row["penjelasan"] == "NIK ada di Dukcapil; nama sama."


@pytest.mark.parametrize(
    ("nik", "reason", "sentence"),
    [
        (NIK, "NIK_TIDAK_DITEMUKAN", "NIK tidak ditemukan di Dukcapil."),
        (OTHER, "NIK_ORANG_LAIN", "NIK ada di Dukcapil, tetapi keterangan pemiliknya tidak cocok."),
        (None, "NIK_TIDAK_TERPAKAI", "NIK kosong atau rusak sehingga tidak dapat dicari di Dukcapil."),
    ],
)
def test_a_row_without_a_link_says_why(nik: str | None, reason: str, sentence: str) -> None:
    rows = people({"nik": nik}, {"nik": KK})
    rows = rows.with_columns(person_ids(rows, NO_ONE, links().lazy(), frame(Anggota, []).lazy()))
    registry = frame(DukcapilStaged, [{"nik": OTHER}, {"nik": KK}]).lazy()
    linked = links({"id_dtks": "D2", "nik_dukcapil": KK, "keputusan": "TINJAU"}).lazy()
    none = pl.DataFrame(schema={"id_dtks": pl.String, "kolom": pl.String, "nilai_usulan": pl.String})
    (whole,) = resolve_in_pieces(rows, registry, linked, NO_ONE, none)
    row, other = whole.sort("id_dtks").rows(named=True)
    assert (row["status_padan"], row["alasan"], row["penjelasan"]) == ("TIDAK_PADAN", [reason], sentence)
    assert (row["bobot"], other["alasan"]) == (None, ["NIK_SAMA", "NAMA_SAMA"])


@pytest.mark.parametrize(("keputusan", "shown"), [("OTOMATIS", "MATI"), ("TINJAU", None)])
def test_the_registrys_word_on_a_person_is_shown_once_it_is_that_person(keputusan: str, shown: str | None) -> None:
    registry = [{"nik": NIK, "status_penduduk": "MATI"}, {"nik": OTHER, "status_penduduk": "HIDUP"}]
    (row,) = resolved(people({"nik": NIK}), links({"nik_dukcapil": NIK, "keputusan": keputusan}), registry)
    assert row["status_penduduk"] == shown


def test_duplicates_keep_their_row_and_share_the_person() -> None:
    survivors = pl.DataFrame({"id_dtks": ["D2"], "ganda_dari": ["D1"]})
    first, second, third = resolved(people({}, {}, {}), links(), survivors=survivors)
    assert (first["ganda_dari"], second["ganda_dari"], third["ganda_dari"]) == (None, "D1", None)
    assert first["id_orang"] == second["id_orang"] != third["id_orang"]


def test_rows_resolved_some_at_a_time_are_those_resolved_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = people({"nik": NIK}, {"nik": OTHER}, {}, {"nik": NIK}, {"no_kk": KK}).reverse()
    rows = rows.with_columns(person_ids(rows, NO_ONE, links().lazy(), frame(Anggota, []).lazy()))
    linked = {"D1": NIK, "D2": OTHER, "D4": NIK}
    decided = links(
        *({"id_dtks": row, "nik_dukcapil": nik, "keputusan": "TINJAU"} for row, nik in linked.items())
    ).lazy()
    registry = frame(DukcapilStaged, [{"nik": NIK, "status_penduduk": "MATI"}]).lazy()
    none = pl.DataFrame(schema={"id_dtks": pl.String, "kolom": pl.String, "nilai_usulan": pl.String})
    (whole,) = resolve_in_pieces(rows, registry, decided, NO_ONE, none)
    monkeypatch.setattr(resolve, "BLOCK", 2)
    pieces = list(resolve_in_pieces(rows, registry, decided, NO_ONE, none))
    assert [piece.height for piece in pieces] == [2, 2, 1]
    assert pl.concat(pieces).equals(whole)
    assert whole["nik_dukcapil"].to_list() == [NIK, OTHER, None, NIK, None]


def test_ids_of_persons_and_households_are_the_same_in_the_next_period() -> None:
    (now,) = resolved(people({"no_kk": KK}), links())
    (later,) = resolved(people({"no_kk": KK, "periode": "2023-01", "nama": "SITI AMINAH"}), links())
    assert (now["id_orang"], now["id_keluarga"]) == (later["id_orang"], later["id_keluarga"])
    assert now["id_orang"].startswith("O")
    assert now["id_keluarga"].startswith("K")


def test_a_household_is_a_shared_kk_and_a_blank_number_makes_none() -> None:
    ids = people({"no_kk": KK}, {}, {"no_kk": KK}, {"no_kk": NIK})["id_keluarga"].to_list()
    assert ids[0] == ids[2] != ids[3]
    assert ids[1] is None
    assert people({}, {})["id_keluarga"].to_list() == [None, None]
    assert people()["id_keluarga"].to_list() == []


# --- households


def household(*rows: dict[str, Any]) -> pl.DataFrame:
    common = {"periode": "2022-12", "no_kk": KK, "id_keluarga": "K1", "nama": "SITI", "status_padan": "TIDAK_PADAN"}
    return frame(Anggota, [{"id_dtks": f"D{n}", **row} for n, row in enumerate(rows, 1)], **common)


def family_rows(
    members: pl.DataFrame, pairs: pl.DataFrame | None = None, families: list[dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    none = frame(KeluargaDukcapil, [])
    df = resolve_households(members, none if pairs is None else pairs, frame(DtsenStaged, families or []))
    return enforce(df, promised_tables()["cleansed.keluarga"]).rows(named=True)


def test_a_household_counts_its_members_and_the_linked_among_them() -> None:
    statuses = ("PADAN", "PADAN_PERBAIKAN", "TINJAU", "TIDAK_PADAN")
    (row,) = family_rows(household(*({"status_padan": status} for status in statuses)))
    assert (row["jumlah_anggota"], row["jumlah_padan"], row["status_keluarga"]) == (4, 2, "TIDAK_PADAN")


def test_the_head_is_the_member_with_relation_one() -> None:
    assert (
        family_rows(household({"nama": "A", "hub_keluarga": 2}, {"nama": "B", "hub_keluarga": 1}))[0]["kepala_keluarga"]
        == "B"
    )
    assert family_rows(household({"nama": "A", "hub_keluarga": 2}, {"nama": "B"}))[0]["kepala_keluarga"] is None
    two = household(
        {"nama": "A", "hub_keluarga": 1, "id_dtks": "D9"}, {"nama": "B", "hub_keluarga": 1, "id_dtks": "D2"}
    )
    assert family_rows(two)[0]["kepala_keluarga"] == family_rows(two.reverse())[0]["kepala_keluarga"] == "B"


@pytest.mark.parametrize(
    ("desa", "expected"),
    [
        (["3604052001", "3604052002", "3604052002"], "3604052002"),
        (["3604052002", "3604052001"], "3604052001"),  # a tie goes to the smaller code, whatever the order
        ([None, "3604052002", None], "3604052002"),
        ([None, None], None),
    ],
)
def test_the_desa_is_the_one_most_members_state(desa: list[str | None], expected: str | None) -> None:
    assert family_rows(household(*({"kode_desa": code} for code in desa)))[0]["kode_desa"] == expected


def test_people_without_a_household_are_in_none() -> None:
    assert family_rows(household({"id_keluarga": None})) == []


def test_the_status_comes_from_the_pairs() -> None:
    pair = {"id_keluarga": "K1", "no_kk_dukcapil": KK, "anggota_cocok": 1, "anggota_dtks": 1, "anggota_dukcapil": 1}
    assert family_rows(household({}), frame(KeluargaDukcapil, [pair]))[0]["status_keluarga"] == "UTUH"


def test_no_order_of_rows_changes_the_households() -> None:
    members = household(
        *(
            {"id_keluarga": f"K{n % 4}", "no_kk": f"{n % 4:016}", "nama": f"N{n}", "hub_keluarga": n % 3 + 1}
            for n in range(20)
        )
    )
    rows = family_rows(members)
    assert len(rows) == 4
    assert family_rows(members.sample(fraction=1, shuffle=True, seed=1)) == rows


def test_the_decile_is_that_of_the_last_file_that_names_the_number() -> None:
    families = [
        {"berkas": "dtks/v3.csv", "no_kk": KK, "desil_nasional": 2},
        {"berkas": "dtks/v2.csv", "no_kk": KK, "desil_nasional": 7},
        {"berkas": "dtks/v9.csv", "no_kk": f"{KK[:-1]}0", "desil_nasional": 1},
    ]
    (row,) = family_rows(household({}), families=families)
    assert row["desil_nasional"] == 2
    (row,) = family_rows(household({}), families=families[2:])
    assert row["desil_nasional"] is None
