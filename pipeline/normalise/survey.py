"""What no row tells by itself: facts of a whole source, gathered part by part before its rows are normalised.

Only what a fact needs is kept: numbers of rows that repeat an identifier, files that are damaged as a whole, the
kabupaten of SIAK lists, what batches of orders are for. So the memory needed follows the size of a part and how much
is repeated or damaged, not the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import polars as pl

from pipeline.normalise import orders
from pipeline.normalise.dates import to_date
from pipeline.normalise.deliveries import lists_as_of, orders_as_of
from pipeline.normalise.identifiers import (
    count_damage,
    files_rounded,
    files_zeroed,
    usable_number,
    written_number,
)
from pipeline.normalise.month_first import count_orders, notation, read_again, sampled, with_month_first
from pipeline.normalise.names import comparable_name, tidy_name
from pipeline.normalise.parts import ROW, Parts, repeated
from pipeline.normalise.regions import SIAK_TUPLE, resolve_siak_tuples, resolve_stated, siak_tuples, stated_tuples
from pipeline.normalise.text import plain, plain_key, plain_text
from pipeline.settings import DamageLimits, default_limits
from schemas.keys import PLACE, STAGE
from schemas.rules import CORRECTIONS, IN_HIDDEN_SHEET

# The rows a file must have before a day that most of them share is no coincidence: forms and answers about single
# residents state the day of each.
_ENOUGH_ROWS = 20
# Codes of kabupaten with a dot, with the zero before their second number and without one behind it.
_LED_BY_ZERO, _SHORT_CODE = r"^[0-9]{2}\.0[1-9]$", r"^[0-9]{2}\.[1-9]$"
_REGIONS = ("provinsi", "kabupaten", "kecamatan", "desa")
# A hidden sheet may be an old copy: of rows that repeat each other that of a sheet that officers see counts.
_HIDDEN = IN_HIDDEN_SHEET.fill_null(value=False).alias("tersembunyi")


def _none() -> pl.Series:
    return pl.Series(ROW, [], dtype=pl.Int64)


@dataclass(frozen=True)
class Survey:
    """Facts of a whole source; what a source has none of is empty.

    Attributes:
        repeated: rows whose identifier an earlier acceptable row has.
        replaced: those among them that a correction replaces.
        copied: rows whose NIK stands at several persons of one KK.
        zeroed: files whose numbers lost their last digit.
        rounded: files whose Papua numbers went through a float.
        stated: names of regions as rows state them and their codes (`pipeline.normalise.regions.resolve_stated`).
        places: SIAK tuples and their region codes (`pipeline.normalise.regions.resolve_siak_tuples`).
        as_of: `berkas` and `berlaku_per`, the moment whose state it tells (`pipeline.normalise.deliveries`).
        batches: `batch` and the programme, year and stage that its rows agree on.
        with_states: `berkas` and `lembar` whose orders state how far they are, one of them at least.
        shortened: `berkas`, `kode_tulis` and `kode_wilayah`, codes of targets that lost a zero as numbers.
        stating: `berkas`, `lembar`, and whether any target there states its program, tahun, tahap, kode_wilayah.
        month_first: columns whose dates have the month first (`pipeline.normalise.month_first.with_month_first`).
        usual_change: `berkas` and `hari`, the day on which most of its rows were changed, of large files.
    """

    repeated: pl.Series = field(default_factory=_none)
    replaced: pl.Series = field(default_factory=_none)
    copied: pl.Series = field(default_factory=_none)
    zeroed: pl.Series = field(default_factory=_none)
    rounded: pl.Series = field(default_factory=_none)
    stated: pl.DataFrame = field(default_factory=pl.DataFrame)
    places: pl.DataFrame = field(default_factory=pl.DataFrame)
    as_of: pl.DataFrame = field(default_factory=pl.DataFrame)
    batches: pl.DataFrame = field(default_factory=pl.DataFrame)
    with_states: pl.DataFrame = field(default_factory=pl.DataFrame)
    shortened: pl.DataFrame = field(default_factory=pl.DataFrame)
    stating: pl.DataFrame = field(default_factory=pl.DataFrame)
    month_first: pl.DataFrame = field(default_factory=pl.DataFrame)
    usual_change: pl.DataFrame = field(default_factory=pl.DataFrame)


def survey(source: str, parts: Parts, files: pl.DataFrame, damage: DamageLimits | None = None) -> Survey:
    """Look over all rows of a source.

    Args:
        source: one of `schemas.extracts.EXTRACTS`.
        parts: its readable rows.
        files: the ledger of files (`berkas`, `diubah`).
        damage: when a file of DTKS counts as damaged as a whole; as the reference says unless given.
    """
    if source == "dtks":
        return _dtks(parts, damage or default_limits().kerusakan)
    surveyor = _SURVEYORS.get(source)
    return Survey() if surveyor is None else surveyor(parts, files)


def _dtks(parts: Parts, damage_limits: DamageLimits) -> Survey:
    damage: list[pl.DataFrame] = []
    named: list[pl.DataFrame] = []
    dated: list[pl.DataFrame] = []
    dates = ("tanggal_lahir", "tanggal_verifikasi")

    def typed(part: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
        numbers = part.select(
            ROW, *PLACE, *dates, id=plain_key(pl.col("id_dtks")), nik_tulis=written_number(pl.col("nik"))
        ).with_columns(nik=usable_number("nik_tulis"))
        ordered = count_orders(numbers.select(*PLACE, *dates, "nik").filter(sampled()), *dates)
        return numbers.select(ROW, "id", "nik"), count_damage(numbers), stated_tuples(part), ordered

    def keys() -> Iterator[pl.DataFrame]:
        for numbers, damaged, names, ordered in parts.map(typed, *PLACE, "id_dtks", "nik", *_REGIONS, *dates):
            damage.append(damaged)
            named.append(names)
            dated.append(ordered)
            yield numbers

    ids, niks = repeated(keys(), ("id", "nik"), parts)
    counted = pl.concat(damage)
    # Names of regions are few, and looking them up is many small steps: the other core has time for the rows.
    with ThreadPoolExecutor(1) as pool:
        stated = pool.submit(_resolved, named)
        again, replaced = _repeated_ids(parts, ids)
        copied = _copied(parts, niks)
        return Survey(
            again,
            replaced,
            copied=copied,
            zeroed=files_zeroed(counted, damage_limits),
            rounded=files_rounded(counted, damage_limits),
            stated=stated.result(),
            month_first=with_month_first(dated),
        )


def _resolved(named: Iterable[pl.DataFrame]) -> pl.DataFrame:
    return resolve_stated(pl.concat(named).unique(maintain_order=True))


def _repeated_ids(parts: Parts, candidates: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Rows that repeat the ID of an earlier row, and those among them that a correction replaces.

    A row that is refused for another reason does not use up its ID: its corrected copy must still be accepted.
    """
    rows = parts.rows(candidates, "berkas", "lembar", "id_dtks", "nik", "no_kk", "nama").select(
        ROW,
        _HIDDEN,
        id=plain_key(pl.col("id_dtks")),
        nama=tidy_name(pl.col("nama")),
        nik=written_number(pl.col("nik")),
        no_kk=written_number(pl.col("no_kk")),
        perbaikan=pl.col("berkas").str.contains(CORRECTIONS),
    )
    # Within corrections and within all other files those that officers see come first.
    acceptable = rows.sort(~pl.col("perbaikan"), "tersembunyi", maintain_order=True).filter(
        pl.col("id").is_not_null()
        & pl.col("nama").is_not_null()
        & (pl.col("nik").is_not_null() | pl.col("no_kk").is_not_null())
    )
    again = acceptable.filter(~pl.col("id").is_first_distinct())
    corrected = acceptable.filter("perbaikan").select("id").unique()
    replaced = again.filter(~pl.col("perbaikan")).join(corrected, on="id", how="semi")
    return again[ROW].sort(), replaced[ROW].sort()


