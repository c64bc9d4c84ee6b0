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
_UNREADABLE = ("X" * 16, "3333333", "BELUM ADA", "TIDAK ADA", "#######")
_LOOKALIKES = (("0", "O"), ("1", "l"), ("1", "I"), ("2", "Z"))
_LARGEST_EXACT = 2**53

# Kinds that leave no 16 digits to recognise the person by; never combined with a blank KK number.
_UNUSABLE = ("NIK_KOSONG", "NIK_ILMIAH", "NIK_ISIAN", "NIK_RUSAK")
_KINDS = (
    *_UNUSABLE,
    "NIK_KURANG", "NIK_LEBIH", "NIK_HURUF", "NIK_SERI_NOL", "NIK_PEMISAH", "NIK_TGL_MUSTAHIL", "NIK_SALAH_1",
    "NIK_SALAH_2", "NIK_TUKAR_ANGKA", "NIK_ORANG_LAIN", "NIK_KEPALA", "NIK_TERTUKAR",
)  # fmt: skip
_Damage = Callable[[pl.DataFrame, np.random.Generator], pl.Series]


def damage_niks(draft: Draft, resident_niks: pl.Series, rates: Rates) -> None:
    """Damage NIKs with at most one kind of error per row.

    Args:
        draft: needs nik, nik_alt, nik_kepala, kk, fid.
        resident_niks: NIKs of residents, from which another person's is drawn.
        rates: nik_* shares.
    """
    retired = draft.sample_rows(0.5, draft.rows["nik_alt"].is_not_null().to_numpy(), steady=True)
    draft.overwrite("NIK_TAK_VALID", retired & _is_filled(draft, "nik"), "nik", pl.col("nik_alt"))
    draft.rows = draft.rows.with_columns(nik_kerabat=nik_of_relative())
    damageable = _is_filled(draft, "nik") & ~retired
    without_kk = ~_is_filled(draft, "kk")
    for kelas, chosen in draft.assign_kinds(rates, _KINDS, damageable).items():
        # Damage must not happen to decide or lose an undecidable pair.
        undecided = without_kk | draft.marked("KLON_NAMA_TGL") | draft.marked("ABSEN_SENAMA")
        struck = chosen & ~undecided if kelas in _UNUSABLE else chosen
        draft.overwrite_chosen(
            kelas, struck, "nik", _nik_damage_of(kelas, resident_niks)(draft.rows.filter(struck), draft.rng)
        )
    draft.rows = draft.rows.drop("nik_kerabat")


def damage_kks(draft: Draft, rates: Rates) -> None:
    """Damage KK numbers, except in rows with an unusable NIK."""
    usable_nik = draft.has_full_number("nik")
    damageable = _is_filled(draft, "kk") & ~draft.marked("AMBIGU")
    broken = draft.sample_rows(rates.kk_rusak, damageable & usable_nik)
    draft.overwrite_chosen("KK_RUSAK", broken, "kk", _broken_kk(draft.rows.filter(broken), draft.rng))
    mistyped = draft.sample_rows(rates.kk_salah, damageable & ~broken)
    draft.overwrite_chosen("KK_SALAH", mistyped, "kk", _substitution("kk", 1)(draft.rows.filter(mistyped), draft.rng))


def scatter_households(draft: Draft, rates: Rates, rng: np.random.Generator) -> None:
    """Give some persons the KK number of another family of the village, and some an old number of their own.

    Args:
        draft: needs kk, kk_sendiri and desa, still without damage.
        rates: kk_lain and kk_asing.
        rng: a stream of its own, so that these rates do not change the rest of the country.
    """
    chance = rng.random(draft.rows.height)
    damageable = _is_filled(draft, "kk") & ~draft.marked("AMBIGU")
    village = pl.DataFrame({"desa": draft.rows["desa"], "kk": draft.rows["kk"], "order": rng.random(draft.rows.height)})
    other = village.select(pl.col("kk").sort_by("order").over("desa")).to_series()
    has_kk = other.ne("").to_numpy()
    draft.overwrite("KK_LAIN", damageable & has_kk & (chance < rates.kk_lain), "kk", other)
    draft.overwrite("KK_ASING", damageable & (chance > 1 - rates.kk_asing), "kk", pl.col("kk_sendiri"))


