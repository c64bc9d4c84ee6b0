from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.places import Places
from pipeline.synthetic.score.evaluate import score
from reports.scores import render_text, to_json
from tests.unit.synthetic.scored import C_RETIRED, PERIODE, WRONG, A, B, C, E, G, write_scored_run


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return write_scored_run(tmp_path)


def test_text_starts_with_the_headlines_and_names_nobody(places: Places) -> None:
    text = render_text(score(places))
    lines = text.splitlines()
    assert lines[0].endswith(PERIODE)
    assert lines[3].split() == ["padan", "7", "3", "2", "2", "0,6000", "0,6000", "0,6000"]
    assert "baris yang tidak dapat diputuskan (tidak dihitung di atas): TINJAU 1, tanpa tautan 1, ditebak 1" in lines
    assert ["Realisasi", "sel", "0,4286", "12", "dari", "28"] in [line.split() for line in lines]
    assert "1 baris ditolak tanpa sebab" in lines
    assert not any(number in text for number in (A, B, C, C_RETIRED, E, G, WRONG))
    assert len({len(line) for line in lines[2:6]}) == 1  # aligned


def test_json_holds_every_field_of_the_scores(places: Places) -> None:
    scores = score(places)
    result = json.loads(to_json(scores))
    assert set(result) == set(scores.__dataclass_fields__)
    assert result["automatic"] == {"right": 2, "of": 4, "share": 0.5}
    assert result["persons"][1]["precision"] == 0.666667
    assert result["quarantine"]["wrong"][0] == {"sumber": "dtks", "kelas": "ID_GANDA", "harap": "TOLAK", "n": 1}
    assert to_json(scores) == to_json(score(places))
