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
from pipeline.matching.blocking import Pass, find_pairs, near_pairs
from pipeline.matching.comparison import Rows, Sides, compare
from pipeline.matching.corrections import propose
from pipeline.matching.dedupe import find_duplicate_rows
from pipeline.matching.households import (
    count_relatives,
    evidence_levels,
    household_links,
    household_status,
    households_of,
    husband_names,
)
from pipeline.matching.inference import Pairs, Settled, judge
from pipeline.matching.model import Floats, LinkageModel, load_model
from pipeline.matching.results import FAMILY, NEAR, SAME_KK, Compared, candidates, exact_links, weighed_links
from pipeline.matching.scoring import bits_of
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
_LARGEST_FAMILY = 30
_LEAST_LIKELY = 0.001


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
    people: pl.DataFrame,
    registry: pl.DataFrame,
    model: LinkageModel | None = None,
    truth: pl.DataFrame | None = None,
) -> Linkage:
    """Link DTKS to the registry and to itself.

    Args:
        people: accepted DTKS rows (`DtksStaged`) with `id_keluarga` (`resolve.with_household_ids`), id_dtks unique.
        registry: accepted residents (`DukcapilStaged`), each NIK once.
        model: where training starts; the saved model unless given.
        truth: id_dtks and nik, only to report the recall of each pass.

    Raises:
        ModelError: the trained figures are implausible, the files do not belong together.
    """
    model = model or load_model()
    people = _prepared_people(people)
    registry = _prepared_registry(registry)
    residents = max(registry.height, 1)
    family_size = residents / max(registry["k"].n_unique(), 1)
    exact = _exact(people, registry)
    claims = exact.select(h="rumah", resident="hidup", k="k")
    rows = people.join(exact, on="id_dtks", how="anti").sort("id_dtks")
    owners = registry.select("n", kk_pemilik_nik="k")
    rows = rows.join(owners, on="n", how="left", maintain_order="left").with_columns(
        pl.col("kk_pemilik_nik").fill_null(-1)
    )
    compared = _compare_open(model, rows, registry, claims, truth)
    model = learn_background(model, _sample(registry), _SEED)
    settled = Settled(claims, _levels_of_exact(model, people, registry, exact, claims))
    judged = judge(model, compared.pairs, settled, residents, family_size)
    certain, certain_facts = exact_links(judged.model, exact, registry, family_size)
    weighed, weighed_facts = weighed_links(judged, compared, residents)
    wide = pl.concat([certain, weighed]).sort("id_dtks")
    # Without a registry nobody can be found, and that says nothing about the model.
    if registry.height:
        plausible(judged.model, people.height, wide.filter(pl.col("keputusan") == "OTOMATIS").height)
    duplicates, survivors = find_duplicate_rows(
        people, wide, candidates(judged, compared, _LEAST_LIKELY), judged.model, family_size
    )
    households = household_links(people, wide, registry)
    return Linkage(
        links=wide.select(
            "id_dtks", "nik_dukcapil", "keputusan", "bobot", "probabilitas", "aturan", "alasan", "penjelasan"
        ),
        households=households,
        household_status=household_status(households),
        duplicates=duplicates,
        survivors=survivors,
        corrections=propose(people, wide, judged.model.cutoffs.correction_bits),
        facts=pl.concat([certain_facts, weighed_facts], how="diagonal").sort("id_dtks"),
        model=judged.model,
        plan=compared.plan,
        calls=compared.calls,
    )


def _prepared_people(people: pl.DataFrame) -> pl.DataFrame:
    """DTKS rows with packed NIK (n) and household number (rumah)."""
    return people.with_columns(n=pl.Series(near.pack(people["nik"])), rumah=pl.Series(households_of(people)))


def _prepared_registry(registry: pl.DataFrame) -> pl.DataFrame:
    """Residents with packed NIK (n), packed KK (k, -1 for none) and the packed living NIK of the person (hidup)."""
    registry = registry.select(name for name in registry.columns if name not in _UNUSED)
    kk = near.pack(registry["no_kk"]).view(np.int64)
    packed = registry.with_columns(n=pl.Series(near.pack(registry["nik"])), k=pl.Series(np.where(kk == 0, -1, kk)))
    return packed.with_columns(hidup=_living(packed))


def _living(registry: pl.DataFrame) -> pl.Series:
    """Packed NIK of the person behind each resident: for a retired NIK the living one of the same person."""
    same = ["k", *_FACTS]
    retired = pl.col("status_penduduk") == "TIDAK_VALID"
    old = registry.filter(retired).select("n", *same)
    living = registry.select("n", "status_penduduk", *same).join(old.select("k"), on="k", how="semi").filter(~retired)
    by_person = old.join(living.group_by(same).agg(living=pl.col("n").min()), on=same).select("n", "living")
    found = registry.select("n").join(by_person, on="n", how="left", maintain_order="left")
    return found.select(hidup=pl.coalesce("living", "n").reinterpret(signed=True)).to_series()


