"""The order of hashes."""

import numpy as np
import pytest

from pipeline.matching.records.arrays import Hashes
from pipeline.matching.records.lookup import argsort_hashes

DRAWN = np.random.default_rng(1)
EVEN = DRAWN.integers(0, 2**64, 1_000, dtype=np.uint64)


@pytest.mark.parametrize(
    "hashes",
    [
        EVEN,
        EVEN[DRAWN.integers(0, 300, 1_000)],
        DRAWN.integers(0, 50, 1_000).astype(np.uint64),
        (EVEN >> np.uint64(60) << np.uint64(60)) | EVEN[::-1] >> np.uint64(58),
        EVEN[:1],
        EVEN[:0],
    ],
    ids=["even", "repeated", "low bits only", "few high bits", "one", "none"],
)
def test_hashes_are_put_in_order_and_equal_ones_stay_as_they_stand(hashes: Hashes) -> None:
    assert argsort_hashes(hashes).tolist() == np.argsort(hashes, kind="stable").tolist()
