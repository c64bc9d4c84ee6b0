"""Who is proposed for DTKS: people who are missing in it, but not if the file of their kabupaten is missing."""

from __future__ import annotations

from typing import Any

from schemas.marts.pembayaran import Pembayaran
from tests.unit.frames import frame, query_mart


def orders(kode_kab: str | None, sources: str) -> list[dict[str, Any]]:
    """One order per letter: D for a payee in DTKS, N for one who is not."""
    of_kab, stated = {"kode_kab": kode_kab}, {"D": "DTKS", "N": "NON_DTKS"}
    return [
        of_kab | {"no_danom": f"{kode_kab}-{n}", "penerima": f"{kode_kab}-{each}{n}", "sumber_data": stated[each]}
        for n, each in enumerate(sources)
    ]


def proposed(*some: list[dict[str, Any]]) -> list[str]:
    paid = frame(Pembayaran, [row for rows in some for row in rows], status_bayar="DIBAYAR", nominal=600_000)
    return sorted(query_mart("usulan_dtks", {"mart.pembayaran": paid})["penerima"].to_list())


def test_who_is_paid_and_not_listed_is_proposed() -> None:
    assert proposed(orders("3604", "DDN"), orders(None, "N")) == ["3604-N2", "None-N0"]


def test_a_kabupaten_whose_list_is_missing_proposes_nobody() -> None:
    assert proposed(orders("3604", "DDN"), orders("1613", "DNN")) == ["3604-N2"]


def test_who_waits_for_the_first_payment_is_not_called_paid() -> None:
    reasons = {}
    for state in ("DIBAYAR", "BELUM"):
        waiting = frame(Pembayaran, orders("3604", "DDN"), status_bayar=state, nominal=600_000)
        reasons[state] = query_mart("usulan_dtks", {"mart.pembayaran": waiting})["alasan"].item()
    assert reasons["DIBAYAR"] == "Dibayar tetapi tidak ada di DTKS dan belum dikenali di Dukcapil."
    assert reasons["BELUM"] == "Mendapat perintah bayar tetapi tidak ada di DTKS dan belum dikenali di Dukcapil."
