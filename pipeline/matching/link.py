"""The one entry point: DTKS rows and residents in, links, households, duplicates and corrections out.

Belongs here: the order of the steps, and what is particular to DTKS and Dukcapil (which passes, what a retired NIK is).
Does not: any step itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching import identifiers_near as near
from pipeline.matching.blocking import Pass, Wanted, columns_of
from pipeline.matching.comparison import Sides, compare
from pipeline.matching.corrections import propose
from pipeline.matching.dedupe import find_duplicate_rows
from pipeline.matching.evidence import Kinship
from pipeline.matching.households import (
    HEAD,
    SPOUSE,
    household_links,
    household_status,
    households_of,
    husband_names,
)
from pipeline.matching.inference import Judged, SettledLevels, judge
from pipeline.matching.model import LinkageModel, load_model
from pipeline.matching.records import Records, Rows, spread
from pipeline.matching.registers import Listed, Register, Settled, settle
from pipeline.matching.results import TOLD, candidates, exact_links, told_links, weighed_links
from pipeline.matching.search import FAMILY, Compared, Plan, open_rows, search
from pipeline.matching.spelling import as_written
from pipeline.matching.tables import Table
from pipeline.matching.told import Told, apart, placed, told, without_refused
from pipeline.matching.training import learn_background, plausible

SAME_KK = "KK"
PASSES = Plan(
    narrow=(
        Pass("NIK", ("nik",)),
        Pass(SAME_KK, ("no_kk",), ("tanggal_lahir:tahun",)),
        Pass("NAMA_TANGGAL", ("nama_banding", "tanggal_lahir")),
        Pass("TANGGAL_IBU", ("tanggal_lahir", "nama_ibu_kandung")),
        Pass("HARI_RUMAH", ("tanggal_lahir:hari", "kode_desa", "rt", "rw")),
        Pass("AWAL_RUMAH", ("nama_banding:awal", "kode_desa", "rt", "rw"), ("jenis_kelamin",)),
    ),
    broad=(
        Pass("NAMA_TAHUN", ("nama_banding", "tanggal_lahir:tahun"), ("kode_kec",)),
        Pass("NAMA_KECAMATAN", ("nama_banding", "kode_kec"), ("kode_desa", "jenis_kelamin")),
        Pass("NAMA_HARI", ("nama_banding", "tanggal_lahir:hari"), ("kode_kab",)),
        Pass("TANGGAL_AWAL", ("tanggal_lahir", "nama_banding:awal"), ("kode_kab",)),
        Pass("TANGGAL_AKHIR", ("tanggal_lahir", "nama_banding:akhir"), ("kode_kab",)),
        Pass("TANGGAL_KECAMATAN", ("tanggal_lahir", "kode_kec"), ("jenis_kelamin", "kode_desa")),
        Pass("HARI_AWAL_KECAMATAN", ("tanggal_lahir:hari", "nama_banding:awal", "kode_kec"), ("kode_desa",)),
        Pass("IBU_DESA", ("nama_ibu_kandung", "kode_desa"), ("tanggal_lahir:tahun",)),
        Pass("AWAL_DESA_TAHUN", ("nama_banding:awal", "kode_desa", "tanggal_lahir:tahun"), ("jenis_kelamin",)),
    ),
    family_only=(SAME_KK, FAMILY),
)
_FACTS = ("nama_banding", "tanggal_lahir", "jenis_kelamin")
# What the decisions read of a resident, besides the levels.
_LABELS = ("nik", "no_kk", "nama", "nama_ibu_kandung")
# What else must agree somewhere for a row to need no weighing.
_WITNESSES = ("kode_desa", "no_kk", "nama_ibu_kandung")
_OF_HEADS = ("no_kk", "hub_keluarga", "jenis_kelamin", "nama_banding", "nik")
# Columns that no step reads.
_UNUSED = (
    "periode",
    "berkas",
    "lembar",
    "baris",
    "nama_asal",
    "tanggal_lahir_asal",
    "temuan_wilayah",
    "kode_prov",
    "id_terulang",
    "id_diganti",
    "no_kk_tulis",
    "nama_isian",
    "tanggal_verifikasi",
    "periode_berkas",
    "asal_baris",
)
_SAMPLE = 10_000
_LEAST_LIKELY = 0.001
_SEED = 20221231
_RETIRED = "TIDAK_VALID"


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
        plausible: whether its figures make sense; where not, DTKS and Dukcapil have hardly anybody in common.
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
    plausible: bool
    plan: pl.DataFrame
    calls: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PersonLinks:
    """Whom each row is taken for, before anything is made of it.

    Attributes:
        listed: DTKS rows, sorted by id_dtks.
        register: residents.
        compared: what was compared.
        judged: the judgement.
        links: `link.anggota_dukcapil` without periode, with no_kk_dukcapil and what corrections ask for.
        places: position of each link's row.
        entries: position of each link's resident.
        facts: see `Linkage`.
    """

    listed: Listed
    register: Register
    compared: Compared
    judged: Judged
    links: pl.DataFrame
    places: Rows
    entries: Rows
    facts: pl.DataFrame


def link(
    people: pl.DataFrame | pl.LazyFrame,
    registry: pl.DataFrame | pl.LazyFrame,
    model: LinkageModel | None = None,
    truth: pl.DataFrame | None = None,
    decisions: pl.DataFrame | None = None,
) -> Linkage:
    """Link DTKS to the registry and to itself: persons, households, duplicates, corrections.

    Args:
        people: accepted DTKS rows (`DtksStaged`) with `id_keluarga` (`resolve.with_household_ids`), id_dtks unique.
        registry: accepted residents (`DukcapilStaged`), each NIK once. A scan of Parquet is never held whole: what is
            compared is held in few bytes, the rest read column by column when it is wanted.
        model: where training starts; the saved model unless given.
        truth: id_dtks and nik, only to report the recall of each pass.
        decisions: officers' answers, oldest first (`review.DECISIONS`).
    """
    persons = link_persons(people, registry, model, truth, decisions)
    listed, register, judged, wide = persons.listed, persons.register, persons.judged, persons.links
    rows = listed.table
    possible = candidates(judged, persons.compared, _LEAST_LIKELY)
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        doubles = pool.submit(find_duplicate_rows, rows, wide, possible, judged.model, register.family_size)
        homes = pool.submit(
            household_links, rows.select("id_dtks", "id_keluarga"), wide, _members(register, wide["no_kk_dukcapil"])
        )
        corrections = pool.submit(propose, _otherwise(persons), wide)
    duplicates, survivors = doubles.result()
    households = homes.result()
    linked = wide.filter(pl.col("keputusan") == "OTOMATIS").height
    return Linkage(
        links=wide.select(
            "id_dtks", "nik_dukcapil", "keputusan", "bobot", "probabilitas", "aturan", "alasan", "penjelasan"
        ),
        households=households,
        household_status=household_status(households),
        duplicates=duplicates,
        survivors=survivors,
        corrections=corrections.result(),
        facts=persons.facts,
        model=judged.model,
        # Without a registry nobody can be found, and that says nothing about the model.
        plausible=not register.table.height or plausible(judged.model, rows.height, linked),
        plan=persons.compared.plan,
        calls=persons.compared.calls,
    )


def link_persons(
    people: pl.DataFrame | pl.LazyFrame,
    registry: pl.DataFrame | pl.LazyFrame,
    model: LinkageModel | None = None,
    truth: pl.DataFrame | None = None,
    decisions: pl.DataFrame | None = None,
) -> PersonLinks:
    """Link DTKS rows to residents; arguments as for `link`."""
    start = model or load_model()
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        reading = pool.submit(lambda: _listed(_rows(people)))
        register = _register(_table(registry, start), start)
        learning = pool.submit(lambda: learn_background(start, *register.sample(_SAMPLE), _SEED))
        listed = reading.result()
        decided = told(decisions, listed, register)
        exact = apart(settle(listed, register, _FACTS, _WITNESSES), decided, listed, register)
        settled = placed(exact, decided, listed, register)
        opened = open_rows(listed, register, settled)
        model = learning.result()
    compared = search(model, opened, PASSES, _places(listed, register, truth))
    compared = _reread(model, without_refused(compared, decided))
    known = SettledLevels(settled.claims, compared.taken, _levels_of_settled(model, listed, register, exact))
    judged = judge(model, compared.pairs, known, register.count, register.family_size)
    return _in_order(listed, register, exact=exact, decided=decided, compared=compared, judged=judged)


def _in_order(
    listed: Listed, register: Register, *, exact: Settled, decided: Told, compared: Compared, judged: Judged
) -> PersonLinks:
    """Rows settled, weighed and placed by officers together, in the order of id_dtks.

    Most rows are settled and have the same to say, which is written once and fetched by its number.
    """
    register.table.let_go()
    equal, equal_facts = exact_links(judged.model, register.count, register.family_size)
    found, found_facts = weighed_links(judged, compared, register.count)
    ids = listed.table.select("id_dtks").to_series()
    searched = ids.search_sorted(found["id_dtks"]).to_numpy().astype(np.int64)
    person = register.person[exact.at]
    places = np.concatenate([exact.rows, searched, decided.rows])
    entries = np.concatenate([person, register.numbers.find(near.pack(found["nik_dukcapil"])), decided.entries])
    said = np.concatenate(
        [person != exact.at, 2 + np.arange(len(searched)), np.full(len(decided.rows), 2 + len(searched))]
    )
    order = np.argsort(places)
    places, entries, said = places[order], entries[order], said[order]
    links = _named(ids, register, places, entries).hstack(pl.concat([equal, found.select(TOLD), told_links()])[said])
    # Nothing was weighed where an officer decided.
    weighed = np.flatnonzero(said < 2 + len(searched))
    facts = pl.concat([equal_facts, found_facts.select(equal_facts.columns)])[np.maximum(said[weighed] - 1, 0)]
    return PersonLinks(
        listed,
        register,
        compared,
        judged,
        links,
        places,
        entries,
        links["id_dtks"].gather(weighed).to_frame().hstack(facts),
    )


def _named(ids: pl.Series, register: Register, places: Rows, entries: Rows) -> pl.DataFrame:
    """id_dtks, nik_dukcapil and no_kk_dukcapil of rows and the residents they are."""
    return pl.DataFrame(
        {
            "id_dtks": ids.gather(places),
            "nik_dukcapil": near.unpack(register.number[entries]),
            "no_kk_dukcapil": near.unpack(_family_numbers(register, entries)),
        }
    )


def _family_numbers(register: Register, entries: Rows) -> near.Packed:
    """Packed KK of some residents, 0 for none."""
    family = register.family[entries]
    return np.where(family == -1, 0, family).view(np.uint64)


def _rows(people: pl.DataFrame | pl.LazyFrame) -> Table:
    """DTKS rows with the columns that some step reads, in the order of id_dtks."""
    unread = [name for name in people.lazy().collect_schema().names() if name in _UNUSED]
    return Table.ordered(people.drop(unread), "id_dtks")


def _table(registry: pl.DataFrame | pl.LazyFrame, model: LinkageModel) -> Table:
    """The columns of the registry that some step reads; those that are compared are held."""
    compared = _compared(model) | {*_OF_HEADS}
    wanted = {*columns_of(PASSES.every), *_FACTS, *_LABELS, "status_penduduk"} | compared
    there = registry.lazy().collect_schema().names()
    return Table(
        registry.select(name for name in there if name in wanted), [name for name in there if name in compared]
    )


def _compared(model: LinkageModel) -> set[str]:
    """Columns of the registry that the search compares; what is read as written is read of few pairs, and later."""
    parts = (part for comparison in model.comparisons for part in comparison.columns.items())
    return {column for part, column in parts if part != "written"}


def _listed(table: Table) -> Listed:
    """DTKS rows with packed NIK and household numbers."""
    number = table.packed("nik")
    household = households_of(table.select("id_keluarga", "kode_desa", "alamat", "rt", "rw"))
    return Listed(table, "id_dtks", number, "nik_tulis", household)


def _register(table: Table, model: LinkageModel) -> Register:
    """Residents with packed NIK and KK; of a retired NIK the living one of the same person stands for it."""
    number = table.packed("nik")
    family = table.packed("no_kk").view(np.int64)
    family = np.where(family == 0, -1, family)
    compared = _compared(model)
    columns = [name for name in table.columns if name in compared or name in _OF_HEADS]

    role = table.select(pl.col("hub_keluarga").fill_null(0)).to_series().to_numpy()
    heads = np.where(role == HEAD, spread(family.view(np.uint64)), np.uint64(0))

    def view(entries: Rows) -> pl.DataFrame:
        """Residents with everything that is compared, and per wife the name of the man who heads her KK."""
        residents = table.take(entries, columns)
        wives = entries[(role[entries] == SPOUSE)]
        of_these = Wanted(spread(family[wives].view(np.uint64))).among(heads)
        others = table.take(of_these, _OF_HEADS).sort("nik")
        return residents.with_columns(husband_names(residents, others), k=pl.Series(family[entries]))

    return Register(table, "nik", number, family, _living(table, number, family), view, _LABELS)


def _otherwise(persons: PersonLinks) -> pl.DataFrame:
    """Linked rows whose NIK or KK is not the one of their resident, with what corrections tell of them."""
    listed, register = persons.listed, persons.register
    other = (listed.number[persons.places] != register.number[persons.entries]) | (
        listed.table.packed("no_kk")[persons.places] != _family_numbers(register, persons.entries)
    )
    return listed.table.take(persons.places[other], ["id_dtks", "nik", "nik_asal", "no_kk", "no_kk_asal", "kode_kab"])


def _members(register: Register, families: pl.Series) -> pl.DataFrame:
    """Everybody who stands in one of the KK: no_kk and status_penduduk."""
    wanted = Wanted(spread(near.pack(families.unique())))
    return register.table.take(wanted.among(spread(register.family.view(np.uint64))), ["no_kk", "status_penduduk"])


def _living(table: Table, number: near.Packed, family: Rows) -> Rows:
    """Position of the person behind each resident: for a retired NIK that of the living one of the same person."""
    person = np.arange(len(number))
    retired = table.select(pl.col("status_penduduk") == _RETIRED).to_series().fill_null(value=False).to_numpy()
    old = np.flatnonzero(retired & (family != -1))
    there = Wanted(spread(family[old].view(np.uint64))).among(spread(family.view(np.uint64)))
    living = there[~retired[there]]

    def described(rows: Rows, name: str) -> pl.DataFrame:
        facts = table.take(rows, _FACTS)
        return facts.with_columns(k=pl.Series(family[rows]), n=pl.Series(number[rows]), **{name: pl.Series(rows)})

    same = ["k", *_FACTS]
    first = described(living, "living").sort("n").unique(same, keep="first", maintain_order=True)
    found = described(old, "old").join(first, on=same)
    person[found["old"].to_numpy()] = found["living"].to_numpy()
    return person


def _reread(model: LinkageModel, compared: Compared) -> Compared:
    """What was compared, names that differ read once more as they are written."""
    pairs = compared.pairs
    levels = as_written(model, pairs.levels, (compared.rows, pairs.left), (compared.residents, compared.via))
    return replace(compared, pairs=replace(pairs, levels=levels))


def _places(listed: Listed, register: Register, truth: pl.DataFrame | None) -> tuple[Rows, Rows] | None:
    """Positions of rows and of their true residents (-1: not in the registry)."""
    if truth is None:
        return None
    rows = listed.table.select("id_dtks").with_row_index("row").join(truth.drop_nulls(), on="id_dtks")
    return rows["row"].to_numpy().astype(np.int64), register.numbers.find(near.pack(rows["nik"]))


def _levels_of_settled(
    model: LinkageModel, listed: Listed, register: Register, settled: Settled
) -> npt.NDArray[np.uint8]:
    """Levels of a sample of the rows settled at once: what true pairs look like."""
    share = np.uint64(max(len(settled.rows) // _SAMPLE, 1))
    numbers = settled.claims.person.view(np.uint64)
    some = np.flatnonzero((spread(numbers) >> np.uint64(32)) % share == 0)
    some = some[np.argsort(numbers[some], kind="stable")]
    rows = Records(listed.table.take(settled.rows[some]))
    residents = Records(register.table.take(register.person[settled.at[some]]))
    each = np.arange(len(some))
    levels = compare(model, Sides(rows, residents), each, each)
    household = model.position("household")
    if household is not None:
        kinship = Kinship(settled.claims.chosen(some), settled.claims)
        levels[:, household] = kinship.count(np.full(len(some), -1)).levels()
    return levels
