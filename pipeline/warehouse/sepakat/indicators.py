"""The SEPAKAT release: aggregates per region, small counts suppressed.

Belongs here: the release's indicators, and how its counts depend on each other. Does not: how small counts are
suppressed (`suppression`), versions, manifest and change set (`versions`), the columns and their meaning
(`schemas.release`), and any figure about a single person.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.warehouse.sepakat.suppression import Count, suppress
from schemas.cleansed import LINKED
from schemas.levels import NATIONAL, REGIONS
from schemas.release import RELEASE
from schemas.table import enforce

# Level → its column in `cleansed.anggota`, from the top down.
_LEVELS: dict[str, str | None] = {NATIONAL: None, **dict(reversed(REGIONS))}
# Columns read of `cleansed.anggota` and `cleansed.keluarga`.
PERSONS = (
    "periode", "id_keluarga", "ganda_dari", "status_padan", "nik", "no_kk", "jenis_kelamin", "tanggal_lahir",
    "kode_prov", "kode_kab", "kode_kec", "kode_desa",
)  # fmt: skip
FAMILIES = ("periode", "id_keluarga", "kode_desa")
# Columns read of `mart.mutu_data`, which states whether registers are complete.
REGISTERS = ("periode", "tingkat", "kode_wilayah", "register_lengkap", "padan_sesudah_persen")
_CHILD_BEFORE, _ELDERLY_FROM = "18y", "60y"


_WILAYAH = (
    Count("jumlah_anggota"),
    *(
        Count(name, upper_bound=pl.col("jumlah_anggota"), suppressed_with="jumlah_anggota")
        for name in (
            "jumlah_keluarga",
            "jumlah_padan_orang",
            "jumlah_nik_sah",
            "jumlah_kk_sah",
            "jumlah_perempuan",
        )
    ),
    # Bounds: everybody neither a child nor old is of working or unknown age.
    Count(
        "jumlah_anak", upper_bound=pl.col("jumlah_anggota") - pl.col("jumlah_lansia"), suppressed_with="jumlah_anggota"
    ),
    Count(
        "jumlah_lansia", upper_bound=pl.col("jumlah_anggota") - pl.col("jumlah_anak"), suppressed_with="jumlah_anggota"
    ),
)
# Bounds: the unpaid have failed or wait; those neither paid nor failed wait.
_REALISASI = (
    Count("kpm_alokasi"),
    Count("kpm_salur", upper_bound=pl.col("kpm_alokasi"), suppressed_with="kpm_alokasi"),
    Count("kpm_gagal", upper_bound=pl.col("kpm_alokasi") - pl.col("kpm_salur"), suppressed_with="kpm_salur"),
)
COUNTS: dict[str, tuple[Count, ...]] = {"wilayah": _WILAYAH, "realisasi": _REALISASI}
_DERIVED: dict[str, dict[str, tuple[str, ...]]] = {
    "wilayah": {"persen_padan": ("jumlah_anggota", "jumlah_padan_orang")},
    "realisasi": {
        "nominal_alokasi": ("kpm_alokasi",),
        "nominal_transfer": ("kpm_alokasi",),
        "nominal_salur": ("kpm_salur",),
        "kpm_persen": ("kpm_alokasi", "kpm_salur"),
        "nominal_persen": ("kpm_alokasi", "kpm_salur"),
    },
}


@dataclass(frozen=True)
class Release:
    """The content of a release, and what the next one needs to know of it.

    Attributes:
        tables: `wilayah` and `realisasi`, as in `schemas.release.RELEASE`.
        history: per table the result of `suppression.suppress`; confidential.
    """

    tables: dict[str, pl.DataFrame]
    history: dict[str, pl.DataFrame]


def build_release(
    anggota: pl.DataFrame,
    keluarga: pl.DataFrame,
    realisasi: pl.DataFrame,
    registers: pl.DataFrame,
    regions: pl.DataFrame,
    *,
    periode: str,
    history: Mapping[str, pl.DataFrame],
) -> Release:
    """The tables of the release, suppressed, sorted and held to their contract.

    Args:
        anggota: `cleansed.anggota`, the columns `PERSONS`; rows of other periodes are left out.
        keluarga: `cleansed.keluarga`, the columns `FAMILIES`, likewise.
        realisasi: `mart.realisasi`.
        registers: `mart.mutu_data`, the columns `REGISTERS`, likewise.
        regions: kode, nama of every region (`pipeline.reference.regions`).
        periode: YYYY-MM; ages are taken on its last day.
        history: of the version published before (`versions.suppression_history`); empty before the first.

    Raises:
        BrokenContractError: an input lacks a column or holds a value that the release does not allow.
    """
    release = Release({}, {})
    per_region = _region_indicators(anggota.filter(periode=periode), keluarga.filter(periode=periode), periode)
    for name, df in (
        ("wilayah", _with_register_coverage(per_region, registers.filter(periode=periode))),
        ("realisasi", realisasi),
    ):
        table, previous = RELEASE[name], history.get(name)
        rows = df.with_columns(_baru=True) if previous is None else _with_former_rows(df, previous, name)
        public, table_history = suppress(rows, table.key, COUNTS[name], _DERIVED[name], previous)
        # An empty region stays a row only as long as its emptiness must not be known.
        kept = pl.col("_baru") | pl.col("disamarkan")
        shown = public.filter(kept).with_columns(periode=pl.lit(periode), **_region_names(regions))
        release.tables[name] = enforce(shown, table)
        release.history[name] = table_history.join(shown, on=table.key, how="semi", maintain_order="left")
    return release


def _with_former_rows(df: pl.DataFrame, previous: pl.DataFrame, name: str) -> pl.DataFrame:
    """`df` with rows that only the previous version had, with zero counts; `_baru` marks the original rows."""
    key = RELEASE[name].key
    former = previous.select(key).join(df, on=key, how="anti")
    zeros = {count.name: pl.lit(0, pl.Int64) for count in COUNTS[name] if count.suppressed_with or name == "wilayah"}
    if name == "wilayah":
        zeros["register_lengkap"] = pl.lit(value=True)
    return pl.concat([df.with_columns(_baru=True), former.with_columns(_baru=False, **zeros)], how="diagonal")


def _region_indicators(anggota: pl.DataFrame, keluarga: pl.DataFrame, periode: str) -> pl.DataFrame:
    year, month = (int(part) for part in periode.split("-"))
    last_day = date(year, month, calendar.monthrange(year, month)[1])
    born = pl.col("tanggal_lahir")
    persons = _counts_per_level(
        anggota.filter(pl.col("ganda_dari").is_null()),
        jumlah_anggota=pl.len(),
        jumlah_padan_orang=pl.col("status_padan").is_in(LINKED).sum(),
        jumlah_nik_sah=pl.col("nik").is_not_null().sum(),
        jumlah_kk_sah=pl.col("no_kk").is_not_null().sum(),
        jumlah_perempuan=(pl.col("jenis_kelamin") == "P").sum(),
        jumlah_anak=(born.dt.offset_by(_CHILD_BEFORE) > last_day).sum(),
        jumlah_lansia=(born.dt.offset_by(_ELDERLY_FROM) <= last_day).sum(),
    )
    families = _counts_per_level(_families_with_codes(keluarga, anggota), jumlah_keluarga=pl.len())
    key = ["tingkat", "kode_wilayah"]
    return (
        persons.join(families, on=key, how="full", coalesce=True)
        .with_columns(pl.exclude(key).fill_null(0).cast(pl.Int64))
        .with_columns(
            persen_padan=pl.when(pl.col("jumlah_anggota") > 0)
            .then(100 * pl.col("jumlah_padan_orang") / pl.col("jumlah_anggota"))
            .round(2),
        )
    )


def _with_register_coverage(persons: pl.DataFrame, registers: pl.DataFrame) -> pl.DataFrame:
    """Add `register_lengkap`, and empty `persen_padan` for regions without any complete register."""
    coverage = registers.select("tingkat", "kode_wilayah", "register_lengkap", "padan_sesudah_persen")
    return (
        persons.join(coverage, on=["tingkat", "kode_wilayah"], how="left")
        .with_columns(
            persen_padan=pl.when(pl.col("padan_sesudah_persen").is_not_null()).then("persen_padan"),
            # A region without DTKS rows misses no register.
            register_lengkap=pl.col("register_lengkap").fill_null(value=True),
        )
        .drop("padan_sesudah_persen")
    )


def _region_names(regions: pl.DataFrame) -> dict[str, pl.Expr]:
    """Names of the region and of the regions above it, from its code."""
    names = regions.select("kode", "nama").unique("kode", keep="any")
    code = pl.col("kode_wilayah")
    return {
        "nama_wilayah": pl.when(code == "").then(pl.lit("INDONESIA")).otherwise(_name_of_code(code, names)),
        "nama_prov": _name_of_code(code.str.head(2), names),
        "nama_kab": _name_of_code(code.str.extract(r"^(\d{4})"), names),
        "nama_kec": _name_of_code(code.str.extract(r"^(\d{6})"), names),
    }


def _name_of_code(code: pl.Expr, names: pl.DataFrame) -> pl.Expr:
    return code.replace_strict(names["kode"], names["nama"], default=None, return_dtype=pl.String)


def _families_with_codes(keluarga: pl.DataFrame, anggota: pl.DataFrame) -> pl.DataFrame:
    """Families with a code per level: of their desa or, if that is unknown, of their members' place."""
    member_codes = anggota.group_by("id_keluarga").agg(pl.col("kode_kec", "kode_kab", "kode_prov").min())
    families = keluarga.select("id_keluarga", "kode_desa").join(member_codes, on="id_keluarga", how="left")
    for code, below, length in (
        ("kode_kec", "kode_desa", 6),
        ("kode_kab", "kode_kec", 4),
        ("kode_prov", "kode_kab", 2),
    ):
        families = families.with_columns(pl.coalesce(pl.col(below).str.head(length), code).alias(code))
    return families


def _counts_per_level(df: pl.DataFrame, **counts: pl.Expr) -> pl.DataFrame:
    """The counts of all rows and per code of each level, in long form; rows without a code count only above it."""
    columns = [column for column in _LEVELS.values() if column is not None]
    per_place = df.group_by(columns).agg(**counts)
    per_level = (
        per_place.group_by(kode_wilayah=pl.lit("") if column is None else pl.col(column))
        .agg(pl.col(*counts).sum())
        .filter(pl.col("kode_wilayah").is_not_null())
        .with_columns(tingkat=pl.lit(level))
        for level, column in _LEVELS.items()
    )
    return pl.concat(per_level)
