from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from pipeline.matching.outcome.waterfall import Example, Step
from pipeline.places import Places
from pipeline.synthetic.score.evaluate import Scores, score
from reports.evaluation import Axis, precision_recall_chart, reliability_chart, render_evaluation, waterfall_bars
from tests.unit.synthetic.scored import A, write_scored_run

STEPS = [Step("NIK", "salah satu", -2.0, -2.0), Step("Nama", "sama", 10.0, 8.0), Step("Nomor KK", "lain", -3.0, 5.0)]
EXAMPLE = Example("Contoh <uji>", "OTOMATIS", 0.97, STEPS)


class _Balance(HTMLParser):
    """Counts opening and closing tags."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """A tag that closes itself opens nothing."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return write_scored_run(tmp_path)


@pytest.fixture
def scores(places: Places) -> Scores:
    return score(places)


def test_the_page_is_whole_self_contained_and_names_nobody(scores: Scores) -> None:
    page = render_evaluation(scores, [EXAMPLE])
    balance = _Balance()
    balance.feed(page)
    assert balance.open == []
    assert "Desember 2022" in page
    assert "Contoh &lt;uji&gt; (peluang 0,9700)" in page
    assert page.count("<svg") == 2 + len(STEPS)
    assert not re.search(r"\d{16}|https?://|<script", page)
    assert A not in page


def test_on_a_phone_every_figure_stands_under_the_heading_of_its_column(scores: Scores) -> None:
    page = render_evaluation(scores, [EXAMPLE])
    cards = re.findall(r'<table class="kartu">(.*?)</table>', page, re.S)
    assert len(cards) >= 6
    for head, body in (card.split("<tbody>") for card in cards):
        headings = re.findall(r"<th [^>]*>(.*?)</th>", head)[1:]
        for row in body.split("</tr>")[:-1]:
            assert re.findall(r'<td[^>]*? data-judul="([^"]*)"', row) == headings


def test_the_page_tells_every_class_and_kabupaten(scores: Scores) -> None:
    page = render_evaluation(scores, [])
    for kelas in scores.by_class["kelas"]:
        assert f'<th scope="row">{kelas}</th>' in page
    assert "KABUPATEN SERANG" in page
    assert "Bobot fakta demi fakta" not in page


def test_an_axis_ends_where_it_should_and_tells_its_ticks_apart() -> None:
    axis = Axis(0.99, 1.0, 0.0, 100.0)
    assert (axis.at(0.99), axis.at(0.995), axis.at(1.0), axis.at(0.5)) == (0.0, 50.0, 100.0, 0.0)
    assert [label for _, label in axis.ticks()] == ["99,00%", "99,25%", "99,50%", "99,75%", "100,00%"]


def test_the_curve_shows_the_neighbourhood_of_the_decisions(scores: Scores) -> None:
    chart = precision_recall_chart(scores.curve, scores.cuts)
    assert [mark.code for mark in chart.marks] == ["OTOMATIS", "SEMUA"]
    assert chart.across.low == pytest.approx(1 - (1 - scores.cuts["recall"].min()) * 1.5)  # type: ignore[operator]
    assert len(chart.lines["kurva"].split()) >= 3
    assert all(chart.up.end <= mark.y <= chart.up.start for mark in chart.marks)


def test_calibrated_probabilities_lie_on_the_diagonal() -> None:
    calibration = pl.DataFrame({"n": [10, 1000], "dikira": [0.2, 0.9], "benar": [0.2, 0.9], "galat": [0.1, 0.01]})
    chart = reliability_chart(calibration)
    for mark, (x, low, high) in zip(chart.marks, chart.bars, strict=True):
        assert mark.x == x
        assert high < mark.y < low
    assert chart.marks[1].radius > chart.marks[0].radius


def test_a_waterfall_begins_where_the_step_before_ended() -> None:
    bars = waterfall_bars(STEPS)
    # From 0 down to -2, up to 8, down to 5, on a width of 10 bits.
    assert [(bar.start, bar.width) for bar in bars] == [(0.0, 20.0), (0.0, 100.0), (70.0, 30.0)]


def test_a_page_without_any_link_can_be_made(scores: Scores, tmp_path: Path) -> None:
    nothing = scores.curve.head(0)
    chart = precision_recall_chart(nothing, scores.cuts.with_columns(precision=None, recall=None).head(0))
    assert chart.lines["kurva"] == ""
    assert chart.marks == []
