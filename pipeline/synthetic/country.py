"""Draws the country behind the extracts: its people as Dukcapil knows them, and the DTKS rows about them.

Belongs here: the order of the steps (population, registry, survey, damage). Does not: the steps themselves, and files
(`pipeline.synthetic.generate`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipeline.synthetic.defects import copied as defects_copied
from pipeline.synthetic.defects import fact as defects_fact
from pipeline.synthetic.defects import name as defects_name
from pipeline.synthetic.defects import number as defects_number
from pipeline.synthetic.draft import Draft
from pipeline.synthetic.draws import random_stream, scattered_numbers
from pipeline.synthetic.files.dtks import DtksStyle, assign_styles
from pipeline.synthetic.lookalikes import add_lookalikes
from pipeline.synthetic.population import Population, draw_population
from pipeline.synthetic.rates import Rates
from pipeline.synthetic.registry import Villages, register_residents
from pipeline.synthetic.survey import FLAGS, draw_survey
from pipeline.synthetic.territory import FEW_PER_VILLAGE, draw_villages

# Columns that only the damage needs; neither files nor truth have them.
_DAMAGE_COLUMNS = (
    "ayah", "pasangan", "nik_kepala", "nik_alt", "kk_lama", "kk_sendiri", "desa_kini", "status", "terdaftar", "gabung",
    "klon", "baru", *FLAGS,
)  # fmt: skip


@dataclass(frozen=True)
class Country:
    """One generated country.

    Attributes:
        villages: of the country.
        population: families and persons.
        residents: as `registry.register_residents` returns them.
        styles: how each kabupaten delivers its DTKS file, by kode_kab.
        rows: the damaged DTKS rows in file order: the columns of `survey.draw_survey` that are written, those of the
            village, id_dtks, kelas (defect classes), ambigu, ganda_dari, urut and asal (position of the row whose
            cells it repeats).
    """

    villages: Villages
    population: Population
    residents: pl.DataFrame
    styles: dict[str, DtksStyle]
    rows: pl.DataFrame


def draw_country(
    keluarga: int, seed: int, rates: Rates, today: date, *, workbooks: bool, per_village: int = FEW_PER_VILLAGE
) -> Country:
    """Draw a country and its DTKS rows.

    Args:
        keluarga: families in the registry; about 3.6 persons each.
        seed: the same seed and arguments give the same country.
        rates: how often each defect occurs.
        today: the day of the snapshot.
        workbooks: whether some kabupaten deliver workbooks, in which numbers lose digits.
        per_village: average number of families per village.
    """
    table = draw_villages(keluarga, random_stream(seed, "wilayah"), per_village)
    villages = Villages.of(table)
    population = draw_population(table, rates, today, random_stream(seed, "penduduk"))
    population = add_lookalikes(population, rates, today, random_stream(seed, "rupa"))
    residents = register_residents(population, villages, rates, today, random_stream(seed, "dukcapil"))
    kabupaten = table.select("kode_kab", "baru").unique().sort("kode_kab")
    styles = assign_styles(kabupaten, workbooks=workbooks)
    draft = draw_survey(residents, population.families, villages, rates, random_stream(seed, "dtks"))
    draft.rows = draft.rows.with_columns(_village_columns(villages)[draft.rows["desa"].to_numpy()].get_columns())
    defects_number.scatter_households(draft, rates, random_stream(seed, "kk acak"))
    _damage_rows(draft, residents["nik"], styles, rates, today=today, copy_rng=random_stream(seed, "salin"))
    return Country(
        villages, population, residents, styles, _ordered_rows(draft, random_stream(seed, "berkas dtks"), rates)
    )


def _village_columns(villages: Villages) -> pl.DataFrame:
    """Names and codes of the villages as DTKS rows carry them."""
    return villages.table.select(
        "kode_desa", "kode_kec", "kode_kab", "baru", "kecamatan", "kabupaten", "provinsi", desa_nama="desa",
        kabupaten_benar="kabupaten",
    )  # fmt: skip


def _damage_rows(
    draft: Draft,
    resident_niks: pl.Series,
    styles: dict[str, DtksStyle],
    rates: Rates,
    *,
    today: date,
    copy_rng: np.random.Generator,
) -> None:
    """Damage the rows in all ways between a family's papers and the DTKS file; `copy_rng` draws the copied numbers."""
    kab = draft.rows["kode_kab"]
    in_workbook = kab.is_in([kode for kode, style in styles.items() if style.form is None]).to_numpy()
    through_float = kab.is_in([kode for kode, style in styles.items() if style.through_float]).to_numpy()
    defects_number.damage_niks(draft, resident_niks, rates)
    defects_number.damage_kks(draft, rates)
    defects_number.round_by_excel(draft, in_workbook, rates)
    defects_number.round_by_float64(draft, through_float, rates)
    own_rng, draft.rng = draft.rng, copy_rng
    defects_copied.copy_niks(draft, resident_niks, rates)
    defects_copied.copy_kks(draft, rates)
    defects_copied.round_files_by_excel(draft, rates)
    draft.rng = own_rng
    defects_name.damage_names(draft, rates)
    defects_name.damage_mothers(draft, rates)
    defects_fact.damage_dates(draft, rates, today)
    defects_fact.damage_sexes(draft, rates)
    defects_fact.damage_regions(draft, rates)
    defects_number.blank_identity(draft)


def _ordered_rows(draft: Draft, rng: np.random.Generator, rates: Rates) -> pl.DataFrame:
    """Rows in file order with IDs, classes, exact copies, and the row that each double repeats."""
    intact = ~(draft.marked("AMBIGU") | draft.marked("TANPA_IDENTITAS") | draft.marked("NAMA_KOSONG"))
    copied = np.flatnonzero(draft.sample_rows(rates.baris_sama, intact, steady=True))
    source = np.r_[np.arange(draft.rows.height), copied]
    draft.mark("BARIS_SAMA", draft.append(draft.rows[copied].with_columns(salinan=pl.lit(2)), inherit=copied))
    count = draft.rows.height
    family_key = rng.random(int(draft.rows["fid"].max()) + 1)[draft.rows["fid"].to_numpy()]  # type: ignore[arg-type]
    # Second listings get a random position in the file.
    sort_key = np.where(draft.rows["salinan"].to_numpy() == 0, family_key, rng.random(count))
    draft.rows = draft.rows.drop(_DAMAGE_COLUMNS)
    ordered = (
        draft.rows.with_columns(
            draft.classes(),
            urut=pl.int_range(count, dtype=pl.Int64),
            asal=pl.Series(source),
            ambigu=pl.Series(draft.marked("AMBIGU")),
            kunci=pl.Series(sort_key),
        )
        .sort("kode_kab", "kunci", "pid", "salinan")
        .with_columns(id_dtks=pl.col("kode_kec") + pl.Series(scattered_numbers(count, rng)).cast(pl.String))
    )
    listed = ordered.select("pid", "id_dtks", "salinan").sort("salinan", maintain_order=True)
    first = listed.unique("pid", keep="first", maintain_order=True).select("pid", pertama="id_dtks")
    repeated = ordered.select("pid").join(first, on="pid", how="left", maintain_order="left")["pertama"]
    return ordered.drop("kunci").with_columns(ganda_dari=pl.when(pl.col("salinan") > 0).then(repeated))
