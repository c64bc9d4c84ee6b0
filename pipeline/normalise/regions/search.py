"""Finds the code of a region by its name and parent, and so descends from the chosen kabupaten to the village.

Each step takes the single best candidate: if two remain, the level stays null and `temuan_wilayah` says so.
"""

from __future__ import annotations

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from pipeline.normalise.regions.lists import (
    CODE_COLUMNS,
    loose_spellings,
    names_below,
    spellings_in_neighbourhood,
    two_levels_up,
    villages_by_kabupaten,
)
from pipeline.normalise.regions.spelling import fold_region, keys, loose_key, name_and_code, numerals, without_number

# Shorter names must match exactly; in longer ones every eighth letter may be wrong.
_MIN_FUZZY_LENGTH = 5
_LETTERS_PER_ERROR = 8
_CLEAR_MARGIN = 2


def look_up(pairs: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Find distinct (induk, nama) among `names`: adds kode (null unless one is best), jumlah of best ones, lama."""
    wanted = pairs.drop_nulls()
    if wanted.is_empty():
        nothing = {"jumlah": pl.lit(0, pl.UInt32), "kode": pl.lit(None, pl.String), "lama": pl.lit(value=False)}
        return pairs.with_columns(**nothing)
    # Join only the names below the requested parents, few of a hundred thousand.
    below = names.filter(pl.col("induk").is_in(wanted["induk"].unique().implode()))
    found = keys(wanted, "cara").join(below, on=["induk", "kunci"])
    jarak = pl.col("urutan") + pl.col("cara")
    best = (
        found.filter(jarak == jarak.min().over("induk", "nama"))
        .group_by("induk", "nama")
        .agg(pl.col("kode").n_unique().alias("jumlah"), pl.col("kode").min(), pl.col("lama").all())
        .with_columns(pl.when(jumlah=1).then("kode").alias("kode"))
    )
    return pairs.join(best, on=["induk", "nama"], how="left").with_columns(
        pl.col("jumlah").fill_null(0), pl.col("lama").fill_null(value=False)
    )


def nearest_spelling(residual: pl.DataFrame, spellings: pl.DataFrame) -> pl.DataFrame:
    """The single spelling below the same parent within a few wrong letters of a name: induk, nama, kunci.

    Args:
        residual: induk, nama, ditulis (nama in the form of the keys).
        spellings: induk, kunci, bilangan (numerals of the name, which must agree: BONAN DOLOK I is not BONAN DOLOK II)
            and tunggal (whether a match with this key can be trusted).
    """
    pairs = residual.with_columns(
        bilangan=numerals(pl.col("nama")), panjang=pl.col("ditulis").str.len_bytes().cast(pl.Int64)
    ).join(spellings, on=["induk", "bilangan"])
    distances = cpdist(pairs["ditulis"].to_list(), pairs["kunci"].to_list(), scorer=OSA.distance)
    return (
        pairs.with_columns(pl.Series("beda", distances, dtype=pl.Int64))
        .sort("beda", "kunci")
        .group_by("induk", "nama", maintain_order=True)
        .agg(pl.col("kunci", "panjang", "tunggal", "beda").first(), berikutnya=pl.col("beda").get(1, null_on_oob=True))
        .filter(
            "tunggal",
            pl.col("panjang") >= _MIN_FUZZY_LENGTH,
            pl.col("beda") <= pl.max_horizontal(pl.lit(1), pl.col("panjang") // _LETTERS_PER_ERROR),
            (pl.col("berikutnya") - pl.col("beda")).fill_null(_CLEAR_MARGIN) >= _CLEAR_MARGIN,
        )
        .select("induk", "nama", "kunci")
    )


def _find_regions(pairs: pl.DataFrame) -> pl.DataFrame:
    """Like `look_up` among kecamatan and desa, also for misspelt names: adds kode, jumlah, lama, ejaan."""
    found = look_up(pairs, names_below())
    residual = found.filter(jumlah=0).select("induk", "nama").drop_nulls()
    if residual.is_empty():
        return found.with_columns(ejaan=pl.lit(value=False))
    # An exact name of a neighbouring region means a wrong parent, not a typing error.
    residual = residual.with_columns(two_levels_up(), fold_region(pl.col("nama")).alias("ditulis"))
    around = spellings_in_neighbourhood(residual["atas"].unique())
    residual = residual.join(around, left_on=["atas", "ditulis"], right_on=["atas", "kunci"], how="anti")
    coded = _names_with_own_code(residual)
    residual = residual.join(coded, on=["induk", "nama"], how="anti")
    unnumbered = without_number(pl.col("nama"))
    spelt = (
        residual.with_columns(longgar=loose_key(unnumbered), bernomor=unnumbered != pl.col("nama"))
        .join(loose_spellings(residual["induk"].unique()), on=["induk", "longgar"])
        # 2 LUMPATAN may mean LUMPATAN 2 or item 2 of a list.
        .filter(~(pl.col("bernomor") & pl.col("ada_bernomor")))
    )
    slips = nearest_spelling(residual.join(spelt, on=["induk", "nama"], how="anti"), around.drop("atas"))
    corrected = pl.concat([coded, spelt.select(slips.columns), slips]).select("induk", "kunci", ditulis="nama")
    corrected = (
        look_up(corrected.select("induk", nama="kunci").unique(), names_below())
        .select("induk", kunci="nama", kode_ejaan="kode")
        .join(corrected, on=["induk", "kunci"])
    )
    return (
        found.join(corrected.select("induk", "kode_ejaan", nama="ditulis"), on=["induk", "nama"], how="left")
        .with_columns(
            pl.coalesce("kode", "kode_ejaan").alias("kode"),
            ejaan=pl.col("kode_ejaan").is_not_null(),
        )
        .drop("kode_ejaan")
    )


def _names_with_own_code(residual: pl.DataFrame) -> pl.DataFrame:
    """Names with the digits of their own code before or after them: induk, nama, kunci (without the digits).

    KRAMATWATU (05) is 36.04.05. LUMPATAN (02) does not count: a village needs four digits, and 02 may mean LUMPATAN II.
    """
    readings = name_and_code(pl.col("nama"))
    with_digits = pl.concat(
        [residual.select("induk", reading, ditulis="nama") for reading in readings], how="diagonal"
    ).drop_nulls()
    with_digits = with_digits.rename({"kode": "kode_tulis"})
    found = look_up(with_digits.select("induk", "nama").unique(), names_below()).join(with_digits, on=["induk", "nama"])
    own_digits = pl.when(pl.col("kode").str.len_bytes() == len("360405")).then(len("05")).otherwise(len("2001"))
    own = found.filter(
        pl.col("kode").str.ends_with(pl.col("kode_tulis")), pl.col("kode_tulis").str.len_bytes() >= own_digits
    )
    as_numeral = pl.format("{} {}", "nama", pl.col("kode_tulis").str.strip_chars_start("0"))
    own = own.with_columns(longgar=loose_key(as_numeral)).join(
        loose_spellings(own["induk"].unique()), on=["induk", "longgar"], how="anti"
    )
    return own.select("induk", nama="ditulis", kunci="nama").unique(["induk", "nama"], maintain_order=True)


def join_children(frame: pl.DataFrame, parent: str, name: str, code: str) -> pl.DataFrame:
    """Add the code of the region with exactly that name below `parent`."""
    pairs = frame.select(induk=parent, nama=name).unique()
    found = look_up(pairs, names_below()).select("induk", "nama", pl.col("kode").alias(code))
    return frame.join(found, left_on=[parent, name], right_on=["induk", "nama"], how="left")


def descend(tuples: pl.DataFrame) -> pl.DataFrame:
    """From the chosen kabupaten down to the village: nomor, the code columns, temuan_wilayah."""
    kecamatan = _find_regions(tuples.select(induk="kode_kab", nama="kecamatan").unique()).select(
        kode_kab="induk", kecamatan="nama", kode_kec="kode", kec_jumlah="jumlah", kec_lama="lama", kec_ejaan="ejaan"
    )
    placed = tuples.join(kecamatan, on=["kode_kab", "kecamatan"], how="left", nulls_equal=True)
    within = placed.filter(pl.col("kode_kec").is_not_null()).select(induk="kode_kec", nama="desa").unique()
    # A village without kecamatan is found if its name is unique in the kabupaten.
    without = placed.filter(pl.col("kecamatan").is_null()).select(induk="kode_kab", nama="desa").unique()
    desa = pl.concat(
        [_find_regions(within), look_up(without, villages_by_kabupaten()).with_columns(ejaan=pl.lit(value=False))]
    ).select(tempat="induk", desa="nama", kode_desa="kode", desa_jumlah="jumlah", desa_lama="lama", desa_ejaan="ejaan")
    parent = pl.when(pl.col("kecamatan").is_null()).then("kode_kab").otherwise("kode_kec")
    placed = placed.with_columns(tempat=parent).join(desa, on=["tempat", "desa"], how="left", nulls_equal=True)
    # A village found by its former kecamatan gets the present one from its code.
    placed = placed.with_columns(kode_kec=pl.coalesce(pl.col("kode_desa").str.head(6), "kode_kec"))
    return placed.select("nomor", *CODE_COLUMNS, _region_finding())


def _region_finding() -> pl.Expr:
    """The most serious finding about how a row's region was found; null if it was found as written."""

    def unknown(name: str, code: str) -> pl.Expr:
        return pl.col(name).is_not_null() & pl.col(code).is_null()

    def any_of(mark: str) -> pl.Expr:
        return pl.any_horizontal(pl.col(f"{level}_{mark}").fill_null(value=False) for level in ("kab", "kec", "desa"))

    ambiguous = pl.col("kab_ambigu") | (pl.col("kec_jumlah") > 1) | (pl.col("desa_jumlah") > 1)
    return (
        pl.when(ambiguous.fill_null(value=False))
        .then(pl.lit("WILAYAH_AMBIGU"))
        .when(pl.col("kode_kab").is_null() | unknown("kecamatan", "kode_kec") | unknown("desa", "kode_desa"))
        .then(pl.lit("WILAYAH_TIDAK_DIKENAL"))
        .when(any_of("lama"))
        .then(pl.lit("WILAYAH_LAMA"))
        .when(any_of("ejaan"))
        .then(pl.lit("WILAYAH_EJAAN"))
        .alias("temuan_wilayah")
    )
