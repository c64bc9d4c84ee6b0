"""Collects all codes of rules, matching decisions and double aid into one frame for analysts.

Does not belong here: defining codes and sentences (`schemas.rules`, `schemas.reasons`, `schemas.marts.bantuan_ganda`).
"""

from __future__ import annotations

from functools import cache

import polars as pl

from schemas.extracts import EXTRACTS, folder_of
from schemas.marts.bantuan_ganda import DOUBLE, DOUBLE_CURE
from schemas.reasons import REASONS
from schemas.rules import RULES, Severity
from schemas.staged import STAGED_KINDS

# Model of a rule → its source; findings on people count as findings on their DTKS rows.
SOURCE_OF_MODEL = {model.__name__: folder_of(kind) for kind, model in STAGED_KINDS.items()} | {
    "Anggota": "dtks",
    "PerintahBayar": "pos",
}
OF_MATCHING, REASON = "padan", "ALASAN"
"""Values of `sumber` and `akibat` for the reasons of matching decisions."""
COLUMNS = ("sumber", "kode", "akibat", "kolom", "arti", "tindakan")


@cache
def codes() -> pl.DataFrame:
    """One row per source and code, with `COLUMNS`; codes of the reader apply to any file, so every source has them."""
    rules = [
        (source, rule.code, rule.severity.value, rule.column or None, rule.sentence, rule.cure)
        for rule in RULES.values()
        for source in ([SOURCE_OF_MODEL[rule.on]] if rule.on in SOURCE_OF_MODEL else EXTRACTS)
    ]
    double = [("pos", code, Severity.FINDING.value, None, sentence, DOUBLE_CURE) for code, sentence in DOUBLE.items()]
    reasons = [
        (OF_MATCHING, code, REASON, None, f"{phrase[:1].upper()}{phrase[1:]}.", None)
        for code, phrase in REASONS.items()
    ]
    all_codes = pl.DataFrame([*rules, *double, *reasons], schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return all_codes.unique(["sumber", "kode"], keep="first", maintain_order=True)
