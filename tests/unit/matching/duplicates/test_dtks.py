"""Which DTKS rows are compared as possible duplicates."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from pipeline.matching.candidates.blocking import pass_columns, run_passes
from pipeline.matching.duplicates.dtks import PASSES
from pipeline.matching.records.records import Records


@pytest.mark.parametrize(
    ("other", "passes"),
    [
        ({"tanggal_lahir": date(1969, 5, 11)}, {"HARI_RUMAH"}),
        ({"nama_banding": "DADANG KURNIWAN"}, {"AWAL_RUMAH"}),
        ({"tanggal_lahir": date(1969, 5, 11), "rt": "008"}, set()),
    ],
)
def test_who_lives_in_one_house_meets_himself_under_another_name_or_birth(
    other: dict[str, object], passes: set[str]
) -> None:
    one = dict.fromkeys(pass_columns(PASSES)) | {"kode_desa": "3604052001", "rt": "007", "rw": "002"}
    one |= {"nama_banding": "DADANG KURNIAWAN", "tanggal_lahir": date(1968, 5, 11), "jenis_kelamin": "L"}
    two = {**one, "nama_banding": "DODONG KURNYAWAN", "tanggal_lahir": None, **other}
    dates = {"tanggal_lahir": pl.Date}
    rows = Records(pl.DataFrame([one, two], schema={name: dates.get(name, pl.String) for name in one}))
    found = run_passes(PASSES, [rows], [(np.arange(2), rows)])
    assert {code.code for code in found if (code.left != code.right).any()} == passes
