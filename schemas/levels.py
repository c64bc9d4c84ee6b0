"""The levels from village to nation, and the SQL with which any query of the marts climbs them.

Belongs here: the one spelling of that climb. Does not: any figure (that stands with its mart).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NATIONAL = "NASIONAL"
# From the deepest up: level and the column that holds its code.
REGIONS = (("DESA", "kode_desa"), ("KECAMATAN", "kode_kec"), ("KABUPATEN", "kode_kab"), ("PROVINSI", "kode_prov"))
# Level → how many digits its codes have.
DIGITS = {NATIONAL: 0, "PROVINSI": 2, "KABUPATEN": 4, "KECAMATAN": 6, "DESA": 10}
TINGKAT = (NATIONAL, *(level for level, _ in reversed(REGIONS)))

# One row per level of a row's place, as `tingkat` and `kode_wilayah` (null where the place is not known so deep).
EACH_LEVEL = "UNNEST([{}], recursive := true)".format(
    ", ".join(
        [
            f"{{'tingkat': '{NATIONAL}', 'kode_wilayah': ''}}",
            *(f"{{'tingkat': '{level}', 'kode_wilayah': {code}}}" for level, code in reversed(REGIONS)),
        ]
    )
)


NAME_OF_REGION = "CASE WHEN kode_wilayah = '' THEN 'INDONESIA' ELSE wilayah.nama END"
"""The name of a row's region in a query that joins `reference.wilayah`, in which the country itself is not."""


def climbed(source: str, keys: Sequence[str], sums: Mapping[str, str]) -> str:
    """A query that sums up rows at every level, each level from the one below it and never twice from the rows.

    Args:
        source: what to read: a table, or `table WHERE …`; it has the code columns of `REGIONS`.
        keys: columns that stay apart besides the region.
        sums: name of a figure → how it is summed up over the rows; only sums that add up (COUNT, SUM).

    Returns:
        SQL that gives `keys`, tingkat, kode_wilayah and the figures (BIGINT). What is not known at a level is left out
        there and counted from the deepest level at which it is known.
    """
    codes = [code for _, code in REGIONS]
    first = ", ".join(f"COALESCE({total}, 0)::BIGINT AS {name}" for name, total in sums.items())
    again = ", ".join(f"SUM({name})::BIGINT AS {name}" for name in sums)
    steps = [f"tk_0 AS MATERIALIZED (SELECT {', '.join([*keys, *codes])}, {first} FROM {source} GROUP BY ALL)"]
    for depth in range(1, len(REGIONS) + 1):
        left = ", ".join([*keys, *codes[depth:]])
        steps.append(f"tk_{depth} AS MATERIALIZED (SELECT {left}, {again} FROM tk_{depth - 1} GROUP BY ALL)")
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
