"""Seeded draws and the few array tricks every generator module needs.

Belongs here: random streams, weighted choice, counting inside groups. Does not: anything that knows what a person,
a file or a defect is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def random_stream(seed: int, topic: str) -> np.random.Generator:
    """The random numbers of one topic: the same seed and topic always give the same ones, whatever else is drawn."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *topic.encode()])))


def pick_weighted(rng: np.random.Generator, weights: Sequence[float] | Floats, size: int) -> Ints:
    """Positions 0..len(weights)-1, drawn in proportion to the weights."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right")
    return np.minimum(found, len(cumulative) - 1).astype(np.int64)


def pick_distinct(rng: np.random.Generator, weights: Floats, size: int) -> Ints:
    """Up to `size` distinct positions, drawn with probabilities by weight (exponential races)."""
    race = rng.exponential(size=len(weights)) / weights
    return np.argsort(race, kind="stable")[:size].astype(np.int64)


def occurrence_numbers(keys: Ints) -> Ints:
    """For each element the number of equal ones before it: 0 for the first of its key."""
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    lengths = np.diff(np.r_[starts, len(ranked)])
    counted = np.empty(len(keys), dtype=np.int64)
    counted[order] = np.arange(len(keys)) - np.repeat(starts, lengths)
    return counted


def apportion(total: int, weights: Floats) -> Ints:
    """`total` split into whole numbers in proportion to the weights (largest remainders)."""
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(np.int64)
    missing = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return whole


def scattered_numbers(count: int, rng: np.random.Generator) -> Ints:
    """`count` distinct 10-digit numbers without visible order: a full-period walk over 9 billion."""
    step, span = 5_917_653_157, 9_000_000_000
    start = int(rng.integers(span))
    return (np.arange(count, dtype=np.int64) * step + start) % span + 1_000_000_000
