"""The catalogue of promised tables: importing this module registers them all.

Marts are found by listing the modules of `schemas.marts`, so a new mart needs nothing but its own file.
"""

from __future__ import annotations

import importlib
import pkgutil

import schemas.audit
import schemas.cleansed
import schemas.link
import schemas.marts
import schemas.quality
from schemas.table import TABLES, PromisedTable

for _module in pkgutil.iter_modules(schemas.marts.__path__):
    importlib.import_module(f"schemas.marts.{_module.name}")


def promised_tables() -> dict[str, PromisedTable]:
    """All promised tables by full name, sorted."""
    return dict(sorted(TABLES.items()))
