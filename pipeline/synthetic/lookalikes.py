"""Makes people who are easily mistaken for others: twins and siblings with similar names, namesakes next door.

Belongs here: who resembles whom, before any number is issued. Does not: numbers copied from one row to another
(`pipeline.synthetic.defects.copied`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from pipeline.synthetic.draws import Bools, Ints
from pipeline.synthetic.population import ANAK, Population
from pipeline.synthetic.rates import Rates

# Names that parents give to twins and siblings, by sex.
_SIMILAR_NAMES = {
    "L": (
        ("HASAN", "HUSEN"), ("RAHMAT", "RAHMAN"), ("ANDI", "ANDRI"), ("DEDE", "DEDI"), ("AGUS", "AGIS"),
        ("RIZKI", "RIZAL"), ("NAKULA", "SADEWA"), ("AHMAD FAUZI", "AHMAD FAUZAN"), ("ARIF", "ARIFIN"),
        ("ILHAM", "ILYAS"), ("YUSUF", "YUNUS"), ("SUPARDI", "SUPARDA"),
    ),
    "P": (
        ("HASANAH", "HUSNAH"), ("RINA", "RINI"), ("DINA", "DINI"), ("YUNI", "YUNA"), ("SITI AISYAH", "SITI ASIYAH"),
        ("NURHAYATI", "NURHAYANI"), ("SITI MARYAM", "SITI MARYANI"), ("LINA", "LENA"), ("SRI WAHYUNI", "SRI WAHYUNA"),
        ("FATIMAH", "FATIHAH"), ("KARTINI", "KARTIKA"), ("SUMARNI", "SUMARTI"),
    ),
}  # fmt: skip
_EVERYDAY_NAMES = {
    "L": ("MUHAMMAD", "AHMAD", "SUPARMAN", "ABDULLAH", "SLAMET", "AGUS", "SUTRISNO", "BUDI SANTOSO"),
    "P": ("SITI AMINAH", "SUMIATI", "NURHAYATI", "SITI AISYAH", "SRI WAHYUNI", "FATIMAH", "SUPARTI", "MARIYAM"),
}
_SHARE_OF_SAME_DATE = 0.2
_MAX_DAYS_APART = 400
_TODDLER_YEARS = 6


def add_lookalikes(population: Population, rates: Rates, today: date, rng: np.random.Generator) -> Population:
    """The same people, some renamed and some unknown to Dukcapil.

    Args:
        population: as `population.draw_population` returns it.
        rates: the trap rates (`Rates.scaled`).
        today: the day of the snapshot.
        rng: random numbers.

    Returns:
        The population with the `LOOKALIKE_FLAGS` of those people set; their children's parent names follow.
    """
    people = population.people
    desa = population.families["desa"].gather(people["fid"].to_numpy()).to_numpy()
    ordinary = people["klon"].is_null().to_numpy() & ~people["kembar"].to_numpy() & ~people["ayah_anak"].to_numpy()
    common = ordinary & (rng.random(people.height) < rates.nama_pasaran)
    people = _rename(people, np.flatnonzero(common), _draw_everyday_names(people, common, rng))
    people = _name_twins_alike(people, rates, rng)
    people = _name_siblings_alike(people, ordinary, rates, rng)
    people = _name_neighbours_alike(people, ordinary & ~common, desa, rates, rng)
    young = (people["lahir"].dt.year() > today.year - _TODDLER_YEARS).to_numpy() & (people["shdk"] == ANAK).to_numpy()
    unknown = young & ordinary & (rng.random(people.height) < rates.balita_absen)
    return replace(population, people=_set_flag(people, "absen", unknown))


def _name_twins_alike(people: pl.DataFrame, rates: Rates, rng: np.random.Generator) -> pl.DataFrame:
    """Give some twins of the same sex similar names, and unregister one of some pairs."""
    twins = people.with_row_index("at").filter("kembar").sort("fid", "lahir", "at")
    both = twins.filter(pl.len().over("fid", "lahir") == 2)  # noqa: PLR2004
    one, two = both["at"].to_numpy()[::2], both["at"].to_numpy()[1::2]
    alike = (people["jk"].gather(one) == people["jk"].gather(two)).to_numpy() & (
        rng.random(len(one)) < rates.kembar_mirip
    )
    people = _give_similar_names(people, one[alike], two[alike], rng)
    people = _set_flag(people, "kembar_mirip", _mask_of(people, one[alike], two[alike]))
    return _set_flag(people, "absen", _mask_of(people, two[rng.random(len(two)) < rates.kembar_absen]))


def _name_siblings_alike(people: pl.DataFrame, ordinary: Bools, rates: Rates, rng: np.random.Generator) -> pl.DataFrame:
    placed = people.select("fid", "jk", "shdk").with_row_index("at")
    children = placed.filter((pl.col("shdk") == ANAK) & pl.Series(ordinary))
    pairs = children.group_by("fid", "jk", maintain_order=True).agg(pl.col("at").head(2))
    pairs = pairs.filter(pl.col("at").list.len() == 2)  # noqa: PLR2004
    chosen = pairs.filter(pl.Series(rng.random(pairs.height) < rates.saudara_mirip))
    one, two = (chosen["at"].list.get(place).to_numpy() for place in (0, 1))
    return _set_flag(_give_similar_names(people, one, two, rng), "saudara_mirip", _mask_of(people, one, two))


def _name_neighbours_alike(
    people: pl.DataFrame, ordinary: Bools, desa: Ints, rates: Rates, rng: np.random.Generator
) -> pl.DataFrame:
    """Give neighbours of the same sex and similar age the same name; Dukcapil knows only the second of some pairs."""
    ordinary = ordinary & ~people["saudara_mirip"].to_numpy()
    placed = people.select("fid", "jk", "lahir", desa=pl.Series(desa)).with_row_index("at")
    ordered = placed.filter(pl.Series(ordinary)).sort("desa", "jk", "lahir", "at")
    at = ordered["at"].to_numpy()
    similar_to_next = ordered.select(
        (pl.col("desa") == pl.col("desa").shift(-1))
        & (pl.col("jk") == pl.col("jk").shift(-1))
        & (pl.col("fid") != pl.col("fid").shift(-1))
        & ((pl.col("lahir").shift(-1) - pl.col("lahir")).dt.total_days() < _MAX_DAYS_APART)
    ).to_series()
    drawn = rng.random(len(at))
    wanted = similar_to_next.fill_null(value=False).to_numpy() & (drawn < rates.senama + rates.absen_senama)
    # At most every second one, so that nobody is in two pairs.
    wanted[1:] &= ~wanted[:-1]
    first = np.flatnonzero(wanted)
    one, two = at[first], at[first + 1]
    absent = drawn[first] < rates.absen_senama
    people = _rename(people, one, people["nama"].gather(two))
    same_day = absent & (rng.random(len(one)) < _SHARE_OF_SAME_DATE)
    dates = people["lahir"].gather(two[same_day])
    people = people.with_columns(lahir=people["lahir"].scatter(one[same_day], dates))
    people = _set_flag(people, "senama", _mask_of(people, one[~absent], two[~absent]))
    missing = _mask_of(people, one[absent])
    return _set_flag(_set_flag(people, "absen_senama", missing), "absen", missing)


def _give_similar_names(people: pl.DataFrame, one: Ints, two: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """Give both a pair of similar given names; the rest of the first one's name follows both."""
    sexes = people["jk"].gather(one).to_list()
    number = rng.integers(0, len(_SIMILAR_NAMES["L"]), len(one))
    pairs = [_SIMILAR_NAMES[sex][place] for sex, place in zip(sexes, number, strict=True)]
    rest = people["nama"].gather(one).str.extract(r"^\S+( .*)$").fill_null("")
    first, second = (pl.Series([pair[side] for pair in pairs], dtype=pl.String) + rest for side in (0, 1))
    return people.with_columns(nama=people["nama"].scatter(one, first).scatter(two, second))


