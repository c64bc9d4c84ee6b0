"""The example questions: each runs on a generated country, says something there, and names nobody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

QUESTIONS = sorted((ROOT / "reports" / "pertanyaan").glob("*.sql"))
PERSONAL = {"nik", "no_kk", "nama", "nik_dukcapil", "no_kk_dukcapil", "no_danom", "nama_pendamping", "nama_ibu_kandung"}


@pytest.fixture(scope="module")
def database(finished: Path):
    with duckdb.connect(str(finished / "warehouse" / "padan.duckdb"), read_only=True) as connection:
        yield connection


def test_there_are_enough_and_each_is_told_apart():
    assert len(QUESTIONS) >= 20
    asked = [file.read_text(encoding="utf-8").splitlines()[0] for file in QUESTIONS]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("file", QUESTIONS, ids=lambda file: file.stem)
def test_a_question_is_explained_and_its_answer_says_something(database: duckdb.DuckDBPyConnection, file: Path):
    question, look_at, *_ = file.read_text(encoding="utf-8").splitlines()
    assert question.startswith("-- ")
    assert question.endswith("?")
    assert look_at.startswith("-- Perhatikan: ")
    answer = database.sql(file.read_text(encoding="utf-8")).pl()
    assert answer.height > 0
    assert not PERSONAL & set(answer.columns)
    figures = answer.select(pl.selectors.numeric().cast(pl.Float64))
    assert figures.width > 0
    assert (figures.fill_null(0).sum_horizontal() > 0).any()
    assert answer.equals(database.sql(file.read_text(encoding="utf-8")).pl()), "the order of rows is not settled"


def answer(database: duckdb.DuckDBPyConnection, number: str) -> pl.DataFrame:
    (file,) = (file for file in QUESTIONS if file.stem.startswith(number))
    return database.sql(file.read_text(encoding="utf-8")).pl()


def test_kecamatan_with_money_are_those_without_a_payment_in_seven_days(database: duckdb.DuckDBPyConnection):
    waiting = answer(database, "01").select("program", "tahun", "tahap", "kecamatan", "dana_dikirim", "pertama_bayar")
    paid = database.sql("""
        SELECT program, tahun, tahap, w.nama_kec AS kecamatan, MIN(tgl_bayar) AS pertama
        FROM mart.pembayaran AS p JOIN mart.dim_wilayah AS w ON w.kode_wilayah = p.kode_kec
        WHERE status_bayar = 'DIBAYAR' AND tgl_bayar IS NOT NULL GROUP BY ALL
    """).pl()
    both = waiting.join(paid, on=["program", "tahun", "tahap", "kecamatan"], how="left")
    assert both["pertama"].equals(both["pertama_bayar"])
    late = both.filter(pl.col("pertama").is_not_null())
    assert late.filter(pl.col("pertama") <= pl.col("dana_dikirim") + timedelta(days=7)).is_empty()


def test_aid_to_the_dead_adds_up_to_what_was_found(database: duckdb.DuckDBPyConnection):
    found = database.sql("""
        SELECT SUM(nominal) FROM mart.pembayaran
        WHERE status_bayar = 'DIBAYAR' AND LIST_CONTAINS(temuan, 'PENERIMA_MENINGGAL')
    """)
    assert [(answer(database, "03")["nominal"].sum(),)] == found.fetchall()


def test_an_estimate_that_the_files_have_outlived_is_not_told(database: duckdb.DuckDBPyConnection):
    stages = answer(database, "05")
    newest = database.sql("SELECT MAX(tanggal) FROM mart.realisasi_harian WHERE tingkat = 'NASIONAL'").fetchall()[0][0]
    result = stages.filter(pl.col("perkiraan_selesai").is_not_null())
    assert result.filter(pl.col("perkiraan_selesai") < pl.max_horizontal("keadaan", pl.lit(newest))).is_empty()


@pytest.mark.parametrize("paid", [9, 10])
def test_a_stage_that_was_completed_after_its_window_is_not_under_way(paid: int):
    with duckdb.connect() as database:
        stage = "'PKH' AS program, 2022 AS tahun, 1 AS tahap"
        region = "'NASIONAL' AS tingkat, '' AS kode_wilayah"
        day = f"{stage}, {region}, DATE '2022-09-03' AS tanggal, TRUE AS dalam_jadwal, 8 AS kpm_salur_kumulatif"
        estimates = ", ".join(f"DATE '2022-09-05' AS perkiraan_{name}" for name in ("awal", "selesai", "akhir"))
        database.execute(f"""
            CREATE SCHEMA mart;
            CREATE TABLE mart.alokasi AS SELECT {stage}, NULL::DATE AS target_selesai;
            CREATE TABLE mart.dim_tahap AS SELECT {stage}, DATE '2022-09-30' AS selesai;
            CREATE TABLE mart.corong_kpm AS SELECT {stage}, NULL::DATE AS keadaan;
            CREATE TABLE mart.realisasi AS SELECT {stage}, {region}, {paid} AS kpm_salur, 10 AS kpm_alokasi;
            CREATE TABLE mart.realisasi_harian AS SELECT {day}, {estimates}
        """)
        assert answer(database, "05")["kpm_salur"].to_list() == [paid] * (paid < 10)
