"""Lookup tables of the regions in data/reference, each built once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from pipeline import reference
from pipeline.normalise.regions.spelling import (
    bare_kabupaten,
    compact_name,
    fold_region,
    keys,
    kind_of_kabupaten,
    loose_key,
    numerals,
    spaced_name,
)

CODE_COLUMNS = ["kode_prov", "kode_kab", "kode_kec", "kode_desa"]
REGION_RESULT = [*CODE_COLUMNS, "temuan_wilayah"]
LEVELS = ["provinsi", "kabupaten", "kecamatan", "desa"]
# Old names rank after every spelling of a present name.
_OLD_RANK = 10


@dataclass(frozen=True)
class RegionCodes:
    """Region codes that an identity number may begin with, each a Series of text."""

    provinsi: pl.Series
    kabupaten: pl.Series
    kecamatan: pl.Series
    kecamatan_kini: pl.Series


@cache
def known_region_codes() -> RegionCodes:
    """Every province, kabupaten and kecamatan code ever used, and the kecamatan codes in force."""
    regions = reference.regions()
    kecamatan = regions.filter(tingkat="KECAMATAN")
    return RegionCodes(
        provinsi=regions.filter(tingkat="PROVINSI")["kode"],
        kabupaten=regions.filter(tingkat="KABUPATEN")["kode"],
        kecamatan=kecamatan["kode"],
        kecamatan_kini=kecamatan.filter("berlaku")["kode"],
    )


def current_kab(code: pl.Expr) -> pl.Expr:
    """The present code of a 4-digit kabupaten code: old codes of Papua are mapped, others kept."""
    papua = reference.papua_codes()
    return code.replace(papua["kode_lama"], papua["kode_kini"])


@cache
def written_names() -> pl.DataFrame:
    """Every name under which a region in force may be stated: tingkat, kode, nama, induk ('' above provinces), lama."""
    current = reference.regions().filter("berlaku").select("tingkat", "kode", "nama", "induk", lama=pl.lit(value=False))
    past = (
        reference.region_aliases()
        .join(current.select("kode", "tingkat"), on="kode")
        # Short forms (source `padan`), such as DKI JAKARTA, are not former names.
        .select("tingkat", "kode", pl.col("nama_lama").alias("nama"), "induk", lama=pl.col("sumber") != "padan")
    )
    return pl.concat([current, past]).with_columns(pl.col("induk").fill_null(""))


@cache
def names_below() -> pl.DataFrame:
    """Name keys by parent region, for all levels except kabupaten: induk, kunci, kode, urutan (0 best), lama."""
    names = written_names().filter(pl.col("tingkat") != "KABUPATEN")
    # Punctuation separates words written without blanks: LUBUKPAKAMI,II is not LUBUK PAKAM III.
    joined = names.with_columns(
        spaced_name(compact_name(pl.col("nama"))).alias("kunci"), pl.lit(2, pl.Int32).alias("urutan")
    )
    return (
        pl.concat([keys(names, "urutan"), joined])
        .with_columns(pl.col("urutan") + _OLD_RANK * pl.col("lama").cast(pl.Int32))
        .sort("urutan")
        .unique(["induk", "kunci", "kode"], keep="first")
        .select("induk", "kunci", "kode", "urutan", "lama")
    )


@cache
def villages_by_kabupaten() -> pl.DataFrame:
    """Like `names_below`, for villages only, with the kabupaten as parent."""
    villages = names_below().filter(pl.col("kode").str.len_bytes() == len("3604051001"))
    return (
        villages.with_columns(pl.col("induk").str.head(4))
        .sort("urutan")
        .unique(["induk", "kunci", "kode"], keep="first")
    )


@cache
def kabupaten_names() -> pl.DataFrame:
    """Names of kabupaten and kota without their kind: kode_kab, kunci, jenis, lama."""
    return (
        written_names()
        .filter(tingkat="KABUPATEN")
        .select(
            pl.col("kode").alias("kode_kab"),
            bare_kabupaten(spaced_name(pl.col("nama"))).alias("kunci"),
            kind_of_kabupaten(pl.col("nama")).alias("jenis"),
            "lama",
        )
        .sort("lama")
        .unique(["kode_kab", "kunci"], keep="first", maintain_order=True)
    )


@cache
def kabupaten_by_kecamatan() -> pl.DataFrame:
    """The kabupaten that today have a kecamatan of a name, in any spelling: kunci, kode_kab."""
    present = written_names().filter(~pl.col("lama"), tingkat="KECAMATAN").select("kode", "nama")
    return keys(present, "urutan").select("kunci", kode_kab=pl.col("kode").str.head(4)).unique(maintain_order=True)


@cache
def homes_of_kecamatan() -> pl.DataFrame:
    """Like `kabupaten_by_kecamatan`, including former names and kabupaten."""
    kecamatan = names_below().filter(pl.col("induk").str.len_bytes() == len("3604"))
    return kecamatan.select("kunci", kode_kab="induk").unique(maintain_order=True)


@cache
def provinces_of_kabupaten() -> pl.DataFrame:
    """The provinces that extracts state for a kabupaten: kode_kab, kode_prov, prov_lama (from before Papua's split)."""
    current = reference.regions().filter("berlaku", tingkat="KABUPATEN")
    papua = reference.papua_codes()
    return pl.concat(
        [
            current.select(kode_kab="kode", kode_prov="induk", prov_lama=pl.lit(value=False)),
            papua.select(kode_kab="kode_kini", kode_prov=pl.col("kode_lama").str.head(2), prov_lama=pl.lit(value=True)),
        ]
    )


def loose_spellings(places: pl.Series) -> pl.DataFrame:
    """Present names below some regions by `loose_key`, only where the key is unique within the parent.

    Returns:
        induk, longgar, kunci, ada_bernomor (the name has no numeral, but another of the parent differs only by one).
    """
    present = written_names().filter(~pl.col("lama"), pl.col("induk").is_in(places.implode()))
    keyed = present.select("induk", longgar=loose_key(pl.col("nama")), kunci=fold_region(pl.col("nama")))
    unnumbered = pl.col("longgar").str.replace_all(r"[0-9]", "")
    shared = pl.struct("induk", unnumbered).is_duplicated()
    return keyed.with_columns(ada_bernomor=shared & (unnumbered == pl.col("longgar"))).filter(
        pl.struct("induk", "longgar").is_unique()
    )


def two_levels_up() -> pl.Expr:
    """The parent of the region in `induk`."""
    return pl.col("induk").str.head(pl.col("induk").str.len_bytes() - 2).alias("atas")


def spellings_in_neighbourhood(above: pl.Series) -> pl.DataFrame:
    """Present names of kecamatan and desa two levels below some regions.

    Returns:
        atas, induk, kunci, bilangan and tunggal (the key is unique below `induk`), as `nearest` takes them.
    """
    levels = pl.col("tingkat").is_in(["KECAMATAN", "DESA"])
    present = written_names().filter(~pl.col("lama"), levels, two_levels_up().is_in(above.implode()))
    name = pl.col("nama")
    keyed = present.select(two_levels_up(), "induk", kunci=fold_region(name), bilangan=numerals(spaced_name(name)))
    return keyed.with_columns(tunggal=pl.len().over("induk", "kunci") == 1).unique(maintain_order=True)
