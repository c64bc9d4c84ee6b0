"""The one entry point: DTKS rows and residents in, links, households, duplicates and corrections out.

Belongs here: the order of the steps, and what is particular to DTKS and Dukcapil (which passes, what a retired NIK is).
Does not: any step itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching.candidates.blocking import Pass
from pipeline.matching.candidates.registers import Listed, Register, Settled, positions, settle
from pipeline.matching.candidates.search import FAMILY, Compared, Plan, open_rows, search
from pipeline.matching.dtks_dukcapil import FACTS, WITNESSES, children_of, compared_columns, listed_rows, residents
from pipeline.matching.duplicates.dedupe import Taken, find_duplicate_rows
from pipeline.matching.duplicates.dtks_doubles import duplicates_of, relisted_rows, survivors_of
from pipeline.matching.judging.inference import Judged, SettledLevels, judge
from pipeline.matching.judging.training import learn_background, plausible
from pipeline.matching.levels.by_family import as_far_as_they_agree
from pipeline.matching.levels.comparison import compare
from pipeline.matching.levels.evidence import Flags, Kinship
from pipeline.matching.levels.sides import Sides
from pipeline.matching.model.file import load_model
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.names.spelling import as_written
from pipeline.matching.names.teknonyms import by_child
from pipeline.matching.names.two_names import without_two_names
from pipeline.matching.outcome.called_alike import told_by_name
from pipeline.matching.outcome.corrections import ASKED, propose
from pipeline.matching.outcome.households import household_status, paired, stated_households
from pipeline.matching.outcome.results import FOR_CORRECTIONS, TOLD, candidates, exact_links, told_links, weighed_links
from pipeline.matching.outcome.review import RIVALS
from pipeline.matching.outcome.told import Told, apart, placed, told, without_refused
from pipeline.matching.records import identifiers_near as near
from pipeline.matching.records.as_numbers import Rows, spread
from pipeline.memory import give_back
from schemas.link import DECIDED

SAME_KK = "KK"
PASSES = Plan(
    narrow=(
        Pass("NIK", ("nik:angka",)),
        Pass(SAME_KK, ("no_kk:angka",), ("tanggal_lahir:tahun",)),
        Pass("NAMA_TANGGAL", ("nama_banding", "tanggal_lahir")),
        Pass("TANGGAL_IBU", ("tanggal_lahir", "nama_ibu_kandung")),
        Pass("HARI_RUMAH", ("tanggal_lahir:hari", "kode_desa", "rt", "rw")),
        Pass("AWAL_RUMAH", ("nama_banding:awal", "kode_desa", "rt", "rw"), ("jenis_kelamin",)),
    ),
    broad=(
        Pass("NAMA_TAHUN", ("nama_banding", "tanggal_lahir:tahun"), ("kode_kec",)),
        Pass("NAMA_DESA", ("nama_banding", "kode_desa"), ("jenis_kelamin",)),
        Pass("NAMA_HARI", ("nama_banding", "tanggal_lahir:hari"), ("kode_kab",)),
        Pass("TANGGAL_AWAL", ("tanggal_lahir", "nama_banding:awal"), ("kode_kab",)),
        Pass("TANGGAL_AKHIR", ("tanggal_lahir", "nama_banding:akhir"), ("kode_kab",)),
        Pass("TANGGAL_KECAMATAN", ("tanggal_lahir", "kode_kec"), ("jenis_kelamin", "kode_desa")),
        Pass("HARI_AWAL_KECAMATAN", ("tanggal_lahir:hari", "nama_banding:awal", "kode_kec"), ("kode_desa",)),
        Pass("IBU_DESA", ("nama_ibu_kandung", "kode_desa", "jenis_kelamin"), ("tanggal_lahir:tahun",)),
        Pass("AWAL_DESA_TAHUN", ("nama_banding:awal", "kode_desa", "tanggal_lahir:tahun"), ("jenis_kelamin",)),
    ),
    family_only=(SAME_KK, FAMILY),
)
_SAMPLE = 10_000
# So many links are put into words at a time.
_TOLD_AT_A_TIME = 65_536
_LEAST_LIKELY = 0.001
_SEED = 20221231


@dataclass(frozen=True)
class Linkage:
    """Everything matching finds out.

    Attributes:
        links: `link.anggota_dukcapil` without periode.
        rivals: who else a row may be where several fit it about as well (`review.RIVALS`), the strongest first.
        households: `link.keluarga_dukcapil` without periode and members (`pipeline.matching.outcome.membership`).
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
    rivals: pl.DataFrame
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

    Most rows are settled and have the same to say, which is held once and fetched by its number.

    Attributes:
        listed: DTKS rows, in the order of id_dtks.
        register: residents.
        model: the model as trained.
        places: position of each link's row, ascending.
        entries: position of each link's resident.
        said: number of what there is to say of each link.
        sayings: what there is to say (`results.TOLD`).
        weights: the same for the weights of facts; none for the last, of rows that officers placed.
        rivals: row, entry, bobot of who else a link's row may be (`results.Weighed.rivals`).
        candidates: row, entry, probabilitas of everybody an open row may be (`results.candidates`).
        compared: levels of each candidate × comparisons.
        refused: row, entry of pairs that officers refused.
        plan: see `Linkage`.
        calls: see `Linkage`.
    """

    listed: Listed
    register: Register
    model: LinkageModel
    places: Rows
    entries: Rows
    said: Rows
    sayings: pl.DataFrame
    weights: pl.DataFrame
    rivals: pl.DataFrame
    candidates: pl.DataFrame
    compared: npt.NDArray[np.uint8]
    refused: pl.DataFrame
    plan: pl.DataFrame
    calls: Mapping[str, int]

    @property
    def decided(self) -> Flags:
        """Whether each link counts without a human."""
        return self.sayings["keputusan"].is_in(DECIDED).to_numpy()[self.said]

    @property
    def plausible(self) -> bool:
        """Whether the model's figures make sense; without a registry nobody can be found, which says nothing of it."""
        linked = int(np.count_nonzero((self.sayings["keputusan"] == "OTOMATIS").to_numpy()[self.said]))
        return not self.register.table.height or plausible(self.model, self.listed.table.height, linked)

    def links(self) -> pl.DataFrame:
        """`link.anggota_dukcapil` without periode."""
        return self.links_of(np.arange(len(self.said)), [name for name in TOLD if name not in FOR_CORRECTIONS])

    def links_of(self, which: Rows, told: Sequence[str]) -> pl.DataFrame:
        """Some of the links: id_dtks, nik_dukcapil and what is told of them."""
        named = self.listed.table.take(self.places[which], ["id_dtks"])
        number = near.unpack(self.register.number[self.entries[which]])
        sayings = self.sayings.select(told)
        said = pl.concat([sayings[self.said[some]] for some in _in_blocks(which)])
        return named.with_columns(nik_dukcapil=number).hstack(said)

    def facts(self, ids: pl.Series) -> pl.DataFrame:
        """The weights of each link's facts, `id_dtks` given; nothing was weighed where an officer decided."""
        weighed = np.flatnonzero(self.said < self.weights.height)
        told = ids if len(weighed) == len(ids) else ids.gather(weighed)
        return told.to_frame().hstack(self.weights[self.said[weighed]])


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
        registry: accepted residents (`DukcapilStaged`), each NIK once. Of a scan of Parquet only numbers are held;
            words are read when they are wanted.
        model: where training starts; the saved model unless given.
        truth: id_dtks and nik, only to report the recall of each pass.
        decisions: officers' answers, oldest first (`review.DECISIONS`).
    """
    persons = link_persons(people, registry, model, truth, decisions)
    give_back()
    decided = np.flatnonzero(persons.decided)
    bits = persons.sayings["bobot"].to_numpy()[persons.said[decided]]
    entries = persons.entries[decided]
    numbers = persons.register.number[entries]
    taken = Taken.of(persons.listed.household, persons.places[decided], entries, numbers, bits, persons.refused)
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        doubles = pool.submit(_duplicates, persons, taken)
        homes = pool.submit(_households, persons, taken)
        corrections = pool.submit(_corrections, persons)
    duplicates, survivors = doubles.result()
    households = homes.result()
    give_back()
    links = persons.links()
    return Linkage(
        links=links,
        rivals=_rivals(persons),
        households=households,
        household_status=household_status(households),
        duplicates=duplicates,
        survivors=survivors,
        corrections=corrections.result(),
        facts=persons.facts(links["id_dtks"]),
        model=persons.model,
        plausible=persons.plausible,
        plan=persons.plan,
        calls=persons.calls,
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
        reading = pool.submit(listed_rows, people)
        register = residents(registry, start)
        learning = pool.submit(lambda: learn_background(start, *register.sample(_SAMPLE), register.count, _SEED))
        listed = reading.result()
        decided = told(decisions, listed, register)
        exact = apart(settle(listed, register, FACTS, WITNESSES), decided, listed, register)
        settled = placed(exact, decided, listed, register)
        opened = open_rows(listed, register, settled)
        model = learning.result()
        sample = pool.submit(_levels_of_settled, model, listed, register, exact)
        meant = None if truth is None else positions(listed, register, truth.select("id_dtks", "nik").drop_nulls())
        compared = search(model, opened, PASSES, meant)
        # Everything that was made of it to compare is needed no longer.
        del opened
    compared = _reread(model, without_refused(compared, decided), register)
    give_back()
    known = SettledLevels(settled.claims, compared.taken, sample.result())
    judged = judge(model, compared.pairs, known, register.count, register.family_size)
    judged = told_by_name(judged, compared, register.count)
    return _in_order(listed, register, exact=exact, decided=decided, compared=compared, judged=judged)


def _in_order(
    listed: Listed, register: Register, *, exact: Settled, decided: Told, compared: Compared, judged: Judged
) -> PersonLinks:
    """Rows settled, weighed and placed by officers together, in the order of id_dtks."""
    equal, equal_facts = exact_links(judged.model, register.count, register.family_size)
    weighed = weighed_links(judged, compared, register.count)
    found, person = weighed.links, register.person[exact.at]
    likely, levels = candidates(judged, compared, _LEAST_LIKELY)
    places = np.concatenate([exact.rows, found["row"].to_numpy(), decided.rows])
    # The first two sayings are those of rows that are equal, the last one is that of officers.
    last = equal.height + found.height
    said = [person != exact.at, equal.height + np.arange(found.height), np.full(len(decided.rows), last)]
    order = np.argsort(places)
    return PersonLinks(
        listed=listed,
        register=register,
        model=judged.model,
        places=places[order],
        entries=np.concatenate([person, found["entry"].to_numpy(), decided.entries])[order],
        said=np.concatenate(said)[order],
        sayings=pl.concat([equal, found.select(TOLD), told_links()]),
        weights=pl.concat([*[equal_facts] * equal.height, weighed.facts.select(equal_facts.columns)]),
        rivals=weighed.rivals,
        candidates=likely,
        compared=levels,
        refused=decided.refused,
        plan=compared.plan,
        calls=compared.calls,
    )


def _rivals(persons: PersonLinks) -> pl.DataFrame:
    """Whom links leave open besides their resident, by name (`RIVALS`)."""
    others = persons.rivals
    named = persons.listed.table.take(others["row"].to_numpy(), ["id_dtks"]).with_columns(
        others["bobot"], nik_dukcapil=near.unpack(persons.register.number[others["entry"].to_numpy()])
    )
    ordered = named.sort("id_dtks", "bobot", "nik_dukcapil", descending=[False, True, False])
    return ordered.select(RIVALS.names())


def _family_numbers(register: Register, entries: Rows) -> near.Packed:
    """Packed KK of some residents, 0 for none."""
    family = register.family[entries]
    return np.where(family == -1, 0, family).view(np.uint64)


def _duplicates(persons: PersonLinks, taken: Taken) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that list a person again: `link.ganda` without periode, and of each such row the one that survives."""
    table, model = persons.listed.table, persons.model
    pairs, survivors = find_duplicate_rows(
        relisted_rows(persons.listed, model),
        taken,
        (persons.candidates, persons.compared),
        model,
        persons.register.family_size,
    )
    return duplicates_of(table, pairs), survivors_of(table, survivors)


