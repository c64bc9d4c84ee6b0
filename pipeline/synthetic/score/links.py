"""Scores the links: persons, households and duplicates against the truth.

Belongs here: what makes a link right or wrong. Does not: reading tables (`pipeline.synthetic.score.evaluate`), and
the accounting (`pipeline.synthetic.score.accounts`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.synthetic.score.figures import Share, compare_keys, f1_of
from schemas.link import DECIDED

_CLEAN = "BERSIH"


@dataclass(frozen=True)
class Ambiguous:
    """Number of undecidable rows by outcome."""

    reviewed: int
    unlinked: int
    guessed: int


@dataclass(frozen=True)
class HouseholdScores:
    """Scores of links between households and KKs, and of household statuses."""

    precision: Share
    recall: Share
    f1: float | None
    status: Share


def judge(truth: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Mark each row of the truth as right, wrong or missed by the links.

    Args:
        truth: the rows to judge, with id_dtks, nik_benar (null: not in the registry) and nik_alt (also right).
        links: id_dtks and nik_dukcapil, one row per link taken as true.

    Returns:
        `truth` with tp (0 or 1), fp (wrong links) and fn (1 if the resident was not found); a row linked only to
        another resident has both an fp and an fn.
    """
    right = (
        (pl.col("nik_dukcapil") == pl.col("nik_benar"))
        | (pl.col("nik_dukcapil") == pl.col("nik_alt")).fill_null(value=False)
    ).fill_null(value=False)
    marks = (
        truth.select("id_dtks", "nik_benar", "nik_alt")
        .join(links.select("id_dtks", "nik_dukcapil").unique(), on="id_dtks", how="inner")
        .group_by("id_dtks")
        .agg(tp=right.any().cast(pl.Int64), fp=(~right).sum().cast(pl.Int64))
    )
    return (
        truth.join(marks, on="id_dtks", how="left", maintain_order="left")
        .with_columns(pl.col("tp", "fp").fill_null(0))
        .with_columns(fn=(pl.col("nik_benar").is_not_null() & (pl.col("tp") == 0)).cast(pl.Int64))
    )


def automatic_precision(truth: pl.DataFrame, links: pl.DataFrame) -> Share:
    """Right links among those decided without a human; arguments as for `judge`, links with keputusan."""
    judged = judge(truth, links.filter(pl.col("keputusan") == "OTOMATIS"))
    right = int(judged["tp"].sum())
    return Share(right, right + int(judged["fp"].sum()))


def review_share(truth: pl.DataFrame, members: pl.DataFrame) -> Share:
    """Share of truth rows left to a human; `members` has id_dtks and status_padan."""
    waiting = members.filter(pl.col("status_padan") == "TINJAU")
    return Share(truth.join(waiting, on="id_dtks", how="semi").height, truth.height)


def count_ambiguous(truth: pl.DataFrame, links: pl.DataFrame, members: pl.DataFrame) -> Ambiguous:
    """Count the outcomes of the ambiguous rows: an automatic link is a guess, review is right.

    Args:
        truth: the ambiguous rows, with id_dtks.
        links: id_dtks and keputusan.
        members: id_dtks and status_padan.
    """
    guessed = truth.join(links.filter(pl.col("keputusan") == "OTOMATIS"), on="id_dtks", how="semi")
    rest = truth.join(guessed, on="id_dtks", how="anti")
    in_review = pl.concat(
        [
            members.filter(pl.col("status_padan") == "TINJAU").select("id_dtks"),
            links.filter(pl.col("keputusan") == "PETUGAS").select("id_dtks"),
        ]
    )
    reviewed = rest.join(in_review, on="id_dtks", how="semi").height
    return Ambiguous(reviewed, rest.height - reviewed, guessed.height)


def with_classes(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, once per defect class in their list `kelas`; rows without defects have class BERSIH."""
    clean = pl.lit([_CLEAN], dtype=pl.List(pl.String))
    classes = pl.when(pl.col("kelas").list.len() > 0).then("kelas").otherwise(clean)
    return rows.with_columns(kelas=classes.list.unique()).explode("kelas")


def score_households(truth: pl.DataFrame, links: pl.DataFrame, families: pl.DataFrame) -> HouseholdScores:
    """Judge pairs of stated household and registry KK, and the status of the households.

    Args:
        truth: hh, kk_registri (KKs that are right), kk_wajib (those of them that must be found), status.
        links: id_keluarga, no_kk_dukcapil and keputusan.
        families: id_keluarga, no_kk (the stated household's number) and status_keluarga.

    Returns:
        Precision over the decided pairs, recall over `kk_wajib`; status over all households of either side, where a
        household on one side only counts as wrong.
    """
    found = decided_households(links, families)
    allowed, wanted = (
        truth.select("hh", kk=column).explode("kk").drop_nulls().unique() for column in ("kk_registri", "kk_wajib")
    )
    statuses = truth.select("hh", "status").join(
        families.select(hh="no_kk", status_keluarga="status_keluarga"), on="hh", how="full", coalesce=True
    )
    same = (pl.col("status") == pl.col("status_keluarga")).fill_null(value=False)
    precision = Share(found.join(allowed, on=["hh", "kk"], how="semi").height, found.height)
    recall = Share(wanted.join(found, on=["hh", "kk"], how="semi").height, wanted.height)
    return HouseholdScores(
        precision, recall, f1_of(precision, recall), Share(statuses.filter(same).height, statuses.height)
    )


def decided_households(links: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Decided pairs of stated household and registry KK: hh, kk; arguments as for `score_households`."""
    decided = links.filter(pl.col("keputusan").is_in(DECIDED)).join(families, on="id_keluarga", how="left")
    return decided.select(hh="no_kk", kk="no_kk_dukcapil").unique()


def duplicate_pairs(truth: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Unordered pairs of DTKS rows that are right, wrong or missing: one, two, tp, fp, fn.

    Args:
        truth: a and b.
        found: id_dtks_a and id_dtks_b.
    """
    return compare_keys(_unordered(truth, "a", "b"), _unordered(found, "id_dtks_a", "id_dtks_b"), ["one", "two"])


def _unordered(pairs: pl.DataFrame, a: str, b: str) -> pl.DataFrame:
    return pairs.select(one=pl.min_horizontal(a, b), two=pl.max_horizontal(a, b))
