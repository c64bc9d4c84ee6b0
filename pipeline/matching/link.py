"""The entry point of matching: DTKS rows and residents in; links, households, duplicates and corrections out.

Belongs here: the order of the steps and the blocking passes for DTKS and Dukcapil. Does not: any step itself.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import polars as pl

from pipeline.matching.candidates.blocking import Pass
from pipeline.matching.candidates.open_rows import open_rows
from pipeline.matching.candidates.registers import Listing, Register, SettledRows, find_positions, settle_exact_rows
from pipeline.matching.candidates.search import FAMILY, BlockingPlan, SearchResult, search_candidates
from pipeline.matching.dtks_dukcapil import (
    EXACT_FACTS,
    WITNESSES,
    children_of,
    compared_columns,
    dtks_listing,
    resident_register,
)
from pipeline.matching.duplicates.dedupe import CertainLinks, find_duplicate_rows
from pipeline.matching.duplicates.dtks import dedupe_input, duplicates_of, survivors_of
from pipeline.matching.judging.inference import Judgement, SettledEvidence, judge
from pipeline.matching.judging.training import learn_background
from pipeline.matching.levels.comparison import compare
from pipeline.matching.levels.evidence import Claims, RelativeCounter
from pipeline.matching.levels.implied_facts import without_disagreeing_implied_facts
from pipeline.matching.levels.sides import Sides
from pipeline.matching.model.file import load_model
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.names.spelling import raise_by_spelling
from pipeline.matching.names.teknonyms import raise_by_childs_name
from pipeline.matching.names.two_names import without_two_names
from pipeline.matching.outcome.households import pair_households
from pipeline.matching.outcome.name_slips import weigh_name_slips
from pipeline.matching.outcome.officer_decisions import (
    OfficerDecisions,
    officer_decisions,
    with_decided,
    without_decided,
    without_refused,
)
from pipeline.matching.outcome.person_links import Linkage, PersonLinks
from pipeline.matching.outcome.results import likely_candidates, weighed_links
from pipeline.matching.outcome.verdicts import VERDICT_COLUMNS, exact_verdicts, officer_verdict
from pipeline.matching.records import bcd
from pipeline.matching.records.arrays import Levels
from pipeline.matching.records.records import SEED, sample_by_hash
from pipeline.memory import release_free_memory

_SAME_KK = "KK"
BLOCKING_PLAN = BlockingPlan(
    narrow=(
        Pass("NIK", ("nik:angka",)),
        Pass(_SAME_KK, ("no_kk:angka",), ("tanggal_lahir:tahun",)),
        # For twins, and for wives under their husband's name and number. Not `family_only`: the birth date agrees too.
        Pass("KK_TANGGAL", ("no_kk:angka", "tanggal_lahir")),
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
    family_only=(_SAME_KK, FAMILY),
)
_SAMPLE_SIZE = 10_000
_LEAST_POSTERIOR = 0.001


def link(
    people: pl.DataFrame | pl.LazyFrame,
    registry: pl.DataFrame | pl.LazyFrame,
    truth: pl.DataFrame | None = None,
    decisions: pl.DataFrame | None = None,
    *,
    at_once: int | None = None,
) -> Linkage:
    """Link DTKS to the registry and to itself: persons, households, duplicates, corrections.

    Args:
        people: accepted DTKS rows (`DtksStaged`) with `id_keluarga` (`resolve.with_household_ids`), id_dtks unique.
        registry: accepted residents (`DukcapilStaged`), each NIK once. If it is a scan of Parquet, only numbers are
            held in memory; strings are read when needed.
        truth: id_dtks and nik, only to report the recall of each pass.
        decisions: officers' answers, oldest first (`review.DECISIONS`).
        at_once: pairs whose strings are in memory at a time, without effect on results; default `pasangan_sekaligus`
            of the reference.
    """
    persons = link_persons(people, registry, truth, decisions, at_once=at_once)
    release_free_memory()
    counted = np.flatnonzero(persons.is_decided)
    bits = persons.verdicts["bobot"].to_numpy()[persons.verdict_of_link[counted]]
    entries = persons.entry_positions[counted]
    niks = persons.register.number[entries]
    certain_links = CertainLinks.of(
        persons.listed.household, persons.row_positions[counted], entries, niks, bits, persons.refused
    )
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        duplicate_search = pool.submit(_duplicates, persons, certain_links)
        household_search = pool.submit(_households, persons, certain_links)
    duplicates, survivors = duplicate_search.result()
    households = household_search.result()
    release_free_memory()
    return Linkage(
        persons=persons,
        rivals=persons.rivals_by_name(),
        households=households,
        duplicates=duplicates,
        survivors=survivors,
    )


def link_persons(
    people: pl.DataFrame | pl.LazyFrame,
    registry: pl.DataFrame | pl.LazyFrame,
    truth: pl.DataFrame | None = None,
    decisions: pl.DataFrame | None = None,
    *,
    at_once: int | None = None,
) -> PersonLinks:
    """Link DTKS rows to residents; arguments as for `link`."""
    saved = load_model()
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        reading = pool.submit(dtks_listing, people)
        register = resident_register(registry, saved)
        learning = pool.submit(lambda: learn_background(saved, *register.sample(_SAMPLE_SIZE), register.count, SEED))
        listed = reading.result()
        answers = officer_decisions(decisions, listed, register)
        exact = without_decided(settle_exact_rows(listed, register, EXACT_FACTS, WITNESSES), answers, listed, register)
        settled = with_decided(exact, answers, listed, register)
        unsettled = open_rows(listed, register, settled)
        model = learning.result()
        settled_levels = pool.submit(_levels_of_settled, model, listed, register, exact)
        true_pairs = (
            None if truth is None else find_positions(listed, register, truth.select("id_dtks", "nik").drop_nulls())
        )
        search = search_candidates(model, unsettled, BLOCKING_PLAN, true_pairs, at_once)
        # Frees what was cached for comparing.
        del unsettled
    search = _refine_levels(model, without_refused(search, answers), register)
    release_free_memory()
    settled_evidence = SettledEvidence(settled.claims, search.is_linked, settled_levels.result())
    judgement = judge(model, search.pairs, settled_evidence, register.count, register.family_size)
    judgement = weigh_name_slips(judgement, search, register.count)
    release_free_memory()
    return _combine_links(listed, register, exact=exact, decided=answers, search=search, judgement=judgement)


def _combine_links(
    listed: Listing,
    register: Register,
    *,
    exact: SettledRows,
    decided: OfficerDecisions,
    search: SearchResult,
    judgement: Judgement,
) -> PersonLinks:
    """Combine rows that were settled, weighed or decided by officers, in the order of id_dtks."""
    settled_verdicts, settled_facts = exact_verdicts(judgement.model, register.count, register.family_size)
    weighed = weighed_links(judgement, search, register.count)
    open_links, exact_persons = weighed.links, register.person[exact.entries]
    candidates, levels = likely_candidates(judgement, search, _LEAST_POSTERIOR)
    row_positions = np.concatenate([exact.rows, open_links["row"].to_numpy(), decided.rows])
    # The first two rows of `verdicts` are for settled rows, the last one is for officers' decisions.
    verdicts = pl.concat([settled_verdicts, open_links.select(VERDICT_COLUMNS), officer_verdict()])
    verdict_of_link = [
        exact_persons != exact.entries,
        settled_verdicts.height + np.arange(open_links.height),
        np.full(len(decided.rows), verdicts.height - 1),
    ]
    order = np.argsort(row_positions)
    return PersonLinks(
        listed=listed,
        register=register,
        model=judgement.model,
        row_positions=row_positions[order],
        entry_positions=np.concatenate([exact_persons, open_links["entry"].to_numpy(), decided.entries])[order],
        verdict_of_link=np.concatenate(verdict_of_link)[order],
        verdicts=verdicts,
        weights=pl.concat([*[settled_facts] * settled_verdicts.height, weighed.facts.select(settled_facts.columns)]),
        rivals=weighed.rivals,
        candidates=candidates,
        candidate_levels=levels,
        refused=decided.refused,
        plan=search.plan,
        calls=search.calls,
    )


def _duplicates(persons: PersonLinks, certain_links: CertainLinks) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`link.ganda` without periode, and the surviving row of every duplicate."""
    table, model = persons.listed.table, persons.model
    pairs, survivors = find_duplicate_rows(
        dedupe_input(persons.listed, persons.register, model),
        certain_links,
        (persons.candidates, persons.candidate_levels),
        model,
        persons.register.family_size,
    )
    return duplicates_of(table, pairs), survivors_of(table, survivors)


