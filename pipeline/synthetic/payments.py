"""Draws payees per programme, their orders and the final state of each order.

Belongs here: the truth about orders, double aid and realisation. Does not: the payers' files
(`pipeline.synthetic.files.pos`) and allotments (`pipeline.synthetic.files.targets`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipeline import reference
from pipeline.synthetic.draws import Bools, Ints
from pipeline.synthetic.rates import Rates
from pipeline.synthetic.registry import MATI, Villages
from pipeline.synthetic.stages import STAGES, Stage
from schemas.keys import STAGE

DIBAYAR, GAGAL, RETUR, BELUM = "DIBAYAR", "GAGAL", "RETUR", "BELUM"

_REASONS = {
    GAGAL: (
        "LUAR KOTA",
        "MAMPU/MENOLAK",
        "NAMA TIDAK SESUAI",
        "PNS/TNI/POLRI",
        "SUDAH MENERIMA BANTUAN LAIN",
        "PINDAH",
    ),
    RETUR: ("MENINGGAL KK TUNGGAL", "PINDAH", "TIDAK DITEMUKAN", "LUAR KOTA"),
}
_CHANNELS = ("LOKET", "KOMUNITAS", "ANTAR")
_ADULT = 17
# Shares of the DTKS families, chosen so that the programmes nest as they do in the field.
_BBM, _SEMBAKO_OF_BBM, _PKH_OF_BBM, _BST_OF_BBM, _DD_OF_REST, _JAMSOSRATU_OF_BBM = 0.42, 0.94, 0.55, 0.40, 0.17, 0.45
_BANTEN = "36"
_BST_KABUPATEN = 4
_PKH_MAX_PERSONS = 4
# Ages of the PKH components: from, up to (years); and shares of families with a pregnancy or a severe disability.
_AGES = {"USIA_DINI": (0, 7), "SD": (7, 13), "SMP": (13, 16), "SMA": (16, 19), "LANSIA": (70, 200)}
# Death dates of people who died on an unknown day (dead from the beginning) and of the living (never).
_LONG_AGO, _NEVER = date(1900, 1, 1), np.datetime64("2200-01-01", "D")
_SCHOOL_AGES, _TODDLERS, _FERTILE = (7, 19), (0, 5), (19, 40)
_PREGNANT, _DISABLED = 0.06, 0.02


@dataclass(frozen=True)
class Orders:
    """Payment orders in truth.

    Attributes:
        table: one row per order: no_danom, program, tahun, tahap, terbitan (2 for a second issue), pid, fid, desa,
            kode_kprk, nominal, status, tgl_bayar, tgl_retur, metode, alasan, masalah, and nik, kk, nama, terdaftar of
            the payee.
        double_aid: truth/double_aid.
    """

    table: pl.DataFrame
    double_aid: pl.DataFrame


def draw_payees(
    rows: pl.DataFrame,
    residents: pl.DataFrame,
    villages: Villages,
    rates: Rates,
    *,
    today: date,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """One row per family that some programme pays.

    Args:
        rows: accepted DTKS rows with pid, fid, desa and salinan.
        residents: as `registry.register_residents` returns them.
        villages: of the country.
        rates: `non_dtks` is used.
        today: the day for which ages are computed.
        rng: random numbers.

    Returns:
        fid, pid (payee), pid_kedua (another adult of the family or null), desa (village number on the order),
        terdaftar (the payee is known to Dukcapil), dtks (the family stands in DTKS), pkh (rupiah a stage),
        anak_sekolah, balita, hamil, and one flag per programme.
    """
    age = (today - pl.col("lahir")).dt.total_days() / 365.25
    aged = residents.select("pid", "fid", "desa", "jk", "pecah", "terdaftar", usia=age)
    from_dtks = _payees_from_dtks(rows, aged)
    heads = aged.filter(pl.col("terdaftar")).unique("fid", keep="first", maintain_order=True)
    not_in_dtks = heads.filter(~pl.col("fid").is_in(rows["fid"].implode()))
    wanted = int(from_dtks.height * _BBM * rates.non_dtks)
    drawn = not_in_dtks[np.sort(rng.permutation(not_in_dtks.height)[:wanted])].select("fid", "pid", "desa")
    others = drawn.with_columns(pid_kedua=pl.lit(None, pl.Int64), terdaftar=pl.lit(True), dtks=pl.lit(False))
    payees = pl.concat([from_dtks.with_columns(dtks=pl.lit(True)), others], how="diagonal")
    payees = payees.join(_pkh_components(aged, rng), on="fid", how="left", maintain_order="left")
    return _with_programmes(payees, villages, rng)


def _payees_from_dtks(rows: pl.DataFrame, aged: pl.DataFrame) -> pl.DataFrame:
    """One payee per family in DTKS, and another adult of it whom Dukcapil knows."""
    grown = aged.filter(pl.col("usia") >= _ADULT, ~pl.col("pecah")).select("pid", "terdaftar")
    listed = rows.filter(pl.col("salinan") == 0).select("pid", "fid", "desa")
    other = pl.col("pid").filter(pl.col("terdaftar")).get(1, null_on_oob=True)
    payees = (
        listed.join(grown, on="pid", maintain_order="left")
        .group_by("fid", maintain_order=True)
        .agg(pl.col("pid").first(), pid_kedua=other, desa=pl.col("desa").first(), terdaftar=pl.col("terdaftar").first())
    )
    # A second payee counts as of the same KK only if Dukcapil also knows the first one.
    return payees.with_columns(pid_kedua=pl.when("terdaftar").then("pid_kedua"))


def _pkh_components(aged: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """PKH amount a stage, school-age children and under-fives per family."""
    first_stage = next(stage for stage in STAGES if stage.program == "PKH")
    tariff = dict(reference.program_stages().filter(first_stage.matches()).select("komponen", "nominal").iter_rows())

    def aged_between(ages: tuple[int, int]) -> pl.Expr:
        return pl.col("usia").is_between(*ages, closed="left")

    counts = aged.group_by("fid", maintain_order=True).agg(
        *(aged_between(ages).sum().cast(pl.Int64).alias(component) for component, ages in _AGES.items()),
        HAMIL=((pl.col("jk") == "P") & aged_between(_FERTILE)).any().cast(pl.Int64),
        anak_sekolah=aged_between(_SCHOOL_AGES).sum().cast(pl.Int64),
        balita=aged_between(_TODDLERS).sum().cast(pl.Int64),
    )
    counts = counts.with_columns(
        USIA_DINI=pl.col("USIA_DINI").clip(0, 2),
        HAMIL=pl.col("HAMIL") * pl.Series((rng.random(counts.height) < _PREGNANT).astype(np.int64)),
        DISABILITAS=pl.Series((rng.random(counts.height) < _DISABLED).astype(np.int64)),
    )
    remaining = np.full(counts.height, _PKH_MAX_PERSONS, dtype=np.int64)
    amount = np.zeros(counts.height, dtype=np.int64)
    for component, nominal in sorted(tariff.items(), key=lambda item: (-item[1], item[0])):
        counted = np.minimum(counts[component].to_numpy(), remaining)
        amount += counted * nominal
        remaining -= counted
    return counts.select("fid", "anak_sekolah", "balita", hamil="HAMIL", pkh=pl.Series(amount))


def _with_programmes(payees: pl.DataFrame, villages: Villages, rng: np.random.Generator) -> pl.DataFrame:
    """Which programmes pay each family."""
    desa = payees["desa"].to_numpy()
    in_dtks = payees["dtks"].to_numpy()
    kab = villages.table["kode_kab"].to_numpy()[desa]
    remote = villages.table.filter("tertinggal")["kode_kab"].unique().sort()
    others = villages.table.filter(~pl.col("tertinggal"))["kode_kab"].unique().sort()
    bst_kab = [*remote, *others][:_BST_KABUPATEN] if len(remote) < _BST_KABUPATEN else [*remote, *others[:2]]
    chance = rng.random((payees.height, 6))
    bbm = (in_dtks & (chance[:, 0] < _BBM)) | ~in_dtks
    sembako = bbm & (chance[:, 1] < _SEMBAKO_OF_BBM)
    pkh = in_dtks & bbm & (chance[:, 2] < _PKH_OF_BBM) & (payees["pkh"] > 0).to_numpy()
    with_children = ((payees["anak_sekolah"] + payees["balita"]) > 0).to_numpy()
    banten = pl.Series(kab.astype(str)).str.starts_with(_BANTEN).to_numpy()
    return payees.with_columns(
        pl.Series("BLT BBM", bbm),
        pl.Series("SEMBAKO", sembako),
        pl.Series("PKH", pkh),
        pl.Series("BST", in_dtks & bbm & np.isin(kab, bst_kab) & (chance[:, 3] < _BST_OF_BBM)),
        pl.Series("BLT DD", in_dtks & ~bbm & (chance[:, 4] < _DD_OF_REST)),
        pl.Series("JAMSOSRATU", in_dtks & bbm & ~pkh & banten & with_children & (chance[:, 5] < _JAMSOSRATU_OF_BBM)),
    )


def draw_orders(
    payees: pl.DataFrame, residents: pl.DataFrame, villages: Villages, rates: Rates, rng: np.random.Generator
) -> Orders:
    """All orders in their final state, and the double aid among them.

    Args:
        payees: as `draw_payees` returns them.
        residents: as `registry.register_residents` returns them.
        villages: of the country.
        rates: the payment rates.
        rng: random numbers.
    """
    pid = payees["pid"].to_numpy()
    dead = np.where(
        residents["status"].eq(MATI).to_numpy(), residents["tanggal_status"].fill_null(_LONG_AGO).to_numpy(), _NEVER
    )
    dead_since = dead[pid]
    remote = villages.table["tertinggal"].to_numpy()[payees["desa"].to_numpy()]
    visit = rng.integers(0, STAGES[0].days, payees.height)
    by_stage = [
        _stage_orders(stage, payees, rates, rng, dead_since=dead_since, remote=remote, visit=visit) for stage in STAGES
    ]
    base = pl.concat(by_stage)
    extra = [_reissued_orders(base, rates, rng), _orders_paid_twice(base, rates, rng)]
    second, kk_same = _orders_of_second_member(base, payees, rates, rng)
    conflict, conflicting = _conflicting_orders(base, payees, rates, rng)
    orders = pl.concat([base, *extra, second, conflict])
    described = _with_payees(orders, residents, villages)
    twice = extra[1].select(*STAGE, "pid").with_columns(jenis=pl.lit("NIK_TAHAP_SAMA"))
    aid = pl.concat([twice, kk_same, conflicting], how="diagonal")
    return Orders(described, _double_aid_table(aid, residents))


def _stage_orders(
    stage: Stage,
    payees: pl.DataFrame,
    rates: Rates,
    rng: np.random.Generator,
    *,
    dead_since: np.ndarray,
    remote: Bools,
    visit: Ints,
) -> pl.DataFrame:
    """Orders of one stage, one per enrolled family."""
    members = np.flatnonzero(payees[stage.program].to_numpy())
    count = len(members)
    # Three stages of BST in one visit to remote places: the day of the first stage.
    together = (remote[members] & (stage.program == "BST")) if count else np.zeros(0, dtype=np.bool_)
    own_day = np.datetime64(stage.first, "D") + rng.integers(0, stage.days, count)
    visit_day = np.datetime64(date(2020, 7, 6), "D") + visit[members] % 11
    dead = dead_since[members] <= np.where(together, visit_day, own_day)
    status = _final_status(dead, rates, rng)
    flat = _tariffs().get(stage.key)
    nominal = payees["pkh"].gather(members) if flat is None else pl.Series(np.full(count, flat))
    problems = {
        "MATI_DIBAYAR": dead & (status == DIBAYAR),
        "NON_DTKS": ~payees["dtks"].gather(members).to_numpy(),
        "TIGA_TAHAP_SAH": together,
    }
    frame = (
        payees[members]
        .select("pid", "fid", "desa", "terdaftar")
        .with_columns(
            program=pl.lit(stage.program),
            tahun=pl.lit(stage.tahun, pl.Int64),
            tahap=pl.lit(stage.tahap, pl.Int64),
            nominal=nominal.cast(pl.Int64),
            status=pl.Series(status.astype(str)),
            hari=pl.Series(np.where(together, visit_day, own_day)).cast(pl.Date),
            metode=pl.Series(_CHANNELS).gather(rng.choice(3, count, p=(0.42, 0.38, 0.20))),
            alasan=_failure_reasons(status, dead, rng),
            masalah=pl.concat_list(
                pl.when(pl.Series(holds)).then(pl.lit(problem)) for problem, holds in problems.items()
            ).list.drop_nulls(),
            terbitan=pl.lit(1, pl.Int64),
        )
    )
    return frame[rng.permutation(count)]


def _tariffs() -> dict[tuple[str, int, int], int]:
    """Flat amounts by programme, year and stage."""
    flat = reference.program_stages().filter(pl.col("komponen").is_null())
    return {(p, y, s): n for p, y, s, n in flat.select("program", "tahun", "tahap", "nominal").iter_rows()}


def _final_status(dead: Bools, rates: Rates, rng: np.random.Generator) -> np.ndarray:
    chance = rng.random(len(dead))
    bounds = np.cumsum([rates.gagal, rates.retur, rates.belum])
    status = np.array([GAGAL, RETUR, BELUM, DIBAYAR], dtype=object)[np.searchsorted(bounds, chance, side="right")]
    paid_anyway = rng.random(len(dead)) < rates.mati_dibayar
    return np.where(dead, np.where(paid_anyway, DIBAYAR, GAGAL), status)


def _failure_reasons(status: np.ndarray, dead: Bools, rng: np.random.Generator) -> pl.Series:
    number = rng.integers(0, 60, len(status))
    reason = np.full(len(status), None, dtype=object)
    for kind, reasons in _REASONS.items():
        struck = status == kind
        reason[struck] = np.array(reasons, dtype=object)[number[struck] % len(reasons)]
    reason[dead & (status == GAGAL)] = "MENINGGAL"
    return pl.Series(reason.tolist(), dtype=pl.String)


def _reissue_as_paid(orders: pl.DataFrame, problem: str) -> pl.DataFrame:
    """The same orders under a new number, paid."""
    return orders.with_columns(
        status=pl.lit(DIBAYAR), alasan=pl.lit(None, pl.String), terbitan=pl.lit(2, pl.Int64),
        hari=pl.col("hari") + pl.duration(days=3),
        masalah=pl.concat_list(
            pl.col("masalah").list.set_difference(["TIGA_TAHAP_SAH", "MATI_DIBAYAR"]), pl.lit(problem)
        ).list.sort(),
    )  # fmt: skip


def _reissued_orders(base: pl.DataFrame, rates: Rates, rng: np.random.Generator) -> pl.DataFrame:
    failed = base.filter(pl.col("status").is_in([GAGAL, RETUR]), pl.col("alasan") != "MENINGGAL", _is_unproblematic())
    return _reissue_as_paid(failed.filter(pl.Series(rng.random(failed.height) < rates.terbit_ulang)), "TERBIT_ULANG")


def _orders_paid_twice(base: pl.DataFrame, rates: Rates, rng: np.random.Generator) -> pl.DataFrame:
    paid = base.filter(pl.col("status") == DIBAYAR, _is_unproblematic())
    wanted = min(paid.height, max(1, round(paid.height * rates.bayar_ganda))) if rates.bayar_ganda else 0
    return _reissue_as_paid(paid[np.sort(rng.permutation(paid.height)[:wanted])], "NIK_TAHAP_SAMA")


def _is_unproblematic() -> pl.Expr:
    """Orders of registered payees without any problem."""
    return (pl.col("masalah").list.len() == 0) & pl.col("terdaftar")


def _orders_of_second_member(
    base: pl.DataFrame, payees: pl.DataFrame, rates: Rates, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Orders for a second member of a family already paid in that stage, and their double-aid rows."""
    seconds = payees.filter(pl.col("pid_kedua").is_not_null()).select("fid", "pid_kedua")
    paid = base.filter(pl.col("program") == "PKH", pl.col("status") == DIBAYAR, _is_unproblematic()).join(
        seconds, on="fid", maintain_order="left"
    )
    wanted = min(paid.height, max(1, round(base.height * rates.bayar_kk_sama))) if rates.bayar_kk_sama else 0
    drawn = paid[np.sort(rng.permutation(paid.height)[:wanted])]
    drawn = drawn.unique(["fid", "tahap"], maintain_order=True)
    orders = drawn.with_columns(pid=pl.col("pid_kedua"), masalah=pl.lit(["KK_SAMA"])).select(base.columns)
    return orders, orders.select(*STAGE, "pid").with_columns(jenis=pl.lit("KK_SAMA"))


