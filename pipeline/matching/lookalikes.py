"""Whom else a row may mean: people outside the registry who resemble the resident found for it.

Scoring weighs a resident against strangers and against any unregistered relative. It takes facts as independent, and
so it trusts name, birth date and neighbouring serial together far too much: an unregistered namesake of the village, or
one of two twins, agrees in all of them at once. Measured on adversarial registers (66,000 rows, one to four times the
usual errors): 63 false automatic links, every one of these kinds; asking for better odds against them left 4, at a cost
of 0.1 % of the true links, and false household pairs fell from 27 to 1. Belongs here: those odds. Does not: the shares
(the model's `lookalikes`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching.model import Floats, LinkageModel, Lookalike, weights
from schemas.rules import WOMEN_DAY

# Serials beyond this one are hardly ever issued for one region and day.
_USUAL_SERIAL = 99
# How rarely a NIK that is nobody's own stands in a row whose person has one.
_ODD_SHARE = 0.1


def odd_numbers(rows: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether each row's NIK cannot be a NIK of its own: no such region, another birth date or sex, no such serial.

    Where the whole file is damaged, or one NIK copied over a family, the number says nothing.

    Args:
        rows: nik, tanggal_lahir, jenis_kelamin and, where staging found them, nik_wilayah, nik_berkas_nol,
            nik_berkas_bulat, nik_disalin; rows without NIK are not odd.
    """
    if "nik" not in rows.columns:
        return np.zeros(rows.height, dtype=np.bool_)
    nik, day = pl.col("nik"), pl.col("nik").str.slice(6, 2).cast(pl.Int32, strict=False)
    woman = day > WOMEN_DAY
    told = pl.concat_str(
        pl.when(woman).then(day - WOMEN_DAY).otherwise(day).cast(pl.String).str.zfill(2), nik.str.slice(8, 4)
    )
    serial = nik.str.tail(4).cast(pl.Int32, strict=False)
    odd = (
        (told != pl.col("tanggal_lahir").dt.strftime("%d%m%y"))
        | (woman != (pl.col("jenis_kelamin") == "P"))
        | pl.col("nik_wilayah").is_in(["TIDAK_DIKENAL", "PROVINSI", "KABUPATEN"])
        | (serial == 0)
        | (serial > _USUAL_SERIAL)
    )
    silent = pl.any_horizontal(pl.col("nik_berkas_nol", "nik_berkas_bulat", "nik_disalin").fill_null(value=False))
    return rows.select((odd & ~silent).fill_null(value=False)).to_series().to_numpy()


def margins(
    model: LinkageModel,
    levels: npt.NDArray[np.uint8],
    beaten: npt.NDArray[np.bool_],
    odd: npt.NDArray[np.bool_],
    residents: int,
) -> Floats:
    """By how many bits each lookalike is ruled out, shape lookalikes × pairs; below 0 it is not.

    Args:
        model: the trained model.
        levels: pairs × comparisons.
        beaten: whether another row has the better claim to the resident; the row then is a second listing, which is
            rare, or somebody else.
        odd: whether the row's NIK is nobody's own (`odd_numbers`): a lookalike's mostly is.
        residents: size of the registry.
    """
    prior = np.log2(np.where(beaten, model.repeated, 1.0) / model.absent)
    odds = [odds_against(model, one, levels, odd, residents) + prior - one.least_bits for one in model.lookalikes]
    return np.array(odds).reshape(len(model.lookalikes), len(levels))


def mistakable(model: LinkageModel, margin: Floats) -> pl.Series:
    """Per pair the reason code of the first lookalike that `margins` does not rule out, null for none."""
    possible = np.vstack([margin < 0, np.ones((1, margin.shape[1]), dtype=np.bool_)])
    reasons = pl.Series([*(one.reason for one in model.lookalikes), None], dtype=pl.String)
    return reasons.gather(possible.argmax(axis=0))


def one_person(
    model: LinkageModel, levels: npt.NDArray[np.uint8], odd: npt.NDArray[np.bool_], rows: int
) -> npt.NDArray[np.bool_]:
    """Whether two rows of DTKS agree better than namesakes and twins do, per pair.

    Args:
        model: the trained model.
        levels: pairs × comparisons.
        odd: whether the NIK of one of the two is nobody's own.
        rows: size of DTKS.
    """
    prior = np.log2(model.repeated / model.absent)
    sure = np.ones(len(levels), dtype=np.bool_)
    for lookalike in model.lookalikes:
        sure &= odds_against(model, lookalike, levels, odd, rows) + prior >= lookalike.double_bits
    return sure


def odds_against(
    model: LinkageModel,
    lookalike: Lookalike,
    levels: npt.NDArray[np.uint8],
    odd: npt.NDArray[np.bool_],
    residents: int,
) -> Floats:
    """log2 of how much better the resident explains each pair's levels than such a lookalike does."""
    bits = np.where(odd, -np.log2(_ODD_SHARE), 0.0)
    for number, comparison in enumerate(model.comparisons):
        if comparison.name in lookalike.alike:
            continue
        if comparison.name in lookalike.levels:
            m = np.array([level.m for level in comparison.levels])
            share = np.array([1.0, *lookalike.levels[comparison.name]])
            figures = np.where(np.arange(len(m)) == 0, 0.0, np.log2(m / share))
        else:
            figures = weights(comparison, residents).match[0]
        bits += figures[levels[:, number]]
    return bits
