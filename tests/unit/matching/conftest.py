"""A small village: residents with truth, DTKS rows written from them, and pairs by outcome codes of the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipeline.matching.model.file import load_model
from pipeline.matching.outcome.resolve import with_household_ids
from pipeline.matching.records.arrays import Levels
from pipeline.normalise.values.names import comparable_name
from schemas.staged import DtksStaged, DukcapilStaged
from schemas.table import polars_schema

MODEL = load_model()
_MEN = (
    "SUPARMAN",
    "HENDRA WIJAYA",
    "AGUS SETIAWAN",
    "BUDI SANTOSO",
    "DEDI KURNIAWAN",
    "ROHMAT HIDAYAT",
    "JAJANG NURDIN",
)
_WOMEN = (
    "SITI ROHMAH",
    "YUYUN YULIANI",
    "NENENG HASANAH",
    "RATNA DEWI",
    "EUIS KOMARIAH",
    "TATI SUMIATI",
    "LILIS KARTINI",
)
_CHILDREN = (
    "RIZKI PRATAMA",
    "DINDA LESTARI",
    "FAJAR RAMADHAN",
    "INTAN PERMATA",
    "BAYU SAPUTRA",
    "WULAN SARI",
    "ANDI FIRMAN",
)
_VILLAGES = 4


def _resident(family: int, member: int) -> dict[str, Any]:
    """A member of a family of four (man, wife, two children); families share names, but not with birth dates."""
    village = family % _VILLAGES
    woman = member == 1 or (member > 1 and (family + member) % 2 == 0)
    names = (_MEN, _WOMEN, _CHILDREN, _CHILDREN)[member]
    year = (1975, 1978, 2003, 2008)[member] + family % 7
    born = date(year, 1 + (family * 5 + member) % 12, 1 + (family * 11 + member * 7 + family // 28) % 28)
    region = f"36040{village + 1}"
    day = born.day + (40 if woman else 0)
    return {
        "nik": f"{region}{day:02d}{born.month:02d}{born.year % 100:02d}{1 + family // 28:04d}",
        "no_kk": f"{region}0101{10 + family % 12:02d}{family + 1:04d}",
        "nama": names[(family + 3 * member) % len(names)] + ("" if family % 3 else f" {chr(65 + family % 26)}UDIN"),
        "tanggal_lahir": born,
        "jenis_kelamin": "P" if woman else "L",
        "tempat_lahir": "SERANG",
        "nama_ibu_kandung": _WOMEN[(family + 3) % 7] if member > 1 else f"MAEMUNAH {chr(65 + family % 26)}ATI",
        "hub_keluarga": (1, 2, 3, 3)[member],
        "alamat": f"KP {('PASIR', 'LEBAK', 'SAWAH')[family % 3]} NO {family}",
        "rt": f"{1 + family % 9:03d}",
        "rw": "002",
        "status_penduduk": "HIDUP",
        "kode_prov": "36",
        "kode_kab": "3604",
        "kode_kec": region,
        "kode_desa": f"{region}2001",
    }


def _frame(rows: Sequence[dict[str, Any]], schema: pl.Schema) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema_overrides={name: dtype for name, dtype in schema.items() if name in rows[0]})
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns]
    return frame.with_columns(missing).with_columns(nama_banding=comparable_name(pl.col("nama"))).select(schema.names())


def registry_of(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Residents as `DukcapilStaged`."""
    return _frame(rows, polars_schema(DukcapilStaged))


def people_of(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """DTKS rows as `DtksStaged` with `id_keluarga`; by default, written values equal the cleaned ones."""
    numbered = [
        {
            "id_dtks": f"D{number:05d}",
            "berkas": "dtks/uji.csv",
            "baris": number + 2,
            "nik_tulis": row["nik"],
            "nik_asal": row["nik"],
            "no_kk_asal": row["no_kk"],
            "nik_disalin": False,
            **row,
        }
        for number, row in enumerate(rows)
    ]
    return with_household_ids(_frame(numbered, polars_schema(DtksStaged)).lazy()).collect()


def levels(*outcomes: Mapping[str, str]) -> Levels:
    """Pairs by the codes of their outcomes; comparisons that are not named have no data."""
    codes = {one.name: [level.code for level in one.levels] for one in MODEL.comparisons}
    rows = [[known.index(outcome.get(name, "KOSONG")) for name, known in codes.items()] for outcome in outcomes]
    return np.array(rows, dtype=np.uint8).reshape(len(outcomes), len(codes))


@pytest.fixture(scope="package")
def residents() -> list[dict[str, Any]]:
    """200 families of four, 800 residents."""
    return [_resident(family, member) for family in range(200) for member in range(4)]


@pytest.fixture(scope="package")
def listed(residents: list[dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """The DTKS row about a resident: `listed(family, member, nik=…, …)`."""

    def write(family: int, member: int, **changes: Any) -> dict[str, Any]:
        row = {name: value for name, value in residents[4 * family + member].items() if name != "status_penduduk"}
        if "nik" in changes and changes["nik"] is not None and len(changes["nik"]) != 16:
            changes = {**changes, "nik": None, "nik_tulis": changes["nik"], "nik_asal": changes["nik"]}
        return {**row, **changes}

    return write
