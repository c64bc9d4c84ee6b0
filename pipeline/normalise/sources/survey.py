"""What no row tells by itself: facts of a whole source, gathered part by part before its rows are normalised.

Only what a fact needs is kept: numbers of rows that repeat an identifier, files that are damaged as a whole, the
kabupaten of SIAK lists, what batches of orders are for. So the memory needed follows the size of a part and how much
is repeated or damaged, not the number of rows.
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
    """Look over all rows of a source.

    Args:
        source: one of `schemas.extracts.EXTRACTS`.
        parts: its readable rows.
        files: the ledger of files (`berkas`, `diubah`).
        damage: when a file of DTKS counts as damaged as a whole; as the reference says unless given.
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