def round_by_excel(draft: Draft, in_workbook: Bools, rates: Rates) -> None:
    """Damage numbers as in numeric cells of Excel, which keep 15 digits: the sixteenth becomes 0."""
    zeroed = pl.col("nik").str.head(15) + "0"
    usable = draft.has_full_number("nik") & ~draft.marked("AMBIGU")
    draft.overwrite("NIK_EXCEL", draft.sample_rows(rates.nik_excel, in_workbook & usable), "nik", zeroed)
    family = draft.rows["fid"].rank("dense").to_numpy().astype(np.int64)
    rounded_family = (draft.rng.random(int(family.max()) + 1) < rates.kk_excel)[family] & in_workbook
    usable_kk = draft.has_full_number("kk") & ~draft.marked("AMBIGU")
    draft.overwrite("KK_EXCEL", rounded_family & usable_kk, "kk", pl.col("kk").str.head(15) + "0")


def round_by_float64(draft: Draft, through_float: Bools, rates: Rates) -> None:
    """Damage numbers as a float64 column does: above 2^53, as in Papua, only even numbers survive."""
    usable = draft.has_full_number("nik") & through_float
    chosen = draft.sample_rows(rates.nik_float, usable, steady=True)
    number = draft.rows.filter(chosen)["nik"].cast(pl.Int64)
    rounded = pl.Series(number.to_numpy().astype(np.float64).astype(np.int64))
    as_read = pl.select(pl.when(number > _LARGEST_EXACT).then(rounded).otherwise(number)).to_series()
    draft.overwrite_chosen("NIK_FLOAT", chosen, "nik", as_read.cast(pl.String))


def blank_identity(draft: Draft) -> None:
    """Blank NIK and KK of a few rows, and the name of a few others: at least one each, about 60 per million."""
    undamaged = np.flatnonzero((draft.unmarked() & draft.rows["pid"].is_unique()).to_numpy())
    wanted = max(1, round(draft.rows.height * 6e-5))
    shuffled = undamaged[draft.rng.permutation(len(undamaged))]
    for number, (kelas, columns) in enumerate((("TANPA_IDENTITAS", ("nik", "kk")), ("NAMA_KOSONG", ("nama",)))):
        chosen = np.zeros(draft.rows.height, dtype=np.bool_)
        chosen[shuffled[number * wanted : (number + 1) * wanted]] = True
        for column in columns:
            draft.overwrite(kelas, chosen, column, pl.lit(""))
    for kelas in ("NIK_KOSONG", "KK_KOSONG"):
        draft.mark(kelas, draft.marked("TANPA_IDENTITAS"))


def _is_filled(draft: Draft, column: str) -> Bools:
    return (draft.rows[column] != "").to_numpy()


def nik_of_relative() -> pl.Expr:
    """The NIK of the next listed member of the family, else of the one before."""
    nik = pl.col("nik")
    return pl.coalesce(nik.shift(-1).over("fid"), nik.shift(1).over("fid"), nik)


def _nik_damage_of(kelas: str, resident_niks: pl.Series) -> _Damage:
    damages: dict[str, _Damage] = {
        "NIK_KOSONG": lambda rows, _: pl.Series([""] * rows.height, dtype=pl.String),
        "NIK_KURANG": _with_digit_missing,
        "NIK_LEBIH": _with_digit_inserted,
        "NIK_HURUF": _with_letters,
        "NIK_ILMIAH": _in_scientific_notation,
        "NIK_SERI_NOL": lambda rows, _: rows.select(pl.col("nik").str.head(12) + "0000").to_series(),
        "NIK_PEMISAH": _with_separators,
        "NIK_ISIAN": _placeholder,
        "NIK_RUSAK": _unreadable,
        "NIK_TGL_MUSTAHIL": _with_impossible_date,
        "NIK_SALAH_1": _substitution("nik", 1),
        "NIK_SALAH_2": _substitution("nik", 2),
        "NIK_TUKAR_ANGKA": _with_digits_swapped,
        "NIK_ORANG_LAIN": lambda rows, rng: resident_niks.gather(rng.integers(0, len(resident_niks), rows.height)).cast(
            pl.String
        ),
        "NIK_KEPALA": lambda rows, _: rows["nik_kepala"],
        "NIK_TERTUKAR": lambda rows, _: rows["nik_kerabat"],
    }
    return damages[kelas]


