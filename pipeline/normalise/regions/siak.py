"""Resolves SIAK lists, which have no kabupaten column: identity numbers and the file's name vote for the kabupaten."""

from __future__ import annotations

import polars as pl

from pipeline import reference
from pipeline.normalise.regions.lists import REGION_RESULT, current_kab, homes_of_kecamatan, kabupaten_names
from pipeline.normalise.regions.search import descend, join_children
from pipeline.normalise.regions.spelling import KAB_WORD, keys, kind_of_kabupaten, spaced_name, stated_name
from pipeline.normalise.values.distinct import distinct_rows

# The digits of the kabupaten at the beginning of a KK number or NIK.
_KAB_OF, _KAB_DIGITS = {"kab_kk": "no_kk", "kab_nik": "nik"}, 4
# Rows that agree in these share one question: which kabupaten?
_QUESTION = ("berkas", "kecamatan", "desa")
SIAK_TUPLE = (*_QUESTION, "kab_kk", "kab_nik")
# A smaller share of the votes comes from stray numbers, not from a second kabupaten in the file.
_FAIR_SHARE = 0.1


def siak_tuples(rows: pl.DataFrame) -> pl.DataFrame:
    """The distinct facts by which rows are resolved, with counts; add up those of all parts before resolving.

    Args:
        rows: berkas, kecamatan, desa, no_kk and nik.

    Returns:
        The distinct tuples, in order of appearance: berkas, kecamatan, desa, kab_kk, kab_nik and baris (number of
        rows).
    """
    indices, present = _encode_tuples(rows)
    counted = indices.value_counts(name="baris").sort(indices.name)["baris"].cast(pl.Int64)
    return present.with_columns(counted).group_by(SIAK_TUPLE, maintain_order=True).agg(pl.col("baris").sum())


def resolve_siak_tuples(tuples: pl.DataFrame) -> pl.DataFrame:
    """Each tuple (`siak_tuples`) of a whole source with its code columns and temuan_wilayah.

    Only a kabupaten that has the stated kecamatan is a candidate. The rows of one file with the same desa vote, a KK
    number with weight 2 and a NIK with 1; ties go to the votes of the kecamatan, then of the file, then to the file's
    name. If one file covers several kabupaten that share both names, each row's own number decides.
    """
    numbered = tuples.with_row_index("nomor").with_columns(stated_name("kecamatan"), stated_name("desa"))
    resolved = descend(_choose_by_votes(numbered))
    numbered = tuples.select(SIAK_TUPLE).with_row_index("nomor")
    return numbered.join(resolved, on="nomor", how="left", maintain_order="left").drop("nomor")


def attach_siak(df: pl.DataFrame, resolved: pl.DataFrame) -> pl.DataFrame:
    """`df` with the codes of the tuple of each row, resolved by `resolve_siak_tuples`."""
    indices, tuples = _encode_tuples(df)
    own = tuples.join(resolved, on=SIAK_TUPLE, how="left", nulls_equal=True, maintain_order="left")
    return df.with_columns(own.select(REGION_RESULT)[indices])


