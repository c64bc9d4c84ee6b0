from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.places import Places
from pipeline.synthetic.score.accounts import score_files, score_payments, score_quarantine, score_realisasi
from pipeline.synthetic.score.aid import score_aid, score_daily
from pipeline.synthetic.score.evaluate import ScoreError, score
from pipeline.synthetic.score.figures import Share, f1_of, sum_figures, with_ratios
from pipeline.synthetic.score.links import Ambiguous, duplicate_pairs, judge, score_households
from reports.scores import to_json
from tests.unit.synthetic.scored import (
    BY_PERIODE,
    CERTAIN,
    DAILY_MART,
    DAMAGED,
    DOUBLE,
    FAMILIES,
    FAMILY_LINKS,
    FILES,
    FOUND_PAIRS,
    HOUSEHOLDS,
    IMPROPER,
    LEDGER,
    PAIRS,
    PAYMENTS,
    PAYMENTS_MART,
    PERIODE,
    REALISASI,
    REALISASI_MART,
    REFUSED,
    TWICE,
    A,
    B,
    table,
    write,
    write_scored_run,
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return write_scored_run(tmp_path)


def line(df: pl.DataFrame, **where: str) -> dict[str, Any]:
    return df.filter(**where).row(0, named=True)


def test_persons_are_scored_beside_both_rules_in_use(places: Places) -> None:
    persons = score(places).persons.select("cara", "n", "tp", "fp", "fn", pl.col("precision", "recall", "f1").round(4))
    assert persons.rows() == [
        ("PADAN", 7, 3, 2, 2, 0.6, 0.6, 0.6),
        ("KEMENSOS", 7, 2, 1, 3, 0.6667, 0.4, 0.5),
        ("PERSIS", 7, 1, 0, 4, 1.0, 0.2, 0.3333),
    ]


def test_only_the_newest_periode_is_scored(places: Places) -> None:
    newest = to_json(score(places))
    for name, df in BY_PERIODE.items():
        key, *others = df.columns
        older = df.select(pl.col(key).reverse(), *others, periode=pl.lit("2022-06"))  # every row is wrong
        write(places.marts / name / "2022-06.parquet", older)
    assert to_json(score(places)) == newest


def test_automatic_links_review_and_ambiguous_rows_have_lines_of_their_own(places: Places) -> None:
    scores = score(places)
    assert scores.periode == PERIODE
    assert scores.automatic == Share(2, 4)
    assert scores.review == Share(2, 7)
    assert scores.ambiguous == Ambiguous(reviewed=1, unlinked=1, guessed=1)


def test_every_row_counts_in_each_of_its_classes(places: Places) -> None:
    classes = score(places).by_class
    assert classes["kelas"].to_list()[0] == "TAK_TERDAFTAR"  # the largest
    assert classes["n"].sum() == 8  # seven rows, one of them in two classes
    assert line(classes, kelas="BERSIH")["tp"] == 1
    assert {line(classes, kelas=name)["f1"] for name in ("DUA_NIK", "NAMA_EJAAN")} == {1.0}
    unregistered = line(classes, kelas="TAK_TERDAFTAR")
    assert (unregistered["precision"], unregistered["recall"], unregistered["f1"]) == (0.0, None, 0.0)
    assert unregistered["f1_kemensos"] is None  # nothing to find and nothing linked


def test_regions_are_named(places: Places) -> None:
    serang = line(score(places).by_region, kode_kab="3604")
    assert serang["nama_kab"] == "KABUPATEN SERANG"
    assert (serang["n"], serang["f1"], serang["f1_kemensos"]) == (4, 0.75, pytest.approx(4 / 7))


def test_a_row_linked_to_the_right_and_to_a_wrong_person_is_both() -> None:
    links = table({"id_dtks": pl.String, "nik_dukcapil": pl.String}, ("a", A), ("a", B), ("nobody", B))
    assert judge(CERTAIN.head(1), links).select("tp", "fp", "fn").rows() == [(1, 1, 0)]


def test_households_count_decided_pairs_only() -> None:
    scores = score_households(HOUSEHOLDS, FAMILY_LINKS, FAMILIES)
    assert scores.precision == Share(2, 3)
    assert scores.recall == Share(1, 3)
    assert scores.f1 == pytest.approx(4 / 9)
    assert scores.status == Share(1, 4)  # h2 differs, h3 is missing, h9 is surplus


def test_a_link_of_a_household_that_was_not_published_is_wrong() -> None:
    assert score_households(HOUSEHOLDS, FAMILY_LINKS, FAMILIES.head(0)).precision == Share(0, 3)


def test_duplicate_pairs_have_no_order() -> None:
    result = sum_figures(duplicate_pairs(PAIRS, FOUND_PAIRS)).drop("n").row(0, named=True)
    assert result == {"tp": 1, "fp": 1, "fn": 1, "precision": 0.5, "recall": 0.5, "f1": 0.5}


def test_quarantine_wants_one_of_two_twins_and_the_right_sheet() -> None:
    scores = score_quarantine(DAMAGED, REFUSED)
    assert scores.agreement == Share(3, 8)
    wrong = {"ID_GANDA": "TOLAK", "KK_RUSAK": "TERIMA", "KOLOM_LEBIH": "TOLAK", "NIK_KURANG": "TERIMA"}
    of_dtks = [("dtks", code, expected, 1) for code, expected in wrong.items()]
    assert scores.wrong.rows() == [*of_dtks, ("pos", "WILAYAH_EJAAN", "TERIMA", 1)]
    assert scores.without_cause == 1


def test_files_may_count_their_notes_and_nothing_else() -> None:
    scores = score_files(FILES, LEDGER)
    assert (scores.rows, scores.amounts, scores.balanced) == (Share(2, 4), Share(1, 2), Share(2, 3))


def test_cells_of_missing_and_surplus_regions_are_wrong() -> None:
    # Four regions of seven cells; of the two that both sides know, six each are equal.
    assert score_realisasi(REALISASI, REALISASI_MART) == Share(12, 28)


def test_payments_agree_fact_by_fact() -> None:
    facts = {"status_bayar": 1, "nominal": 2, "kode_desa": 1, "sumber_data": 1}
    right = {fact: Share(equal, 5) for fact, equal in facts.items()}
    assert score_payments(PAYMENTS, PAYMENTS_MART) == right


def test_findings_about_aid_are_judged_by_reason_where_the_truth_knows_of_it() -> None:
    found = score_aid(PAYMENTS, DOUBLE, IMPROPER, TWICE).select("kode", "tp", "fp", "fn")
    assert found.rows() == [
        ("NIK_TAHAP_SAMA", 1, 0, 0),
        ("KK_SAMA", 0, 1, 1),
        ("PENERIMA_MENINGGAL", 1, 1, 0),
        ("PENERIMA_PINDAH", 0, 0, 1),
        ("SEMUA", 2, 2, 2),
    ]


def test_daily_cells_of_days_that_one_side_lacks_are_wrong() -> None:
    # Seven region-days of three cells: one cell differs, and one kecamatan's day stands on two days.
    assert score_daily(PAYMENTS, DAILY_MART) == Share(14, 21)


def test_what_cannot_be_judged_has_no_ratio() -> None:
    nothing = with_ratios(pl.DataFrame({"tp": [0], "fp": [0], "fn": [0]}))
    assert nothing.select("precision", "recall", "f1").row(0) == (None, None, None)
    assert Share(0, 0).share is None
    assert f1_of(Share(0, 1), Share(0, 1)) is None
    assert f1_of(Share(0, 0), Share(1, 1)) is None


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        (lambda places: places.truth / "payments.parquet", r"payments\.parquet.*padan generate"),
        (lambda places: places.marts / "link" / "ganda" / f"{PERIODE}.parquet", r"link\.ganda.*padan run"),
        (lambda places: places.stored("staged/dukcapil", PERIODE), "Dukcapil periode 2022-12"),
    ],
)
def test_what_is_missing_is_named(places: Places, missing: Callable[[Places], Path], sentence: str) -> None:
    missing(places).unlink()
    with pytest.raises(ScoreError, match=sentence):
        score(places)


def test_an_empty_result_is_said(places: Places) -> None:
    for path in (places.marts / "cleansed" / "anggota").iterdir():
        pl.read_parquet(path).head(0).write_parquet(path)
    with pytest.raises(ScoreError, match="kosong"):
        score(places)
