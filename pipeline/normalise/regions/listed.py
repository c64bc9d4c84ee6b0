"""Villages that are named as the list in force names them: most of a register, told by one join."""

from __future__ import annotations

from functools import cache

import polars as pl

from pipeline import reference
from pipeline.normalise.regions.lists import CODE_COLUMNS, LEVELS
from pipeline.normalise.regions.spelling import bare_kabupaten, fold_region, kind_of_kabupaten, spaced_name
from pipeline.normalise.values.distinct import once_per_value


def as_listed(tuples: pl.DataFrame) -> pl.DataFrame:
    """The tuples that name all four levels as the list in force does: nomor, the code columns, temuan_wilayah.

    Nothing is weighed there: no other place of the country agrees in province, name and kind of the kabupaten,
    kecamatan and village.
    """
    keyed = tuples.select("nomor", *(fold(pl.col(level)).alias(level) for level, fold in _LISTED_FOLDS.items()))
    found = keyed.join(_listed(), on=LEVELS)
    return found.select("nomor", *CODE_COLUMNS, temuan_wilayah=pl.lit(None, pl.String))


@once_per_value(pl.String)
def _folded(name: pl.Expr) -> pl.Expr:
    return fold_region(name)


@once_per_value(pl.String)
def _folded_kabupaten(name: pl.Expr) -> pl.Expr:
    """Kind and name without it; null where no kind is stated."""
    return pl.concat_str(kind_of_kabupaten(name), pl.lit(" "), bare_kabupaten(spaced_name(name)))


_LISTED_FOLDS = {"provinsi": _folded, "kabupaten": _folded_kabupaten, "kecamatan": _folded, "desa": _folded}


@cache
def _listed() -> pl.DataFrame:
    """Every village in force by the folded names of its four levels, but those that share them."""
    regions = reference.regions().filter("berlaku").select("kode", "nama", "induk")
    villages = regions.filter(pl.col("kode").str.len_bytes() == len("3604051001")).rename({"nama": "desa"})
    for level in reversed(LEVELS[:-1]):
        above = regions.select(induk="kode", **{level: "nama"}, atas="induk")
        villages = villages.join(above, on="induk").drop("induk").rename({"atas": "induk"})
    folded = villages.select(
        *(fold(pl.col(level)).alias(level) for level, fold in _LISTED_FOLDS.items()),
        *(
            pl.col("kode").str.head(digits).alias(name)
            for name, digits in zip(CODE_COLUMNS, (2, 4, 6, 10), strict=True)
        ),
    )
    return folded.filter(pl.struct(LEVELS).is_unique())
