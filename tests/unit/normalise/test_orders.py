from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.orders import of_row, resolved


@pytest.mark.parametrize(
    ("program", "tahun", "tahap", "expected"),
    [
        ("PKH Tahap II 2022", "2022", "2", ("PKH", 2022, 2)),
        ("PKH Tahap II 2022", None, "", ("PKH", 2022, 2)),
        ("BLT BBM THP 1", "TA 2022", "I", ("BLT BBM", 2022, 1)),
        # What stands beside the name may be of other money than the row.
        ("PKH Tahap II 2022", "2023", "2", ("PKH TAHAP II 2022", 2023, 2)),
        ("PKH Tahap 1-2 2022", "2022", "1", ("PKH TAHAP 1-2 2022", 2022, 1)),
        # An own stage or year that cannot be read is no empty cell.
        ("PKH TAHAP 1", "2022", "III/IV", ("PKH TAHAP 1", 2022, None)),
        ("PKH TAHAP 1", "2022", "TW III", ("PKH TAHAP 1", 2022, 3)),
        ("PKH TW III", "2022", "Triwulan III", ("PKH", 2022, 3)),
        ("PKH Tahun 2022", "2021/2022", "1", ("PKH TAHUN 2022", None, 1)),
        ("PKH THP IIII", "2022", "", ("PKH THP IIII", 2022, None)),
        ("PKH Tahap III", "2022", "THP III", ("PKH", 2022, 3)),
        ("ATENSI (PKH) Tahap 1", None, None, ("ATENSI (PKH) TAHAP 1", None, None)),
        # Of a slip everybody sees that it is one.
        *(("PKH", year, "1", ("PKH", int(year), 1)) for year in ("21", "2203")),
        *(("PKH", year, "1", ("PKH", None, 1)) for year in ("202l", "2022/2023")),
    ],
)
def test_programme_year_and_stage_of_a_row(
    program: str, tahun: str | None, tahap: str | None, expected: tuple[str, int | None, int | None]
) -> None:
    stated = {"program": program, "tahun": tahun, "tahap": tahap}
    row = pl.DataFrame([stated], schema=dict.fromkeys(stated, pl.String)).select(**of_row())
    assert row.row(0) == expected


@pytest.mark.parametrize(
    ("tahun", "expected"), [("2021", 2021), ("", 2022), (None, 2022), ("21", 21), ("2203", 2203), ("202l", 0)]
)
def test_only_a_year_that_is_not_stated_is_that_of_the_file(tahun: str | None, expected: int) -> None:
    stated = {"berkas": "pos/danom.csv", "judul": None, "batch": None, "program": "PKH", "tahun": tahun, "tahap": "1"}
    row = pl.DataFrame([stated], schema=dict.fromkeys(stated, pl.String))
    batches = pl.DataFrame(schema={"batch": pl.String, "program": pl.String, "tahun": pl.Int32, "tahap": pl.Int32})
    found = resolved(row.with_columns(berlaku_per=pl.datetime(2022, 11, 30)), batches)
    assert found.schema["tahun"] == pl.Int32
    assert found["tahun"].item() == expected
