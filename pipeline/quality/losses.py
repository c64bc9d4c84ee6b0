"""Gates on data lost since the previous publication, as by a truncated or missing file.

Belongs here: comparing run and publication. Does not: gates on a run by itself (`pipeline.quality.gates`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from pipeline.quality.gate import Gate
from pipeline.settings import GateLimits
from schemas.cleansed import LINKED
from schemas.keys import ORDER, STAGE
from schemas.spelling import without_zeros

# A kabupaten or stage with fewer rows is not judged, unless it is gone altogether.
_MIN_ROWS = 50
# Most rows of a kabupaten, stage or month that may exist only by a typing error.
_MAX_SLIPS = 5
# Most names listed in an explanation.
_MAX_NAMES = 5
ORDER_STATE = (*ORDER, "berlaku_per")
"""Columns of `mart.pembayaran` that identify an order, and the time of its state."""
PEOPLE = ("kode_kab", "status_padan")
"""Columns of `cleansed.anggota` that are needed."""


@dataclass(frozen=True)
class _ComparedMart:
    """A mart whose counts are compared, grouped as files deliver them.

    Attributes:
        gate: name of its gate.
        group: columns of the group that is judged, such as a stage.
        label: format string of the group's name, with these columns.
        members: columns that identify rows within a group.
        count: the column that is summed.
        unit: what it counts, in words.
    """

    gate: str
    group: tuple[str, ...]
    label: str
    members: tuple[str, ...]
    count: str
    unit: str


_TARGETS = _ComparedMart(
    "Alokasi yang hilang per tahap", STAGE, "{} {} tahap {}", ("kode_wilayah",), "kpm_alokasi", "KPM"
)
_REPORTS = _ComparedMart(
    "Laporan pendamping yang hilang per bulan", ("periode_laporan",), "{}", ("id_pendamping",), "keluarga", "keluarga"
)


@dataclass(frozen=True)
class RunFigures:
    """The data of a run, or of the previous publication, that are compared.

    Attributes:
        people: `cleansed.anggota`, the columns `PEOPLE`.
        residents: `quality.penduduk_kabupaten`.
        orders: scan of `mart.pembayaran`, the columns `ORDER_STATE`; too large to be held whole.
        targets: scan of `mart.realisasi` of kabupaten with a target (`targets_to_compare`).
        reports: scan of `mart.kinerja_pendamping` (`reports_to_compare`).
    """

    people: pl.DataFrame
    residents: pl.DataFrame
    orders: pl.LazyFrame
    targets: pl.LazyFrame
    reports: pl.LazyFrame


def targets_to_compare(realisation: pl.LazyFrame) -> pl.LazyFrame:
    """Targets per stage and kabupaten, of `mart.realisasi`."""
    targets = realisation.filter(pl.col("tingkat") == "KABUPATEN", pl.col("kpm_alokasi") > 0)
    return targets.select(*_TARGETS.group, *_TARGETS.members, _TARGETS.count)


def reports_to_compare(companions: pl.LazyFrame) -> pl.LazyFrame:
    """Families reported per month and companion, of `mart.kinerja_pendamping`."""
    return companions.select(*_REPORTS.group, *_REPORTS.members, _REPORTS.count)


def loss_gates(
    current: RunFigures, before: RunFigures, limits: GateLimits, regions: pl.DataFrame, known_stages: pl.DataFrame
) -> list[Gate]:
    """The gates on lost data; sources that were not published before have none.

    Args:
        current: the data of the run.
        before: the published data up to the run's own periode; empty frames if there are none.
        limits: the limits, in percent.
        regions: kode and nama of every region.
        known_stages: program, tahun and tahap of every known stage.
    """
    stages = _stages(known_stages.lazy())
    return [
        *_people_gates(current.people, before.people, limits, regions),
        *_resident_gates(current.residents, before.residents, limits, regions),
        *_order_gates(current.orders, before.orders, stages, limits.penyusutan_pembayaran),
        *_mart_gates(_TARGETS, current.targets, before.targets, stages, limits.penyusutan_alokasi),
        *_mart_gates(_REPORTS, current.reports, before.reports, _months(known_stages), limits.penyusutan_laporan),
    ]


def _people_gates(now: pl.DataFrame, before: pl.DataFrame, limits: GateLimits, regions: pl.DataFrame) -> list[Gate]:
    if before.is_empty():
        return []
    fall = max(_linked_percent(before) - _linked_percent(now), 0.0)
    explanation = "Dibandingkan dengan terbitan sebelumnya."
    earlier, later = (rows.group_by("kode_kab").agg(banyak=pl.len()) for rows in (before, now))
    lost = _losses_by_kabupaten(earlier, later, regions)
    return [
        Gate("Penurunan persentase padan", fall, limits.penurunan_padan, explanation, unit=" poin persen"),
        *_shrinkage_gates("baris DTKS", lost, limits.penyusutan_baris, limits.penyusutan_kabupaten),
    ]


def _resident_gates(now: pl.DataFrame, before: pl.DataFrame, limits: GateLimits, regions: pl.DataFrame) -> list[Gate]:
    if before.is_empty():
        return []
    earlier, later = (rows.select("kode_kab", banyak="penduduk") for rows in (before, now))
    lost = _losses_by_kabupaten(earlier, later, regions)
    return _shrinkage_gates("penduduk Dukcapil", lost, limits.penyusutan_penduduk, limits.penyusutan_penduduk_kabupaten)


def _mart_gates(
    kind: _ComparedMart, now: pl.LazyFrame, before: pl.LazyFrame, known: pl.DataFrame, limit: float
) -> list[Gate]:
    rows_now, rows_before = (rows.collect(engine="streaming") for rows in (now, before))
    if rows_before.is_empty():
        return []
    lost = _losses_by_group(kind, rows_now, rows_before, known)
    return [_worst_group_gate(kind.gate, lost, limit, f"Persen {kind.unit} yang hilang")]


def _losses_by_group(kind: _ComparedMart, now: pl.DataFrame, before: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The loss of each group, as input of `_worst_group_gate`; groups that were corrected typing errors are left out.

    Such a group was unknown, had a handful of rows, and all of them are now in known groups with the same counts.
    Between known groups equal counts prove nothing: targets and families repeat from stage to stage, month to month.

    Args:
        kind: what is compared.
        now: one row per group and `members`, as their marts' keys guarantee.
        before: the same as published.
        known: all valid groups.
    """
    row, group = [*kind.group, *kind.members], list(kind.group)
    arrived = (
        now.join(before, on=row, how="anti")
        .join(known, on=group, how="semi")
        .select(*kind.members, kind.count)
        .unique()
    )
    unknown = before.join(known, on=group, how="anti").select(group).unique().with_columns(asing=pl.lit(value=True))
    count, left = pl.col(kind.count), pl.col(f"{kind.count}_kini").fill_null(0)
    return (
        before.join(now, on=row, how="left", suffix="_kini")
        .join(arrived.with_columns(pindah=pl.lit(value=True)), on=[*kind.members, kind.count], how="left")
        .join(unknown, on=group, how="left")
        .group_by(pl.format(kind.label, *kind.group).alias("nama"))
        .agg(
            banyak=count.sum(),
            hilang=(count - left).clip(0).sum(),
            slip=(pl.len() <= _MAX_SLIPS) & pl.all_horizontal(pl.col("pindah", "asing").fill_null(value=False)).all(),
        )
        .filter(~pl.col("slip"))
        .select("nama", "banyak", "hilang", lenyap=pl.col("hilang") == pl.col("banyak"))
    )


