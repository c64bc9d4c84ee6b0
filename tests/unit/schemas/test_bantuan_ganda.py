"""`mart.bantuan_ganda`: who was paid twice, the surplus amount, and who was not."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from schemas.marts.pembayaran import Pembayaran
from tests.unit.frames import frame, query_mart

GIVEN = {"program": "PKH", "tahun": 2022, "tahap": 1, "status_bayar": "DIBAYAR", "sumber_data": "DTKS", "temuan": []}
CONFLICTS = pl.DataFrame({"program_a": ["BST"], "program_b": ["BLT DD"]})
TARIFFS = pl.DataFrame(
    {"program": ["SEMBAKO", "PKH"], "tahun": 2022, "tahap": 1, "komponen": [None, "SD"], "nominal": [600_000, 900_000]}
)


def doubles(*orders: dict[str, Any]) -> list[tuple[object, ...]]:
    """Kind, surplus order, rupiah and number of payments found among orders numbered from 1, one per day."""
    rows = [
        {"no_danom": str(n), "tgl_bayar": date(2022, 9, n), "nominal": 300_000, "sumber_baris": n, **order}
        for n, order in enumerate(orders, 1)
    ]
    given = {
        "mart.pembayaran": frame(Pembayaran, rows, **GIVEN),
        "reference.program_bertentangan": CONFLICTS,
        "reference.program_tahap": TARIFFS,
    }
    return (
        query_mart("bantuan_ganda", given)
        .select("jenis", "no_danom", "nominal", "jumlah_pembayaran")
        .sort("jenis", "no_danom")
        .rows()
    )


def kk(number: int) -> str:
    return f"360405111212{number:04}"


def test_one_person_paid_twice_in_a_stage_is_aided_twice_by_all_but_the_largest_payment() -> None:
    person = {"penerima": "A", "no_kk": kk(1)}
    twice = [person, person | {"nominal": 200_000}]
    # Not the money that failed, not that of another stage, and nothing of whom nobody knows.
    others = [person | {"status_bayar": "GAGAL"}, person | {"tahap": 2}, {}, {}]
    assert doubles(*twice, *others) == [("NIK_TAHAP_SAMA", "2", 200_000, 2)]


def test_instalments_of_what_a_stage_pays_are_no_aid_twice() -> None:
    parts = [{"program": "SEMBAKO", "penerima": "A", "nominal": each} for each in (200_000, 200_000, 200_000)]
    assert doubles(*parts) == []
    assert doubles(*parts, parts[0]) == [("NIK_TAHAP_SAMA", "4", 600_000, 4)]


def test_two_persons_of_one_family_paid_in_a_stage_are_named_once() -> None:
    family = [{"penerima": "A", "no_kk": kk(1)}, {"penerima": "B", "no_kk": kk(1), "nominal": 100_000}]
    assert doubles(*family, {"penerima": "C", "no_kk": kk(2)}) == [("KK_SAMA", "2", 100_000, 2)]


def test_programmes_that_exclude_each_other_are_told_of_a_family_within_a_year() -> None:
    one, other = {"program": "BST", "penerima": "A", "no_kk": kk(1)}, {"program": "BLT DD", "penerima": "B"}
    paid = [one, one | {"tahap": 2}, other | {"no_kk": kk(1)}, other | {"penerima": "C", "no_kk": kk(2)}]
    years = [one | {"no_kk": kk(3), "tahun": 2021}, other | {"penerima": "D", "no_kk": kk(3)}]
    # The lesser of what both paid, by the order of the second programme.
    assert doubles(*paid, *years) == [("PROGRAM_BERTENTANGAN", "3", 300_000, 3)]
