"""Layer raw: the ledger of files, and the text of every source as read, not yet interpreted."""

from collections.abc import Iterator
from itertools import chain

import dagster as dg
import polars as pl

from assets.partitions import PERIODE
from assets.store import OWNERS, DataDirectory, column_schema, inputs, kept_results, store_pieces
from pipeline.extracts.arrival import months_of_corrections
from pipeline.extracts.files.ledger import build_ledger, describe_snapshot, unchanged_since, with_corrected_months
from pipeline.extracts.read import iter_families, iter_source, refuse_changed_files, refused_files
from pipeline.warehouse.periodes import begin_run, superseded_periodes
from pipeline.warehouse.store.traces import Trace
from schemas.extracts import KINDS, folder_of
from schemas.staged import ADDITIONAL_STAGED, STAGED_KINDS
from schemas.table import model_description, polars_schema


@dg.asset(
    key=["raw", "berkas"],
    group_name="raw",
    partitions_def=PERIODE,
    kinds={"file"},
    owners=OWNERS,
    description="Daftar berkas: semua berkas di folder raw/, sidik jarinya, dan mana yang dibaca untuk periode ini.",
)
def berkas(context: dg.AssetExecutionContext, data: DataDirectory) -> pl.DataFrame:
    begin_run(data.places, context.partition_key)
    found = build_ledger(data.places.raw, context.partition_key)
    withdrawn = superseded_periodes(data.places, context.partition_key, found)
    files = with_corrected_months(found, months_of_corrections(data.places, found, withdrawn))
    context.add_output_metadata({"potret_dtks": describe_snapshot(files)})
    return files


def _raw_asset(source: str) -> dg.AssetsDefinition:
    model = KINDS[source]

    @dg.asset(
        key=["raw", source],
        group_name="raw",
        partitions_def=PERIODE,
        kinds={"polars", "parquet"},
        owners=OWNERS,
        description=f"{model_description(model)} Dibaca sebagai teks, persis seperti tertulis.",
        metadata=column_schema(model),
        ins=inputs({"files": "raw/berkas"}),
    )
    def read(
        context: dg.AssetExecutionContext, files: pl.DataFrame, data: DataDirectory
    ) -> Iterator[dg.MaterializeResult]:
        raw, key = data.places.raw, f"raw/{source}"
        to_read = files.filter(sumber=folder_of(source), status_berkas="DIBACA")
        fingerprints = dict(to_read.select("berkas", "sha256").iter_rows())
        trace = Trace.of_frames(data.places, key, context.partition_key, [key], facts=fingerprints)
        # A source materialised by itself, without the ledger, must notice files changed since the ledger was made.
        if unchanged_since(raw, to_read) and trace.is_current():
            yield from kept_results(trace, data, context.partition_key)
            return
        refused: list[str] = []
        # A file that may hold families too is reported once, by the source of its folder.
        pieces = (
            iter_families(raw, to_read, refused)
            if source in ADDITIONAL_STAGED
            else chain(
                iter_source(raw, to_read, source, scratch=data.places.store), refuse_changed_files(raw, to_read, source)
            )
        )
        yield store_pieces(context, data, key, pieces, polars_schema(model))
        # A refused file may have been only temporarily unreachable or incomplete.
        stored = pl.scan_parquet(data.places.stored(key, context.partition_key))
        refused.extend(refused_files(stored).collect()["berkas"])
        if not refused:
            trace.write()

    return read


extracts = [_raw_asset(source) for source in STAGED_KINDS]
