"""Rows of DTKS that record one person: twice the same, linked to one resident, or alike outside the registry.

Belongs here: row against row, and which row survives. Does not: linking to the registry; nothing is deleted.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching.blocking import BLOCK, Found, Numbers, Pass, Sifted, columns_of, united
from pipeline.matching.comparison import NIK_EQUAL, Sides, compare
from pipeline.matching.identifiers_near import Packed
from pipeline.matching.lookalikes import FULLER, Seen, names_of, odd_numbers, one_person
from pipeline.matching.model import Floats, LinkageModel
from pipeline.matching.records import Records, Rows
from pipeline.matching.scoring import bits_of
from pipeline.matching.spelling import as_written
from pipeline.matching.tables import Table

PASSES = (
    Pass("NIK", ("nik",)),
    Pass("KK", ("no_kk",), ("tanggal_lahir:tahun",)),
    Pass("NAMA_TANGGAL", ("nama_banding", "tanggal_lahir")),
    Pass("NAMA_TAHUN", ("nama_banding", "tanggal_lahir:tahun"), ("kode_kec",)),
    Pass("NAMA_DESA", ("nama_banding", "kode_desa"), ("jenis_kelamin",)),
    Pass("TANGGAL_AWAL", ("tanggal_lahir", "nama_banding:awal"), ("kode_kab",)),
    Pass("TANGGAL_KECAMATAN", ("tanggal_lahir", "kode_kec"), ("jenis_kelamin", "kode_desa")),
    Pass("TANGGAL_IBU", ("tanggal_lahir", "nama_ibu_kandung")),
)
_SAME_ROW = ("nik", "no_kk", "nama_banding", "tanggal_lahir", "jenis_kelamin", "kode_kec")
_SEED = 20221231
_NO_SERIAL = "0000"
# A candidate this probable is worth comparing with the row that is taken for him, and this probable is him unless the
# two rows tell siblings or namesakes.
_LIKELY, _TAKEN = 0.3, 0.8
_ALL_PAIRED = 50
# Of no use to a comparison of two rows.
_UNUSED = ("nik_asal", "no_kk_asal")
_FILLED = ("nik", "no_kk", "tanggal_lahir", "nama_ibu_kandung", "hub_keluarga", "kode_desa", "alamat", "rt", "rw")


def find_duplicate_rows(
    people: Table, links: pl.DataFrame, candidates: pl.DataFrame, model: LinkageModel, family_size: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs of rows for one person, and the survivor of each group.

    Args:
        people: accepted DTKS rows, with nik_tulis as written, sorted by id_dtks: which row of a pair is held against
            which must not depend on the order of the files.
        links: id_dtks, nik_dukcapil, keputusan, alasan and bobot.
        candidates: id_dtks, nik_dukcapil, probabilitas of everybody a row without a certain link may be.
        model: the trained model.
        family_size: members per family.

    Returns:
        `(pairs, survivors)`: `link.ganda` without periode, and id_dtks, ganda_dari of every row that is not the
        survivor of its group: the one linked automatically, then with most facts filled in, then the smallest id_dtks.
    """
    decided = links.filter(pl.col("keputusan").is_in(["OTOMATIS", "PETUGAS"])).select(
        "id_dtks", "nik_dukcapil", "bobot"
    )
    rows = people.select("id_dtks").join(decided, on="id_dtks", how="left", maintain_order="left").with_row_index("row")
    written = rows.select("row", "bobot", "nik_dukcapil", isi=_contents(people))
    # Whom a row may be is no evidence where it may as well be a namesake or a twin of that resident.
    reasons = [lookalike.reason for lookalike in model.lookalikes]
    doubted = links.filter(pl.any_horizontal(pl.col("alasan").list.contains(reason) for reason in reasons))
    plain = candidates.join(doubted, on=["id_dtks", "nik_dukcapil"], how="anti") if reasons else candidates
    found = pl.concat(
        [_sharing(rows, "nik_dukcapil"), _sharing(written, "isi"), _alike(people, rows, plain, model, family_size)]
    )
    pairs = found.group_by("a", "b").agg(pl.col("bobot").max()).sort("a", "b")
    return _described(people, pairs), _survivors(people, rows, pairs)


