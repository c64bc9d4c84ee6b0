"""Programmes are data: tariffs, stages, windows and budgets come from data/reference; a new one takes a few lines."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline import reference
from pipeline.normalise.values import codes
from pipeline.realisation.conduct import office_regions, stages_paid_on_one_day, tariff_amounts, with_conduct
from pipeline.warehouse.store.database import run_query
from schemas.catalogue import promised_tables
from schemas.marts.realisasi import Realisasi
from schemas.marts.rekap_bayar import RekapBayar
from schemas.table import enforce
from tests.unit.frames import frame

NEW_PROGRAM = "BANTUAN CONTOH,Bantuan Contoh Sekali,BCS;BANCON,APBN,untuk uji"
NEW_STAGE = "BANTUAN CONTOH,2026,1,,450000,,2026-03-01,2026-04-30,D,"
CACHED = (
    reference.programs,
    reference.program_stages,
    codes.programs_by_alias,
    codes.programs_by_words,
    codes.program_pattern,
)


@pytest.fixture
def with_a_new_programme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "reference"
    shutil.copytree(reference.REFERENCE_DIR, folder)
    for name, line in (("program.csv", NEW_PROGRAM), ("program_tahap.csv", NEW_STAGE)):
        with (folder / name).open("a") as file:
            file.write(f"{line}\n")
    monkeypatch.setattr(reference, "REFERENCE_DIR", folder)
    for loader in CACHED:
        loader.cache_clear()
    yield
    monkeypatch.undo()
    for loader in CACHED:
        loader.cache_clear()


def conduct_of(program: str, tahun: int, tahap: int, nominal: int, paid: date) -> dict[str, object]:
    order = pl.DataFrame(
        {
            "program": [program], "tahun": [tahun], "tahap": [tahap], "nominal": [nominal], "tgl_bayar": [paid],
            "status_bayar": ["DIBAYAR"], "penerima": ["X"], "kode_kprk": ["36040"], "nama_kprk": [None],
            "kode_kpc": [None], "kode_kab": ["3604"],
        },
        schema_overrides={"tahun": pl.Int32, "tahap": pl.Int32, "nama_kprk": pl.String, "kode_kpc": pl.String},
    )  # fmt: skip
    served, visits = office_regions(order.lazy(), reference.regions()), stages_paid_on_one_day(order.lazy())
    return with_conduct(order, served, visits, reference.program_stages(), reference.remote_regions()).row(
        0, named=True
    )


@pytest.mark.usefixtures("with_a_new_programme")
def test_a_new_programme_is_two_lines_of_reference_data() -> None:
    names = pl.Series(["bancon", "Bantuan Contoh Sekali", "BCS"])
    assert pl.select(codes.to_program(pl.lit(names)).unique()).to_series().to_list() == ["BANTUAN CONTOH"]
    fine = conduct_of("BANTUAN CONTOH", 2026, 1, 450_000, date(2026, 3, 5))
    assert (fine["selisih_tarif"], fine["mulai"], fine["selesai"]) == (0, date(2026, 3, 1), date(2026, 4, 30))
    assert conduct_of("BANTUAN CONTOH", 2026, 1, 500_000, date(2026, 3, 5))["selisih_tarif"] == 50_000


def test_what_no_reference_line_tells_is_not_judged() -> None:
    unknown = conduct_of("BANTUAN CONTOH", 2026, 1, 450_000, date(2026, 3, 5))
    assert (unknown["selisih_tarif"], unknown["mulai"]) == (None, None)


@pytest.mark.parametrize(
    ("nominal", "off"),
    [(225_000, 0), (1_350_000, 0), (3_000_000, 0), (3_225_000, 225_000), (100_000, 125_000), (1_130_000, 5_000)],
)
def test_pkh_is_any_sum_of_at_most_four_components(nominal: int, off: int) -> None:
    assert conduct_of("PKH", 2022, 1, nominal, date(2022, 3, 5))["selisih_tarif"] == off


def test_every_stage_explains_at_least_one_amount() -> None:
    stages = reference.program_stages()
    amounts = tariff_amounts(stages)
    assert (
        amounts.select("program", "tahun", "tahap").n_unique() == stages.select("program", "tahun", "tahap").n_unique()
    )
    assert amounts.filter(program="PKH", tahun=2022, tahap=1)["nominal"].max() == 3_000_000


def test_the_budget_stands_beside_ceiling_allotment_and_national_figure() -> None:
    known = {"tingkat": "NASIONAL", "kode_wilayah": "", "kpm_salur": 1, "kpm_gagal": 0, "kpm_belum": 0}
    realised = frame(
        Realisasi,
        [
            {"program": "JAMSOSRATU", "tahun": 2019, "nominal_alokasi": 80 * 10**9, "nominal_salur": 43_750_000_000},
            {"program": "BST", "tahun": 2020, "nominal_alokasi": 600_000, "nominal_salur": 300_000},
            {"program": "BARU", "tahun": 2020, "nominal_salur": 5},
        ],
        tahap=1, **known,
    )  # fmt: skip
    failed = frame(RekapBayar, [{"status_bayar": "RETUR"}], program="BST", tahun=2020, tahap=1, kpm=1, nominal=100)
    table = promised_tables()["mart.anggaran"]
    assert table.query is not None
    sources = {
        "mart.realisasi": realised,
        "mart.rekap_bayar": failed,
        "reference.program_anggaran": reference.program_budgets(),
        "reference.anggaran_nasional": reference.national_budget(),
    }
    found = enforce(run_query(table.query, sources), table)
    rows = {row["program"]: row for row in found.iter_rows(named=True)}
    banten = rows["JAMSOSRATU"]
    assert (banten["pagu"], banten["dasar_pagu"], banten["salur_persen"]) == (87_500_000_000, "PAGU", 50.0)
    assert (banten["nasional_persen"], banten["alokasi_pagu_persen"]) == (None, 91.43)
    bst = rows["BST"]
    assert (bst["dasar_pagu"], bst["salur_persen"], bst["nominal_batal"]) == ("ALOKASI", 50.0, 100)
    assert (bst["nasional_persen"], bst["selisih_nasional"]) == (39.19, 10.81)
    assert (rows["BARU"]["pagu"], rows["BARU"]["salur_persen"]) == (None, None)
