"""Small releases for tests: people, families and payments of invented desa, and the release tables of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pipeline.warehouse.sepakat.indicators import Release, build_release
from schemas.catalogue import promised_tables
from schemas.levels import NATIONAL
from schemas.levels import REGIONS as REGIONS_OF
from schemas.marts.mutu_data import MutuData
from schemas.table import polars_schema
from tests.unit.frames import frame

TABLES = promised_tables()
REGIONS = pl.DataFrame(
    {"kode": ["36", "3604", "360405", "3604052001"], "nama": ["BANTEN", "KAB. SERANG", "A", "DESA E"]}
)


def complete_rows(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = polars_schema(TABLES[table].model)
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def members(desa: str, number: int, first: int = 0, **given: Any) -> list[dict[str, Any]]:
    """`number` adult men of one desa, all linked, each in a family of his own."""
    return [
        {
            "periode": "2022-12",
            "id_dtks": f"{desa}-{each}",
            "id_keluarga": f"K{desa}-{each}",
            "kode_desa": desa,
            "kode_kec": desa[:6],
            "kode_kab": desa[:4],
            "kode_prov": desa[:2],
            "tanggal_lahir": date(1980, 5, 1),
            "jenis_kelamin": "L",
            "status_padan": "PADAN",
            **given,
        }
        for each in range(first, first + number)
    ]


def families(rows: list[dict[str, Any]]) -> pl.DataFrame:
    unique = {(row["periode"], row["id_keluarga"]): row for row in rows}
    return complete_rows("cleansed.keluarga", list(unique.values()))


def realisasi_rows(rows: list[tuple[str, int | None, int, int, int]]) -> pl.DataFrame:
    """`mart.realisasi` of one stage as (region code, allotted, paid, failed, waiting); 1,000 rupiah each."""
    level = {0: "NASIONAL", 2: "PROVINSI", 4: "KABUPATEN", 6: "KECAMATAN", 10: "DESA"}
    return complete_rows(
        "mart.realisasi",
        [
            {
                "program": "SEMBAKO",
                "tahun": 2022,
                "tahap": 1,
                "tingkat": level[len(code)],
                "kode_wilayah": code,
                "kpm_alokasi": allotted,
                "kpm_salur": paid,
                "kpm_gagal": failed,
                "kpm_belum": waiting,
                "nominal_alokasi": allotted * 1000 if allotted is not None else None,
                "nominal_transfer": allotted * 1000 if allotted is not None else None,
                "nominal_salur": paid * 1000,
                "kpm_persen": 100 * paid / allotted if allotted else None,
                "nominal_persen": 100 * paid / allotted if allotted else None,
            }
            for code, allotted, paid, failed, waiting in rows
        ],
    )


def _regions(rows: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(level, row[code]) for row in rows for level, code in REGIONS_OF if row.get(code)} | {(NATIONAL, "")}


def build_release_of(
    rows: list[dict[str, Any]],
    realisasi: pl.DataFrame | None = None,
    history: dict[str, pl.DataFrame] | None = None,
    periode: str = "2022-12",
    *,
    register: bool = True,
) -> Release:
    """The release of these rows, after an earlier version with `history`."""
    rows = [row | {"periode": row["periode"].replace("2022-12", periode)} for row in rows]
    registers = frame(
        MutuData,
        [{"tingkat": level, "kode_wilayah": code} for level, code in _regions(rows)],
        periode=periode, register_lengkap=register, padan_sesudah_persen=50.0 if register else None,
    )  # fmt: skip
    return build_release(
        complete_rows("cleansed.anggota", rows),
        families(rows),
        realisasi_rows([]) if realisasi is None else realisasi,
        registers,
        REGIONS,
        periode=periode,
        history=history or {},
    )


def by_region(df: pl.DataFrame, column: str) -> dict[str, int | None]:
    return dict(df.select("kode_wilayah", column).iter_rows())
