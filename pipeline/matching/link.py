"""The one entry point: DTKS rows and residents in, links, households, duplicates and corrections out.

Belongs here: the order of the steps, and what is particular to DTKS and Dukcapil (which passes, what a retired NIK is).
Does not: any step itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching import identifiers_near as near
from pipeline.matching.blocking import Candidates, Found, Numbers, Pass, Wanted, run_passes, united
from pipeline.matching.comparison import Sides, compare, first_look, look_closer
from pipeline.matching.corrections import propose
from pipeline.matching.dedupe import find_duplicate_rows
from pipeline.matching.evidence import Claims, Flags, Kinship, supported
from pipeline.matching.households import household_links, household_status, households_of, husband_names
from pipeline.matching.inference import Pairs, Settled, judge
from pipeline.matching.model import Floats, LinkageModel, load_model
from pipeline.matching.records import Hashes, Records, Rows, Table
from pipeline.matching.results import FAMILY, NEAR, SAME_KK, Compared, candidates, exact_links, weighed_links
from pipeline.matching.scoring import Prior, bits_of, reachable
from pipeline.matching.training import learn_background, plausible

PASSES = (
    Pass("NIK", ("nik",)),
    Pass(SAME_KK, ("no_kk",), ("tanggal_lahir:tahun",)),
    Pass("NAMA_TANGGAL", ("nama_banding", "tanggal_lahir")),
    Pass("NAMA_TAHUN", ("nama_banding", "tanggal_lahir:tahun"), ("kode_kec",)),
    Pass("NAMA_KECAMATAN", ("nama_banding", "kode_kec"), ("kode_desa", "jenis_kelamin")),
    Pass("TANGGAL_AWAL", ("tanggal_lahir", "nama_banding:awal"), ("kode_kab",)),
    Pass("TANGGAL_AKHIR", ("tanggal_lahir", "nama_banding:akhir"), ("kode_kab",)),
    Pass("TANGGAL_KECAMATAN", ("tanggal_lahir", "kode_kec"), ("jenis_kelamin", "kode_desa")),
    Pass("TANGGAL_IBU", ("tanggal_lahir", "nama_ibu_kandung")),
    Pass("NAMA_HARI", ("nama_banding", "tanggal_lahir:hari"), ("kode_kab",)),
    Pass("HARI_AWAL_KECAMATAN", ("tanggal_lahir:hari", "nama_banding:awal", "kode_kec"), ("kode_desa",)),
    Pass("HARI_RUMAH", ("tanggal_lahir:hari", "kode_desa", "rt", "rw")),
    Pass("AWAL_RUMAH", ("nama_banding:awal", "kode_desa", "rt", "rw"), ("jenis_kelamin",)),
    Pass("IBU_DESA", ("nama_ibu_kandung", "kode_desa"), ("tanggal_lahir:tahun",)),
    Pass("AWAL_DESA_TAHUN", ("nama_banding:awal", "kode_desa", "tanggal_lahir:tahun"), ("jenis_kelamin",)),
)
_FACTS = ("nama_banding", "tanggal_lahir", "jenis_kelamin")
_SAMPLE = 10_000
_SEED = 20221231
_UNUSED = ("periode", "berkas", "lembar", "baris", "nik_asal", "nama", "pekerjaan", "temuan_wilayah", "kode_prov")
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_LARGEST_FAMILY = 30
_LEAST_LIKELY = 0.001
_RETIRED = "TIDAK_VALID"
# Residents whose keys are in memory at a time.
BLOCK = 2_000_000


@dataclass(frozen=True)
class Linkage:
    """Everything matching finds out.

    Attributes:
        links: `link.anggota_dukcapil` without periode.
        households: `link.keluarga_dukcapil` without periode.
        household_status: id_keluarga, status_keluarga.
        duplicates: `link.ganda` without periode.
        survivors: id_dtks, ganda_dari.
        corrections: `cleansed.koreksi` without periode.
        facts: per link id_dtks and, per comparison, its level and its bits (`bobot_<comparison>`).
        model: the model as trained on these data.
        plan: one row per pass: aturan, biaya, pasangan, kunci_besar, ditinggal, and with truth recall: the share of
            the true pairs of rows not settled at once that it found; a last row SEMUA for all passes together.
        calls: similarities calculated, per column.
    """

    links: pl.DataFrame
    households: pl.DataFrame
    household_status: pl.DataFrame
    duplicates: pl.DataFrame
    survivors: pl.DataFrame
    corrections: pl.DataFrame
    facts: pl.DataFrame
    model: LinkageModel
    plan: pl.DataFrame
    calls: Mapping[str, int] = field(default_factory=dict)


def link(
    people: pl.DataFrame | pl.LazyFrame,
    registry: pl.DataFrame | pl.LazyFrame,
    model: LinkageModel | None = None,
    truth: pl.DataFrame | None = None,
) -> Linkage:
    """Link DTKS to the registry and to itself.

    Args:
        people: accepted DTKS rows (`DtksStaged`) with `id_keluarga` (`resolve.with_household_ids`), id_dtks unique.
        registry: accepted residents (`DukcapilStaged`), each NIK once. A scan of Parquet is read column by column.
        model: where training starts; the saved model unless given.
        truth: id_dtks and nik, only to report the recall of each pass.

    Raises:
        ModelError: the trained figures are implausible, the files do not belong together.
    """
    model = model or load_model()
    listed, residents = _Listed(Table(people)), _Residents(Table(registry))
    exact = _exact(listed, residents)
    model = learn_background(model, residents.sample(), _SEED)
    compared = _compare_open(model, listed, residents, exact, truth)
    settled = Settled(exact.claims, compared.taken, _levels_of_exact(model, listed, residents, exact))
    judged = judge(model, compared.pairs, settled, residents.count, residents.family_size)
    certain, certain_facts = exact_links(
        judged.model, exact.described(listed, residents), residents.count, residents.family_size
    )
    weighed, weighed_facts = weighed_links(judged, compared, residents.count)
    wide = pl.concat([certain, weighed]).sort("id_dtks")
    # Without a registry nobody can be found, and that says nothing about the model.
    if residents.table.height:
        plausible(judged.model, listed.table.height, wide.filter(pl.col("keputusan") == "OTOMATIS").height)
    everybody, register = listed.table.select(pl.all()), residents.table
    duplicates, survivors = find_duplicate_rows(
        everybody, wide, candidates(judged, compared, _LEAST_LIKELY), judged.model, residents.family_size
    )
    households = household_links(everybody, wide, register.select("nik", "no_kk", "status_penduduk"))
    return Linkage(
        links=wide.select(
            "id_dtks", "nik_dukcapil", "keputusan", "bobot", "probabilitas", "aturan", "alasan", "penjelasan"
        ),
        households=households,
        household_status=household_status(households),
        duplicates=duplicates,
        survivors=survivors,
        corrections=propose(everybody, wide, judged.model.cutoffs),
        facts=pl.concat([certain_facts, weighed_facts], how="diagonal").sort("id_dtks"),
        model=judged.model,
        plan=compared.plan,
        calls=compared.calls,
    )


class _Listed:
    """DTKS rows: their packed NIK and household numbers."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.packed = near.pack(table.select("nik").to_series())
        self.household = households_of(table.select("id_keluarga", "kode_desa", "alamat", "rt", "rw"))
        self.facts = Records(table.select(*_FACTS))


