"""Rows torn between residents who are called alike, as twins are: ROHMAT is no slip in ROHMAN, whose brother he is.

Levels know names that are a letter apart, whatever the letter makes of them. That it makes another name is hardly a
slip (the share is the lookalikes', `model.Lookalike.spelled`), and tells apart who is equal in all else.
Belongs here: weighing that between the candidates of one row. Does not: people outside the registry
(`pipeline.matching.judging.lookalikes`), deciding (`pipeline.matching.judging.assignment`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.matching.candidates.search import Compared
from pipeline.matching.judging.inference import Judged, Pairs
from pipeline.matching.judging.lookalikes import names_of
from pipeline.matching.judging.scoring import Bits, Prior, posterior
from pipeline.matching.model.linkage import NAME_STATES, LinkageModel, among
from pipeline.matching.records.arrays import Floats, Rows

# Less probable candidates tear no row.
_RIVAL = 0.001


def told_by_name(judged: Judged, compared: Compared, residents: int) -> Judged:
    """The judgement, with slips that make another name counted as rare among the candidates of torn rows.

    Args:
        judged: the judgement.
        compared: what was judged.
        residents: size of the registry.
    """
    model, pairs = judged.model, compared.pairs
    torn = _torn(pairs, judged.belief.pair)
    torn = torn[among(model, judged.levels[torn], model.groups.misspelled)]
    if not len(torn):
        return judged
    match = judged.bits.match.copy()
    match[torn] += _rarity(model)[
        names_of(
            model,
            judged.levels[torn],
            compared.rows[pairs.left[torn]],
            compared.residents[pairs.right[torn]],
            compared.borne,
        )
    ]
    bits = Bits(match, judged.bits.relative, judged.bits.person)
    return replace(judged, bits=bits, belief=posterior(pairs.left, bits, Prior(pairs.rows, model.absent, residents)))


def _torn(pairs: Pairs, probability: Floats) -> Rows:
    """The candidates of rows that have several."""
    possible = np.flatnonzero(probability >= _RIVAL)
    several = np.bincount(pairs.left[possible], minlength=pairs.rows) > 1
    return possible[several[pairs.left[possible]]]


def _rarity(model: LinkageModel) -> Floats:
    """Bits against a slip of each state of a name, none where nothing tells the state."""
    spelled = next((one.spelled for one in model.lookalikes if one.spelled), {})
    return np.log2([1.0, *(spelled[state][0] if state in spelled else 1.0 for state in NAME_STATES)])
