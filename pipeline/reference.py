"""Loads reference data.

Belongs here: one cached loader per file of data/reference, with its dtypes. Does not: any rule about the data;
content and source of each file are described in data/reference/SUMBER.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import polars as pl

REFERENCE_DIR = Path(__file__).resolve().parents[1] / "data" / "reference"


@cache
def regions() -> pl.DataFrame:
    """Every region now and ever: kode, tingkat, nama, induk, kode_pos, berlaku (Boolean), kode_kini; sorted by kode."""
    return pl.read_parquet(REFERENCE_DIR / "wilayah.parquet", glob=False)


@cache
def region_aliases() -> pl.DataFrame:
    """Old and short names: kode (a current one), nama_lama, induk (current code it was stated under), sumber."""
    return _csv("wilayah_alias.csv", {})


@cache
def papua_codes() -> pl.DataFrame:
    """The 26 kabupaten codes replaced when Papua was divided: kode_lama, kode_kini, nama."""
    return _csv("papua_kode.csv", {})


@cache
def populations() -> pl.DataFrame:
    """Residents per kabupaten: kode_kab, penduduk (persons, Int64)."""
    return _csv("penduduk_kabupaten.csv", {"penduduk": pl.Int64})


@cache
def programs() -> pl.DataFrame:
    """The programmes: program, nama, alias (List of String), sumber_dana, catatan."""
    return _csv("program.csv", {}).with_columns(pl.col("alias").str.split(";"))


@cache
def program_stages() -> pl.DataFrame:
    """Tariffs per stage: program, tahun, tahap, komponen (null: flat), nominal (rupiah), maks_orang, …, bulan (4-6)."""
    dtypes = {
        "tahun": pl.Int64,
        "tahap": pl.Int64,
        "nominal": pl.Int64,
        "maks_orang": pl.Int64,
        "mulai": pl.Date,
        "selesai": pl.Date,
    }
    return _csv("program_tahap.csv", dtypes)


@cache
def conflicting_programs() -> pl.DataFrame:
    """Pairs of programmes that one family may not receive in one year: program_a, program_b, dasar."""
    return _csv("program_bertentangan.csv", {})


@cache
def program_budgets() -> pl.DataFrame:
    """Ceilings: program, tahun (Int64), pagu (rupiah, null where unknown), kpm_sasaran, status, catatan."""
    return _csv("program_anggaran.csv", {"tahun": pl.Int64, "pagu": pl.Int64, "kpm_sasaran": pl.Int64})


@cache
def national_budget() -> pl.DataFrame:
    """How far all budgets were realised: tahun, kementerian_persen, nasional_persen, keadaan (as of when), …."""
    percents = {"kementerian_persen": pl.Float64, "nasional_persen": pl.Float64}
    return _csv("anggaran_nasional.csv", {"tahun": pl.Int64, **percents})


@cache
def family_relations() -> pl.DataFrame:
    """Both codebooks of family relations: kode_dtks (1-8), kode_shdk (1-11), label, alias (List of String)."""
    dtypes = {"kode_dtks": pl.Int64, "kode_shdk": pl.Int64}
    return _csv("hubungan_keluarga.csv", dtypes).with_columns(pl.col("alias").str.split(";"))


@cache
def remote_regions() -> pl.DataFrame:
    """The 62 underdeveloped kabupaten (3T): kode_kab, nama, dasar."""
    return _csv("daerah_3t.csv", {})


@cache
def person_names() -> pl.DataFrame:
    """Name parts for generated people: nama, jenis_kelamin (L, P, *), suku, posisi (DEPAN, BELAKANG, MARGA), sumber."""
    return _csv("nama_orang.csv", {})


@cache
def jamsosratu_quota() -> pl.DataFrame:
    """Families per kabupaten of Banten in Jamsosratu 2019: kode_kab, kuota (Int64)."""
    return _csv("jamsosratu_kuota.csv", {"kuota": pl.Int64})


def _csv(name: str, dtypes: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """A CSV file as text, but for the columns named in `dtypes`."""
    return pl.read_csv(REFERENCE_DIR / name, infer_schema=False, schema_overrides=dict(dtypes), glob=False)
