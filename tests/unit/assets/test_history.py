"""The run history over one connection per file, unless Dagster's settings were adapted."""

from pathlib import Path

import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from assets.history import OneConnectionPerFile, history_of


@pytest.mark.parametrize("adapted", [False, True])
def test_settings_that_name_a_storage_keep_it(adapted: bool, tmp_path: Path) -> None:
    elsewhere = f"storage:\n  sqlite:\n    base_dir: {tmp_path / 'lain'}\n"
    (tmp_path / "dagster.yaml").write_text(elsewhere if adapted else "", encoding="utf-8")
    with history_of(str(tmp_path)) as instance:
        assert type(instance.event_log_storage) is (SqliteEventLogStorage if adapted else OneConnectionPerFile)
    assert (tmp_path / "lain").exists() == adapted
    assert (tmp_path / "history" / "runs" / "index.db").exists() != adapted
