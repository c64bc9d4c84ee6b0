"""Determines the region and stage of a target from its own cells, else from the title and name of its list.

Does not belong here: the amounts and dates of a target (`pipeline.normalise.staging`), and which of several deliveries
of it is in force (`pipeline.realisation.targets`).
"""

from __future__ import annotations

from functools import cache

import polars as pl

from pipeline import reference
from pipeline.normalise.metadata.orders import nearest_stage, stage_key_of_row
from pipeline.normalise.metadata.stage_months import fill_stage_from_months
from pipeline.normalise.regions import resolve_names
from pipeline.normalise.values.text import digits_of_code, plain, plain_text
from schemas.extracts import list_text
from schemas.keys import STAGE

# Not SP2D PENGGANTI YANG DIBATALKAN, the valid replacement of a cancelled one.
_CANCELLED = r"(?i)^\W*(?:SP2D\s+)?(?:(?:SUDAH|TELAH|SDH)\s+)?(?:DI)?BATAL(?:KAN)?\W*(?:$|[,;:.(-].*$|KARENA\b)"
# The rest of the remark may negate the cancellation, or limit it to a part: BATAL (5 KPM).
_PARTLY_OR_NOT = (
    r"(?i)\?|\bSEBAGIAN\b|BATAL(?:KAN)?\W*(?:KARENA\W*)?(?:RP\W*)?[0-9]|\bTIDAK JADI\W*(?:(?:DI)?BATAL|$)"
    r"|\b(?:DIAKTIFKAN|BERLAKU|DICAIRKAN|DITRANSFER)\s+(?:LAGI|KEMBALI)\b"
)
_STAGE_TYPES = {"program": pl.String, "tahun": pl.Int32, "tahap": pl.Int32}


def fill_region_and_stage(rows: pl.DataFrame, shortened: pl.DataFrame, stating: pl.DataFrame) -> pl.DataFrame:
    """`rows` with kode_wilayah (a code in force), program, tahun and tahap; each null if nothing states it.

    Names of regions, and the title and name of the list, are used only for facts that no target of the list states in
    its own cells.

    Args:
        rows: targets as delivered.
        shortened: codes that lost a zero as numbers (`Survey`).
        stating: what the targets of each list state (`Survey`).
    """
    written = rows.with_columns(kode_tulis=plain_text(pl.col("kode_wilayah"))).drop("kode_wilayah")
    complete = written.join(shortened, on=["berkas", "kode_tulis"], how="left", maintain_order="left")
    states = _stated_by_list(complete, stating)
    coded = digits_of_code(pl.coalesce("kode_wilayah", "kode_tulis")).replace(_present_codes())
    present = pl.when(states["kode_wilayah"]).then(coded).otherwise(_named_region(complete))
    in_force = present.is_in(_codes_in_force().implode())
    return complete.with_columns(_target_stage(complete, states), kode_wilayah=pl.when(in_force).then(present))


def _stated_by_list(rows: pl.DataFrame, stating: pl.DataFrame) -> pl.DataFrame:
    """Per row, whether its list states program, tahun, tahap and kode_wilayah of any target; true if unknown.

    A row of a correction form may itself state what its list does not.
    """
    own = rows.select(list_text().alias("daftar"), *STAGE, pl.col("kode_tulis").alias("kode_wilayah"))
    states = own.join(stating, on="daftar", how="left", maintain_order="left", suffix="_daftar")
    return states.select(
        plain(pl.col(name)).is_not_null() | pl.col(f"{name}_daftar").fill_null(value=True)
        for name in (*STAGE, "kode_wilayah")
    )


def _target_stage(rows: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    own, of_list = rows.select(**stage_key_of_row()), stage_of_list(rows)
    stage = own.select(pl.when(states[name]).then(name).otherwise(of_list[name]).alias(name) for name in STAGE)
    return fill_stage_from_months(stage, rows)


def stage_of_list(rows: pl.DataFrame) -> pl.DataFrame:
    """program, tahun and tahap of targets, by `nearest_stage` without batches."""
    batches = pl.DataFrame(schema={"batch": pl.String, **_STAGE_TYPES})
    return nearest_stage(rows.select("berkas", "lembar", "judul", *STAGE, batch=pl.lit(None, pl.String)), batches)


def _named_region(rows: pl.DataFrame) -> pl.Series:
    """The code of the kecamatan or kabupaten that a target names.

    Null if the row names a desa: there are no targets for a desa, and the row is not its kecamatan's either.
    """
    no_kecamatan, no_desa = (plain(pl.col(name)).is_null() for name in ("kecamatan", "desa"))
    named = rows.select("provinsi", "kabupaten", "kecamatan")
    places = resolve_names(named, provinsi="provinsi", kabupaten="kabupaten", kecamatan="kecamatan", desa=None)
    code = pl.when(no_kecamatan).then("kode_kab").otherwise("kode_kec")
    return places.with_columns(rows["desa"]).select(pl.when(no_desa).then(code)).to_series()


def is_cancelled(remark: pl.Expr) -> pl.Expr:
    """Whether the remark on a target says that its whole SP2D was cancelled."""
    return (remark.str.contains(_CANCELLED) & ~remark.str.contains(_PARTLY_OR_NOT)).fill_null(value=False)


@cache
def largest_tariffs() -> pl.DataFrame:
    """program, tahun, tahap and the largest payment per family in that stage (`tarif_terbesar`)."""
    amount = pl.col("nominal") * pl.col("maks_orang").fill_null(1)
    return (
        reference.program_stages()
        .with_columns(pl.col("tahun", "tahap").cast(pl.Int32))
        .group_by(STAGE)
        .agg(tarif_terbesar=amount.max())
    )


@cache
def _present_codes() -> dict[str, str]:
    """Former region codes → the code in force, if known."""
    former = reference.regions().filter(~pl.col("berlaku") & pl.col("kode_kini").is_not_null())
    return dict(former.select("kode", "kode_kini").iter_rows())


@cache
def _codes_in_force() -> pl.Series:
    levels = pl.col("tingkat").is_in(["KABUPATEN", "KECAMATAN"])
    return reference.regions().filter(pl.col("berlaku") & levels)["kode"]
