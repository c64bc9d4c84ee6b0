"""A correction applies to its own month, and later only to the same faulty row; it brings nobody back."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.extracts.files.ledger import build_ledger, describe_snapshot, with_corrected_months
from pipeline.extracts.read import read_source
from pipeline.normalise.sources.outdated import find_outdated, refuse_outdated
from pipeline.normalise.staging import stage
from pipeline.quality.findings import quarantine, refusal_reasons
from schemas.staged import STAGED
from schemas.table import split

HEADER = {
    "dtks": "ID DTKS|KABUPATEN/KOTA|NIK|NAMA|BANSOS PKH|ASAL BARIS",
    "dukcapil": "Nomor KK|Kelamin|NIK|Nama Penduduk|Tanggal Lahir|ASAL BARIS",
}
WRONG, RIGHT, OTHER = "3604055207920001", "3604051207920003", "3604051207920009"


def write_file(raw: Path, name: str, *rows: str) -> None:
    file = raw / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([HEADER[name.split("/", maxsplit=1)[0]], *rows]) + "\n")


def row(number: int, nik: str, pkh: str = "YA", name: str = "BUDI", origin: str = "") -> str:
    return f"{number}|SERANG|{nik}|{name}|{pkh}|{origin}"


def run_month(raw: Path, month: str, source: str = "dtks") -> tuple[dict[str, str], list[tuple[str, str, bool]], str]:
    """ID → NIK (residents: NIK → name) of the accepted rows, the refused rows, and the notes on files."""
    ledger, store = raw.parent / "ledger.parquet", raw.parent / "store"
    known = pl.read_parquet(ledger) if ledger.exists() else pl.DataFrame(schema={"sha256": pl.String, "of": pl.String})
    files = with_corrected_months(build_ledger(raw, month), dict(known.iter_rows()))
    read = files.filter(sumber=source, status_berkas="DIBACA")
    rows = read_source(raw, files, source)
    store.mkdir(exist_ok=True)
    rows.write_parquet(store / f"{month}.parquet")
    past = find_outdated(source, rows.lazy(), read, lambda month: store / f"{month}.parquet")
    marked = refuse_outdated(rows.lazy(), past).collect()
    good, failures = split(stage(source, marked.filter(pl.col("rusak").is_null()), files, month), STAGED[source])
    refused = quarantine(source, marked, refusal_reasons(source, failures), good)
    pl.concat([known, read.select("sha256", of="periode_berkas")]).unique("sha256", keep="first").write_parquet(ledger)
    assert good.height + refused.select("berkas", "baris").n_unique() == rows.height
    key, fact = ("id_dtks", "nik") if source == "dtks" else ("nik", "nama")
    refusals = sorted(refused.select("berkas", "kode", "sudah_diperbaiki").rows())
    return dict(good.select(key, fact).iter_rows()), refusals, describe_snapshot(files)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return tmp_path / "raw"


@pytest.mark.parametrize(
    ("later", "holds"),
    [
        (row(1, WRONG, pkh="TIDAK"), {"1": RIGHT}),
        (row(1, OTHER), {"1": OTHER}),
        (row(2, OTHER), {"2": OTHER}),
    ],
    ids=["the same faulty row", "another by now", "who left"],
)
def test_in_a_later_month_a_correction_without_month_replaces_the_same_faulty_row_only(
    raw: Path, later: str, holds: dict[str, str]
):
    write_file(raw, "dtks/periode=2022-12/a.psv", row(1, WRONG))
    write_file(raw, "dtks/perbaikan/b.psv", row(1, RIGHT))
    accepted, _, sentence = run_month(raw, "2022-12")
    assert accepted == {"1": RIGHT}
    assert sentence.endswith("menurut nama foldernya.")
    write_file(raw, "dtks/periode=2023-01/a.psv", later)
    accepted, refused, sentence = run_month(raw, "2023-01")
    assert accepted == holds
    assert (("dtks/perbaikan/b.psv", "PERBAIKAN_LAMA", False) in refused) == (holds != {"1": RIGHT})
    assert "Sebanyak 1 berkas perbaikan dibuat untuk bulan lain" in sentence
    # A month that is run again is corrected as before, and another correction is of the newest month.
    assert run_month(raw, "2022-12")[0] == {"1": RIGHT}
    write_file(raw, "dtks/perbaikan/c.psv", row(2, RIGHT))
    assert run_month(raw, "2023-01")[0] == holds | {"2": RIGHT}
    # Whoever lays it into the folder of a month means that month.
    write_file(raw, "dtks/periode=2023-01/perbaikan/b.psv", row(1, RIGHT))
    assert run_month(raw, "2023-01")[0] == {"1": RIGHT, "2": RIGHT} | {key: holds[key] for key in holds if key > "2"}


def test_a_correction_of_unnamed_months_is_of_the_one_it_was_first_run_with(raw: Path):
    write_file(raw, "dtks/a.psv", row(1, WRONG), row(2, WRONG))
    write_file(raw, "dtks/perbaikan/b.psv", row(1, RIGHT), row(2, RIGHT))
    assert run_month(raw, "2022-12")[0] == {"1": RIGHT, "2": RIGHT}
    write_file(raw, "dtks/a.psv", row(1, WRONG), row(2, OTHER))
    assert run_month(raw, "2023-01")[0] == {"1": RIGHT, "2": OTHER}


def test_a_month_before_that_of_the_correction_keeps_its_own_rows_too(raw: Path):
    write_file(raw, "dtks/periode=2022-12/a.psv", row(1, WRONG), row(2, OTHER))
    write_file(raw, "dtks/periode=2023-01/a.psv", row(1, WRONG), row(2, WRONG), row(3, WRONG))
    write_file(raw, "dtks/perbaikan/b.psv", *(row(number, RIGHT) for number in (1, 2, 3)))
    assert run_month(raw, "2023-01")[0] == dict.fromkeys("123", RIGHT)
    accepted, refused, result = run_month(raw, "2022-12")
    assert accepted == {"1": RIGHT, "2": OTHER}
    assert [code for _, code, _ in refused] == ["PERBAIKAN_LAMA", "PERBAIKAN_LAMA", "DIGANTI_PERBAIKAN"]
    assert "Sebanyak 1 berkas perbaikan dibuat untuk bulan lain" in result


def test_corrections_alone_are_no_snapshot_of_a_month_before_all_that_they_may_correct(raw: Path):
    write_file(raw, "dtks/periode=2022-12/a.psv", row(1, WRONG))
    write_file(raw, "dtks/perbaikan/b.psv", row(1, RIGHT))
    files = build_ledger(raw, "2022-11")
    assert files["status_berkas"].to_list() == ["DILEWATI", "DILEWATI"]
    assert files["catatan"].to_list() == ["Data bulan 2022-12; tidak dipakai untuk periode ini."] * 2
    assert find_outdated("dtks", read_source(raw, files, "dtks").lazy(), files, Path).is_empty()


@pytest.mark.parametrize("form", ["dtks/isian.psv", "dtks/perbaikan/isian.psv"])
def test_the_row_of_a_form_is_of_the_month_of_the_row_it_was_made_of(raw: Path, form: str):
    write_file(
        raw, "dtks/periode=2022-12/a.psv", row(1, WRONG, name=""), row(2, WRONG, name=""), row(3, WRONG, name="")
    )
    run_month(raw, "2022-12")
    write_file(raw, "dtks/periode=2023-01/a.psv", row(1, WRONG, name=""), row(2, OTHER))
    write_file(raw, form, *(row(n, RIGHT, origin=f"dtks/periode=2022-12/a.psv##{n + 1}") for n in (1, 2, 3)))
    accepted, refused, _ = run_month(raw, "2023-01")
    assert accepted == {"1": RIGHT, "2": OTHER}
    assert [code for _, code, _ in refused] == ["PERBAIKAN_LAMA", "PERBAIKAN_LAMA", "NAMA_KOSONG"]


def test_a_form_is_outdated_with_the_row_that_it_names_whoever_has_its_id(raw: Path):
    write_file(raw, "dtks/periode=2022-12/a.psv", row(1, WRONG, name=""), row(2, OTHER))
    run_month(raw, "2022-12")
    write_file(raw, "dtks/periode=2023-01/a.psv", row(2, OTHER))
    write_file(raw, "dtks/isian.psv", row(2, RIGHT, origin="dtks/periode=2022-12/a.psv##2"))
    accepted, refused, _ = run_month(raw, "2023-01")
    assert accepted == {"2": OTHER}
    assert refused == [("dtks/isian.psv", "PERBAIKAN_LAMA", False)]


def test_a_form_of_a_month_that_was_withdrawn_is_of_the_month_that_its_file_is_of(raw: Path):
    write_file(raw, "dtks/periode=2022-11/a.psv", row(1, WRONG, name=""))
    write_file(raw, "dtks/perbaikan/isian.psv", row(1, RIGHT, origin="dtks/periode=2022-12/a.psv##2"))
    assert run_month(raw, "2022-11")[0] == {"1": RIGHT}


def test_a_resident_whose_number_was_corrected_is_known_by_the_place_of_the_refused_row(raw: Path):
    place = "dukcapil/periode=2022-12/a.psv##"
    kept, gone = f"{RIGHT}|L|36040552|BUDI|12-07-1992|", f"{RIGHT}|L|3604055|ANI|13-07-1992|"
    write_file(raw, "dukcapil/periode=2022-12/a.psv", kept, gone)
    run_month(raw, "2022-12", "dukcapil")
    write_file(raw, "dukcapil/periode=2023-01/a.psv", kept)
    write_file(raw, "dukcapil/isian.psv", kept.replace("36040552|", f"{WRONG}|") + f"{place}2",
        gone.replace("3604055|", f"{OTHER}|") + f"{place}3")  # fmt: skip
    assert run_month(raw, "2023-01", "dukcapil")[0] == {WRONG: "BUDI"}
