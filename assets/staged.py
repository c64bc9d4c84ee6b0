"""Layer staged: every source normalised and validated; refused rows are stored beside the accepted ones."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import polars as pl

from assets.partitions import PERIODE
from assets.store import OWNERS, DataDirectory, column_schema, inputs, kept_results, store_pieces
from pipeline.extracts.arrival import periodes_of_snapshots
from pipeline.normalise.sources.outdated import find_outdated, refuse_outdated
from pipeline.normalise.sources.parts import Parts
from pipeline.normalise.staging import stage_parts
from pipeline.quality.findings import quarantine, refusal_reasons
from pipeline.settings import Limits, load_limits
from pipeline.warehouse.store.traces import Trace
from schemas.extracts import folder_of
from schemas.quality import Karantina
from schemas.staged import STAGED_KINDS
from schemas.table import Table, model_description, polars_schema, split


def _staged_asset(source: str) -> dg.AssetsDefinition:
    model = STAGED_KINDS[source]

    @dg.multi_asset(
        name=f"staged_{source}",
        group_name="staged",
        partitions_def=PERIODE,
        outs=_staged_outs(source),
        ins=inputs({"raw": f"raw/{source}", "files": "raw/berkas"}, files=["raw"]),
    )
    def normalise(
        context: dg.AssetExecutionContext, raw: Path, files: pl.DataFrame, data: DataDirectory
    ) -> Iterator[dg.MaterializeResult]:
        periode, extract = context.partition_key, pl.scan_parquet(raw)
        limits = load_limits(data.places.root)
        read = files.filter(sumber=folder_of(source), status_berkas="DIBACA")
        read = read.select("berkas", "periode_berkas", "diubah")
        runs = periodes_of_snapshots(data.places, folder_of(source))
        outdated = find_outdated(
            source, extract, read, lambda month: data.places.stored(f"raw/{source}", runs.get(month, month))
        )
        extract = refuse_outdated(extract, outdated)
        facts = _further_inputs(read, outdated, limits)
        keys = [f"staged/{source}", f"staged/{source}_karantina"]
        trace = Trace.of_frames(data.places, f"staged/{source}", periode, keys, files={"raw": raw}, facts=facts)
        if trace.is_current():
            yield from kept_results(trace, data, periode)
            return
        refused: list[pl.DataFrame] = []

        def accepted() -> Iterator[pl.DataFrame]:
            parts = Parts(extract, limits.memori.baris_sekaligus)
            for staged in stage_parts(source, parts, read, periode, limits.kerusakan):
                good, failures = split(staged, model)
                refused.append(refusal_reasons(source, failures))
                yield good

        yield store_pieces(context, data, f"staged/{source}", accepted(), polars_schema(model))
        good_rows = pl.scan_parquet(data.places.stored(f"staged/{source}", periode))
        quarantined = quarantine(source, extract, pl.concat(refused), good_rows).select(
            pl.lit(periode).alias("periode"), pl.all()
        )
        yield store_pieces(context, data, f"staged/{source}_karantina", iter([quarantined]))
        trace.write()

    return normalise


def _further_inputs(read: pl.DataFrame, outdated: pl.Series, limits: Limits) -> dict[str, str]:
    """Further inputs of a staged source besides its raw rows."""
    return {
        **{berkas: f"{of_month} {changed}" for berkas, of_month, changed in read.iter_rows()},
        "usang": " ".join(outdated.sort()),
        "kerusakan": limits.kerusakan.model_dump_json(),
        "memori": str(limits.memori.baris_sekaligus),
    }


def _staged_outs(source: str) -> dict[str, dg.AssetOut]:
    model = STAGED_KINDS[source]
    refused = f"Baris {source} yang ditolak, dengan alasan dan tindakan perbaikannya."
    return {
        "accepted": _staged_out(source, f"{model_description(model)} Baris yang diterima.", model),
        "refused": _staged_out(f"{source}_karantina", refused, Karantina),
    }


def _staged_out(name: str, description: str, model: type[Table]) -> dg.AssetOut:
    return dg.AssetOut(
        key=["staged", name],
        kinds={"polars", "pandera", "parquet"},
        owners=OWNERS,
        description=description,
        metadata=column_schema(model),
    )


staged = [_staged_asset(source) for source in STAGED_KINDS]
