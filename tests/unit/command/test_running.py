"""`padan ui` before it hands over to Dagster."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import typer

from pipeline.command.running import ui


def test_a_port_in_use_is_told_before_the_server_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(typer.Exit) as stopped:
            ui(tmp_path, port, "127.0.0.1")
    assert stopped.value.exit_code == 2
    assert f"Port {port} di 127.0.0.1 tidak dapat dipakai" in capsys.readouterr().err
