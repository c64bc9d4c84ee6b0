"""Draws the true families and persons.

Belongs here: family composition, ages, names, addresses, occupation. Does not: NIK and KK numbers
(`pipeline.synthetic.identifiers`) or errors in extracts (`pipeline.synthetic.defects`).
"""

# Ages and shares of invented people are this module's data; naming each number would not make it clearer.
# ruff: noqa: PLR2004

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.synthetic import names
from pipeline.synthetic.draws import Bools, Floats, Ints, pick_weighted
from pipeline.synthetic.names import Tokens
from pipeline.synthetic.rates import Rates
from pipeline.synthetic.territory import ETHNIC_GROUPS

Dates = npt.NDArray[np.datetime64]

# Flags of people who are easily mistaken for others; absen: unknown to Dukcapil.
LOOKALIKE_FLAGS = ("kembar_mirip", "saudara_mirip", "senama", "absen_senama", "absen")
_MAX_CHILDREN = 6
HEAD, SPOUSE, ELDER, OTHER = 0, 1, 2 + _MAX_CHILDREN, 3 + _MAX_CHILDREN
_CHILD_SLOTS = slice(2, 2 + _MAX_CHILDREN)
_SLOTS = 4 + _MAX_CHILDREN
# Couples, mothers alone with children, single persons, fathers alone with children; and their shares.
COUPLE, MOTHER, SINGLE, FATHER = range(4)
_KINDS = (0.79, 0.11, 0.06, 0.04)
# Family relations as Dukcapil codes them (SHDK).
KEPALA, SUAMI, ISTRI, ANAK, MENANTU, CUCU, ORANGTUA, MERTUA, FAMILI_LAIN = range(1, 10)

_HAMLETS = (
    "CIKEUSAL", "CIKADU", "KRAJAN", "SUKAMAJU", "MEKARSARI", "TEGALREJO", "KARANGANYAR", "LEBAK", "PASIR", "SAWAH",
    "TENGAH", "KALER", "KIDUL", "BARU", "SUMBER", "BANJAR KAJA", "BANJAR KELOD", "NGEMPLAK", "PULE", "KADUMANEUH",
    "I", "II", "III", "IV",
)  # fmt: skip
_ROADS = ("MERDEKA", "PAHLAWAN", "DIPONEGORO", "PEMUDA", "VETERAN", "MAWAR", "MELATI", "KARTINI", "SUDIRMAN", "MASJID")
_JOBS = (
    "PETANI/PEKEBUN", "BURUH TANI/PERKEBUNAN", "BURUH HARIAN LEPAS", "WIRASWASTA", "KARYAWAN SWASTA", "PEDAGANG",
    "NELAYAN/PERIKANAN", "BELUM/TIDAK BEKERJA", "PEGAWAI NEGERI SIPIL (PNS)", "TENTARA NASIONAL INDONESIA (TNI)",
)  # fmt: skip
_JOB_SHARES = (0.26, 0.14, 0.17, 0.13, 0.11, 0.09, 0.05, 0.04, 0.008, 0.002)
_FAITHS = {"BALI": "HINDU", "BATAK": "KRISTEN", "TIMUR": "KRISTEN", "TIONGHOA": "BUDHA"}
_SCHOOLS = ("TIDAK/BELUM SEKOLAH", "TAMAT SD/SEDERAJAT", "SLTP/SEDERAJAT", "SLTA/SEDERAJAT", "DIPLOMA IV/STRATA I")


@dataclass(frozen=True)
class Population:
    """The generated country.

    Attributes:
        families: one row per family: fid, desa (row of the villages), alamat, dusun, rt, rw, sejahtera (rank of
            welfare, low is poor), suku.
        people: one row per person, family by family, the head first: pid, fid, shdk (1-9), jk (L/P), lahir (Date),
            nama, nama_ibu, nama_ayah, suku, kembar, ayah_anak, klon (pid of the other, null for none), pekerjaan,
            agama, kawin, pendidikan, and the `LOOKALIKE_FLAGS`, all false (`pipeline.synthetic.lookalikes`).
    """

    families: pl.DataFrame
    people: pl.DataFrame


