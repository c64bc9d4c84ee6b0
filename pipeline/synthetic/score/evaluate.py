"""`padan evaluate`: scores the last run against the truth beside the extracts.

Belongs here: reading the tables, and the parts of the scores. Does not: judging a part (the modules beside this one),
presenting it (`reports.scores`). A run never imports this module.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline import reference
from pipeline.matching.kemensos import exact_rule, kemensos_rule
from pipeline.places import Places
from pipeline.synthetic.score import accounts, aid, corrections, curve, groups
from pipeline.synthetic.score import links as link_scores
from pipeline.synthetic.score.curve import Mistakes
from pipeline.synthetic.score.figures import COUNTS, Share, sum_figures
from schemas.keys import ORDER, PLACE, STAGE
from schemas.link import DECIDED

_TRUTH = ("persons", "households", "duplicates", "quarantine", "files", "payments", "double_aid", "realisasi")
_PUBLISHED: dict[str, tuple[str, ...]] = {
    "cleansed.anggota": ("id_dtks", "nik_asal", "nama_asal", "tanggal_lahir", "status_padan", "ganda_dari"),
    "cleansed.keluarga": ("id_keluarga", "no_kk", "status_keluarga"),
    "link.anggota_dukcapil": ("id_dtks", "nik_dukcapil", "keputusan", "bobot", "probabilitas", "aturan"),
    "link.keluarga_dukcapil": ("id_keluarga", "no_kk_dukcapil", "keputusan"),
    "link.ganda": ("id_dtks_a", "id_dtks_b"),
    "cleansed.koreksi": ("id_dtks", "kolom", "nilai_usulan"),
    "quality.karantina": ("sumber", *PLACE, "kode"),
    "quality.rekonsiliasi": (
        "sumber", "berkas", "baris_masuk", "nominal_masuk", "selisih_baris", "selisih_nominal",
    ),
    "mart.realisasi": (*STAGE, "tingkat", "kode_wilayah", *accounts.REALISASI_FIGURES),
    "mart.pembayaran": (*ORDER, *accounts.ORDER_FACTS),
    "mart.realisasi_harian": (
        *STAGE, "tingkat", "kode_wilayah", "tanggal", *aid.DAILY_FIGURES,
    ),
    "mart.bantuan_tidak_tepat": (*ORDER, "kode"),
    "mart.bantuan_ganda": ("jenis", "program_a", "program_b", "tahun", "tahap", "no_kk", "nik"),
}  # fmt: skip
_REGISTRY, _PLAN = "staged/dukcapil", "link/rencana"


class ScoreError(Exception):
    """A table needed for scoring is missing; the message is an Indonesian sentence with the cure."""


@dataclass(frozen=True)
class Scores:
    """All scores of one periode.

    Attributes:
        periode: the newest periode published.
        persons: one row per `cara` (PADAN, KEMENSOS, PERSIS): n, tp, fp, fn, precision, recall, f1.
        automatic: right links among those without a human.
        review: judged rows whose status is TINJAU.
        ambiguous: outcomes of undecidable rows, which are in no other figure of persons.
        by_class: one row per defect class (`kelas`): the same figures and f1_kemensos; largest first.
        by_region: the same per kabupaten (kode_kab, nama_kab).
        fates: outcomes of the rows (`groups.count_fates`).
        rules: cost and yield of each search for candidates (`groups.search_yields`).
        curve: precision and recall by weight (`curve.precision_recall_curve`).
        cuts: positions of the decisions on the curve (`curve.decision_points`).
        calibration: probabilities beside shares of right pairs (`curve.calibration_bins`).
        mistakes: expected beside true error rates (`curve.score_mistakes`).
        households: pairs of household and KK, and their status.
        household_statuses: true beside published status (`groups.household_statuses`).
        households_by_class, households_by_region: their figures (`groups.households_by`).
        duplicates: one row: tp, fp, fn, precision, recall, f1.
        duplicates_by_class, duplicates_by_region: the same (`groups.duplicates_by`).
        clusters: duplicates per row (B-cubed).
        corrections: proposed NIK and KK (`corrections.score_corrections`).
        quarantine: refused rows.
        files: rows and rupiah per file.
        realisasi: equal cells.
        payments: equal facts, by `accounts.ORDER_FACTS`.
        daily: equal cells of the daily table.
        aid: findings about aid by reason (`aid.score_aid`).
    """

    periode: str
    persons: pl.DataFrame
    automatic: Share
    review: Share
    ambiguous: link_scores.Ambiguous
    by_class: pl.DataFrame
    by_region: pl.DataFrame
    fates: pl.DataFrame
    rules: pl.DataFrame
    curve: pl.DataFrame
    cuts: pl.DataFrame
    calibration: pl.DataFrame
    mistakes: Mistakes
    households: link_scores.HouseholdScores
    household_statuses: pl.DataFrame
    households_by_class: pl.DataFrame
    households_by_region: pl.DataFrame
    duplicates: pl.DataFrame
    duplicates_by_class: pl.DataFrame
    duplicates_by_region: pl.DataFrame
    clusters: groups.Clusters
    corrections: pl.DataFrame
    quarantine: accounts.QuarantineScores
    files: accounts.FileScores
    realisasi: Share
    payments: dict[str, Share]
    daily: Share
    aid: pl.DataFrame


def score(places: Places) -> Scores:
    """Score the last run under one data directory.

    Raises:
        ScoreError: a table of the truth, a published table or the registry of the run is missing.
    """
    truth = _read_truth(places)
    periode, published = _read_published(places)
    registry, plan = _read_stored(places, periode)

    accepted = truth["persons"].filter(pl.col("harap") == "TERIMA")
    certain = accepted.filter(~pl.col("ambigu"))
    members = published["cleansed.anggota"]
    links = published["link.anggota_dukcapil"]
    decided = links.filter(pl.col("keputusan").is_in(DECIDED))
    judged = {"PADAN": link_scores.judge(certain, decided), **_judge_reference_rules(certain, members, registry)}
    household_tables = truth["households"], published["link.keluarga_dukcapil"], published["cleansed.keluarga"]
    pairs = groups.household_pairs(*household_tables)
    duplicates = link_scores.duplicate_pairs(truth["duplicates"], published["link.ganda"])
    per_class = {cara: link_scores.with_classes(rows.select(*COUNTS, "kelas")) for cara, rows in judged.items()}
    return Scores(
        periode=periode,
        persons=pl.concat(
            sum_figures(rows).insert_column(0, pl.lit(cara).alias("cara")) for cara, rows in judged.items()
        ),
        automatic=link_scores.automatic_precision(certain, links),
        review=link_scores.review_share(certain, members),
        ambiguous=link_scores.count_ambiguous(accepted.filter("ambigu"), links, members),
        by_class=_with_kemensos_f1(per_class, "kelas"),
        by_region=_with_region_names(_with_kemensos_f1(judged, "kode_kab")),
        fates=groups.count_fates(certain, links),
        rules=groups.search_yields(certain, links, plan),
        curve=curve.precision_recall_curve(certain, links),
        cuts=curve.decision_points(certain, links),
        calibration=curve.calibration_bins(accepted, links),
        mistakes=curve.score_mistakes(accepted, links),
        households=link_scores.score_households(*household_tables),
        household_statuses=groups.household_statuses(truth["households"], published["cleansed.keluarga"]),
        households_by_class=groups.households_by(pairs, accepted, "kelas"),
        households_by_region=_with_region_names(groups.households_by(pairs, accepted, "kode_kab")),
        duplicates=sum_figures(duplicates).drop("n"),
        duplicates_by_class=groups.duplicates_by(duplicates, accepted, "kelas"),
        duplicates_by_region=_with_region_names(groups.duplicates_by(duplicates, accepted, "kode_kab")),
        clusters=groups.score_clusters(accepted, members),
        corrections=corrections.score_corrections(accepted, published["cleansed.koreksi"]),
        quarantine=accounts.score_quarantine(truth["quarantine"], published["quality.karantina"]),
        files=accounts.score_files(truth["files"], published["quality.rekonsiliasi"]),
        realisasi=accounts.score_realisasi(truth["realisasi"], published["mart.realisasi"]),
        payments=accounts.score_payments(truth["payments"], published["mart.pembayaran"]),
        daily=aid.score_daily(truth["payments"], published["mart.realisasi_harian"]),
        aid=aid.score_aid(
            truth["payments"],
            truth["double_aid"],
            published["mart.bantuan_tidak_tepat"],
            published["mart.bantuan_ganda"],
        ),
    )


def _judge_reference_rules(
    certain: pl.DataFrame, members: pl.DataFrame, registry: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Links by the rules in use elsewhere, judged."""
    written = members.join(certain, on="id_dtks", how="semi", maintain_order="left")
    rules = {"KEMENSOS": kemensos_rule, "PERSIS": exact_rule}
    return {cara: link_scores.judge(certain, rule(written, registry).filter("padan")) for cara, rule in rules.items()}


