"""Layer cleansed: DTKS after cleansing and matching, its households, quarantine and reconciliation."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import polars as pl

from assets.promise import promised_asset
from pipeline.matching.outcome.resolve import MEMBERS, accepted_with_ids, resolve_households, resolve_in_pieces
from pipeline.quality.reconciliation import reconcile
from pipeline.quality.verification import with_last_verification
from schemas.staged import STAGED_KINDS


@promised_asset(
    "cleansed.anggota",
    group="cleansed",
    ins={
        "dtks": "staged/dtks",
        "dukcapil": "staged/dukcapil",
        "links": "link/anggota_dukcapil",
        "survivors": "link/baris_bertahan",
        "corrections": "cleansed/koreksi",
    },
    before={"published": "cleansed.anggota"},
    files=["dtks", "dukcapil", "links"],
)
def anggota(
    *,
    dtks: Path,
    dukcapil: Path,
    links: Path,
    survivors: pl.DataFrame,
    corrections: pl.DataFrame,
    published: pl.LazyFrame,
) -> Iterator[pl.DataFrame]:
    linked = pl.scan_parquet(links)
    rows = accepted_with_ids(pl.scan_parquet(dtks), survivors, linked, published)
    pieces = resolve_in_pieces(rows, pl.scan_parquet(dukcapil), linked, survivors, corrections)
    return (with_last_verification(people, published) for people in pieces)


@promised_asset(
    "cleansed.keluarga",
    group="cleansed",
    ins={
        "people": "cleansed/anggota",
        "pairs": "link/keluarga_dukcapil",
        "families": "staged/dtsen_keluarga",
    },
    columns={"people": MEMBERS},
)
def keluarga(people: pl.DataFrame, pairs: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    return resolve_households(people, pairs, families)


@promised_asset(
    "quality.karantina", group="cleansed", ins={source: f"staged/{source}_karantina" for source in STAGED_KINDS}
)
def karantina(**refused: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(refused.values())


@promised_asset(
    "quality.rekonsiliasi",
    group="cleansed",
    ins={
        "files": "raw/berkas",
        **{f"raw_{source}": f"raw/{source}" for source in STAGED_KINDS},
        **{f"accepted_{source}": f"staged/{source}" for source in STAGED_KINDS},
        **{f"refused_{source}": f"staged/{source}_karantina" for source in STAGED_KINDS},
    },
    files=["files", *(f"{side}_{source}" for side in ("raw", "accepted", "refused") for source in STAGED_KINDS)],
)
def rekonsiliasi(files: Path, **stored: Path) -> pl.DataFrame:
    raw, accepted = (
        {source: pl.scan_parquet(stored[f"{side}_{source}"]) for source in STAGED_KINDS} for side in ("raw", "accepted")
    )
    refused = {source: pl.read_parquet(stored[f"refused_{source}"]) for source in STAGED_KINDS}
    return reconcile(pl.read_parquet(files), raw, accepted, refused)


@dg.asset_check(
    asset=["quality", "rekonsiliasi"],
    name="tidak_ada_yang_hilang",
    blocking=True,
    description="Untuk setiap berkas, baris dan rupiah yang masuk sama dengan yang diterima ditambah yang dikarantina.",
)
def tidak_ada_yang_hilang(rekonsiliasi: pl.DataFrame) -> dg.AssetCheckResult:
    lost = rekonsiliasi.filter((pl.col("selisih_baris") != 0) | (pl.col("selisih_nominal") != 0))
    return dg.AssetCheckResult(
        passed=lost.is_empty(), metadata={"berkas_berselisih": dg.MetadataValue.json(lost["berkas"].to_list())}
    )
