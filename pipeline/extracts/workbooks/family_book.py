"""Turns a Buku Induk Penduduk (BIP, family book), a printed report in a sheet, into a table of its members.

Members stand in blocks under their family, and families on pages with repeated headers. Facts of a family or page are
written once, as `label : value` in one or two cells, or as a row of labels above rows of values; here they become
columns of every member. The rest of a page (titles, column numbers, signatures) is dropped. Does not belong here: other
layouts, and the meaning of columns beyond their headers.
"""

from __future__ import annotations

import polars as pl

from pipeline.extracts.grids.grid import BLANKS, Grid, cell_columns, refused_lines
from schemas.extracts import FAMILY_LABELS, JOINED, PAGE_LABELS, fold_header, headers_of, recognise

_SOURCE = "dukcapil"
# Enough digits for a NIK or KK number, however badly written; a civil servant's number is excluded by its NIP.
_LONG_NUMBER = r"(?:\d[ .\-\xa0]*){10}"
_CIVIL_SERVANT = r"(?i)\bNIP\b"
# Values that only a member has; narrower than the shapes of these columns, which also fit an RT or a postcode.
_SEX = r"(?i)^\s*(?:L|P|LK|PR|LAKI.*|PEREMPUAN|WANITA|PRIA)\.?\s*$"
_DATE = r"[0-9]{1,4}[-/. ][0-9A-Za-z]+[-/. ][0-9]{2,4}"
_COUNTER = r"^\d{1,5}\.?$"
# Rows of the first page, which shows whether a sheet is a book.
_FIRST_PAGE = 60
_STREET_NUMBERS = "RTRW"
# Facts that may stand in the address instead of a column.
_IN_ADDRESS = {
    "rt": r"(?i)\bRT\s*(?:/\s*RW\s*)?:\s*(\d+)",
    "rw": r"(?i)\bRT\s*/\s*RW\s*:\s*\d*\s*/\s*(\d+)|(?:^|[,\d])\s*RW\s*:\s*(\d+)",
    "dusun": r"(?i)\bDUSUN\s*:\s*([^,]*[^,\s])",
}


def parse_family_book(sheet: pl.DataFrame) -> Grid | None:
    """Turn a family book into a table.

    Args:
        sheet: `baris` and text cells `c0`, `c1`, …; no blank rows.

    Returns:
        One row per member: the columns of the book, then those of its family and page; rows with a number that belong
        to no one are refused. None if the sheet is not a family book.
    """
    if not _is_book(sheet.head(_FIRST_PAGE)):
        return None
    texts = _texts(sheet)
    header_rows, labels = _header_rows(texts), _labels(texts)
    first = header_rows[0]
    header = _header_cells(sheet, first, labels)
    positions = _column_positions(header)
    complete = sheet.filter(_is_complete_member(positions, header))
    labels = _start_unknown_families(
        labels, complete["baris"], complete.filter(_has_birth_or_sex(positions))["baris"], texts
    )
    facts = _facts(texts, labels, positions)
    inside = sheet.filter((pl.col("baris") > first) & ~pl.col("baris").is_in(header_rows.implode()))
    member = _is_member(positions, header) & ~pl.col("baris").is_in(facts["baris"].implode())
    rows = _join_facts(inside.filter(member), facts)
    added = [*FAMILY_LABELS, *PAGE_LABELS]
    named = dict(zip(added, cell_columns(len(header) + len(added))[len(header) :], strict=True))
    known = pl.concat([rows["baris"], facts["baris"], labels["baris"]]).unique()
    unassigned = _with_long_number(texts).filter((pl.col("baris") > first) & ~pl.col("baris").is_in(known.implode()))[
        "baris"
    ]
    unassigned = unassigned.unique().sort()
    of_facts = pl.concat([labels["baris"], facts["baris"]])
    title = texts.filter((pl.col("baris") < first) & ~pl.col("baris").is_in(of_facts.implode()))["teks"]
    return Grid(
        [*header, *added],
        rows.select("baris", *cell_columns(len(header)), *(pl.col(name).alias(cell) for name, cell in named.items())),
        refused_lines(unassigned.to_list(), "KOLOM_KURANG"),
        " / ".join(title) or None,
    )


def _is_book(page: pl.DataFrame) -> bool:
    texts = _texts(page)
    header_rows = _header_rows(texts)
    rows = texts["baris"].unique(maintain_order=True)
    # A label directly above the members' header is the upper half of a header of two rows.
    above_head = rows.filter(rows.shift(-1).is_in(header_rows.implode()))
    upper_half = pl.col("di_atas") & pl.col("baris").is_in(above_head.implode())
    families = _labels(texts).filter(pl.col("nama") == "no_kk", ~upper_half)["baris"]
    if header_rows.is_empty() or families.is_empty():
        return False
    # A complete header with a KK column but without a number is the header of another kind of table.
    unnumbered = families.filter(~families.is_in(_with_long_number(texts)["baris"].implode()))
    unnumbered_texts = texts.filter(pl.col("baris").is_in(unnumbered.implode())).group_by("baris").agg("teks")
    if any(recognise(texts) for texts in unnumbered_texts["teks"]):
        return False
    return "no_kk" not in texts.filter(pl.col("baris") == header_rows[0])["arti"].to_list()


