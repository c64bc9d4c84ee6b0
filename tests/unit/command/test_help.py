"""Help pages: every subcommand has one in Bahasa Indonesia; without a subcommand all are listed."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from pipeline.cli import app, review

COMMANDS = [*((str(each.callback.__name__),) for each in app.registered_commands if each.callback), ("review",)]
COMMANDS += [("review", str(each.name)) for each in review.registered_commands]


@pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
def test_a_page_is_indonesian_and_no_wider_than_the_terminal(command: tuple[str, ...]):
    result = CliRunner().invoke(app, [*command, "--help"], prog_name="padan", terminal_width=80)
    assert result.exit_code == 0
    assert result.output.startswith(f"Cara pakai: {' '.join(('padan', *command))} ")
    assert "--help" in result.output
    assert not re.search(r"\b(usage|options?|arguments?|commands?|show|exit|default|required)\b", result.output.lower())
    assert max(map(len, result.output.splitlines())) <= 80


def test_what_must_be_stated_and_what_counts_otherwise_is_told():
    page = " ".join(CliRunner().invoke(app, ["generate", "--help"], prog_name="padan").output.split())
    assert page.startswith("Cara pakai: padan generate --out FOLDER --keluarga N --seed N [OPSI] ")
    assert "paling sedikit 100. Wajib." in page
    assert "(1 = apa adanya). Bawaan: 1." in page


@pytest.mark.parametrize("group", [[], ["review"]])
def test_naming_no_subcommand_shows_them(group: list[str]):
    result = CliRunner().invoke(app, group, prog_name="padan")
    assert result.exit_code == 2
    assert "Perintah:\n" in result.output
