"""Chooses where the generated families live: real kabupaten, kecamatan and villages, drawn by population.

Belongs here: the choice of regions, and facts of a region about its people (ethnic groups, first-registration codes).
Does not: families and persons (`pipeline.synthetic.population`).
"""

from __future__ import annotations

from math import isqrt

import numpy as np
import polars as pl

from pipeline import reference
from pipeline.synthetic.draws import Floats, Ints, apportion, pick_distinct

ETHNIC_GROUPS = ("JAWA", "SUNDA", "BALI", "BATAK", "ARAB", "TIMUR", "MELAYU", "TIONGHOA")

# Shares of the ethnic groups per province, in the order of ETHNIC_GROUPS; provinces not named here take `_DEFAULT_MIX`.
_ETHNIC_MIX: dict[str, tuple[float, ...]] = {
    "11": (0.03, 0, 0, 0.02, 0.70, 0, 0.25, 0),
    "12": (0.25, 0, 0, 0.45, 0.08, 0, 0.18, 0.04),
    "31": (0.38, 0.20, 0, 0.06, 0.20, 0.02, 0.08, 0.06),
    "32": (0.12, 0.76, 0, 0.01, 0.10, 0, 0, 0.01),
    "33": (0.93, 0.02, 0, 0, 0.04, 0, 0, 0.01),
    "34": (0.95, 0, 0, 0, 0.04, 0, 0, 0.01),
    "35": (0.84, 0, 0, 0, 0.14, 0.01, 0, 0.01),
    "36": (0.18, 0.52, 0, 0.02, 0.26, 0, 0, 0.02),
    "51": (0.06, 0, 0.92, 0, 0.01, 0.01, 0, 0),
    "52": (0.04, 0, 0.06, 0, 0.60, 0.02, 0.28, 0),
    "53": (0.03, 0, 0.01, 0, 0.03, 0.93, 0, 0),
    "71": (0.04, 0, 0, 0, 0.20, 0.70, 0.04, 0.02),
    "81": (0.04, 0, 0, 0, 0.36, 0.58, 0.02, 0),
    **dict.fromkeys(("91", "92", "93", "94", "95", "96"), (0.08, 0, 0, 0.01, 0.06, 0.85, 0, 0)),
}
_DEFAULT_MIX = (0.14, 0.04, 0.01, 0.02, 0.24, 0.02, 0.50, 0.03)
_BATAK_HOME = ("1202", "1206", "1212", "1214", "1215", "1216", "1217")
_BATAK_MIX = (0.03, 0, 0, 0.95, 0.01, 0, 0.01, 0)

# Real villages have some 950 families; with fewer per village small countries still have enough villages.
FEW_PER_VILLAGE = 55
_VILLAGES_PER_KECAMATAN = 7
_MIN_KABUPATEN = 8


