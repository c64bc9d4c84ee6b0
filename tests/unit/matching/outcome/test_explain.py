from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.outcome.explain import explain, slip_phrases
from pipeline.matching.records import bcd
from schemas.reasons import AGREEING, REASONS

TRUE = "3604045203870001"


@pytest.mark.parametrize(
    ("written", "phrase"),
    [
        (TRUE, None),
        (None, None),
        ("3604045203870000", "NIK berbeda 1 angka (angka ke-16 menjadi nol, khas kerusakan Excel)"),
        ("3604055203870001", "NIK berbeda 1 angka (angka ke-6)"),
        ("3604041203870001", "NIK berbeda 1 angka (angka ke-7, tanggal lahirnya ditulis untuk jenis kelamin lain)"),
        ("3640045203870001", "dua angka NIK tertukar (angka ke-3 dan ke-4)"),
        ("3604055203870009", "NIK berbeda 2 angka (angka ke-6 dan ke-16)"),
        ("3604044312870001", "tanggal dan bulan lahir di dalam NIK tertukar"),
        ("3640045203870000", "NIK berbeda 3 angka"),
    ],
)
def test_what_is_wrong_with_a_nik(written: str | None, phrase: str | None) -> None:
    one, two = (bcd.pack(pl.Series([number], dtype=pl.String)) for number in (written, TRUE))
    assert slip_phrases(one, two).to_list() == [phrase]


def test_a_rounded_number_of_papua_is_named_as_such() -> None:
    one, two = (bcd.pack(pl.Series([number])) for number in ("9102012410080004", "9102012410080003"))
    assert "dibulatkan" in slip_phrases(one, two)[0]


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        (["NIK_SAMA", "TGL_SAMA", "NAMA_SAMA", None], "NIK, tanggal lahir, dan nama cocok."),
        (["NIK_SAMA", None, "NAMA_SAMA", "KK_BEDA"], "NIK dan nama cocok; nomor KK berbeda."),
        (["NIK_KOSONG", None, "NAMA_SAMA", "KK_BEDA"], "NIK kosong atau rusak; nama cocok; nomor KK berbeda."),
        (["NIK_BEDA", "TGL_BEDA", None, None], "NIK yang tertulis berbeda dari NIK orang ini; tanggal lahir berbeda."),
    ],
)
def test_what_agrees_is_told_in_one_clause(codes: list[str | None], sentence: str) -> None:
    reasons = pl.DataFrame([codes], schema=dict.fromkeys(("nik", "tanggal", "nama", "kk"), pl.String), orient="row")
    result = explain(reasons, "nik")
    assert result["penjelasan"].to_list() == [sentence]
    assert result["alasan"].to_list() == [[code for code in codes if code]]


def test_figures_stand_in_their_phrases() -> None:
    schema = {"nik": pl.String, "nama": pl.String, "keluarga": pl.String}
    reasons = pl.DataFrame(
        [("NIK_SALAH_PANJANG", "NAMA_SAMA", "KELUARGA_PADAN"), ("NIK_SALAH_PANJANG", "NAMA_MIRIP", "KELUARGA_LAIN")],
        schema=schema,
        orient="row",
    )
    details = pl.DataFrame(
        {
            "angka": pl.Series([None, None], dtype=pl.String),
            "panjang": [15, 17],
            "kerabat": np.array([3, 0]),
            "kerabat_lain": np.array([0, 2]),
        }
    )
    assert explain(reasons, "nik", details)["penjelasan"].to_list() == [
        "NIK kurang 1 angka, selebihnya cocok; nama dan 3 anggota KK lain cocok.",
        "NIK kelebihan 1 angka, selebihnya cocok; nama mirip; 2 anggota keluarga lain padan di KK yang berbeda.",
    ]


def test_everything_that_agrees_is_a_reason() -> None:
    assert AGREEING.keys() <= REASONS.keys()
