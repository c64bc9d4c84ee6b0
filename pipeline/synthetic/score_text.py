"""Scores as people read them in a terminal and as machines read them.

Belongs here: layout and rounding. Does not: any figure (`pipeline.synthetic.score` has them all). Nothing here can name
a person: scores hold counts only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import polars as pl

from pipeline.synthetic.score import Scores
from pipeline.synthetic.score_figures import COUNTS, Share

_RULES = {"PADAN": "padan", "KEMENSOS": "aturan Kemensos", "PERSIS": "sama persis"}
_FACTS = {"status_bayar": "status", "nominal": "nominal", "kode_desa": "desa", "sumber_data": "sumber data"}
_RATIOS = ("precision", "recall", "f1")
_HEADINGS = ("n", "TP", "FP", "FN", "precision", "recall", "F1")
_DECIMALS = 6


def render_text(scores: Scores) -> str:
    """The scores as aligned text: headline figures first, then one table per defect class and one per kabupaten."""
    blocks = (
        [f"Scores against the truth, periode {scores.periode}"],
        _persons(scores),
        _headlines(scores),
        _quarantine(scores),
        _breakdown(scores.by_class, "kelas", "By defect class (a row counts in each of its classes)"),
        _breakdown(
            scores.by_region.with_columns(
                wilayah=pl.concat_str("kode_kab", "nama_kab", separator=" ", ignore_nulls=True)
            ),
            "wilayah",
            "By kabupaten",
        ),
    )
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def to_json(scores: Scores) -> str:
    """The scores as JSON: the fields of `Scores`, tables as lists of objects, shares with right, of and share."""
    return json.dumps(_plain(scores), ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, pl.DataFrame):
        return _plain(value.to_dicts())
    if isinstance(value, Share):
        return {"right": value.right, "of": value.of, "share": _plain(value.share)}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return round(value, _DECIMALS) if isinstance(value, float) else value


def _persons(scores: Scores) -> list[str]:
    rows = [[_RULES[row["cara"]], str(row["n"]), *_cells(row)] for row in scores.persons.iter_rows(named=True)]
    human = [["automatic links right", *_share(scores.automatic)], ["left to review", *_share(scores.review)]]
    fate = scores.ambiguous
    return [
        *_table([["Persons", *_HEADINGS], *rows]),
        *_table(human),
        f"ambiguous rows: TINJAU {fate.reviewed}, tanpa tautan {fate.unlinked}, ditebak {fate.guessed}",
    ]


def _headlines(scores: Scores) -> list[str]:
    pairs = scores.duplicates.row(0, named=True)
    rows = [
        ["Households", "precision", *_share(scores.households.precision)],
        ["Households", "recall", *_share(scores.households.recall)],
        ["Households", "F1", _ratio(scores.households.f1), ""],
        ["Households", "status", *_share(scores.households.status)],
        ["Duplicates", "precision", *_share(Share(pairs["tp"], pairs["tp"] + pairs["fp"]))],
        ["Duplicates", "recall", *_share(Share(pairs["tp"], pairs["tp"] + pairs["fn"]))],
        ["Duplicates", "F1", _ratio(pairs["f1"]), ""],
        ["Quarantine", "agreement", *_share(scores.quarantine.agreement)],
        ["Files", "rows", *_share(scores.files.rows)],
        ["Files", "rupiah", *_share(scores.files.amounts)],
        ["Files", "balanced", *_share(scores.files.balanced)],
        ["Realisasi", "cells", *_share(scores.realisasi)],
        *(["Payments", _FACTS[name], *_share(share)] for name, share in scores.payments.items()),
    ]
    return _table(rows, texts=2)


def _quarantine(scores: Scores) -> list[str]:
    wrong = [
        [row["sumber"], row["kelas"], row["harap"], str(row["n"])]
        for row in scores.quarantine.wrong.iter_rows(named=True)
    ]
    causeless = scores.quarantine.without_cause
    lines = _table([["sumber", "kelas", "harap", "n"], *wrong], texts=3) if wrong else []
    if causeless:
        lines.append(f"{causeless} rows refused with nothing wrong in them")
    return ["Quarantine disagreements", *lines] if lines else []


def _breakdown(table: pl.DataFrame, name: str, title: str) -> list[str]:
    rows = [
        [row[name] or "-", str(row["n"]), *_cells(row), _ratio(row["f1_kemensos"])]
        for row in table.iter_rows(named=True)
    ]
    return [title, *_table([[name, *_HEADINGS, "F1 Kemensos"], *rows])]


def _cells(row: dict[str, Any]) -> list[str]:
    return [*(str(row[name]) for name in COUNTS), *(_ratio(row[name]) for name in _RATIOS)]


def _share(share: Share) -> list[str]:
    return [_ratio(share.share), f"{share.right}/{share.of}"]


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _table(rows: Sequence[Sequence[str]], texts: int = 1) -> list[str]:
    """Rows of equal length as lines: the first `texts` columns left-aligned, the others right-aligned."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [_line(row, widths, texts).rstrip() for row in rows]


def _line(row: Iterable[str], widths: Sequence[int], texts: int) -> str:
    aligned = (
        cell.ljust(width) if at < texts else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(aligned)