def _exact(people: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
    """Rows that equal a resident in NIK, name, birth date and sex."""
    known = people.filter(pl.col("n") != 0).select("id_dtks", "rumah", "n", *_FACTS)
    found = known.join(registry.select("n", "hidup", "k", *_FACTS), on="n", how="inner", suffix="_r")
    same = pl.all_horizontal(pl.col(fact) == pl.col(f"{fact}_r") for fact in _FACTS)
    return found.filter(same).select("id_dtks", "rumah", "n", "hidup", "k")


def _sample(registry: pl.DataFrame) -> pl.DataFrame:
    """Some ten thousand residents, family by family, the same ones whatever the order of the registry."""
    share = max(registry.height // _SAMPLE, 1)
    some = registry.filter(pl.col("no_kk").hash(_SEED) % share == 0).sort("nik")
    return some.with_columns(husband_names(some, some))


def _levels_of_exact(
    model: LinkageModel, people: pl.DataFrame, registry: pl.DataFrame, exact: pl.DataFrame, claims: pl.DataFrame
) -> npt.NDArray[np.uint8]:
    """Levels of a sample of the rows settled at once: what true pairs look like."""
    share = max(exact.height // _SAMPLE, 1)
    some = exact.filter(pl.col("id_dtks").hash(_SEED) % share == 0).sort("id_dtks")
    rows = some.select("id_dtks").join(people, on="id_dtks", how="left", maintain_order="left")
    residents = some.select(n=pl.col("hidup").reinterpret(signed=False)).join(
        registry, on="n", how="left", maintain_order="left"
    )
    residents = residents.with_columns(pl.lit(None, pl.String).alias("nama_suami"))
    each = np.arange(rows.height)
    levels = compare(model, Sides(rows, residents), each, each)
    pairs = some.select(h="rumah", resident="hidup", k="k", own="hidup", own_k="k")
    household = next(n for n, comparison in enumerate(model.comparisons) if comparison.kind == "household")
    levels[:, household] = evidence_levels(count_relatives(claims, pairs))
    return levels


def _compare_open(
    model: LinkageModel, rows: pl.DataFrame, registry: pl.DataFrame, claims: pl.DataFrame, truth: pl.DataFrame | None
) -> Compared:
    """Find and compare the pairs of the rows that are not settled."""
    unknown = rows.select("n", "nik_tulis").with_row_index("row").join(registry.select("n"), on="n", how="anti")
    close = near_pairs(unknown["nik_tulis"], registry["nik"])
    close = close.with_columns(left=unknown["row"].gather(close["left"]))
    found = find_pairs(rows, registry, PASSES, [(NEAR, close), (FAMILY, _members(rows, claims, registry))])
    pairs = _worth_comparing(found.pairs, found.codes, registry, claims)
    named = pairs.with_columns(registry.select("n", "hidup")[pairs["right"]].get_columns())
    involved = pl.concat([named["n"], named["hidup"].reinterpret(signed=False)]).unique().sort().to_frame("n")
    residents = involved.join(registry, on="n", how="left", maintain_order="left")
    residents = residents.with_columns(husband_names(residents, registry))
    # From here on residents are numbered in the order of their NIK, whatever the order of the registry.
    pairs = named.join(involved.with_row_index("new"), on="n").sort("left", "new")
    left, right = (pairs[side].to_numpy().astype(np.int64) for side in ("left", "new"))
    sides = Sides(rows, residents)
    levels = compare(model, sides, left, right)
    person = np.searchsorted(involved["n"].to_numpy(), residents["hidup"].to_numpy().view(np.uint64))[right]
    kept = _best_of_person(bits_of(model, levels, max(registry.height, 1), 1.0).person, left, person, right)
    plan = found.plan if truth is None else _with_recall(found.plan, found.codes, pairs, rows, truth)
    return Compared(
        rows,
        residents,
        Pairs(
            left[kept],
            person[kept],
            levels[kept],
            rows["rumah"].to_numpy(),
            involved["n"].to_numpy().view(np.int64),
            residents["k"].to_numpy(),
        ),
        right[kept],
        pairs["found_by"].to_numpy()[kept],
        found.codes,
        plan,
        sides.calls,
    )


def _worth_comparing(
    pairs: pl.DataFrame, codes: tuple[str, ...], registry: pl.DataFrame, claims: pl.DataFrame
) -> pl.DataFrame:
    """Without pairs that only a shared KK suggests and whose resident a settled row is."""
    taken = registry["hidup"].is_in(claims["resident"].implode())
    family = sum(1 << codes.index(code) for code in (SAME_KK, FAMILY))
    only_family = (pl.col("found_by") | family) == family
    return pairs.filter(~(only_family & pl.Series(taken.gather(pairs["right"]))))


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


def _members(rows: pl.DataFrame, claims: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
    """Open rows beside those members of the KK of their household's others whom no settled row is."""
    links = claims.filter((pl.col("h") != -1) & (pl.col("k") != -1)).select("h", "k").unique()
    open_rows = rows.select(h="rumah").with_row_index("left").join(links, on="h", how="inner")
    members = (
        registry.select("k", resident="hidup")
        .with_row_index("right")
        .join(links.select("k").unique(), on="k", how="semi")
        .filter(pl.len().over("k") <= _LARGEST_FAMILY)
        .join(claims, on="resident", how="anti")
    )
    return open_rows.join(members, on="k", how="inner").select("left", "right")


def _with_recall(
    plan: pl.DataFrame, codes: tuple[str, ...], pairs: pl.DataFrame, rows: pl.DataFrame, truth: pl.DataFrame
) -> pl.DataFrame:
    """The plan with the share of true pairs each pass found."""
    wanted = rows.select("id_dtks").with_row_index("left").join(truth.drop_nulls(), on="id_dtks")
    wanted = wanted.select("left", n=pl.Series(near.pack(wanted["nik"])))
    hits = pairs.select("left", "n", "found_by").join(wanted, on=["left", "n"], how="semi")
    shares = [
        hits.filter(pl.col("found_by") & (1 << bit) > 0).height / max(wanted.height, 1) for bit in range(len(codes))
    ]
    whole = plan.select(
        aturan=pl.lit("SEMUA"), biaya=pl.col("biaya").sum(), pasangan=pl.lit(pairs.height, pl.Int64)
    ).head(1)
    recall = pl.Series("recall", [*shares, hits.height / max(wanted.height, 1)], dtype=pl.Float64)
    return pl.concat([plan, whole], how="diagonal").with_columns(recall)
