"""Resolves what needs only the list in force: exact names of all levels, most of a register, and SIAK's own numbers."""

from __future__ import annotations

from functools import cache

import polars as pl

from pipeline import reference
from pipeline.normalise.regions.lists import CODE_COLUMNS, LEVELS
from pipeline.normalise.regions.spelling import bare_kabupaten, fold_region, kind_of_kabupaten, spaced_name
from pipeline.normalise.values.distinct import once_per_value
from pipeline.normalise.values.text import digits_of_code

# Number columns that SIAK's own tables have in place of names, and the digits of each in a region's code.
SIAK_NUMBERS = {"no_prop": 2, "no_kab": 2, "no_kec": 2, "no_kel": 4}


def match_listed(tuples: pl.DataFrame) -> pl.DataFrame:
    """The tuples whose four names match the list in force exactly: nomor, the code columns, temuan_wilayah (null).

    Such a match is unique: no two villages agree in province, kabupaten with its kind, kecamatan and village.
    """
    keyed = tuples.select("nomor", *(fold(pl.col(level)).alias(level) for level, fold in _LISTED_FOLDS.items()))
    found = keyed.join(_listed(), on=LEVELS)
    return found.select("nomor", *CODE_COLUMNS, temuan_wilayah=pl.lit(None, pl.String))


def name_by_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows; those without region names but with SIAK's numbers of all four levels get the names of that village."""
    unnamed = pl.all_horizontal(pl.col(LEVELS).is_null()) & pl.all_horizontal(pl.col(list(SIAK_NUMBERS)).is_not_null())
    if not rows.select(unnamed.any()).item():
        return rows
    code = pl.concat_str(digits_of_code(pl.col(name)).str.zfill(digits) for name, digits in SIAK_NUMBERS.items())
    numbered = rows.select(kode=pl.when(unnamed).then(code))
    now = reference.regions().select("kode", kini="kode_kini").join(_villages(), left_on="kini", right_on="kode")
    names = numbered.join(now, on="kode", how="left", maintain_order="left").select(LEVELS)
    return rows.with_columns(names[level].fill_null(rows[level]) for level in LEVELS)


@once_per_value(pl.String)
def _fold_spaced(name: pl.Expr) -> pl.Expr:
    return fold_region(name)


@once_per_value(pl.String)
def _folded_kabupaten(name: pl.Expr) -> pl.Expr:
    """A kabupaten's kind and bare name; null if no kind is stated."""
    return pl.concat_str(kind_of_kabupaten(name), pl.lit(" "), bare_kabupaten(spaced_name(name)))


_LISTED_FOLDS = {
    "provinsi": _fold_spaced,
    "kabupaten": _folded_kabupaten,
    "kecamatan": _fold_spaced,
    "desa": _fold_spaced,
}


@cache
def _villages() -> pl.DataFrame:
    """Every village in force: kode and the names of its four levels."""
    regions = reference.regions().filter("berlaku").select("kode", "nama", "induk")
    villages = regions.filter(pl.col("kode").str.len_bytes() == len("3604051001")).rename({"nama": "desa"})
    for level in reversed(LEVELS[:-1]):
        above = regions.select(induk="kode", **{level: "nama"}, atas="induk")
        villages = villages.join(above, on="induk").drop("induk").rename({"atas": "induk"})
    return villages.select("kode", *LEVELS)


@cache
def _listed() -> pl.DataFrame:
    """Every village in force by the folded names of its four levels, without those that share all four."""
    folded = _villages().select(
        *(fold(pl.col(level)).alias(level) for level, fold in _LISTED_FOLDS.items()),
        *(
            pl.col("kode").str.head(digits).alias(name)
            for name, digits in zip(CODE_COLUMNS, (2, 4, 6, 10), strict=True)
        ),
    )
    return folded.filter(pl.struct(LEVELS).is_unique())