def _with_kemensos_f1(judged: dict[str, pl.DataFrame], by: str) -> pl.DataFrame:
    theirs = sum_figures(judged["KEMENSOS"], by).select(by, f1_kemensos="f1")
    return (
        sum_figures(judged["PADAN"], by)
        .join(theirs, on=by, how="left", nulls_equal=True)
        .sort("n", by, descending=[True, False])
    )


def _with_region_names(regions: pl.DataFrame) -> pl.DataFrame:
    names = reference.regions().select(kode_kab="kode", nama_kab="nama")
    named = regions.join(names, on="kode_kab", how="left", maintain_order="left")
    return named.select("kode_kab", "nama_kab", pl.exclude("kode_kab", "nama_kab"))


def _read_truth(places: Places) -> dict[str, pl.DataFrame]:
    paths = {name: places.truth / f"{name}.parquet" for name in _TRUTH}
    missing = [path.name for path in paths.values() if not path.is_file()]
    if missing:
        message = (
            f"Tabel kunci jawaban tidak ada di {places.truth}: {', '.join(missing)}. "
            "Penilaian hanya mungkin untuk data buatan (padan generate) yang membawa folder truth."
        )
        raise ScoreError(message)
    return {name: pl.read_parquet(path) for name, path in paths.items()}


def _read_published(places: Places) -> tuple[str, dict[str, pl.DataFrame]]:
    """The newest periode, and its rows of every published table needed (all rows of tables without periode)."""
    parts = {name: sorted(places.marts.joinpath(*name.split(".")).glob("*.parquet")) for name in _PUBLISHED}
    missing = [name for name, paths in parts.items() if not paths]
    if missing:
        extent = "tidak ada" if len(missing) == len(parts) else f"tidak lengkap (tanpa {', '.join(missing)})"
        message = f"Hasil terbitan di {places.marts} {extent}. Jalankan dahulu padan run {places.option}."
        raise ScoreError(message)
    tables = {name: pl.scan_parquet(paths) for name, paths in parts.items()}
    periode = tables["cleansed.anggota"].select(pl.col("periode").max()).collect().item()
    if periode is None:
        message = f"Tabel cleansed.anggota di {places.marts} kosong: tidak ada yang dapat dinilai."
        raise ScoreError(message)
    return periode, {
        name: _of_periode(table, periode).select(_PUBLISHED[name]).collect() for name, table in tables.items()
    }


def _of_periode(table: pl.LazyFrame, periode: str) -> pl.LazyFrame:
    return table.filter(pl.col("periode") == periode) if "periode" in table.collect_schema() else table


def _read_stored(places: Places, periode: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The registry and the search plan of the last run."""
    registry, plan = (places.stored(key, periode) for key in (_REGISTRY, _PLAN))
    if not registry.is_file() or not plan.is_file():
        message = (
            f"Data Dukcapil periode {periode} dari proses terakhir tidak ada ({registry}). Jalankan dahulu padan run "
            f"{places.option}."
        )
        raise ScoreError(message)
    return pl.read_parquet(registry, columns=["nik", "nama", "tanggal_lahir"]), pl.read_parquet(plan)
