"""Small releases for tests: people, families and payments of invented desa, and what is released of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pipeline.warehouse.sepakat.indicators import Release, build_release
from schemas.catalogue import promised_tables
from schemas.table import polars_schema

TABLES = promised_tables()
REGIONS = pl.DataFrame(
    {"kode": ["36", "3604", "360405", "3604052001"], "nama": ["BANTEN", "KAB. SERANG", "A", "DESA E"]}
)


def filled(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
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
    return filled("cleansed.keluarga", list(unique.values()))


def realised(rows: list[tuple[str, int | None, int, int, int]]) -> pl.DataFrame:
    """`mart.realisasi` of one stage as (region code, allotted, paid, failed, waiting); 1,000 rupiah each."""
    level = {0: "NASIONAL", 2: "PROVINSI", 4: "KABUPATEN", 6: "KECAMATAN", 10: "DESA"}
    return filled(
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


def released(
    rows: list[dict[str, Any]],
    realisasi: pl.DataFrame | None = None,
    history: dict[str, pl.DataFrame] | None = None,
    periode: str = "2022-12",
) -> Release:
    """The release of these rows, after a version that left `history`."""
    rows = [row | {"periode": row["periode"].replace("2022-12", periode)} for row in rows]
    return build_release(
        filled("cleansed.anggota", rows),
        families(rows),
        realised([]) if realisasi is None else realisasi,
        REGIONS,
        periode=periode,
        history=history or {},
    )


def shown(df: pl.DataFrame, column: str) -> dict[str, int | None]:
    return dict(df.select("kode_wilayah", column).iter_rows())
