"""Key columns shared by several tables or packages: of a stage, an order, a row of a file.

Does not belong here: descriptions of columns (`schemas.columns`), and the key of a single table (its own module).
"""

from __future__ import annotations

STAGE = ("program", "tahun", "tahap")
ORDER = (*STAGE, "no_danom")
PLACE = ("berkas", "lembar", "baris")
SOURCE_PLACE = {name: f"sumber_{name}" for name in PLACE}
"""Names of these columns in tables whose rows no longer correspond to the rows of a file."""