class _Residents:
    """Residents: their packed NIK, the KK they stand in and who they are, by position."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.packed = near.pack(table.select("nik").to_series())
        family = near.pack(table.select("no_kk").to_series()).view(np.int64)
        self.family = np.where(family == 0, -1, family)
        self.numbers = Numbers(self.packed)
        self.facts = Records(table.select(*_FACTS))
        self.count = max(table.height, 1)
        self.person = self._living()

    @property
    def family_size(self) -> float:
        """Residents per KK."""
        return self.count / max(pl.Series(self.family).n_unique(), 1)

    def _living(self) -> Rows:
        """Position of the person behind each resident: for a retired NIK that of the living one of the same person."""
        person = np.arange(len(self.packed))
        retired = self.table.select(pl.col("status_penduduk") == _RETIRED).to_series().fill_null(value=False).to_numpy()
        if not retired.any():
            return person
        old = np.flatnonzero(retired & (self.family != -1))
        living = np.flatnonzero(np.isin(self.family, self.family[old]) & ~retired)
        same = np.array([self.facts.hashed(fact) for fact in _FACTS]).T

        def described(rows: Rows, name: str) -> pl.DataFrame:
            facts = {fact: same[rows, number] for number, fact in enumerate(_FACTS)}
            frame = pl.DataFrame({"k": self.family[rows], **facts, "n": self.packed[rows], name: rows})
            return frame.filter(pl.all_horizontal(pl.col(_FACTS) != 0))

        first = described(living, "living").sort("n").unique(["k", *_FACTS], keep="first", maintain_order=True)
        found = described(old, "old").join(first, on=["k", *_FACTS])
        person[found["old"].to_numpy()] = found["living"].to_numpy()
        return person

    def sample(self) -> pl.DataFrame:
        """Some ten thousand residents, family by family, the same ones whatever the order of the registry."""
        share = np.uint64(max(self.table.height // _SAMPLE, 1))
        hashed = (self.family.view(np.uint64) * _GOLDEN) >> np.uint64(32)
        some = np.flatnonzero((hashed % share == 0) & (self.family != -1))
        return self.with_husbands(some[np.argsort(self.packed[some])])

    def with_husbands(self, rows: Rows) -> pl.DataFrame:
        """Residents with everything that is compared, and per wife the name of the man who heads her KK."""
        residents = self.table.take(rows, [name for name in self.table.columns if name not in _UNUSED])
        homes = np.unique(self.family[rows])
        men = Wanted(_spread(homes[homes != -1]))
        of_these = men.maybe(_spread(self.family))
        others = self.table.take(of_these, ["no_kk", "hub_keluarga", "jenis_kelamin", "nama_banding", "nik"])
        return residents.with_columns(
            husband_names(residents, others.sort("nik")), k=pl.Series(self.family[rows]), n=pl.Series(self.packed[rows])
        )


@dataclass(frozen=True)
class _Exact:
    """Rows that equal a resident in NIK, name, birth date and sex.

    Attributes:
        rows: positions of such rows.
        at: position of the resident whose NIK each bears.
        found: for every row of DTKS the position of the resident with its NIK, -1 for none.
        claims: household, person (packed NIK) and KK per row.
        taken: per position, whether one of the rows is that person.
    """

    rows: Rows
    at: Rows
    found: Rows
    claims: Claims
    taken: Flags

    def described(self, listed: _Listed, residents: _Residents) -> pl.DataFrame:
        """id_dtks, nik_dukcapil, no_kk_dukcapil and pensiun (the NIK is a retired one) per row."""
        person = residents.person[self.at]
        numbers = residents.table.take(person, ["nik", "no_kk"])
        return listed.table.take(self.rows, ["id_dtks"]).with_columns(
            nik_dukcapil=numbers["nik"], no_kk_dukcapil=numbers["no_kk"], pensiun=pl.Series(person != self.at)
        )


def _exact(listed: _Listed, residents: _Residents) -> _Exact:
    found = residents.numbers.find(listed.packed)
    known = np.flatnonzero((found >= 0) & (listed.packed != 0))
    at = found[known]
    same = np.ones(len(known), dtype=np.bool_)
    for fact in _FACTS:
        ours, theirs = listed.facts.hashed(fact)[known], residents.facts.hashed(fact)[at]
        same &= (ours == theirs) & (ours != 0)
    rows, at = known[same], at[same]
    person = residents.person[at]
    taken = np.zeros(len(residents.packed), dtype=np.bool_)
    taken[person] = True
    claims = Claims(listed.household[rows], residents.packed[person].view(np.int64), residents.family[at])
    return _Exact(rows, at, found, claims, taken)


def _levels_of_exact(
    model: LinkageModel, listed: _Listed, residents: _Residents, exact: _Exact
) -> npt.NDArray[np.uint8]:
    """Levels of a sample of the rows settled at once: what true pairs look like."""
    share = max(len(exact.rows) // _SAMPLE, 1)
    numbers = exact.claims.person.view(np.uint64)
    some = np.flatnonzero((numbers * _GOLDEN >> np.uint64(32)) % np.uint64(share) == 0)
    some = some[np.argsort(numbers[some], kind="stable")]
    people = listed.table.take(exact.rows[some])
    theirs = residents.table.take(residents.person[exact.at[some]])
    each = np.arange(len(some))
    levels = compare(model, Sides(Records(people), Records(theirs)), each, each)
    kinship = Kinship(exact.claims.chosen(some), exact.claims)
    levels[:, _household(model)] = kinship.count(np.full(len(some), -1)).levels()
    return levels


def _household(model: LinkageModel) -> int:
    return next(n for n, comparison in enumerate(model.comparisons) if comparison.kind == "household")


def _compare_open(
    model: LinkageModel, listed: _Listed, residents: _Residents, exact: _Exact, truth: pl.DataFrame | None
) -> Compared:
    """Find and compare the pairs of the rows that are not settled."""
    is_open = np.ones(listed.table.height, dtype=np.bool_)
    is_open[exact.rows] = False
    where = np.flatnonzero(is_open)
    where = where[listed.table.take(where, ["id_dtks"]).to_series().arg_sort().to_numpy()]
    at, household = exact.found[where], listed.household[where]
    rows = listed.table.take(where).with_columns(
        n=pl.Series(listed.packed[where]),
        kk_pemilik_nik=pl.Series(_where_known(residents.family, at)),
    )
    found = _found(rows, at, household, residents, exact)
    pairs = _worth_comparing(united(found, len(residents.packed)), residents, exact)
    involved, left, right, person, found_by = _renumbered(pairs, residents)
    theirs = residents.with_husbands(involved)
    family, identity = residents.family[involved], residents.packed[involved].view(np.int64)
    sides = Sides(Records(rows), Records(theirs))
    levels = first_look(model, sides, left, right)
    homes = Claims(household[left], identity[person], family[right])
    prior = Prior(rows.height, model.absent, residents.count)
    matters = reachable(model, levels, supported(homes, left, exact.claims), prior)
    nik = next(n for n, comparison in enumerate(model.comparisons) if comparison.kind == "nik")
    left_out = np.bincount(levels[~matters, nik], minlength=len(model.comparisons[nik].levels))
    kept = np.flatnonzero(matters)
    left, right, person, found_by = left[kept], right[kept], person[kept], found_by[kept]
    levels = look_closer(model, sides, left, right, np.asfortranarray(levels[kept]))
    kept = _best_of_person(bits_of(model, levels, residents.count, 1.0).person, left, person, right)
    left, right, person, found_by = left[kept], right[kept], person[kept], found_by[kept]
    plan = pairs.plan if truth is None else _with_recall(pairs, rows, residents, truth)
    compared = Pairs(left, person, levels[kept], household, family, identity, left_out)
    return Compared(rows, theirs, compared, right, found_by, pairs.codes, plan, sides.calls, exact.taken[involved])


def _where_known(values: Rows, at: Rows) -> Rows:
    """The value at each position, -1 for none."""
    known = np.full(len(at), -1, dtype=np.int64)
    known[at >= 0] = values[at[at >= 0]]
    return known


def _found(rows: pl.DataFrame, at: Rows, household: Rows, residents: _Residents, exact: _Exact) -> list[Found]:
    """Everything the passes find; residents by position."""
    specs = [spec for rule in PASSES for spec in rule.keys + rule.refine]
    columns = sorted({spec.partition(":")[0] for spec in specs})
    blocks = ((start, Records(block)) for start, block in residents.table.blocks(columns, BLOCK))
    keyed = run_passes(Records(rows), blocks, PASSES)
    unknown = np.flatnonzero(at < 0)
    close, one_slip = residents.numbers.near(rows["nik_tulis"].gather(unknown))
    return [
        *keyed,
        Found(NEAR, unknown[close], one_slip, len(close)),
        _members(household, residents, exact),
    ]


def _members(household: Rows, residents: _Residents, exact: _Exact) -> Found:
    """Open rows beside those members of the KK of their household's others whom no settled row is."""
    claims = exact.claims
    usable = (claims.household != -1) & (claims.family != -1) & np.isin(claims.household, np.unique(household))
    homes = pl.DataFrame({"h": claims.household[usable], "k": claims.family[usable]}).unique(maintain_order=True)
    rows = pl.DataFrame({"left": np.arange(len(household)), "h": household}).filter(pl.col("h") != -1)
    links = rows.join(homes, on="h")
    wanted = Wanted(_spread(np.unique(homes["k"].to_numpy())))
    maybe = wanted.maybe(_spread(residents.family))
    members = pl.DataFrame(
        {"k": residents.family[maybe], "right": maybe, "taken": exact.taken[residents.person[maybe]]}
    ).filter((pl.len().over("k") <= _LARGEST_FAMILY) & ~pl.col("taken"))
    pairs = links.join(members, on="k")
    return Found(FAMILY, pairs["left"].to_numpy(), pairs["right"].to_numpy(), pairs.height)


