"""Writes Dukcapil's residents: 37-column SIAK lists or the web-service layout, one file per kabupaten.

Belongs here: columns and formats of these files. Does not: registration itself (`pipeline.synthetic.registry`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipeline.synthetic.files.writers import TextFormat, text_lines, write_lines, write_workbook
from pipeline.synthetic.ledger import BadLine, WriteContext
from pipeline.synthetic.registry import HIDUP, TIDAK_VALID, Villages
from schemas.extracts import LAYOUTS

SHEET = "Data Penduduk"
_RELATIONS = (
    "KEPALA KELUARGA", "SUAMI", "ISTRI", "ANAK", "MENANTU", "CUCU", "ORANGTUA", "MERTUA", "FAMILI LAIN",
)  # fmt: skip
_SEXES = {"huruf": ("L", "P"), "kata": ("Laki-laki", "Perempuan"), "besar": ("LAKI-LAKI", "PEREMPUAN")}
_ADULT = 17
_WITHOUT_NIK = "TANPA NIK"
_CHANGE_OF_ALL = date(2022, 6, 1)


@dataclass(frozen=True)
class SiakStyle:
    """How one Dukcapil office delivers its list.

    `form` is None for a workbook; `web`: the file has the web-service columns; `dated`: every resident has an own date
    of the last change (else all share the day on which the whole register was changed).
    """

    path: str
    form: TextFormat | None
    sex: str = "huruf"
    web: bool = False
    dated: bool = True


STYLES: tuple[SiakStyle, ...] = (
    SiakStyle("SIAK_{}.csv", TextFormat(",", "semua"), sex="kata"),
    SiakStyle("SIAK_{}.csv", TextFormat(","), dated=False),
    SiakStyle("SIAK_{}.csv", TextFormat(";"), sex="kata"),
    SiakStyle("Laporan_Penduduk_SIAK_{}.xlsx", None),
    SiakStyle("Dukcapil_{}.txt", TextFormat("|"), sex="besar", web=True, dated=False),
    SiakStyle("SIAK_{}.csv.gz", TextFormat(",", packing="gz")),
    SiakStyle("SIAK_{}.csv", TextFormat(",", encoding="utf-8-sig")),
)


def with_change_dates(
    residents: pl.DataFrame, villages: Villages, today: date, rng: np.random.Generator, *, workbooks: bool
) -> pl.DataFrame:
    """Residents with tgl_ubah (last change, as listed) and tanggal_status (null if the list does not state it).

    The living were last changed on any day since 2012; the dead and moved in the three years before the snapshot.
    """
    kab = villages.table["kode_kab"].gather(residents["desa"].to_numpy())
    codes = kab.unique().sort().to_list()
    available = _available_styles(workbooks=workbooks)
    dated = kab.is_in([code for number, code in enumerate(codes) if available[number % len(available)].dated])
    alive = (residents["status"] == HIDUP).to_numpy()
    days_ago = np.where(alive, rng.integers(0, 3_900, len(alive)), rng.integers(0, 1_050, len(alive)))
    changed = pl.Series(np.datetime64(today, "D") - days_ago.astype("timedelta64[D]")).cast(pl.Date)
    bulk = pl.lit(_CHANGE_OF_ALL)
    return residents.with_columns(
        tgl_ubah=pl.when(pl.lit(dated)).then(pl.lit(changed)).otherwise(bulk),
        tanggal_status=pl.when(pl.lit(dated) & ~pl.lit(pl.Series(alive))).then(pl.lit(changed)),
    )


def _available_styles(*, workbooks: bool) -> list[SiakStyle]:
    return [style for style in STYLES if workbooks or style.form is not None]


def write_siak(
    residents: pl.DataFrame, families: pl.DataFrame, villages: Villages, today: date, context: WriteContext
) -> None:
    """Write all Dukcapil files.

    Args:
        residents: as `registry.register_residents` returns them.
        families: addresses by fid.
        villages: of the country.
        today: the day of the snapshot.
        context: where to write.
    """
    known = _listed_residents(residents)
    desa = residents["desa"].gather(known["at"])
    known = known.with_columns(kode_kab=villages.table["kode_kab"].gather(desa))
    shuffled = known[context.rng.permutation(known.height)].sort("kode_kab", maintain_order=True)
    available = _available_styles(workbooks=context.workbooks)
    # Build the rows file by file: all at once would take the memory of the country again.
    for number, ((kode,), own) in enumerate(shuffled.group_by("kode_kab", maintain_order=True)):
        part = _with_addresses(own, residents, families, villages, today)
        style = available[number % len(available)]
        name = f"{kode}_{part['kabupaten'][0].replace('KABUPATEN ', 'KAB ').replace(' ', '_')}"
        berkas = f"dukcapil/periode={today:%Y-%m}/{style.path.format(name)}"
        _write_file(part, style, berkas, context, repeated=number == 0)


def list_residents(residents: pl.DataFrame, families: pl.DataFrame, villages: Villages, today: date) -> pl.DataFrame:
    """All residents of Dukcapil, including retired second NIKs, with address and place."""
    return _with_addresses(_listed_residents(residents), residents, families, villages, today)


def _listed_residents(residents: pl.DataFrame) -> pl.DataFrame:
    """The listed residents: position (`at`), and whether listed under the retired NIK (`pensiun`)."""
    current = residents.select("terdaftar", "nik_alt").with_row_index("at").filter("terdaftar")
    retired = current.filter(pl.col("nik_alt").is_not_null())
    return pl.concat(part.select("at", pensiun=pl.lit(part is retired)) for part in (current, retired))


def _with_addresses(
    known: pl.DataFrame, residents: pl.DataFrame, families: pl.DataFrame, villages: Villages, today: date
) -> pl.DataFrame:
    people = residents[known["at"]]
    places = villages.table.select("kode_desa", "desa", "kecamatan", "kode_kab", "kabupaten", "provinsi")
    retired = pl.when(known["pensiun"])
    placed = people.rename({"desa": "nomor_desa"}).with_columns(
        places[people["desa"].to_numpy()].get_columns(),
        nik=retired.then("nik_alt").otherwise("nik").cast(pl.String),
        kk=pl.col("kk").cast(pl.String),
        status=retired.then(pl.lit(TIDAK_VALID)).otherwise("status"),
        adult=(today - pl.col("lahir")).dt.total_days() >= _ADULT * 365.25,
    )
    return placed.join(
        families.select("fid", "alamat", "dusun", "rt", "rw"), on="fid", how="left", maintain_order="left"
    )


def _write_file(part: pl.DataFrame, style: SiakStyle, berkas: str, context: WriteContext, *, repeated: bool) -> None:
    """Write one file, with a row without NIK and, if `repeated`, a repeated row."""
    without_nik = int(context.rng.integers(part.height))
    if style.form is None:
        blank = part[without_nik].with_columns(nik=pl.lit(""), nama=pl.lit(_WITHOUT_NIK))
        table = _siak_table(pl.concat([part, blank]), style.sex).with_columns(
            pl.when(pl.col(name) != "").then(pl.col(name) + "\u00a0").otherwise(pl.col(name))
            for name in ("Nomor KK", "NIK")
        )
        titles = [f"DAFTAR PENDUDUK {part['kabupaten'][0]}", "Dicetak : 01-12-2022", ""]
        first = write_workbook(context.raw / berkas, SHEET, titles, table)
        context.ledger.add_line(berkas, SHEET, first + part.height, BadLine("NIK_KOSONG", ""))
        context.ledger.add_file(berkas, part.height + 1)
        return
    build: Callable[[pl.DataFrame, str], pl.DataFrame] = _web_table if style.web else _siak_table
    lines = text_lines(build(part, style.sex), style.form, context.rng)
    blank = part[without_nik].with_columns(nik=pl.lit(""), nama=pl.lit(_WITHOUT_NIK))
    bad = [BadLine("NIK_KOSONG", text_lines(build(blank, style.sex), style.form, context.rng)[1])]
    if repeated:
        twin = int(context.rng.integers(part.height))
        bad.append(BadLine("NIK_GANDA", lines[twin + 1], part["nik"][twin], twin=twin))
    all_lines, _ = context.ledger.insert_damaged(berkas, lines, bad, context.rng)
    write_lines(context.raw / berkas, all_lines, style.form)
    context.ledger.add_file(berkas, len(all_lines) - 1)


def _coded_columns(sex: str) -> dict[str, pl.Expr]:
    male, female = _SEXES[sex]
    return {
        "jk": pl.col("jk").replace_strict({"L": male, "P": female}, return_dtype=pl.String),
        "shdk": pl.col("shdk").cast(pl.Int64).replace_strict(dict(enumerate(_RELATIONS, 1)), return_dtype=pl.String),
    }


def _siak_table(rows: pl.DataFrame, sex: str) -> pl.DataFrame:
    common = _coded_columns(sex)
    values: dict[str, pl.Expr] = {
        "Nomor KK": pl.col("kk"),
        "NIK": pl.col("nik"),
        "Nama Penduduk": pl.col("nama"),
        "Status": pl.col("status"),
        "Tempat Lahir": pl.col("tempat_lahir"),
        "Tanggal Lahir": pl.col("lahir").dt.strftime("%d-%m-%Y"),
        "Kelamin": common["jk"],
        "Ayah": pl.col("nama_ayah"),
        "Ibu": pl.col("nama_ibu"),
        "Status Kawin": pl.col("kawin"),
        "SHDK": common["shdk"],
        "Agama": pl.col("agama"),
        "Kecamatan": pl.col("kecamatan"),
        "Desa/Kel": pl.col("desa"),
        "Alamat": pl.col("alamat"),
        "RW": pl.col("rw").cast(pl.String).str.zfill(3),
        "RT": pl.col("rt").cast(pl.String).str.zfill(3),
        "Pendidikan": pl.col("pendidikan"),
        "Pekerjaan": pl.col("pekerjaan"),
        "Gol. Darah": pl.lit("-"),
        "Cetak KTP": pl.col("adult").cast(pl.Int8).cast(pl.String),
        "Ganti KTP": pl.lit("0"),
        "Petugas Registrasi": pl.lit("OPERATOR"),
        "Tgl Ubah": pl.col("tgl_ubah").dt.strftime("%d-%m-%Y"),
        "Petugas Entri": pl.lit("OPERATOR"),
        "Tgl Entri": pl.lit("15-03-2012"),
    }
    headers = LAYOUTS["siak_37"].headers
    return rows.select(values.get(header, pl.lit("")).alias(header) for header in headers)


def _web_table(rows: pl.DataFrame, sex: str) -> pl.DataFrame:
    common = _coded_columns(sex)
    kode = pl.col("kode_desa")
    values: dict[str, pl.Expr] = {
        "NO_KK": pl.col("kk"),
        "NIK": pl.col("nik"),
        "NAMA_LGKP": pl.col("nama"),
        "STAT_HBKEL": common["shdk"],
        "JENIS_KLMIN": common["jk"],
        "TMPT_LHR": pl.col("tempat_lahir"),
        "TGL_LHR": pl.col("lahir").dt.strftime("%Y-%m-%d"),
        "STATUS_KAWIN": pl.col("kawin"),
        "PDDK_AKH": pl.col("pendidikan"),
        "JENIS_PKRJN": pl.col("pekerjaan"),
        "NAMA_LGKP_IBU": pl.col("nama_ibu"),
        "NAMA_LGKP_AYAH": pl.col("nama_ayah"),
        "ALAMAT": pl.col("alamat"),
        "DUSUN": pl.col("dusun").fill_null(""),
        "NO_RT": pl.col("rt").cast(pl.String),
        "NO_RW": pl.col("rw").cast(pl.String),
        "NO_KEL": kode.str.slice(6),
        "NO_KEC": kode.str.slice(4, 2),
        "NO_KAB": kode.str.slice(2, 2),
        "NO_PROP": kode.str.head(2),
        "KEL_NAME": pl.col("desa"),
        "KEC_NAME": pl.col("kecamatan"),
        "KAB_NAME": pl.col("kabupaten"),
        "PROP_NAME": pl.col("provinsi"),
    }
    table = rows.select(values[header].alias(header) for header in LAYOUTS["dukcapil_web"].headers)
    # The service only returns the living; offices that export from it add the status as a last column.
    return table.with_columns(STATUS=rows["status"])
