"""Regions: from the names or numbers an extract states to the Kemendagri codes in force.

Belongs here: the comparable form of a region's name, the search from province down to village, old codes and names.
Does not: the lists themselves (data/reference, loaded by pipeline.reference), or what a payment does with its region.

Only the distinct names of a frame are resolved and joined back, so the cost follows the variety of names, not the rows.
Every step takes the one best candidate or none: where two remain, the level stays open and the row says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from pipeline import reference
from pipeline.normalise.distinct import distinct_rows, once_per_value

WILAYAH_TIDAK_DIKENAL = "WILAYAH_TIDAK_DIKENAL"
WILAYAH_AMBIGU = "WILAYAH_AMBIGU"
WILAYAH_LAMA = "WILAYAH_LAMA"
WILAYAH_EJAAN = "WILAYAH_EJAAN"

SIAK_TUPLE = ("berkas", "kecamatan", "desa", "kab_kk", "kab_nik")
CODE_COLUMNS = ["kode_prov", "kode_kab", "kode_kec", "kode_desa"]
LEVELS = ["provinsi", "kabupaten", "kecamatan", "desa"]

_KAB_WORD = r"^(?:KABUPATEN|KAB|KOTAMADYA|KODYA|KOTA)(?: ADMINISTRASI| ADM)? (.+)$"
_LEVEL_WORD = (
    r"^(?:PROVINSI|PROPINSI|PROV|PROP|KABUPATEN ADMINISTRASI|KABUPATEN|KAB ADM|KAB|KOTA ADMINISTRASI|KOTA ADM|KOTAMADYA"
    r"|KODYA|KECAMATAN|KEC|DISTRIK|KELURAHAN|KEL|DESA|DS|NAGARI|GAMPONG|KAMPUNG|KP|PEKON|LEMBANG|NEGERI) (.+)$"
)
_ABBREVIATIONS = {
    r"\bKEP\b": "KEPULAUAN",
    r"\bPEG\b": "PEGUNUNGAN",
    r"\bGN\b": "GUNUNG",
    r"\bTJ\b": "TANJUNG",
    r"\bSEI\b": "SUNGAI",
}
_EMPTY = ["", "NULL", "NAN", "NN", "NONE", "N A", "0", "TDK TH"]
# A word of one letter is as good as a numeral: what else would PIGA I have lost?
_NUMERAL = r"\b(?:[IVX]+|[0-9]+|[A-Z])\b"

# An old name counts behind every way of writing a present one.
_OLD_RANK = 10
# Below this length one letter makes another name; above it, every eighth letter may be wrong.
_SHORTEST_FUZZY = 5
_KAB_DIGITS = 4
_LETTERS_PER_ERROR = 8
_CLEAR_MARGIN = 2
# Fewer votes than this in a group of rows are stray numbers, not a second kabupaten in the file.
_FAIR_SHARE = 0.1


@dataclass(frozen=True)
class RegionCodes:
    """Codes an identity number may begin with; each a Series of text."""

    provinsi: pl.Series
    kabupaten: pl.Series
    kecamatan: pl.Series
    kecamatan_kini: pl.Series


@cache
def known_prefix() -> RegionCodes:
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
    """The present code of a 4-digit kabupaten code: Papua's old ones are mapped, all others stay as they are."""
    papua = reference.papua_codes()
    return code.replace(papua["kode_lama"], papua["kode_kini"])


@once_per_value(pl.String)
def _current_kab(code: pl.Expr) -> pl.Expr:
    return current_kab(code)


def fold_region(name: pl.Expr) -> pl.Expr:
    """The comparable key of a region's name: capitals and digits only, without a leading level word.

    A level word goes only where something remains behind it. KOTA alone stays, because kecamatan are named with it
    (KOTA SOE, KOTA RAJA); the kind of a kabupaten is read by `kind_of_kabupaten`.
    """
    return _compact(_bare(_spaced(name), _LEVEL_WORD))


def kind_of_kabupaten(name: pl.Expr) -> pl.Expr:
    """KABUPATEN or KOTA as the name states it, null where it does not."""
    kind = _kind_first(_spaced(name)).str.extract(r"^(KABUPATEN|KAB|KOTAMADYA|KODYA|KOTA) ")
    return pl.when(kind.str.starts_with("KAB")).then(pl.lit("KABUPATEN")).when(kind.is_not_null()).then(pl.lit("KOTA"))