def _contents(people: Table) -> pl.Series:
    """What each row says, as a hash; null where that tells nobody apart, as a NIK does that lost its serial."""
    numbered = (pl.col("nik").str.tail(4) != _NO_SERIAL).fill_null(value=False) | pl.col("no_kk").is_not_null()
    said = pl.when(numbered).then(pl.struct(_SAME_ROW).hash(_SEED)).alias("isi")
    return pl.concat([block.select(said) for _, block in people.blocks(_SAME_ROW, BLOCK)]).to_series()


def _sharing(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Pairs (a, b, bobot) of rows with one value in `key`, unless they are certainly two residents."""
    keyed = rows.select("row", "bobot", kunci=key, siapa="nik_dukcapil").drop_nulls("kunci")
    many = pl.len().over("kunci")
    shared = keyed.filter(many > 1)
    # Of very many equal rows each is paired with the first alone, which makes them one group all the same.
    firsts = shared.filter((many <= _ALL_PAIRED) | (pl.col("row") == pl.col("row").min().over("kunci")))
    two = (pl.col("siapa") != pl.col("siapa_b")).fill_null(value=False)
    return (
        firsts.join(shared, on="kunci", suffix="_b")
        .filter((pl.col("row") < pl.col("row_b")) & ~two)
        .select(a="row", b="row_b", bobot=pl.min_horizontal("bobot", "bobot_b"))
    )


def _alike(
    people: Table, rows: pl.DataFrame, candidates: pl.DataFrame, model: LinkageModel, family_size: float
) -> pl.DataFrame:
    """Pairs (a, b, bobot) of which at least one row has no certain resident, by comparing the rows themselves.

    A row that may be the resident of the other one is that much likelier its double, one that is somebody else is none.
    """
    free = rows["nik_dukcapil"].is_null().to_numpy()
    single, needed = np.flatnonzero(free), [name for name in people.columns if name not in _UNUSED]
    loose = people.take(single, needed)
    ours, number = Records(loose), people.packed("nik")
    close = Numbers(number).near(loose["nik_tulis"])
    found = [Found("NIK_DEKAT", *close, len(close[0])), _same_resident(rows, loose, candidates)]
    blocks = ((start, Records(block)) for start, block in people.blocks(columns_of(PASSES), BLOCK))
    pairs = united([*Sifted(ours, blocks, PASSES).pairs(PASSES), *found], rows.height)
    left, right = pairs.left, pairs.right
    own = single[left]
    # Two loose rows meet twice, a row always meets itself.
    once = np.flatnonzero((own != right) & (~free[right] | (own < right)))
    left, right, own = left[once], right[once], own[once]
    involved, place = np.unique(right, return_inverse=True)
    partners = people.take(involved, needed)
    levels = compare(model, Sides(ours, Records(partners)), left, place)
    levels = _without_lost_serials(model, as_written(model, levels, (loose, left), (partners, place)), number[own])
    count = max(rows.height, 1)
    bits = bits_of(model, levels, count, family_size)
    same = np.exp2(bits.match + np.log2(model.repeated / count))
    # Unlike in the registry, the other members of the family do stand in DTKS.
    other = 1.0 + np.exp2(bits.relative - np.log2(count))
    this, elsewhere = _beliefs(rows, candidates, own, right)
    alike = same / (same + other) * (1 - elsewhere) >= model.cutoffs.duplicate
    likely = np.flatnonzero(alike | (this >= _TAKEN))
    ones, others = loose[left[likely]], partners[place[likely]]
    names = names_of(model, levels[likely], ones, others, partners)
    # Either row may be the one that tells less.
    names = np.where(names == FULLER, 0, names).astype(np.uint8)
    seen = Seen(levels[likely], odd_numbers(ones) | odd_numbers(others), names)
    sure = likely[one_person(model, seen, count)]
    return pl.DataFrame(
        {"a": np.minimum(own, right)[sure], "b": np.maximum(own, right)[sure], "bobot": bits.match[sure]},
        schema={"a": pl.UInt32, "b": pl.UInt32, "bobot": pl.Float64},
    )


def _same_resident(rows: pl.DataFrame, loose: pl.DataFrame, candidates: pl.DataFrame) -> Found:
    """Loose rows beside the rows that certainly are the resident each may be."""
    certain = rows.filter(pl.col("nik_dukcapil").is_not_null()).select("nik_dukcapil", other="row")
    likely = candidates.filter(pl.col("probabilitas") >= _LIKELY).select("id_dtks", "nik_dukcapil")
    pairs = loose.select("id_dtks").with_row_index("own").join(likely, on="id_dtks").join(certain, on="nik_dukcapil")
    own, other = (pairs[side].to_numpy().astype(np.int64) for side in ("own", "other"))
    return Found("PENDUDUK", own, other, pairs.height)


def _without_lost_serials(model: LinkageModel, levels: npt.NDArray[np.uint8], number: Packed) -> npt.NDArray[np.uint8]:
    """The levels; equal NIKs that lost their serials are any two people's who were born there on one day."""
    nik = model.position("nik")
    if nik is not None:
        lost = number & np.uint64(0xFFFF) == 0
        levels[lost & (levels[:, nik] == NIK_EQUAL), nik] = 0
    return levels


def _beliefs(rows: pl.DataFrame, candidates: pl.DataFrame, own: Rows, other: Rows) -> tuple[Floats, Floats]:
    """How probable it is that a row is the other row's certain resident, and that it is another resident."""
    known = candidates.join(rows.filter(pl.col("nik_dukcapil").is_null()).select("id_dtks", "row"), on="id_dtks")
    anybody = known.group_by("row").agg(anybody=pl.col("probabilitas").sort().sum())
    pairs = (
        pl.DataFrame({"row": own, "nik_dukcapil": rows["nik_dukcapil"].gather(other)})
        .with_columns(pl.col("row").cast(pl.UInt32))
        .join(anybody, on="row", how="left", maintain_order="left")
        .join(
            known.select("row", "nik_dukcapil", "probabilitas"),
            on=["row", "nik_dukcapil"],
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("anybody", "probabilitas").fill_null(0.0))
    )
    this = pairs["probabilitas"].to_numpy()
    certain = pairs["nik_dukcapil"].is_not_null().to_numpy()
    return this, np.where(certain, np.clip(pairs["anybody"].to_numpy() - this, 0.0, 1.0), 0.0)


def _described(people: Table, pairs: pl.DataFrame) -> pl.DataFrame:
    one, two = (people.take(pairs[side].to_numpy().astype(np.int64), ["id_dtks", *_SAME_ROW]) for side in ("a", "b"))
    same = pl.DataFrame([(one[fact].eq_missing(two[fact])).alias(fact) for fact in _SAME_ROW])
    return (
        pl.DataFrame({"x": one["id_dtks"], "y": two["id_dtks"], "bobot": pairs["bobot"]})
        .with_columns(same=same.select(pl.all_horizontal(pl.all())).to_series())
        .select(
            id_dtks_a=pl.min_horizontal("x", "y"),
            id_dtks_b=pl.max_horizontal("x", "y"),
            jenis=pl.when("same").then(pl.lit("BARIS_SAMA")).otherwise(pl.lit("ORANG_SAMA")),
            bobot=pl.col("bobot").round(3),
        )
        .sort("id_dtks_a", "id_dtks_b")
    )


def _survivors(people: Table, rows: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    both = pl.concat([pairs.select("a", "b"), pairs.select(a="b", b="a")])
    group = both.select("a").unique().with_columns(group="a")
    while True:
        smallest = both.join(group, left_on="b", right_on="a").group_by("a").agg(pl.col("group").min())
        joined = group.join(smallest, on="a", suffix="_new").with_columns(new=pl.min_horizontal("group", "group_new"))
        if (joined["new"] == joined["group"]).all():
            break
        group = joined.select("a", group="new")
    filled = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int32) for name in _FILLED)
    members = people.take(group["a"].to_numpy().astype(np.int64), _FILLED).select(filled=filled)
    return (
        group.hstack(members)
        .join(rows.select("row", "id_dtks", linked=pl.col("nik_dukcapil").is_not_null()), left_on="a", right_on="row")
        .sort("linked", "filled", "id_dtks", descending=[True, True, False])
        .select("id_dtks", ganda_dari=pl.col("id_dtks").first().over("group"))
        .filter(pl.col("id_dtks") != pl.col("ganda_dari"))
        .sort("id_dtks")
    )
