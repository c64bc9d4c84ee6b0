"""The match weight of a link as a waterfall: one step per fact, from nothing known to the decision.

Belongs here: the steps and their labels. Does not: what a fact weighs (`pipeline.matching.judging.scoring`), rendering
(`reports.evaluation`, `reports.row`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

_BITS = "bobot_"
# Labels of the model's comparisons; a comparison without one is shown by its name.
FACTS = {
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
# Labels of outcomes; one without is shown by its code.
_OUTCOMES = {
    "KOSONG": "tidak ditimbang",
    "SAMA": "sama",
    "BEDA": "berbeda",
    "LAIN": "berbeda",
    "RUSAK": "angka terakhir berbeda",
    "SALAH_WILAYAH": "salah tulis di bagian wilayah",
    "SALAH_TANGGAL": "salah tulis di bagian tanggal",
    "SALAH_PANJANG": "kurang/lebih 1 angka",
    "SALAH_DUA": "2 angka berbeda",
    "SALAH_SERI": "nomor urut berbeda",
    "SEGMEN": "wilayah dan tanggal sama",
    "KERABAT": "milik anggota lain",
    "KEMBAR": "milik kembarannya",
    "SENDIRI": "berbeda, cocok dengan tanggal lahir di DTKS",
    "SAMA_TAKSIRAN": "sama, tetapi tanggal taksiran",
    "TERTUKAR": "tanggal dan bulan tertukar",
    "HARI_ATAU_BULAN": "tanggal atau bulan berbeda",
    "TAHUN_BARU": "1 Januari, tahunnya sama",
    "TAHUN": "hanya tahun yang berbeda",
    "SETAHUN": "hanya tahun yang sama",
    "DEKAT": "berdekatan",
    "SUSUNAN": "sama, hanya urutan, spasi, atau ejaannya berbeda",
    "MIRIP": "mirip",
    "SINGKAT": "salah satu tidak lengkap",
    "PANGGILAN": "panggilan atau singkatan",
    "SEBAGIAN": "sebagian cocok",
    "SUAMI": "nama suaminya",
    "ANAK": "nama anaknya",
    "SAMA_TUNGGAL": "sama-sama kepala atau pasangannya",
    "PECAH": "kini berkeluarga sendiri",
    "RUMAH": "alamat, RT, dan RW sama",
    "ALAMAT": "alamat sama",
    "RT_RW": "RT dan RW sama",
    "DESA": "desa sama",
    "ASAL": "asal nomor sama",
    "KECAMATAN": "kecamatan sama",
    "KABUPATEN": "kabupaten sama",
    "DUA_ATAU_LEBIH": "2 orang atau lebih padan",
    "SEORANG": "1 orang padan",
    "LUAR": "padan di KK lain",
}
NOT_WEIGHED = _OUTCOMES["KOSONG"]
LIMITED = "Penyesuaian bukti keluarga dan nama"
_LEAST = 0.05


@dataclass(frozen=True)
class Step:
    """One fact of a link.

    Attributes:
        fact: its label.
        level: label of the outcome; empty for a limit.
        bits: added to the weight.
        total: weight so far.
    """

    fact: str
    level: str
    bits: float
    total: float


def waterfall_steps(facts: Mapping[str, Any], weight: float) -> list[Step]:
    """The steps of one link in the order of the model; their last total is the link's weight.

    Args:
        facts: a row of `link/bobot_fakta`: per comparison the level's code and `bobot_<comparison>` in bits.
        weight: the link's weight. If the facts add up to another sum (family evidence is capped, and a slip that makes
            another name is rare), a last step shows the difference.
    """
    steps: list[Step] = []
    total = 0.0
    for name, bits in facts.items():
        if not name.startswith(_BITS) or bits is None:
            continue
        fact = name.removeprefix(_BITS)
        total += bits
        code = str(facts[fact])
        steps.append(Step(FACTS.get(fact, fact), _OUTCOMES.get(code, code.lower().replace("_", " ")), bits, total))
    if abs(weight - total) >= _LEAST:
        steps.append(Step(LIMITED, "", weight - total, weight))
    return steps


@dataclass(frozen=True)
class Example:
    """An anonymous example of a link.

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


def choose_examples(links: pl.DataFrame, facts: pl.DataFrame) -> list[Example]:
    """Up to three instructive links; deterministic.

    Args:
        links: `link.anggota_dukcapil`.
        facts: `link/bobot_fakta`.
    """
    automatic = links.filter(keputusan="OTOMATIS")
    repaired = pl.col("alasan").list.eval(pl.element().str.contains("^NIK_(SALAH|RUSAK)")).list.any()
    undecided = (pl.col("probabilitas") - 0.5).abs()
    chosen = {
        "NIK yang salah tulis, ditautkan otomatis": automatic.filter(repaired).sort(
            "bobot", "id_dtks", descending=[True, False]
        ),
        "Tautan otomatis dengan bobot paling kecil": automatic.sort("bobot", "id_dtks"),
        "Pasangan yang diserahkan kepada petugas": links.filter(keputusan="TINJAU").sort(undecided, "id_dtks"),
    }
    examples = []
    for title, found in chosen.items():
        known = found.join(facts.select("id_dtks"), on="id_dtks", how="semi", maintain_order="left").head(1)
        for pair in known.iter_rows(named=True):
            row = facts.filter(id_dtks=pair["id_dtks"]).row(0, named=True)
            examples.append(
                Example(title, pair["keputusan"], pair["probabilitas"], waterfall_steps(row, pair["bobot"]))
            )
    return examples
