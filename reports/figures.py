"""Figures of the report on rows and findings: from published tables to rows for the template, a function per section.

Belongs here: counting and ordering what tables contain. Does not: wording and number formats (`reports.wording`), and
any figure that a mart should have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.normalise.values.masking import masked_within
from reports.wording import NOWHERE, STATUS_PADAN
from schemas.cleansed import LINKED
from schemas.codes import SOURCE_OF_MODEL
from schemas.extracts import LAYOUTS
from schemas.keys import PLACE
from schemas.quality import SOURCES
from schemas.rules import NO_DATA, REPETITIONS, RULES, Rule, Severity

Row = dict[str, Any]

_RULES: dict[tuple[str | None, str], Rule] = {
    (SOURCE_OF_MODEL.get(rule.on), rule.code): rule for rule in RULES.values()
}
_SOURCE_ORDER = pl.col("sumber").cast(pl.Enum(SOURCES))
# Status of files of other months, which a run does not read.
_IN_THIS_RUN = pl.col("status_berkas") != "DILEWATI"


@dataclass(frozen=True)
class StatusShare:
    """One part of a whole.

    Attributes:
        code: the status, as in the table.
        count: how many.
        percent: of the whole, 0 to 100; 0 where the whole is nothing.
        start: sum of the percentages before it, where its piece of a bar begins.
    """

    code: str
    count: int
    percent: float
    start: float


def shares(counts: Mapping[str, int]) -> list[StatusShare]:
    """The parts of a whole, in the order given."""
    whole = sum(counts.values())
    parts: list[StatusShare] = []
    start = 0.0
    for code, count in counts.items():
        part = 100 * count / whole if whole else 0.0
        parts.append(StatusShare(code, count, part, start))
        start += part
    return parts


def status_shares(df: pl.DataFrame, column: str, statuses: Mapping[str, Any]) -> list[StatusShare]:
    """Share of each status of `column`, in the order of `statuses`, absent ones included."""
    found = dict(df.group_by(column).len().iter_rows())
    return shares({status: found.get(status, 0) for status in statuses})


def linked_percent(parts: list[StatusShare]) -> float:
    """Share of linked persons among `status_shares` of `status_padan`."""
    return sum(part.percent for part in parts if part.code in LINKED)


def per_kabupaten(members: pl.DataFrame, quality: pl.DataFrame, regions: pl.DataFrame) -> list[Row]:
    """Per kabupaten/kota: nama, baris, bagian (shares of status_padan), persen; the least linked first.

    `persen` is None if the kabupaten's civil register was not delivered (`mart.mutu_data`).
    """
    unmeasured = quality.filter(pl.col("padan_sesudah_persen").is_null(), tingkat="KABUPATEN")["kode_wilayah"]
    wide = (
        members.group_by("kode_kab")
        .agg(
            pl.len().alias("baris"),
            *((pl.col("status_padan") == status).sum().alias(status) for status in STATUS_PADAN),
        )
        .join(regions.select(kode_kab="kode", nama="nama"), on="kode_kab", how="left")
        .with_columns(
            pl.when(pl.col("kode_kab").is_null())
            .then(pl.lit(NOWHERE))
            .otherwise(pl.coalesce("nama", "kode_kab"))
            .alias("nama"),
            persen=pl.when(~pl.col("kode_kab").is_in(unmeasured.implode()).fill_null(value=False)).then(
                100 * pl.sum_horizontal(LINKED) / pl.col("baris")
            ),
        )
        .sort("persen", "kode_kab", nulls_last=True)
    )
    return [
        {
            "nama": row["nama"],
            "baris": row["baris"],
            "persen": row["persen"],
            "bagian": shares({status: row[status] for status in STATUS_PADAN}),
        }
        for row in wide.iter_rows(named=True)
    ]


def without_register(quality: pl.DataFrame, residents: pl.DataFrame) -> list[Row]:
    """Kabupaten/kota without a complete civil register: nama, baris (of DTKS), penduduk (delivered); most rows first.

    Args:
        quality: `mart.mutu_data` of one periode, with `register_lengkap`.
        residents: `quality.penduduk_kabupaten` of the same.
    """
    without = quality.filter(~pl.col("register_lengkap"), tingkat="KABUPATEN")
    delivered = residents.select("penduduk", kode_wilayah="kode_kab")
    return (
        without.join(delivered, on="kode_wilayah", how="left")
        .select(pl.coalesce("nama_wilayah", "kode_wilayah").alias("nama"), "baris", pl.col("penduduk").fill_null(0))
        .sort("baris", "nama", descending=[True, False])
        .to_dicts()
    )


def frequent_findings(findings: pl.DataFrame, *severities: Severity) -> list[Row]:
    """Codes of `quality.temuan` of these severities by frequency: sumber, kode, jumlah (rows), kalimat, tindakan."""
    counted = findings.group_by("sumber", "kode").agg(jumlah=pl.struct("berkas", "id", "baris").n_unique())
    return [
        row | sentence_and_cure(row["sumber"], row["kode"])
        for row in _sort_by_count(counted, "sumber", "kode")
        if _severity(row["sumber"], row["kode"]) in severities
    ]


def count_answers(answers: pl.DataFrame) -> dict[str, int]:
    """Number of pairs of `link.jawaban_petugas` per answer; answers that no pair has are left out."""
    return dict(answers["jawaban"].value_counts().iter_rows())


def still_refused(quarantine: pl.DataFrame) -> pl.DataFrame:
    """`quality.karantina` without rows that have since been replaced."""
    return quarantine.filter(~pl.col("sudah_diperbaiki"))


def count_corrected(quarantine: pl.DataFrame) -> int:
    """Number of refused rows since replaced by accepted rows or by rows that were refused again."""
    return quarantine.filter("sudah_diperbaiki").select("sumber", *PLACE).n_unique()


def count_refused_again(quarantine: pl.DataFrame) -> int:
    """Number of rows of correction forms that were refused again and wait for correction."""
    to_correct = ~pl.col("kode").is_in([*NO_DATA, *REPETITIONS])
    rows = still_refused(quarantine).filter(to_correct, pl.col("asal_baris").is_not_null())
    return rows.select("sumber", *PLACE).n_unique()


def rejections(quarantine: pl.DataFrame) -> list[Row]:
    """Codes of `quality.karantina` by frequency: sumber, kode, jumlah (rows), kalimat, tindakan."""
    counted = quarantine.group_by("sumber", "kode").agg(jumlah=pl.len())
    return [row | sentence_and_cure(row["sumber"], row["kode"]) for row in _sort_by_count(counted, "sumber", "kode")]


def rejecting_files(quarantine: pl.DataFrame) -> list[Row]:
    """Files with rejected rows, the most rows first: sumber, berkas, jumlah (rows), kode (all its codes, sorted)."""
    counted = quarantine.group_by("sumber", "berkas").agg(
        jumlah=pl.struct("lembar", "baris").n_unique(), kode=pl.col("kode").unique().sort()
    )
    return _sort_by_count(counted, "sumber", "berkas")


def national_realisation(realisation: pl.DataFrame) -> list[Row]:
    """Rows of `mart.realisasi` for the country, the newest programmes last; kpm_sisa: allotted without an order."""
    left = pl.col("kpm_alokasi") - pl.col("kpm_salur") - pl.col("kpm_gagal") - pl.col("kpm_belum")
    return (
        realisation.filter(tingkat="NASIONAL").sort("tahun", "program", "tahap").with_columns(kpm_sisa=left).to_dicts()
    )


def ledger(reconciliation: pl.DataFrame) -> list[Row]:
    """`quality.rekonsiliasi` with labels of layouts, and `utuh`: files that need no mention.

    These are files read completely, and files of earlier months, which accumulate every month.
    """
    labels = {code: layout.label for code, layout in LAYOUTS.items()}
    nothing = pl.all_horizontal(pl.col("baris_karantina", "selisih_baris", "selisih_nominal") == 0)
    whole = nothing & (pl.col("status_berkas") == "DIBACA") & pl.col("catatan").is_null()
    before = ~_IN_THIS_RUN & (pl.col("periode_berkas") < pl.col("periode"))
    files = reconciliation.with_columns(
        pl.col("tata_letak").replace(labels),
        masked_within(pl.col("catatan")),
        utuh=whole | before.fill_null(value=False),
    )
    return files.sort(_SOURCE_ORDER, "berkas").to_dicts()


def unread_files(reconciliation: pl.DataFrame) -> list[Row]:
    """Files of which nothing could be read: berkas."""
    return reconciliation.filter(status_berkas="DITOLAK").sort(_SOURCE_ORDER, "berkas").select("berkas").to_dicts()


def totals(reconciliation: pl.DataFrame) -> Row:
    """Sums over all files, and the number of files of the run; differences are summed by absolute value."""
    sums = pl.col("^(baris|nominal)_.*$").sum()
    differences = pl.col("selisih_baris", "selisih_nominal").abs().sum()
    return reconciliation.select(sums, differences, berkas=_IN_THIS_RUN.sum()).row(0, named=True)


def per_source(reconciliation: pl.DataFrame) -> list[Row]:
    """Sums of rows, and files of the run, per source: sumber, berkas, baris_masuk, baris_diterima, baris_karantina."""
    sums = reconciliation.group_by("sumber").agg(pl.col("^baris_.*$").sum(), berkas=_IN_THIS_RUN.sum())
    return sums.sort(_SOURCE_ORDER).to_dicts()


def _sort_by_count(counted: pl.DataFrame, *then: str) -> list[Row]:
    return counted.sort("jumlah", *then, descending=[True, *(False for _ in then)]).to_dicts()


def _rule(source: str, code: str) -> Rule | None:
    return _RULES.get((source, code)) or _RULES.get((None, code))


def _severity(source: str, code: str) -> Severity:
    rule = _rule(source, code)
    # A finding without a rule must be shown as well.
    return rule.severity if rule else Severity.FINDING


def sentence_and_cure(source: str, code: str) -> Row:
    """The sentence and the advice for a code of a source: kalimat, tindakan."""
    rule = _rule(source, code)
    return {"kalimat": rule.sentence if rule else code, "tindakan": rule.cure if rule else ""}