def _spread(numbers: Rows) -> Hashes:
    """Packed numbers as hashes, 0 for none."""
    return np.where(numbers == -1, np.uint64(0), numbers.view(np.uint64) * _GOLDEN)


def _worth_comparing(pairs: Candidates, residents: _Residents, exact: _Exact) -> Candidates:
    """Without pairs that only a shared KK suggests and whose resident a settled row is."""
    family = np.uint32(sum(1 << pairs.codes.index(code) for code in (SAME_KK, FAMILY)))
    only_family = (pairs.found_by | family) == family
    return pairs.chosen(np.flatnonzero(~(only_family & exact.taken[residents.person[pairs.right]])))


def _renumbered(pairs: Candidates, residents: _Residents) -> tuple[Rows, Rows, Rows, Rows, npt.NDArray[np.uint32]]:
    """Residents that some pair names, and the pairs with these numbered in the order of their NIK.

    Returns:
        Positions of the residents; per pair, sorted: row, resident, resident who is that person, mask of passes.
    """
    named = np.zeros(len(residents.packed), dtype=np.bool_)
    named[pairs.right] = True
    named[residents.person[np.flatnonzero(named)]] = True
    involved = np.flatnonzero(named)
    involved = involved[np.argsort(residents.packed[involved])]
    number = np.zeros(len(residents.packed), dtype=np.int64)
    number[involved] = np.arange(len(involved))
    right = number[pairs.right]
    order = np.argsort(pairs.left << 32 | right)
    person = number[residents.person[pairs.right[order]]]
    return involved, pairs.left[order], right[order], person, pairs.found_by[order]


