"""Records the truth about files and damaged lines while the extracts are written.

Belongs here: truth/files and truth/quarantine, inserting damaged lines, and what writing a kind of file needs
(`WriteContext`). Does not: truth about persons or payments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.synthetic.draws import Ints

TOLAK, TERIMA, BEBAS = "TOLAK", "TERIMA", "BEBAS"

_FILES = {
    "sumber": pl.String, "berkas": pl.String, "baris": pl.Int64, "baris_catatan": pl.Int64, "nominal": pl.Int64,
}  # fmt: skip
_QUARANTINE = {
    "sumber": pl.String, "berkas": pl.String, "lembar": pl.String, "baris": pl.Int64, "id": pl.String,
    "harap": pl.String, "kelas": pl.String, "baris_lain": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True)
class BadLine:
    """A damaged line to be put into a file.

    Attributes:
        kelas: its defect class.
        text: the line.
        id: the identifier it carries, "" for none.
        harap: the expected outcome: TOLAK (refused) or BEBAS (either).
        twin: index (from 0) of the sound row that it repeats, if any.
    """

    kelas: str
    text: str
    id: str = ""
    harap: str = TOLAK
    twin: int | None = None


@dataclass
class Ledger:
    """Files and damaged lines so far."""

    files: list[dict[str, object]] = field(default_factory=list)
    lines: list[dict[str, object]] = field(default_factory=list)
    tables: list[pl.DataFrame] = field(default_factory=list)

    def add_file(self, berkas: str, baris: int, nominal: int | None = None) -> None:
        """Enter a file with its number of data lines and the readable rupiah in it."""
        sumber = berkas.split("/", 1)[0]
        self.files.append({"sumber": sumber, "berkas": berkas, "baris": baris, "baris_catatan": 0, "nominal": nominal})

    def add_line(
        self, berkas: str, lembar: str | None, baris: int, bad: BadLine, baris_lain: int | None = None
    ) -> None:
        """Enter one damaged line."""
        where = {"sumber": berkas.split("/", 1)[0], "berkas": berkas, "lembar": lembar, "baris": baris}
        what = {"id": bad.id, "harap": bad.harap, "kelas": bad.kelas, "baris_lain": baris_lain}
        self.lines.append({**where, **what})

    def add_rows(self, rows: pl.DataFrame) -> None:
        """Enter many damaged rows: a frame with the columns of truth/quarantine."""
        self.tables.append(rows.select(*_QUARANTINE))

    def insert_damaged(
        self, berkas: str, lines: list[str], bad_lines: Sequence[BadLine], rng: np.random.Generator
    ) -> tuple[list[str], Ints]:
        """Put damaged lines at random places after the sound line they repeat, or anywhere below the header.

        Args:
            berkas: the file, for the record.
            lines: header and sound rows.
            bad_lines: what to put in.
            rng: random numbers.

        Returns:
            All lines, and the 1-based line number of each sound row.
        """
        rows = len(lines) - 1
        earliest = [0 if bad.twin is None else bad.twin + 1 for bad in bad_lines]
        gaps = np.array([rng.integers(low, rows + 1) for low in earliest], dtype=np.int64)
        order = np.argsort(gaps, kind="stable")
        all_lines = list(lines)
        for shift, number in enumerate(order):
            all_lines.insert(int(gaps[number]) + 1 + shift, bad_lines[number].text)
        line_numbers = np.arange(rows) + 2 + np.searchsorted(gaps[order], np.arange(rows), side="right")
        for shift, number in enumerate(order):
            bad = bad_lines[number]
            twin = None if bad.twin is None else int(line_numbers[bad.twin])
            self.add_line(berkas, None, int(gaps[number]) + 2 + shift, bad, twin)
        return all_lines, line_numbers

    def files_table(self) -> pl.DataFrame:
        """truth/files."""
        return pl.DataFrame(self.files, schema=_FILES)

    def quarantine_table(self) -> pl.DataFrame:
        """truth/quarantine."""
        return pl.concat([pl.DataFrame(self.lines, schema=_QUARANTINE), *self.tables])


@dataclass(frozen=True)
class WriteContext:
    """What writing one kind of file needs.

    Attributes:
        raw: the raw folder.
        ledger: records what is written.
        rng: random numbers of this kind of file.
        notasi: rate of each notation oddity.
        workbooks: false for large countries, whose workbooks would take too long to write.
    """

    raw: Path
    ledger: Ledger
    rng: np.random.Generator
    notasi: float
    workbooks: bool
