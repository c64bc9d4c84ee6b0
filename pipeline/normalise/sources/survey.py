"""Gathers the facts of a whole source (`Survey`), part by part, before its rows are normalised.

Only the facts are kept: numbers of rows that repeat an identifier, files damaged as a whole, the kabupaten of SIAK
lists, the stages of batches. Memory therefore grows with the size of a part and the amount of repetition and damage,
not with the number of rows.
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.sources.dtks import survey_dtks
from pipeline.normalise.sources.dukcapil import survey_dukcapil
from pipeline.normalise.sources.facts import Survey
from pipeline.normalise.sources.parts import Parts
from pipeline.normalise.sources.payments import survey_orders, survey_targets
from pipeline.settings import DamageLimits, default_limits


def survey(source: str, parts: Parts, files: pl.DataFrame, damage: DamageLimits | None = None) -> Survey:
    """Gather the facts of all rows of a source.

    Args:
        source: one of `schemas.extracts.EXTRACTS`.
        parts: its readable rows.
        files: the ledger of files (`berkas`, `diubah`).
        damage: when a DTKS file counts as damaged as a whole; by default the limits in the reference data.
    """
    match source:
        case "dtks":
            return survey_dtks(parts, damage or default_limits().kerusakan)
        case "dukcapil":
            return survey_dukcapil(parts)
        case "pos":
            return survey_orders(parts, files)
        case "alokasi":
            return survey_targets(parts, files)
        case _:
            return Survey()
