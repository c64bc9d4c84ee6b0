from __future__ import annotations

import polars as pl

from pipeline.matching.levels.evidence import Claims
from pipeline.matching.outcome.households import pair_households
from pipeline.matching.outcome.membership import with_members
from schemas.link import KeluargaDukcapil
from schemas.table import polars_schema

# Household K1: two of the three of KK 1, the third nowhere; K2 and K3 share KK 2; K4 stands in KK 3 and KK 4.
RESIDENTS = {"1": "abc", "2": "de", "3": "f", "4": "gh"}
ROWS = [("1", "K1", "a"), ("2", "K1", "b"), ("3", "K2", "d"), ("4", "K3", "e"), ("5", "K4", "f"), ("6", "K4", "g"),
        ("7", "K4", None), ("8", None, "h")]  # fmt: skip


def frames() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    registry = pl.DataFrame(
        [(nik, kk, "HIDUP") for kk, niks in RESIDENTS.items() for nik in niks] + [("z", "1", "TIDAK_VALID")],
        schema=["nik", "no_kk", "status_penduduk"],
        orient="row",
    )
    people = pl.DataFrame([(row, home) for row, home, _ in ROWS], schema=["id_dtks", "id_keluarga"], orient="row")
    links = pl.DataFrame(
        [(row, nik, "OTOMATIS", 10.0) for row, _, nik in ROWS if nik],
        schema=["id_dtks", "nik_dukcapil", "keputusan", "bobot"],
        orient="row",
    )
    return people, links, registry


def test_every_pair_names_its_members_and_whom_it_lacks() -> None:
    people, links, registry = frames()
    number = pl.col("id_keluarga").str.slice(1).cast(pl.Int64).fill_null(-1)
    persons = registry.with_row_index("orang").select(
        pl.col("orang").cast(pl.Int64), nik_dukcapil="nik", kk=pl.col("no_kk").cast(pl.Int64)
    )
    linked = links.join(people.with_columns(number), on="id_dtks").join(persons, on="nik_dukcapil")
    claims = Claims(*(linked[column].to_numpy() for column in ("id_keluarga", "orang", "kk")))
    valid = registry["status_penduduk"] != "TIDAK_VALID"
    found = pair_households(
        people.select(number).to_series().to_numpy(),
        claims,
        linked["bobot"].to_numpy(),
        persons["kk"].filter(valid).to_numpy(),
    )
    named = found.with_columns(
        pl.col("no_kk_dukcapil").cast(pl.String), id_keluarga=pl.format("K{}", pl.col("id_keluarga"))
    )
    pairs = with_members(named.sort("id_keluarga", "no_kk_dukcapil"), people, links, registry)
    assert {*pairs.columns, "periode"} == set(polars_schema(KeluargaDukcapil))
    columns = ("id_keluarga", "no_kk_dukcapil", "status_keluarga", "id_anggota", "nik_tanpa_baris")
    assert pairs.select(columns).rows() == [
        ("K1", "1", "SEBAGIAN", ["1", "2"], ["c"]),
        ("K2", "2", "GABUNG", ["3"], []),
        ("K3", "2", "GABUNG", ["4"], []),
        ("K4", "3", "PECAH", ["5"], []),
        ("K4", "4", "PECAH", ["6"], []),
    ]
    assert pairs["penjelasan"].to_list() == [
        "2 dari 3 anggota KK ini tercatat dalam keluarga ini; 1 tidak padan dengan baris DTKS mana pun.",
        "1 dari 2 anggota KK ini tercatat dalam keluarga ini; 1 keluarga DTKS lain juga memuat anggota KK ini.",
        "1 dari 2 anggota KK ini tercatat dalam keluarga ini; 1 keluarga DTKS lain juga memuat anggota KK ini.",
        "Semua 1 anggota KK ini tercatat dalam keluarga ini; anggota keluarga ini juga berada di 1 KK lain.",
        "1 dari 2 anggota KK ini tercatat dalam keluarga ini; anggota keluarga ini juga berada di 1 KK lain.",
    ]
