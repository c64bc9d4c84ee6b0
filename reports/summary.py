"""The summary that a run prints at its end, in Bahasa Indonesia, without identifiers and names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from pipeline.extracts.files.ledger import describe_snapshot
from pipeline.normalise.values.masking import masked_within
from pipeline.places import Places
from reports.figures import count_answers, count_refused_again, without_register
from reports.wording import answers, measured, number, percent
from schemas.cleansed import STATUS_PADAN
from schemas.keys import PLACE, STAGE
from schemas.rules import DIFFERS_FROM_ACCEPTED, NO_DATA, REPETITIONS

GUIDE = Path(__file__).with_name("guides") / "petugas.md"
"""What officers read: how to hand in, correct and decide."""
_STATUS = {
    "PADAN": "padan tanpa mengubah NIK-nya",
    "PADAN_PERBAIKAN": "padan setelah NIK diperbaiki",
    "TINJAU": "perlu diputuskan petugas",
    "TIDAK_PADAN": "tidak ada penduduk Dukcapil yang sesuai",
}
# Statuses of files that an officer should check.
_FILE_NOTES = {"DITOLAK": "Tidak dibaca", "DIBACA": "Perlu diperiksa"}
_MOST_LISTED = 20
# Codes of refused rows that need no correction: lines without data, and repeated rows.
_NOT_CORRECTED = {
    **NO_DATA,
    **dict.fromkeys(REPETITIONS, "baris terulang (hapus bila orangnya sama)"),
}
# Not "corrected": the row of the form may itself be refused.
_REPLACED = "digantikan baris isian atau berkas lain"
_DIFFERING_REPEATS = (
    "  Baris terulang yang isinya berbeda dari baris yang diterima: {}, tidak dipakai; bila itu perbaikan, simpan di "
    "folder perbaikan."
)
_PROVISIONAL = (
    "Angka sementara, hanya realisasi dan perkiraan selesainya; temuan, bantuan ganda, kinerja kantor, dan gerbang "
    "mutu baru dihitung padan run, yang juga menerbitkan semuanya."
)
COLUMNS_READ: dict[str, tuple[str, ...] | None] = {
    "cleansed.anggota": ("status_padan",),
    "cleansed.keluarga": ("periode",),
    "cleansed.koreksi": ("periode",),
    "link.jawaban_petugas": ("jawaban",),
    "mart.koreksi_belum_aman": ("periode",),
    "mart.mutu_data": ("tingkat", "kode_wilayah", "nama_wilayah", "baris", "register_lengkap"),
    "mart.realisasi": None,
    "quality.karantina": ("sumber", *PLACE, "kode", "keterangan", "sudah_diperbaiki", "asal_baris"),
    "quality.penduduk_kabupaten": None,
    "quality.rekonsiliasi": None,
}
"""What the summary reads: promised tables by full name, all their columns (None) or some."""


def render_summary(tables: Mapping[str, pl.DataFrame], gates: pl.DataFrame) -> str:
    """Rows per source, matching, realisation and gates as text for a terminal.

    Args:
        tables: promised tables of the run by full name, as specified by `COLUMNS_READ`.
        gates: one row per gate (`pipeline.quality.gate.gate_table`).
    """
    return "\n\n".join([_sources(tables), _matching(tables), _realisation(tables), _gates(gates)])


def render_places(places: Places, tables: Mapping[str, pl.DataFrame]) -> str:
    """Where to look and what to do after a publication, as text for a terminal."""
    waiting = tables["cleansed.anggota"].filter(status_padan="TINJAU").height
    lines = {
        "Laporan": places.reports / "index.html",
        "Basis data": places.database,
        "Parquet": places.marts,
        "Rilis": places.release / "latest.json",
        "Riwayat": f"padan ui {places.option}",
        "Perbaikan": f"{places.reports / 'perbaikan'} (disamarkan)",
        "Isian": f"padan perbaikan --out FOLDER --lengkap {places.option}",
    }
    if waiting:
        lines["Tinjauan"] = f"padan review export tinjau.xlsx {places.option} ({number(waiting)} baris menunggu)"
    lines["Panduan"] = GUIDE
    return "\n".join(f"{title:<12} {where}" for title, where in lines.items())


def render_deliveries(
    source: str, files: Mapping[str, int], *, accepted: int, refused: int, unread: pl.DataFrame, noted: pl.DataFrame
) -> str:
    """Changes of files of payments or of allotments, as text for a terminal.

    Args:
        source: pos or alokasi.
        files: number of files per kind of change, in words.
        accepted: number of accepted rows in the files read.
        refused: number of their refused rows.
        unread: berkas and catatan of unreadable files.
        noted: berkas and catatan of files that an officer should check.
    """
    became = ", ".join(f"{number(count)} {what}" for what, count in files.items())
    title = {"pos": "Berkas bayar", "alokasi": "Berkas alokasi"}[source]
    head = f"{title}: {became}; {number(accepted)} baris diterima, {number(refused)} ditolak."
    return "\n".join([head, *_listed(_FILE_NOTES["DITOLAK"], unread), *_listed(_FILE_NOTES["DIBACA"], noted)])


def render_change(stages: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> str:
    """The effect of changed files of payments and allotments on stages, nation-wide, as text for a terminal.

    Args:
        stages: program, tahun, tahap of the stages concerned.
        before: `mart.realisasi` of the last run.
        after: the same of these stages now.
    """
    if stages.is_empty():
        return "Angka realisasi tidak berubah."
    figures = ["kpm_alokasi", "kpm_salur", "kpm_gagal", "kpm_belum", "nominal_salur"]
    both = stages.select(STAGE).sort(STAGE)
    for suffix, frame in (("", after), ("_lama", before)):
        national = frame.filter(tingkat="NASIONAL").select(*STAGE, pl.col(figures).name.suffix(suffix))
        both = both.join(national, on=STAGE, how="left", maintain_order="left")
    lines = [f"{'Penyaluran':<24}{'alokasi':>22}{'dibayar':>22}{'gagal':>18}{'belum':>18}{'rupiah dibayar':>20}"]
    for row in both.fill_null(0).iter_rows(named=True):
        name = f"{row['program']} {row['tahun']} tahap {row['tahap']}"
        families = [
            f"{number(row[figure])} ({row[figure] - row[f'{figure}_lama']:+,d})".replace(",", ".")
            for figure in figures[:4]
        ]
        columns = f"{families[0]:>22}{families[1]:>22}{families[2]:>18}{families[3]:>18}"
        lines.append(f"{name:<24}{columns}{number(row['nominal_salur']):>20}")
    return "\n".join([*lines, _PROVISIONAL])


def _sources(tables: Mapping[str, pl.DataFrame]) -> str:
    sources = (
        tables["quality.rekonsiliasi"]
        .group_by("sumber")
        .agg(
            (pl.col("status_berkas") != "DILEWATI").sum(),
            pl.col("baris_masuk", "baris_diterima", "baris_karantina", "selisih_baris", "selisih_nominal").sum(),
        )
        .sort("sumber")
    )
    lines = [f"{'Sumber':<12}{'berkas':>8}{'baris':>12}{'diterima':>12}{'karantina':>12}{'selisih':>9}"]
    lines += [
        f"{source:<12}{files:>8}{number(rows):>12}{number(good):>12}{number(bad):>12}{number(lost):>9}"
        for source, files, rows, good, bad, lost, _ in sources.iter_rows()
    ]
    lines += _quarantined(tables["quality.karantina"])
    for status, title in _FILE_NOTES.items():
        lines += _listed(title, tables["quality.rekonsiliasi"].filter(status_berkas=status))
    lines += _uncounted_files(tables["quality.rekonsiliasi"])
    return "\n".join([*lines, f"  {describe_snapshot(tables['quality.rekonsiliasi'])}"])


def _quarantined(quarantine: pl.DataFrame) -> list[str]:
    """Text on the part of the quarantine that needs no correction (any more)."""
    rows = (
        quarantine.filter(pl.col("baris") > 0)
        .group_by("sumber", *PLACE)
        .agg(
            diganti=pl.col("sudah_diperbaiki").any(),
            lain=pl.col("keterangan").str.ends_with(DIFFERS_FROM_ACCEPTED).any(),
            kode=pl.col("kode").sort_by(pl.col("kode").is_in(list(_NOT_CORRECTED)), "kode").first(),
        )
    )
    cause = (
        pl.when("diganti")
        .then(pl.lit(_REPLACED))
        .otherwise(pl.col("kode").replace_strict(_NOT_CORRECTED, default=None, return_dtype=pl.String))
    )
    counts = dict(rows.group_by(cause.alias("sebab")).len().iter_rows())
    in_order = dict.fromkeys([_REPLACED, *_NOT_CORRECTED.values()])
    listed = ", ".join(f"{number(counts[each])} {each}" for each in in_order if each in counts)
    again = count_refused_again(quarantine)
    among = f", {number(again)} di antaranya baris isian yang ditolak lagi" if again else ""
    left = f"{number(counts.get(None, 0))} baris perlu dibetulkan{among}."
    lines = [f"  Karantina: {f'{listed}; ' if listed else ''}{left}"] if counts else []
    other = rows.filter("lain", ~pl.col("diganti")).height
    return [*lines, _DIFFERING_REPEATS.format(number(other))] if other else lines


def _listed(title: str, files: pl.DataFrame) -> list[str]:
    """Files with a note (berkas, catatan), one line each under the title; at most the first few."""
    noted = files.drop_nulls("catatan")
    # File names may contain personal data.
    shown = noted.head(_MOST_LISTED).select(masked_within(pl.col("berkas", "catatan")))
    lines = [f"  {title}: {name} – {note}" for name, note in shown.iter_rows()]
    more = noted.height - _MOST_LISTED
    return [*lines, f"  {title}: {number(more)} berkas lagi; lihat laporan."] if more > 0 else lines


def _uncounted_files(files: pl.DataFrame) -> list[str]:
    """Text on files that do not count: those of other months, which the table above omits, and copies."""
    skipped = files.filter(status_berkas="DILEWATI")
    later = pl.col("periode_berkas") > pl.col("periode")
    return [
        *(
            f"  Belum dihitung: {number(count)} berkas {source} dari bulan sesudah periode ini; sertakan dengan "
            f"padan run --periode {month}."
            for source, count, month in _by_source(skipped.filter(later))
        ),
        *(
            f"  Tidak dibaca: {number(count)} berkas {source} dari bulan sebelumnya; yang dibaca data terbaru."
            for source, count, _ in _by_source(skipped.filter(~later))
        ),
        *(
            f"  Tidak dihitung lagi: {number(count)} berkas {source} yang isinya sama persis dengan berkas lain; "
            "lihat daftar berkas di laporan."
            for source, count, _ in _by_source(files.filter(status_berkas="KEMBAR"))
        ),
    ]


def _by_source(files: pl.DataFrame) -> Iterator[tuple[str, int, str]]:
    """Number of files per source, and their newest month."""
    return files.group_by("sumber").agg(pl.len(), pl.col("periode_berkas").max()).sort("sumber").iter_rows()


def _matching(tables: Mapping[str, pl.DataFrame]) -> str:
    people = tables["cleansed.anggota"]
    counts = dict(people["status_padan"].value_counts().iter_rows())
    lines = [f"Pemadanan {number(people.height)} orang dalam {number(tables['cleansed.keluarga'].height)} keluarga:"]
    for status in STATUS_PADAN:
        count = counts.get(status, 0)
        share = percent(100 * count / people.height if people.height else None)
        lines.append(f"  {status:<16}{number(count):>12}{share:>9}  {_STATUS[status]}")
    if decided := answers(count_answers(tables["link.jawaban_petugas"])):
        lines.append(f"  Jawaban petugas yang diperhitungkan: {decided}")
    missing = without_register(tables["mart.mutu_data"], tables["quality.penduduk_kabupaten"])
    lines += [
        f"  Register Dukcapil {row['nama']} belum diserahkan, atau baru sebagian ({number(row['penduduk'])} penduduk "
        f"untuk {number(row['baris'])} baris DTKS): kebanyakan orangnya belum dapat dipadankan."
        for row in missing[:_MOST_LISTED]
    ]
    if more := missing[_MOST_LISTED:]:
        lines.append(f"  Register Dukcapil {number(len(more))} kabupaten/kota lagi belum diserahkan; lihat laporan.")
    safe, unsafe = (number(tables[name].height) for name in ("cleansed.koreksi", "mart.koreksi_belum_aman"))
    lines.append(f"  Usulan perbaikan NIK dan nomor KK: {safe} aman diterapkan, {unsafe} belum aman")
    return "\n".join(lines)


def _realisation(tables: Mapping[str, pl.DataFrame]) -> str:
    national = tables["mart.realisasi"].filter(pl.col("tingkat") == "NASIONAL").sort(STAGE)
    if national.is_empty():
        return "Belum ada berkas penyaluran atau alokasi."
    lines = [
        f"{'Penyaluran':<24}{'alokasi':>10}{'dibayar':>10}{'gagal':>8}{'belum':>8}{'tanpa':>8}{'rupiah dibayar':>20}"
    ]
    lines += [
        f"{f'{program} {year} tahap {stage}':<24}{number(allotted):>10}"
        f"{number(paid):>10}{number(failed):>8}{number(waiting):>8}"
        f"{number(None if allotted is None else allotted - paid - failed - waiting):>8}{number(rupiah):>20}"
        for program, year, stage, allotted, paid, failed, waiting, rupiah in national.select(
            *STAGE, "kpm_alokasi", "kpm_salur", "kpm_gagal", "kpm_belum", "nominal_salur"
        ).iter_rows()
    ]
    return "\n".join(
        [*lines, "  tanpa: alokasi tanpa perintah bayar di berkas bayar; minus bila perintahnya melebihi alokasi"]
    )


def _gates(gates: pl.DataFrame) -> str:
    failed = gates.filter(~pl.col("lulus"))
    if failed.is_empty():
        return f"Semua {gates.height} gerbang mutu dilalui."
    lines = ["Gerbang mutu yang tidak dilalui:"]
    lines += [
        f"  {gate}: {measured(value, limit)}{unit} (paling banyak {number(limit)}{unit}). {note}"
        for gate, value, limit, unit, note in failed.select(
            "gerbang", "nilai_ukur", "batas", "satuan", "keterangan"
        ).iter_rows()
    ]
    return "\n".join(lines)
