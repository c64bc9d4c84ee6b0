"""One DTKS row beside one resident as text for a terminal: fact by fact, masked, with the weight of each fact.

Belongs here: the text on a pair. Does not: the rest about the row (`reports.row`), the weights of facts and the labels
of outcomes (`pipeline.matching.outcome.waterfall`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from pipeline.matching.model.file import load_model
from pipeline.matching.outcome.verdicts import EXACT
from pipeline.matching.outcome.waterfall import FACTS, LIMITED, NOT_WEIGHED, waterfall_steps
from pipeline.normalise.values.masking import differing_digits, masked
from pipeline.reference import family_relations, regions
from reports import wording
from schemas.link import BY_OFFICER

# The columns of each fact in `DtksStaged` and `DukcapilStaged`.
_FACT_COLUMNS = {
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
_NUMBERED = ("nik", "kk")
# Facts that may have been compared in place of the row's own: reason code → label.
_COMPARED = {"nik": ("NIK_PENSIUN", "NIK lama"), "ibu": ("IBU_KELUARGA", "menurut keluarganya")}
# For the place of living only the desa is shown, although the whole address is compared.
_SAME = {"tempat_tinggal": "desa sama"}
ABSENT, _HALF_ABSENT = "kosong", "salah satu kosong"
_HEAD = ("Fakta", "DTKS", "Dukcapil", "Hasil", "Bobot", "Jumlah")
_WORDS = 4
_NEARLY_CERTAIN = 0.9999
_UNIT = "Bobot dalam bit: setiap +1 melipatduakan kemungkinan bahwa orangnya sama, setiap -1 menjadikannya setengah."
_LIKELY = (
    "Peluang adalah jumlah bobot itu setelah disesuaikan dengan seberapa sering tautan seperti itu ternyata benar."
)
_BEFORE = (
    "Hasil dan bobot ini menurut proses terakhir sebelum keputusan petugas diambil, isi kedua sisi menurut data "
    "sekarang. Petugaslah yang memutuskan; sejak itu sistem tidak menimbangnya lagi."
)
_ENOUGH = "NIK, nama, tanggal lahir, dan jenis kelaminnya sama persis; fakta lain tidak perlu ditimbang."
_LIMIT = (
    f"{LIMITED}: nomor KK, alamat, dan anggota lain menunjukkan keluarganya, belum orangnya, sehingga tidak "
    "dijumlahkan seluruhnya."
)


def _place(code: pl.Expr) -> pl.Expr:
    names = regions().filter(tingkat="DESA").select("kode", nama=pl.format("{} ({})", "nama", "kode"))
    return code.replace_strict(names["kode"], names["nama"], default=code)


def _relation(code: pl.Expr) -> pl.Expr:
    labels = family_relations().group_by("kode_dtks", maintain_order=True).agg(pl.col("label").str.join("/"))
    return code.replace_strict(labels["kode_dtks"].cast(pl.String), labels["label"], default=code)


_FORMATS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "tanggal": lambda value: pl.lit("**-**-") + value.str.head(4),
    "kelamin": lambda value: value,
    "tempat_lahir": lambda value: value,
    "hubungan": _relation,
    "tempat_tinggal": _place,
}


def render_decision(pair: Mapping[str, Any], status: str) -> list[str]:
    """The decision about a pair, and its probability.

    Args:
        pair: a row of `link.anggota_dukcapil`.
        status: `status_padan` of its DTKS row.
    """
    number = pl.select(masked(pl.lit(pair["nik_dukcapil"]))).item()
    if BY_OFFICER in pair["aturan"]:
        return [f"NIK Dukcapil {number}: {pair['keputusan']}. {pair['penjelasan']}"]
    likely = pair["probabilitas"] >= load_model().cutoffs.automatic
    doubt = f", {'tetapi' if likely else 'dan'} yang disebut di Alasan harus dipastikan petugas"
    person_alone = status == "TINJAU" and pair["keputusan"] == "OTOMATIS"
    decision = f"{pair['keputusan']}{' untuk orangnya, belum untuk NIK-nya' if person_alone else ''}"
    return [
        f"NIK Dukcapil {number}: {decision}, bobot {wording.decimal(pair['bobot'])} bit, "
        f"peluang {_chance(pair['probabilitas'])}{doubt if pair['keputusan'] == 'TINJAU' else ''}",
        f"Ditemukan oleh aturan: {', '.join(pair['aturan'])}",
    ]


def render_rival(rival: Mapping[str, Any]) -> list[str]:
    """Sentence on another candidate of a row: a row of `link/calon_lain`."""
    number = pl.select(masked(pl.lit(rival["nik_dukcapil"]))).item()
    return [f"NIK Dukcapil {number}: calon lain, hampir sama kuat, bobot {wording.decimal(rival['bobot'])} bit"]


def render_pair(
    row: pl.DataFrame, resident: pl.DataFrame, pair: Mapping[str, Any], facts: pl.DataFrame, earlier: pl.DataFrame
) -> list[str]:
    """Both sides of a pair side by side, and the weight of each fact.

    Args:
        row: the row of `staged/dtks`.
        resident: the row of `staged/dukcapil`; empty if it was not read.
        pair: the row of `link.anggota_dukcapil`.
        facts: the run's weights for the DTKS row (`link/bobot_fakta`).
        earlier: weights of the pair before officers decided it (`pipeline.warehouse.workbooks.answer_weights`).
    """
    weighed: Mapping[str, Any] = pair
    if BY_OFFICER in pair["aturan"]:
        # The run's weights are for the resident that was weighed instead.
        facts, weighed = earlier, next(earlier.iter_rows(named=True), pair)
    return [
        *_fact_table(row, resident, facts, weighed),
        *([_BEFORE] if weighed is not pair else []),
        *([_ENOUGH] if EXACT in pair["aturan"] else []),
    ]


def _fact_table(row: pl.DataFrame, resident: pl.DataFrame, facts: pl.DataFrame, pair: Mapping[str, Any]) -> list[str]:
    """Both sides side by side; if facts were weighed, with their outcomes and bits."""
    if resident.is_empty():
        return ["Penduduk ini tidak ada di berkas Dukcapil yang dibaca."]
    if facts.is_empty():
        return render_side_by_side(row, resident)
    compared = _compare_facts(row, resident)
    cells: list[Sequence[str]] = [_HEAD]
    steps = waterfall_steps(facts.row(0, named=True), pair["bobot"])
    for step in steps:
        ours, theirs, outcome = compared.get(step.fact, ("", "", NOT_WEIGHED))
        weighed = step.level != NOT_WEIGHED
        if weighed:
            outcome = step.level
        elif outcome not in {NOT_WEIGHED, ABSENT, _HALF_ABSENT}:
            outcome = f"{outcome}, {NOT_WEIGHED}"
        outcome += "".join(
            f", {remark}"
            for fact, (reason, remark) in _COMPARED.items()
            if step.fact == FACTS[fact] and reason in pair["alasan"]
        )
        bits = wording.decimal(step.bits, signed=True) if weighed else ""
        cells.append((step.fact, ours, theirs, outcome, bits, wording.decimal(step.total)))
    # Of weights from before an officer's decision only the bits are shown.
    unit = f"{_UNIT} {_LIKELY}" if "probabilitas" in pair else _UNIT
    notes = [unit, *([_LIMIT] if steps[-1].fact == LIMITED else [])]
    return [*wording.aligned(cells, _WORDS), *notes]


def render_side_by_side(row: pl.DataFrame, resident: pl.DataFrame) -> list[str]:
    """Both sides of every fact, and whether they are the same."""
    return wording.aligned(
        [_HEAD[:_WORDS], *((fact, *both) for fact, both in _compare_facts(row, resident).items())], _WORDS
    )


def _compare_facts(row: pl.DataFrame, resident: pl.DataFrame) -> dict[str, tuple[str, str, str]]:
    """Fact → (DTKS, Dukcapil, comparison): both sides masked, and sama, berbeda or (salah satu) kosong."""
    compared = {}
    for fact, columns in _FACT_COLUMNS.items():
        readable = _FORMATS.get(fact, masked)
        values = [pl.col(name).cast(pl.String) for name in columns]
        whole = [frame.select(value).item() for frame, value in zip((row, resident), values, strict=True)]
        ours, theirs = (pl.select(readable(pl.lit(value, pl.String))).item() or wording.UNKNOWN for value in whole)
        same = _SAME.get(fact, "sama") if whole[0] == whole[1] else "berbeda"
        if fact in _NUMBERED and all(whole) and ours == theirs:
            # Masking hides where they differ.
            differing = pl.select(differing_digits(*(pl.lit(value) for value in whole))).item()
            theirs += f" ({differing})" if differing else ""
        compared[FACTS[fact]] = (ours, theirs, same if all(whole) else _HALF_ABSENT if any(whole) else ABSENT)
    return compared


def _chance(share: float) -> str:
    """A probability in percent, never shown as certain."""
    return "di atas 99,99%" if share > _NEARLY_CERTAIN else f"{wording.decimal(100 * share, 2)}%"
