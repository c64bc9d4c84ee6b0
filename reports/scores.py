"""Scores of `padan evaluate` as text for a terminal and as JSON.

Belongs here: layout and rounding. Does not: any figure (`pipeline.synthetic.score.evaluate` has them all), nor the page
(`reports.evaluation`). Nothing here can name a person: scores are counts only.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

import polars as pl

from pipeline.synthetic.score.evaluate import Scores
from pipeline.synthetic.score.figures import COUNTS, Share
from reports.wording import aligned, decimal, number
from schemas.cleansed import NUMBERS

RULES = {"PADAN": "padan", "KEMENSOS": "aturan Kemensos", "PERSIS": "sama persis"}
FACTS = {"status_bayar": "status", "nominal": "nominal", "kode_desa": "desa", "sumber_data": "sumber data"}
CUTS = {"OTOMATIS": "ditautkan otomatis", "SEMUA": "termasuk yang orangnya ditinjau"}
FATES = {
    "BENAR": "tertaut ke orang yang benar",
    "BENAR_KOSONG": "tidak terdaftar, dan tidak ditautkan",
    "TINJAU_BENAR": "orangnya ditinjau, calonnya benar",
    "TINJAU_SALAH": "orangnya ditinjau, calonnya orang lain",
    "TINJAU_TAK_ADA": "orangnya ditinjau, tidak terdaftar",
    "TERLEWAT": "terdaftar, tetapi tanpa calon",
    "SALAH_ORANG": "tertaut ke orang lain",
    "SALAH_TAK_ADA": "tertaut, padahal tidak terdaftar",
}
_GROUPED_BY = {"kelas": "masalah", "wilayah": "kabupaten/kota"}
_RATIOS = ("precision", "recall", "f1")
_HEADINGS = ("n", "benar", "salah", "luput", "presisi", "recall", "F1")
_DECIMALS = 6
_CURVE_LINES = 12


def render_text(scores: Scores) -> str:
    """The scores as aligned text: main figures first, then one table by defect class and one by kabupaten."""
    blocks = (
        [f"Penilaian terhadap kunci jawaban, periode {scores.periode}"],
        _persons(scores),
        _headlines(scores),
        _fates(scores),
        _corrections(scores),
        _mistakes(scores),
        _calibration(scores),
        _curve(scores),
        _aid(scores),
        _rules(scores),
        _quarantine(scores),
        _breakdown(scores.by_class, "kelas", "Orang per jenis masalah (satu baris dihitung di setiap jenisnya)"),
        _breakdown(_with_region(scores.by_region), "wilayah", "Orang per kabupaten/kota"),
        _statuses(scores),
        _breakdown_of_flaws(scores.households_by_class, "kelas", "Pasangan keluarga per jenis masalah anggotanya"),
        _breakdown_of_flaws(
            _with_region(scores.households_by_region), "wilayah", "Pasangan keluarga per kabupaten/kota"
        ),
        _breakdown_of_flaws(scores.duplicates_by_class, "kelas", "Pasangan ganda per jenis masalah"),
        _breakdown_of_flaws(_with_region(scores.duplicates_by_region), "wilayah", "Pasangan ganda per kabupaten/kota"),
    )
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def to_json(scores: Scores) -> str:
    """The scores as JSON: the fields of `Scores`, tables as lists of objects, shares with right, of and share."""
    return json.dumps(_json_value(scores), ensure_ascii=False, indent=2) + "\n"


def _json_value(value: Any) -> Any:
    if isinstance(value, pl.DataFrame):
        return _json_value(value.to_dicts())
    if isinstance(value, Share):
        return {"right": value.right, "of": value.of, "share": _json_value(value.share)}
    if is_dataclass(value):
        return {field.name: _json_value(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: _json_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json_value(item) for item in value]
    return round(value, _DECIMALS) if isinstance(value, float) else value


def _persons(scores: Scores) -> list[str]:
    rows = [[RULES[row["cara"]], number(row["n"]), *_cells(row)] for row in scores.persons.iter_rows(named=True)]
    human = [["tautan otomatis benar", *_share(scores.automatic)], ["berstatus TINJAU", *_share(scores.review)]]
    fate = scores.ambiguous
    return [
        *aligned([["Orang", *_HEADINGS], *rows]),
        *aligned(human),
        f"baris yang tidak dapat diputuskan (tidak dihitung di atas): TINJAU {number(fate.reviewed)}, tanpa "
        f"tautan {number(fate.unlinked)}, ditebak {number(fate.guessed)}",
    ]


def _headlines(scores: Scores) -> list[str]:
    pairs = scores.duplicates.row(0, named=True)
    clusters = scores.clusters
    rows = [
        ["Keluarga", "presisi", *_share(scores.households.precision)],
        ["Keluarga", "recall", *_share(scores.households.recall)],
        ["Keluarga", "F1", _ratio(scores.households.f1), ""],
        ["Keluarga", "status", *_share(scores.households.status)],
        ["Ganda", "presisi", *_share(Share(pairs["tp"], pairs["tp"] + pairs["fp"]))],
        ["Ganda", "recall", *_share(Share(pairs["tp"], pairs["tp"] + pairs["fn"]))],
        ["Ganda", "F1", _ratio(pairs["f1"]), ""],
        ["Ganda", "presisi per baris (B³)", _ratio(clusters.precision), f"{number(clusters.rows)} baris"],
        ["Ganda", "recall per baris (B³)", _ratio(clusters.recall), f"{number(clusters.rows)} baris"],
        ["Ganda", "F1 per baris (B³)", _ratio(clusters.f1), ""],
        ["Karantina", "sesuai", *_share(scores.quarantine.agreement)],
        ["Berkas", "baris", *_share(scores.files.rows)],
        ["Berkas", "rupiah", *_share(scores.files.amounts)],
        ["Berkas", "seimbang", *_share(scores.files.balanced)],
        ["Realisasi", "sel", *_share(scores.realisasi)],
        ["Realisasi", "sel harian", *_share(scores.daily)],
        *(["Pembayaran", FACTS[name], *_share(share)] for name, share in scores.payments.items()),
    ]
    return aligned(rows, words=2)


def _aid(scores: Scores) -> list[str]:
    rows = [[row["kode"], *_cells(row)] for row in scores.aid.iter_rows(named=True)]
    return ["Bantuan yang perlu diperiksa, per alasan", *aligned([["alasan", *_HEADINGS[1:]], *rows])]


def _fates(scores: Scores) -> list[str]:
    whole = scores.fates["n"].sum()
    rows = [
        [FATES[row["nasib"]], number(row["n"]), _ratio(row["n"] / whole if whole else None)]
        for row in scores.fates.iter_rows(named=True)
    ]
    head = "Hasil akhir setiap baris (yang TINJAU karena NIK usulannya saja, bukan karena orangnya, dihitung tertaut)"
    return [head, *aligned(rows)]


def _corrections(scores: Scores) -> list[str]:
    rows = [
        [NUMBERS[row["kolom"]], *(number(row[name]) for name in ("usulan", "salah")), _ratio(row["salah_per_juta"], 1),
         *(number(row[name]) for name in ("dapat", "dibetulkan")), _ratio(row["bagian"])]
        for row in scores.corrections.iter_rows(named=True)
    ]  # fmt: skip
    head = ["Koreksi", "usulan", "salah", "salah per juta baris", "dapat dibetulkan", "dibetulkan", "proporsi"]
    return aligned([head, *rows])


def _mistakes(scores: Scores) -> list[str]:
    found = scores.mistakes
    shares = (
        ("tautan yang salah", found.expected.wrong_share, found.wrong),
        ("orang yang luput", found.expected.missed_share, found.missed),
    )
    rows = [[name, _ratio(expected, 6), _ratio(true.share, 6), _counts(true)] for name, expected, true in shares]
    return aligned([["Kesalahan tautan otomatis", "perkiraan", "sebenarnya", ""], *rows])


def _calibration(scores: Scores) -> list[str]:
    rows = [
        [
            f"{_ratio(row['dari'], 3)}–{_ratio(row['sampai'], 3)}",
            number(row["n"]),
            *(_ratio(row[name]) for name in ("dikira", "benar")),
        ]
        for row in scores.calibration.iter_rows(named=True)
    ]
    return ["Kalibrasi: dari pasangan dengan peluang sekian, berapa yang benar",
            *aligned([["peluang", "n", "rata-rata", "benar"], *rows])]  # fmt: skip


def _curve(scores: Scores) -> list[str]:
    cuts = [
        [CUTS[row["cara"]], "" if row["bobot"] is None else _ratio(row["bobot"], 1), number(row["n"]), *_cells(row)]
        for row in scores.cuts.iter_rows(named=True)
    ]
    every = max(1, -(-scores.curve.height // _CURVE_LINES))
    thinned = scores.curve.reverse().gather_every(every).reverse()
    points = [
        ["bobot paling kecil", _ratio(row["bobot"], 1), number(row["n"]), *_cells(row)]
        for row in thinned.iter_rows(named=True)
    ]
    return ["Presisi dan recall menurut bobot", *aligned([["batas", "bobot", *_HEADINGS], *cuts, *points])]


def _rules(scores: Scores) -> list[str]:
    rows = [
        [row["aturan"], *("-" if row[name] is None else number(row[name]) for name in ("biaya", "pasangan", "ketemu")),
         _ratio(row["recall"])]
        for row in scores.rules.iter_rows(named=True)
    ]  # fmt: skip
    return ["Aturan pencarian calon", *aligned([["aturan", "biaya", "pasangan", "ditemukan", "recall"], *rows])]


def _statuses(scores: Scores) -> list[str]:
    differing = scores.household_statuses.filter(pl.col("status").ne_missing(pl.col("terbit"))).to_dicts()
    rows = [[row["status"] or "-", row["terbit"] or "-", number(row["n"])] for row in differing]
    head = "Status keluarga yang berbeda dari kunci jawaban"
    return [head, *aligned([["sebenarnya", "terbit", "n"], *rows], words=2)] if rows else [f"{head}: tidak ada"]


def _quarantine(scores: Scores) -> list[str]:
    wrong = [
        [row["sumber"], row["kelas"], row["harap"], number(row["n"])]
        for row in scores.quarantine.wrong.iter_rows(named=True)
    ]
    causeless = scores.quarantine.without_cause
    lines = aligned([["sumber", "masalah", "seharusnya", "n"], *wrong], words=3) if wrong else []
    if causeless:
        lines.append(f"{number(causeless)} baris ditolak tanpa sebab")
    return ["Penolakan yang tidak sesuai", *lines] if lines else []


def _breakdown(table: pl.DataFrame, name: str, title: str) -> list[str]:
    beside = "f1_kemensos" in table.columns
    rows = [
        [row[name] or "-", number(row["n"]), *_cells(row), *([_ratio(row["f1_kemensos"])] if beside else [])]
        for row in table.iter_rows(named=True)
    ]
    return [title, *aligned([[_GROUPED_BY[name], *_HEADINGS, *(["F1 Kemensos"] if beside else [])], *rows])]


def _breakdown_of_flaws(table: pl.DataFrame, name: str, title: str) -> list[str]:
    """As `_breakdown`, without lines that have nothing wrong or missing; the page and the JSON have all lines."""
    flawed = table.filter((pl.col("fp") > 0) | (pl.col("fn") > 0))
    headed = f"{title}: {number(table.height - flawed.height)} dari {number(table.height)} tanpa kesalahan"
    return _breakdown(flawed, name, headed) if flawed.height else [headed]


def _with_region(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(wilayah=pl.concat_str("kode_kab", "nama_kab", separator=" ", ignore_nulls=True))


def _cells(row: dict[str, Any]) -> list[str]:
    return [*(number(row[name]) for name in COUNTS), *(_ratio(row[name]) for name in _RATIOS)]


def _share(share: Share) -> list[str]:
    return [_ratio(share.share), _counts(share)]


def _counts(share: Share) -> str:
    return f"{number(share.right)} dari {number(share.of)}"


def _ratio(value: float | None, digits: int = 4) -> str:
    return "-" if value is None else decimal(value, digits)