def _best_of_person(bits: Floats, left: Rows, person: Rows, right: Rows) -> Rows:
    """Positions of the pairs to keep: of those of a row with several NIK of one person only the best."""
    several = np.zeros(int(person.max(initial=0)) + 1, dtype=np.bool_)
    several[person[person != right]] = True
    rivals = np.flatnonzero(several[person])
    order = rivals[np.lexsort((right[rivals], -bits[rivals], person[rivals], left[rivals]))]
    again = (left[order][1:] == left[order][:-1]) & (person[order][1:] == person[order][:-1])
    kept = np.ones(len(left), dtype=np.bool_)
    kept[order[1:][again]] = False
    return np.flatnonzero(kept)


def _with_recall(pairs: Candidates, rows: pl.DataFrame, residents: _Residents, truth: pl.DataFrame) -> pl.DataFrame:
    """The plan with the share of true pairs each pass found."""
    known = truth.drop_nulls()
    wanted = rows.select("id_dtks").with_row_index("left").join(known, on="id_dtks")
    true = residents.numbers.find(near.pack(wanted["nik"]))
    hits = pl.DataFrame({"left": pairs.left, "right": pairs.right, "found_by": pairs.found_by}).join(
        pl.DataFrame({"left": wanted["left"].cast(pl.Int64), "right": true}), on=["left", "right"], how="semi"
    )
    shares = [
        hits.filter(pl.col("found_by") & (1 << bit) > 0).height / max(wanted.height, 1)
        for bit in range(len(pairs.codes))
    ]
    whole = pairs.plan.select(
        aturan=pl.lit("SEMUA"), biaya=pl.col("biaya").sum(), pasangan=pl.lit(len(pairs.left), pl.Int64)
    ).head(1)
    recall = pl.Series("recall", [*shares, hits.height / max(wanted.height, 1)], dtype=pl.Float64)
    return pl.concat([pairs.plan, whole], how="diagonal").with_columns(recall)
