"""Draws and writes allotments per region and the companions' monthly reports.

Belongs here: the alokasi and pendamping extracts and their figures. Does not: orders (`pipeline.synthetic.payments`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from pipeline.synthetic.draws import pick_weighted
from pipeline.synthetic.files import notation
from pipeline.synthetic.files.writers import TextFormat, text_lines, write_lines, write_workbook
from pipeline.synthetic.ledger import WriteContext
from pipeline.synthetic.registry import Villages
from pipeline.synthetic.stages import STAGES, Stage
from schemas.extracts import LAYOUTS

_FAMILIES_PER_COMPANION = 40
_MONTHS = 3
_TRANSFERRED = (0.77, 0.13, 0.10)


@dataclass(frozen=True)
class _AllotmentFile:
    """The format of one programme's allotment file; `form` is None for a workbook."""

    path: str
    form: TextFormat | None
    amounts: str = "angka"
    dotted: bool = True


_FILES = {
    "BLT BBM": _AllotmentFile("alokasi_blt_bbm.csv", TextFormat(",")),
    "SEMBAKO": _AllotmentFile("Alokasi Sembako 2022 per Kecamatan.xlsx", None, "titik"),
    "PKH": _AllotmentFile("alokasi_pkh.csv", TextFormat(","), dotted=False),
    "BST": _AllotmentFile("alokasi_bst.csv", TextFormat(",")),
    "BLT DD": _AllotmentFile("alokasi_blt_dd.csv", TextFormat(","), "rp"),
    "JAMSOSRATU": _AllotmentFile("alokasi_jamsosratu.csv", TextFormat(";")),
}


def draw_allotments(orders: pl.DataFrame, villages: Villages, rng: np.random.Generator) -> pl.DataFrame:
    """The allotment of each region and stage: slightly more than its orders, transferred in full, in part or not yet.

    Returns:
        program, tahun, tahap, kode (kab or kec), kpm, nominal, transfer (rupiah), tgl_transfer (null when nothing was
        transferred), target (Date).
    """
    first_issues = orders.filter(pl.col("terbitan") == 1)
    placed = first_issues.with_columns(kode=villages.table["kode_desa"].gather(first_issues["desa"].to_numpy()))
    tables = []
    for stage in STAGES:
        digits = 6 if stage.by_kecamatan else 4
        own = placed.filter(stage.matches()).group_by(pl.col("kode").str.head(digits))
        summed = own.agg(pl.len().cast(pl.Int64).alias("n"), pl.col("nominal").sum())
        tables.append(_allotments_of_stage(summed.sort("kode"), stage, rng))
    return pl.concat(tables)


