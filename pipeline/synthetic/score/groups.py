"""Scores groups: households and duplicates by defect class and region, clusters of rows, outcomes of rows.

Scores of pairs mislead for groups: a household of six counts six times as much as one of a single person. Belongs here:
figures per row, per cluster and per class. Does not: which link is right (`pipeline.synthetic.score.links`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.synthetic.score.figures import COUNTS, compare_keys, sum_figures
from pipeline.synthetic.score.links import decided_households, judge, with_classes
from schemas.link import DECIDED

# Outcomes of a row, from best to worst; `reports.scores` has their names for officers.
FATES = (
    "BENAR",  # linked to the right resident
    "BENAR_KOSONG",  # not in the registry, and linked to nobody
    "TINJAU_BENAR",  # the right resident is shown to a human
    "TINJAU_SALAH",  # somebody else is shown to a human, the person being in the registry
    "TINJAU_TAK_ADA",  # somebody is shown to a human, the person not being in the registry
    "TERLEWAT",  # in the registry, but nobody is shown
    "SALAH_ORANG",  # linked to somebody else, the person being in the registry
    "SALAH_TAK_ADA",  # linked to somebody, the person not being in the registry
)


@dataclass(frozen=True)
class Clusters:
    """B-cubed: mean over rows of the overlap of their found and true cluster, relative to each.

    Attributes:
        rows: rows in a found or true cluster of several; others would be trivially right.
        precision, recall, f1: over those rows; None if there are none.
    """

    rows: int
    precision: float | None
    recall: float | None
    f1: float | None


def count_fates(truth: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Number of rows per outcome: `nasib` and n, all of `FATES` in their order.

    Args:
        truth: id_dtks, nik_benar, nik_alt.
        links: id_dtks, nik_dukcapil, keputusan.
    """
    linked = judge(truth, links.filter(pl.col("keputusan").is_in(DECIDED)))
    shown = judge(truth, links.filter(keputusan="TINJAU"))
    rows = linked.select("id_dtks", "nik_benar", "tp", "fp").join(
        shown.select("id_dtks", waiting="tp", waiting_wrong="fp"), on="id_dtks"
    )
    present = pl.col("nik_benar").is_not_null()
    wrong, shown_wrong = pl.col("fp") > 0, pl.col("waiting_wrong") > 0
    nasib = (
        pl.when(wrong & present)
        .then(pl.lit("SALAH_ORANG"))
        .when(wrong)
        .then(pl.lit("SALAH_TAK_ADA"))
        .when(pl.col("tp") > 0)
        .then(pl.lit("BENAR"))
        .when(pl.col("waiting") > 0)
        .then(pl.lit("TINJAU_BENAR"))
        .when(shown_wrong & present)
        .then(pl.lit("TINJAU_SALAH"))
        .when(shown_wrong)
        .then(pl.lit("TINJAU_TAK_ADA"))
        .when(present)
        .then(pl.lit("TERLEWAT"))
        .otherwise(pl.lit("BENAR_KOSONG"))
    )
    counted = rows.group_by(nasib=nasib).agg(n=pl.len().cast(pl.Int64))
    all_fates = pl.DataFrame({"nasib": FATES})
    return all_fates.join(counted, on="nasib", how="left", maintain_order="left").with_columns(pl.col("n").fill_null(0))


def search_yields(truth: pl.DataFrame, links: pl.DataFrame, plan: pl.DataFrame) -> pl.DataFrame:
    """Cost and yield of each search for candidates.

    Args:
        truth: id_dtks, nik_benar, nik_alt.
        links: id_dtks, nik_dukcapil, aturan (the rules that found the pair); pairs added by a human have no rule.
        plan: `link/rencana`: aturan, biaya, pasangan.

    Returns:
        aturan, biaya, pasangan, ketemu (registered persons whose right resident it found) and recall (their share); a
        last row SEMUA. Rows identical to a resident need no search (PERSIS).
    """
    present = truth.filter(pl.col("nik_benar").is_not_null())
    right = judge(present, links).filter(pl.col("tp") > 0)
    found = links.join(right, on="id_dtks", how="semi").select("id_dtks", "aturan").explode("aturan").drop_nulls()
    by_rule = found.group_by("aturan").agg(ketemu=pl.col("id_dtks").n_unique().cast(pl.Int64)).sort("aturan")
    costs = plan.filter(pl.col("aturan") != "SEMUA").select("aturan", "biaya", "pasangan")
    table = costs.join(by_rule, on="aturan", how="full", coalesce=True, maintain_order="left_right")
    total = pl.DataFrame({"aturan": ["SEMUA"], "ketemu": [found["id_dtks"].n_unique()]})
    joined = pl.concat([table, total.cast({"ketemu": pl.Int64})], how="diagonal")
    return joined.with_columns(pl.col("ketemu").fill_null(0)).with_columns(
        recall=pl.when(present.height > 0).then(pl.col("ketemu") / present.height)
    )


