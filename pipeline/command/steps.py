"""Labels for the steps of a run, and its progress on the terminal.

Belongs here: Indonesian labels for the names of Dagster's steps. Does not: which steps there are (`assets`).
"""

from __future__ import annotations

import sys

import typer

_SOURCES = {
    "dtks": "DTKS",
    "dtsen_keluarga": "keluarga DTSEN",
    "dukcapil": "Dukcapil",
    "pos": "berkas bayar",
    "alokasi": "alokasi",
    "pendamping": "laporan pendamping",
}
_LABELS = {
    "awal": "Persiapan",
    "raw/berkas": "Pendaftaran berkas",
    "pemadanan": "Pemadanan DTKS dengan Dukcapil",
    "quality/rekonsiliasi_tidak_ada_yang_hilang": "Pemeriksaan bahwa tidak ada baris atau rupiah yang hilang",
    "published/gerbang": "Penilaian gerbang mutu",
    "terbitan": "Penerbitan",
}


def step_label(step: str) -> str:
    """Label of a step: `raw__dtks` is `Pembacaan DTKS`; for a table its name in the database.

    Args:
        step: key of the step in Dagster, or of an asset (`raw/dtks`).
    """
    step = step.replace("__", "/")
    if step in _LABELS:
        return _LABELS[step]
    layer, _, name = step.replace("/", "_", 1).partition("_")
    layers = {"raw": "Pembacaan", "staged": "Pemeriksaan"}
    return f"{layers[layer]} {_SOURCES.get(name, name)}" if layer in layers else f"Penyusunan {layer}.{name}"


def show_progress(step: str, number: int, steps: int) -> None:
    """Print that a step has ended: on a terminal over the previous line, elsewhere on a new line."""
    line = f"[{number}/{steps}] {step_label(step)}"
    if sys.stdout.isatty():
        typer.echo(f"\r\033[K{line}", nl=False)
    else:
        typer.echo(line)