def _encode_tuples(rows: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """For each row the index of its tuple, and the tuples; mapping former codes may leave duplicates among them."""
    begins = {kab: pl.col(number).str.head(_KAB_DIGITS) for kab, number in _KAB_OF.items()}
    indices, distinct = distinct_rows(rows.select(*_QUESTION, **begins))
    return indices, distinct.with_columns(current_kab(pl.col(kab)) for kab in _KAB_OF)


def _choose_by_votes(tuples: pl.DataFrame) -> pl.DataFrame:
    """Add the columns that `choose_by_name` adds, from the votes of the numbers and the files' names."""
    ballots = _ballots(tuples)
    questions = tuples.select(_QUESTION).unique(maintain_order=True).with_row_index("urusan")
    candidates = _rank_candidates(_possible_kabupaten(questions, ballots), ballots)
    # Kabupaten that have both names and a fair share of the votes divide the rows between them.
    sharing = candidates.filter("bersama").filter(pl.len().over("urusan") > 1)
    winners = (
        candidates.filter(urut=1)
        .group_by("urusan")
        .agg(
            calon=pl.col("kode_kab").n_unique(),
            kab_terpilih=pl.col("kode_kab").first(),
            kode_prov=pl.col("kode_kab").str.head(2).unique(),
        )
        .with_columns(diperebutkan=pl.col("urusan").is_in(sharing["urusan"].unique().implode()))
    )
    asking = tuples.join(questions, on=_QUESTION, how="left", nulls_equal=True)
    own = asking.select("nomor", "urusan", kode_kab=pl.coalesce("kab_kk", "kab_nik"))
    own = own.join(sharing, on=["urusan", "kode_kab"], how="semi").select("nomor", kab_sendiri="kode_kab")
    decided = pl.when("diperebutkan").then("kab_sendiri").when(calon=1).then("kab_terpilih")
    only_province = pl.when(pl.col("kode_prov").list.len() == 1).then(pl.col("kode_prov").list.first())
    return (
        asking.join(winners, on="urusan", how="left")
        .join(own, on="nomor", how="left")
        .with_columns(kode_kab=decided)
        .select(
            "nomor",
            "kecamatan",
            "desa",
            pl.coalesce(pl.col("kode_kab").str.head(2), only_province).alias("kode_prov"),
            "kode_kab",
            kab_ambigu=pl.col("kode_kab").is_null() & pl.col("calon").is_not_null(),
            kab_lama=pl.lit(value=False),
            kab_ejaan=pl.lit(value=False),
        )
    )


def _ballots(tuples: pl.DataFrame) -> pl.DataFrame:
    """The votes (`suara`) of identity numbers for the kabupaten of each (berkas, kecamatan, desa)."""
    votes = {"kab_kk": 2 * pl.col("baris"), "kab_nik": pl.col("baris")}
    return (
        pl.concat(tuples.select(*_QUESTION, kode_kab=number, suara=weight) for number, weight in votes.items())
        .join(kabupaten_names().select("kode_kab").unique(), on="kode_kab", how="semi")
        .group_by(*_QUESTION, "kode_kab")
        .agg(pl.col("suara").sum())
    )


def _rank_candidates(possible: pl.DataFrame, ballots: pl.DataFrame) -> pl.DataFrame:
    """The candidates that fit the desa best, with their rank (`urut`) and whether their share is fair (`bersama`)."""
    of_kecamatan = ballots.group_by("berkas", "kecamatan", "kode_kab").agg(suara_kec=pl.col("suara").sum())
    candidates = possible.join(ballots, on=[*_QUESTION, "kode_kab"], how="left", nulls_equal=True)
    candidates = candidates.join(
        of_kecamatan, on=["berkas", "kecamatan", "kode_kab"], how="left", nulls_equal=True
    ).with_columns(pl.col("suara", "suara_kec").fill_null(0))
    fits = pl.col("desa_cocok") == pl.col("desa_cocok").max().over("urusan")
    fair = pl.col("suara") >= pl.max_horizontal(1, _FAIR_SHARE * pl.col("suara").sum().over("urusan"))
    merits = pl.struct("suara", "suara_kec", "suara_berkas", "petunjuk").rank("dense", descending=True).over("urusan")
    return candidates.filter(fits).with_columns(bersama=fair, urut=merits)


def _possible_kabupaten(questions: pl.DataFrame, ballots: pl.DataFrame) -> pl.DataFrame:
    """The kabupaten of a file that have the stated kecamatan, or all of the file's if none has it.

    Adds kode_kab, suara_berkas, petunjuk and desa_cocok to `questions` (urusan, berkas, kecamatan, desa).
    """
    of_file = ballots.group_by("berkas", "kode_kab").agg(suara_berkas=pl.col("suara").sum())
    of_file = of_file.join(
        _hints(questions.select("berkas").unique()), on=["berkas", "kode_kab"], how="full", coalesce=True
    ).with_columns(pl.col("suara_berkas", "petunjuk").fill_null(0))
    keyed = keys(questions.select("urusan", "berkas", nama="kecamatan").drop_nulls(), "cara")
    having = keyed.join(homes_of_kecamatan(), on="kunci").select("urusan", "berkas", "kode_kab").unique()
    having = having.join(of_file, on=["berkas", "kode_kab"]).drop("berkas")
    others = questions.join(having, on="urusan", how="anti").select("urusan", "berkas").join(of_file, on="berkas")
    possible = questions.join(pl.concat([having, others.select(having.columns)]), on="urusan")
    possible = join_children(possible, "kode_kab", "kecamatan", "kode_kec")
    possible = join_children(possible, "kode_kec", "desa", "kode_desa")
    return possible.with_columns(desa_cocok=pl.col("kode_desa").is_not_null()).drop("kode_kec", "kode_desa")


def _hints(files: pl.DataFrame) -> pl.DataFrame:
    """Kabupaten that a file's name suggests: berkas, kode_kab, petunjuk (higher is surer).

    A code ranks above a name with its kind, that above a bare name, and MUSI RAWAS UTARA above MUSI RAWAS.
    """
    spaced = pl.concat_str(pl.lit(" "), spaced_name(pl.col("berkas")), pl.lit(" "))
    name = (
        reference.regions()
        .filter("berlaku", tingkat="KABUPATEN")
        .select(
            "kode",
            kode_kab="kode",
            polos=spaced_name(pl.col("nama").str.replace(KAB_WORD, "${1}")),
            jenis=kind_of_kabupaten(pl.col("nama")).replace({"KABUPATEN": "KAB"}),
        )
    )
    old = reference.papua_codes().select(kode="kode_lama", kode_kab="kode_kini", polos=pl.lit("-"), jenis=pl.lit("-"))
    pairs = files.select("berkas", teks=spaced).join(pl.concat([name, old]), how="cross")
    by_name = pl.concat_str(pl.lit(" "), "polos", pl.lit(" "))
    by_kind = pl.concat_str(pl.lit(" "), "jenis", by_name)
    text = pl.col("teks").str.replace_all(" KABUPATEN ", " KAB ", literal=True)
    return (
        pairs.with_columns(
            petunjuk=pl.when(text.str.contains(pl.concat_str(pl.lit(" "), "kode", pl.lit(" ")), literal=True))
            .then(300)
            .when(text.str.contains(by_kind, literal=True))
            .then(200)
            .when(text.str.contains(by_name, literal=True))
            .then(100)
            + pl.col("polos").str.len_bytes().cast(pl.Int64)
        )
        .drop_nulls("petunjuk")
        .group_by("berkas", "kode_kab")
        .agg(pl.col("petunjuk").max())
    )