def _households(persons: PersonLinks, certain_links: CertainLinks) -> pl.DataFrame:
    """Pairs of stated household and KK, in the columns of `link.keluarga_dukcapil`."""
    listed, register = persons.listed, persons.register
    states_household = listed.table.compute_blockwise(
        ["id_keluarga"], lambda people: people["id_keluarga"].is_not_null().to_numpy()
    )
    stated = np.where(states_household, listed.household, -1)
    rows = np.flatnonzero(certain_links.entry != -1)
    entries = certain_links.entry[rows]
    claims = Claims(stated[rows], register.person_numbers(entries), register.family[entries])
    pairs = pair_households(stated, claims, certain_links.bits[rows], register.family[~register.retired])
    # The search for duplicates runs meanwhile and needs the memory.
    release_free_memory()
    # Per household one of its rows, to read its ID from; the last position stands for -1.
    row_of_household = np.zeros(stated.max(initial=-1) + 2, dtype=np.int64)
    row_of_household[stated] = np.arange(len(stated))
    return pairs.with_columns(
        listed.table.take(row_of_household[pairs["id_keluarga"].to_numpy()], ["id_keluarga"]).to_series(),
        no_kk_dukcapil=bcd.unpack(pairs["no_kk_dukcapil"].to_numpy().view(np.uint64)),
    ).sort("id_keluarga", "no_kk_dukcapil")


