"""`padan ui` before it hands over to Dagster, and a run that is stopped."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import typer

from pipeline.cli import main
from pipeline.command.running import ui
from pipeline.places import Places
from pipeline.warehouse.publish import publish, start_tree


def test_a_port_in_use_is_told_before_the_server_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(typer.Exit) as stopped:
            ui(tmp_path, port, "127.0.0.1")
    assert stopped.value.exit_code == 2
    assert f"Port {port} di 127.0.0.1 tidak dapat dipakai" in capsys.readouterr().err


@pytest.mark.parametrize("published", [False, True])
def test_whoever_stops_a_run_is_told_whether_anything_was_published(
    published: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(places: Places, *_: object) -> None:
        if published:
            publish(places, start_tree(places, "2022-12"))
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.command.running._run_all", stop)
    monkeypatch.setattr("sys.argv", ["padan", "run", "--data-dir", str(tmp_path), "--periode", "2022-12"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 130
    told = capsys.readouterr().err
    assert ("sesudah hasilnya terbit" in told, "tidak ada yang diterbitkan. Ulangi " in told) == (
        published,
        not published,
    )