def _households(persons: PersonLinks, taken: Taken) -> pl.DataFrame:
    """Pairs of stated household and KK, worked out on numbers."""
    listed, register = persons.listed, persons.register
    stated = listed.table.told(["id_keluarga"], stated_households)
    rows = np.flatnonzero(taken.entry != -1)
    entries = taken.entry[rows]
    pairs = paired(
        pl.DataFrame({"id_dtks": np.arange(len(stated)), "id_keluarga": _known(stated)}),
        pl.DataFrame(
            {
                "id_dtks": rows,
                "nik_dukcapil": register.number[entries],
                "no_kk_dukcapil": _known(register.family[entries]),
                "bobot": taken.bits[rows],
            }
        ),
        pl.DataFrame({"no_kk": register.family, "sah": ~register.retired}),
    )
    # Of each household some row, which tells its name.
    homes, first = np.unique(stated, return_index=True)
    some = first[np.searchsorted(homes, pairs["id_keluarga"].to_numpy())]
    return pairs.with_columns(
        listed.table.take(some, ["id_keluarga"]).to_series(),
        no_kk_dukcapil=near.unpack(pairs["no_kk_dukcapil"].to_numpy().view(np.uint64)),
    ).sort("id_keluarga", "no_kk_dukcapil")


def _known(numbers: Rows) -> pl.Series:
    """The numbers, null for -1."""
    return pl.DataFrame({"n": numbers}).select(pl.when(pl.col("n") != -1).then("n")).to_series()


