"""`padan ui` before it starts Dagster, and stopping a run."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from pipeline.cli import main
from pipeline.command.running import _serve, ui
from pipeline.places import Places
from pipeline.warehouse.tree_swap import activate_tree, create_tree


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
            activate_tree(places, create_tree(places, "2022-12"))
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.command.running._run_pipeline", stop)
    monkeypatch.setattr("sys.argv", ["padan", "run", "--data-dir", str(tmp_path), "--periode", "2022-12"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 130
    printed = capsys.readouterr().err
    assert ("sesudah hasilnya terbit" in printed, "tidak ada yang diterbitkan. Ulangi " in printed) == (
        published,
        not published,
    )


def test_the_server_ends_by_itself_or_where_it_is_stopped() -> None:
    script = "import os, signal; os.getpgrp() == os.getpid() or exit(9); {}"
    assert _exit_code_of_server(script.format("exit(4)")) == 4
    asks_the_parent = "os.kill(os.getppid(), signal.SIGINT); signal.pause()"
    assert _exit_code_of_server(script.format(asks_the_parent)) == 0
    # A server that waits for a run ends at the second time.
    asks_again = "signal.signal(15, signal.SIG_DFL), os.kill(os.getppid(), 2)"
    waits = f"signal.signal(15, lambda *_: ({asks_again})); {asks_the_parent}; signal.pause()"
    assert _exit_code_of_server(script.format(waits)) == 0


def test_who_stops_while_the_server_starts_leaves_none_running(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def start(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        os.kill(os.getpid(), signal.SIGINT)
        started.append(popen(command, **options))
        return started[0]

    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", start)
    assert _exit_code_of_server("import time; time.sleep(60)") == 0
    assert started[0].returncode == -signal.SIGTERM
    assert "proses yang sedang berjalan, bila ada, diselesaikan dahulu" in capsys.readouterr().out


def _exit_code_of_server(script: str) -> int:
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        return _serve([sys.executable, "-c", script], dict(os.environ))
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def test_a_home_that_may_not_be_written_is_told_before_the_server_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dagster would show a stack trace."""
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path / "home" or mode != os.W_OK)
    with pytest.raises(PermissionError, match="home"):
        ui(tmp_path, 0, "127.0.0.1")


def test_a_scheduler_that_stops_a_command_is_answered_as_ctrl_c_but_not_once_it_is_done() -> None:
    for moment, code in (("during", 130), ("after", 0)):
        stop = "os.kill(os.getpid(), signal.SIGTERM)"
        script = (
            "import atexit, os, signal, sys\n"
            "from pipeline.command import exchange\n"
            "import pipeline.cli as cli\n"
            "cli.app.registered_commands.clear()\n"
            "@cli.app.command(cls=cli.OfficerCommand)\n"
            f"def coba(): {stop if moment == 'during' else f'atexit.register(lambda: {stop})'}\n"
            "sys.argv = ['padan', 'coba']\n"
            "cli.main()"
        )
        assert subprocess.run([sys.executable, "-c", script], check=False).returncode == code


def test_a_command_that_has_ended_is_gone_once_all_is_written_and_the_libraries_have_cleared_up() -> None:
    script = (
        "import atexit, sys\n"
        "import pipeline.cli as cli\n"
        "class Held:\n"
        "    def __del__(self): print('taken apart')\n"
        "held = Held()\n"
        "cli.main = lambda: (atexit.register(print, 'cleared up'), print('told'), sys.exit(3))\n"
        "cli.command()"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("told\ncleared up\n", "", 3)
