"""Draws the residents as Dukcapil knows them: numbers, first registration, status, moves and new KKs.

Belongs here: truth about registration. Does not: the SIAK files (`pipeline.synthetic.files.siak`) and what DTKS says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipeline.synthetic import identifiers
from pipeline.synthetic.draws import Bools, Floats, Ints
from pipeline.synthetic.population import ANAK, KEPALA, MERTUA, ORANGTUA, Population
from pipeline.synthetic.rates import Rates

HIDUP, MATI, PINDAH, TIDAK_VALID = "Hidup", "Mati", "Pindah Dalam Negeri", "Tidak Valid"
# NIKs carry the codes of the provinces formed in 2022 from this year on.
_NEW_CODES_FROM = 2022
_GROWN_CHILD_AGES = (19, 36)
_OLD = 50
_MOVED_NEARBY, _BORN_NEARBY = 0.8, 0.14


@dataclass(frozen=True)
class Villages:
    """Villages by number, each with the block of villages of its kabupaten (villages are sorted by code)."""

    table: pl.DataFrame
    start: Ints
    size: Ints

    @classmethod
    def of(cls, villages: pl.DataFrame) -> Villages:
        """Blocks of equal kode_kab."""
        kab = villages["kode_kab"].rank("dense").to_numpy().astype(np.int64)
        return cls(villages, np.searchsorted(kab, kab, "left"), np.bincount(kab)[kab])

    def neighbour(self, desa: Ints, rng: np.random.Generator) -> Ints:
        """A random village of the same kabupaten, per village number."""
        return self.start[desa] + (rng.random(len(desa)) * self.size[desa]).astype(np.int64)

    def anywhere(self, count: int, rng: np.random.Generator) -> Ints:
        """Random villages of the whole country."""
        return rng.integers(0, self.table.height, count)

    def code(self, column: str, desa: Ints) -> Ints:
        """A code column of the villages as integers, per village number."""
        return self.table[column].cast(pl.Int64).to_numpy()[desa]


def register_residents(
    population: Population, villages: Villages, rates: Rates, today: date, rng: np.random.Generator
) -> pl.DataFrame:
    """The people with all that Dukcapil knows about them.

    Returns:
        `population.people` plus desa (present village number), desa_lama (their village in DTKS), nik, nik_alt (a
        second, retired NIK or null), kk, kk_keluarga (KK of the family they live in), kk_lama (an old number of the
        family), kk_sendiri (an old number of their own), status, terdaftar, tempat_lahir, pecah, gabung,
        nik_tgl_beda, kode_lama (NIK with a region code that is no longer in force). Numbers stay integers, a quarter of
        the memory, until they are written.
    """
    people, families = population.people, population.families
    family = people["fid"].to_numpy()
    count = people.height
    home = families["desa"].to_numpy()
    former_home = _former_homes(home, villages, rates, rng)
    age = (np.datetime64(today, "D") - people["lahir"].to_numpy()).astype(np.int64) / 365.25
    shdk = people["shdk"].to_numpy()
    grown = (shdk == ANAK) & (age >= _GROWN_CHILD_AGES[0]) & (age < _GROWN_CHILD_AGES[1])
    pecah = grown & (rng.random(count) < rates.kk_pecah)
    gabung = np.isin(shdk, (ORANGTUA, MERTUA)) & (rng.random(count) < rates.kk_gabung)
    birth_home = _first_registration_villages(former_home[family], age, villages, rates, rng)
    nik, nik_alt, odd_date = _issue_niks(people, birth_home, villages, rates, rng)
    kk, kk_lama, own_kk, own_old_kk = _issue_kks(home, former_home, family, villages, rng)
    status = _draw_statuses(age, rates, rng)
    terdaftar = _is_registered(people, pecah, rates, rng)
    return people.with_columns(
        desa=pl.Series(home[family]),
        desa_lama=pl.Series(former_home[family]),
        nik=pl.Series(nik),
        nik_alt=pl.Series(nik_alt).replace(0, None),
        kk=pl.Series(np.where(pecah, own_kk, kk[family])),
        kk_keluarga=pl.Series(kk[family]),
        kk_lama=pl.Series(kk_lama[family]),
        kk_sendiri=pl.Series(own_old_kk),
        status=status,
        terdaftar=pl.Series(terdaftar),
        tempat_lahir=_birth_places(villages).gather(birth_home),
        shdk=pl.when(pl.Series(pecah)).then(pl.lit(KEPALA, pl.Int8)).otherwise(pl.col("shdk")),
        shdk_dtks=pl.when(pl.Series(gabung)).then(pl.lit(KEPALA, pl.Int8)).otherwise(pl.col("shdk")),
        pecah=pl.Series(pecah),
        gabung=pl.Series(gabung),
        nik_tgl_beda=pl.Series(odd_date),
        kode_lama=pl.Series(villages.code("kode_kec", birth_home) != identifiers.region_of(nik)),
    )


def _former_homes(home: Ints, villages: Villages, rates: Rates, rng: np.random.Generator) -> Ints:
    """Village of each family before it moved, which DTKS still has; its home if it never moved."""
    moved = rng.random(len(home)) < rates.pindah
    elsewhere = np.where(
        rng.random(len(home)) < _MOVED_NEARBY, villages.neighbour(home, rng), villages.anywhere(len(home), rng)
    )
    return np.where(moved, elsewhere, home)


def _draw_statuses(age: Floats, rates: Rates, rng: np.random.Generator) -> pl.Series:
    moved = rng.random(len(age)) < rates.pindah_status
    dead = rng.random(len(age)) < rates.mati * np.where(age > _OLD, 3.0, 0.35)
    return pl.Series([HIDUP, PINDAH, MATI]).gather(np.where(dead, 2, moved))


def _is_registered(people: pl.DataFrame, pecah: Bools, rates: Rates, rng: np.random.Generator) -> Bools:
    """Which people Dukcapil knows."""
    klon, count = people["klon"].is_not_null().to_numpy(), people.height
    known = ((rng.random(count) >= rates.tak_terdaftar) | klon | pecah) & ~people["absen"].to_numpy()
    # Make one of the identical neighbours unknown to Dukcapil, so that the only candidate for its row is wrong.
    known[np.flatnonzero(klon)[:1]] = False
    first_of_pair = (people["klon"] > people["pid"]).fill_null(value=False).to_numpy()
    return known & ~(first_of_pair & (rng.random(count) < rates.klon_absen))


def _birth_places(villages: Villages) -> pl.Series:
    """Birth place per village: the name of the kabupaten without its kind."""
    return villages.table["kabupaten"].str.replace(r"^(KABUPATEN|KOTA)( ADMINISTRASI)? ", "")


def _first_registration_villages(
    former_home: Ints, age: Floats, villages: Villages, rates: Rates, rng: np.random.Generator
) -> Ints:
    """Village of first registration: mostly home, for adults also elsewhere in the kabupaten or the country."""
    chance = rng.random(len(former_home))
    grown = age > _GROWN_CHILD_AGES[0]
    first_home = np.where(grown & (chance < _BORN_NEARBY), villages.neighbour(former_home, rng), former_home)
    return np.where(grown & (chance > 1 - rates.luar_wilayah), villages.anywhere(len(former_home), rng), first_home)


def _issue_niks(
    people: pl.DataFrame, birth_home: Ints, villages: Villages, rates: Rates, rng: np.random.Generator
) -> tuple[Ints, Ints, Bools]:
    """NIKs, retired second NIKs (0 for none), and which NIKs have a wrong birth date."""
    count = people.height
    born = people["lahir"]
    late = born.dt.year().to_numpy() >= _NEW_CODES_FROM
    region = np.where(late, villages.code("kode_kec", birth_home), villages.code("kec_nik", birth_home))
    odd_date = rng.random(count) < rates.nik_tgl_beda
    shift = np.where(odd_date, rng.integers(1, 700, count) - 350, 0)
    shift = np.where(odd_date & (shift == 0), 31, shift)
    registered = pl.Series(born.to_numpy() - np.abs(shift).astype("timedelta64[D]"))
    second = np.flatnonzero(rng.random(count) < rates.dua_nik)
    everyone = np.r_[np.arange(count), second]
    woman = (people["jk"] == "P").to_numpy()
    issued = identifiers.nik_numbers(region[everyone], registered.gather(everyone), woman[everyone])
    retired = np.zeros(count, dtype=np.int64)
    retired[second] = issued[count:]
    return issued[:count], retired, odd_date


def _issue_kks(
    home: Ints, former_home: Ints, family: Ints, villages: Villages, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Ints]:
    """KK numbers: each family's present and old one, and for each person a new and an old one of their own."""
    families, people = len(home), len(family)
    region, old_region = villages.code("kode_kec", home), villages.code("kode_kec", former_home)
    regions = np.r_[region, region[family]]
    issued = identifiers.issue_dates(families + people, 2007, 2022, rng)
    living = identifiers.kk_numbers(regions, issued, rng, living=True)
    old_regions = np.r_[old_region, old_region[family]]
    old = identifiers.kk_numbers(
        old_regions, identifiers.issue_dates(families + people, 2005, 2019, rng), rng, living=False
    )
    return living[:families], old[:families], living[families:], old[families:]