@dataclass(frozen=True)
class _Households:
    """Possible members: one row per family, one column per slot (head, spouse, children, elder, other).

    Attributes:
        ethnic_group: position in ETHNIC_GROUPS, per family.
        kabupaten: number of the kabupaten, per family.
        marga: token of the family name or -1, per family.
        present: whether the slot is taken.
        woman: whether the member is a woman.
        age: in years.
        order: birth order among the siblings.
    """

    ethnic_group: Ints
    kabupaten: Ints
    marga: Tokens
    present: Bools
    woman: Bools
    age: Floats
    order: Ints

    @property
    def slots(self) -> Ints:
        """Slot numbers, in the shape of `present`."""
        return np.broadcast_to(np.arange(_SLOTS), self.present.shape)

    def of_present(self, values: np.ndarray) -> np.ndarray:
        """The values of the taken slots, family by family."""
        return values[self.present]


def draw_population(villages: pl.DataFrame, rates: Rates, today: date, rng: np.random.Generator) -> Population:
    """Families and persons for the villages.

    Args:
        villages: as `territory.draw_villages` returns them.
        rates: kembar, ayah_anak, klon and tgl_baku are used.
        today: the day of the snapshot.
        rng: random numbers.
    """
    families = _draw_families(villages, rng)
    people, age = _draw_people(families, villages, rates, today, rng)
    return Population(families, _with_circumstances(people, age, rng))


def _draw_people(
    families: pl.DataFrame, villages: pl.DataFrame, rates: Rates, today: date, rng: np.random.Generator
) -> tuple[pl.DataFrame, Floats]:
    """`Population.people` without occupation, faith and the like, and their ages in years."""
    kabupaten = villages["kode_kab"].rank("dense").to_numpy().astype(np.int64)
    ethnic_group, home_kabupaten = families["suku"].to_numpy().astype(np.int64), kabupaten[families["desa"].to_numpy()]
    marga = names.draw_family_names(ethnic_group, home_kabupaten, rng)
    houses = _Households(ethnic_group, home_kabupaten, marga, *_draw_members(families["sejahtera"].to_numpy(), rng))
    born, twin = _birth_dates(houses, today, rates, rng)
    tokens = _draw_all_names(houses, born, rng)
    same_name = _name_like_father(houses, tokens, rates, rng)
    family = houses.of_present(np.broadcast_to(np.arange(families.height)[:, None], houses.present.shape))
    names_of_present, lahir, woman = houses.of_present(tokens), houses.of_present(born), houses.of_present(houses.woman)
    heads = houses.of_present(houses.slots) == HEAD
    klon = _pair_identical_neighbours(
        names_of_present, lahir, woman, families["desa"].to_numpy()[family], heads, rates=rates, rng=rng
    )
    father, mother = _parents(houses, tokens, family, rng)
    table = pl.DataFrame(
        {
            "pid": np.arange(len(family), dtype=np.int64),
            "fid": family.astype(np.int64),
            "shdk": houses.of_present(_relations(houses)).astype(np.int8),
            "jk": pl.Series(woman).replace_strict({True: "P", False: "L"}, return_dtype=pl.String),
            "lahir": pl.Series(lahir).cast(pl.Date),
            "nama": names.tokens_to_text(names_of_present),
            "nama_ibu": names.tokens_to_text(mother),
            "nama_ayah": names.tokens_to_text(father),
            "suku": ethnic_group[family].astype(np.int8),
            "kembar": houses.of_present(twin),
            "ayah_anak": houses.of_present(same_name),
            "klon": klon,
        }
    )
    table = table.with_columns(pl.lit(value=False).alias(flag) for flag in LOOKALIKE_FLAGS)
    return table, houses.of_present(houses.age)


