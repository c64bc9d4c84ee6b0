"""Chooses between candidates of one row with similar names, such as twins: ROHMAT is no slip in ROHMAN, his brother.

The level of names one letter apart is the same whether or not the letter makes another name. A slip rarely makes
another name (the share is `Lookalike.spelled` of the model), which decides between candidates that are equal otherwise.
Belongs here: weighing that between the candidates of one row. Does not: people outside the registry
(`pipeline.matching.judging.lookalikes`), deciding (`pipeline.matching.judging.assignment`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.matching.candidates.search import SearchResult
from pipeline.matching.judging.inference import Judgement, Pairs
from pipeline.matching.judging.lookalikes import name_states
from pipeline.matching.judging.scoring import Bits, Prior, posterior
from pipeline.matching.model.linkage import NAME_STATES, LinkageModel, has_outcome
from pipeline.matching.records.arrays import Floats, Rows

# Less probable candidates are not considered.
_LEAST_PROBABILITY = 0.001


def weigh_name_slips(judgement: Judgement, search: SearchResult, residents: int) -> Judgement:
    """The judgement, with slips that make another name weighed as rare, for rows with several candidates.

    Args:
        judgement: the judgement.
        search: the compared pairs.
        residents: size of the registry.
    """
    model, pairs = judgement.model, search.pairs
    ambiguous = _candidates_of_ambiguous_rows(pairs, judgement.posterior.pair)
    ambiguous = ambiguous[has_outcome(model, judgement.levels[ambiguous], model.groups.misspelled)]
    if not len(ambiguous):
        return judgement
    match = judgement.bits.match.copy()
    match[ambiguous] += _state_bits(model)[
        name_states(
            model,
            judgement.levels[ambiguous],
            search.row_table[pairs.left[ambiguous]],
            search.resident_table[pairs.right[ambiguous]],
            search.common_words,
        )
    ]
    bits = Bits(match, judgement.bits.relative, judgement.bits.person)
    return replace(
        judgement, bits=bits, posterior=posterior(pairs.left, bits, Prior(pairs.row_count, model.absent, residents))
    )


def _candidates_of_ambiguous_rows(pairs: Pairs, probability: Floats) -> Rows:
    """Positions of the candidates of rows with several."""
    possible = np.flatnonzero(probability >= _LEAST_PROBABILITY)
    several = np.bincount(pairs.left[possible], minlength=pairs.row_count) > 1
    return possible[several[pairs.left[possible]]]


def _state_bits(model: LinkageModel) -> Floats:
    """Bits of each state of unequal names for one person; 0 without a state."""
    spelled = next((one.spelled for one in model.lookalikes if one.spelled), {})
    return np.log2([1.0, *(spelled[state][0] if state in spelled else 1.0 for state in NAME_STATES)])
