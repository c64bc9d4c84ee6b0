"""Replaces numbers with those of other people: copied down a column, taken from the father, shared by neighbours.

Belongs here: the traps of `Rates.scaled` that copy or shift whole numbers. Does not: slips in single digits
(`pipeline.synthetic.defects.number`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.synthetic.defects.number import nik_of_relative
from pipeline.synthetic.draft import Draft
from pipeline.synthetic.draws import Bools
from pipeline.synthetic.rates import Rates
from schemas.spelling import NUMBER

_CHILD = 3  # as DTKS codes the relation
_ROWS_PER_SHARED_NIK = 3
_FAMILIES_FILLED_DOWN = 3


def copy_niks(draft: Draft, resident_niks: pl.Series, rates: Rates) -> None:
    """Write NIKs of other people, another sex or another kecamatan into rows without other damage to the NIK.

    Args:
        draft: needs nik, nik_alt, nik_kepala, fid, salinan, kode_kec, jk.
        resident_niks: NIKs of residents.
        rates: the trap rates.
    """
    rng = draft.rng
    intact = draft.has_full_number("nik") & ~draft.marked("AMBIGU") & ~_damaged_niks(draft)
    second = draft.sample_rows(rates.nik_kedua, (draft.rows["salinan"] == 1).to_numpy() & intact, steady=True)
    draft.overwrite("NIK_TAK_VALID", second & draft.rows["nik_alt"].is_not_null().to_numpy(), "nik", pl.col("nik_alt"))
    shared_by_family = (
        draft.sample_families(rates.nik_sekeluarga) & draft.has_full_number("nik_kepala") & ~draft.marked("AMBIGU")
    )
    draft.overwrite("NIK_SEKELUARGA", shared_by_family, "nik", pl.col("nik_kepala"))
    intact &= ~shared_by_family & ~second
    son = draft.marked("AYAH_ANAK") & (draft.rows["hub"] == _CHILD).to_numpy() & intact
    draft.overwrite("NIK_AYAH", draft.sample_rows(rates.nik_ayah, son, steady=True), "nik", pl.col("nik_kepala"))
    unknown = draft.marked("TAK_TERDAFTAR") & intact
    draft.overwrite(
        "NIK_KERABAT", draft.sample_rows(rates.nik_absen_kerabat, unknown, steady=True), "nik", nik_of_relative()
    )
    shared = draft.sample_rows(rates.nik_bersama, intact & ~son & ~unknown, steady=True)
    group = np.arange(int(shared.sum())) // _ROWS_PER_SHARED_NIK
    strangers = resident_niks.gather(rng.integers(0, len(resident_niks), int(group.max(initial=0)) + 1)).gather(group)
    draft.overwrite_chosen("NIK_BERSAMA", shared, "nik", strangers.cast(pl.String))
    intact &= ~son & ~unknown & ~shared
    nik, day = pl.col("nik"), pl.col("nik").str.slice(6, 2).cast(pl.Int64, strict=False)
    other_day = pl.when(day > 40).then(day - 40).otherwise(day + 40)  # noqa: PLR2004
    other_sex = nik.str.head(6) + other_day.cast(pl.String).str.zfill(2) + nik.str.slice(8)
    chosen = draft.sample_rows(rates.nik_hari_40, intact, steady=True)
    draft.overwrite("NIK_HARI_40", chosen, "nik", other_sex)
    other_kecamatan = pl.col("kode_kec").shuffle(int(rng.integers(2**31))).over("kode_kab") + nik.str.slice(6)
    draft.overwrite(
        "NIK_WILAYAH", draft.sample_rows(rates.nik_wilayah, intact & ~chosen, steady=True), "nik", other_kecamatan
    )


def copy_kks(draft: Draft, rates: Rates) -> None:
    """Copy KK numbers down over the following families of the sheet."""
    family = draft.rows["fid"].rle_id().to_numpy().astype(np.int64)
    starts = draft.sample_families(rates.kk_disalin)
    numbers = np.unique(family[starts])
    for below in range(1, _FAMILIES_FILLED_DOWN):
        source = pl.DataFrame({"f": family, "kk": draft.rows["kk"], "kab": draft.rows["kode_kab"]}).unique(
            "f", keep="first", maintain_order=True
        )
        copied = source.filter(pl.col("f").is_in(numbers)).select(f=pl.col("f") + below, kk_baru="kk", kab_baru="kab")
        target = pl.DataFrame({"f": family}).join(copied, on="f", how="left", maintain_order="left")
        same_kabupaten = (target["kab_baru"] == draft.rows["kode_kab"]).fill_null(value=False).to_numpy()
        usable = same_kabupaten & target["kk_baru"].str.contains(NUMBER).fill_null(value=False).to_numpy()
        listed_once = ~draft.marked("AMBIGU") & (draft.rows["salinan"] == 0).to_numpy()
        draft.overwrite("KK_DISALIN", usable & listed_once, "kk", target["kk_baru"])


def round_files_by_excel(draft: Draft, rates: Rates) -> None:
    """Damage the sixteen-digit numbers of whole files as a spreadsheet does that reads them as numbers."""
    kab = draft.rows["kode_kab"].unique().sort()
    struck = kab.filter(pl.Series(draft.rng.random(kab.len()) < rates.berkas_excel))
    in_struck_file = draft.rows["kode_kab"].is_in(struck.implode()).to_numpy() & ~draft.marked("AMBIGU")
    for column in ("nik", "kk"):
        zeroed = pl.col(column).str.head(15) + "0"
        draft.overwrite("BERKAS_EXCEL", in_struck_file & draft.has_full_number(column), column, zeroed)


def _damaged_niks(draft: Draft) -> Bools:
    """Rows whose NIK is already damaged."""
    changed = np.zeros(draft.rows.height, dtype=np.bool_)
    for kelas, struck in draft.marks.items():
        if kelas.startswith("NIK_") and kelas != "NIK_TGL_BEDA":
            changed |= struck
    return changed
