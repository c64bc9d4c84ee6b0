from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pipeline.quality.verification import with_last_verification
from schemas.cleansed import Anggota
from tests.unit.frames import frame

SEEN = {"id_dtks": "1", "nama_asal": "SITI AMINAH", "kode_desa": "3604052001", "tanggal_lahir": date(1980, 5, 1)}


def current_rows(stated: date | None = None, snapshot: str = "2022-12", **given: Any) -> pl.DataFrame:
    rows = frame(Anggota, [SEEN | given]).drop("verifikasi_terakhir")
    return rows.with_columns(pl.lit(stated, pl.Date).alias("tanggal_verifikasi"), periode_berkas=pl.lit(snapshot))


def last_verifications(people: pl.DataFrame, published: pl.DataFrame | None = None) -> list[date]:
    published = frame(Anggota, []) if published is None else published
    return with_last_verification(people, published.lazy())["verifikasi_terakhir"].to_list()


BEFORE = frame(Anggota, [SEEN | {"verifikasi_terakhir": date(2022, 3, 1)}])


def test_without_any_other_knowledge_the_snapshot_is_the_verification():
    assert last_verifications(current_rows()) == [date(2022, 12, 1)]


def test_a_row_that_stands_unchanged_keeps_the_date_it_had():
    assert last_verifications(current_rows(), BEFORE) == [date(2022, 3, 1)]
    # What padan decides about a row is no verification.
    assert last_verifications(current_rows(status_padan="PADAN", nik="3604041211870001"), BEFORE) == [date(2022, 3, 1)]


def test_a_changed_or_new_row_was_verified_for_its_snapshot():
    assert last_verifications(current_rows(nama_asal="SITI AMINAH BINTI UMAR"), BEFORE) == [date(2022, 12, 1)]
    assert last_verifications(current_rows(id_dtks="2"), BEFORE) == [date(2022, 12, 1)]
    assert last_verifications(current_rows(snapshot="2022-10", nik_asal="1"), BEFORE) == [date(2022, 10, 1)]


def test_a_stated_date_counts_as_it_is():
    assert last_verifications(current_rows(stated=date(2019, 8, 17)), BEFORE) == [date(2019, 8, 17)]
