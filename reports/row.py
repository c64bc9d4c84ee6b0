"""One DTKS row and the decisions about it as text for a terminal; persons are masked.

Belongs here: that text. Does not: the weights of facts and the labels of outcomes
(`pipeline.matching.outcome.waterfall`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from pipeline.matching.outcome.review import SAME, answers_await_run
from pipeline.normalise.values.masking import differing_digits, masked, masked_if_nik, masked_text
from pipeline.normalise.values.text import plain_key
from reports import wording
from reports.pair import ABSENT, render_decision, render_pair, render_rival, render_side_by_side
from schemas.cleansed import NUMBERS
from schemas.codes import codes
from schemas.extracts import place_text
from schemas.keys import PLACE
from schemas.rules import BELOW_OTHER_HEADER, CUT_OFF, Severity

_BY_ID = (
    "cleansed/anggota",
    "cleansed/koreksi",
    "mart/koreksi_belum_aman",
    "link/anggota_dukcapil",
    "link/bobot_fakta",
    "link/calon_lain",
    "staged/dtks",
    "raw/dtks",
)
FRAMES_READ = (*_BY_ID, "link/ganda", "staged/dukcapil", "quality/karantina", "quality/temuan")
"""The stored frames that `render_row` reads."""

_NEXT = {
    "TINJAU": "putuskan di buku kerja dari padan review export tinjau.xlsx {option}",
    "TIDAK_PADAN": "cocokkan NIK, nama, dan tanggal lahirnya dengan KTP-el atau KK, betulkan, lalu serahkan lagi.",
}
_NEXT_OF_DUPLICATE = "bandingkan kedua baris; bila orangnya memang sama, hapus salah satunya dari DTKS."
_NEXT_OF_CORRECTED = (
    "cocokkan nomor usulan dengan KTP-el atau KK, lalu ganti nomornya di DTKS; utuhnya ada di buku kerja dari padan "
    "perbaikan --out FOLDER --lengkap {option}"
)
_AWAITS_RUN = "keputusan petugas di atas, atau pencabutannya, berlaku sejak padan run {option}"
_NUMBER_COLUMNS = {"staged/dtks": ["nik_tulis", "no_kk_tulis"], "staged/dukcapil": ["nik", "no_kk"]}
_FILES_NAMED = 5
_ID_DIGITS = 16


def render_row(
    id_dtks: str, stored: Mapping[str, pl.LazyFrame], decisions: pl.DataFrame, weighings: pl.DataFrame, option: str
) -> str:
    """Why a row was linked or not: its status, officers' decisions, both sides and the weights fact by fact.

    Args:
        id_dtks: the row.
        stored: the frames of `FRAMES_READ` of one periode.
        decisions: officers' answers, oldest first (`pipeline.matching.outcome.review.DECISIONS`).
        weighings: weights of the pairs that they answered about (`pipeline.warehouse.workbooks.answer_weights`).
        option: the command-line option for the data directory, for advice on what to do (`Places.option`).

    Raises:
        LookupError: no row has that ID, neither accepted nor refused.
    """
    id_dtks = _normalised_id(id_dtks)
    found = _rows_with_id(id_dtks, stored)
    refused = _refusals(found["raw/dtks"], stored["quality/karantina"])
    if found["cleansed/anggota"].is_empty():
        if not refused:
            raise LookupError(id_dtks)
        return "\n".join([f"ID DTKS {_masked_id(id_dtks, stored)}: ditolak, tidak ikut dipadankan.", *refused]) + "\n"
    person = found["cleansed/anggota"].row(0, named=True)
    pairs = found["link/anggota_dukcapil"].sort("bobot", "nik_dukcapil", descending=[True, False])
    rivals = found["link/calon_lain"].join(pairs, on="nik_dukcapil", how="anti", maintain_order="left")
    answers = decisions.filter(id_dtks=id_dtks)
    wanted = pl.concat([pairs["nik_dukcapil"], rivals["nik_dukcapil"], answers["nik_dukcapil"]])
    residents = stored["staged/dukcapil"].filter(pl.col("nik").is_in(wanted.implode())).collect()
    answers_await = answers_await_run(pairs, answers.filter(pl.col("nik_dukcapil").is_in(residents["nik"].implode())))
    step = _AWAITS_RUN if answers_await else _next_step(person, corrected=not found["cleansed/koreksi"].is_empty())
    lines = [
        f"ID DTKS {_masked_id(id_dtks, stored)}, periode {wording.month(person['periode'])}: "
        f"baris {person['sumber_baris']} di {masked_text(person['sumber_berkas'])}",
        *_summary(person, found["cleansed/koreksi"], found["mart/koreksi_belum_aman"]),
        *_findings(id_dtks, stored["quality/temuan"]),
        *_duplicate_sentences(id_dtks, stored, person["ganda_dari"]),
        *_answers(answers),
        *refused,
        *_residents(found, pairs, rivals, residents, weighings.filter(id_dtks=id_dtks)),
        *([f"Langkah berikutnya: {step.format(option=option)}"] if step else []),
    ]
    return "\n".join(lines) + "\n"


def _rows_with_id(id_dtks: str, stored: Mapping[str, pl.LazyFrame]) -> dict[str, pl.DataFrame]:
    """The rows with that ID in the frames that have one."""
    as_written = {"raw/dtks": plain_key(pl.col("id_dtks"))}
    return {
        key: frame.filter(as_written.get(key, pl.col("id_dtks")) == id_dtks).collect()
        for key, frame in stored.items()
        if key in _BY_ID
    }


def _residents(
    found: Mapping[str, pl.DataFrame],
    pairs: pl.DataFrame,
    rivals: pl.DataFrame,
    residents: pl.DataFrame,
    weighings: pl.DataFrame,
) -> Iterator[str]:
    """The row side by side with each resident that it is linked to, that was refused, or that is a close candidate."""
    row = found["staged/dtks"]
    status = found["cleansed/anggota"]["status_padan"].item()
    for pair in pairs.iter_rows(named=True):
        resident = residents.filter(nik=pair["nik_dukcapil"])
        earlier = weighings.filter(nik_dukcapil=pair["nik_dukcapil"])
        yield from ("", *render_decision(pair, status))
        yield from render_pair(row, resident, pair, found["link/bobot_fakta"], earlier)
    for rival in rivals.iter_rows(named=True):
        yield from ("", *render_rival(rival))
        yield from render_side_by_side(row, residents.filter(nik=rival["nik_dukcapil"]))
    if pairs.is_empty():
        yield from ("", "Tidak ada penduduk Dukcapil yang cukup mirip untuk diperlihatkan.")


def _next_step(person: Mapping[str, Any], *, corrected: bool) -> str | None:
    """What an officer should do about a row of that status; None if nothing."""
    if person["status_padan"] in _NEXT:
        return _NEXT[person["status_padan"]]
    if person["ganda_dari"] is not None:
        return _NEXT_OF_DUPLICATE
    return _NEXT_OF_CORRECTED if corrected else None


def render_unknown_id(id_dtks: str, periode: str, quarantine: pl.LazyFrame, last: str | None = None) -> str:
    """The sentences for an ID that no row has; it may be in a broken line, whose ID cannot be read.

    Args:
        id_dtks: the ID asked for.
        periode: of the frames searched.
        quarantine: `quality.karantina`.
        last: the newest periode in which a row with this ID was published.
    """
    id_dtks = _normalised_id(id_dtks)
    asked = masked_if_nik(id_dtks)
    if last is not None:
        return (
            f"ID DTKS {asked} tidak ada pada periode {periode}; terbit terakhir pada periode {last}. Barisnya ada di "
            f"cleansed.anggota basis data (periode = '{last}'); penjelasannya hanya ada untuk periode terbaru."
        )
    if len(id_dtks) != _ID_DIGITS or not id_dtks.isdecimal():
        return (
            f"Tidak ada baris dengan ID DTKS {asked} pada periode {periode}, diterima atau ditolak. ID DTKS umumnya "
            f"terdiri atas {_ID_DIGITS} angka; periksa tulisannya."
        )
    unread = pl.col("kode").is_in([*CUT_OFF, BELOW_OTHER_HEADER])
    refused = ~pl.col("sudah_diperbaiki")
    # A line whose form was refused counts as replaced, yet no accepted row has its ID.
    awaited = refused | place_text().is_in(pl.col("asal_baris").filter(refused).implode())
    unreadable = quarantine.filter(pl.col("sumber") == "dtks", unread, awaited)
    rows = unreadable.select(PLACE).unique().collect()
    if rows.is_empty():
        return (
            f"Tidak ada baris dengan ID DTKS {asked} pada periode {periode}, diterima atau ditolak. Periksa angkanya."
        )
    files = ", ".join(map(masked_text, rows["berkas"].unique().sort().head(_FILES_NAMED)))
    more = ", dan berkas lain" if rows["berkas"].n_unique() > _FILES_NAMED else ""
    return (
        f"ID DTKS {asked} tidak ditemukan pada baris yang kolomnya utuh pada periode {periode}. Periksa angkanya. "
        f"Mungkin juga termasuk {wording.number(rows.height)} baris yang ditolak karena kolomnya kurang, lebih, atau "
        "tidak jelas; baris seperti itu tidak dapat dicari menurut ID. Nomor barisnya, atau nomor baris isiannya yang "
        f"ditolak, ada di lembar Ditolak pada buku kerja padan perbaikan; berkasnya: {files}{more}."
    )


def _normalised_id(id_dtks: str) -> str:
    """The normalised ID, so that an ID copied from a spreadsheet is found however the file writes it."""
    return pl.select(plain_key(pl.lit(id_dtks, pl.String))).item() or id_dtks


def _masked_id(id_dtks: str, stored: Mapping[str, pl.LazyFrame]) -> str:
    """An ID, masked if it is a person's number (most IDs that look like one are not)."""
    hidden = masked_if_nik(id_dtks)
    registers = () if hidden == id_dtks else _NUMBER_COLUMNS.items()
    known = any(
        stored[key].filter(pl.any_horizontal(pl.col(names) == id_dtks)).head(1).collect().height
        for key, names in registers
    )
    return hidden if known else id_dtks


