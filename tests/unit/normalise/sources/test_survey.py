from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.normalise.sources.facts import Survey
from pipeline.normalise.sources.parts import ROW, Parts, find_repeated
from pipeline.normalise.sources.survey import survey
from pipeline.normalise.staging import stage, stage_parts
from schemas.extracts import EXTRACTS
from schemas.staged import STAGED
from schemas.table import split
from tests.unit.frames import frame
from tests.unit.normalise.test_staging import files_of

NIK, KK = "3604041211870001", "3604041211870009"


def extract(source: str, *rows: dict[str, Any]) -> pl.DataFrame:
    return frame(EXTRACTS[source], [{"baris": n, "berkas": f"{source}/a.csv", **row} for n, row in enumerate(rows, 2)])


def survey_rows(source: str, *rows: dict[str, Any], size: int = 2) -> Survey:
    df = extract(source, *rows)
    return survey(source, Parts(df.lazy(), size), files_of(df))


PERSON = {"nama": "SITI", "nik": NIK, "no_kk": KK}


def test_the_first_acceptable_row_of_an_id_counts_and_a_refused_one_does_not_use_it_up() -> None:
    facts = survey_rows(
        "dtks",
        {**PERSON, "id_dtks": "D1", "nama": " "},
        {**PERSON, "id_dtks": "D1"},
        {**PERSON, "id_dtks": "'D1"},
        {"nama": "SITI", "id_dtks": "D1"},
        {**PERSON, "id_dtks": None},
        {**PERSON, "id_dtks": "-"},
    )
    assert facts.repeated.to_list() == [2]
    assert facts.replaced.to_list() == []


def test_a_correction_takes_the_place_of_the_row_it_corrects_and_not_of_another_correction() -> None:
    corrected = {**PERSON, "id_dtks": "D1", "berkas": "dtks/perbaikan/b.csv"}
    facts = survey_rows("dtks", corrected, {**corrected, "nama": "SITI A"}, {**PERSON, "id_dtks": "D1"})
    assert facts.repeated.to_list() == [1, 2]
    assert facts.replaced.to_list() == [2]


def form_row(origin: int, **row: Any) -> dict[str, Any]:
    return {"berkas": "dtks/isian.csv", "asal_baris": f"dtks/a.csv##{origin}", **PERSON, **row}


FAULTY, HEALTHY = {**PERSON, "id_dtks": "D1", "nama": None}, {**PERSON, "id_dtks": "D2"}
IN_FOLDER = {"berkas": "dtks/perbaikan/b.csv"}


@pytest.mark.parametrize("folder", [{}, IN_FOLDER])
@pytest.mark.parametrize("form_first", [False, True])
def test_a_form_takes_no_id_from_another_row_in_whatever_folder_and_order(form_first: bool, folder: dict[str, str]):
    delivered = [{"baris": 2, **FAULTY}, {"baris": 3, **HEALTHY}]
    mistyped = form_row(2, id_dtks="D2", **folder)
    rows = [mistyped, *delivered] if form_first else [*delivered, mistyped]
    facts = survey_rows("dtks", *rows)
    assert facts.repeated.to_list() == [rows.index(mistyped)]
    assert facts.replaced.is_empty()


@pytest.mark.parametrize(
    ("rows", "repeated", "replaced"),
    [
        ([FAULTY, form_row(2, id_dtks="D1"), HEALTHY, form_row(9, id_dtks="D3")], [], []),
        # Its own row was accepted meanwhile.
        ([HEALTHY, form_row(2, id_dtks="D2", **IN_FOLDER)], [0], [0]),
        ([HEALTHY, HEALTHY, form_row(3, id_dtks="D2", **IN_FOLDER)], [1, 2], []),
        # Whose row had the ID comes before who mistyped it; two forms for one row, the one to correct the other.
        ([form_row(9, id_dtks="D1"), FAULTY, form_row(3, id_dtks="D1")], [0], []),
        ([form_row(9, id_dtks="D3", **IN_FOLDER), form_row(9, id_dtks="D3")], [1], []),
        # A list in the folder of corrections takes the ID from anyone, which is to be told where it was mistyped.
        ([{**HEALTHY, **IN_FOLDER}, HEALTHY, form_row(9, id_dtks="D2")], [1, 2], [1]),
    ],
    ids=["own and new IDs", "accepted origin", "repeated origin", "owner first", "two forms", "list of corrections"],
)
def test_a_form_stands_in_the_place_of_its_own_row(
    rows: list[dict[str, Any]], repeated: list[int], replaced: list[int]
) -> None:
    facts = survey_rows("dtks", *rows)
    assert (facts.repeated.to_list(), facts.replaced.to_list()) == (repeated, replaced)


