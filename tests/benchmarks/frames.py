"""Staged registers with truth at any size, made without files, as input of the matching.

`python -m tests.benchmarks.frames OUT [--warga 1000000] [--profil clean|documented|hard] [--seed 1] [--per-desa 950]`
writes people.parquet (`DtksStaged` with id_keluarga), registry.parquet (`DukcapilStaged`) and truth.parquet (the truth
table `persons`, see `pipeline.synthetic.truth`). The rows pass the same normalisation and the same rejection rules as
rows of files; formats and broken lines do not concern the matching.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from pipeline.matching.outcome.resolve import with_household_ids
from pipeline.normalise.staging import stage
from pipeline.synthetic import truth
from pipeline.synthetic.country import Country, draw_country
from pipeline.synthetic.files.siak import list_residents
from schemas.extracts import EXTRACTS
from schemas.staged import STAGED
from schemas.table import polars_schema, split
from tests.benchmarks.profiles import PROFILES

PERIODE = "2022-12"
_RESIDENTS_PER_FAMILY = 3.62
_FAMILIES_PER_VILLAGE = 950
_RELATIONS = (
    "KEPALA KELUARGA", "SUAMI", "ISTRI", "ANAK", "MENANTU", "CUCU", "ORANGTUA", "MERTUA", "FAMILI LAIN",
)  # fmt: skip


@dataclass(frozen=True)
class Frames:
    """The input of one matching, and its truth."""

    people: pl.DataFrame
    registry: pl.DataFrame
    truth: pl.DataFrame


def draw_frames(residents: int, profile: str, seed: int, per_village: int = _FAMILIES_PER_VILLAGE) -> Frames:
    """Draw a registry of about `residents` residents and about a third as many DTKS rows.

    Args:
        residents: size of the registry.
        profile: key of `PROFILES`.
        seed: the same arguments give the same frames.
        per_village: families per village; with fewer families fewer pairs are compared.
    """
    keluarga = max(100, round(residents / _RESIDENTS_PER_FAMILY))
    day = date.fromisoformat(f"{PERIODE}-01")
    return frames_of(draw_country(keluarga, seed, PROFILES[profile], day, workbooks=False, per_village=per_village))


def frames_of(country: Country) -> Frames:
    """The input of a matching from a country, and its truth."""
    written = country.rows.with_columns(
        berkas=pl.format("dtks/{}.csv", "kode_kab"), baris=pl.int_range(2, pl.len() + 2, dtype=pl.Int64)
    )
    return Frames(
        people=with_household_ids(_staged("dtks", _dtks(written)).lazy()).collect(),
        registry=_staged("dukcapil", _dukcapil(country)),
        truth=truth.persons(written, country.residents),
    )


def _dtks(rows: pl.DataFrame) -> pl.DataFrame:
    """DTKS rows as text, as the reader returns them."""
    return rows.select(
        "berkas",
        "baris",
        "id_dtks",
        "provinsi",
        "kabupaten",
        "kecamatan",
        "alamat",
        "dusun",
        "nik",
        "nama",
        "tempat_lahir",
        "pekerjaan",
        desa="desa_nama",
        rt=pl.col("rt").cast(pl.String),
        rw=pl.col("rw").cast(pl.String),
        no_kk="kk",
        tanggal_lahir=pl.col("lahir").dt.strftime("%d-%m-%Y"),
        jenis_kelamin="jk",
        nama_ibu_kandung="ibu",
        hub_keluarga=pl.col("hub").cast(pl.String),
    )


def _dukcapil(country: Country) -> pl.DataFrame:
    """Residents as text, as the reader returns them."""
    listed = list_residents(
        country.residents, country.population.families, country.villages, date.fromisoformat(f"{PERIODE}-01")
    )
    return listed.select(
        "nik",
        "nama",
        "status",
        "tempat_lahir",
        "provinsi",
        "kabupaten",
        "kecamatan",
        "desa",
        "alamat",
        "pekerjaan",
        berkas=pl.format("dukcapil/{}.csv", "kode_kab"),
        baris=pl.int_range(2, pl.len() + 2, dtype=pl.Int64),
        no_kk="kk",
        tanggal_lahir=pl.col("lahir").dt.strftime("%d-%m-%Y"),
        jenis_kelamin="jk",
        nama_ibu_kandung="nama_ibu",
        hub_keluarga=pl.col("shdk")
        .cast(pl.Int64)
        .replace_strict(dict(enumerate(_RELATIONS, 1)), return_dtype=pl.String),
        rt=pl.col("rt").cast(pl.String),
        rw=pl.col("rw").cast(pl.String),
    )


def _staged(source: str, text: pl.DataFrame) -> pl.DataFrame:
    """Normalised rows that satisfy the contract."""
    schema = polars_schema(EXTRACTS[source])
    blank = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in text.columns]
    day = datetime(2022, 12, 1)  # noqa: DTZ001
    files = text.select("berkas").unique().with_columns(diubah=pl.lit(day), periode_berkas=pl.lit(PERIODE))
    rows = text.with_columns(blank).select(schema.names())
    return split(stage(source, rows, files, PERIODE), STAGED[source])[0]


def main() -> None:
    """Write the three frames."""
    parser = argparse.ArgumentParser(description="Write people.parquet, registry.parquet and truth.parquet.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--warga", type=int, default=1_000_000)
    parser.add_argument("--profil", choices=sorted(PROFILES), default="hard")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-desa", type=int, default=_FAMILIES_PER_VILLAGE, help="families per village")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    frames = draw_frames(chosen.warga, chosen.profil, chosen.seed, chosen.per_desa)
    for name, frame in vars(frames).items():
        frame.write_parquet(chosen.out / f"{name}.parquet", compression="lz4")
        print(f"{name}: {frame.height:,} rows")


if __name__ == "__main__":
    main()
