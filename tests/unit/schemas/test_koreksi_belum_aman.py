"""Which possible corrections are not safe: all that are not in `cleansed.koreksi`."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.warehouse.store.database import run_query
from schemas.catalogue import promised_tables
from schemas.cleansed import Anggota, Koreksi
from schemas.link import AnggotaDukcapil
from schemas.staged import DukcapilStaged
from tests.unit.frames import frame

TABLE = promised_tables()["mart.koreksi_belum_aman"]
HIS, HERS, KK, OLD_KK = (f"36040412118700{number:02}" for number in range(4))


def unsafe(decision: str, corrected: tuple[str, ...] = (), **row: str | None) -> list[tuple[Any, ...]]:
    common = {"periode": "2022-12", "id_dtks": "1"}
    known = {
        "link.anggota_dukcapil": frame(AnggotaDukcapil, [common | {"nik_dukcapil": HIS, "keputusan": decision}]),
        "cleansed.anggota": frame(Anggota, [common | row]),
        "staged.dukcapil": frame(DukcapilStaged, [{"nik": HIS, "no_kk": KK}]),
        "cleansed.koreksi": frame(Koreksi, [common | {"kolom": name} for name in corrected]),
    }
    found = run_query(TABLE.query, known).sort("kolom")
    return found.select("kolom", "nilai_asal", "nilai_usulan", "yang_diragukan").rows()


@pytest.mark.parametrize(
    ("decision", "corrected", "row", "expected"),
    [
        ("TINJAU", (), {"nik": None, "no_kk": KK}, [("nik", None, HIS, "ORANG")]),
        ("OTOMATIS", (), {"nik": HERS, "nik_asal": "x", "no_kk": KK}, [("nik", "x", HIS, "NOMOR")]),
        ("OTOMATIS", ("nik",), {"nik": HERS, "no_kk": OLD_KK}, [("no_kk", None, KK, "NOMOR")]),
        ("OTOMATIS", ("nik", "no_kk"), {"nik": HERS, "no_kk": OLD_KK}, []),
        ("OTOMATIS", (), {"nik": HIS, "no_kk": KK}, []),
        # What officers decided stands in cleansed.koreksi, or is none.
        ("PETUGAS", (), {"nik": HERS, "no_kk": OLD_KK}, []),
        ("DITOLAK", (), {"nik": HERS, "no_kk": OLD_KK}, []),
    ],
)
def test_what_is_not_vouched_for_is_listed_once(
    decision: str, corrected: tuple[str, ...], row: dict[str, str | None], expected: list[tuple[Any, ...]]
):
    assert unsafe(decision, corrected, **row) == expected