def test_a_form_takes_no_number_of_an_order_from_another_payee() -> None:
    order = {"berkas": "pos/PKH tahap 1 2022.csv", "nik": NIK, "no_danom": "D1"}
    other = f"{NIK[:-1]}2"
    of_form = {**order, "berkas": "pos/isian PKH tahap 1 2022.csv", "nik": other}
    rows = [
        {**of_form, "asal_baris": "pos/c.csv##9"},
        {**order, "berkas": "pos/PKH tahap 2 2022.csv", "nik": other},
        order,
        # An order issued anew, with the number of the row that was refused or that its payee had before.
        {**order, "no_danom": "D2"}, {**order, "no_danom": "D2", "nik": None},
        {**of_form, "no_danom": "d2", "asal_baris": f"{order['berkas']}##6"},
        {**order, "no_danom": "D3"}, {**order, "no_danom": "D3", "nik": other},
        {**of_form, "no_danom": "D3", "asal_baris": "pos/c.csv##9"},
        {**of_form, "no_danom": "D4", "asal_baris": "pos/c.csv##9"}, {**order, "no_danom": None},
    ]  # fmt: skip
    assert survey_rows("pos", *rows).repeated.to_list() == [0]


@pytest.mark.parametrize(
    ("delivered", "stated", "taken"),
    [
        ({"nik": NIK, "nama": "SITI"}, {"nik": "-", "nama": "BUDI"}, True),
        ({"nik": NIK, "nama": "SITI"}, {"nik": None, "nama": None}, True),
        ({"nik": NIK, "nama": "SITI"}, {"nik": None, "nama": "Hj. Siti"}, False),
        ({"nik": None, "nama": "SITI"}, {"nik": NIK, "nama": "SITI"}, False),
        ({"nik": None, "nama": "SITI"}, {"nik": NIK, "nama": "BUDI"}, True),
        ({"nik": NIK, "nama": "SITI"}, {"nik": NIK, "nama": "BUDI"}, False),
    ],
)
def test_where_one_has_no_nik_payees_are_told_apart_by_name(
    delivered: dict[str, str | None], stated: dict[str, str | None], taken: bool
) -> None:
    order = {"berkas": "pos/PKH tahap 1 2022.csv", "no_danom": "D1"}
    of_form = {**order, "berkas": "pos/isian PKH tahap 1 2022.csv", "asal_baris": "pos/c.csv##9"}
    assert survey_rows("pos", {**order, **delivered}, {**of_form, **stated}).repeated.to_list() == [1] * taken


def test_one_nik_copied_over_a_family_but_not_one_person_listed_twice() -> None:
    other, third, fourth = f"{NIK[:-1]}2", f"{NIK[:-1]}3", f"{NIK[:-1]}4"
    rows = [
        (NIK, KK, "BUDI"), (f"'{NIK}", KK, "SITI"),
        (NIK, f"{KK[:-1]}8", "AGUS"),  # another family: a shared NIK, not a copied one
        (other, KK, "ANI"), (third, KK, "DEWI"), (third, KK, "HJ. DEWI"), (None, KK, "EKO"), (None, KK, "IKA"),
        (fourth, None, "UJANG"), (fourth, None, "ASEP"),
    ]  # fmt: skip
    facts = survey_rows("dtks", *({"nik": nik, "no_kk": kk, "nama": name} for nik, kk, name in rows))
    assert facts.copied.to_list() == [0, 1]


def test_of_equal_nik_the_first_resident_is_kept_and_no_number_is_no_repetition() -> None:
    rows = ({"nama": "SITI", "nik": nik} for nik in (NIK, f"{NIK}.0", None, "123", "123"))
    assert survey_rows("dukcapil", *rows).repeated.to_list() == [1]


def test_a_nik_belongs_to_the_first_resident_with_a_name_and_not_to_whom_a_form_mistyped() -> None:
    faulty, healthy = {"baris": 2, "nik": NIK}, {"baris": 3, "nik": f"{NIK[:-1]}2", "nama": "BUDI"}
    of_form = {"berkas": "dukcapil/perbaikan/isian.csv", "asal_baris": "dukcapil/a.csv##2", "nama": "SITI"}
    mistyped, right = {**of_form, "nik": healthy["nik"]}, {**of_form, "nik": NIK}
    assert survey_rows("dukcapil", mistyped, faulty, healthy).repeated.to_list() == [0]
    assert survey_rows("dukcapil", faulty, healthy, right).repeated.is_empty()


