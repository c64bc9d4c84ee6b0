"""`padan generate`: a small country's raw extracts in the real layouts, and the truth beside them.

Belongs here: the order of the steps. Does not: any step itself. The same arguments give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.places import Places
from pipeline.synthetic import LEAST_KELUARGA, misconduct, payments, truth
from pipeline.synthetic.country import draw_country
from pipeline.synthetic.draws import random_stream
from pipeline.synthetic.files import dtks, pos, siak, targets
from pipeline.synthetic.ledger import Ledger, WriteContext
from pipeline.synthetic.rates import Rates
from pipeline.synthetic.registry import Villages

# Larger countries are delivered as text only; workbooks of such a size would take minutes to write.
_WORKBOOKS_UP_TO = 50_000
_PADAN_FLAGS = ("bansos_bpnt", "bansos_pkh", "bansos_bpnt_ppkm", "pbi_jkn")


@dataclass(frozen=True)
class _FileData:
    """What all files after those of DTKS are made of; DTKS rows, a third of the memory, are freed before.

    Attributes:
        villages: of the country.
        families: as in `Population.families`.
        residents: as `siak.with_change_dates` returns them.
        payees: as `payments.draw_payees` returns them.
        people: truth/persons.
    """

    villages: Villages
    families: pl.DataFrame
    residents: pl.DataFrame
    payees: pl.DataFrame
    people: pl.DataFrame


def generate(out: Path, keluarga: int, seed: int, rates: Rates | None = None, periode: str = "2022-12") -> None:
    """Write `<out>/raw/<sumber>/…` and `<out>/truth/*.parquet`.

    Args:
        out: data directory; existing files of the same names are replaced.
        keluarga: families in the registry, at least `LEAST_KELUARGA`; about 3.6 persons each.
        seed: the same seed and arguments give the same bytes.
        rates: how often each defect occurs; by default the documented rates.
        periode: month of the snapshot (YYYY-MM).

    Raises:
        ValueError: too few families, or an invalid periode.
    """
    if keluarga < LEAST_KELUARGA:
        message = f"keluarga must be at least {LEAST_KELUARGA}, not {keluarga}"
        raise ValueError(message)
    rates = Rates() if rates is None else rates
    today = date.fromisoformat(f"{periode}-01")
    places, ledger = Places(out), Ledger()

    def context_for(sumber: str) -> WriteContext:
        return WriteContext(
            places.raw, ledger, random_stream(seed, f"tulis {sumber}"), rates.notasi, keluarga <= _WORKBOOKS_UP_TO
        )

    data = _write_dtks(keluarga, seed, rates, today, context_for("dtks"))
    siak.write_siak(data.residents, data.families, data.villages, today, context_for("dukcapil"))
    payment_truth = _write_payments(data, rates, seed, periode, context_for)
    _write_truth(
        places.truth,
        persons=data.people,
        households=truth.households(data.people, data.residents),
        duplicates=truth.duplicates(data.people),
        quarantine=ledger.quarantine_table(),
        files=ledger.files_table(),
        **payment_truth,
    )


def _write_dtks(keluarga: int, seed: int, rates: Rates, today: date, context: WriteContext) -> _FileData:
    """Draw the country and write its DTKS files."""
    country = draw_country(keluarga, seed, rates, today, workbooks=context.workbooks)
    villages, rows = country.villages, country.rows
    residents = siak.with_change_dates(
        country.residents, villages, today, random_stream(seed, "tanggal ubah"), workbooks=context.workbooks
    )
    listed = rows.select("pid", "fid", "desa", "salinan", "kelas")
    accepted = listed.filter(~pl.any_horizontal(pl.col("kelas").list.contains(k) for k in ("AMBIGU", *truth.REFUSED)))
    payees = payments.draw_payees(
        accepted, residents, villages, rates, today=today, rng=random_stream(seed, "penerima")
    )
    flagged = _with_programme_flags(rows, payees, random_stream(seed, "bansos"))
    located = dtks.write_dtks(flagged, country.styles, f"{today:%Y-%m}", context)
    people = truth.persons(rows.with_columns(located["berkas"], located["baris"]), residents)
    context.ledger.add_rows(truth.quarantine_rows(people, located["lembar"]))
    return _FileData(villages, country.population.families, residents, payees, people)


def _write_payments(
    data: _FileData, rates: Rates, seed: int, periode: str, context_for: Callable[[str], WriteContext]
) -> dict[str, pl.DataFrame]:
    """Write the files of payments, targets and companions; returns the tables of truth about them."""
    residents, villages = data.residents, data.villages
    orders = payments.draw_orders(data.payees, residents, villages, rates, random_stream(seed, "bayar"))
    paid = misconduct.plant_misconduct(orders.table, residents, villages, rates, random_stream(seed, "salah bayar"))
    pos.write_pos(_with_addresses(paid, data.families, residents), villages, context_for("pos"))
    allotments = targets.draw_allotments(paid, villages, random_stream(seed, "alokasi"))
    targets.write_allotments(allotments, context_for("alokasi"))
    targets.write_companions(data.payees, residents, villages, periode, context_for("pendamping"))
    return {
        "payments": truth.payments(paid, data.people),
        "double_aid": orders.double_aid,
        "realisasi": truth.realisation(paid, allotments),
    }


def _write_truth(folder: Path, **tables: pl.DataFrame) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet", compression="zstd")


def _with_programme_flags(rows: pl.DataFrame, payees: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The rows with SIKS-NG's programme flags of each person, which are mostly right."""

    def random_flags(share: float) -> pl.Series:
        return pl.Series(rng.random(rows.height) < share)

    paid = payees.select("fid", bansos_bpnt="SEMBAKO", bansos_pkh="PKH")
    noisy = rows.join(paid, on="fid", how="left", maintain_order="left").with_columns(
        bansos_bpnt=pl.col("bansos_bpnt").fill_null(value=False) ^ random_flags(0.08),
        bansos_pkh=pl.col("bansos_pkh").fill_null(value=False) ^ random_flags(0.08),
        bansos_bpnt_ppkm=random_flags(0.2),
        pbi_jkn=random_flags(0.55),
    )
    return noisy.with_columns(
        pl.when(pl.col(flag)).then(pl.lit("YA")).otherwise(pl.lit("TIDAK")).alias(flag) for flag in _PADAN_FLAGS
    )


def _with_addresses(orders: pl.DataFrame, families: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """Orders with the payee's address and the KK number on it."""
    addresses = families.select("fid", "alamat")
    stated = residents.select("pid", pl.col("kk_keluarga").cast(pl.String))
    return (
        orders.join(addresses, on="fid", how="left", maintain_order="left")
        .join(stated, on="pid", how="left", maintain_order="left")
        .with_columns(kk=pl.when("terdaftar").then("kk").otherwise("kk_keluarga"))
    )
