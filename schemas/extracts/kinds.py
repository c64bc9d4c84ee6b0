"""All kinds of files there are, collected from the modules of the sources."""

from __future__ import annotations

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

LAYOUTS_BESIDE: dict[str, Layout] = dtks.LAYOUTS_BESIDE


def folder_of(source: str) -> str:
    """The folder under `raw/` in which files of a kind belong."""
    return BESIDE[source][0] if source in BESIDE else source
