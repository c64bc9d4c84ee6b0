"""All kinds of files there are, collected from the modules of the sources."""

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

# Files that lie in the folder of a source beside its extract: folder and model. Their rows are not rows of the source.
BESIDE: dict[str, tuple[str, type[Extract]]] = {
    "dtsen_keluarga": ("dtks", dtks.DtsenKeluarga),
    "bdt_rumah_tangga": ("dtks", dtks.BdtRumahTangga),
}

# What can be recognised: the sources, and what lies beside them.
KINDS: dict[str, type[Extract]] = {**EXTRACTS, **{kind: model for kind, (_, model) in BESIDE.items()}}

REQUIRED: dict[str, Required] = {**dtks.REQUIRED, **dukcapil.REQUIRED, **payments.REQUIRED, **companions.REQUIRED}

LAYOUTS: dict[str, Layout] = {**dtks.LAYOUTS, **dukcapil.LAYOUTS, **payments.LAYOUTS, **companions.LAYOUTS}

TOLD_ELSEWHERE: dict[str, frozenset[str]] = {**payments.TOLD_ELSEWHERE, **companions.TOLD_ELSEWHERE}

LAYOUTS_BESIDE: dict[str, Layout] = dtks.LAYOUTS_BESIDE


WITHOUT_OWN_NUMBER: frozenset[str] = dukcapil.WITHOUT_OWN_NUMBER


def all_layouts() -> dict[str, Layout]:
    """The layouts of everything that can be recognised."""
    return LAYOUTS | LAYOUTS_BESIDE


def folder_of(source: str) -> str:
    """The folder under `raw/` in which files of a kind belong."""
    return BESIDE[source][0] if source in BESIDE else source


@cache
def shapes_of(kind: str) -> dict[str, str]:
    """Column → what its cells look like, for the columns of a kind of file that their cells tell apart."""
    return {name: about["shape"] for name, about in _told(kind).items() if about.get("shape")}


@cache
def left_in_extract(kind: str) -> frozenset[str]:
    """The columns of a kind of file that no normalised frame has: a third of most extracts is not read again."""
    return frozenset(name for name, about in _told(kind).items() if not about.get("staged", True))


def _told(kind: str) -> dict[str, dict[str, Any]]:
    """Column → what its model tells of it besides type and description."""
    return {name: column.metadata or {} for name, column in KINDS[kind].to_schema().columns.items()}