def _copied(parts: Parts, candidates: pl.Series) -> pl.Series:
    rows = parts.rows(candidates, "nik", "no_kk", "nama").select(
        ROW,
        nama=comparable_name(tidy_name(pl.col("nama"))),
        nik_tulis=written_number(pl.col("nik")),
        no_kk_tulis=written_number(pl.col("no_kk")),
    )
    known = rows.with_columns(nik=usable_number("nik_tulis"), no_kk=usable_number("no_kk_tulis"))
    known = known.drop_nulls(["nik", "no_kk"])
    return known.filter(pl.col("nama").n_unique().over("nik", "no_kk") > 1)[ROW]


def _dukcapil(parts: Parts, _: pl.DataFrame) -> Survey:
    votes: list[pl.DataFrame] = []
    changes: list[pl.DataFrame] = []
    named: list[pl.DataFrame] = []
    dated: list[pl.DataFrame] = []
    dates = ("tanggal_lahir", "tgl_ubah")

    def typed(part: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
        numbers = part.with_columns(
            nik_tulis=written_number(pl.col("nik")), no_kk_tulis=written_number(pl.col("no_kk"))
        ).with_columns(nik=usable_number("nik_tulis"), no_kk=usable_number("no_kk_tulis"))
        return (
            numbers.select(ROW, "nik"),
            siak_tuples(numbers.filter(pl.col("kabupaten").is_null()))[1],
            numbers.group_by("berkas", hari=to_date(pl.col("tgl_ubah"))).len(),
            stated_tuples(part.filter(pl.col("kabupaten").is_not_null())),
            count_orders(numbers.select(*PLACE, *dates, "nik").filter(sampled()), *dates),
        )

    def keys() -> Iterator[pl.DataFrame]:
        for numbers, voted, changed, names, ordered in parts.map(typed, *PLACE, *_REGIONS, "nik", "no_kk", *dates):
            votes.append(voted)
            changes.append(changed)
            named.append(names)
            dated.append(ordered)
            yield numbers

    (niks,) = repeated(keys(), ("nik",), parts)
    rows = parts.rows(niks, "lembar", "nik").select(ROW, _HIDDEN, nik_tulis=written_number(pl.col("nik")))
    rows = rows.select(ROW, "tersembunyi", nik=usable_number("nik_tulis")).sort("tersembunyi", maintain_order=True)
    counted = _added_up(votes, SIAK_TUPLE, "baris")
    month_first = with_month_first(dated)
    changed = read_again(_added_up(changes, ("berkas", "hari"), "len"), month_first, "tgl_ubah", "hari")
    return Survey(
        repeated=rows.filter(~pl.col("nik").is_first_distinct())[ROW].sort(),
        stated=_resolved(named),
        places=resolve_siak_tuples(counted),
        month_first=month_first,
        usual_change=_usual_change(changed),
    )


def _usual_change(days: pl.DataFrame) -> pl.DataFrame:
    """The day that more than half of a file's rows bear: a change of the whole register. Small files have none."""
    rows = pl.col("len").sum().over("berkas")
    usual = (rows >= _ENOUGH_ROWS) & (pl.col("len") * 2 > rows)
    return days.filter(usual, pl.col("hari").is_not_null()).select("berkas", "hari")


def _pos(parts: Parts, files: pl.DataFrame) -> Survey:
    dates = ("tgl_bayar", "tgl_retur")
    columns = ("berkas", "lembar", "judul", "batch", *STAGE, *dates, "status_bayar")

    def told(part: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
        # Titles, batches, days and states are few.
        once = part.select(columns).unique()
        ordered = count_orders(part.select(*PLACE, *dates).filter(sampled()), *dates)
        states = once.filter(plain(pl.col("status_bayar")).is_not_null()).select("berkas", "lembar").unique()
        return _days(once, *dates), orders.stated(once).drop_nulls().unique(), stated_tuples(part), ordered, states

    days, batches, named, dated, states = zip(*parts.map(told, "baris", *columns, *_REGIONS), strict=True)
    month_first = with_month_first(dated)
    return Survey(
        stated=_resolved(named),
        as_of=orders_as_of(_newest(_meant(days, month_first), files)),
        batches=orders.agreed(pl.concat(batches)),
        with_states=pl.concat(states).unique(),
        month_first=month_first,
    )


def told_of_others(rows: pl.DataFrame, files: pl.DataFrame) -> Survey:
    """The facts of a survey of payment orders that a file can change for the rows of other files: as_of and batches.

    Args:
        rows: in the columns of the extract; of rows that are alike one is enough, and regions may be missing. Their
            dates have the day first.
        files: as in `survey`.
    """
    newest = _newest(_days(rows, "tgl_bayar", "tgl_retur"), files)
    return Survey(as_of=orders_as_of(newest), batches=orders.agreed(orders.stated(rows).drop_nulls()))


def _alokasi(parts: Parts, files: pl.DataFrame) -> Survey:
    dates, stated = ("tgl_transfer", "target_selesai"), (*STAGE, "kode_wilayah")

    def told(part: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
        codes = part.select("berkas", kode_tulis=plain_text(pl.col("kode_wilayah"))).drop_nulls().unique()
        digits = pl.col("kode_wilayah").str.replace_all(r"\D", "")
        targets = part.select("berkas", digits, **orders.of_row()).unique()
        ordered = count_orders(part.select(*PLACE, *dates).filter(sampled()), *dates)
        stating = part.group_by("berkas", "lembar").agg(plain(pl.col(name)).is_not_null().any() for name in stated)
        return _days(part, "tgl_transfer"), codes, targets, ordered, stating

    read = (*PLACE, *dates, *stated)
    days, codes, targets, dated, stating = zip(*parts.map(told, *read), strict=True)
    month_first = with_month_first(dated)
    as_of = lists_as_of(_newest(_meant(days, month_first), files), pl.concat(targets).unique())
    return Survey(
        as_of=as_of,
        shortened=_shortened(pl.concat(codes).unique()),
        stating=pl.concat(stating).group_by("berkas", "lembar").agg(pl.col(stated).any()),
        month_first=month_first,
    )


def _shortened(codes: pl.DataFrame) -> pl.DataFrame:
    """Codes that lost a zero as numbers, and those codes whole: `33.1` is 33.10 where the file writes 33.09.

    For then it writes 33.01 in full. Where the file has a 33.10 as well, nothing is certain, and `33.1` stays.
    """
    code = pl.col("kode_tulis")
    of_file = codes.with_columns(utuh=code.str.contains(_LED_BY_ZERO).any().over("berkas"))
    short = of_file.filter("utuh", code.str.contains(_SHORT_CODE)).select(
        "berkas", "kode_tulis", lengkap=pl.concat_str(code, pl.lit("0"))
    )
    unclear = codes.select("berkas", lengkap="kode_tulis")
    known = short.join(unclear, on=["berkas", "lengkap"], how="anti")
    return known.select("berkas", "kode_tulis", kode_wilayah="lengkap")


def _days(rows: pl.DataFrame, *dates: str) -> pl.DataFrame:
    """The days in columns of dates, read with the day first: `berkas`, `lembar`, `kolom`, `cara`, `hari`."""
    return pl.concat(
        rows.select("berkas", "lembar", kolom=pl.lit(name), cara=notation(name), hari=to_date(pl.col(name))).unique()
        for name in dates
    )


def _meant(days: Iterable[pl.DataFrame], month_first: pl.DataFrame) -> pl.DataFrame:
    """The days of all parts (`_days`), put right in the columns whose dates have the month first."""
    read = pl.concat(days).unique()
    for column in month_first["kolom"].unique(maintain_order=True):
        of_column = pl.col("kolom") == column
        read = pl.concat([read.filter(~of_column), read_again(read.filter(of_column), month_first, column, "hari")])
    return read


def _newest(days: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """The newest day of every file: berkas, diubah, terbaru."""
    # A date after the file was last changed is a slip of the pen, and would make the file the newest for ever.
    past = pl.when(pl.col("hari") <= pl.col("diubah").dt.date()).then("hari")
    dated = days.join(files.select("berkas", "diubah"), on="berkas", how="left")
    return dated.group_by("berkas", "diubah").agg(terbaru=past.max())


def _added_up(parts: list[pl.DataFrame], keys: Iterable[str], count: str) -> pl.DataFrame:
    if len(parts) == 1:
        return parts[0]
    return pl.concat(parts).group_by(list(keys), maintain_order=True).agg(pl.col(count).sum())


_SURVEYORS: dict[str, Callable[[Parts, pl.DataFrame], Survey]] = {
    "dukcapil": _dukcapil,
    "pos": _pos,
    "alokasi": _alokasi,
}