def _losses_by_kabupaten(before: pl.DataFrame, now: pl.DataFrame, regions: pl.DataFrame) -> pl.DataFrame:
    """Per kabupaten (kode_kab, banyak on both sides): nama, banyak before, and selisih (before minus now)."""
    return (
        before.join(now, on="kode_kab", how="full", coalesce=True, nulls_equal=True, suffix="_kini")
        .join(regions.select(kode_kab="kode", wilayah="nama"), on="kode_kab", how="left")
        .select(
            # Null for rows without a kabupaten.
            nama=pl.coalesce("wilayah", "kode_kab"),
            banyak=pl.col("banyak").fill_null(0).cast(pl.Int64),
            selisih=pl.col("banyak").fill_null(0).cast(pl.Int64) - pl.col("banyak_kini").fill_null(0).cast(pl.Int64),
        )
    )


def _shrinkage_gates(what: str, lost: pl.DataFrame, limit: float, limit_each: float) -> list[Gate]:
    """The gates for the country and for the worst kabupaten: a missing file empties a kabupaten, not the country.

    A kabupaten that is gone is named even if it had only a handful of rows, which may be a corrected typing error.
    """
    percent = 100.0 * max(int(lost["selisih"].sum()), 0) / max(int(lost["banyak"].sum()), 1)
    explanation = "Persen yang hilang, dibandingkan dengan terbitan sebelumnya."
    each = lost.drop_nulls("nama").select("nama", "banyak", hilang=pl.col("selisih").clip(0))
    gone, few = (pl.col("hilang") > 0) & (pl.col("hilang") == pl.col("banyak")), pl.col("banyak") <= _MAX_SLIPS
    each = each.with_columns(lenyap=gone & ~few)
    worst = _worst_group_gate(f"Penyusutan {what} per kabupaten/kota", each, limit_each, "Persen yang hilang")
    slips = each.filter(gone & few).sort("banyak", "nama", descending=[True, False])
    if slips.height:
        names = _list_names(
            [f"{name} (sebelumnya {count})" for name, count in slips.select("nama", "banyak").iter_rows()]
        )
        worst = _with_sentence(worst, f"Hilang seluruhnya, mungkin hanya salah tulis yang dibetulkan: {names}.")
    return [Gate(f"Penyusutan {what}", percent, limit, explanation), worst]