def score_clusters(truth: pl.DataFrame, members: pl.DataFrame) -> Clusters:
    """B-cubed figures of the duplicates.

    Args:
        truth: id_dtks and pid (the person).
        members: id_dtks and ganda_dari (the row that survives of a cluster).
    """
    rows = truth.select("id_dtks", "pid").join(
        members.select("id_dtks", found=pl.coalesce("ganda_dari", "id_dtks")), on="id_dtks"
    )
    sized = rows.with_columns(
        both=pl.len().over("pid", "found"), true=pl.len().over("pid"), found_size=pl.len().over("found")
    ).filter((pl.col("true") > 1) | (pl.col("found_size") > 1))
    precision, recall = sized.select(
        (pl.col("both") / pl.col("found_size")).mean(), recall=(pl.col("both") / pl.col("true")).mean()
    ).row(0)
    known = sized.height > 0
    return Clusters(sized.height, precision, recall, 2 * precision * recall / (precision + recall) if known else None)


def household_statuses(truth: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Confusion matrix of household statuses: status (true), terbit (published), n; null if a side lacks the household.

    Args:
        truth: hh and status.
        families: no_kk and status_keluarga.
    """
    published = families.select(hh="no_kk", terbit="status_keluarga")
    both = truth.select("hh", "status").join(published, on="hh", how="full", coalesce=True)
    return both.group_by("status", "terbit").agg(n=pl.len().cast(pl.Int64)).sort("status", "terbit", nulls_last=True)


def household_pairs(truth: pl.DataFrame, links: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Every pair of stated household and KK that is right, wrong or missing: hh, kk, tp, fp, fn.

    Args:
        truth: hh, kk_registri, kk_wajib.
        links: id_keluarga, no_kk_dukcapil, keputusan.
        families: id_keluarga, no_kk.
    """
    pair = ["hh", "kk"]
    allowed, wanted = (
        truth.select("hh", kk=column).explode("kk").drop_nulls().unique() for column in ("kk_registri", "kk_wajib")
    )
    marked = compare_keys(allowed, decided_households(links, families), pair)
    with_wanted = marked.join(wanted.with_columns(wanted=True), on=pair, how="left")
    missed = pl.when("wanted").then("fn").otherwise(0)
    return with_wanted.select(*pair, "tp", "fp", fn=missed).filter(pl.sum_horizontal(COUNTS) > 0)


def households_by(pairs: pl.DataFrame, truth: pl.DataFrame, by: str) -> pl.DataFrame:
    """Figures of household pairs per class of their members (`kelas`) or region (`kode_kab`); largest first.

    Args:
        pairs: as `household_pairs` returns them.
        truth: persons with hh, kelas and kode_kab. A pair counts once for every class of its members, and in the region
            of most members.
        by: kelas or kode_kab.
    """
    stated = truth.filter(pl.col("hh").is_not_null())
    if by == "kelas":
        keyed = with_classes(stated).select("hh", "kelas").unique()
    else:
        counted = stated.group_by("hh", "kode_kab").len().sort("hh", "len", "kode_kab", descending=[False, True, False])
        keyed = counted.unique("hh", keep="first", maintain_order=True).select("hh", "kode_kab")
    return _largest_first(pairs.join(keyed, on="hh", how="left"), by)


def duplicates_by(pairs: pl.DataFrame, persons: pl.DataFrame, by: str) -> pl.DataFrame:
    """Figures of duplicate pairs per class (`kelas`) or region (`kode_kab`) of their rows; largest first.

    Args:
        pairs: as `pipeline.synthetic.score.links.duplicate_pairs` returns them.
        persons: id_dtks, kelas and kode_kab. A pair counts once for every class or region that one of its rows has.
        by: kelas or kode_kab.
    """
    values = (with_classes(persons) if by == "kelas" else persons).select("id_dtks", by)
    sides = pl.concat([pairs.join(values, left_on=side, right_on="id_dtks", how="left") for side in ("one", "two")])
    return _largest_first(sides.unique(["one", "two", by]), by)


def _largest_first(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    return sum_figures(rows, by).sort("n", by, descending=[True, False])