def _draw_everyday_names(people: pl.DataFrame, chosen: Bools, rng: np.random.Generator) -> pl.Series:
    sexes = people["jk"].filter(pl.Series(chosen)).to_list()
    number = rng.integers(0, len(_EVERYDAY_NAMES["L"]), len(sexes))
    return pl.Series([_EVERYDAY_NAMES[sex][place] for sex, place in zip(sexes, number, strict=True)], dtype=pl.String)


def _rename(people: pl.DataFrame, at: Ints, names: pl.Series) -> pl.DataFrame:
    """Rename the people at these positions, also in their children's parent names."""
    changed = people[at].select("fid", lama="nama").with_columns(baru=names).unique(["fid", "lama"], keep="first")
    named = people.with_columns(nama=people["nama"].scatter(at, names))
    for parent in ("nama_ibu", "nama_ayah"):
        new_name = named.select("fid", lama=parent).join(changed, on=["fid", "lama"], how="left", maintain_order="left")
        named = named.with_columns(
            pl.when(pl.col("shdk") == ANAK).then(pl.coalesce(new_name["baru"], parent)).otherwise(parent).alias(parent)
        )
    return named


def _mask_of(people: pl.DataFrame, *positions: Ints) -> Bools:
    mask = np.zeros(people.height, dtype=np.bool_)
    mask[np.concatenate(positions)] = True
    return mask


def _set_flag(people: pl.DataFrame, flag: str, mask: Bools) -> pl.DataFrame:
    return people.with_columns((pl.col(flag) | pl.Series(mask)).alias(flag))