def _conflicting_orders(
    base: pl.DataFrame, payees: pl.DataFrame, rates: Rates, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """BLT DD paid to families that PKH pays as well, and their double-aid rows."""
    dd = next(stage for stage in STAGES if stage.program == "BLT DD")
    paid = base.filter(pl.col("program") == "PKH", pl.col("status") == DIBAYAR, _is_unproblematic())
    pkh_stages = sum(stage.program == "PKH" for stage in STAGES)
    both = paid.group_by("fid").len().filter(pl.col("len") == pkh_stages).sort("fid")["fid"]
    first = paid.filter(pl.col("tahap") == 1, pl.col("fid").is_in(both.implode())).sort("fid")
    share = int(payees["BLT DD"].sum()) * rates.bertentangan
    wanted = min(first.height, max(1, round(share))) if share else 0
    drawn = first[np.sort(rng.permutation(first.height)[:wanted])]
    orders = drawn.with_columns(
        program=pl.lit("BLT DD"), tahap=pl.lit(1, pl.Int64), nominal=pl.lit(_tariffs()[dd.key], pl.Int64),
        hari=pl.Series(np.datetime64(dd.first, "D") + rng.integers(0, dd.days, drawn.height)).cast(pl.Date),
        masalah=pl.lit(["PROGRAM_BERTENTANGAN"]),
    )  # fmt: skip
    aid = drawn.select(*STAGE, "pid").with_columns(jenis=pl.lit("PROGRAM_BERTENTANGAN"), program_b=pl.lit("BLT DD"))
    return orders, aid


def _with_payees(orders: pl.DataFrame, residents: pl.DataFrame, villages: Villages) -> pl.DataFrame:
    """Order numbers, payees and dates."""
    people = residents.select("pid", "nik", "kk", "nama")
    kab = villages.table["kode_kab"].gather(orders["desa"].to_numpy())
    issue = pl.when(pl.col("terbitan") == 1).then(pl.lit("GEN")).otherwise(pl.format("GEN{}", "terbitan"))
    return (
        orders.join(people, on="pid", how="left", maintain_order="left")
        .with_columns(pl.col("nik", "kk").cast(pl.String), kode_kprk=kab + "0")
        .with_columns(
            no_danom=pl.format("{}/{}/{}", "kode_kprk", "nik", issue),
            tgl_bayar=pl.when(pl.col("status") == DIBAYAR).then("hari"),
            tgl_retur=pl.when(pl.col("status") == RETUR).then(pl.col("hari") + pl.duration(days=2)),
            metode=pl.when(pl.col("status") == DIBAYAR).then("metode"),
        )
    )


def _double_aid_table(aid: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """truth/double_aid."""
    people = residents.select("pid", kk=pl.when("terdaftar").then("kk"), nik=pl.when("terdaftar").then("nik"))
    with_numbers = aid.join(people, on="pid", how="left", maintain_order="left").rename({"program": "program_a"})
    second = pl.coalesce("program_b", "program_a").alias("program_b")
    rows = with_numbers.select("jenis", "program_a", second, "tahun", "tahap", pl.col("kk", "nik").cast(pl.String))
    return rows.sort("jenis", "program_a", "tahun", "tahap", "nik")