def _summary(person: Mapping[str, Any], corrections: pl.DataFrame, unsafe: pl.DataFrame) -> list[str]:
    status, meaning = wording.STATUS_PADAN[person["status_padan"]]
    doubted = unsafe.filter(yang_diragukan="NOMOR")
    settle = "putuskan lewat padan review" if person["status_padan"] == "TINJAU" else "periksa bersama kabupaten/kota"
    return [
        f"Status: {status}. {meaning}",
        f"Alasan: {person['penjelasan']}",
        *(f"Usulan perbaikan {change}" for change in _changes(corrections)),
        *(f"Belum aman diganti, {settle}: {change}" for change in _changes(doubted)),
    ]


def _changes(corrections: pl.DataFrame) -> list[str]:
    """Corrected numbers, old and new, masked, one line per column."""
    whole = corrections.select("kolom", asal=pl.col("nilai_asal").cast(pl.String), usulan=pl.col("nilai_usulan"))
    shown = whole.with_columns(
        asal=masked(pl.col("asal")).fill_null(ABSENT),
        usulan=masked(pl.col("usulan")),
        beda=pl.format(" ({})", differing_digits(pl.col("asal"), pl.col("usulan"))).fill_null(""),
    )
    return [
        f"{NUMBERS[column]}: {before} menjadi {after}{places}"
        for column, before, after, places in shown.sort("kolom").iter_rows()
    ]


