"""Key columns shared by several tables or packages: of a stage, an order, a row of a file.

Does not belong here: descriptions of columns (`schemas.columns`), and the key of a single table (its own module).
"""

from __future__ import annotations

STAGE = ("program", "tahun", "tahap")
ORDER = (*STAGE, "no_danom")
PLACE = ("berkas", "lembar", "baris")
SOURCE_PLACE = {name: f"sumber_{name}" for name in PLACE}
"""What these are called in tables whose rows are no longer those of a file."""
