"""What the arrays of matching hold: one name per kind, so that signatures say what goes in and comes out.

Belongs here: those names. Does not: packed identifiers (`pipeline.matching.records.identifiers_near`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Positions of rows, of entries or of pairs; -1 for none.
Rows = npt.NDArray[np.int64]
# The same in half the memory, for what is held of whole registers.
NarrowRows = npt.NDArray[np.int32]
# 64 bits that tell values apart; 0 for none.
Hashes = npt.NDArray[np.uint64]
# A date as the number yyyymmdd, 0 for none.
Dates = npt.NDArray[np.int32]
# Positions in a list of distinct values, -1 for none.
Codes = npt.NDArray[np.int32]
# How pairs agree: pairs × comparisons, or pair by pair in one of them; 0 for what cannot be compared.
Levels = npt.NDArray[np.uint8]
# Counts, lengths, digits.
Ints = npt.NDArray[np.int64]
# What names that are not the same turn out to be, pair by pair; 0 where nothing tells.
States = npt.NDArray[np.uint8]
# The passes that found a pair, a bit each.
Masks = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]
# Bits, odds or probabilities.
Floats = npt.NDArray[np.float64]
