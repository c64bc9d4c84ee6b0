"""When a link is proposed, and when it is certain enough to overwrite a number."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.matching.model.file import load_model
from pipeline.matching.outcome.corrections import is_safe, propose_corrections
from pipeline.matching.outcome.results import is_worth_showing

CUTOFFS = load_model().cutoffs
SURE = {"selisih": 8.0, "jarak": 6.0, "dua_nama": False, "nomor_lain": False, "sengketa": False, "nama_lain": False}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"selisih": 7.9}, False),
        ({"jarak": 5.9}, False),
        ({"sengketa": True}, False),
        ({"sengketa": True, "selisih": 13.9, "jarak": 10.0}, False),
        ({"sengketa": True, "selisih": 14.0, "jarak": 9.9}, False),
        ({"sengketa": True, "selisih": 14.0, "jarak": 10.0}, True),
        ({"nama_lain": True}, False),
        # A whole number unlike the resident's, of a row born on another day.
        ({"nomor_lain": True, "selisih": 13.9}, False),
        ({"nomor_lain": True, "selisih": 14.0}, True),
        ({"nomor_lain": True, "jarak": 10.0}, True),
        # Names alike and yet two.
        ({"dua_nama": True, "jarak": 9.9}, False),
        ({"dua_nama": True, "jarak": 10.0}, True),
    ],
)
def test_the_stranger_the_number_the_surer_the_link_must_be(change: dict[str, object], *, expected: bool) -> None:
    assert pl.DataFrame([{**SURE, **change}]).select(aman=is_safe(CUTOFFS))["aman"].to_list() == [expected]


@pytest.mark.parametrize(
    ("decision", "chance", "expected"),
    [("TINJAU", 0.049, False), ("TINJAU", 0.05, True), ("OTOMATIS", 0.01, True)],
)
def test_whom_a_row_hardly_means_is_not_told(decision: str, chance: float, *, expected: bool) -> None:
    link = pl.DataFrame({"keputusan": [decision], "probabilitas": [chance]})
    assert link.select(is_worth_showing(CUTOFFS)).to_series().to_list() == [expected]


def test_only_decided_and_safe_links_change_a_number() -> None:
    decisions = {"1": ("OTOMATIS", True), "2": ("OTOMATIS", False), "3": ("PETUGAS", True), "4": ("TINJAU", True)}
    own, true = "3604041211870001", "3604041211870002"
    people = pl.DataFrame({"id_dtks": list(decisions), "nik": own, "nik_asal": own, "no_kk": own, "no_kk_asal": own})
    links = [
        {"nik_dukcapil": true, "no_kk_dukcapil": own, "keputusan": decision, "aman": sure}
        for decision, sure in decisions.values()
    ]
    result = propose_corrections(
        people.with_columns(kode_kab=pl.lit("3604")),
        pl.DataFrame(links).with_columns(alasan=pl.lit(["X"]), selisih=9.0),
    )
    assert result.select("id_dtks", "kolom", "nilai_usulan").rows() == [("1", "nik", true), ("3", "nik", true)]
