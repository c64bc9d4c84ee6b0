"""Collects all kinds of files from the modules of the sources."""

from __future__ import annotations

from functools import cache
from typing import Any

from schemas.extracts import companions, dtks, dukcapil, payments
from schemas.extracts.extract import Extract, Layout, Required

EXTRACTS: dict[str, type[Extract]] = {
    "dtks": dtks.Dtks,
    "dukcapil": dukcapil.Dukcapil,
    "pos": payments.Pos,
    "alokasi": payments.Alokasi,
    "pendamping": companions.Pendamping,
}

# Kinds of files that lie beside a source's extracts → folder and model; their rows are not rows of the source.
ADDITIONAL_KINDS: dict[str, tuple[str, type[Extract]]] = {
    "dtsen_keluarga": ("dtks", dtks.DtsenKeluarga),
    "bdt_rumah_tangga": ("dtks", dtks.BdtRumahTangga),
}

# All recognised kinds of files: the sources, and those beside them.
KINDS: dict[str, type[Extract]] = {**EXTRACTS, **{kind: model for kind, (_, model) in ADDITIONAL_KINDS.items()}}

REQUIRED: dict[str, Required] = {**dtks.REQUIRED, **dukcapil.REQUIRED, **payments.REQUIRED, **companions.REQUIRED}

LAYOUTS: dict[str, Layout] = {**dtks.LAYOUTS, **dukcapil.LAYOUTS, **payments.LAYOUTS, **companions.LAYOUTS}

GIVEN_ELSEWHERE: dict[str, frozenset[str]] = {**payments.GIVEN_ELSEWHERE, **companions.GIVEN_ELSEWHERE}

ADDITIONAL_LAYOUTS: dict[str, Layout] = dtks.ADDITIONAL_LAYOUTS


WITHOUT_OWN_NUMBER: frozenset[str] = dukcapil.WITHOUT_OWN_NUMBER


def all_layouts() -> dict[str, Layout]:
    """The layouts of all recognised kinds of files."""
    return LAYOUTS | ADDITIONAL_LAYOUTS


def folder_of(source: str) -> str:
    """The folder under `raw/` for files of a kind."""
    return ADDITIONAL_KINDS[source][0] if source in ADDITIONAL_KINDS else source


@cache
def cell_shapes(kind: str) -> dict[str, str]:
    """Column → regex for its cells, for the columns of a kind of file with distinctive cells."""
    return {name: about["shape"] for name, about in _column_metadata(kind).items() if about.get("shape")}


@cache
def unstaged_columns(kind: str) -> frozenset[str]:
    """The columns of a kind of file that are not staged, a third of most extracts; staging skips them."""
    return frozenset(name for name, about in _column_metadata(kind).items() if not about.get("staged", True))


def _column_metadata(kind: str) -> dict[str, dict[str, Any]]:
    """Column → its metadata from `header`."""
    return {name: column.metadata or {} for name, column in KINDS[kind].to_schema().columns.items()}
