"""The levels of regions from village to nation, and the SQL that sums figures up at every level.

Does not belong here: any figure (the module of its mart).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NATIONAL = "NASIONAL"
# From the deepest level up: level and its code column.
REGIONS = (("DESA", "kode_desa"), ("KECAMATAN", "kode_kec"), ("KABUPATEN", "kode_kab"), ("PROVINSI", "kode_prov"))
# Level → number of digits of its codes.
DIGITS = {NATIONAL: 0, "PROVINSI": 2, "KABUPATEN": 4, "KECAMATAN": 6, "DESA": 10}
TINGKAT = (NATIONAL, *(level for level, _ in reversed(REGIONS)))

# SQL: one row per level of a row's place, as `tingkat` and `kode_wilayah` (null if the level is unknown).
EACH_LEVEL = "UNNEST([{}], recursive := true)".format(
    ", ".join(
        [
            f"{{'tingkat': '{NATIONAL}', 'kode_wilayah': ''}}",
            *(f"{{'tingkat': '{level}', 'kode_wilayah': {code}}}" for level, code in reversed(REGIONS)),
        ]
    )
)


NAME_OF_REGION = "CASE WHEN kode_wilayah = '' THEN 'INDONESIA' ELSE wilayah.nama END"
"""SQL: the name of a row's region in a query that joins `reference.wilayah`, which does not contain the nation."""


def roll_up_query(source: str, keys: Sequence[str], sums: Mapping[str, str]) -> str:
    """A query that sums up rows at every level; each level is computed from the level below, rows are read only once.

    Args:
        source: a table, or `table WHERE …`, with the code columns of `REGIONS`.
        keys: columns to group by besides the region.
        sums: name of a figure → its aggregate over the rows; only additive ones (COUNT, SUM).

    Returns:
        SQL that gives `keys`, tingkat, kode_wilayah and the figures (BIGINT). A row whose code is unknown at a level is
        omitted there and counted from the deepest known level upwards.
    """
    codes = [code for _, code in REGIONS]
    first = ", ".join(f"COALESCE({total}, 0)::BIGINT AS {name}" for name, total in sums.items())
    summed = ", ".join(f"SUM({name})::BIGINT AS {name}" for name in sums)
    steps = [f"tk_0 AS MATERIALIZED (SELECT {', '.join([*keys, *codes])}, {first} FROM {source} GROUP BY ALL)"]
    for depth in range(1, len(REGIONS) + 1):
        remaining_columns = ", ".join([*keys, *codes[depth:]])
        steps.append(
            f"tk_{depth} AS MATERIALIZED (SELECT {remaining_columns}, {summed} FROM tk_{depth - 1} GROUP BY ALL)"
        )
    figures = ", ".join(sums)
    selects = [
        f"SELECT {', '.join(keys)}, '{level}' AS tingkat, {code} AS kode_wilayah, {figures} FROM tk_{depth} "
        f"WHERE {code} IS NOT NULL"
        for depth, (level, code) in enumerate(REGIONS)
    ]
    selects.append(
        f"SELECT {', '.join(keys)}, '{NATIONAL}' AS tingkat, '' AS kode_wilayah, {figures} FROM tk_{len(REGIONS)}"
    )
    return f"WITH {', '.join(steps)} {' UNION ALL '.join(selects)}"
