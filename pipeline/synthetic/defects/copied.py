"""Replaces numbers with those of other people: copied down a column, taken from the father, shared by neighbours.

Belongs here: the traps of `Rates.severe` that copy or shift whole numbers. Does not: slips in single digits
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
_SHARING = 3
_FILLED_DOWN = 3


def copy_niks(draft: Draft, others: pl.Series, rates: Rates) -> None:
    """Write NIKs of other people, another sex or another kecamatan into rows without other damage to the NIK.

    Args:
        draft: needs nik, nik_alt, nik_kepala, fid, salinan, kode_kec, jk.
        others: NIKs of residents.
        rates: the trap rates.
    """
    rng = draft.rng
    intact = draft.whole("nik") & ~draft.struck("AMBIGU") & ~_changed(draft)
    second = draft.chance(rates.nik_kedua, (draft.rows["salinan"] == 1).to_numpy() & intact, steady=True)
    draft.apply("NIK_TAK_VALID", second & draft.rows["nik_alt"].is_not_null().to_numpy(), "nik", pl.col("nik_alt"))
    whole = draft.families(rates.nik_sekeluarga) & draft.whole("nik_kepala") & ~draft.struck("AMBIGU")
    draft.apply("NIK_SEKELUARGA", whole, "nik", pl.col("nik_kepala"))
    intact &= ~whole & ~second
    son = draft.struck("AYAH_ANAK") & (draft.rows["hub"] == _CHILD).to_numpy() & intact
    draft.apply("NIK_AYAH", draft.chance(rates.nik_ayah, son, steady=True), "nik", pl.col("nik_kepala"))
    unknown = draft.struck("TAK_TERDAFTAR") & intact
    draft.apply("NIK_KERABAT", draft.chance(rates.nik_absen_kerabat, unknown, steady=True), "nik", nik_of_relative())
    shared = draft.chance(rates.nik_bersama, intact & ~son & ~unknown, steady=True)
    group = np.arange(int(shared.sum())) // _SHARING
    strangers = others.gather(rng.integers(0, len(others), int(group.max(initial=0)) + 1)).gather(group)
    draft.put("NIK_BERSAMA", shared, "nik", strangers.cast(pl.String))
    intact &= ~son & ~unknown & ~shared
    nik, day = pl.col("nik"), pl.col("nik").str.slice(6, 2).cast(pl.Int64, strict=False)
    other_day = pl.when(day > 40).then(day - 40).otherwise(day + 40)  # noqa: PLR2004
    other_sex = nik.str.head(6) + other_day.cast(pl.String).str.zfill(2) + nik.str.slice(8)
    chosen = draft.chance(rates.nik_hari_40, intact, steady=True)
    draft.apply("NIK_HARI_40", chosen, "nik", other_sex)
    elsewhere = pl.col("kode_kec").shuffle(int(rng.integers(2**31))).over("kode_kab") + nik.str.slice(6)
    draft.apply("NIK_WILAYAH", draft.chance(rates.nik_wilayah, intact & ~chosen, steady=True), "nik", elsewhere)


def copy_kks(draft: Draft, rates: Rates) -> None:
    """Copy KK numbers down over the following families of the sheet."""
    family = draft.rows["fid"].rle_id().to_numpy().astype(np.int64)
    starts = draft.families(rates.kk_disalin)
    numbers = np.unique(family[starts])
    for below in range(1, _FILLED_DOWN):
        source = pl.DataFrame({"f": family, "kk": draft.rows["kk"], "kab": draft.rows["kode_kab"]}).unique(
            "f", keep="first", maintain_order=True
        )
        copied = source.filter(pl.col("f").is_in(numbers)).select(f=pl.col("f") + below, kk_baru="kk", kab_baru="kab")
        target = pl.DataFrame({"f": family}).join(copied, on="f", how="left", maintain_order="left")
        fits = (target["kab_baru"] == draft.rows["kode_kab"]).fill_null(value=False).to_numpy()
        usable = fits & target["kk_baru"].str.contains(NUMBER).fill_null(value=False).to_numpy()
        plain = ~draft.struck("AMBIGU") & (draft.rows["salinan"] == 0).to_numpy()
        draft.apply("KK_DISALIN", usable & plain, "kk", target["kk_baru"])


def lose_files_to_excel(draft: Draft, rates: Rates) -> None:
    """Damage the sixteen-digit numbers of whole files as a spreadsheet does that reads them as numbers."""
    kab = draft.rows["kode_kab"].unique().sort()
    struck = kab.filter(pl.Series(draft.rng.random(kab.len()) < rates.berkas_excel))
    inside = draft.rows["kode_kab"].is_in(struck.implode()).to_numpy() & ~draft.struck("AMBIGU")
    for column in ("nik", "kk"):
        zeroed = pl.col(column).str.head(15) + "0"
        draft.apply("BERKAS_EXCEL", inside & draft.whole(column), column, zeroed)


def _changed(draft: Draft) -> Bools:
    """Rows whose NIK is already damaged."""
    changed = np.zeros(draft.rows.height, dtype=np.bool_)
    for kelas, struck in draft.marks.items():
        if kelas.startswith("NIK_") and kelas != "NIK_TGL_BEDA":
            changed |= struck
    return changed
