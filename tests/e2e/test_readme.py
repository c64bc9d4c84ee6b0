"""What the README shows works: the readers of the release as printed there, the references of its tables, its links."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import app
from schemas.catalogue import promised_tables
from schemas.release import SCHEMA_VERSION
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


READERS = dict(zip(("duckdb", "polars"), re.findall(r"```python\n(.*?)```", section("For SEPAKAT"), re.S), strict=True))


def read(script: str, release: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, str(release)], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("library", READERS)
def test_a_reader_of_ten_lines_reads_verifies_and_shows_what_changed(finished: Path, library: str):
    script = READERS[library]
    assert len([line for line in script.splitlines() if line]) == 10
    assert {"duckdb", "polars"} & set(re.findall(r"\b(duckdb|polars)\b", script)) == {library}
    result = read(script, finished / "release" / "sepakat")
    assert result.returncode == 0, result.stderr
    assert "BARU" in result.stdout
    assert "realisasi" in result.stdout


@pytest.mark.parametrize("library", READERS)
@pytest.mark.parametrize("changed", ["manifest.json", "wilayah.parquet", "latest.json"])
def test_a_reader_refuses_what_was_changed_on_the_way(finished: Path, tmp_path: Path, library: str, changed: str):
    release = tmp_path / "sepakat"
    shutil.copytree(finished / "release" / "sepakat", release)
    (file,) = release.rglob(changed)
    content = file.read_bytes()
    if changed == "latest.json":
        file.write_bytes(content.replace(SCHEMA_VERSION.encode(), b"3.0"))
    else:
        file.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    result = read(READERS[library], release)
    assert result.returncode != 0
    assert ("wilayah" if changed == "wilayah.parquet" else "tidak sesuai") in result.stderr.splitlines()[-1]


def test_every_reference_of_the_table_of_features_exists(finished: Path):
    page = (finished / "reports" / "index.html").read_text(encoding="utf-8")
    commands = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    commands |= {str(group.name) for group in app.registered_groups}
    questions = {file.name for file in (ROOT / "reports" / "pertanyaan").glob("*.sql")}
    rows = [line.split("|") for line in section("For analysts").splitlines() if line.startswith("|")][2:]
    systems = {row[1].strip() for row in rows if row[1].strip()}
    assert len(systems) == 5
    for row in rows:
        references = re.findall(r"`([^`]+)`", row[3])
        assert references, row[2]
        for reference in references:
            kind, _, name = reference.partition(" ")
            found = (
                reference in questions
                or reference in promised_tables()
                or (reference.startswith("index.html#") and f'id="{reference.partition("#")[2]}"' in page)
                or (kind == "padan" and name.split()[0] in commands)
            )
            assert found, reference
    assert {name for name in re.findall(r"(\d\d_\w+\.sql)", section("For analysts"))} <= questions


def anchors(page: Path) -> set[str]:
    """What a link into the page may name: its headings, as they are shown on the web."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {"", *(re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles)}


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "reports" / "guides").glob("*.md"))], ids=lambda page: page.name
)
def test_every_link_leads_somewhere(page: Path):
    for file, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", page.read_text(encoding="utf-8")):
        assert anchor in anchors(page.parent / file if file else page), (file, anchor)