def resolve_names(
    df: pl.DataFrame, *, provinsi: str | None, kabupaten: str | None, kecamatan: str | None, desa: str | None
) -> pl.DataFrame:
    """Adds the codes of the regions a row names.

    Args:
        df: Any frame; the keywords name its text columns per level, None where it has none.
        provinsi: Column with the province.
        kabupaten: Column with the kabupaten or kota.
        kecamatan: Column with the kecamatan.
        desa: Column with the desa or kelurahan.

    Returns:
        `df`, same rows in the same order, with kode_prov, kode_kab, kode_kec, kode_desa (text, null below the deepest
        level that resolves) and temuan_wilayah (null or one of the WILAYAH_ codes, the gravest).
    """
    columns = dict(zip(LEVELS, (provinsi, kabupaten, kecamatan, desa), strict=True))
    stated = df.select(
        (pl.lit(None, pl.String) if column is None else pl.col(column)).alias(level)
        for level, column in columns.items()
    )
    places, tuples = distinct_rows(stated)
    tuples = tuples.with_row_index("nomor")
    plain = _as_listed(tuples)
    others = tuples.join(plain, on="nomor", how="anti")
    cleaned = others.select("nomor", *(_stated(level) for level in LEVELS))
    resolved = pl.concat([plain, _descend(_choose_by_name(cleaned))])
    return _attach(df, places, tuples, resolved)


def resolve_siak(df: pl.DataFrame, *, berkas: str, kecamatan: str, desa: str, no_kk: str, nik: str) -> pl.DataFrame:
    """Adds the region codes to a SIAK list, which names kecamatan and desa but no kabupaten.

    Only a kabupaten that has the stated kecamatan comes into question. The rows of one file that name the same desa
    vote for it, a KK number twice and a NIK once; then the rows of the same kecamatan, of the file, and the file's
    name. Where one file covers several kabupaten that share both names, each row's own number decides.

    Args:
        df: Any frame; the keywords name its text columns.
        berkas: Column with the file's name or path.
        kecamatan: Column with the kecamatan.
        desa: Column with the desa or kelurahan.
        no_kk: Column with the KK number.
        nik: Column with the NIK.

    Returns:
        As `resolve_names`.
    """
    columns = {"berkas": berkas, "kecamatan": kecamatan, "desa": desa, "no_kk": no_kk, "nik": nik}
    places, tuples = siak_tuples(df.select(**{name: pl.col(column) for name, column in columns.items()}))
    return attach_siak(df, places, tuples, resolve_siak_tuples(tuples))


