"""The SEPAKAT release: aggregates per region in numbered versions, with small figures suppressed.

Belongs here: the release's indicators, what is suppressed in them, versions, manifest and change set. Does not: the
columns and their meaning (`schemas.release`), and any figure about a single person.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.places import Places
from pipeline.warehouse.database import duckdb_type
from pipeline.warehouse.parquet import write_parquet
from schemas.cleansed import LINKED
from schemas.release import CHANGES, RELEASE, SCHEMA_VERSION
from schemas.table import PromisedTable, enforce, polars_schema

SMALLEST_SHOWN = 5
"""Counts from 1 to one less than this are suppressed; 0 is shown."""

# Level → its column in `cleansed.anggota`, from the top down.
_LEVELS: dict[str, str | None] = {
    "NASIONAL": None,
    "PROVINSI": "kode_prov",
    "KABUPATEN": "kode_kab",
    "KECAMATAN": "kode_kec",
    "DESA": "kode_desa",
}
# Length of a region's code → length of the code of the region above it.
_PARENT_LENGTH = {2: 0, 4: 2, 6: 4, 10: 6}
_MORE_THAN_ROWS = 2**32
_CHILD_BEFORE, _ELDERLY_FROM = "18y", "60y"


@dataclass(frozen=True)
class _Cells:
    """Which columns of a release table are counts and what hangs on them.

    Attributes:
        counts: the count columns.
        total: the count that `parts` are parts of.
        parts: counts of which the total is, or may be, the sum.
        complete: whether the parts may add up to the total, so that one part is the total less the others. If not, each
            part stands against an unpublished rest, and a small rest suppresses the part.
        derived: column → counts it tells; it is suppressed with any of them.
    """

    counts: tuple[str, ...]
    total: str
    parts: tuple[str, ...]
    complete: bool
    derived: Mapping[str, tuple[str, ...]]


_CELLS = {
    "wilayah": _Cells(
        counts=(
            "jumlah_anggota",
            "jumlah_keluarga",
            "jumlah_padan_orang",
            "jumlah_perempuan",
            "jumlah_anak",
            "jumlah_lansia",
        ),
        total="jumlah_anggota",
        parts=("jumlah_padan_orang", "jumlah_perempuan", "jumlah_anak", "jumlah_lansia"),
        complete=False,
        derived={"persen_padan": ("jumlah_anggota", "jumlah_padan_orang")},
    ),
    "realisasi": _Cells(
        counts=("kpm_alokasi", "kpm_salur", "kpm_gagal", "kpm_belum"),
        total="kpm_alokasi",
        parts=("kpm_salur", "kpm_gagal", "kpm_belum"),
        complete=True,
        derived={
            "nominal_alokasi": ("kpm_alokasi",),
            "nominal_transfer": ("kpm_alokasi",),
            "nominal_salur": ("kpm_salur",),
            "kpm_persen": ("kpm_alokasi", "kpm_salur"),
            "nominal_persen": ("kpm_alokasi", "kpm_salur"),
        },
    ),
}


def build_release(
    anggota: pl.DataFrame, keluarga: pl.DataFrame, realisasi: pl.DataFrame, regions: pl.DataFrame, periode: str
) -> dict[str, pl.DataFrame]:
    """The tables of the release, suppressed, sorted and held to their contract.

    Args:
        anggota: `cleansed.anggota`; rows of other periodes are left out.
        keluarga: `cleansed.keluarga`, likewise.
        realisasi: `mart.realisasi`.
        regions: kode, nama of every region (`pipeline.reference.regions`).
        periode: YYYY-MM; ages are taken on its last day.

    Returns:
        `wilayah` and `realisasi`, as in `schemas.release.RELEASE`.

    Raises:
        BrokenContractError: an input lacks a column or holds a value that the release does not allow.
    """
    tables = {
        "wilayah": _per_region(anggota.filter(periode=periode), keluarga.filter(periode=periode), regions, periode),
        "realisasi": realisasi,
    }
    return {name: enforce(_suppressed(df, RELEASE[name], _CELLS[name]), RELEASE[name]) for name, df in tables.items()}


def commit_release(places: Places, periode: str, tables: Mapping[str, pl.DataFrame], inputs: Iterable[str]) -> str:
    """Write the release as a version of its own and let `latest.json` name it.

    The version follows from the content: the same tables give the same version, which is then not written again (its
    manifest keeps the fingerprints of the inputs it was first made from). The version's folder appears whole, by one
    rename, before `latest.json` is replaced; killed in between, the old version stays the latest.

    `perubahan.parquet` in the folder lists what changed against `versi_sebelumnya` of the manifest. A reader that holds
    another version, for instance after data were taken back, reads the tables instead.

    Args:
        tables: result of `build_release`.
        inputs: sha256 of every input file.

    Returns:
        The version, `<periode>-<10 hex digits>`.
    """
    places.release.mkdir(parents=True, exist_ok=True)
    working = places.release / f"{periode}.bangun"
    if working.exists():
        shutil.rmtree(working)
    files = {name: working / f"{name}.parquet" for name in RELEASE}
    for name, path in files.items():
        write_parquet(tables[name], path)
    content = "".join(f"{name} {_sha256(path)}\n" for name, path in sorted(files.items()))
    versi = f"{periode}-{hashlib.sha256(content.encode()).hexdigest()[:10]}"
    folder = places.release / versi
    if folder.exists():
        shutil.rmtree(working)
    else:
        before = _latest(places)
        write_parquet(_changes(places, before, tables), working / f"{CHANGES.name}.parquet")
        described = {table.name: _described(table, working) for table in (*RELEASE.values(), CHANGES)}
        manifest = {
            "schema_version": SCHEMA_VERSION,
            "periode": periode,
            "versi": versi,
            "versi_sebelumnya": before,
            "batas_penyamaran": SMALLEST_SHOWN,
            "tables": described,
            "inputs": sorted(set(inputs)),
        }
        (working / "manifest.json").write_text(_json(manifest), encoding="utf-8")
        working.rename(folder)
    _point_latest(places, periode, versi)
    return versi


def _per_region(anggota: pl.DataFrame, keluarga: pl.DataFrame, regions: pl.DataFrame, periode: str) -> pl.DataFrame:
    year, month = (int(part) for part in periode.split("-"))
    last_day = date(year, month, calendar.monthrange(year, month)[1])
    born = pl.col("tanggal_lahir")
    persons = _counted(
        anggota.filter(pl.col("ganda_dari").is_null()),
        jumlah_anggota=pl.len(),
        jumlah_padan_orang=pl.col("status_padan").is_in(LINKED).sum(),
        jumlah_perempuan=(pl.col("jenis_kelamin") == "P").sum(),
        jumlah_anak=(born.dt.offset_by(_CHILD_BEFORE) > last_day).sum(),
        jumlah_lansia=(born.dt.offset_by(_ELDERLY_FROM) <= last_day).sum(),
    )
    families = _counted(_placed(keluarga, anggota), jumlah_keluarga=pl.len())
    key = ["tingkat", "kode_wilayah"]
    names = regions.select(kode_wilayah="kode", nama_wilayah="nama").unique("kode_wilayah", keep="any")
    return (
        persons.join(families, on=key, how="full", coalesce=True)
        .with_columns(pl.exclude(key).fill_null(0).cast(pl.Int64))
        .join(names, on="kode_wilayah", how="left")
        .with_columns(
            periode=pl.lit(periode),
            nama_wilayah=pl.when(pl.col("tingkat") == "NASIONAL").then(pl.lit("INDONESIA")).otherwise("nama_wilayah"),
            persen_padan=pl.when(pl.col("jumlah_anggota") > 0)
            .then(100 * pl.col("jumlah_padan_orang") / pl.col("jumlah_anggota"))
            .round(2),
        )
    )


def _placed(keluarga: pl.DataFrame, anggota: pl.DataFrame) -> pl.DataFrame:
    """Families with a code at every level: of their desa, or, where that is unknown, of the place of their members."""
    known = anggota.group_by("id_keluarga").agg(pl.col("kode_kec", "kode_kab", "kode_prov").min())
    placed = keluarga.select("id_keluarga", "kode_desa").join(known, on="id_keluarga", how="left")
    for code, below, length in (
        ("kode_kec", "kode_desa", 6),
        ("kode_kab", "kode_kec", 4),
        ("kode_prov", "kode_kab", 2),
    ):
        placed = placed.with_columns(pl.coalesce(pl.col(below).str.head(length), code).alias(code))
    return placed


def _counted(df: pl.DataFrame, **counts: pl.Expr) -> pl.DataFrame:
    """The counts of all rows and per code of each level, in long form; rows without a code count above it only."""
    columns = [column for column in _LEVELS.values() if column is not None]
    places = df.group_by(columns).agg(**counts)
    levels = (
        places.group_by(kode_wilayah=pl.lit("") if column is None else pl.col(column))
        .agg(pl.col(*counts).sum())
        .filter(pl.col("kode_wilayah").is_not_null())
        .with_columns(tingkat=pl.lit(level))
        for level, column in _LEVELS.items()
    )
    return pl.concat(levels)


def _suppressed(df: pl.DataFrame, table: PromisedTable, cells: _Cells) -> pl.DataFrame:
    """Empty the small counts of `df`, what tells them, and as many further counts as needed to hide them.

    Suppressed are: counts from 1 to 4; parts above 0 whose rest to the total is 1 to 4; then, until nothing changes,
    the smallest shown non-zero sibling (children of one region; parts of one total) wherever the suppressed siblings
    could be computed from their shown total: there is only one of them, or together they are below 5. Where a total is
    itself suppressed but all its parts are shown, the smallest part is suppressed, so that it cannot be summed back.

    Limits: this protects each cell against subtraction inside one table of one version. It does not bound how closely
    several suppressed cells can be narrowed down together, nor compare versions with one another, nor weigh what is
    known from elsewhere. Where a region has no other non-zero child, nothing more can be hidden below it; children may
    then differ from their parent only by rows whose region is not known that deep.
    """
    series = [name for name in table.key if name not in ("tingkat", "kode_wilayah")]
    ordered = _with_parent_row(df.sort(table.key), series)
    hidden = ordered.select(
        "_row",
        "_parent",
        *(pl.col(name).fill_null(0).alias(name) for name in cells.counts),
        *(_is_small(pl.col(name).fill_null(0)).alias(_flag(name)) for name in cells.counts),
    )
    if not cells.complete:
        hidden = hidden.with_columns(
            (pl.col(_flag(part)) | ((pl.col(part) > 0) & _is_small(pl.col(cells.total) - pl.col(part)))).alias(
                _flag(part)
            )
            for part in cells.parts
        )
    settled = False
    while not settled:
        before = _hidden_cells(hidden, cells)
        hidden = hidden.with_columns(_flag_among_siblings(name).alias(_flag(name)) for name in cells.counts)
        if cells.complete:
            hidden = hidden.with_columns(_flags_among_parts(cells))
        settled = _hidden_cells(hidden, cells) == before
    flags = hidden.select(_flag(name) for name in cells.counts)
    return (
        ordered.drop("_row", "_parent")
        .hstack(flags)
        .with_columns(
            *(pl.when(~pl.col(_flag(name))).then(name).alias(name) for name in cells.counts),
            *(
                pl.when(~pl.any_horizontal(_flag(count) for count in counts)).then(name).alias(name)
                for name, counts in cells.derived.items()
            ),
            disamarkan=pl.any_horizontal(flags.columns),
        )
        .drop(flags.columns)
    )


def _with_parent_row(df: pl.DataFrame, series: Sequence[str]) -> pl.DataFrame:
    """`df` with `_row`, its row numbers, and `_parent`, the row of the region above in the same series (null: none)."""
    numbered = df.with_row_index("_row")
    code = pl.col("kode_wilayah")
    parent_length = code.str.len_chars().cast(pl.Int64).replace_strict(_PARENT_LENGTH, default=None)
    parents = numbered.select(*series, parent_code="kode_wilayah", _parent="_row")
    return (
        numbered.with_columns(parent_code=pl.when(parent_length.is_not_null()).then(code.str.head(parent_length)))
        .join(parents, on=[*series, "parent_code"], how="left", maintain_order="left")
        .drop("parent_code")
    )


def _flag(name: str) -> str:
    return f"_hidden_{name}"


def _is_small(value: pl.Expr) -> pl.Expr:
    return value.is_between(1, SMALLEST_SHOWN - 1)


def _hidden_cells(hidden: pl.DataFrame, cells: _Cells) -> int:
    return int(hidden.select(pl.sum_horizontal(pl.col(_flag(name)).sum() for name in cells.counts)).item())


def _gives_away(total_hidden: pl.Expr, hidden_parts: pl.Expr, hidden_sum: pl.Expr) -> pl.Expr:
    """Whether the suppressed parts, or the total, can be computed from what is shown."""
    few = (hidden_parts == 1) | (hidden_sum < SMALLEST_SHOWN)
    return pl.when(total_hidden).then(hidden_parts == 0).otherwise((hidden_parts > 0) & few)


def _flag_among_siblings(name: str) -> pl.Expr:
    """The flag of one count, with one more child of each region suppressed where its children give something away."""
    value, hidden, parent = pl.col(name), pl.col(_flag(name)), pl.col("_parent")
    needs = _gives_away(
        hidden.gather(parent),
        hidden.sum().over("_parent"),
        pl.when(hidden).then(value).otherwise(0).sum().over("_parent"),
    )
    # Smallest value first, then the first in the table; null where a cell is no candidate.
    place = pl.when(~hidden & (value > 0)).then(value * _MORE_THAN_ROWS + pl.col("_row"))
    chosen = parent.is_not_null() & needs & (place == place.min().over("_parent"))
    return hidden | chosen.fill_null(value=False)


def _flags_among_parts(cells: _Cells) -> list[pl.Expr]:
    """The flags of the parts, with one more suppressed in each row where the parts add up and give something away."""
    values = {part: pl.col(part) for part in cells.parts}
    flags = {part: pl.col(_flag(part)) for part in cells.parts}
    hidden_sum = pl.sum_horizontal(pl.when(flags[part]).then(values[part]).otherwise(0) for part in cells.parts)
    needs = _gives_away(pl.col(_flag(cells.total)), pl.sum_horizontal(flags.values()), hidden_sum)
    adds_up = (pl.col(cells.total) > 0) & (pl.sum_horizontal(values.values()) == pl.col(cells.total))
    places = {
        part: pl.when(~flags[part] & (values[part] > 0)).then(values[part] * len(cells.parts) + number)
        for number, part in enumerate(cells.parts)
    }
    smallest = pl.min_horizontal(places.values())
    return [
        (flags[part] | (adds_up & needs & (places[part] == smallest)).fill_null(value=False)).alias(_flag(part))
        for part in cells.parts
    ]


def _changes(places: Places, before: str | None, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """What is new, different or gone in each table against version `before`; without one, everything is new."""
    schema = polars_schema(CHANGES.model)
    found = [pl.DataFrame(schema=schema)]
    for name, table in RELEASE.items():
        now = tables[name].drop("periode", strict=False)
        old = now.clear() if before is None else pl.read_parquet(places.release / before / f"{name}.parquet")
        both = now.with_columns(_now=True).join(
            old.select(now.columns).with_columns(_old=True), on=table.key, how="full", coalesce=True, suffix="_before"
        )
        values = [column for column in now.columns if column not in table.key]
        same = reduce(pl.Expr.and_, (pl.col(each).eq_missing(pl.col(f"{each}_before")) for each in values))
        change = (
            pl.when(pl.col("_old").is_null())
            .then(pl.lit("BARU"))
            .when(pl.col("_now").is_null())
            .then(pl.lit("HAPUS"))
            .when(~same)
            .then(pl.lit("BERUBAH"))
        )
        rows = both.select(*table.key, tabel=pl.lit(name), perubahan=change).filter(pl.col("perubahan").is_not_null())
        found.append(rows.select(_column_or_null(column, rows.columns).cast(schema[column]) for column in schema))
    return enforce(pl.concat(found), CHANGES)


def _column_or_null(name: str, present: Sequence[str]) -> pl.Expr:
    return pl.col(name) if name in present else pl.lit(None).alias(name)


def _latest(places: Places) -> str | None:
    """The version that `latest.json` names, if its folder is there and its tables have the columns of today."""
    path = places.release / "latest.json"
    if not path.exists():
        return None
    latest = json.loads(path.read_text(encoding="utf-8"))
    comparable = latest["schema_version"] == SCHEMA_VERSION and (places.release / latest["versi"]).is_dir()
    return str(latest["versi"]) if comparable else None


def _point_latest(places: Places, periode: str, versi: str) -> None:
    manifest = places.release / versi / "manifest.json"
    latest = {
        "versi": versi,
        "manifest": f"{versi}/manifest.json",
        "sha256": _sha256(manifest),
        "schema_version": SCHEMA_VERSION,
        "periode": periode,
    }
    working = places.release / ".latest.json.bangun"
    working.write_text(_json(latest), encoding="utf-8")
    os.replace(working, places.release / "latest.json")  # noqa: PTH105 - as all swaps, see `publish`


def _described(table: PromisedTable, folder: Path) -> dict[str, Any]:
    """The manifest's entry for one table whose file is in `folder`."""
    path = folder / f"{table.name}.parquet"
    types = polars_schema(table.model)
    return {
        "file": path.name,
        "sha256": _sha256(path),
        "rows": pl.scan_parquet(path).select(pl.len()).collect().item(),
        "key": list(table.key),
        "description": table.description,
        "columns": [
            {"name": name, "type": duckdb_type(types[name]), "description": column.description}
            for name, column in table.columns.items()
        ],
    }


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
