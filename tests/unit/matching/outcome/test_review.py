"""Effects of officers' answers on links."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.matching.outcome.review import (
    DECISIONS,
    apply_decisions,
    apply_decisions_in_parts,
    decided_pairs,
    pairs_to_review,
)

LINK = {"bobot": 5.0, "probabilitas": 0.7, "aturan": ["NIK"], "alasan": ["NAMA_BEDA"], "penjelasan": "Nama berbeda."}


def _links(*pairs: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame([{"id_dtks": a, "nik_dukcapil": b, "keputusan": c, **LINK} for a, b, c in pairs])


def _answers(*answers: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame([(a, b, c, "Sari", None, None) for a, b, c in answers], schema=DECISIONS, orient="row")


def _verdicts(links: pl.DataFrame) -> list[tuple[str, str, str]]:
    return links.select("id_dtks", "nik_dukcapil", "keputusan").rows()


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], [("1", "A", "TINJAU"), ("2", "B", "OTOMATIS")]),
        ([("1", "A", "SAMA")], [("1", "A", "PETUGAS"), ("2", "B", "OTOMATIS")]),
        ([("1", "A", "BEDA")], [("1", "A", "DITOLAK"), ("2", "B", "OTOMATIS")]),
        ([("1", "A", "TIDAK TAHU")], [("1", "A", "TINJAU"), ("2", "B", "OTOMATIS")]),
        # A human overrules the machine.
        ([("2", "B", "BEDA")], [("1", "A", "TINJAU"), ("2", "B", "DITOLAK")]),
        # Two rows may be one person listed twice: a decision about one takes nothing from the other.
        ([("1", "B", "SAMA")], [("1", "A", "DITOLAK"), ("1", "B", "PETUGAS"), ("2", "B", "OTOMATIS")]),
        # The last answer counts.
        ([("1", "A", "BEDA"), ("1", "A", "SAMA")], [("1", "A", "PETUGAS"), ("2", "B", "OTOMATIS")]),
        ([("1", "A", "BEDA"), ("1", "A", "BATAL")], [("1", "A", "TINJAU"), ("2", "B", "OTOMATIS")]),
        # A row is one person: the last one whom it was said to be.
        ([("1", "B", "SAMA"), ("1", "A", "SAMA")], [("1", "A", "PETUGAS"), ("2", "B", "OTOMATIS")]),
        (
            [("1", "B", "SAMA"), ("1", "A", "SAMA"), ("1", "A", "BATAL")],
            [("1", "A", "TINJAU"), ("2", "B", "OTOMATIS")],
        ),
        # An answer that was replaced is gone for good; one given anew counts.
        (
            [("1", "A", "BEDA"), ("1", "A", "SAMA"), ("1", "B", "SAMA"), ("1", "B", "BATAL")],
            [("1", "A", "TINJAU"), ("2", "B", "OTOMATIS")],
        ),
        ([("1", "A", "SAMA"), ("1", "B", "SAMA"), ("1", "A", "SAMA")], [("1", "A", "PETUGAS"), ("2", "B", "OTOMATIS")]),
    ],
)
def test_an_answer_overrules_the_machine(answers: list[tuple[str, str, str]], expected: list[tuple[str, str, str]]):
    links = _links(("1", "A", "TINJAU"), ("2", "B", "OTOMATIS"))
    assert _verdicts(apply_decisions(links, _answers(*answers))) == expected
    assert _verdicts(pl.concat(apply_decisions_in_parts(links.iter_slices(1), _answers(*answers)))) == expected


def test_answers_about_rows_without_any_link_are_kept_wherever_they_stand():
    answers = _answers(("0", "A", "SAMA"), ("2", "B", "BEDA"), ("9", "C", "SAMA"))
    links = _links(("1", "A", "TINJAU"), ("3", "D", "OTOMATIS"))
    for parts in ([links], list(links.iter_slices(1)), [links.clear(), links], [links.clear()]):
        applied = pl.concat(apply_decisions_in_parts(parts, answers))
        assert_frame_equal(applied, apply_decisions(pl.concat(parts), answers))


def test_the_sentence_says_that_a_human_decided():
    decided = apply_decisions(_links(("1", "A", "TINJAU")), _answers(("1", "A", "SAMA")))
    assert decided["penjelasan"].to_list() == ["Petugas memutuskan orangnya sama."]
    assert decided["alasan"].to_list() == [["DIPUTUSKAN_SAMA"]]


def test_only_open_pairs_are_asked_strongest_first():
    facts = ("nama", "tanggal_lahir", "jenis_kelamin", "no_kk", "nama_ibu_kandung", "tempat_lahir", "alamat")
    statuses = {"1": "TINJAU", "2": "PADAN", "3": "TINJAU", "4": "TINJAU"}
    people = pl.DataFrame(
        {"id_dtks": n, "nik_asal": n, "kode_desa": "x", "status_padan": status, **dict.fromkeys(facts, n)}
        | {"no_kk": None if n == "1" else n, "no_kk_asal": f"tertulis {n}"}
        for n, status in statuses.items()
    )
    registry = pl.DataFrame([{"nik": n, "status_penduduk": "HIDUP", **dict.fromkeys(facts, n)} for n in "ABCD"])
    links = _links(("1", "A", "TINJAU"), ("2", "B", "OTOMATIS"), ("3", "C", "TINJAU"), ("4", "D", "OTOMATIS"))
    # Who else a row may be stands below whom it is likeliest; what an officer placed since is not asked about again.
    rivals = pl.DataFrame({"id_dtks": ["3", "3", "2"], "nik_dukcapil": ["A", "C", "A"], "bobot": [1.5, 2.0, 0.5]})
    asked = pairs_to_review(links.with_columns(bobot=pl.Series([1.0, 9.0, 2.0, 8.0])), rivals, people, registry)
    # The person of row 4 is known; the number proposed for it is what a human must see.
    assert asked.select("id_dtks", "nama_dtks", "nama_dukcapil").rows() == [
        ("4", "4", "D"),
        ("3", "3", "C"),
        ("3", "3", "A"),
        ("1", "1", "A"),
    ]
    assert asked["bobot"].to_list() == [8.0, 2.0, 1.5, 1.0]
    # Both who may be A name each other.
    assert asked["baris_lain"].to_list() == [None, None, "1", "3"]
    assert asked["no_kk_dtks"].to_list() == ["4", "3", "3", "tertulis 1"]
    message = _answers(
        ("1", "A", "SAMA"), ("2", "B", "BEDA"), ("2", "A", "SAMA"), ("2", "A", "BATAL"), ("9", "A", "BEDA")
    )
    decided = decided_pairs(message, asked, links, people, registry)
    # What waits anyway, was withdrawn or is about a row that is gone is not listed as decided.
    assert decided.select("id_dtks", "nik_dukcapil", "nama_dtks").rows() == [("2", "B", "2")]
    assert (decided.columns, decided["bobot"].to_list()) == (asked.columns, [5.0])
    # What was decided before the run was not weighed in it.
    by_officer = links.with_columns(aturan=pl.lit(["PETUGAS"]))
    assert decided_pairs(message, asked, by_officer, people, registry)["bobot"].to_list() == [None]
