"""Scores beyond pairs: outcomes of rows, clusters, groups, curve, calibration, expected errors.

Uses the tables of `scored`, so that every figure can be counted by hand.
"""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.synthetic.score.corrections import score_corrections
from pipeline.synthetic.score.curve import calibration_bins, decision_points, precision_recall_curve, score_mistakes
from pipeline.synthetic.score.figures import Share
from pipeline.synthetic.score.groups import (
    FATES,
    count_fates,
    duplicates_by,
    household_pairs,
    household_statuses,
    households_by,
    score_clusters,
    search_yields,
)
from pipeline.synthetic.score.links import duplicate_pairs
from tests.unit.synthetic.scored import (
    CERTAIN,
    CORRECTIONS,
    FAMILIES,
    FAMILY_LINKS,
    FOUND_PAIRS,
    HOUSEHOLDS,
    LINKS,
    MEMBERS,
    PAIRS,
    PERSONS,
    PLAN,
)

ACCEPTED = PERSONS.filter(harap="TERIMA")
COUNTS = ("n", "tp", "fp", "fn")


def test_every_row_has_one_fate() -> None:
    met = {"BENAR": 3, "TINJAU_BENAR": 1, "TINJAU_TAK_ADA": 1, "SALAH_ORANG": 1, "SALAH_TAK_ADA": 1}
    assert dict(count_fates(CERTAIN, LINKS).iter_rows()) == dict.fromkeys(FATES, 0) | met
    nobody = LINKS.head(0)
    untouched = dict(count_fates(CERTAIN, nobody).iter_rows())
    assert untouched["TERLEWAT"] == 5
    assert untouched["BENAR_KOSONG"] == 2
    shown = LINKS.filter(id_dtks="d").with_columns(keputusan=pl.lit("TINJAU"))
    assert dict(count_fates(CERTAIN, shown).iter_rows())["TINJAU_SALAH"] == 1


def test_rules_tell_what_they_cost_and_whom_they_found() -> None:
    # Of the five persons in the registry a, c and g are found by NIK, g by KK as well, b by an officer; d by nobody.
    table = search_yields(CERTAIN, LINKS, PLAN)
    assert table.with_columns(pl.col("recall").round(3)).rows() == [
        ("NIK", 12, 10, 3, 0.6),
        ("KK", 9, 8, 1, 0.2),
        ("PETUGAS", None, None, 1, 0.2),
        ("SEMUA", None, None, 4, 0.8),
    ]


def test_clusters_are_judged_row_by_row() -> None:
    # Found {a b} {e f}, true {a b} {c d}: c and d each lack half of their cluster, e and f each have half too much.
    found = score_clusters(ACCEPTED, MEMBERS)
    assert found.rows == 6
    assert found.precision == pytest.approx(5 / 6)
    assert found.recall == pytest.approx(5 / 6)
    assert found.f1 == pytest.approx(5 / 6)


def test_without_clusters_there_is_no_figure() -> None:
    alone = MEMBERS.filter(pl.col("id_dtks").is_in(["a", "g"]))
    assert score_clusters(ACCEPTED.filter(pl.col("id_dtks").is_in(["a", "g"])), alone).f1 is None


def test_households_by_class_and_region() -> None:
    pairs = household_pairs(HOUSEHOLDS, FAMILY_LINKS, FAMILIES)
    assert pairs.sort("hh", "kk").rows() == [
        ("h1", "k1", 1, 0, 0),
        ("h1", "k2", 0, 0, 1),
        ("h2", "k3", 1, 0, 0),
        ("h2", "k9", 0, 1, 0),
        ("h3", "k4", 0, 0, 1),
    ]
    regions = households_by(pairs, ACCEPTED, "kode_kab")
    assert regions.select("kode_kab", *COUNTS).rows() == [("3604", 4, 2, 1, 1), ("3673", 1, 0, 0, 1)]
    classes = households_by(pairs, ACCEPTED, "kelas")
    assert classes.filter(kelas="BERSIH").select(COUNTS).rows() == [(2, 1, 0, 1)]
    assert classes.filter(kelas="NIK_ORANG_LAIN").select(COUNTS).rows() == [(2, 1, 1, 0)]


def test_true_statuses_stand_beside_the_published_ones() -> None:
    assert household_statuses(HOUSEHOLDS, FAMILIES).rows() == [
        ("PECAH", "PECAH", 1),
        ("TIDAK_PADAN", "SEBAGIAN", 1),
        ("UTUH", None, 1),
        (None, "UTUH", 1),
    ]