def _random_positions(count: int, rng: np.random.Generator, below: int = 16) -> Ints:
    return rng.integers(0, below, count)


def _substitution(column: str, digits: int) -> _Damage:
    """A damage that replaces this many digits with others."""

    def replace(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
        value = rows[column]
        first = _random_positions(rows.height, rng)
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


def _splice(rows: pl.DataFrame, rng: np.random.Generator, middle: pl.Expr, skipped: int, below: int = 16) -> pl.Series:
    """The NIK with `skipped` digits at a random position (`p`) replaced by `middle`."""
    frame = rows.select("nik").with_columns(
        p=pl.Series(_random_positions(rows.height, rng, below)), r=pl.Series(rng.integers(0, 10, rows.height))
    )
    nik, place = pl.col("nik"), pl.col("p")
    return frame.select(pl.concat_str(nik.str.head(place), middle, nik.str.slice(place + skipped))).to_series()


def _with_digit_missing(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    return _splice(rows, rng, pl.lit(""), 1)


def _with_digit_inserted(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    return _splice(rows, rng, pl.col("r").cast(pl.String), 0)


def _with_digits_swapped(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    nik, place = pl.col("nik"), pl.col("p")
    return _splice(rows, rng, nik.str.slice(place + 1, 1) + nik.str.slice(place, 1), 2, below=15)


def _with_letters(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    variant = pl.Series(rng.integers(0, len(_LOOKALIKES), rows.height))
    nik = pl.col("nik")
    lettered = nik
    for number, (digit, letter) in enumerate(_LOOKALIKES):
        changed = nik.str.replace(digit, letter, literal=True)
        lettered = pl.when(pl.lit(variant) == number).then(changed).otherwise(lettered)
    return rows.select(lettered).to_series()


def _in_scientific_notation(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    leading = (pl.col("nik").cast(pl.Int64) / 1e10).round(0).cast(pl.Int64).cast(pl.String)
    mark = pl.Series([",", "."]).gather(rng.choice(2, rows.height, p=(0.8, 0.2)))
    return rows.select(
        pl.concat_str(leading.str.head(1), pl.lit(mark), leading.str.slice(1), pl.lit("E+15"))
    ).to_series()


def _with_separators(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    variant = pl.lit(pl.Series(rng.integers(0, 3, rows.height)))
    nik = pl.col("nik")
    return rows.select(
        pl.when(variant == 0)
        .then(nik.str.replace(r"^(\d{4})(\d{4})(\d{4})", "$1 $2 $3 "))
        .when(variant == 1)
        .then(nik.str.replace(r"^(\d{6})(\d{6})", "$1.$2."))
        .otherwise(nik.str.replace(r"^(\d{6})", "$1-"))
    ).to_series()


def _placeholder(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    number = rng.integers(0, len(_FILLERS) + 1, rows.height)
    filler = pl.Series([*_FILLERS, None]).gather(number)
    return rows.select(pl.coalesce(pl.lit(filler), pl.col("nik").str.head(6) + "0000000000")).to_series()


def _unreadable(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    number = rng.integers(0, len(_UNREADABLE) + 2, rows.height)
    text = pl.Series([*_UNREADABLE, None, None]).gather(number)
    return rows.select(pl.coalesce(pl.lit(text), pl.col("nik").str.head(10))).to_series()


def _with_impossible_date(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
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
    place = pl.lit(pl.Series(_random_positions(rows.height, rng)))
    shortened = pl.concat_str(kk.str.head(place), kk.str.slice(place + 1))
    marker = pl.lit(pl.Series(["0", "-", None, None, None]).gather(rng.integers(0, 5, rows.height)))
    filled = pl.when(pl.Series(rng.integers(0, 3, rows.height)) == 0).then(kk.str.head(6) + "0000000000")
    return rows.select(pl.coalesce(marker, filled, shortened)).to_series()
