"""Roll-up of payment orders to all levels and days, and refresh with a day's file, compared with plain GROUPING SETS.

Both sides read the same Parquet file of orders (the columns of `mart.pembayaran`, five stages in all villages of the
country) and count and sum per programme, stage, day and level, alternately, each in its own process. In addition
padan's `mart.rekap_bayar`, `mart.realisasi` and `mart.realisasi_harian` are made from it and written.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy as np
import polars as pl

from pipeline import reference
from pipeline.realisation.refresh import refresh_realisation
from pipeline.warehouse.store.database import run_query
from pipeline.warehouse.store.parquet import ROWS_PER_GROUP, write_parquet
from schemas.catalogue import promised_tables
from schemas.levels import roll_up_query
from schemas.marts.alokasi import Alokasi
from schemas.marts.pembayaran import Pembayaran
from schemas.staged import PosStaged
from schemas.table import polars_schema
from tests.benchmarks.measuring import peak_memory

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)
STAGES = (("BLT BBM", 2022, 1), ("BLT BBM", 2022, 2), ("PKH", 2022, 1), ("PKH", 2022, 2), ("SEMBAKO", 2022, 1))
DAYS = 30
DELIVERY = 100_000
_MEASURED = ("plain", "climb", "padan", "refresh")
_SETS = ("kode_prov", "kode_kab", "kode_kec", "kode_desa")
_PLAIN = """
SELECT program, tahun, tahap, tgl_bayar, kode_prov, kode_kab, kode_kec, kode_desa,
    COUNT(*) FILTER (status_bayar = 'DIBAYAR') AS kpm_salur,
    COUNT(*) FILTER (status_bayar IN ('GAGAL', 'RETUR')) AS kpm_gagal,
    COUNT(*) FILTER (status_bayar = 'BELUM') AS kpm_belum,
    SUM(nominal) FILTER (status_bayar = 'DIBAYAR') AS nominal_salur
