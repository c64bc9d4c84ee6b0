"""Type names for the arrays of matching, so that signatures say what the arrays hold.

Does not belong here: packed identifiers (`pipeline.matching.records.bcd`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Positions of rows, of entries or of pairs; -1 for none.
Rows = npt.NDArray[np.int64]
# The same as 32-bit numbers, for whole registers.
NarrowRows = npt.NDArray[np.int32]
# 64-bit hashes; 0 for none.
Hashes = npt.NDArray[np.uint64]
# Dates as numbers yyyymmdd; 0 for none.
Dates = npt.NDArray[np.int32]
# Positions in a list of distinct values, -1 for none.
Codes = npt.NDArray[np.int32]
# Comparison levels: pairs × comparisons, or one per pair; 0 if it cannot be compared.
Levels = npt.NDArray[np.uint8]
# Counts, lengths, digits.
Ints = npt.NDArray[np.int64]
# States of unequal names (`lookalikes.name_states`), one per pair; 0 for none.
States = npt.NDArray[np.uint8]
# The passes that found a pair, one bit each.
Masks = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]
# Bits, odds or probabilities.
Floats = npt.NDArray[np.float64]