def _refine_levels(model: LinkageModel, search: SearchResult, register: Register) -> SearchResult:
    """Refine levels: of unequal names by their letters as written and by children's names; of implied mothers."""
    pairs = search.pairs
    sides = (search.row_table, pairs.left), (search.resident_table, search.via)
    levels = without_two_names(model, raise_by_spelling(model, pairs.levels, *sides), *sides)
    entries = search.entries[search.via]
    levels = raise_by_childs_name(
        model, levels, (search.row_table, pairs.left), lambda some: children_of(register, entries[some])
    )
    levels = without_disagreeing_implied_facts(model, levels, search.row_table, pairs.left)
    return replace(search, pairs=replace(pairs, levels=levels))


def _levels_of_settled(model: LinkageModel, listed: Listing, register: Register, settled: SettledRows) -> Levels:
    """Levels of a sample of settled rows, as examples of true pairs."""
    numbers = settled.claims.person.view(np.uint64)
    sample = sample_by_hash(numbers, _SAMPLE_SIZE)
    sample = sample[np.argsort(numbers[sample], kind="stable")]
    columns = compared_columns(model)
    rows, people = (
        table.records(which, [name for name in table.columns if name in columns])
        for table, which in (
            (listed.table, settled.rows[sample]),
            (register.table, register.person[settled.entries[sample]]),
        )
    )
    all_pairs = np.arange(len(sample))
    levels = compare(model, Sides(rows, people), all_pairs, all_pairs)
    household = model.index_of_kind("household")
    if household is not None:
        counter = RelativeCounter(settled.claims.take(sample), settled.claims)
        levels[:, household] = counter.count(np.full(len(sample), -1)).levels()
    return levels
