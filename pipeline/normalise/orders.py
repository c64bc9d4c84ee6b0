"""Which programme, year and stage an order is for: as its row states it, else its table's title, its batch, its file.

Does not belong here: what the order pays and to whom (`pipeline.normalise.staging`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise import codes
from pipeline.normalise.dates import stated_in_name
from pipeline.normalise.distinct import once_per_value
from pipeline.normalise.text import plain, plain_text, whole_number
from schemas.extracts import TITLE_BELOW, file_of_origin

UNKNOWN_PROGRAM = "TIDAK DIKETAHUI"
_KEYS = ("program", "tahun", "tahap")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_STAGE_WORD = r"(?:TAHAP|THP|TRIWULAN|TW)"
# Among words: TAHAP 1, TW IV, THP KE 2; in the names of files T1 too.
_STAGE = rf"(?:KE )?([0-9]{{1,2}}|{'|'.join(_ROMAN)}) "
_STAGE_BESIDE, _STAGE_IN_NAME = rf" {_STAGE_WORD} ?{_STAGE}", rf" (?:{_STAGE_WORD}|T) ?{_STAGE}"
_YEAR_BESIDE = r" (?:TAHUN |THN |TA )?(20[0-9]{2}) "


def stated(rows: pl.DataFrame) -> pl.DataFrame:
    """What rows and the lines above their table state: batch, program, tahun, tahap; null where they do not."""
    of_title = rows.select("judul").join(_titles(rows), on="judul", how="left", maintain_order="left")
    own = rows.select("program", "tahun", "tahap").select(**of_row())
    return rows.select(
        plain_text(pl.col("batch")).str.to_uppercase(),
        *(pl.coalesce(own[name], of_title[name]).alias(name) for name in _KEYS),
    )


def _titles(rows: pl.DataFrame) -> pl.DataFrame:
    """Programme, year and stage by `judul`, of several titles by the nearest that tells programme or stage."""
    title = pl.col("bagian")
    titles = rows.select(pl.col("judul").drop_nulls().unique(maintain_order=True))
    told = (
        titles.with_columns(bagian=pl.col("judul").str.split(TITLE_BELOW))
        .explode("bagian")
        .select(
            "judul",
            program=_named_program(title),
            tahun=title.str.extract(r"\b(20\d{2})\b").cast(pl.Int32),
            tahap=_stage_beside(title),
        )
    )
    # The number of a page tells nothing; what a list leaves open is not that of the list above it.
    tells = pl.col("program").is_not_null() | pl.col("tahap").is_not_null()
    return told.group_by("judul", maintain_order=True).agg(
        program=pl.col("program").drop_nulls().first(),
        tahun=pl.when(tells.any()).then(pl.col("tahun").filter(tells).first()).otherwise(pl.col("tahun").last()),
        tahap=pl.col("tahap").filter(tells).first(),
    )


def of_row() -> dict[str, pl.Expr]:
    """The programme, year (20…) and stage that the columns program, tahun and tahap tell; null where they do not.

    PKH TAHAP II 2022 is PKH where the row's own year and stage are those, or their cells are empty.
    """
    year, stage = _year(pl.col("tahun")), stage_number(pl.col("tahap"))
    name, its_year, its_stage = (part(pl.col("program")) for part in (_bare_program, _year_beside, _stage_beside))
    agree = (
        its.is_null() | (own == its) | plain_text(pl.col(cell)).is_null()
        for cell, own, its in (("tahun", year, its_year), ("tahap", stage, its_stage))
    )
    same = pl.all_horizontal(name.is_not_null(), *agree).fill_null(value=False)
    return {
        "program": pl.when(same).then(name).otherwise(codes.to_program(pl.col("program"))),
        "tahun": pl.coalesce(year, pl.when(same).then(its_year)),
        "tahap": pl.coalesce(stage, pl.when(same).then(its_stage)),
    }


@once_per_value(pl.Int32)
def _year(value: pl.Expr) -> pl.Expr:
    """`2022`, `2022.0`, `TA 2022`; a number that is no year stays as it is, for all to see; of two years none."""
    years = plain(value).str.extract_all(r"\b20[0-9]{2}\b")
    in_words = pl.when(years.list.len() == 1).then(years.list.first())
    return pl.coalesce(whole_number(value), in_words.cast(pl.Int64)).cast(pl.Int32, strict=False)


@once_per_value(pl.String)
def _bare_program(value: pl.Expr) -> pl.Expr:
    """The known programme that stands beside a stage or year."""
    bare = codes.spaced_program(value).str.replace(_STAGE_BESIDE, " ").str.replace(_YEAR_BESIDE, " ")
    return bare.replace_strict(codes.programs_by_words(), default=None, return_dtype=pl.String)


@once_per_value(pl.Int32)
def _year_beside(value: pl.Expr) -> pl.Expr:
    return codes.spaced_program(value).str.extract(_YEAR_BESIDE).cast(pl.Int32)


@once_per_value(pl.Int32)
def _stage_beside(value: pl.Expr) -> pl.Expr:
    return stage_number(codes.spaced_program(value).str.extract(_STAGE_BESIDE))


def agreed(batches: pl.DataFrame) -> pl.DataFrame:
    """Of the batches (`stated`, without nulls) those whose rows agree."""
    return batches.unique(maintain_order=True).filter(~pl.col("batch").is_duplicated())


def told(rows: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    """batch, program, tahun, tahap of every row as it, its title, its batch or its file tells; null where none does.

    Args:
        rows: berkas, judul, batch, program, tahun, tahap as text.
        batches: `agreed`.
    """
    own = stated(rows)
    of_batch = own.select("batch").join(batches, on="batch", how="left", maintain_order="left")
    words = codes.spaced_program(pl.col("berkas"))
    of_file = rows.select(
        program=_named_program(pl.col("berkas")),
        tahun=words.str.extract(r" (20\d{2})(?:\d{4})? ").cast(pl.Int32),
        tahap=stage_number(words.str.extract(_STAGE_IN_NAME)),
    )
    return own.with_columns(pl.coalesce(own[name], of_batch[name], of_file[name]) for name in _KEYS)


def resolved(rows: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    """`rows` with batch, program, tahun and tahap, none of the last three null: an order is never lost for them.

    Args:
        rows: as for `told`, and berlaku_per.
        batches: `agreed`.
    """
    # A year that is stated but cannot be read is not that of the file.
    of_date = pl.when(plain_text(pl.col("tahun")).is_null()).then(pl.col("berlaku_per").dt.year()).otherwise(0)
    return rows.with_columns(told(rows, batches)).with_columns(
        program=pl.col("program").fill_null(UNKNOWN_PROGRAM),
        tahun=pl.coalesce("tahun", rows.select(of_date).to_series()),
        tahap=pl.col("tahap").fill_null(0),
    )


@once_per_value(pl.Int32)
def stage_number(value: pl.Expr) -> pl.Expr:
    """A stage as Int32: `1`, `Tahap I`, `TAHAP KE-2`; null where it is none."""
    text = plain(value).str.to_uppercase().str.replace(rf"^{_STAGE_WORD}\s*(KE)?[\s-]*", "").str.replace(r"\.0+$", "")
    return (
        text.replace(dict(zip(_ROMAN, "123456789", strict=True)))
        .str.extract(r"^[^0-9]*([0-9]{1,2})[^0-9]*$")
        .cast(pl.Int32)
    )


@once_per_value(pl.String)
def _named_program(text: pl.Expr) -> pl.Expr:
    words = codes.spaced_program(text)
    return pl.coalesce(
        pl.when(words.str.contains(alias, literal=True)).then(pl.lit(program))
        for alias, program in codes.programs_by_words().items()
    )


def files_as_of(newest: pl.DataFrame) -> pl.DataFrame:
    """`berkas` and `berlaku_per`, as of when a file holds: its name's date, else its newest row's, else its change.

    Args:
        newest: `berkas`, `diubah` and `terbaru`, the newest date in its rows.
    """
    of_rows = pl.col("terbaru").cast(pl.Datetime("us"))
    return newest.select("berkas", berlaku_per=pl.coalesce(stated_in_name(pl.col("berkas")), of_rows, "diubah"))


def as_of(rows: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """`rows` with `berlaku_per`: of their file or, for a row of a correction form, of the file it was refused from.

    Args:
        rows: berkas and, where the source has forms, asal_baris.
        files: `files_as_of`.
    """
    dated = rows.join(files, on="berkas", how="left", maintain_order="left")
    if "asal_baris" not in rows.columns:
        return dated
    origin = dated.select(berkas=file_of_origin())
    # A form says what was true when its rows were delivered, not when it came back.
    of_origin = origin.join(files, on="berkas", how="left", maintain_order="left")
    in_name = origin.select(_stated_in_name(pl.col("berkas"))).to_series()
    return dated.with_columns(berlaku_per=pl.coalesce(of_origin["berlaku_per"], in_name, "berlaku_per"))


@once_per_value(pl.Datetime)
def _stated_in_name(berkas: pl.Expr) -> pl.Expr:
    return stated_in_name(berkas)