def _with_sentence(gate: Gate, sentence: str) -> Gate:
    return replace(gate, explanation=f"{gate.explanation} {sentence}")


def _stages(orders: pl.LazyFrame) -> pl.DataFrame:
    return orders.select("program", pl.col("tahun", "tahap").cast(pl.Int32)).unique().collect(engine="streaming")


def _months(known_stages: pl.DataFrame) -> pl.DataFrame:
    """All months (YYYY-MM) of the years that have a stage."""
    months = pl.DataFrame({"bulan": [f"{month:02d}" for month in range(1, 13)]})
    years = known_stages.select("tahun").unique()
    return years.join(months, how="cross").select(periode_laporan=pl.format("{}-{}", "tahun", "bulan"))


def _order_gates(now: pl.LazyFrame, before: pl.LazyFrame, known: pl.DataFrame, limit: float) -> list[Gate]:
    """The gate on stages whose orders are gone or back to an older state: a delivered order must never vanish.

    Only one stage is held in memory at a time, with a hash per order. An order moved to another stage counts as gone
    too, because the next stage may use the same number; the explanation says so. A handful of orders that moved from an
    unknown stage to a known one are no loss, as in `_losses_by_group`.
    """
    stages = _stages(before)
    if stages.is_empty():
        return []
    losses, gone, arrivals = _compare_stages(now, before, pl.concat([stages, _stages(now)]).unique(), known)
    elsewhere = arrivals.group_by("program", "nomor").agg(pl.col("dikenal").any())
    moved = gone.join(elsewhere, on=["program", "nomor"])
    is_corrected_slip = pl.col("asing") & (pl.col("banyak") <= _MAX_SLIPS) & (pl.col("pindah") == pl.col("banyak"))
    corrected = moved.group_by("nama").agg(pindah=pl.col("dikenal").sum())
    by_stage = losses.join(corrected, on="nama", how="left")
    gate = _worst_group_gate(
        "Perintah bayar yang hilang per tahap",
        by_stage.filter(~is_corrected_slip.fill_null(value=False)),
        limit,
        "Persen yang hilang atau kembali ke keadaan yang lebih lama",
    )
    if moved.height:
        elsewhere_now = f"{moved.height:,}".replace(",", ".")
        gate = _with_sentence(
            gate, f"{elsewhere_now} yang hilang kini ada di tahap lain; bila memang tahapnya dibetulkan, ubah batasnya."
        )
    return [gate]