FROM read_parquet(?)
GROUP BY GROUPING SETS ((program, tahun, tahap, tgl_bayar), {sets})
"""


def compare(folder: Path, orders: list[int], runs: int) -> list[dict[str, Any]]:
    """Per size: wall seconds, processor seconds and peak GiB of every side; the best of the alternating runs."""
    found = []
    for size in orders:
        target = folder / f"{size}"
        target.mkdir(parents=True, exist_ok=True)
        _side("make", target, size)
        sides: dict[str, list[dict[str, float]]] = {side: [] for side in _MEASURED}
        for _ in range(runs):
            for side, measured in sides.items():
                if side == "refresh":
                    _side("sort", target, size)
                measured.append(_side(side, target, size))
        best = {side: min(measured, key=lambda one: one["cpu"]) for side, measured in sides.items()}
        if len({best[side]["paid"] for side in ("plain", "climb", "padan")}) > 1:
            message = f"the sides disagree: {best}"
            raise AssertionError(message)
        found.append({"orders": size, **best})
        for file in target.iterdir():
            file.unlink()
    return found


def table(found: list[dict[str, Any]]) -> str:
    """The comparison as a Markdown table."""
    lines = [
        "| orders | side | seconds | processor s | peak GiB | processor ratio to plain |",
        "|---|---|---|---|---|---|",
    ]
    names = {
        "plain": "GROUPING SETS",
        "climb": "padan, the same figures",
        "padan": "padan, three marts with estimates, written",
        "refresh": f"padan, {DELIVERY:,} new rows on them",
    }
    for row in found:
        for side, name in names.items():
            one = row[side]
            ratio = one["cpu"] / row["plain"]["cpu"]
            lines.append(
                f"| {row['orders']:,} | {name} | {one['seconds']:.1f} | {one['cpu']:.1f} | {one['gib']:.2f} "
                f"| {ratio:.2f} |"
            )
    return "\n".join(lines) + "\n"


def _side(side: str, folder: Path, size: int) -> dict[str, float]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.realisation", side, str(folder), str(size)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _make(folder: Path, size: int) -> int:
    """The orders of a country in their current state, in the order in which a run writes them."""
    rng = np.random.default_rng(20221231)
    villages = reference.regions().filter("berlaku", tingkat="DESA")["kode"].sort()
    schema = polars_schema(Pembayaran)
    parts = []
    for program, tahun, tahap in STAGES:
        count = size // len(STAGES)
        desa = villages.gather(np.sort(rng.integers(0, villages.len(), count)))
        status = pl.Series(rng.choice(["DIBAYAR", "GAGAL", "RETUR", "BELUM"], count, p=(0.93, 0.02, 0.01, 0.04)))
        day = np.datetime64("2022-09-02", "D") + rng.integers(0, DAYS, count)
        number = pl.int_range(count, dtype=pl.Int64).cast(pl.String).str.zfill(10)
        known: dict[str, Any] = {
            "program": pl.lit(program), "tahun": pl.lit(tahun), "tahap": pl.lit(tahap), "status_bayar": status,
            "kode_desa": desa, "kode_kec": desa.str.head(6), "kode_kab": desa.str.head(4),
            "kode_prov": desa.str.head(2), "kode_kprk": desa.str.head(4) + "0", "nominal": pl.lit(300_000),
            **dict.fromkeys(("no_danom", "nik", "penerima"), pl.concat_str(pl.lit(desa).str.head(6), number)),
            "tgl_bayar": pl.when(pl.lit(status) == "DIBAYAR").then(pl.lit(pl.Series(day))),
            "alasan_gagal": pl.when(pl.lit(status).is_in(["GAGAL", "RETUR"])).then(pl.lit("PINDAH")),
            "berlaku_per": pl.lit(datetime(2022, 10, 1)), "sumber_data": pl.lit("DTKS"),  # noqa: DTZ001
            "temuan": pl.lit([], pl.List(pl.String)), "sumber_berkas": pl.lit("pos/a.csv"), "sumber_baris": pl.lit(2),
        }  # fmt: skip
        columns = {**dict.fromkeys(schema, pl.lit(None)), **known}
        frame = pl.select(**columns).select(pl.col(name).cast(dtype) for name, dtype in schema.items())
        part = folder / f"part-{program}-{tahap}.parquet"
        write_parquet(frame.sort("no_danom"), part)
        parts.append(part)
    pl.scan_parquet(parts).sink_parquet(
        folder / "pembayaran.parquet", compression="zstd", row_group_size=ROWS_PER_GROUP
    )
    for part in parts:
        part.unlink()
    allotted = pl.DataFrame({"kode": villages.str.head(4)}).unique().sort("kode")
    stages = pl.DataFrame(STAGES, schema=["program", "tahun", "tahap"], orient="row")
    rows = stages.join(allotted, how="cross").select(
        "program", "tahun", "tahap", kode_wilayah="kode", kpm_alokasi=size // 400, nominal_alokasi=size * 750
    )
    _in_columns_of(Alokasi, rows).write_parquet(folder / "alokasi.parquet")
    return size


def _in_columns_of(model: Any, rows: Frame) -> Frame:
    known = rows.lazy().collect_schema()
    return rows.select(
        (pl.col(name) if name in known else pl.lit(None).alias(name)).cast(dtype)
        for name, dtype in polars_schema(model).items()
    )


def _plain(folder: Path, _: int) -> int:
    sets = ", ".join(f"(program, tahun, tahap, {code}, tgl_bayar)" for code in _SETS)
    with duckdb.connect() as connection:
        result = connection.sql(_PLAIN.format(sets=sets), params=[str(folder / "pembayaran.parquet")]).pl()
    return int(result.filter(pl.all_horizontal(pl.col(_SETS).is_null()))["kpm_salur"].sum())


def _climb(folder: Path, _: int) -> int:
    sums = {
        "kpm_salur": "COUNT(*) FILTER (status_bayar = 'DIBAYAR')",
        "kpm_gagal": "COUNT(*) FILTER (status_bayar IN ('GAGAL', 'RETUR'))",
        "kpm_belum": "COUNT(*) FILTER (status_bayar = 'BELUM')",
        "nominal_salur": "SUM(nominal) FILTER (status_bayar = 'DIBAYAR')",
    }
    query = roll_up_query("mart.pembayaran", ("program", "tahun", "tahap", "tgl_bayar"), sums)
    result = run_query(query, {"mart.pembayaran": folder / "pembayaran.parquet"})
    return int(result.filter(tingkat="NASIONAL")["kpm_salur"].sum())


def _sort(folder: Path, size: int) -> int:
    """The sums in the order in which a run writes them, and the orders as deliveries of one file."""
    written, kept = folder / "rekap_bayar.parquet", folder / "rekap_urut.parquet"
    stages = pl.scan_parquet(written).sort("program", "tahun", "tahap")
    stages.sink_parquet(kept, compression="zstd", row_group_size=ROWS_PER_GROUP)
    orders = pl.scan_parquet(folder / "pembayaran.parquet").rename(
        {"sumber_berkas": "berkas", "sumber_lembar": "lembar", "sumber_baris": "baris"}
    )
    _in_columns_of(PosStaged, orders).sink_parquet(
        folder / "perintah.parquet", compression="zstd", row_group_size=ROWS_PER_GROUP
    )
    return size


def _padan(folder: Path, _: int) -> int:
    known: dict[str, Any] = {
        "mart.pembayaran": folder / "pembayaran.parquet",
        "mart.alokasi": folder / "alokasi.parquet",
        "reference.wilayah": reference.regions(),
        "reference.program_tahap": reference.program_stages(),
    }
    paid = 0
    for name in ("rekap_bayar", "realisasi", "realisasi_harian"):
        query = promised_tables()[f"mart.{name}"]
        result = run_query(str(query.query), {source: known[source] for source in query.sources})
        known[query.full_name] = folder / f"{name}.parquet"
        write_parquet(result, known[query.full_name])
        if name == "realisasi":
            paid = int(result.filter(pl.col("tingkat") == "NASIONAL")["kpm_salur"].sum())
    return paid


def _refresh(folder: Path, size: int) -> int:
    """A file of the day: orders of one stage all over the country; open ones are now paid, the others unchanged."""
    rng = np.random.default_rng(1)
    program, tahun, tahap = STAGES[1]
    stage = pl.scan_parquet(folder / "pembayaran.parquet").filter(
        (pl.col("program") == program) & (pl.col("tahap") == tahap)
    )
    picked = np.sort(rng.choice(size // len(STAGES), min(DELIVERY, size // len(STAGES)), replace=False))
    rows = stage.select(
        "no_danom", "kode_prov", "kode_kab", "kode_kec", "kode_desa", "kode_kprk", "tgl_bayar"
    ).collect()[picked]
    delivery = _in_columns_of(
        PosStaged,
        rows.with_columns(
            program=pl.lit(program), tahun=tahun, tahap=tahap, nominal=300_000, status_bayar=pl.lit("DIBAYAR"),
            status_dikenal=True, tgl_bayar=pl.col("tgl_bayar").fill_null(date(2022, 10, 2)), periode=pl.lit("2022-12"),
            berkas=pl.lit("pos/b.csv"), baris=pl.int_range(pl.len()), berlaku_per=pl.lit(datetime(2022, 10, 3)),  # noqa: DTZ001
        ),
    )  # fmt: skip
    _start_clock()
    allotted, regions = pl.read_parquet(folder / "alokasi.parquet"), reference.regions()
    orders, sums = folder / "perintah.parquet", folder / "rekap_urut.parquet"
    changed = refresh_realisation(
        orders,
        sums,
        (allotted, allotted),
        regions,
        reference.program_stages(),
        left_out=pl.Series(dtype=pl.String),
        rows=delivery,
    )
    for name in ("realisasi", "realisasi_harian"):
        write_parquet(getattr(changed, name), folder / f"{name}_baru.parquet")
    return int(changed.realisasi.filter(pl.col("tingkat") == "NASIONAL")["kpm_salur"].sum())


_SIDES = {
    "make": _make, "plain": _plain, "climb": _climb, "padan": _padan, "sort": _sort, "refresh": _refresh,
}  # fmt: skip
_CLOCK = {"cpu": 0.0, "wall": 0.0}


def _start_clock() -> None:
    _CLOCK.update(cpu=time.process_time(), wall=time.perf_counter())


if __name__ == "__main__":
    name, where, how_many = sys.argv[1:]
    _start_clock()
    counted = _SIDES[name](Path(where), int(how_many))
    seconds, cpu = time.perf_counter() - _CLOCK["wall"], time.process_time() - _CLOCK["cpu"]
    print(json.dumps({"seconds": seconds, "cpu": cpu, "gib": peak_memory(), "paid": counted}))
