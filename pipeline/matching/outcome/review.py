"""Decisions of officers: which pairs they are asked about, and how their answers change the links.

Belongs here: frames. Does not: workbooks (`pipeline.warehouse.workbooks.review_sheets`) and storing their answers
(`pipeline.warehouse.workbooks.review_answers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from schemas.link import ANSWERS, BY_OFFICER
from schemas.reasons import sentence

SAME, DIFFERENT, UNKNOWN, WITHDRAWN = ANSWERS
PAIR = ["id_dtks", "nik_dukcapil"]

DECISIONS = pl.Schema(
    [
        ("id_dtks", pl.String()),
        ("nik_dukcapil", pl.String()),
        ("jawaban", pl.String()),
        ("petugas", pl.String()),
        ("catatan", pl.String()),
        ("diambil", pl.Date()),
    ]
)
"""Answers as they are kept: one row per answer, the last one about a pair counts; `diambil` is the day of import."""

RIVALS = pl.Schema([("id_dtks", pl.String()), ("nik_dukcapil", pl.String()), ("bobot", pl.Float64())])
"""Who else a row may be that several residents fit about as well (`link.calon_lain`); bobot in bits, as of a link."""

_RIVAL = "Calon lain dari baris yang sama, hampir sama kuat; paling banyak satu calon yang SAMA."
COMPARED = ("nama", "tanggal_lahir", "jenis_kelamin", "no_kk", "nama_ibu_kandung", "tempat_lahir", "alamat")
"""Facts that stand next to each other, as `<fakta>_dtks` and `<fakta>_dukcapil`."""


Frame = pl.DataFrame | pl.LazyFrame
"""A table, or a scan of it, of which no more is held than what is asked for."""


def pairs_to_review(links: Frame, rivals: Frame, people: Frame, registry: Frame) -> pl.DataFrame:
    """The pairs that wait for a human, strongest first, with the facts of both sides side by side.

    These are pairs in doubt, each followed by the other candidates of its row, and certain links whose proposed NIK is
    not safe enough to be taken over.

    Args:
        links: `link.anggota_dukcapil`.
        rivals: further candidates (`RIVALS`).
        people: `cleansed.anggota`.
        registry: accepted residents (`DukcapilStaged`).

    Returns:
        One row per pair: id_dtks, nik_dukcapil, the facts as `<fakta>_dtks`, `<fakta>_dukcapil`, bobot, penjelasan and
        baris_lain.
    """
    links, people = links.lazy(), people.lazy()
    unsafe = people.filter(status_padan="TINJAU").select("id_dtks", keputusan=pl.lit("OTOMATIS"))
    waiting = pl.concat([links.filter(keputusan="TINJAU"), links.join(unsafe, on=["id_dtks", "keputusan"], how="semi")])
    doubted = links.filter(keputusan="TINJAU")
    others = rivals.lazy().join(doubted, on="id_dtks", how="semi").join(links, on=PAIR, how="anti")
    to_ask = pl.concat([waiting, others.with_columns(penjelasan=pl.lit(_RIVAL))], how="diagonal")
    claims = pl.concat([links, others], how="diagonal")
    return _with_facts(_collect_streaming(to_ask.select(*PAIR, "bobot", "penjelasan")), claims, people, registry)


def decided_pairs(
    decisions: pl.DataFrame, asked: pl.DataFrame, links: Frame, people: Frame, registry: Frame
) -> pl.DataFrame:
    """The pairs decided as SAMA or BEDA, without those in `asked`; with the columns of `asked`.

    Args:
        decisions: answers, oldest first (`DECISIONS`).
        asked: `pairs_to_review`.
        links: `link.anggota_dukcapil`; pairs decided since that run may be in it with their weight, pairs decided
            before it have none.
        people: `cleansed.anggota`; pairs of rows that are gone are left out.
        registry: accepted residents (`DukcapilStaged`).
    """
    last = last_answers(decisions).filter(pl.col("jawaban").is_in([SAME, DIFFERENT]))
    answered = last.lazy().join(people.lazy(), on="id_dtks", how="semi").join(asked.lazy(), on=PAIR, how="anti")
    weighed = pl.when(~pl.col("aturan").list.contains(BY_OFFICER)).then("bobot")
    with_weights = answered.select(PAIR).join(links.lazy().select(*PAIR, weighed, "penjelasan"), on=PAIR, how="left")
    return _with_facts(_collect_streaming(with_weights), links.lazy(), people, registry)


def _with_facts(pairs: pl.DataFrame, claims: pl.LazyFrame, people: Frame, registry: Frame) -> pl.DataFrame:
    """Pairs with bobot and penjelasan and the facts of both sides side by side, the strongest first.

    `baris_lain` names the other rows linked, or possibly linked, to the same resident (`claims`).
    """
    standing = claims.filter(pl.col("keputusan").ne_missing("DITOLAK")).select("nik_dukcapil", baris_lain="id_dtks")
    same_resident = standing.join(pairs.lazy().select(PAIR), on="nik_dukcapil").filter(
        pl.col("baris_lain") != pl.col("id_dtks")
    )
    others = same_resident.group_by(PAIR).agg(pl.col("baris_lain").unique().sort().str.join("; "))
    rows = people.lazy().filter(pl.col("id_dtks").is_in(pairs["id_dtks"].implode()))
    # A damaged number is shown as written: an empty cell would mean that there is none.
    rows_as_shown = rows.with_columns(no_kk=pl.coalesce("no_kk", "no_kk_asal"))
    dtks_facts = rows_as_shown.select(
        "id_dtks", "nik_asal", "kode_desa", *(pl.col(name).alias(f"{name}_dtks") for name in COMPARED)
    )
    residents = registry.lazy().filter(pl.col("nik").is_in(pairs["nik_dukcapil"].implode()))
    dukcapil_facts = residents.select(
        "status_penduduk", nik_dukcapil="nik", **{f"{name}_dukcapil": pl.col(name) for name in COMPARED}
    )
    both = [f"{name}_{side}" for name in COMPARED for side in ("dtks", "dukcapil")]
    return (
        pairs.join(_collect_streaming(dtks_facts), on="id_dtks", how="left")
        .join(_collect_streaming(dukcapil_facts), on="nik_dukcapil", how="left")
        .join(_collect_streaming(others), on=PAIR, how="left")
        .sort(
            pl.col("bobot").max().over("id_dtks"),
            "id_dtks",
            "bobot",
            "nik_dukcapil",
            descending=[True, False, True, False],
            nulls_last=True,
        )
        .select(*PAIR, "nik_asal", *both, "kode_desa", "status_penduduk", "bobot", "penjelasan", "baris_lain")
    )


def _collect_streaming(frame: pl.LazyFrame) -> pl.DataFrame:
    return frame.collect(engine="streaming")


def last_answers(decisions: pl.DataFrame) -> pl.DataFrame:
    """The answer that counts per pair: the last one, which may be BATAL (withdraws the earlier answers).

    A row is one person: a later SAMA turns earlier ones of the row into BATAL, even if it is itself withdrawn later.
    """
    same = pl.col("jawaban") == SAME
    replaced = same & (same.cum_sum(reverse=True).over("id_dtks") > 1)
    return decisions.with_columns(
        jawaban=pl.when(replaced).then(pl.lit(WITHDRAWN)).otherwise("jawaban"),
    ).unique(PAIR, keep="last", maintain_order=True)


def answers_await_run(links: pl.DataFrame, decisions: pl.DataFrame) -> bool:
    """Whether links differ from the answers about their rows, because answers came or were withdrawn since the run.

    Args:
        links: `link.anggota_dukcapil`.
        decisions: answers about residents in the register, oldest first (`DECISIONS`).
    """
    by_human = pl.col("keputusan").is_in([BY_OFFICER, "DITOLAK"])
    proposed = links.with_columns(keputusan=pl.when(~by_human).then("keputusan"))
    decided, due = (
        set(table.filter(by_human).select(*PAIR, "keputusan").rows())
        for table in (links, apply_decisions(proposed, decisions))
    )
    return decided != due


def apply_decisions_in_parts(links: Iterable[pl.DataFrame], decisions: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """`apply_decisions` for links in one or more parts, in the order of id_dtks, with at most one link per row."""
    later = decisions
    for part in links:
        is_later = pl.col("id_dtks") > part["id_dtks"].max() if part.height else pl.lit(value=True)
        yield apply_decisions(part, later.filter(~is_later))
        later = later.filter(is_later)
    yield apply_decisions(part.clear(), later)


def apply_decisions(links: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Links after the officers' answers, which overrule the machine.

    SAMA makes the pair PETUGAS and every other pair of that row DITOLAK; other rows of the same resident stay, because
    they may list the same person twice. BEDA makes the pair DITOLAK. Both add a pair that the machine no longer
    proposes. TIDAK TAHU and BATAL change nothing. Which answers count: `last_answers`.

    Args:
        links: `link.anggota_dukcapil` without `periode`.
        decisions: answers, oldest first (`DECISIONS`).

    Returns:
        The columns of `links`, sorted by id_dtks and nik_dukcapil.
    """
    answered = _with_answers(links, last_answers(decisions))
    by_human = pl.col("sama").is_not_null()
    refused = pl.col("beda").is_not_null() | pl.col("lain_dipilih").fill_null(value=False)
    decided = answered.with_columns(
        keputusan=pl.when(by_human)
        .then(pl.lit(BY_OFFICER))
        .when(refused)
        .then(pl.lit("DITOLAK"))
        .otherwise("keputusan"),
        alasan=pl.when(by_human)
        .then(pl.lit(["DIPUTUSKAN_SAMA"]))
        .when(refused)
        .then(pl.lit(["DIPUTUSKAN_BEDA"]))
        .otherwise("alasan"),
    )
    touched = by_human | refused
    return (
        decided.with_columns(penjelasan=pl.when(touched).then(sentence(pl.col("alasan"))).otherwise("penjelasan"))
        .select(links.columns)
        .sort(PAIR)
    )


def _with_answers(links: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Links and answered pairs that are no links, with sama and beda (true or null), and lain_dipilih.

    `lain_dipilih`: whether any pair of the row was answered SAMA.
    """
    same = answers.filter(pl.col("jawaban") == SAME).select(*PAIR, sama=pl.lit(value=True))
    different = answers.filter(pl.col("jawaban") == DIFFERENT).select(*PAIR, beda=pl.lit(value=True))
    added = (
        pl.concat([same.select(PAIR), different.select(PAIR)])
        .join(links, on=PAIR, how="anti")
        .select(*PAIR, bobot=pl.lit(0.0), probabilitas=pl.lit(1.0), aturan=pl.lit([BY_OFFICER]))
    )
    return (
        pl.concat([links, added], how="diagonal")
        .join(same, on=PAIR, how="left")
        .join(different, on=PAIR, how="left")
        .with_columns(lain_dipilih=pl.col("sama").any().over("id_dtks"))
    )
