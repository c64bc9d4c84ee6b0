"""Rows of DTKS that record one person: twice the same, linked to one resident, or alike outside the registry.

Belongs here: which rows meet, and which row survives. Does not: comparing and judging them
(`pipeline.matching.row_pairs`), linking to the registry; nothing is deleted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching.blocking import BLOCK, Found, Numbers, Pass, Sifted, columns_of, united
from pipeline.matching.doubles import of_doubles, rows_of_one, sure_doubles
from pipeline.matching.identifiers_near import Packed
from pipeline.matching.model import Floats, LinkageModel
from pipeline.matching.recorded_twice import RecordedTwice
from pipeline.matching.records import Records, Rows
from pipeline.matching.row_pairs import beliefs, compared, one_persons
from pipeline.matching.tables import Table

PASSES = (
    Pass("NIK", ("nik:angka",)),
    Pass("KK", ("no_kk:angka",), ("tanggal_lahir:tahun",)),
    Pass("NAMA_TANGGAL", ("nama_banding", "tanggal_lahir")),
    Pass("NAMA_LAHIR", ("nama_banding", "nik:lahir")),
    Pass("NAMA_TAHUN", ("nama_banding", "tanggal_lahir:tahun"), ("kode_kec",)),
    Pass("NAMA_DESA", ("nama_banding", "kode_desa"), ("jenis_kelamin",)),
    Pass("TANGGAL_AWAL", ("tanggal_lahir", "nama_banding:awal"), ("kode_kab",)),
    Pass("TANGGAL_KECAMATAN", ("tanggal_lahir", "kode_kec"), ("jenis_kelamin", "kode_desa")),
    Pass("TANGGAL_IBU", ("tanggal_lahir", "nama_ibu_kandung")),
    Pass("NAMA_HARI", ("nama_banding", "tanggal_lahir:hari"), ("kode_kab",)),
    Pass("IBU_HARI", ("nama_ibu_kandung", "tanggal_lahir:hari"), ("kode_kab",)),
    Pass("IBU_DESA", ("nama_ibu_kandung", "kode_desa"), ("tanggal_lahir:tahun",)),
)
_SAME_ROW = ("nik", "no_kk", "nama_banding", "tanggal_lahir", "jenis_kelamin", "kode_kec")
_SEED = 20221231
_NO_SERIAL = "0000"
# A candidate this probable is worth comparing with the row that is taken for him.
_LIKELY = 0.05
_ALL_PAIRED = 50
_FILLED = ("nik", "no_kk", "tanggal_lahir", "nama_ibu_kandung", "hub_keluarga", "kode_desa", "alamat", "rt", "rw")


@dataclass(frozen=True)
class Taken:
    """Whom each row is certainly taken for.

    Attributes:
        household: number of the row's household, -1 for none.
        entry: position of the resident per row, -1 for none.
        number: packed NIK of the resident per row, 0 for none.
        bits: evidence for it, NaN for none.
        refused: row, entry of pairs that an officer refused.
    """

    household: Rows
    entry: Rows
    number: Packed
    bits: Floats
    refused: pl.DataFrame

    @staticmethod
    def of(  # noqa: PLR0917 - columns of one table
        household: Rows, places: Rows, entries: Rows, numbers: Packed, bits: Floats, refused: pl.DataFrame
    ) -> Taken:
        """From the positions of the rows that are taken for somebody."""
        rows = len(household)
        entry, number, weight = np.full(rows, -1), np.zeros(rows, dtype=np.uint64), np.full(rows, np.nan)
        entry[places], number[places], weight[places] = entries, numbers, bits
        return Taken(household, entry, number, weight, refused)

    def not_refused(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Pairs (a, b) of rows but for those where an officer said that the one is not who the other is taken for."""
        for row, other in (("a", "b"), ("b", "a")):
            entry = _gathered(self.entry, pl.col(other))
            pairs = pairs.with_columns(entry=entry).join(
                self.refused, left_on=[row, "entry"], right_on=["row", "entry"], how="anti", maintain_order="left"
            )
        return pairs.drop("entry")


