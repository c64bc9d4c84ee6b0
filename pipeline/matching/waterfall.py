"""The weight of a link, fact by fact: from nothing known to the decision, as a person follows it step by step.

Belongs here: the steps and their words. Does not: what a fact weighs (`pipeline.matching.scoring`), drawing them
(`reports.evaluation`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.normalise.masking import masked

_BITS = "bobot_"
# Names of the model's comparisons as officers know them; a comparison without one goes by its own name.
_FACTS = {
    "nik": "NIK",
    "tanggal": "Tanggal lahir",
    "kelamin": "Jenis kelamin",
    "nama": "Nama",
    "ibu": "Nama ibu kandung",
    "tempat_lahir": "Tempat lahir",
    "hubungan": "Hubungan keluarga",
    "kk": "Nomor KK",
    "tempat_tinggal": "Tempat tinggal",
    "keluarga": "Anggota keluarga lain",
}
_LIMITED = "Batas bukti keluarga"
_LEAST = 0.05
# What both sides say about a fact: columns of `DtksStaged` and `DukcapilStaged`.
_SHOWN = {
    "nik": ("nik_tulis", "nik"),
    "tanggal": ("tanggal_lahir", "tanggal_lahir"),
    "kelamin": ("jenis_kelamin", "jenis_kelamin"),
    "nama": ("nama", "nama"),
    "ibu": ("nama_ibu_kandung", "nama_ibu_kandung"),
    "tempat_lahir": ("tempat_lahir", "tempat_lahir"),
    "hubungan": ("hub_keluarga", "hub_keluarga"),
    "kk": ("no_kk_tulis", "no_kk"),
    "tempat_tinggal": ("kode_desa", "kode_desa"),
}
_MASKS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    **dict.fromkeys(("tempat_lahir", "hubungan", "tempat_tinggal", "kelamin"), lambda value: value),
    "tanggal": lambda value: value.str.head(4) + "-**-**",
}
_UNKNOWN = "–"


@dataclass(frozen=True)
class Step:
    """One fact of a link.

    Attributes:
        fact: in words.
        level: how the two sides compare, in words; empty for a limit.
        bits: what it adds to the weight.
        total: the weight so far.
    """

    fact: str
    level: str
    bits: float
    total: float


def steps(facts: Mapping[str, Any], weight: float) -> list[Step]:
    """The steps of one link in the order of the model; their last total is the link's weight.

    Args:
        facts: a row of `link/bobot_fakta`: per comparison the level's code and `bobot_<comparison>` in bits.
        weight: the link's weight. Where the facts add up to more (no evidence tells more than which family it is) or to
            less, a last step says so.
    """
    told: list[Step] = []
    total = 0.0
    for name, bits in facts.items():
        if not name.startswith(_BITS) or bits is None:
            continue
        fact = name.removeprefix(_BITS)
        total += bits
        level = str(facts[fact]).lower().replace("_", " ")
        told.append(Step(_FACTS.get(fact, fact), level, bits, total))
    if abs(weight - total) >= _LEAST:
        told.append(Step(_LIMITED, "", weight - total, weight))
    return told


def facts_beside(row: pl.DataFrame, resident: pl.DataFrame) -> dict[str, tuple[str, str]]:
    """What both sides say about each fact, masked: fact in words → (DTKS, Dukcapil).

    Args:
        row: one row of `DtksStaged`.
        resident: one row of `DukcapilStaged`.
    """
    beside = {}
    for fact, columns in _SHOWN.items():
        mask = _MASKS.get(fact, masked)
        ours, theirs = (
            frame.select(mask(pl.col(name).cast(pl.String))).item() or _UNKNOWN
            for frame, name in zip((row, resident), columns, strict=True)
        )
        beside[_FACTS[fact]] = (ours, theirs)
    return beside


@dataclass(frozen=True)
class Example:
    """A link to look at, without saying whose it is.

    Attributes:
        title: what it shows.
        decision: OTOMATIS or TINJAU.
        chance: its probability, 0–1.
        steps: its weight fact by fact.
    """

    title: str
    decision: str
    chance: float
    steps: list[Step]


def examples_of(links: pl.DataFrame, facts: pl.DataFrame) -> list[Example]:
    """Up to three links worth looking at, the same ones for the same links.

    Args:
        links: `link.anggota_dukcapil`.
        facts: `link/bobot_fakta`.
    """
    automatic = links.filter(keputusan="OTOMATIS")
    repaired = pl.col("alasan").list.eval(pl.element().str.contains("^NIK_(SALAH|RUSAK)")).list.any()
    undecided = (pl.col("probabilitas") - 0.5).abs()
    chosen = {
        "NIK yang salah tulis, ditautkan otomatis": automatic.filter(repaired).sort("bobot", "id_dtks"),
        "Tautan otomatis dengan bobot paling kecil": automatic.sort("bobot", "id_dtks"),
        "Pasangan yang diserahkan kepada petugas": links.filter(keputusan="TINJAU").sort(undecided, "id_dtks"),
    }
    shown = []
    for title, found in chosen.items():
        known = found.join(facts.select("id_dtks"), on="id_dtks", how="semi", maintain_order="left").head(1)
        for pair in known.iter_rows(named=True):
            row = facts.filter(id_dtks=pair["id_dtks"]).row(0, named=True)
            shown.append(Example(title, pair["keputusan"], pair["probabilitas"], steps(row, pair["bobot"])))
    return shown


def render_row(
    id_dtks: str, links: pl.DataFrame, facts: pl.DataFrame, people: pl.DataFrame, registry: pl.DataFrame
) -> str:
    """Why a row was linked, or was not: the sentence, both sides masked, and the weight fact by fact, as plain text.

    Args:
        id_dtks: the row.
        links: `link.anggota_dukcapil`.
        facts: `link/bobot_fakta`.
        people: accepted DTKS rows (`DtksStaged`).
        registry: accepted residents (`DukcapilStaged`).

    Raises:
        LookupError: no accepted row has that ID.
    """
    row = people.filter(id_dtks=id_dtks)
    if row.is_empty():
        raise LookupError(id_dtks)
    pairs = links.filter(id_dtks=id_dtks).sort("bobot", "nik_dukcapil", descending=[True, False])
    if pairs.is_empty():
        return f"{id_dtks}: tidak ada penduduk Dukcapil yang cukup mirip untuk diperlihatkan.\n"
    told = facts.filter(id_dtks=id_dtks)
    return "\n".join(
        _told(pair, row, registry.filter(nik=pair["nik_dukcapil"]), told) for pair in pairs.iter_rows(named=True)
    )


def _told(pair: dict[str, Any], row: pl.DataFrame, resident: pl.DataFrame, facts: pl.DataFrame) -> str:
    chance = f"{100 * pair['probabilitas']:.2f}".replace(".", ",")
    lines = [
        f"{pair['id_dtks']}: {pair['keputusan']}, bobot {pair['bobot']:.1f} bit, peluang {chance}%",
        pair["penjelasan"],
        f"Ditemukan oleh aturan: {', '.join(pair['aturan'])}",
    ]
    if facts.is_empty() or resident.is_empty():
        return "\n".join(lines) + "\n"
    beside = facts_beside(row, resident)
    head = ("Fakta", "DTKS", "Dukcapil", "Hasil", "Bobot", "Jumlah")
    cells = [
        (step.fact, *beside.get(step.fact, ("", "")), step.level, f"{step.bits:+.1f}", f"{step.total:.1f}")
        for step in steps(facts.row(0, named=True), pair["bobot"])
    ]
    widths = [max(len(line[at]) for line in (head, *cells)) for at in range(len(head))]
    numbers = len(head) - 2
    for line in (head, *cells):
        aligned = (
            cell.rjust(w) if at >= numbers else cell.ljust(w)
            for at, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        lines.append("  ".join(aligned).rstrip())
    return "\n".join(lines) + "\n"