def siak_tuples(rows: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """What `resolve_siak` looks at, counted: for each row its place among the distinct tuples, and these.

    Args:
        rows: berkas, kecamatan, desa, no_kk and nik.

    Returns:
        The places, and berkas, kecamatan, desa, kab_kk, kab_nik and baris (how many rows). Tuples of several parts of
        a source are added up before they are resolved.
    """
    stated = rows.select("berkas", "kecamatan", "desa", kab_kk=_kab_of_number("no_kk"), kab_nik=_kab_of_number("nik"))
    places, distinct = distinct_rows(stated)
    counted = places.value_counts(name="baris").sort(places.name)["baris"].cast(pl.Int64)
    return places, distinct.with_columns(counted)


def resolve_siak_tuples(tuples: pl.DataFrame) -> pl.DataFrame:
    """The code columns and temuan_wilayah beside each tuple (`siak_tuples`) of a whole source."""
    numbered = tuples.with_row_index("nomor").with_columns(_stated("kecamatan"), _stated("desa"))
    resolved = _descend(_choose_by_votes(numbered))
    numbered = tuples.select(SIAK_TUPLE).with_row_index("nomor")
    return numbered.join(resolved, on="nomor", how="left", maintain_order="left").drop("nomor")


def attach_siak(df: pl.DataFrame, places: pl.Series, tuples: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """`df` with the answers (`resolve_siak_tuples`) for its tuples beside every row."""
    own = tuples.join(answers, on=SIAK_TUPLE, how="left", nulls_equal=True, maintain_order="left")
    return df.with_columns(own.select(*CODE_COLUMNS, "temuan_wilayah")[places])


# --- names -----------------------------------------------------------------------------------------------------------


def _spaced(name: pl.Expr) -> pl.Expr:
    """Capitals and digits, everything else one space."""
    return name.str.to_uppercase().str.replace_all(r"[^A-Z0-9]+", " ").str.strip_chars()


def _compact(spaced: pl.Expr) -> pl.Expr:
    return spaced.str.replace_all(" ", "", literal=True)


def _bare(spaced: pl.Expr, level_word: str) -> pl.Expr:
    """Without the leading level word, abbreviations written out."""
    name = spaced.str.replace(level_word, "${1}")
    for pattern, full in _ABBREVIATIONS.items():
        name = name.str.replace_all(pattern, full)
    return name


def _numerals(spaced: pl.Expr) -> pl.Expr:
    """The numerals that are words of a name: `BONAN DOLOK II` has `II`."""
    return spaced.str.extract_all(_NUMERAL).list.join(" ")


def _kind_first(spaced: pl.Expr) -> pl.Expr:
    """`SERANG KOTA` and `SERANG, KAB` with the kind in front; KAB LIMA PULUH KOTA has its kind already."""
    turned = spaced.str.replace(r"^(.+) (KABUPATEN|KAB|KOTA)$", "${2} ${1}")
    return pl.when(spaced.str.contains(_KAB_WORD)).then(spaced).otherwise(turned)


def _bare_kabupaten(spaced: pl.Expr) -> pl.Expr:
    return _compact(_bare(_kind_first(spaced), _KAB_WORD))


def _stated(level: str) -> pl.Expr:
    """A level's name in spaced form, null where it is only a filler."""
    name = _spaced(pl.col(level))
    return pl.when(~name.is_in(_EMPTY)).then(name).alias(level)


def _keys(frame: pl.DataFrame, rank: str) -> pl.DataFrame:
    """One row per way to write `nama`, the closest first: adds kunci and the column named `rank` (from 0)."""
    spaced = _spaced(pl.col("nama"))
    bare = _bare(spaced, _LEVEL_WORD)
    forms = [spaced, bare, _compact(spaced), _compact(bare)]
    return pl.concat(
        [frame.with_columns(form.alias("kunci"), pl.lit(i, pl.Int32).alias(rank)) for i, form in enumerate(forms)]
    )


@cache
def _written() -> pl.DataFrame:
    """Every name under which a region in force may be stated: tingkat, kode, nama, induk ('' above provinces), lama."""
    current = reference.regions().filter("berlaku").select("tingkat", "kode", "nama", "induk", lama=pl.lit(value=False))
    past = (
        reference.region_aliases()
        .join(current.select("kode", "tingkat"), on="kode")
        # Short forms are nobody's former name: who writes DKI JAKARTA is not out of date.
        .select("tingkat", "kode", pl.col("nama_lama").alias("nama"), "induk", lama=pl.col("sumber") != "padan")
    )
    return pl.concat([current, past]).with_columns(pl.col("induk").fill_null(""))


@cache
def _names() -> pl.DataFrame:
    """Keys by the region above, kabupaten left out: induk, kunci, kode, urutan (0 best), lama."""
    keyed = _keys(_written().filter(pl.col("tingkat") != "KABUPATEN"), "urutan")
    return (
        keyed.with_columns(pl.col("urutan") + _OLD_RANK * pl.col("lama").cast(pl.Int32))
        .sort("urutan")
        .unique(["induk", "kunci", "kode"], keep="first")
        .select("induk", "kunci", "kode", "urutan", "lama")
    )


@cache
def _villages_by_kabupaten() -> pl.DataFrame:
    """As `_names`, villages only and by kabupaten."""
    villages = _names().filter(pl.col("kode").str.len_bytes() == len("3604051001"))
    return (
        villages.with_columns(pl.col("induk").str.head(4))
        .sort("urutan")
        .unique(["induk", "kunci", "kode"], keep="first")
    )


@cache
def _kabupaten() -> pl.DataFrame:
    """Names of kabupaten and kota without their kind: kode_kab, kunci, jenis, lama."""
    return (
        _written()
        .filter(tingkat="KABUPATEN")
        .select(
            pl.col("kode").alias("kode_kab"),
            _bare_kabupaten(_spaced(pl.col("nama"))).alias("kunci"),
            kind_of_kabupaten(pl.col("nama")).alias("jenis"),
            "lama",
        )
        .sort("lama")
        .unique(["kode_kab", "kunci"], keep="first", maintain_order=True)
    )


@cache
def _provinces_of_kabupaten() -> pl.DataFrame:
    """The provinces a kabupaten is stated under: kode_kab, kode_prov, prov_lama (before Papua was divided)."""
    current = reference.regions().filter("berlaku", tingkat="KABUPATEN")
    papua = reference.papua_codes()
    return pl.concat(
        [
            current.select(kode_kab="kode", kode_prov="induk", prov_lama=pl.lit(value=False)),
            papua.select(kode_kab="kode_kini", kode_prov=pl.col("kode_lama").str.head(2), prov_lama=pl.lit(value=True)),
        ]
    )


@cache
def _spellings() -> pl.DataFrame:
    """Present names of kecamatan and desa for `_nearest`: induk, kunci, bilangan, tunggal (no other has the key)."""
    present = _written().filter(~pl.col("lama"), pl.col("tingkat").is_in(["KECAMATAN", "DESA"]))
    spaced = _spaced(pl.col("nama"))
    keyed = present.select("induk", fold_region(pl.col("nama")).alias("kunci"), _numerals(spaced).alias("bilangan"))
    return keyed.with_columns(tunggal=pl.len().over("induk", "kunci") == 1).unique(maintain_order=True)


def _look_up(pairs: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Finds distinct (induk, nama) among `names`: adds kode (null unless one fits best), jumlah of best ones, lama."""
    found = _keys(pairs.drop_nulls(), "cara").join(names, on=["induk", "kunci"])
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


def _nearest(residual: pl.DataFrame, spellings: pl.DataFrame) -> pl.DataFrame:
    """The one spelling of the same parent that a name misses by a slip of the pen: induk, nama, kunci.

    Args:
        residual: induk, nama, ditulis (nama in the form of the keys).
        spellings: induk, kunci, bilangan (the numerals of the name: BONAN DOLOK I is no slip for BONAN DOLOK II) and
            tunggal (whether a hit on this key is to be trusted).
    """
    pairs = residual.with_columns(
        bilangan=_numerals(pl.col("nama")), panjang=pl.col("ditulis").str.len_bytes().cast(pl.Int64)
    ).join(spellings, on=["induk", "bilangan"])
    distances = cpdist(pairs["ditulis"].to_list(), pairs["kunci"].to_list(), scorer=OSA.distance)
    return (
        pairs.with_columns(pl.Series("beda", distances, dtype=pl.Int64))
        .sort("beda", "kunci")
        .group_by("induk", "nama", maintain_order=True)
        .agg(pl.col("kunci", "panjang", "tunggal", "beda").first(), berikutnya=pl.col("beda").get(1, null_on_oob=True))
        .filter(
            "tunggal",
            pl.col("panjang") >= _SHORTEST_FUZZY,
            pl.col("beda") <= pl.max_horizontal(pl.lit(1), pl.col("panjang") // _LETTERS_PER_ERROR),
            (pl.col("berikutnya") - pl.col("beda")).fill_null(_CLEAR_MARGIN) >= _CLEAR_MARGIN,
        )
        .select("induk", "nama", "kunci")
    )


def _find(pairs: pl.DataFrame) -> pl.DataFrame:
    """As `_look_up` among kecamatan and desa, slips of the pen mended: adds kode, jumlah, lama, ejaan."""
    found = _look_up(pairs, _names())
    above = pl.col("induk").str.head(pl.col("induk").str.len_bytes() - 2).alias("atas")
    residual = found.filter(jumlah=0).select("induk", "nama").drop_nulls()
    residual = residual.with_columns(above, fold_region(pl.col("nama")).alias("ditulis")).join(
        # A name at home in a neighbouring region is a wrong parent, not a slip.
        _spellings().select(above, pl.col("kunci").alias("ditulis")),
        on=["atas", "ditulis"],
        how="anti",
    )
    mended = _nearest(residual, _spellings()).select("induk", "kunci", ditulis="nama")
    mended = (
        _look_up(mended.select("induk", nama="kunci").unique(), _names())
        .select("induk", kunci="nama", kode_ejaan="kode")
        .join(mended, on=["induk", "kunci"])
    )
    return (
        found.join(mended.select("induk", "kode_ejaan", nama="ditulis"), on=["induk", "nama"], how="left")
        .with_columns(
            pl.coalesce("kode", "kode_ejaan").alias("kode"),
            ejaan=pl.col("kode_ejaan").is_not_null(),
        )
        .drop("kode_ejaan")
    )


# --- villages named as listed -----------------------------------------------------------------------------------------


def _as_listed(tuples: pl.DataFrame) -> pl.DataFrame:
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
    return pl.concat_str(kind_of_kabupaten(name), pl.lit(" "), _bare_kabupaten(_spaced(name)))


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


# --- the kabupaten ---------------------------------------------------------------------------------------------------


def _choose_by_name(tuples: pl.DataFrame) -> pl.DataFrame:
    """Adds kode_prov, kode_kab and how they were found: kab_ambigu, kab_lama, kab_ejaan.

    Candidates are all kabupaten of the stated name, or, without a usable name, all that have the stated kecamatan.
    The one that agrees in most of kind, province, kecamatan and desa is meant; a tie stays open.
    """
    provinces = _look_up(tuples.select(nama="provinsi", induk=pl.lit("")).unique(), _names())
    tuples = tuples.join(
        provinces.select(provinsi="nama", prov_tertulis="kode"), on="provinsi", how="left", nulls_equal=True
    )
    named = _candidates_by_name(tuples)
    unnamed = tuples.join(named, on="nomor", how="anti")
    candidates = pl.concat(
        [_weigh(named, tuples), _weigh(_candidates_by_kecamatan(unnamed), unnamed).filter(_UNOPPOSED)]
    )

    agreeing = pl.sum_horizontal("jenis_cocok", "prov_cocok", "kec_cocok", "desa_cocok")
    best = (
        candidates.filter(agreeing == agreeing.max().over("nomor"))
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
    """Kabupaten that bear the stated name: nomor, kode_kab, lama, ejaan, jenis_cocok.

    A name that no kabupaten bears is read as the nearest one of the stated province. `ejaan` tells that the name was
    mended so or that its kind is another one.
    """
    stated = tuples.select("nomor", "prov_tertulis", nama="kabupaten").drop_nulls("nama")
    whole = _compact(pl.col("nama"))
    # KOTA BARU is Kotabaru: where the whole name is known, no word of it is a kind.
    has_kind = ~whole.is_in(_kabupaten()["kunci"].implode())
    stated = stated.with_columns(
        pl.when(has_kind).then(_bare_kabupaten(pl.col("nama"))).otherwise(whole).alias("kunci"),
        pl.when(has_kind).then(kind_of_kabupaten(pl.col("nama"))).alias("jenis_tertulis"),
    )
    exact = stated.join(_kabupaten(), on="kunci").with_columns(ejaan=pl.lit(value=False))
    spellings = _provinces_of_kabupaten().join(_kabupaten(), on="kode_kab").filter(~pl.col("lama"))
    mended = _nearest(
        stated.join(exact, on="nomor", how="anti")
        .drop_nulls("prov_tertulis")
        .select("nama", induk="prov_tertulis", ditulis="kunci")
        .unique(),
        spellings.select("kunci", induk="kode_prov", bilangan=pl.lit(""), tunggal=pl.lit(value=True)).unique(),
    )
    near = (
        stated.drop("kunci")
        .join(mended, left_on=["prov_tertulis", "nama"], right_on=["induk", "nama"])
        .join(_kabupaten(), on="kunci")
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
    """As `_candidates_by_name`, the kabupaten that have the stated kecamatan; ejaan where a name was overruled."""
    kecamatan = _keys(_written().filter(~pl.col("lama"), tingkat="KECAMATAN").select("kode", "nama"), "urutan")
    kecamatan = kecamatan.select("kunci", pl.col("kode").str.head(4).alias("kode_kab")).unique()
    keyed = _keys(tuples.select("nomor", "kabupaten", nama="kecamatan").drop_nulls("nama"), "cara")
    found = keyed.join(kecamatan, on="kunci").unique(["nomor", "kode_kab"])
    return found.select(
        "nomor",
        "kode_kab",
        lama=pl.lit(value=False),
        ejaan=pl.col("kabupaten").is_not_null(),
        jenis_cocok=pl.lit(value=False),
    )


# Without a usable name for the kabupaten, the province must agree where known, and an unknown name needs the desa too.
_UNOPPOSED = (pl.col("prov_cocok") | pl.col("prov_tertulis").is_null()) & (pl.col("desa_cocok") | ~pl.col("ejaan"))


def _weigh(candidates: pl.DataFrame, tuples: pl.DataFrame) -> pl.DataFrame:
    """Adds to candidate kabupaten what speaks for them: prov_cocok, prov_lama, kec_cocok, desa_cocok."""
    weighed = candidates.join(tuples.select("nomor", "prov_tertulis", "kecamatan", "desa"), on="nomor").join(
        _provinces_of_kabupaten(),
        left_on=["kode_kab", "prov_tertulis"],
        right_on=["kode_kab", "kode_prov"],
        how="left",
    )
    weighed = _join_children(weighed, "kode_kab", "kecamatan", "kode_kec")
    weighed = _join_children(weighed, "kode_kec", "desa", "kode_desa")
    return weighed.select(
        *candidates.columns,
        "prov_tertulis",
        prov_cocok=pl.col("prov_lama").is_not_null(),
        prov_lama=pl.col("prov_lama").fill_null(value=False),
        kec_cocok=pl.col("kode_kec").is_not_null(),
        desa_cocok=pl.col("kode_desa").is_not_null(),
    )


def _join_children(frame: pl.DataFrame, parent: str, name: str, code: str) -> pl.DataFrame:
    """Adds the code of the region of that name under `parent`, exact names only."""
    pairs = frame.select(induk=parent, nama=name).unique()
    found = _look_up(pairs, _names()).select("induk", "nama", pl.col("kode").alias(code))
    return frame.join(found, left_on=[parent, name], right_on=["induk", "nama"], how="left")


def _kab_of_number(column: str) -> pl.Expr:
    """The present code of the kabupaten whose number begins an identity number."""
    return _current_kab(pl.col(column).str.head(_KAB_DIGITS))


def _hints(files: pl.DataFrame) -> pl.DataFrame:
    """Kabupaten that a file's name suggests: berkas, kode_kab, petunjuk (the higher the surer).

    A code goes before a name with its kind, that before a bare name, and MUSI RAWAS UTARA before MUSI RAWAS.
    """
    spaced = pl.concat_str(pl.lit(" "), _spaced(pl.col("berkas")), pl.lit(" "))
    name = (
        reference.regions()
        .filter("berlaku", tingkat="KABUPATEN")
        .select(
            "kode",
            kode_kab="kode",
            polos=_spaced(pl.col("nama").str.replace(_KAB_WORD, "${1}")),
            jenis=kind_of_kabupaten(pl.col("nama")).replace({"KABUPATEN": "KAB"}),
        )
    )
    old = reference.papua_codes().select(kode="kode_lama", kode_kab="kode_kini", polos=pl.lit("-"), jenis=pl.lit("-"))
    pairs = files.select("berkas", teks=spaced).join(pl.concat([name, old]), how="cross")
    by_name = pl.concat_str(pl.lit(" "), "polos", pl.lit(" "))
    by_kind = pl.concat_str(pl.lit(" "), "jenis", by_name)
    text = pl.col("teks").str.replace_all(" KABUPATEN ", " KAB ", literal=True)
    return (
        pairs.with_columns(
            petunjuk=pl.when(text.str.contains(pl.concat_str(pl.lit(" "), "kode", pl.lit(" ")), literal=True))
            .then(300)
            .when(text.str.contains(by_kind, literal=True))
            .then(200)
            .when(text.str.contains(by_name, literal=True))
            .then(100)
            + pl.col("polos").str.len_bytes().cast(pl.Int64)
        )
        .drop_nulls("petunjuk")
        .group_by("berkas", "kode_kab")
        .agg(pl.col("petunjuk").max())
    )


def _choose_by_votes(tuples: pl.DataFrame) -> pl.DataFrame:
    """Adds what `_choose_by_name` adds, from the numbers' votes and the files' names."""
    group = ["berkas", "kecamatan", "desa"]
    ballots = (
        pl.concat(
            [
                tuples.select(*group, kode_kab="kab_kk", suara=2 * pl.col("baris")),
                tuples.select(*group, kode_kab="kab_nik", suara=pl.col("baris")),
            ]
        )
        .join(_kabupaten().select("kode_kab").unique(), on="kode_kab", how="semi")
        .group_by(*group, "kode_kab")
        .agg(pl.col("suara").sum())
    )
    asked = tuples.select(group).unique(maintain_order=True).with_row_index("urusan")
    candidates = _possible(asked, ballots)
    candidates = candidates.join(ballots, on=[*group, "kode_kab"], how="left", nulls_equal=True)
    of_kecamatan = ballots.group_by("berkas", "kecamatan", "kode_kab").agg(suara_kec=pl.col("suara").sum())
    candidates = candidates.join(
        of_kecamatan, on=["berkas", "kecamatan", "kode_kab"], how="left", nulls_equal=True
    ).with_columns(pl.col("suara", "suara_kec").fill_null(0))

    # Of the kabupaten that have both names, those with a fair share of the votes share the file between them.
    fits = pl.col("desa_cocok") == pl.col("desa_cocok").max().over("urusan")
    fair = pl.col("suara") >= pl.max_horizontal(1, _FAIR_SHARE * pl.col("suara").sum().over("urusan"))
    merits = pl.struct("suara", "suara_kec", "suara_berkas", "petunjuk").rank("dense", descending=True).over("urusan")
    candidates = candidates.filter(fits).with_columns(bersama=fair, urut=merits)
    sharing = candidates.filter("bersama").filter(pl.len().over("urusan") > 1)
    winners = (
        candidates.filter(urut=1)
        .group_by("urusan")
        .agg(
            pl.col("kode_kab").n_unique().alias("calon"),
            pl.col("kode_kab").first(),
            pl.col("kode_kab").str.head(2).unique().alias("kode_prov"),
        )
        .join(sharing.select("urusan", diperebutkan=pl.lit(value=True)).unique(), on="urusan", how="left")
    )
    own = tuples.select("nomor", *group, kode_kab=pl.coalesce("kab_kk", "kab_nik")).join(
        asked, on=group, nulls_equal=True
    )
    own = own.join(sharing, on=["urusan", "kode_kab"], how="semi").select("nomor", kab_sendiri="kode_kab")
    contested = pl.col("diperebutkan").fill_null(value=False)
    decided = pl.when(contested).then("kab_sendiri").when(calon=1).then("kode_kab")
    return (
        tuples.join(asked, on=group, how="left", nulls_equal=True)
        .join(winners, on="urusan", how="left")
        .join(own, on="nomor", how="left")
        .with_columns(kode_kab=decided)
        .select(
            "nomor",
            "kecamatan",
            "desa",
            pl.when(pl.col("kode_kab").is_not_null())
            .then(pl.col("kode_kab").str.head(2))
            .when(pl.col("kode_prov").list.len() == 1)
            .then(pl.col("kode_prov").list.first())
            .alias("kode_prov"),
            "kode_kab",
            kab_ambigu=pl.col("kode_kab").is_null() & pl.col("calon").is_not_null(),
            kab_lama=pl.lit(value=False),
            kab_ejaan=pl.lit(value=False),
        )
    )


def _possible(asked: pl.DataFrame, ballots: pl.DataFrame) -> pl.DataFrame:
    """The kabupaten of a file that have the stated kecamatan, all of the file's where none has it.

    Adds kode_kab, suara_berkas, petunjuk and desa_cocok to `asked` (urusan, berkas, kecamatan, desa).
    """
    of_file = ballots.group_by("berkas", "kode_kab").agg(suara_berkas=pl.col("suara").sum())
    of_file = of_file.join(
        _hints(asked.select("berkas").unique()), on=["berkas", "kode_kab"], how="full", coalesce=True
    ).with_columns(pl.col("suara_berkas", "petunjuk").fill_null(0))
    homes = _names().filter(pl.col("induk").str.len_bytes() == len("3604")).select("kunci", kode_kab="induk").unique()
    keyed = _keys(asked.select("urusan", "berkas", nama="kecamatan").drop_nulls(), "cara")
    having = keyed.join(homes, on="kunci").select("urusan", "berkas", "kode_kab").unique()
    having = having.join(of_file, on=["berkas", "kode_kab"]).drop("berkas")
    others = asked.join(having, on="urusan", how="anti").select("urusan", "berkas").join(of_file, on="berkas")
    possible = asked.join(pl.concat([having, others.select(having.columns)]), on="urusan")
    possible = _join_children(possible, "kode_kab", "kecamatan", "kode_kec")
    possible = _join_children(possible, "kode_kec", "desa", "kode_desa")
    return possible.with_columns(desa_cocok=pl.col("kode_desa").is_not_null()).drop("kode_kec", "kode_desa")


# --- below the kabupaten ---------------------------------------------------------------------------------------------


def _descend(tuples: pl.DataFrame) -> pl.DataFrame:
    """From the chosen kabupaten down to the village: nomor, the code columns, temuan_wilayah."""
    kecamatan = _find(tuples.select(induk="kode_kab", nama="kecamatan").unique()).select(
        kode_kab="induk", kecamatan="nama", kode_kec="kode", kec_jumlah="jumlah", kec_lama="lama", kec_ejaan="ejaan"
    )
    placed = tuples.join(kecamatan, on=["kode_kab", "kecamatan"], how="left", nulls_equal=True)
    within = placed.filter(pl.col("kode_kec").is_not_null()).select(induk="kode_kec", nama="desa").unique()
    # A village without its kecamatan is known if the kabupaten has only one of the name.
    without = placed.filter(pl.col("kecamatan").is_null()).select(induk="kode_kab", nama="desa").unique()
    desa = pl.concat(
        [_find(within), _look_up(without, _villages_by_kabupaten()).with_columns(ejaan=pl.lit(value=False))]
    ).select(tempat="induk", desa="nama", kode_desa="kode", desa_jumlah="jumlah", desa_lama="lama", desa_ejaan="ejaan")
    place = pl.when(pl.col("kecamatan").is_null()).then("kode_kab").otherwise("kode_kec")
    placed = placed.with_columns(tempat=place).join(desa, on=["tempat", "desa"], how="left", nulls_equal=True)
    # Villages that moved to another kecamatan are found by their old one; the code tells the present one.
    placed = placed.with_columns(kode_kec=pl.coalesce(pl.col("kode_desa").str.head(6), "kode_kec"))
    return placed.select("nomor", *CODE_COLUMNS, _finding())


def _finding() -> pl.Expr:
    """The gravest thing to say about how a row's region was found; null if it was found as written."""

    def unknown(name: str, code: str) -> pl.Expr:
        return pl.col(name).is_not_null() & pl.col(code).is_null()

    def any_of(mark: str) -> pl.Expr:
        return pl.any_horizontal(pl.col(f"{level}_{mark}").fill_null(value=False) for level in ("kab", "kec", "desa"))

    ambiguous = pl.col("kab_ambigu") | (pl.col("kec_jumlah") > 1) | (pl.col("desa_jumlah") > 1)
    return (
        pl.when(ambiguous.fill_null(value=False))
        .then(pl.lit(WILAYAH_AMBIGU))
        .when(pl.col("kode_kab").is_null() | unknown("kecamatan", "kode_kec") | unknown("desa", "kode_desa"))
        .then(pl.lit(WILAYAH_TIDAK_DIKENAL))
        .when(any_of("lama"))
        .then(pl.lit(WILAYAH_LAMA))
        .when(any_of("ejaan"))
        .then(pl.lit(WILAYAH_EJAAN))
        .alias("temuan_wilayah")
    )


def _attach(df: pl.DataFrame, places: pl.Series, tuples: pl.DataFrame, resolved: pl.DataFrame) -> pl.DataFrame:
    """`df` with the answers for its distinct names beside every row."""
    answers = tuples.select("nomor").join(resolved, on="nomor", how="left", maintain_order="left")
    return df.with_columns(answers.select(*CODE_COLUMNS, "temuan_wilayah")[places])