def find_duplicate_rows(
    people: Table,
    taken: Taken,
    candidates: tuple[pl.DataFrame, npt.NDArray[np.uint8]],
    model: LinkageModel,
    family_size: float,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs of rows for one person, and the survivor of each group.

    Args:
        people: accepted DTKS rows, with nik_tulis as written, in the order of id_dtks: which row of a pair is held
            against which must not depend on the order of the files.
        taken: whom rows are linked to for certain.
        candidates: row, entry, probabilitas of everybody a row without a certain link may be, and the levels of each
            (`results.candidates`).
        model: the trained model.
        family_size: members per family.

    Returns:
        `(pairs, survivors)`: `link.ganda` without periode, and id_dtks, ganda_dari of every row that is not the
        survivor of its group: the one linked automatically, then with most facts filled in, then the smallest id_dtks.
    """
    rows, contents = _contents(people)
    certain = np.flatnonzero(taken.entry != -1)
    said = np.zeros(people.height, dtype=np.uint64)
    said[rows] = contents
    found = pl.concat(
        [
            _sharing(certain, taken.entry[certain], taken),
            _sharing(rows, contents, taken),
            _alike(people, taken, candidates, model, family_size, said),
        ]
    )
    pairs = taken.not_refused(found).group_by("a", "b").agg(pl.col("bobot").max()).sort("a", "b")
    return _described(people, pairs), _survivors(people, taken, pairs)


def _contents(people: Table) -> tuple[Rows, Packed]:
    """Rows that may say the same as another, and what each says, as a hash.

    None that tells nobody apart, as those do whose NIK lost its serial and that have no KK.
    """
    rows = np.flatnonzero(pl.Series(people.packed("nik")).is_duplicated().to_numpy())
    said = people.take(rows, _SAME_ROW)
    numbered = (pl.col("nik").str.tail(4) != _NO_SERIAL).fill_null(value=False) | pl.col("no_kk").is_not_null()
    told = said.select(numbered.alias("told"), hash=pl.struct(_SAME_ROW).hash(_SEED))
    return rows[told["told"].to_numpy()], told["hash"].filter(told["told"]).to_numpy()


def _sharing(rows: Rows, keys: Rows | Packed, taken: Taken) -> pl.DataFrame:
    """Pairs (a, b, bobot) of rows with one key, unless they are certainly two residents."""
    shared = (
        pl.DataFrame({"row": rows, "kunci": keys})
        .filter(pl.col("kunci").is_duplicated())
        .with_columns(
            bobot=_gathered(taken.bits, pl.col("row")).fill_nan(None), siapa=_gathered(taken.entry, pl.col("row"))
        )
    )
    # Of very many equal rows each is paired with the first alone, which makes them one group all the same.
    firsts = shared.filter(
        (pl.len().over("kunci") <= _ALL_PAIRED) | (pl.col("row") == pl.col("row").min().over("kunci"))
    )
    two = (pl.col("siapa") != pl.col("siapa_b")) & (pl.col("siapa") != -1) & (pl.col("siapa_b") != -1)
    return (
        firsts.join(shared, on="kunci", suffix="_b")
        .filter((pl.col("row") < pl.col("row_b")) & ~two)
        .select(a="row", b="row_b", bobot=pl.min_horizontal("bobot", "bobot_b"))
    )


def _gathered(values: Rows | Floats, places: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(values)).gather(places)


def _alike(  # noqa: PLR0917 - what is known of rows and of persons
    people: Table,
    taken: Taken,
    candidates: tuple[pl.DataFrame, npt.NDArray[np.uint8]],
    model: LinkageModel,
    family_size: float,
    contents: Packed,
) -> pl.DataFrame:
    """Pairs (a, b, bobot) of which at least one row has no certain resident, by comparing the rows themselves.

    What doubles differ in is learnt from the pairs that are sure to be some, and so is which families are there twice.
    """
    free = taken.entry == -1
    # A row whose resident is certain has that resident's number, whatever is written in it.
    number = np.where(free, people.packed("nik"), taken.number)
    of_one = rows_of_one(taken.entry, taken.number)
    families = RecordedTwice.of(taken.household, taken.entry, of_one)
    met = _met(people, taken, number, candidates[0], families)
    sure = sure_doubles(of_one, taken.number, contents)
    own, other = (np.concatenate(side) for side in zip(met, sure, strict=True))
    every = compared(model, people, number, own, other, families)
    pairs, doubles = every.chosen(slice(len(met[0]))), every.chosen(slice(len(met[0]), None))
    learnt = of_doubles(model, doubles.levels)
    known = beliefs(candidates[0], free, pairs.own, taken.entry[pairs.other])
    return one_persons(learnt, pairs, known, candidates[1], people.height, family_size)


def _met(
    people: Table, taken: Taken, number: Packed, candidates: pl.DataFrame, families: RecordedTwice
) -> tuple[Rows, Rows]:
    """Distinct pairs of a row without a certain resident and another row that may be his, each pair once."""
    free = taken.entry == -1
    single = np.flatnonzero(free)
    read = columns_of(PASSES)
    loose = people.take(single, [*read, "nik_tulis"])
    close = Numbers(number).near(loose["nik_tulis"])
    kin = families.beside(single)
    found = [
        Found("NIK_DEKAT", *close, len(close[0])),
        Found("KELUARGA", *kin, len(kin[0])),
        _same_resident(taken, single, candidates),
    ]
    pairs = united([*Sifted(Records(loose), people.blocks(read, BLOCK), PASSES).pairs(PASSES), *found], people.height)
    own, right = single[pairs.left], pairs.right
    # Two loose rows meet twice, a row always meets itself.
    once = np.flatnonzero((own != right) & (~free[right] | (own < right)))
    return own[once], right[once]


def _same_resident(taken: Taken, single: Rows, candidates: pl.DataFrame) -> Found:
    """Loose rows beside the rows that certainly are the resident each may be."""
    other = np.flatnonzero(taken.entry != -1)
    certain = pl.DataFrame({"other": other, "entry": taken.entry[other]})
    loose = pl.DataFrame({"own": np.arange(len(single)), "row": single})
    pairs = loose.join(candidates.filter(pl.col("probabilitas") >= _LIKELY), on="row").join(certain, on="entry")
    return Found("PENDUDUK", pairs["own"].to_numpy(), pairs["other"].to_numpy(), pairs.height)


def _described(people: Table, pairs: pl.DataFrame) -> pl.DataFrame:
    both = people.take(np.concatenate([pairs["a"].to_numpy(), pairs["b"].to_numpy()]), ["id_dtks", *_SAME_ROW])
    one, two = both.head(pairs.height), both.tail(pairs.height)
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


def _survivors(people: Table, taken: Taken, pairs: pl.DataFrame) -> pl.DataFrame:
    both = pl.concat([pairs.select("a", "b"), pairs.select(a="b", b="a")])
    group = both.select("a").unique().with_columns(group="a")
    while True:
        smallest = both.join(group, left_on="b", right_on="a").group_by("a").agg(pl.col("group").min())
        joined = group.join(smallest, on="a", suffix="_new").with_columns(new=pl.min_horizontal("group", "group_new"))
        if (joined["new"] == joined["group"]).all():
            break
        group = joined.select("a", group="new")
    filled = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int32) for name in _FILLED)
    members = people.take(group["a"].to_numpy(), ["id_dtks", *_FILLED]).select(
        "id_dtks", filled=filled, linked=pl.Series(taken.entry[group["a"].to_numpy()] != -1)
    )
    return (
        group.hstack(members)
        .sort("linked", "filled", "id_dtks", descending=[True, True, False])
        .select("id_dtks", ganda_dari=pl.col("id_dtks").first().over("group"))
        .filter(pl.col("id_dtks") != pl.col("ganda_dari"))
        .sort("id_dtks")
    )