def _allotments_of_stage(summed: pl.DataFrame, stage: Stage, rng: np.random.Generator) -> pl.DataFrame:
    count = summed.height
    one_more = pl.Series(rng.integers(0, 2, count))
    kpm = pl.col("n") + pl.Series(rng.integers(0, 6, count)) * pl.col("n") // 100 + one_more
    # Most regions have received everything, some a part, some nothing yet.
    kind = pick_weighted(rng, _TRANSFERRED, count)
    share = pl.Series(np.choose(kind, [1.0, rng.uniform(0.2, 0.9, count), 0.0]))
    transferred_kpm = (pl.col("kpm") * share).floor().cast(pl.Int64)
    return (
        summed.with_columns(kpm=kpm)
        .with_columns(nominal=pl.col("nominal") * pl.col("kpm") // pl.col("n"))
        .with_columns(transfer=pl.col("nominal") * transferred_kpm // pl.col("kpm"))
        .select(
            program=pl.lit(stage.program),
            tahun=pl.lit(stage.tahun, pl.Int64),
            tahap=pl.lit(stage.tahap, pl.Int64),
            kode="kode",
            kpm="kpm",
            nominal="nominal",
            transfer="transfer",
            tgl_transfer=pl.when(pl.col("transfer") > 0).then(pl.lit(stage.first - timedelta(days=10))),
            target=pl.lit(stage.first + timedelta(days=stage.days + 30)),
        )
    )


def write_allotments(allotments: pl.DataFrame, context: WriteContext) -> None:
    """Write one alokasi file per programme."""
    for program, file in _FILES.items():
        part = allotments.filter(pl.col("program") == program)
        if part.is_empty():
            continue
        kode = pl.col("kode")
        written = kode.str.replace(r"^(\d{2})(\d{2})", "$1.$2").str.replace(r"^(\d{2}\.\d{2})(\d{2})$", "$1.$2")
        values: dict[str, pl.Expr] = {
            "PROGRAM": pl.col("program"),
            "TAHUN": pl.col("tahun").cast(pl.String),
            "TAHAP": pl.col("tahap").cast(pl.String),
            "KODE_WILAYAH": written if file.dotted else kode,
            "KPM_ALOKASI": pl.col("kpm").cast(pl.String),
            "NOMINAL_ALOKASI": notation.rupiah("nominal", file.amounts),
            "TGL_TRANSFER": pl.col("tgl_transfer").dt.strftime("%d-%m-%Y"),
            "NOMINAL_TRANSFER": notation.rupiah("transfer", file.amounts),
            "TARGET_SELESAI": pl.col("target").dt.strftime("%d-%m-%Y"),
        }
        table = part.select(values[name].fill_null("").alias(name) for name in LAYOUTS["alokasi"].headers)
        berkas = f"alokasi/{file.path}"
        if file.form is None:
            write_workbook(context.raw / berkas, "Alokasi", [f"ALOKASI PROGRAM {program}", ""], table)
        else:
            write_lines(context.raw / berkas, text_lines(table, file.form, context.rng), file.form)
        context.ledger.add_file(berkas, table.height)


def write_companions(
    payees: pl.DataFrame, residents: pl.DataFrame, villages: Villages, periode: str, context: WriteContext
) -> None:
    """Write the Jamsosratu companions' reports of the three months before the snapshot."""
    rng = context.rng
    families = payees.filter("JAMSOSRATU")
    if families.is_empty():
        return
    families = _with_companions(families, residents, villages)
    companions = families["id"].unique().sort().to_list()
    diligence = pl.col("id").replace_strict(dict(zip(companions, rng.uniform(0.7, 0.98, len(companions)), strict=True)))
    status = pl.Series(["AKTIF"] * families.height)
    for month in _months_before(periode):
        status = _next_status(status, rng)
        count = families.height
        attended = {
            name: (pl.col(name) - (pl.Series(rng.random(count)) > diligence).cast(pl.Int64)).clip(0)
            for name in ("anak_sekolah", "balita", "hamil")
        }
        values: dict[str, pl.Expr] = {
            "PERIODE": pl.lit(month),
            "ID_PENDAMPING": pl.col("id"),
            "NAMA_PENDAMPING": pl.col("nama_pendamping"),
            "KODE_KABUPATEN": pl.col("kab").str.replace(r"^(\d{2})", "$1."),
            "NIK_KPM": pl.col("nik"),
            "ANAK_SEKOLAH": pl.col("anak_sekolah"),
            "ANAK_SEKOLAH_HADIR": attended["anak_sekolah"],
            "BALITA": pl.col("balita"),
            "BALITA_KE_FASKES": attended["balita"],
            "IBU_HAMIL": pl.col("hamil"),
            "IBU_HAMIL_KE_FASKES": attended["hamil"],
            "STATUS_KPM": pl.lit(status),
        }
        headers = LAYOUTS["pendamping"].headers
        table = families.select(values[name].cast(pl.String).fill_null("").alias(name) for name in headers)
        berkas = f"pendamping/periode={month}/laporan_pendamping_{month}.csv"
        write_lines(context.raw / berkas, text_lines(table, TextFormat(","), rng), TextFormat(","))
        context.ledger.add_file(berkas, table.height)


def _with_companions(families: pl.DataFrame, residents: pl.DataFrame, villages: Villages) -> pl.DataFrame:
    """The families with kabupaten (`kab`), the payee's NIK, and the companion's number (`id`) and name."""
    payees = families["pid"].to_numpy()
    placed = families.with_columns(
        kab=villages.table["kode_kab"].gather(families["desa"].to_numpy()),
        nik=residents["nik"].gather(payees),
        nama_ayah=residents["nama_ayah"].gather(payees),
    ).sort("kab", "fid")
    number = (pl.int_range(pl.len()).over("kab") // _FAMILIES_PER_COMPANION).cast(pl.String).str.zfill(3)
    return placed.with_columns(id=pl.format("PD{}{}", "kab", number)).with_columns(
        # A name typical of the neighbourhood, which nobody in the registry need have.
        nama_pendamping=pl.col("nama_ayah").first().over("id")
    )


def _months_before(periode: str) -> list[str]:
    year, month = (int(part) for part in periode.split("-"))
    first = [date(year - (month - back <= 0), (month - back - 1) % 12 + 1, 1) for back in range(_MONTHS, 0, -1)]
    return [day.strftime("%Y-%m") for day in first]


def _next_status(status: pl.Series, rng: np.random.Generator) -> pl.Series:
    """The statuses a month later: some rise, graduate or drop out; those who have left stay away."""
    drawn = pl.Series(["AKTIF", "NAIK_GRADE", "GRADUASI", "NONAKTIF"]).gather(
        rng.choice(4, len(status), p=(0.93, 0.05, 0.012, 0.008))
    )
    gone = status.is_in(["GRADUASI", "NONAKTIF"])
    return pl.select(pl.when(gone).then(status).otherwise(drawn)).to_series()