def test_a_day_most_residents_share_is_a_change_of_the_register() -> None:
    days = [*["01-06-2022", "01/06/2022"] * 6, *["02-06-2022"] * 8]
    facts = survey_rows("dukcapil", *({"nik": NIK, "tgl_ubah": day} for day in days))
    assert facts.usual_change.rows() == [("dukcapil/a.csv", date(2022, 6, 1))]


@pytest.mark.parametrize("size", [1, 3])
def test_the_day_of_a_death_stands_in_an_answer_about_a_single_resident(size: int) -> None:
    row = {"nama": "SITI", "no_kk": KK, "status": "MATI", "tgl_ubah": "20-09-2022"}
    rows = extract("dukcapil", *({**row, "nik": f"{NIK[:-1]}{n}"} for n in range(1, size + 1)))
    staged = stage("dukcapil", rows, files_of(rows), "2022-12")
    assert staged.select("status_penduduk", "tanggal_status").rows() == [("MATI", date(2022, 9, 20))] * size


@pytest.mark.parametrize("size", [1, 3, 100])
def test_repeated_keys_are_found_over_the_disk_as_in_memory(size: int) -> None:
    keys = pl.DataFrame({ROW: range(400), "k": [str(n % 397) for n in range(400)], "n": [None] * 400})
    keys = keys.with_columns(pl.col("n").cast(pl.String))
    parts = Parts(pl.LazyFrame({"rusak": [None] * 400}), size)
    chunks = (keys.slice(first, 50) for first in range(0, 400, 50))
    found, none = find_repeated(chunks, ("k", "n"), parts)
    assert found.to_list() == [0, 1, 2, 397, 398, 399]
    assert none.is_empty()


def test_lines_that_are_no_rows_are_passed_over_and_still_counted() -> None:
    df = extract("dtks", {"nama": "A"}, {"rusak": "KOLOM_KURANG"}, {"nama": "B"}, {"nama": "C"})
    read = list(Parts(df.lazy(), 2).map(lambda part: part, "nama"))
    assert pl.concat(read).select("nama", ROW).rows() == [("A", 0), ("B", 2), ("C", 3)]


def mixed_rows(source: str) -> pl.DataFrame:
    """Rows that depend on facts in other parts."""
    rows: list[dict[str, Any]] = [
        {
            "berkas": f"{source}/{'perbaikan/' if n % 11 == 0 else ''}{n % 3}.csv",
            "id_dtks": f"D{n % 23}", "nik": f"36040412118700{n % 19:02d}", "no_kk": KK, "nama": f"SITI {'AB'[n % 2]}",
            "kecamatan": "KRAMATWATU", "desa": "HARJATANI", "tgl_ubah": "01-06-2022", "no_danom": str(n),
            "batch": f"B{n % 2}", "program": "PKH" if n > 30 else None, "tahun": "2022", "tahap": "1",
            "tgl_bayar": f"{n % 28 + 1:02d}-09-2022", "nominal": "300000", "tgl_transfer": "01-09-2022",
            "kode_wilayah": "3604", "kpm_alokasi": "1", "periode_laporan": "2022-09", "id_pendamping": "P",
            "rusak": "KOLOM_KURANG" if n % 17 == 5 else None,
        }
        for n in range(40)
    ]  # fmt: skip
    return extract(source, *rows)


@pytest.mark.parametrize("source", STAGED)
def test_the_size_of_a_part_changes_nothing(source: str) -> None:
    rows = mixed_rows(source)
    whole = stage(source, rows, files_of(rows), "2022-12")
    assert whole.height == rows["rusak"].null_count()
    parts = pl.concat(stage_parts(source, Parts(rows.lazy(), 26), files_of(rows), "2022-12"))
    assert parts.equals(whole)
    assert split(parts, STAGED[source])[0].equals(split(whole, STAGED[source])[0])
    few = rows.head(2)
    singly = pl.concat(stage_parts(source, Parts(few.lazy(), 1), files_of(few), "2022-12"))
    assert singly.equals(stage(source, few, files_of(few), "2022-12"))