def _texts(sheet: pl.DataFrame) -> pl.DataFrame:
    """The filled cells: baris, kolom, teks, and in `arti` the column of the source if the text is its header."""
    teks = pl.col("teks").str.strip_chars(BLANKS)
    return (
        sheet.unpivot(index="baris", variable_name="kolom", value_name="teks")
        .with_columns(teks, kolom=pl.col("kolom").str.slice(1).cast(pl.Int64))
        .filter(pl.col("teks") != "")
        .with_columns(arti=_source_column(pl.col("teks")))
        .sort("baris", "kolom")
    )


def _source_column(text: pl.Expr) -> pl.Expr:
    folded = text.str.to_uppercase().str.replace_all(r"\(\d+\)|[^A-Z0-9]", "")
    joined = {fold: _STREET_NUMBERS for fold, parts in JOINED.items() if parts == JOINED[_STREET_NUMBERS]}
    return folded.replace_strict({**headers_of(_SOURCE), **joined}, default=None, return_dtype=pl.String)


def _with_long_number(texts: pl.DataFrame) -> pl.DataFrame:
    return texts.filter(pl.col("teks").str.contains(_LONG_NUMBER) & ~pl.col("teks").str.contains(_CIVIL_SERVANT))


def _header_rows(texts: pl.DataFrame) -> pl.Series:
    """Numbers of the members' header rows: they name NIK and name, and have no long number."""
    rows = texts.group_by("baris").agg(
        (pl.col("arti") == "nik").any(),
        nama=(pl.col("arti") == "nama").any(),
        angka=pl.col("teks").str.contains(_LONG_NUMBER).any(),
    )
    return rows.filter("arti", "nama", ~pl.col("angka"))["baris"].sort()


def _labels(texts: pl.DataFrame) -> pl.DataFrame:
    """Labels of family and page facts: baris, kolom, nama, nilai (text beside it), di_atas (its value is below it)."""
    label, after = pl.col("teks").str.extract(r"^([^:]*):"), pl.col("teks").str.extract(r"(?s)^[^:]*:(.*)$")
    adjacent, next_but_one = (pl.col("teks").shift(-step).over("baris") for step in (1, 2))
    colon = pl.col("teks").str.contains(":") | adjacent.str.starts_with(":").fill_null(value=False)
    marked = texts.with_columns(
        nama=_source_column(pl.coalesce(label, "teks")),
        colon=colon,
        sendiri=after.str.strip_chars(BLANKS).replace("", None),
        kanan=pl.when(adjacent == ":").then(next_but_one).otherwise(adjacent).str.strip_chars_start(f":{BLANKS}"),
    ).filter(~pl.col("baris").is_in(_header_rows(texts).implode()))
    names = [*FAMILY_LABELS, *PAGE_LABELS, _STREET_NUMBERS]
    family_row = (pl.col("nama") == "no_kk").any().over("baris")
    labels = marked.filter(pl.col("nama").is_in(names) & (pl.col("colon") | family_row))
    is_label = pl.col("kanan").str.ends_with(":") | _source_column(pl.col("kanan")).is_not_null()
    right = pl.when(~is_label.fill_null(value=False)).then(pl.col("kanan"))
    nilai = pl.coalesce("sendiri", right)
    # A family row without a number is a row of labels, with the values in the row below.
    numbered = ((pl.col("nama") == "no_kk") & nilai.str.contains(_LONG_NUMBER)).any().over("baris")
    above = (pl.col("nama") == "no_kk").any().over("baris") & ~numbered
    return labels.with_columns(nilai=nilai, di_atas=above).select("baris", "kolom", "nama", "nilai", "di_atas")


def _header_cells(sheet: pl.DataFrame, first: int, labels: pl.DataFrame) -> list[str]:
    """The header cells; the second header row counts where only it is known (place and date of birth, parents)."""
    rows = sheet.filter(pl.col("baris") >= first).head(2).drop("baris").rows()
    upper = [" ".join((cell or "").split()) for cell in rows[0]]
    second = sheet.filter(pl.col("baris") > first)["baris"].head(1)
    if second.is_empty() or second.item() in labels["baris"]:
        return upper
    lower = [" ".join((cell or "").split()) for cell in rows[1]]
    known = headers_of(_SOURCE)
    return [
        below if fold_header(below) in known and fold_header(above) not in known else above
        for above, below in zip(upper, lower, strict=True)
    ]


