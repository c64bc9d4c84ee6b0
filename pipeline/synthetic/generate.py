"""`padan generate`: a small country's raw extracts in the real layouts, and the truth beside them.

Belongs here: the order of the steps. Does not: any step itself. The same arguments give the same bytes.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.places import Places
from pipeline.synthetic import (
    defects_fact,
    defects_name,
    defects_number,
    dtks_files,
    payments,
    pos_files,
    siak_files,
    targets,
    truth,
)
from pipeline.synthetic.draft import Draft
from pipeline.synthetic.draws import scattered, stream
from pipeline.synthetic.ledger import Desk, Ledger
from pipeline.synthetic.population import Population, draw_population
from pipeline.synthetic.rates import Rates
from pipeline.synthetic.registry import Homes, register
from pipeline.synthetic.survey import draw_survey
from pipeline.synthetic.territory import draw_villages

# Families of the demo: about 23,000 residents and 11,000 DTKS rows in a dozen kabupaten.
DEMO_KELUARGA = 6_500
# Larger countries are delivered as text only; workbooks of such a size would take minutes to write.
_WORKBOOKS_UP_TO = 50_000
_LEAST_KELUARGA = 100
_PADAN_FLAGS = ("bansos_bpnt", "bansos_pkh", "bansos_bpnt_ppkm", "pbi_jkn")


def generate(out: Path, keluarga: int, seed: int, rates: Rates | None = None, periode: str = "2022-12") -> None:
    """Write `<out>/raw/<sumber>/…` and `<out>/truth/*.parquet`.

    Args:
        out: data directory; existing files of the same names are replaced.
        keluarga: families in the registry, at least 100; about 3.6 persons each.
        seed: the same seed and arguments give the same bytes.
        rates: how often what goes wrong; the documented rates unless given.
        periode: month of the snapshot (YYYY-MM).

    Raises:
        ValueError: too few families, or a periode that is no month.
    """
    if keluarga < _LEAST_KELUARGA:
        message = f"keluarga must be at least {_LEAST_KELUARGA}, not {keluarga}"
        raise ValueError(message)
    rates = Rates() if rates is None else rates
    today = date.fromisoformat(f"{periode}-01")
    workbooks = keluarga <= _WORKBOOKS_UP_TO
    places, ledger = Places(out), Ledger()

    def desk(sumber: str) -> Desk:
        return Desk(places.raw, ledger, stream(seed, f"tulis {sumber}"), rates.notasi, workbooks)

    villages = draw_villages(keluarga, stream(seed, "wilayah"))
    homes = Homes.of(villages)
    population = draw_population(villages, rates, today, stream(seed, "penduduk"))
    residents = register(population, homes, rates, today, stream(seed, "dukcapil"))
    kabupaten = villages.select("kode_kab", "baru").unique().sort("kode_kab")
    styles = dtks_files.styles_of(kabupaten, workbooks=workbooks)
    draft = draw_survey(residents, population.families, homes, rates, stream(seed, "dtks"))
    draft.rows = draft.rows.with_columns(_places(homes)[draft.rows["desa"].to_numpy()].get_columns())
    _damage(draft, residents["nik"], styles, rates, today)
    rows = _finished(draft, stream(seed, "berkas dtks"), rates)

    accepted = rows.filter(~pl.any_horizontal(pl.col("kelas").list.contains(k) for k in ("AMBIGU", *truth.REFUSED)))
    payees = payments.draw_payees(accepted, residents, homes, rates, today=today, rng=stream(seed, "penerima"))
    orders = payments.draw_orders(payees, residents, homes, rates, stream(seed, "bayar"))
    rows = _with_flags(rows, payees, stream(seed, "bansos"))

    located = dtks_files.write_dtks(rows, styles, periode, desk("dtks"))
    siak_files.write_siak(residents, population.families, homes, today, desk("dukcapil"))
    pos_files.write_pos(_with_addresses(orders.table, population, residents), homes, desk("pos"))
    allotments = targets.draw_allotments(orders.table, homes, stream(seed, "alokasi"))
    targets.write_allotments(allotments, desk("alokasi"))
    targets.write_companions(payees, residents, homes, periode, desk("pendamping"))

    people = truth.persons(rows.with_columns(located["berkas"], located["baris"]), residents)
    ledger.add_rows(truth.quarantine_rows(people, located["lembar"]))
    tables = {
        "persons": people,
        "households": truth.households(people, residents),
        "duplicates": truth.duplicates(people),
        "quarantine": ledger.quarantine_table(),
        "files": ledger.files_table(),
        "payments": truth.payments(orders.table, people, homes),
        "double_aid": orders.double_aid,
        "realisasi": truth.realisation(orders.table, allotments, homes),
    }
    places.truth.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.write_parquet(places.truth / f"{name}.parquet", compression="zstd")


def _places(homes: Homes) -> pl.DataFrame:
    """Names and codes of the villages as DTKS rows carry them."""
    return homes.villages.select(
        "kode_desa", "kode_kec", "kode_kab", "baru", "kecamatan", "kabupaten", "provinsi", desa_nama="desa",
        kabupaten_benar="kabupaten",
    )  # fmt: skip


def _damage(
    draft: Draft, others: pl.Series, styles: dict[str, dtks_files.DtksStyle], rates: Rates, today: date
) -> None:
    """Everything that goes wrong between a family's papers and the DTKS file."""
    kab = draft.rows["kode_kab"]
    in_workbook = kab.is_in([kode for kode, style in styles.items() if style.form is None]).to_numpy()
    through_float = kab.is_in([kode for kode, style in styles.items() if style.through_float]).to_numpy()
    defects_number.damage_niks(draft, others, rates)
    defects_number.damage_kks(draft, rates)
    defects_number.lose_to_excel(draft, in_workbook, rates)
    defects_number.lose_to_float(draft, through_float, rates)
    defects_name.damage_names(draft, rates)
    defects_name.damage_mothers(draft, rates)
    defects_fact.damage_dates(draft, rates, today)
    defects_fact.damage_sexes(draft, rates)
    defects_fact.damage_regions(draft, rates)
    defects_number.lose_identity(draft)


