"""Rounds of judging: household evidence from the links so far, probabilities, better figures, until nothing moves.

Belongs here: the loop over scoring, training, claims and households. Does not: finding pairs, comparing, deciding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching.assignment import Flags, best_of_each, outbid
from pipeline.matching.comparison import Rows
from pipeline.matching.households import count_relatives, evidence_levels
from pipeline.matching.model import Floats, LinkageModel
from pipeline.matching.scoring import Bits, Posterior, Prior, bits_of, posterior
from pipeline.matching.training import Counted, Evidence, learn_matches

# A link this probable is evidence for the rest of the household.
CLAIM = 0.9
_ROUNDS = 4


@dataclass(frozen=True)
class Pairs:
    """Compared pairs of the rows that are not settled at once.

    Attributes:
        left: row number per pair.
        right: resident number per pair.
        levels: pairs × comparisons; the household's column is filled in here.
        household: household number per row, -1 for none.
        identity: packed NIK per resident.
        family: packed KK per resident, -1 for none.
    """

    left: Rows
    right: Rows
    levels: npt.NDArray[np.uint8]
    household: Rows
    identity: Rows
    family: Rows


@dataclass(frozen=True)
class Settled:
    """Rows linked before any weighing.

    Attributes:
        claims: h, resident, k of each (household, packed NIK, packed KK).
        levels: levels of a sample of them, for learning.
    """

    claims: pl.DataFrame
    levels: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Judged:
    """What the rounds end with.

    Attributes:
        model: the trained model.
        levels: pairs × comparisons, household evidence included.
        bits: per pair, less what a better claimant takes away.
        belief: probabilities.
        beaten: per pair, whether another row claims the resident at least as well.
        claims: h, resident, k of all rows taken for somebody, settled ones included.
        relatives: there and elsewhere per pair (`count_relatives`).
    """

    model: LinkageModel
    levels: npt.NDArray[np.uint8]
    bits: Bits
    belief: Posterior
    beaten: Flags
    claims: pl.DataFrame
    relatives: pl.DataFrame


@dataclass(frozen=True)
class Relations:
    """Which pairs of a row concern one family.

    Attributes:
        together: the same number for all pairs of one row and one KK.
        kinless: whether the pair's resident has no KK.
    """

    together: Rows
    kinless: Flags


def judge(model: LinkageModel, pairs: Pairs, settled: Settled, residents: int, family_size: float) -> Judged:
    """Judge all pairs.

    Args:
        model: where training starts.
        pairs: compared pairs, sorted by row and resident.
        settled: rows linked before.
        residents: size of the registry.
        family_size: residents per KK.
    """
    rows = len(pairs.household)
    everybody = rows + settled.claims.height
    weight = np.full(len(settled.levels), settled.claims.height / max(len(settled.levels), 1))
    taken = pl.Series(pairs.identity).is_in(settled.claims["resident"].implode()).to_numpy()
    relations = _relations(pairs)
    # Only households with an open row need to know who is linked.
    related = settled.claims.filter(pl.col("h").is_in(pl.Series(pairs.household).unique().implode()))
    column, nik = (_position(model, kind) for kind in ("household", "nik"))
    start = model
    levels = pairs.levels.copy()
    beaten = np.zeros(len(pairs.left), dtype=np.bool_)
    own = np.full(rows, -1)
    for _ in range(_ROUNDS):
        claims = pl.concat([related, _claims(pairs, own)])
        relatives = count_relatives(claims, _described(pairs, own))
        levels[:, column] = evidence_levels(relatives)
        bits = _less_for_beaten(bits_of(model, levels, residents, family_size), beaten, model.repeated)
        belief = posterior(pairs.left, bits, Prior(rows, model.absent, residents))
        known = [Evidence(levels, belief.pair), Evidence(settled.levels, weight)]
        counted = Counted(
            everybody,
            rows,
            float(belief.nobody.sum()),
            float(belief.pair[beaten].sum()),
            *_others(levels[:, nik], len(model.comparisons[nik].levels), belief.pair, relations),
        )
        model = learn_matches(start, known, counted)
        beaten = outbid(pairs.left, pairs.right, bits.match, belief.pair, taken)
        now = _taken_for(pairs, bits.match, belief.pair, rows)
        if (now == own).all():
            break
        own = now
    return Judged(model, levels, bits, belief, beaten, claims, relatives)


def _taken_for(pairs: Pairs, bits: Floats, probability: Floats, rows: int) -> Rows:
    best = best_of_each(pairs.left, bits)
    best = best[probability[best] >= CLAIM]
    own = np.full(rows, -1)
    own[pairs.left[best]] = pairs.right[best]
    return own


def _claims(pairs: Pairs, own: Rows) -> pl.DataFrame:
    has = own >= 0
    return pl.DataFrame({"h": pairs.household[has], "resident": pairs.identity[own[has]], "k": pairs.family[own[has]]})


def _where_known(values: Rows, own: Rows) -> Rows:
    """The value of each row's resident, -1 for none."""
    known = np.full(len(own), -1, dtype=np.int64)
    known[own >= 0] = values[own[own >= 0]]
    return known


def _described(pairs: Pairs, own: Rows) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "h": pairs.household[pairs.left],
            "resident": pairs.identity[pairs.right],
            "k": pairs.family[pairs.right],
            "own": _where_known(pairs.identity, own)[pairs.left],
            "own_k": _where_known(pairs.family, own)[pairs.left],
        }
    )


def _less_for_beaten(bits: Bits, beaten: Flags, repeated: float) -> Bits:
    """A resident whom a better row claims can still be meant, if DTKS lists the person twice."""
    return Bits(bits.match + np.where(beaten, np.log2(repeated), 0.0), bits.relative, bits.person)


def _others(
    nik: npt.NDArray[np.uint8], levels: int, probability: Floats, relations: Relations
) -> tuple[Floats, Floats]:
    """Relatives and strangers of the rows' persons among the pairs, counted by the level of their NIK."""
    in_family = np.bincount(relations.together, probability)[relations.together]
    relative = np.where(relations.kinless, 0.0, np.clip(in_family - probability, 0.0, 1.0))
    stranger = np.clip(1.0 - probability - relative, 0.0, 1.0)
    return (
        np.bincount(nik, relative, minlength=levels).astype(np.float64),
        np.bincount(nik, stranger, minlength=levels).astype(np.float64),
    )


def _relations(pairs: Pairs) -> Relations:
    keys = pl.DataFrame({"left": pairs.left, "k": pairs.family[pairs.right]})
    numbers = keys.unique(maintain_order=True).with_row_index("number")
    together = keys.join(numbers, on=["left", "k"], how="left", maintain_order="left")["number"]
    return Relations(together.to_numpy().astype(np.int64), (keys["k"] == -1).to_numpy())


def _position(model: LinkageModel, kind: str) -> int:
    return next(number for number, comparison in enumerate(model.comparisons) if comparison.kind == kind)