def _in_blocks(rows: Rows) -> Iterator[Rows]:
    """So many at a time; once nothing where there are none."""
    starts = range(0, max(len(rows), 1), _TOLD_AT_A_TIME)
    return (rows[start : start + _TOLD_AT_A_TIME] for start in starts)


def _corrections(persons: PersonLinks) -> pl.DataFrame:
    """What linked rows whose NIK or KK is not the one of their resident should carry."""
    listed, register, entries = persons.listed, persons.register, persons.entries
    numbers = _family_numbers(register, entries)
    other = np.flatnonzero(
        (listed.number[persons.places] != register.number[entries])
        | (listed.table.packed("no_kk")[persons.places] != numbers)
    )
    columns = ["id_dtks", "nik", "nik_asal", "no_kk", "no_kk_asal", "kode_kab"]

    def proposed(some: Rows) -> pl.DataFrame:
        links = persons.links_of(some, ASKED).with_columns(no_kk_dukcapil=near.unpack(numbers[some]))
        return propose(listed.table.take(persons.places[some], columns), links)

    return pl.concat([proposed(some) for some in _in_blocks(other)])


def _reread(model: LinkageModel, compared: Compared, register: Register) -> Compared:
    """What was compared, names that differ read once more as they are written, or left out where nobody wrote them."""
    pairs = compared.pairs
    sides = (compared.rows, pairs.left), (compared.residents, compared.via)
    levels = without_two_names(model, as_written(model, pairs.levels, *sides), *sides)
    at = compared.entries[compared.via]
    levels = by_child(model, levels, (compared.rows, pairs.left), lambda some: children_of(register, at[some]))
    levels = as_far_as_they_agree(model, levels, compared.rows, pairs.left)
    return replace(compared, pairs=replace(pairs, levels=levels))


def _levels_of_settled(
    model: LinkageModel, listed: Listed, register: Register, settled: Settled
) -> npt.NDArray[np.uint8]:
    """Levels of a sample of the rows settled at once: what true pairs look like."""
    share = np.uint64(max(len(settled.rows) // _SAMPLE, 1))
    numbers = settled.claims.person.view(np.uint64)
    some = np.flatnonzero((spread(numbers) >> np.uint64(32)) % share == 0)
    some = some[np.argsort(numbers[some], kind="stable")]
    columns = compared_columns(model)
    rows, people = (
        table.records(which, [name for name in table.columns if name in columns])
        for table, which in ((listed.table, settled.rows[some]), (register.table, register.person[settled.at[some]]))
    )
    each = np.arange(len(some))
    levels = compare(model, Sides(rows, people), each, each)
    household = model.position("household")
    if household is not None:
        kinship = Kinship(settled.claims.chosen(some), settled.claims)
        levels[:, household] = kinship.count(np.full(len(some), -1)).levels()
    return levels
