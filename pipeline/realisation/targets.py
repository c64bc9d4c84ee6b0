"""`mart.alokasi`: reduces the deliveries of each target to the one in force.

Does not belong here: which rows contradict each other, and which transfers are parts (`schemas.rules.targets`).
"""

from __future__ import annotations

import polars as pl

from schemas.keys import PLACE, SOURCE_PLACE
from schemas.rules.targets import DELIVERY, TARGET, TRANSFERS, allotted_differently, transferred_in_parts

_ALLOTMENT = pl.col("kpm_alokasi", "nominal_alokasi")
# By the digits of its code.
_LEVELS = {4: "KABUPATEN", 6: "KECAMATAN"}


def targets_in_force(deliveries: pl.DataFrame) -> pl.DataFrame:
    """All targets in the columns of `mart.alokasi`.

    The last row of the newest delivery of a target counts. If its money comes by several SP2D, one row each, those rows
    are added, and any of them may state the allotment; rows of transfers still to come add nothing.

    Args:
        deliveries: accepted rows (`AlokasiStaged`).
    """
    one_allotment = ~allotted_differently(DELIVERY)
    in_parts = one_allotment & (TRANSFERS.len().over(DELIVERY) > 0) & transferred_in_parts(DELIVERY)
    summed = deliveries.with_columns(
        pl.when(one_allotment & pl.col("no_sp2d").is_not_null())
        .then(_ALLOTMENT.max().over(DELIVERY))
        .otherwise(_ALLOTMENT),
        pl.coalesce("tgl_transfer", pl.when(in_parts).then(pl.col("tgl_transfer").max().over(DELIVERY))),
        nominal_transfer=pl.when(in_parts).then(TRANSFERS.sum().over(DELIVERY)).otherwise("nominal_transfer"),
    )
    newest_first = summed.sort("berlaku_per", "revisi", *PLACE, descending=True, nulls_last=True)
    in_force = newest_first.unique(TARGET, keep="first", maintain_order=True)
    digits = pl.col("kode_wilayah").str.len_chars()
    return in_force.with_columns(tingkat=digits.replace_strict(_LEVELS, return_dtype=pl.String)).rename(SOURCE_PLACE)