def test_duplicates_by_class_and_region() -> None:
    pairs = duplicate_pairs(PAIRS, FOUND_PAIRS)
    regions = duplicates_by(pairs, ACCEPTED, "kode_kab")
    assert regions.select("kode_kab", *COUNTS).rows() == [("3604", 2, 1, 0, 1), ("3673", 1, 0, 1, 0)]
    classes = duplicates_by(pairs, ACCEPTED, "kelas")
    # Both rows of e and f are of one class; the pair counts once there.
    assert classes.filter(kelas="TAK_TERDAFTAR").select(COUNTS).rows() == [(1, 0, 1, 0)]


def test_the_curve_falls_weight_by_weight() -> None:
    points = precision_recall_curve(CERTAIN, LINKS)
    assert points.select("bobot", *COUNTS).rows() == [
        (30.0, 1, 1, 0, 4),
        (25.0, 3, 2, 1, 3),
        (20.0, 4, 2, 2, 3),
        (15.0, 5, 3, 2, 2),
        (10.0, 6, 3, 3, 2),
    ]


def test_a_long_curve_is_thinned_and_keeps_its_end() -> None:
    many = pl.DataFrame({"id_dtks": [f"r{n}" for n in range(1_000)], "nik_benar": ["1"] * 1_000})
    truth = many.with_columns(nik_alt=pl.lit(None, pl.String))
    links = many.select(
        "id_dtks", nik_dukcapil="nik_benar", keputusan=pl.lit("OTOMATIS"), bobot=pl.int_range(1_000) / 10
    )
    points = precision_recall_curve(truth, links)
    assert 150 < points.height <= 201
    assert points.row(-1, named=True)["n"] == 1_000


def test_the_decisions_are_marked() -> None:
    marks = decision_points(CERTAIN, LINKS)
    assert marks.select("cara", "bobot", *COUNTS).rows() == [
        ("OTOMATIS", 20.0, 4, 2, 2, 3),
        ("SEMUA", 10.0, 6, 3, 3, 2),
    ]


def test_calibration_counts_what_is_right_in_each_bin() -> None:
    bins = calibration_bins(ACCEPTED, LINKS)
    actual = {row["dari"]: (row["n"], round(row["dikira"], 3), row["benar"]) for row in bins.iter_rows(named=True)}
    assert actual == {
        0.15: (1, 0.2, 0.0),
        0.5: (1, 0.5, 1.0),
        0.7: (1, 0.8, 1.0),
        0.85: (2, 0.9, 1.0),
        0.95: (2, 0.965, 0.0),
        0.999: (1, 1.0, 1.0),
    }
    assert bins.filter(dari=0.85)["galat"].item() == pytest.approx((2 * 0.9 * 0.1) ** 0.5 / 2)
    assert bins.filter(dari=0.999)["sampai"].item() == 1.0


def test_expected_mistakes_stand_beside_the_true_ones() -> None:
    found = score_mistakes(ACCEPTED, LINKS)
    assert found.expected.linked == 5
    assert found.expected.wrong == pytest.approx(0.27)
    assert found.expected.wrong_share == pytest.approx(0.27 / 5)
    assert found.expected.missed_share == pytest.approx(1.5 / (5 - 0.27 + 1.5))
    assert found.wrong == Share(2, 5)
    assert found.missed == Share(3, 6)


def test_nothing_linked_lets_expect_nothing() -> None:
    expected = score_mistakes(ACCEPTED, LINKS.head(0)).expected
    assert expected.wrong_share is None
    assert expected.missed_share is None


def test_corrections_are_judged_with_the_wrong_ones_per_million_rows() -> None:
    table = score_corrections(ACCEPTED, CORRECTIONS)
    nik, kk = table.iter_rows(named=True)
    # To be corrected: b (15 digits), c (a retired NIK), d (somebody else's), g (blank); x and y are undecidable.
    assert (nik["usulan"], nik["benar"], nik["salah"], nik["dapat"], nik["dibetulkan"]) == (3, 2, 1, 4, 2)
    assert nik["salah_per_juta"] == pytest.approx(1e6 / ACCEPTED.height)
    assert nik["bagian"] == 0.5
    assert (kk["usulan"], kk["benar"], kk["salah"], kk["dapat"], kk["dibetulkan"]) == (2, 1, 1, 2, 1)


def test_without_proposals_nothing_is_wrong_and_nothing_corrected() -> None:
    nothing = score_corrections(ACCEPTED, CORRECTIONS.head(0))
    assert nothing["salah"].to_list() == [0, 0]
    assert nothing["bagian"].to_list() == [0.0, 0.0]
