"""Resolves rows with names of province, kabupaten, kecamatan and desa: first the kabupaten, then the levels below."""

from __future__ import annotations

import polars as pl

from pipeline.normalise.regions.listed import match_listed
from pipeline.normalise.regions.lists import (
    LEVELS,
    REGION_RESULT,
    kabupaten_by_kecamatan,
    kabupaten_names,
    names_below,
    provinces_of_kabupaten,
)
from pipeline.normalise.regions.search import descend, join_children, look_up, nearest_spelling
from pipeline.normalise.regions.spelling import bare_kabupaten, compact_name, keys, kind_of_kabupaten, stated_name
from pipeline.normalise.values.distinct import distinct_rows


def resolve_names(
    df: pl.DataFrame, *, provinsi: str | None, kabupaten: str | None, kecamatan: str | None, desa: str | None
) -> pl.DataFrame:
    """Add the codes of the regions that rows name.

    Args:
        df: Any frame; the keywords name its text column for each level, None if it has none.
        provinsi: Column with the province.
        kabupaten: Column with the kabupaten or kota.
        kecamatan: Column with the kecamatan.
        desa: Column with the desa or kelurahan.

    Returns:
        `df`, same rows in the same order, with kode_prov, kode_kab, kode_kec, kode_desa (text, null below the deepest
        level that resolves) and temuan_wilayah (null or the most serious WILAYAH_ code).
    """
    columns = dict(zip(LEVELS, (provinsi, kabupaten, kecamatan, desa), strict=True))
    stated = df.select(
        (pl.lit(None, pl.String) if column is None else pl.col(column)).alias(level)
        for level, column in columns.items()
    )
    indices, distinct = distinct_rows(stated)
    return df.with_columns(resolve_stated(distinct).select(REGION_RESULT)[indices])


def stated_tuples(rows: pl.DataFrame) -> pl.DataFrame:
    """The distinct (provinsi, kabupaten, kecamatan, desa) of rows, in order of appearance.

    Collect those of all parts of a source before resolving: a thousand tuples cost hardly more than a few.
    """
    return distinct_rows(rows.select(LEVELS))[1]


def resolve_stated(tuples: pl.DataFrame) -> pl.DataFrame:
    """Distinct tuples (`stated_tuples`) with their code columns and temuan_wilayah."""
    numbered = tuples.with_row_index("nomor")
    resolved = match_listed(numbered)
    others = numbered.join(resolved, on="nomor", how="anti")
    if not others.is_empty():
        cleaned = others.select("nomor", *(stated_name(level) for level in LEVELS))
        resolved = pl.concat([resolved, descend(choose_by_name(cleaned))])
    return numbered.join(resolved, on="nomor", how="left", maintain_order="left").drop("nomor")


def attach_stated(df: pl.DataFrame, resolved: pl.DataFrame) -> pl.DataFrame:
    """`df` with the codes of the names in each row, resolved by `resolve_stated`."""
    indices, tuples = distinct_rows(df.select(LEVELS))
    own = tuples.join(resolved, on=LEVELS, how="left", nulls_equal=True, maintain_order="left")
    return df.with_columns(own.select(REGION_RESULT)[indices])


def choose_by_name(tuples: pl.DataFrame) -> pl.DataFrame:
    """Add kode_prov, kode_kab and how they were found: kab_ambigu, kab_lama, kab_ejaan.

    Candidates are all kabupaten of the stated name or, without a usable name, all that have the stated kecamatan. The
    one that agrees in most of kind, province, kecamatan and desa is chosen; a tie stays open.
    """
    provinces = look_up(tuples.select(nama="provinsi", induk=pl.lit("")).unique(), names_below())
    tuples = tuples.join(
        provinces.select(provinsi="nama", prov_tertulis="kode"), on="provinsi", how="left", nulls_equal=True
    )
    named = _candidates_by_name(tuples)
    unnamed = tuples.join(named, on="nomor", how="anti")
    candidates = pl.concat(
        [_add_evidence(named, tuples), _add_evidence(_candidates_by_kecamatan(unnamed), unnamed).filter(_IS_UNOPPOSED)]
    )

    agreeing = pl.sum_horizontal("jenis_cocok", "prov_cocok", "kec_cocok", "desa_cocok")
    best = (
        candidates.filter(agreeing == agreeing.max().over("nomor"))
        # A present name beats a former one.
        .filter(pl.col("lama") == pl.col("lama").min().over("nomor"))
        .group_by("nomor")
        .agg(
            pl.col("kode_kab").n_unique().alias("calon"),
            pl.col("kode_kab", "lama", "ejaan", "prov_lama", "prov_cocok").first(),
            pl.col("kode_kab").str.head(2).unique().alias("kode_prov"),
        )
    )
    found = tuples.join(best, on="nomor", how="left")
    single = pl.col("calon").eq_missing(1)
    other_province = pl.col("provinsi").is_not_null() & ~pl.col("prov_cocok")
    return found.select(
        "nomor",
        "kabupaten",
        "kecamatan",
        "desa",
        pl.when(pl.col("kode_prov").list.len() == 1)
        .then(pl.col("kode_prov").list.first())
        .otherwise("prov_tertulis")
        .alias("kode_prov"),
        pl.when(single).then("kode_kab").alias("kode_kab"),
        kab_ambigu=(pl.col("calon") > 1).fill_null(value=False),
        kab_lama=single & (pl.col("lama") | pl.col("prov_lama")),
        kab_ejaan=single & (pl.col("ejaan") | other_province),
    )