def _column_positions(header: list[str]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for position, text in enumerate(header):
        if name := headers_of(_SOURCE).get(fold_header(text)):
            positions.setdefault(name, position)
    return positions


def _is_member(positions: dict[str, int], header: list[str]) -> pl.Expr:
    counters = [position for position, text in enumerate(header) if fold_header(text) == "NO"]
    counter = pl.col(f"c{counters[0] if counters else 0}").str.strip_chars(BLANKS)
    numbered = counter.str.contains(_COUNTER) & pl.col(f"c{positions['nama']}").str.contains("[A-Za-z]")
    return (pl.col(f"c{positions['nik']}").str.contains(_LONG_NUMBER) | numbered).fill_null(value=False)


def _is_complete_member(positions: dict[str, int], header: list[str]) -> pl.Expr:
    """Like `_is_member`, but stricter: not a row of family values, which may stand in the same columns."""
    numbered = [
        pl.col(f"c{position}").is_not_null() for position, text in enumerate(header) if fold_header(text) == "NO"
    ]
    named = pl.col(f"c{positions['nama']}").str.contains("[A-Za-z]")
    return pl.all_horizontal(pl.col(f"c{positions['nik']}").str.contains(_LONG_NUMBER), named, *numbered)


def _has_birth_or_sex(positions: dict[str, int]) -> pl.Expr:
    """Rows with a sex or a date of birth, which no family has."""
    shapes = {"jenis_kelamin": _SEX, "tanggal_lahir": _DATE}
    fits = (pl.col(f"c{positions[name]}").str.contains(shape) for name, shape in shapes.items() if name in positions)
    return pl.any_horizontal(pl.lit(value=False), *fits).fill_null(value=False)


def _start_unknown_families(
    labels: pl.DataFrame, complete: pl.Series, with_birth_or_sex: pl.Series, texts: pl.DataFrame
) -> pl.DataFrame:
    """The labels with `di_atas` cleared and a blank family number where no row of values follows.

    A member directly below the labels means that a family without a known number begins. But a row with a long number
    right below the label of the family's number is a member only if it is in `with_birth_or_sex`; else it holds values.
    """
    rows = texts["baris"].unique(maintain_order=True)
    below = labels.filter(pl.col("nama") == "no_kk").join(
        pl.DataFrame({"baris": rows, "di_bawah": rows.shift(-1)}), on="baris"
    )
    numbers = _with_long_number(texts).select("kolom", di_bawah="baris")
    family = below.join(numbers, on=["di_bawah", "kolom"], how="semi")["di_bawah"]
    members = complete.filter(~complete.is_in(family.implode()) | complete.is_in(with_birth_or_sex.implode()))
    begins = pl.col("di_atas") & pl.col("baris").is_in(rows.filter(rows.shift(-1).is_in(members.implode())).implode())
    unknown = pl.when(begins & (pl.col("nama") == "no_kk")).then(pl.lit(""))
    own = pl.when(~pl.col("di_atas") | begins).then("nilai")
    return labels.with_columns(nilai=pl.coalesce(unknown, own), di_atas=pl.col("di_atas") & ~begins)


def _facts(texts: pl.DataFrame, labels: pl.DataFrame, positions: dict[str, int]) -> pl.DataFrame:
    """The facts of families and pages: baris, nama, nilai."""
    adjacent = labels.filter(pl.col("nilai").is_not_null()).select("baris", "nama", "nilai")
    above = labels.filter("di_atas").unique("nama", keep="first", maintain_order=True).select("kolom", "nama")
    if above.is_empty():
        return adjacent
    # Labels above values are written once per page, values once per family.
    following = texts["baris"].unique(maintain_order=True)
    directly = following.filter(following.shift(1).is_in(labels.filter("di_atas")["baris"].implode()))
    number_at = above.filter(pl.col("nama") == "no_kk")["kolom"][0]
    numbers = _with_long_number(texts)
    people = numbers.filter(pl.col("kolom") == positions["nik"])["baris"]
    families = numbers.filter((pl.col("kolom") == number_at) & ~pl.col("baris").is_in(people.implode()))["baris"]
    values = pl.concat([directly, families]).unique()
    below = texts.filter(pl.col("baris").is_in(values.implode())).join(above, on="kolom")
    return pl.concat([adjacent, below.select("baris", "nama", nilai="teks")])


def _join_facts(members: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """The members with the facts of the last family and page that began above them."""
    begins = facts.filter(pl.col("nama") == "no_kk").select("baris", keluarga="baris").unique().sort("baris")
    of_family = facts.filter(~pl.col("nama").is_in(PAGE_LABELS)).sort("baris")
    families = of_family.join_asof(begins, on="baris").group_by("keluarga", maintain_order=True)
    known = families.agg(
        pl.col("nilai").filter(pl.col("nama") == name).first().alias(name) for name in (*FAMILY_LABELS, _STREET_NUMBERS)
    )
    parts = JOINED[_STREET_NUMBERS]
    known = known.with_columns(
        pl.coalesce(
            name,
            *([pl.col(_STREET_NUMBERS).str.extract(parts[name])] if name in parts else []),
            *(pl.col("alamat").str.extract(pattern, group) for group in (1, 2)[: pattern.count("|") + 1]),
        )
        for name, pattern in _IN_ADDRESS.items()
    )
    joined = members.sort("baris").join_asof(begins, on="baris").join(known, on="keluarga", how="left")
    for name in PAGE_LABELS:
        of_page = facts.filter(pl.col("nama") == name).select("baris", pl.col("nilai").alias(name)).sort("baris")
        joined = joined.sort("baris").join_asof(of_page, on="baris")
    return joined.sort("baris")