def draw_villages(keluarga: int, rng: np.random.Generator, per_village: int = FEW_PER_VILLAGE) -> pl.DataFrame:
    """The villages of the generated country, sorted by code.

    Args:
        keluarga: number of families to house.
        rng: random numbers.
        per_village: average number of families per village.

    Returns:
        One row per village: kode_desa, desa, kode_kec, kecamatan, kode_kab, kabupaten, kode_prov, provinsi,
        kec_nik (6-digit code in NIKs issued before 2022), keluarga (families living there, > 0), tertinggal (3T),
        baru (in a province formed in 2022) and mix (shares of ETHNIC_GROUPS).
    """
    regions = reference.regions().filter("berlaku")
    kabupaten = _draw_kabupaten(min(514, _MIN_KABUPATEN + isqrt(keluarga) // 20), rng)
    families = apportion(keluarga, _family_weights(kabupaten["penduduk"].to_numpy()))
    villages = pl.concat(
        [
            _villages_of(regions, kode, int(count), per_village, rng)
            for kode, count in zip(kabupaten["kode_kab"], families, strict=True)
            if count
        ]
    )
    return _with_levels(villages, regions).sort("kode_desa")


def _family_weights(penduduk: Ints) -> Floats:
    """Population as weight, raised to at least a third of the mean so that each kabupaten has families."""
    return np.maximum(penduduk.astype(np.float64), penduduk.mean() / 3)


def _draw_kabupaten(count: int, rng: np.random.Generator) -> pl.DataFrame:
    """`count` kabupaten by population; those that every country needs for its kinds of problems come first."""
    people = reference.populations().sort("kode_kab")
    remote = reference.remote_regions()["kode_kab"].implode()
    split = reference.papua_codes()["kode_kini"].implode()
    code = pl.col("kode_kab")
    groups = (
        code == "3604",  # Kabupaten Serang …
        code == "3673",  # … and Kota Serang: one name, two places; both pay Jamsosratu
        code.is_in(split) & code.is_in(remote),  # NIKs with the Papua codes of before 2022
        code.is_in(_BATAK_HOME),
        code.str.starts_with("51"),
        code.str.starts_with("33"),
        code.str.starts_with("32"),
        code.str.starts_with("53") & code.is_in(remote),
    )
    first_codes: list[str] = []
    for group in groups:
        candidates = people.filter(group)
        weights = candidates["penduduk"].to_numpy().astype(np.float64)
        first_codes.append(candidates["kode_kab"][int(pick_distinct(rng, weights, 1)[0])])
    rest = people.filter(~code.is_in(first_codes))
    more = pick_distinct(rng, rest["penduduk"].to_numpy().astype(np.float64), count - len(first_codes))
    chosen = [*first_codes, *rest["kode_kab"].gather(more)]
    return people.filter(code.is_in(chosen))


def _villages_of(
    regions: pl.DataFrame, kode_kab: str, families: int, per_village: int, rng: np.random.Generator
) -> pl.DataFrame:
    """Villages of one kabupaten with their number of families: kode_desa, desa, keluarga."""
    name_key = pl.col("nama").str.replace_all("[^A-Z0-9]", "")
    # Leave out villages that share their name within a kecamatan: nothing could distinguish them.
    all_villages = (
        regions.filter(pl.col("tingkat") == "DESA", pl.col("kode").str.starts_with(kode_kab))
        .filter(pl.struct("induk", name_key).is_unique())
        .sort("kode")
    )
    kecamatan = all_villages["induk"].unique().sort()
    village_count = max(2, families // per_village)
    kecamatan_count = min(len(kecamatan), max(2, village_count // _VILLAGES_PER_KECAMATAN))
    chosen_kecamatan = kecamatan.gather(np.sort(rng.permutation(len(kecamatan))[:kecamatan_count]))
    candidates = all_villages.filter(pl.col("induk").is_in(chosen_kecamatan.implode()))
    chosen = candidates[np.sort(rng.permutation(candidates.height)[:village_count])]
    share = apportion(families, rng.gamma(4.0, size=chosen.height))
    return (
        chosen.select(pl.col("kode").alias("kode_desa"), pl.col("nama").alias("desa"))
        .with_columns(keluarga=pl.Series(share))
        .filter(pl.col("keluarga") > 0)
    )


def _with_levels(villages: pl.DataFrame, regions: pl.DataFrame) -> pl.DataFrame:
    """Villages with codes and names of the levels above, and the facts about their people."""
    names = regions.select("kode", "nama")
    kode = pl.col("kode_desa")
    described = villages.with_columns(kode_kec=kode.str.head(6), kode_kab=kode.str.head(4), kode_prov=kode.str.head(2))
    for level, column in (("kode_kec", "kecamatan"), ("kode_kab", "kabupaten"), ("kode_prov", "provinsi")):
        described = described.join(names.rename({"kode": level, "nama": column}), on=level, how="left")
    remote = reference.remote_regions()["kode_kab"].implode()
    mix = pl.Series([list(ethnic_mix(kode)) for kode in described["kode_kab"]], dtype=pl.List(pl.Float64))
    return _with_former_codes(described).with_columns(
        tertinggal=pl.col("kode_kab").is_in(remote),
        baru=pl.col("kode_prov").is_in(["93", "94", "95", "96"]),
        mix=mix,
    )


def _with_former_codes(described: pl.DataFrame) -> pl.DataFrame:
    """`kec_nik`: the kecamatan code from before 2022 if the kabupaten changed its code, else the current one.

    It is the code that the decree changed to this kecamatan, else the same number under the former kabupaten.
    """
    ever = reference.regions().filter(~pl.col("berlaku"), pl.col("tingkat") == "KECAMATAN")
    kept = ever.filter(pl.col("kode").str.head(4) != pl.col("kode_kini").str.head(4))
    became = kept.group_by(kode_kec="kode_kini").agg(pl.col("kode").min().alias("menjadi"))
    former = reference.papua_codes().select(kode_kab="kode_kini", kab_lama="kode_lama")
    same_number = pl.col("kab_lama") + pl.col("kode_kec").str.slice(4)
    return (
        described.join(became, on="kode_kec", how="left", maintain_order="left")
        .join(former, on="kode_kab", how="left", maintain_order="left")
        .with_columns(
            kec_nik=pl.coalesce(
                "menjadi", pl.when(same_number.is_in(ever["kode"].implode())).then(same_number), "kode_kec"
            )
        )
        .drop("menjadi", "kab_lama")
    )


def ethnic_mix(kode_kab: str) -> tuple[float, ...]:
    """Shares of ETHNIC_GROUPS in one kabupaten; they add up to 1."""
    return _BATAK_MIX if kode_kab in _BATAK_HOME else _ETHNIC_MIX.get(kode_kab[:2], _DEFAULT_MIX)