def _candidates_by_name(tuples: pl.DataFrame) -> pl.DataFrame:
    """Kabupaten with the stated name: nomor, kode_kab, lama, ejaan, jenis_cocok.

    An unknown name is taken for the nearest name in the stated province. `ejaan`: the name was corrected in this way,
    or its kind (KABUPATEN, KOTA) differs.
    """
    stated = tuples.select("nomor", "prov_tertulis", nama="kabupaten").drop_nulls("nama")
    compact = compact_name(pl.col("nama"))
    # If the whole name is known, no word of it is a kind: KOTA BARU is Kotabaru.
    has_kind = ~compact.is_in(kabupaten_names()["kunci"].implode())
    stated = stated.with_columns(
        pl.when(has_kind).then(bare_kabupaten(pl.col("nama"))).otherwise(compact).alias("kunci"),
        pl.when(has_kind).then(kind_of_kabupaten(pl.col("nama"))).alias("jenis_tertulis"),
    )
    exact = stated.join(kabupaten_names(), on="kunci").with_columns(ejaan=pl.lit(value=False))
    spellings = provinces_of_kabupaten().join(kabupaten_names(), on="kode_kab").filter(~pl.col("lama"))
    corrected = nearest_spelling(
        stated.join(exact, on="nomor", how="anti")
        .drop_nulls("prov_tertulis")
        .select("nama", induk="prov_tertulis", ditulis="kunci")
        .unique(),
        spellings.select("kunci", induk="kode_prov", bilangan=pl.lit(""), tunggal=pl.lit(value=True)).unique(),
    )
    near = (
        stated.drop("kunci")
        .join(corrected, left_on=["prov_tertulis", "nama"], right_on=["induk", "nama"])
        .join(kabupaten_names(), on="kunci")
        .with_columns(ejaan=pl.lit(value=True))
    )
    agrees = pl.col("jenis_tertulis") == pl.col("jenis")
    return pl.concat([exact.select(near.columns), near]).select(
        "nomor",
        "kode_kab",
        "lama",
        pl.col("ejaan") | ~agrees.fill_null(value=True),
        jenis_cocok=agrees.fill_null(value=False),
    )


def _candidates_by_kecamatan(tuples: pl.DataFrame) -> pl.DataFrame:
    """Like `_candidates_by_name`, the kabupaten that have the stated kecamatan; ejaan: a stated name was overruled."""
    keyed = keys(tuples.select("nomor", "kabupaten", nama="kecamatan").drop_nulls("nama"), "cara")
    found = keyed.join(kabupaten_by_kecamatan(), on="kunci").unique(["nomor", "kode_kab"])
    return found.select(
        "nomor",
        "kode_kab",
        lama=pl.lit(value=False),
        ejaan=pl.col("kabupaten").is_not_null(),
        jenis_cocok=pl.lit(value=False),
    )


# A candidate without a usable kabupaten name must agree in a known province, and also in the desa if a name is unknown.
_IS_UNOPPOSED = (pl.col("prov_cocok") | pl.col("prov_tertulis").is_null()) & (pl.col("desa_cocok") | ~pl.col("ejaan"))


def _add_evidence(candidates: pl.DataFrame, tuples: pl.DataFrame) -> pl.DataFrame:
    """Add the evidence for each candidate kabupaten: prov_cocok, prov_lama, kec_cocok, desa_cocok."""
    evidence = candidates.join(tuples.select("nomor", "prov_tertulis", "kecamatan", "desa"), on="nomor").join(
        provinces_of_kabupaten(),
        left_on=["kode_kab", "prov_tertulis"],
        right_on=["kode_kab", "kode_prov"],
        how="left",
    )
    evidence = join_children(evidence, "kode_kab", "kecamatan", "kode_kec")
    evidence = join_children(evidence, "kode_kec", "desa", "kode_desa")
    return evidence.select(
        *candidates.columns,
        "prov_tertulis",
        prov_cocok=pl.col("prov_lama").is_not_null(),
        prov_lama=pl.col("prov_lama").fill_null(value=False),
        kec_cocok=pl.col("kode_kec").is_not_null(),
        desa_cocok=pl.col("kode_desa").is_not_null(),
    )