def _findings(id_dtks: str, findings: pl.LazyFrame) -> list[str]:
    """Findings on the row and what to do about them, without automatic repairs."""
    repairs = codes().filter(sumber="dtks", akibat=Severity.REPAIR.value)["kode"]
    found = findings.filter(pl.col("id") == id_dtks, ~pl.col("kode").is_in(repairs.implode()), sumber="dtks")
    return [f"Temuan: {sentence}" for sentence in found.collect().sort("kode")["keterangan"]]


def _duplicate_sentences(id_dtks: str, stored: Mapping[str, pl.LazyFrame], survivor: str | None) -> list[str]:
    """Whether the row is a duplicate, or has duplicates."""
    if survivor is not None:
        return [
            f"Ganda: menurut sistem orangnya sama dengan baris {_masked_id(survivor, stored)}, yang dipertahankan; "
            "baris ini tidak dihapus."
        ]
    one, two = pl.col("id_dtks_a"), pl.col("id_dtks_b")
    others = (
        stored["link/ganda"]
        .filter((one == id_dtks) | (two == id_dtks))
        .select(pl.when(one == id_dtks).then(two).otherwise(one))
    )
    ids = [_masked_id(other, stored) for other in others.collect().to_series().unique().sort()]
    return (
        [f"Ganda: menurut sistem orangnya tertulis juga di baris {', '.join(ids)}; baris ini yang dipertahankan."]
        if ids
        else []
    )


def _answers(answers: pl.DataFrame) -> list[str]:
    """Officers' decisions in the order of their answers; repetitions in other workbooks are left out."""
    pair = "nik_dukcapil"
    answer = pl.struct("jawaban", "petugas", "catatan")
    same = pl.col("jawaban") == SAME
    # A row decided as X, then Y, then X again has three decisions.
    elsewhere = same & (pl.when(same).then(pair).forward_fill().shift() != pl.col(pair)).fill_null(value=False)
    shown = (
        answers.filter(
            answer.ne_missing(answer.shift().over(pair)) | (pl.int_range(pl.len()).over(pair) == 0) | elsewhere
        )
        # As in `last_answers`: the last answer per pair, and one SAMA per row.
        .with_columns(
            lama=(pl.int_range(pl.len()).over(pair) < pl.len().over(pair) - 1)
            | (same & (same.cum_sum(reverse=True) > 1))
        )
        .with_columns(nik_dukcapil=masked(pl.col(pair)), petugas=masked(pl.col("petugas")))
    )
    return [
        f"Keputusan petugas: {row['jawaban']} untuk NIK Dukcapil {row['nik_dukcapil']}, "
        f"oleh {row['petugas'] or 'petugas yang tidak mengisi namanya'}"
        + (f", diambil {wording.day(row['diambil'])}" if row["diambil"] else "")
        + (", catatannya ada di buku kerja" if row["catatan"] else "")
        + (" (sudah diganti jawaban di bawah)" if row["lama"] else "")
        for row in shown.iter_rows(named=True)
    ]


def _refusals(rows: pl.DataFrame, quarantine: pl.LazyFrame) -> list[str]:
    """Places and reasons of refused rows with that ID."""
    refused = quarantine.filter(sumber="dtks").collect().join(rows, on=PLACE, how="semi", nulls_equal=True)
    return [
        f"Ditolak: baris {row['baris']} di {masked_text(row['berkas'])}. {masked_text(row['keterangan'])}"
        + (" Digantikan baris isian atau berkas lain." if row["sudah_diperbaiki"] else "")
        for row in refused.sort("berkas", "baris", "kode").iter_rows(named=True)
    ]
