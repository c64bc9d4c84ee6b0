from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.places import Places
from pipeline.warehouse.locks import BusyError, hold_lock
from pipeline.warehouse.store.permissions import share_like_parent
from pipeline.warehouse.tree_swap import activate_tree, create_tree

PARTS = ("warehouse", "marts", "reports")


class KilledError(BaseException):
    """Simulates a killed process: nothing in the code under test may catch it."""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "data")


def build_tree(places: Places, name: str) -> Path:
    tree = create_tree(places, name)
    for part in PARTS:
        (tree / part / "isi.txt").write_text(name)
    return tree


def visible_contents(places: Places) -> list[str | None]:
    """The contents of each of the three published folders."""
    files = [places.root / part / "isi.txt" for part in PARTS]
    return [file.read_text() if file.exists() else None for file in files]


def tree_names(places: Places) -> set[str]:
    return {path.name for path in places.published.iterdir()}


def kill_at(monkeypatch: pytest.MonkeyPatch, step: int, *, after: bool) -> None:
    """Let the process die before or after its `step`-th change to the file system."""
    done = 0

    def wrap(change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*args: Any, **kwargs: Any) -> Any:
            nonlocal done
            if not after and done + 1 == step:
                raise KilledError
            result = change(*args, **kwargs)
            done += 1
            if after and done == step:
                raise KilledError
            return result

        return changed

    for name in ("rename", "replace", "symlink", "rmdir", "unlink", "mkdir"):
        monkeypatch.setattr(os, name, wrap(getattr(os, name)))


def test_first_publication_shows_all_three_folders_through_relative_links(places: Places) -> None:
    activate_tree(places, build_tree(places, "satu"))
    assert visible_contents(places) == ["satu"] * 3
    assert [str((places.root / part).readlink()) for part in PARTS] == [
        f"home/published/current/{part}" for part in PARTS
    ]
    moved = places.root.rename(places.root.with_name("pindah"))
    assert visible_contents(Places(moved)) == ["satu"] * 3


def test_current_and_previous_tree_are_kept_and_nothing_else(places: Places) -> None:
    for name in ("satu", "dua", "tiga"):
        activate_tree(places, build_tree(places, name))
    build_tree(places, "terbengkalai")
    activate_tree(places, build_tree(places, "empat"))
    assert tree_names(places) == {"tiga", "empat", "current"}
    assert visible_contents(places) == ["empat"] * 3


def test_a_working_tree_starts_empty_and_is_not_live(places: Places) -> None:
    activate_tree(places, build_tree(places, "satu"))
    build_tree(places, "dua")
    tree = create_tree(places, "dua")
    assert sorted(path.name for path in tree.rglob("*")) == sorted(PARTS)
    assert visible_contents(places) == ["satu"] * 3


def test_a_name_published_twice_is_numbered(places: Places) -> None:
    activate_tree(places, build_tree(places, "satu"))
    assert activate_tree(places, build_tree(places, "satu")).name == "satu-2"
    assert tree_names(places) == {"satu", "satu-2", "current"}


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_step_a_reader_sees_one_whole_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    outcomes = []
    for step in range(1, 100):
        places = Places(tmp_path / f"data-{step}")
        activate_tree(places, build_tree(places, "nol"))
        activate_tree(places, build_tree(places, "lama"))
        tree = build_tree(places, "baru")
        try:
            with monkeypatch.context() as patched:
                kill_at(patched, step, after=after)
                activate_tree(places, tree)
        except KilledError:
            state = visible_contents(places)
            assert state in (["lama"] * 3, ["baru"] * 3)
            outcomes.append(state[0])
            activate_tree(places, build_tree(places, "berikut"))
            assert visible_contents(places) == ["berikut"] * 3
            assert tree_names(places) == {state[0], "berikut", "current"}
        else:
            break
    # The swap was somewhere in between: some kills left the old tree, later ones the new one.
    assert outcomes == sorted(outcomes, reverse=True)
    assert {"lama", "baru"} == set(outcomes)


