"""Layer matched: links between DTKS rows and residents, between households and KK, duplicates, corrections."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import polars as pl

from assets.arrival import FOLLOW
from assets.partitions import PERIODE
from assets.promise import check_results, enforce_frame, enforce_pieces, promised_asset, promised_checks, promised_out
from assets.store import OWNERS, DataDirectory, inputs, kept_results, store_pieces
from pipeline.matching.duplicates.survivorship import filled_fields
from pipeline.matching.link import link
from pipeline.matching.outcome.membership import with_members
from pipeline.matching.outcome.resolve import with_household_ids
from pipeline.matching.outcome.review import apply_decisions_in_parts, last_answers
from pipeline.settings import load_limits
from pipeline.warehouse.store.parquet import ROWS_PER_GROUP
from pipeline.warehouse.store.traces import Trace
from pipeline.warehouse.workbooks.answered_rows import without_reassigned_rows
from pipeline.warehouse.workbooks.review_answers import answer_files, stored_decisions
from schemas.catalogue import promised_tables
from schemas.link import SURVIVING

_TABLES = {
    "anggota_dukcapil": promised_tables()["link.anggota_dukcapil"],
    "ganda": promised_tables()["link.ganda"],
    "koreksi": promised_tables()["cleansed.koreksi"],
    "jawaban_petugas": promised_tables()["link.jawaban_petugas"],
}
# Internal frames for later steps and reports, not part of the public contract.
_INTERNAL = {
    "baris_bertahan": "Baris DTKS ganda dan baris yang dipertahankan untuk orang yang sama.",
    "calon_lain": "Calon lain dari baris yang calonnya lebih dari satu dan hampir sama kuat.",
    "bobot_fakta": "Bobot setiap fakta per pasangan, untuk menjelaskan keputusan.",
    "pasangan_keluarga": "Pasangan keluarga DTKS dan KK Dukcapil, belum beserta anggotanya.",
    "rencana": "Biaya dan hasil setiap aturan pencarian calon pasangan.",
}


def _internal_out(name: str, description: str) -> dg.AssetOut:
    return dg.AssetOut(
        key=["link", name],
        kinds={"polars", "parquet"},
        owners=OWNERS,
        description=description,
        automation_condition=FOLLOW,
    )


@dg.multi_asset(
    name="pemadanan",
    group_name="matched",
    partitions_def=PERIODE,
    outs={
        **{name: promised_out(table) for name, table in _TABLES.items()},
        **{name: _internal_out(name, description) for name, description in _INTERNAL.items()},
    },
    ins=inputs({"dtks": "staged/dtks", "dukcapil": "staged/dukcapil"}, files=("dtks", "dukcapil")),
    check_specs=[check for table in _TABLES.values() for check in promised_checks(table)],
)
def pemadanan(
    context: dg.AssetExecutionContext, dtks: Path, dukcapil: Path, data: DataDirectory
) -> Iterator[dg.Output[pl.DataFrame] | dg.MaterializeResult | dg.AssetCheckResult]:
    answers = {file.name: file for file in answer_files(data.places)}
    trace = Trace.of_frames(
        data.places,
        "pemadanan",
        context.partition_key,
        [*(f"{table.schema}/{table.name}" for table in _TABLES.values()), *(f"link/{name}" for name in _INTERNAL)],
        files={"dtks": dtks, "dukcapil": dukcapil, **answers},
    )
    if trace.is_current():
        yield from kept_results(trace, data, context.partition_key)
        for table in _TABLES.values():
            yield from check_results(table)
        return
    people, registry = pl.scan_parquet(dtks), pl.scan_parquet(dukcapil)
    decisions = _valid_decisions(data, people, registry)
    # Matching reads its rows many times, so they are first written to one file with all columns it needs; if the
    # run is killed, the next one deletes that file (`begin_run`).
    rows = data.places.store / "dtks.bangun"
    try:
        with_household_ids(people).sink_parquet(rows, compression="lz4", row_group_size=ROWS_PER_GROUP)
        at_once = load_limits(data.places.root).memori.pasangan_sekaligus
        linkage = link(pl.scan_parquet(rows), registry, decisions=decisions, at_once=at_once)
        persons, periode = linkage.persons, pl.lit(context.partition_key).alias("periode")
        passed = yield from enforce_frame(_TABLES["ganda"], linkage.duplicates, context.partition_key, "ganda")
        answered = last_answers(decisions).drop("catatan")
        passed &= yield from enforce_frame(
            _TABLES["jawaban_petugas"], answered, context.partition_key, "jawaban_petugas"
        )
        in_parts = {
            "anggota_dukcapil": apply_decisions_in_parts(persons.links(), decisions),
            "koreksi": persons.corrections(),
        }
        for name, parts in in_parts.items():
            pieces = (part.with_columns(periode) for part in parts)
            passed &= yield from enforce_pieces(context, data, _TABLES[name], pieces)
        yield store_pieces(context, data, "link/bobot_fakta", persons.facts())
    finally:
        rows.unlink(missing_ok=True)
    yield dg.Output(linkage.survivors, "baris_bertahan")
    yield dg.Output(linkage.rivals, "calon_lain")
    yield dg.Output(linkage.households, "pasangan_keluarga")
    yield dg.Output(persons.plan, "rencana")
    if passed:
        trace.write()


def _valid_decisions(data: DataDirectory, people: pl.LazyFrame, registry: pl.LazyFrame) -> pl.DataFrame:
    """Officers' answers, without those about rows or residents that are gone, or about another person."""
    return (
        without_reassigned_rows(stored_decisions(data.places), people, data.places)
        .lazy()
        .join(people.select("id_dtks"), on="id_dtks", how="semi", maintain_order="left")
        .join(registry.select("nik"), left_on="nik_dukcapil", right_on="nik", how="semi", maintain_order="left")
        .collect()
    )


@promised_asset(
    "link.keluarga_dukcapil",
    group="matched",
    ins={
        "pairs": "link/pasangan_keluarga",
        "dtks": "staged/dtks",
        "dukcapil": "staged/dukcapil",
        "links": "link/anggota_dukcapil",
    },
    columns={
        "dtks": ("id_dtks", "no_kk"),
        "dukcapil": ("nik", "no_kk", "status_penduduk"),
        "links": ("id_dtks", "nik_dukcapil", "keputusan"),
    },
)
def keluarga_dukcapil(
    pairs: pl.DataFrame, dtks: pl.DataFrame, dukcapil: pl.DataFrame, links: pl.DataFrame
) -> pl.DataFrame:
    return with_members(pairs, with_household_ids(dtks.lazy()).collect(), links, dukcapil)


@promised_asset(
    "link.ganda_isian",
    group="matched",
    ins={"dtks": "staged/dtks", "survivors": "link/baris_bertahan"},
    columns={"dtks": ("id_dtks", *SURVIVING)},
)
def ganda_isian(dtks: pl.DataFrame, survivors: pl.DataFrame) -> pl.DataFrame:
    return filled_fields(dtks, survivors)
