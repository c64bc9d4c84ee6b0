"""The columns that tell one thing apart wherever it is spoken of: a stage, an order, a row of a file.

Belongs here: what several tables or packages join and group by. Does not: what columns mean (`schemas.columns`), and
keys of one table (its own module).
"""

from __future__ import annotations

STAGE = ("program", "tahun", "tahap")
ORDER = (*STAGE, "no_danom")
PLACE = ("berkas", "lembar", "baris")
SOURCE_PLACE = {name: f"sumber_{name}" for name in PLACE}
"""What these are called in tables whose rows are no longer those of a file."""