@pytest.mark.parametrize("after", [False, True])
def test_killed_while_publishing_first_the_next_run_puts_it_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    kills = 0
    for step in range(1, 100):
        places = Places(tmp_path / f"data-{step}")
        places.warehouse.mkdir(parents=True)
        tree = build_tree(places, "baru")
        try:
            with monkeypatch.context() as patched:
                kill_at(patched, step, after=after)
                activate_tree(places, tree)
        except KilledError:
            kills += 1
            assert set(visible_contents(places)) <= {None, "baru"}
            activate_tree(places, build_tree(places, "berikut"))
            assert visible_contents(places) == ["berikut"] * 3
        else:
            break
    assert kills > 6
    assert sorted(path.name for path in places.root.iterdir()) == ["home", "marts", "reports", "warehouse"]


@pytest.mark.parametrize(("above", "page"), [(0o755, 0o644), (0o750, 0o640), (0o700, 0o600)])
def test_whoever_reads_the_folder_above_reads_the_report_under_any_umask(places: Places, above: int, page: int) -> None:
    places.root.mkdir(exist_ok=True)
    places.root.chmod(above)
    before = os.umask(0o077)
    try:
        tree = build_tree(places, "a")
    finally:
        os.umask(before)
    share_like_parent(tree, recursive=False)
    share_like_parent(tree / "reports")
    folders = (places.home, places.published, tree, tree / "reports")
    assert {each.stat().st_mode & 0o777 for each in folders} == {above}
    assert (tree / "reports" / "isi.txt").stat().st_mode & 0o777 == page
    assert (tree / "warehouse").stat().st_mode & 0o777 == 0o700


def test_an_empty_folder_gives_way_to_the_link(places: Places) -> None:
    places.marts.mkdir(parents=True)
    activate_tree(places, build_tree(places, "satu"))
    assert places.marts.is_symlink()
    assert visible_contents(places) == ["satu"] * 3


def test_a_folder_of_the_officers_is_moved_aside_whole(places: Places) -> None:
    for taken in (places.reports, places.root / "reports.lama"):
        taken.mkdir(parents=True)
        (taken / "catatan.txt").write_text(taken.name)
    activate_tree(places, build_tree(places, "satu"))
    assert (places.root / "reports.lama-2" / "catatan.txt").read_text() == "reports"
    assert (places.root / "reports.lama" / "catatan.txt").read_text() == "reports.lama"
    assert visible_contents(places) == ["satu"] * 3


def test_a_folder_that_cannot_be_replaced_stays_where_it_was(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    places.reports.mkdir(parents=True)
    (places.reports / "catatan.txt").write_text("penting")
    tree = build_tree(places, "satu")
    replace = os.replace

    def refusing(source: Path, target: Path) -> None:
        if target == places.reports:
            raise PermissionError(target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", refusing)
    with pytest.raises(PermissionError):
        activate_tree(places, tree)
    assert (places.reports / "catatan.txt").read_text() == "penting"


def test_a_reader_keeps_its_database_and_a_new_one_sees_the_new(places: Places) -> None:
    def database(name: str, value: int) -> Path:
        tree = create_tree(places, name)
        with duckdb.connect(str(tree / "warehouse" / "padan.duckdb")) as connection:
            connection.execute(f"CREATE TABLE t AS SELECT {value} AS x FROM range(200000)")  # noqa: S608
        return tree

    activate_tree(places, database("satu", 1))
    with duckdb.connect(str(places.database), read_only=True) as early:
        for value, name in ((2, "dua"), (3, "tiga")):
            activate_tree(places, database(name, value))
        # The reader's own tree is deleted by now; what it has open it still reads.
        assert "satu" not in tree_names(places)
        assert early.execute("SELECT SUM(x) FROM t").fetchone() == (200_000,)
    with duckdb.connect(str(places.database), read_only=True) as late:
        assert late.execute("SELECT SUM(x) FROM t").fetchone() == (600_000,)


def test_a_second_process_is_told_to_wait_and_may_come_later(places: Places) -> None:
    with hold_lock(places):
        with pytest.raises(BusyError, match="Tunggu sampai selesai"), hold_lock(places):
            pass
        attempt = (
            "import sys; from pathlib import Path; from pipeline.places import Places;"
            "from pipeline.warehouse.locks import BusyError, hold_lock\n"
            "try:\n  with hold_lock(Places(Path(sys.argv[1]))): pass\n"
            "except BusyError: sys.exit(7)"
        )
        ended = subprocess.run([sys.executable, "-c", attempt, str(places.root)], check=False)
        assert ended.returncode == 7
    with hold_lock(places):
        pass