def _finished(draft: Draft, rng: np.random.Generator, rates: Rates) -> pl.DataFrame:
    """Rows in file order with IDs, classes, exact copies and whom each double repeats."""
    sound = ~(draft.struck("AMBIGU") | draft.struck("TANPA_IDENTITAS") | draft.struck("NAMA_KOSONG"))
    copied = np.flatnonzero(draft.chance(rates.baris_sama, sound, steady=True))
    source = np.r_[np.arange(draft.rows.height), copied]
    draft.mark("BARIS_SAMA", draft.append(draft.rows[copied].with_columns(salinan=pl.lit(2)), inherit=copied))
    count = draft.rows.height
    family_key = rng.random(int(draft.rows["fid"].max()) + 1)[draft.rows["fid"].to_numpy()]  # type: ignore[arg-type]
    # Second listings stand by themselves somewhere in the file.
    key = np.where(draft.rows["salinan"].to_numpy() == 0, family_key, rng.random(count))
    ordered = (
        draft.rows.with_columns(
            draft.classes(),
            urut=pl.int_range(count, dtype=pl.Int64),
            asal=pl.Series(source),
            ambigu=pl.Series(draft.struck("AMBIGU")),
            kunci=pl.Series(key),
        )
        .sort("kode_kab", "kunci", "pid", "salinan")
        .with_columns(id_dtks=pl.col("kode_kec") + pl.Series(scattered(count, rng)).cast(pl.String))
    )
    first = ordered.sort("salinan", maintain_order=True).unique("pid", keep="first", maintain_order=True)
    joined = ordered.join(first.select("pid", pertama="id_dtks"), on="pid", how="left", maintain_order="left")
    return joined.with_columns(ganda_dari=pl.when(pl.col("salinan") > 0).then("pertama")).drop("pertama", "kunci")


def _with_flags(rows: pl.DataFrame, payees: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """What SIKS-NG says about the programmes of each person: mostly right."""

    def some(share: float) -> pl.Series:
        return pl.Series(rng.random(rows.height) < share)

    paid = payees.select("fid", bansos_bpnt="SEMBAKO", bansos_pkh="PKH")
    noisy = rows.join(paid, on="fid", how="left", maintain_order="left").with_columns(
        bansos_bpnt=pl.col("bansos_bpnt").fill_null(value=False) ^ some(0.08),
        bansos_pkh=pl.col("bansos_pkh").fill_null(value=False) ^ some(0.08),
        bansos_bpnt_ppkm=some(0.2),
        pbi_jkn=some(0.55),
    )
    return noisy.with_columns(
        pl.when(pl.col(flag)).then(pl.lit("YA")).otherwise(pl.lit("TIDAK")).alias(flag) for flag in _PADAN_FLAGS
    )


def _with_addresses(orders: pl.DataFrame, population: Population, residents: pl.DataFrame) -> pl.DataFrame:
    """Orders with the payee's address and the KK number on it."""
    addresses = population.families.select("fid", "alamat")
    stated = residents.select("pid", "kk_keluarga")
    return (
        orders.join(addresses, on="fid", how="left", maintain_order="left")
        .join(stated, on="pid", how="left", maintain_order="left")
        .with_columns(kk=pl.when("terdaftar").then("kk").otherwise("kk_keluarga"))
    )