def _draw_families(villages: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """One row per family with home, address, welfare and people, village by village."""
    desa = np.repeat(np.arange(villages.height), villages["keluarga"].to_numpy())
    count = len(desa)
    mix = np.array(villages["mix"].to_list())[desa]
    suku = np.minimum((rng.random((count, 1)) > np.cumsum(mix, axis=1)).sum(axis=1), len(ETHNIC_GROUPS) - 1)
    drawn = pl.DataFrame(
        {
            "hamlet": pl.Series(_HAMLETS).gather(rng.integers(0, len(_HAMLETS), count)),
            "road": pl.Series(_ROADS).gather(rng.integers(0, len(_ROADS), count)),
            "word": pl.Series(("KP", "DUSUN", "DK", None)).gather(rng.integers(0, 4, count)),
            "number": rng.integers(1, 150, count),
            "named": rng.random(count) < 0.8,
        }
    )
    return drawn.select(
        fid=pl.int_range(count, dtype=pl.Int64),
        desa=pl.Series(desa),
        alamat=pl.coalesce(pl.format("{} {}", "word", "hamlet"), pl.format("JL {} NO {}", "road", "number")),
        dusun=pl.when("named").then("hamlet"),
        rt=pl.Series(rng.integers(1, 16, count)),
        rw=pl.Series(rng.integers(1, 9, count)),
        sejahtera=pl.Series(rng.normal(size=count)),
        suku=pl.Series(suku.astype(np.int8)),
    )


def _draw_members(welfare: Floats, rng: np.random.Generator) -> tuple[Bools, Bools, Floats, Ints]:
    """Presence, sex, age in years and birth order, each of shape families × _SLOTS."""
    count = len(welfare)
    kind = pick_weighted(rng, _KINDS, count)
    woman_heads = (kind == MOTHER) | ((kind == SINGLE) & (rng.random(count) < 0.6))
    present = np.zeros((count, _SLOTS), dtype=np.bool_)
    woman = rng.random((count, _SLOTS)) < 0.49
    age = np.zeros((count, _SLOTS))
    age[:, HEAD] = np.clip(rng.normal(np.where(kind == SINGLE, 58, 45), 13), 20, 92)
    age[:, SPOUSE] = np.clip(age[:, HEAD] - rng.normal(4, 3.5, count), 18, 90)
    woman[:, HEAD], woman[:, SPOUSE] = woman_heads, True
    present[:, HEAD], present[:, SPOUSE] = True, kind == COUPLE
    mother_age = np.where(woman_heads, age[:, HEAD], age[:, SPOUSE])
    # The poor have more children; the mother has one about every three years from 23 on; grown children leave home.
    parity = np.where(
        kind == SINGLE, 0, np.clip(rng.poisson(np.clip(3.0 - 0.35 * welfare, 1.0, 4.5)), 0, _MAX_CHILDREN)
    )
    gap = np.cumsum(1.6 + rng.gamma(2.0, 1.3, (count, _MAX_CHILDREN)), axis=1) - 1.6
    first = 19 + rng.gamma(3.0, 1.4, count)
    child_age = mother_age[:, None] - first[:, None] - gap
    at_home = rng.random((count, _MAX_CHILDREN)) < np.where(child_age < 19, 1.0, 0.85 * np.exp(-(child_age - 19) / 10))
    age[:, _CHILD_SLOTS] = child_age
    present[:, _CHILD_SLOTS] = (np.arange(_MAX_CHILDREN) < parity[:, None]) & (child_age > 0.05) & at_home
    age[:, ELDER] = age[:, HEAD] + 20 + rng.gamma(3.0, 1.8, count)
    woman[:, ELDER] = rng.random(count) < 0.72
    present[:, ELDER] = (rng.random(count) < 0.10) & (age[:, ELDER] < 98)
    age[:, OTHER] = np.where(age[:, HEAD] > 48, rng.uniform(0.2, 9, count), rng.uniform(10, 60, count))
    present[:, OTHER] = rng.random(count) < 0.08
    order = rng.integers(0, 4, (count, _SLOTS))
    order[:, _CHILD_SLOTS] = np.arange(_MAX_CHILDREN)
    return present, woman, age, order


def _birth_dates(houses: _Households, today: date, rates: Rates, rng: np.random.Generator) -> tuple[Dates, Bools]:
    """Birth dates by age (shared by twins; often 1 January or 31 December for the old), and who is a twin."""
    shape = houses.age.shape
    days = np.maximum(np.floor(houses.age * 365.25), 1).astype("timedelta64[D]")
    born = np.datetime64(today, "D") - days
    year = born.astype("datetime64[Y]")
    vague = (houses.age > 52) & (rng.random(shape) < rates.tgl_baku)
    year_end = np.where(rng.random(shape) < 0.5, year.astype("datetime64[D]"), (year + 1).astype("datetime64[D]") - 1)
    born = np.where(vague, year_end, born)
    twin = np.zeros(shape, dtype=np.bool_)
    before, later = slice(_CHILD_SLOTS.start, _CHILD_SLOTS.stop - 1), slice(_CHILD_SLOTS.start + 1, _CHILD_SLOTS.stop)
    pair = houses.present[:, later] & houses.present[:, before]
    pair &= rng.random(pair.shape) < rates.kembar
    pair[:, 1:] &= ~pair[:, :-1]
    born[:, later] = np.where(pair, born[:, before], born[:, later])
    twin[:, later] |= pair
    twin[:, before] |= pair
    return born, twin


def _relations(houses: _Households) -> Ints:
    """SHDK codes, shape families × _SLOTS."""
    slots = houses.slots
    other = np.where(houses.age < 10, CUCU, FAMILI_LAIN)
    elder = np.where(houses.woman, MERTUA, ORANGTUA)
    return np.select(
        [slots == HEAD, slots == SPOUSE, slots == ELDER, slots == OTHER], [KEPALA, ISTRI, elder, other], default=ANAK
    )


def _draw_all_names(houses: _Households, born: Dates, rng: np.random.Generator) -> Tokens:
    """Names of every slot, shape families × _SLOTS × TOKENS; wives and in-laws have another marga."""
    shape, slots = houses.present.shape, houses.slots
    everyone = np.repeat(houses.ethnic_group, _SLOTS)
    own = names.draw_family_names(everyone, np.repeat(houses.kabupaten, _SLOTS), rng).reshape(shape)
    foreign = (slots == SPOUSE) | (slots == OTHER) | ((slots == ELDER) & houses.woman)
    family_names = np.where(foreign, own, houses.marga[:, None]).ravel()
    young = born.astype("datetime64[Y]").astype(np.int64) + 1970 >= 1990
    woman, order = houses.woman.ravel(), houses.order.ravel()
    drawn = names.draw_names(everyone, woman, young.ravel(), order, family_names, rng=rng)
    return drawn.reshape(*shape, names.TOKENS)


def _name_like_father(houses: _Households, tokens: Tokens, rates: Rates, rng: np.random.Generator) -> Bools:
    """Give some first sons their father's whole name; returns where father and son are."""
    marked = np.zeros(houses.present.shape, dtype=np.bool_)
    first = _CHILD_SLOTS.start
    boys = houses.present[:, first] & ~houses.woman[:, first] & (houses.age[:, first] > 5)
    father_and_son = ~houses.woman[:, HEAD] & boys
    namesakes = np.flatnonzero(father_and_son & (rng.random(len(boys)) < rates.ayah_anak))
    tokens[namesakes, first] = tokens[namesakes, HEAD]
    marked[namesakes, HEAD] = marked[namesakes, first] = True
    return marked


def _pair_identical_neighbours(
    tokens: Tokens, born: Dates, woman: Bools, desa: Ints, heads: Bools, *, rates: Rates, rng: np.random.Generator
) -> pl.Series:
    """Make pairs of neighbours with the same name, sex and birth date; changes tokens and dates of the second one.

    Returns:
        pid of the other one of the pair, null for most.
    """
    wanted = max(6, int(len(tokens) * rates.klon / 2)) if rates.klon else 0
    # Heads only, so that no child becomes older than its mother.
    candidates = np.flatnonzero(heads)
    shuffled = candidates[rng.permutation(len(candidates))]
    grouped = shuffled[np.lexsort((woman[shuffled], desa[shuffled]))]
    left, right = grouped[:-1:2], grouped[1::2]
    left = left[: len(right)]
    near = np.abs(born[left] - born[right]) < np.timedelta64(2500, "D")
    fits = np.flatnonzero((desa[left] == desa[right]) & (woman[left] == woman[right]) & near)
    fits = fits[rng.permutation(len(fits))[:wanted]]
    first, second = left[fits], right[fits]
    tokens[second], born[second] = tokens[first], born[first]
    other = np.full(len(tokens), -1, dtype=np.int64)
    other[first], other[second] = second, first
    return pl.Series(other).replace(-1, None)


def _parents(houses: _Households, tokens: Tokens, family: Ints, rng: np.random.Generator) -> tuple[Tokens, Tokens]:
    """Names of everybody's father and mother: head and spouse for children, people outside the country for others."""
    slot = houses.of_present(houses.slots)
    ethnic_group, kabupaten = houses.ethnic_group[family], houses.kabupaten[family]
    old, first = np.zeros(len(family), dtype=np.bool_), rng.integers(0, 4, len(family))
    own_marga = tokens[family, slot, names.TOKENS - 1]
    fathers_marga = np.where(own_marga >= 0, own_marga, houses.marga[family])
    father = names.draw_names(ethnic_group, old, old, first, fathers_marga, rng=rng)
    mothers_marga = names.draw_family_names(ethnic_group, kabupaten, rng)
    mother = names.draw_names(ethnic_group, ~old, old, first, mothers_marga, rng=rng)
    is_child = (slot >= _CHILD_SLOTS.start) & (slot < _CHILD_SLOTS.stop)
    # Siblings share the first child's absent parent.
    children = np.flatnonzero(is_child)
    _, first_of_family, inverse = np.unique(family[children], return_index=True, return_inverse=True)
    eldest = children[first_of_family][inverse]
    father[children], mother[children] = father[eldest], mother[eldest]
    head_is_mother = houses.woman[family, HEAD]
    with_father = is_child & ~head_is_mother
    father[with_father] = tokens[family[with_father], HEAD]
    with_mother = is_child & (head_is_mother | houses.present[family, SPOUSE])
    mother_slot = np.where(head_is_mother, HEAD, SPOUSE)
    mother[with_mother] = tokens[family[with_mother], mother_slot[with_mother]]
    return father, mother


def _with_circumstances(people: pl.DataFrame, age: Floats, rng: np.random.Generator) -> pl.DataFrame:
    """Occupation, faith, marital status and schooling."""
    count = people.height
    years = pl.Series(age)
    job = pl.Series(_JOBS).gather(pick_weighted(rng, _JOB_SHARES, count))
    at_home = pl.Series(rng.random(count) < 0.55) & (people["jk"] == "P")
    faith = {ETHNIC_GROUPS.index(name): value for name, value in _FAITHS.items()}
    school = np.minimum(
        pick_weighted(rng, (0.12, 0.34, 0.24, 0.26, 0.04), count), np.clip((age - 6) / 5.5, 0, 4).astype(int)
    )
    alone = pl.Series(_statuses_without_spouse(count, rng))
    return people.with_columns(
        pekerjaan=pl.when(years < 6)
        .then(pl.lit("BELUM/TIDAK BEKERJA"))
        .when(years < 19)
        .then(pl.lit("PELAJAR/MAHASISWA"))
        .when(at_home)
        .then(pl.lit("MENGURUS RUMAH TANGGA"))
        .otherwise(job),
        agama=pl.col("suku").cast(pl.Int64).replace_strict(faith, default="ISLAM", return_dtype=pl.String),
        kawin=pl.when(pl.col("shdk").is_in([SUAMI, ISTRI, MENANTU]))
        .then(pl.lit("KAWIN"))
        .when(pl.col("shdk").is_in([ANAK, CUCU]))
        .then(pl.lit("BELUM KAWIN"))
        .when((pl.col("shdk") == KEPALA) & (pl.col("shdk").shift(-1) == ISTRI))
        .then(pl.lit("KAWIN"))
        .otherwise(alone),
        pendidikan=pl.Series(_SCHOOLS).gather(school),
    )


def _statuses_without_spouse(count: int, rng: np.random.Generator) -> pl.Series:
    return pl.Series(("CERAI MATI", "CERAI HIDUP", "BELUM KAWIN")).gather(pick_weighted(rng, (0.6, 0.25, 0.15), count))
