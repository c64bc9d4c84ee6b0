from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.orders import of_row


@pytest.mark.parametrize(
    ("program", "tahun", "tahap", "expected"),
    [
        ("PKH Tahap II 2022", "2022", "2", ("PKH", 2022, 2)),
        ("PKH Tahap II 2022", None, "", ("PKH", 2022, 2)),
        ("BLT BBM THP 1", "TA 2022", "I", ("BLT BBM", 2022, 1)),
        # What stands beside the name may be of other money than the row.
        ("PKH Tahap II 2022", "2023", "2", ("PKH TAHAP II 2022", 2023, 2)),
        ("PKH Tahap 1-2 2022", "2022", "1", ("PKH TAHAP 1-2 2022", 2022, 1)),
        ("ATENSI (PKH) Tahap 1", None, None, ("ATENSI (PKH) TAHAP 1", None, None)),
        *(("PKH", year, "1", ("PKH", None, 1)) for year in ("22", "20222", "2022/2023")),
    ],
)
def test_programme_year_and_stage_of_a_row(
    program: str, tahun: str | None, tahap: str | None, expected: tuple[str, int | None, int | None]
) -> None:
    stated = {"program": program, "tahun": tahun, "tahap": tahap}
    row = pl.DataFrame([stated], schema=dict.fromkeys(stated, pl.String)).select(**of_row())
    assert row.row(0) == expected
