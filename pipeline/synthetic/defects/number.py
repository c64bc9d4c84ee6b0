"""Damages NIK and KK numbers: mistyped, borrowed, filled with placeholders, or rounded by Excel and float64.

Belongs here: damage to the digits. Does not: notation that loses nothing (`pipeline.synthetic.files.notation`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from pipeline.synthetic.draft import Draft
from pipeline.synthetic.draws import Bools, Ints
from pipeline.synthetic.rates import Rates

_FILLERS = ("1234567890123456", "9999999999999999", "0000000000000000", "1111111111111111")
_WRECKS = ("X" * 16, "3333333", "BELUM ADA", "TIDAK ADA", "#######")
_LOOKALIKES = (("0", "O"), ("1", "l"), ("1", "I"), ("2", "Z"))
_LARGEST_EXACT = 2**53

# Kinds that leave no 16 digits to recognise the person by; never combined with a blank KK number.
_HOPELESS = ("NIK_KOSONG", "NIK_ILMIAH", "NIK_ISIAN", "NIK_RUSAK")
_KINDS = (
    *_HOPELESS,
    "NIK_KURANG", "NIK_LEBIH", "NIK_HURUF", "NIK_SERI_NOL", "NIK_PEMISAH", "NIK_TGL_MUSTAHIL", "NIK_SALAH_1",
    "NIK_SALAH_2", "NIK_TUKAR_ANGKA", "NIK_ORANG_LAIN", "NIK_KEPALA", "NIK_TERTUKAR",
)  # fmt: skip
_Damage = Callable[[pl.DataFrame, np.random.Generator], pl.Series]


def damage_niks(draft: Draft, others: pl.Series, rates: Rates) -> None:
    """Damage NIKs with at most one kind of error per row.

    Args:
        draft: needs nik, nik_alt, nik_kepala, kk, fid.
        others: NIKs of residents, from which another person's is drawn.
        rates: nik_* shares.
    """
    retired = draft.chance(0.5, draft.rows["nik_alt"].is_not_null().to_numpy(), steady=True)
    draft.apply("NIK_TAK_VALID", retired & _written(draft, "nik"), "nik", pl.col("nik_alt"))
    draft.rows = draft.rows.with_columns(nik_kerabat=nik_of_relative())
    plain = _written(draft, "nik") & ~retired
    homeless = ~_written(draft, "kk")
    for kelas, chosen in draft.choose(rates, _KINDS, plain).items():
        # Damage must not happen to decide or lose an undecidable pair.
        undecided = homeless | draft.struck("KLON_NAMA_TGL") | draft.struck("ABSEN_SENAMA")
        struck = chosen & ~undecided if kelas in _HOPELESS else chosen
        draft.put(kelas, struck, "nik", _nik_damage(kelas, others)(draft.rows.filter(struck), draft.rng))
    draft.rows = draft.rows.drop("nik_kerabat")


def damage_kks(draft: Draft, rates: Rates) -> None:
    """Damage KK numbers, except in rows with an unusable NIK."""
    usable_nik = draft.whole("nik")
    plain = _written(draft, "kk") & ~draft.struck("AMBIGU")
    broken = draft.chance(rates.kk_rusak, plain & usable_nik)
    draft.put("KK_RUSAK", broken, "kk", _broken_kk(draft.rows.filter(broken), draft.rng))
    mistyped = draft.chance(rates.kk_salah, plain & ~broken)
    draft.put("KK_SALAH", mistyped, "kk", _substituted("kk", 1)(draft.rows.filter(mistyped), draft.rng))


def scatter_households(draft: Draft, rates: Rates, rng: np.random.Generator) -> None:
    """Give some persons the KK number of another family of the village, and some an old number of their own.

    Args:
        draft: needs kk, kk_sendiri and desa, still without damage.
        rates: kk_lain and kk_asing.
        rng: a stream of its own, so that these rates do not change the rest of the country.
    """
    chance = rng.random(draft.rows.height)
    plain = _written(draft, "kk") & ~draft.struck("AMBIGU")
    village = pl.DataFrame({"desa": draft.rows["desa"], "kk": draft.rows["kk"], "order": rng.random(draft.rows.height)})
    other = village.select(pl.col("kk").sort_by("order").over("desa")).to_series()
    written = other.ne("").to_numpy()
    draft.apply("KK_LAIN", plain & written & (chance < rates.kk_lain), "kk", other)
    draft.apply("KK_ASING", plain & (chance > 1 - rates.kk_asing), "kk", pl.col("kk_sendiri"))


def lose_to_excel(draft: Draft, in_workbook: Bools, rates: Rates) -> None:
    """Damage numbers as in numeric cells of Excel, which keep 15 digits: the sixteenth becomes 0."""
    zeroed = pl.col("nik").str.head(15) + "0"
    usable = draft.whole("nik") & ~draft.struck("AMBIGU")
    draft.apply("NIK_EXCEL", draft.chance(rates.nik_excel, in_workbook & usable), "nik", zeroed)
    family = draft.rows["fid"].rank("dense").to_numpy().astype(np.int64)
    whole = (draft.rng.random(int(family.max()) + 1) < rates.kk_excel)[family] & in_workbook
    usable_kk = draft.whole("kk") & ~draft.struck("AMBIGU")
    draft.apply("KK_EXCEL", whole & usable_kk, "kk", pl.col("kk").str.head(15) + "0")


def lose_to_float(draft: Draft, through_float: Bools, rates: Rates) -> None:
    """Damage numbers as a float64 column does: above 2^53, as in Papua, only even numbers survive."""
    usable = draft.whole("nik") & through_float
    chosen = draft.chance(rates.nik_float, usable, steady=True)
    number = draft.rows.filter(chosen)["nik"].cast(pl.Int64)
    rounded = pl.Series(number.to_numpy().astype(np.float64).astype(np.int64))
    kept = pl.select(pl.when(number > _LARGEST_EXACT).then(rounded).otherwise(number)).to_series()
    draft.put("NIK_FLOAT", chosen, "nik", kept.cast(pl.String))


def lose_identity(draft: Draft) -> None:
    """Blank NIK and KK of a few rows, and the name of a few others: at least one each, about 60 per million."""
    plain = np.flatnonzero((draft.classless() & draft.rows["pid"].is_unique()).to_numpy())
    wanted = max(1, round(draft.rows.height * 6e-5))
    shuffled = plain[draft.rng.permutation(len(plain))]
    for number, (kelas, columns) in enumerate((("TANPA_IDENTITAS", ("nik", "kk")), ("NAMA_KOSONG", ("nama",)))):
        chosen = np.zeros(draft.rows.height, dtype=np.bool_)
        chosen[shuffled[number * wanted : (number + 1) * wanted]] = True
        for column in columns:
            draft.apply(kelas, chosen, column, pl.lit(""))
    for kelas in ("NIK_KOSONG", "KK_KOSONG"):
        draft.mark(kelas, draft.struck("TANPA_IDENTITAS"))


def _written(draft: Draft, column: str) -> Bools:
    return (draft.rows[column] != "").to_numpy()


def nik_of_relative() -> pl.Expr:
    """The NIK of the next listed member of the family, else of the one before."""
    nik = pl.col("nik")
    return pl.coalesce(nik.shift(-1).over("fid"), nik.shift(1).over("fid"), nik)


def _nik_damage(kelas: str, others: pl.Series) -> _Damage:
    simple: dict[str, _Damage] = {
        "NIK_KOSONG": lambda rows, _: pl.Series([""] * rows.height, dtype=pl.String),
        "NIK_KURANG": _shortened,
        "NIK_LEBIH": _lengthened,
        "NIK_HURUF": _with_letters,
        "NIK_ILMIAH": _scientific,
        "NIK_SERI_NOL": lambda rows, _: rows.select(pl.col("nik").str.head(12) + "0000").to_series(),
        "NIK_PEMISAH": _separated,
        "NIK_ISIAN": _filled_in,
        "NIK_RUSAK": _wrecked,
        "NIK_TGL_MUSTAHIL": _impossible_date,
        "NIK_SALAH_1": _substituted("nik", 1),
        "NIK_SALAH_2": _substituted("nik", 2),
        "NIK_TUKAR_ANGKA": _transposed,
        "NIK_ORANG_LAIN": lambda rows, rng: others.gather(rng.integers(0, len(others), rows.height)).cast(pl.String),
        "NIK_KEPALA": lambda rows, _: rows["nik_kepala"],
        "NIK_TERTUKAR": lambda rows, _: rows["nik_kerabat"],
    }
    return simple[kelas]


def _places(count: int, rng: np.random.Generator, below: int = 16) -> Ints:
    return rng.integers(0, below, count)


def _substituted(column: str, digits: int) -> _Damage:
    """A damage that replaces this many digits with others."""

    def replace(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
        value = rows[column]
        first = _places(rows.height, rng)
        for place in (first, (first + rng.integers(1, 16, rows.height)) % 16)[:digits]:
            shift = pl.Series(rng.integers(1, 10, rows.height))
            value = _with_digit(value, place, shift)
        return value

    return replace


def _with_digit(value: pl.Series, place: Ints, shift: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"v": value, "p": place, "s": shift})
    digit = (pl.col("v").str.slice(pl.col("p"), 1).cast(pl.Int64) + pl.col("s")) % 10
    return frame.select(
        pl.concat_str(pl.col("v").str.head(pl.col("p")), digit.cast(pl.String), pl.col("v").str.slice(pl.col("p") + 1))
    ).to_series()


def _cut(rows: pl.DataFrame, rng: np.random.Generator, middle: pl.Expr, skipped: int, below: int = 16) -> pl.Series:
    """The NIK with `skipped` digits at a random position (`p`) replaced by `middle`."""
    frame = rows.select("nik").with_columns(
        p=pl.Series(_places(rows.height, rng, below)), r=pl.Series(rng.integers(0, 10, rows.height))
    )
    nik, place = pl.col("nik"), pl.col("p")
    return frame.select(pl.concat_str(nik.str.head(place), middle, nik.str.slice(place + skipped))).to_series()


def _shortened(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    return _cut(rows, rng, pl.lit(""), 1)


def _lengthened(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    return _cut(rows, rng, pl.col("r").cast(pl.String), 0)


def _transposed(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    nik, place = pl.col("nik"), pl.col("p")
    return _cut(rows, rng, nik.str.slice(place + 1, 1) + nik.str.slice(place, 1), 2, below=15)


def _with_letters(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    variant = pl.Series(rng.integers(0, len(_LOOKALIKES), rows.height))
    nik = pl.col("nik")
    lettered = nik
    for number, (digit, letter) in enumerate(_LOOKALIKES):
        changed = nik.str.replace(digit, letter, literal=True)
        lettered = pl.when(pl.lit(variant) == number).then(changed).otherwise(lettered)
    return rows.select(lettered).to_series()


def _scientific(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    leading = (pl.col("nik").cast(pl.Int64) / 1e10).round(0).cast(pl.Int64).cast(pl.String)
    mark = pl.Series([",", "."]).gather(rng.choice(2, rows.height, p=(0.8, 0.2)))
    return rows.select(
        pl.concat_str(leading.str.head(1), pl.lit(mark), leading.str.slice(1), pl.lit("E+15"))
    ).to_series()


def _separated(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    variant = pl.lit(pl.Series(rng.integers(0, 3, rows.height)))
    nik = pl.col("nik")
    return rows.select(
        pl.when(variant == 0)
        .then(nik.str.replace(r"^(\d{4})(\d{4})(\d{4})", "$1 $2 $3 "))
        .when(variant == 1)
        .then(nik.str.replace(r"^(\d{6})(\d{6})", "$1.$2."))
        .otherwise(nik.str.replace(r"^(\d{6})", "$1-"))
    ).to_series()


def _filled_in(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    chosen = rng.integers(0, len(_FILLERS) + 1, rows.height)
    filler = pl.Series([*_FILLERS, None]).gather(chosen)
    return rows.select(pl.coalesce(pl.lit(filler), pl.col("nik").str.head(6) + "0000000000")).to_series()


def _wrecked(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    chosen = rng.integers(0, len(_WRECKS) + 2, rows.height)
    wreck = pl.Series([*_WRECKS, None, None]).gather(chosen)
    return rows.select(pl.coalesce(pl.lit(wreck), pl.col("nik").str.head(10))).to_series()


def _impossible_date(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    # 32 to 39 for men, 72 to 99 for women.
    day = pl.Series(np.array([*range(32, 40), *range(72, 100)])[rng.integers(0, 36, rows.height)])
    month = pl.Series(rng.integers(13, 100, rows.height))
    spoil_day = pl.lit(pl.Series(rng.integers(0, 2, rows.height))) == 0
    nik = pl.col("nik")
    return rows.select(
        pl.when(spoil_day)
        .then(pl.concat_str(nik.str.head(6), pl.lit(day).cast(pl.String), nik.str.slice(8)))
        .otherwise(pl.concat_str(nik.str.head(8), pl.lit(month).cast(pl.String), nik.str.slice(10)))
    ).to_series()


def _broken_kk(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    kk = pl.col("kk")
    place = pl.lit(pl.Series(_places(rows.height, rng)))
    shortened = pl.concat_str(kk.str.head(place), kk.str.slice(place + 1))
    marker = pl.lit(pl.Series(["0", "-", None, None, None]).gather(rng.integers(0, 5, rows.height)))
    filled = pl.when(pl.Series(rng.integers(0, 3, rows.height)) == 0).then(kk.str.head(6) + "0000000000")
    return rows.select(pl.coalesce(marker, filled, shortened)).to_series()