def _compare_stages(
    now: pl.LazyFrame, before: pl.LazyFrame, stages: pl.DataFrame, known: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The loss of each stage, the orders gone from a stage, and the orders that are new in one.

    Returns:
        Of stages what `_worst_group_gate` takes, and asing (not in `known`); of orders gone nomor, program and nama (of
        the stage); of new ones nomor, program and dikenal (whether the stage is known).
    """
    known_stages = set(known.iter_rows())
    losses, gone, arrivals = [], [], []
    for stage in stages.sort(STAGE).iter_rows(named=True):
        earlier, later = (_hashed_orders(orders, stage) for orders in (before, now))
        still_there = earlier.join(later, on="nomor", suffix="_kini")
        older = int(still_there.select((pl.col("berlaku_per_kini") < pl.col("berlaku_per")).sum()).item())
        name, is_known = "{} {} tahap {}".format(*stage.values()), tuple(stage.values()) in known_stages
        losses.append(
            {
                "nama": name,
                "banyak": earlier.height,
                "hilang": earlier.height - still_there.height + older,
                "lenyap": later.is_empty(),
                "asing": not is_known,
            }
        )
        program = pl.lit(stage["program"]).alias("program")
        lost, arrived = earlier.join(later, on="nomor", how="anti"), later.join(earlier, on="nomor", how="anti")
        gone.append(lost.select("nomor", program, nama=pl.lit(name)))
        arrivals.append(arrived.select("nomor", program, dikenal=pl.lit(is_known)))
    return pl.DataFrame(losses), pl.concat(gone), pl.concat(arrivals)


def _hashed_orders(orders: pl.LazyFrame, stage: Mapping[str, Any]) -> pl.DataFrame:
    """The orders of one stage: nomor, a hash of the order number, and berlaku_per, the time of its state.

    Leading zeros, which spreadsheets remove and later files restore, do not count.
    """
    of_stage = [pl.col(name).eq_missing(pl.lit(value)) for name, value in stage.items()]
    return (
        orders.filter(of_stage)
        .select("berlaku_per", nomor=without_zeros(pl.col("no_danom")).hash())
        .collect(engine="streaming")
    )


def _worst_group_gate(name: str, losses: pl.DataFrame, limit: float, measured: str) -> Gate:
    """The gate on the group with the largest loss; groups with few rows count only if they are gone altogether.

    Args:
        name: of the gate.
        losses: nama, banyak (before), hilang, and lenyap (nothing is left).
        limit: in percent.
        measured: what the percentages measure, in words.
    """
    lost = (
        losses.filter((pl.col("banyak") >= _MIN_ROWS) | pl.col("lenyap"), pl.col("hilang") > 0)
        .select("nama", persen=100.0 * pl.col("hilang") / pl.col("banyak"))
        .sort("persen", "nama", descending=[True, False])
    )
    if lost.is_empty():
        return Gate(name, 0.0, limit, f"{measured} sejak terbitan sebelumnya: tidak ada.")
    # A withheld run names all groups over the limit, not only the worst.
    over_limit = lost.filter(pl.col("persen") > limit)
    shown = lost.head(1) if over_limit.is_empty() else over_limit
    names = _list_names([f"{name} ({percent:.0f}%)" for name, percent in shown.iter_rows()])
    explanation = (
        f"{measured} sejak terbitan sebelumnya, dari yang paling menyusut: {names}. "
        "Periksa apakah berkasnya ada, terbaca, dan lengkap."
    )
    return Gate(name, float(lost["persen"][0]), limit, explanation)


def _list_names(names: Sequence[str]) -> str:
    """The first few names, and the number of further ones."""
    more = f", dan {len(names) - _MAX_NAMES} lainnya" if len(names) > _MAX_NAMES else ""
    return ", ".join(names[:_MAX_NAMES]) + more


def _linked_percent(people: pl.DataFrame) -> float:
    return 100.0 * float(people.select(pl.col("status_padan").is_in(LINKED).mean()).item() or 0.0)
