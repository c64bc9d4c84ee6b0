"""Draws who is in DTKS, in which household and under which KK number, before any typing error.

Belongs here: selection of families and members, stated households, double listings, undecidable rows. Does not:
damaging values (`pipeline.synthetic.defects`) or writing them (`pipeline.synthetic.files.dtks`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline import reference
from pipeline.synthetic.draft import Draft
from pipeline.synthetic.draws import Bools, Ints
from pipeline.synthetic.population import ISTRI, KEPALA, SUAMI
from pipeline.synthetic.rates import Rates
from pipeline.synthetic.registry import MATI, Villages

# Chance that a member of an incomplete family is missing, and that a second listing has an old KK number.
_MISSING_MEMBER, _STALE_DOUBLE = 0.45, 0.3
# Flags of residents, each of which is a class; and the class names that differ from the flag.
FLAGS = (
    "kembar", "ayah_anak", "pecah", "nik_tgl_beda", "kode_lama", "kembar_mirip", "saudara_mirip", "senama",
    "absen_senama",
)  # fmt: skip
_CLASS_NAMES = {"klon": "KLON_NAMA_TGL", "kode_lama": "WILAYAH_LAMA", "pecah": "KK_PECAH"}
# The columns of an undecidable row, which has nothing to distinguish two people by.
_AMBIGUOUS_VALUES = {"nik": "", **dict.fromkeys(("ibu", "alamat", "dusun", "rt", "rw", "nik_alt")), "hub": 1}


def draw_survey(
    residents: pl.DataFrame, families: pl.DataFrame, villages: Villages, rates: Rates, rng: np.random.Generator
) -> Draft:
    """The rows of DTKS, still without damage.

    Args:
        residents: as `registry.register_residents` returns them.
        families: as in `Population.families`.
        villages: of the country.
        rates: shares of all kinds.
        rng: random numbers, kept by the draft for the damage that follows.

    Returns:
        A draft with one row per DTKS row: pid, fid, desa (stated village number), kk and nik as text ("" for blank),
        nama, lahir, jk, tempat_lahir, ibu, ayah, pasangan, hub (1-8), alamat, dusun, rt, rw, pekerjaan, salinan
        (0 first listing, 1 second), nik_kepala, and the classes that already apply.
    """
    ambiguous = _choose_ambiguous(residents, rates)
    excluded = np.zeros(families.height, dtype=np.bool_)
    excluded[residents["fid"].gather(np.r_[ambiguous, _identical_neighbours(residents, ambiguous)]).to_numpy()] = True
    listed = _listed_members(residents, families, excluded, rates, rng)
    rows = _dtks_columns(listed, residents, families)
    draft = Draft.of(rows, rng)
    draft.badly_surveyed = draft.sample_families(rates.pendataan_buruk)
    _mark_truth(draft, villages)
    _misstate_kks(draft, rates)
    _append_ambiguous(draft, residents, families, ambiguous)
    _append_second_listings(draft, villages, rates)
    draft.rows = draft.rows.with_columns(kk=pl.col("kk").fill_null(""), nik=pl.col("nik").fill_null(""))
    return draft


def _choose_ambiguous(residents: pl.DataFrame, rates: Rates) -> Ints:
    """One of each pair of identical neighbours that DTKS lists in a single undecidable row only."""
    first = residents.filter(pl.col("klon") > pl.col("pid"))["pid"].to_numpy()
    wanted = max(3, round(residents.height * rates.keluarga_dtks * rates.ambigu)) if rates.ambigu else 0
    chosen = first[: min(wanted, max(0, len(first) - 1))]
    # The later one of every second pair, so that always guessing the smaller NIK is right half the time.
    return np.where(np.arange(len(chosen)) % 2 == 1, _identical_neighbours(residents, chosen), chosen)


def _identical_neighbours(residents: pl.DataFrame, ambiguous: Ints) -> Ints:
    return residents["klon"].gather(ambiguous).to_numpy().astype(np.int64)


def _listed_members(
    residents: pl.DataFrame, families: pl.DataFrame, excluded: Bools, rates: Rates, rng: np.random.Generator
) -> Ints:
    """Positions of the residents that DTKS lists: the poorer families, some without all their members."""
    count = families.height
    poverty = families["sejahtera"].to_numpy() + rng.normal(scale=0.8, size=count)
    poverty[excluded] = np.inf
    wanted = int(np.isfinite(poverty).sum() * rates.keluarga_dtks)
    poor = np.zeros(count, dtype=np.bool_)
    poor[np.argsort(poverty, kind="stable")[:wanted]] = True
    incomplete = rng.random(count) < rates.anggota_hilang
    family = residents["fid"].to_numpy()
    is_first = np.r_[True, family[1:] != family[:-1]]
    missing = incomplete[family] & ~is_first & (rng.random(len(family)) < _MISSING_MEMBER)
    return np.flatnonzero(poor[family] & ~missing)


def _dtks_columns(at: Ints, residents: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """DTKS columns of the residents at these positions, with their true values."""
    relations = reference.family_relations().unique("kode_shdk", keep="first").select("kode_shdk", "kode_dtks")
    crosswalk = dict(relations.iter_rows())
    couples = residents.filter(pl.col("shdk").is_in([KEPALA, SUAMI, ISTRI])).select("fid", "jk", pasangan="nama")
    couples = couples.unique(["fid", "jk"], keep="first")
    heads = residents.select("fid", nik_kepala="nik").unique("fid", keep="first")
    other_sex = couples.with_columns(jk=pl.col("jk").replace({"L": "P", "P": "L"}))
    listed = residents[at]
    family = listed.select("fid", "jk")
    spouse = family.join(other_sex, on=["fid", "jk"], how="left", maintain_order="left")["pasangan"]
    head = family.join(heads, on="fid", how="left", maintain_order="left")["nik_kepala"]
    address = families.select("alamat", "dusun", "rt", "rw")[listed["fid"].to_numpy()]
    return listed.select(
        "pid",
        "fid",
        *address.get_columns(),
        desa="desa_lama",
        kk=pl.col("kk_keluarga").cast(pl.String),
        nik=pl.col("nik").cast(pl.String),
        nama="nama",
        lahir="lahir",
        jk="jk",
        tempat_lahir="tempat_lahir",
        ibu="nama_ibu",
        ayah="nama_ayah",
        pasangan=pl.when(pl.col("shdk") == ISTRI).then(spouse),
        hub=pl.col("shdk_dtks").cast(pl.Int64).replace_strict(crosswalk, return_dtype=pl.Int64),
        pekerjaan="pekerjaan",
        nik_kepala=head.cast(pl.String),
        nik_alt=pl.col("nik_alt").cast(pl.String),
        kk_lama=pl.col("kk_lama").cast(pl.String),
        kk_sendiri=pl.col("kk_sendiri").cast(pl.String),
        desa_kini="desa",
        status="status",
        terdaftar="terdaftar",
        salinan=pl.lit(0),
        gabung="gabung",
        **{flag: flag for flag in FLAGS},
        klon=pl.col("klon").is_not_null(),
    )


def _mark_truth(draft: Draft, villages: Villages) -> None:
    """Classes that follow from the truth alone."""
    rows = draft.rows
    for flag in (*FLAGS, "klon"):
        draft.mark(_CLASS_NAMES.get(flag, flag.upper()), rows[flag].to_numpy())
    draft.mark("TAK_TERDAFTAR", ~rows["terdaftar"].to_numpy())
    draft.mark("MATI", (rows["status"] == MATI).to_numpy() & rows["terdaftar"].to_numpy())
    draft.mark("DUA_NIK", rows["nik_alt"].is_not_null().to_numpy())
    draft.mark("PENDATAAN_BURUK", draft.badly_surveyed)
    now, then = rows["desa_kini"].to_numpy(), rows["desa"].to_numpy()
    draft.mark("PINDAH", now != then)
    draft.mark("PINDAH_PROVINSI", villages.code("kode_prov", now) != villages.code("kode_prov", then))


def _misstate_kks(draft: Draft, rates: Rates) -> None:
    """Set old, borrowed and blank KK numbers of whole families, and list some parents under their own KK."""
    rows = draft.rows
    family = rows["fid"].rle_id().to_numpy().astype(np.int64)
    count = int(family[-1]) + 1
    old_kk = draft.sample_families(rates.kk_basi) | draft.marked("PINDAH")
    own_kk = rows["gabung"].to_numpy()
    draft.overwrite("KK_BASI", old_kk & ~own_kk, "kk", pl.col("kk_lama"))
    draft.overwrite("KK_GABUNG", own_kk, "kk", pl.col("kk_sendiri"))
    draft.mark("KK_BASI", own_kk)
    first = np.flatnonzero(np.r_[True, family[1:] != family[:-1]])
    desa = rows["desa"].to_numpy()[first]
    borrows = draft.rng.random(count) < rates.kk_ganda
    borrows &= (
        np.r_[False, (desa[1:] == desa[:-1]) & ~borrows[:-1]] & ~old_kk[first] & ~np.r_[False, old_kk[first][:-1]]
    )
    neighbour = draft.rows["kk"].gather(first).shift(1).gather(family)
    draft.overwrite("KK_GANDA", borrows[family] & ~own_kk, "kk", neighbour)
    blank = draft.sample_families(rates.kk_kosong)
    draft.overwrite("KK_KOSONG", blank, "kk", pl.lit(""))
    without_nik = draft.sample_families(rates.nik_kosong_kk) & ~blank
    draft.overwrite("NIK_KOSONG", without_nik, "nik", pl.lit(""))
    draft.mark("NIK_KOSONG_KK", without_nik)


def _append_ambiguous(draft: Draft, residents: pl.DataFrame, families: pl.DataFrame, ambiguous: Ints) -> None:
    """Rows without NIK under an old KK of their own, whose name and birth date two neighbours share."""
    if not len(ambiguous):
        return
    described = _dtks_columns(ambiguous, residents, families)
    blanks = {name: pl.lit(value, described.schema[name]) for name, value in _AMBIGUOUS_VALUES.items()}
    # Of every second one whom Dukcapil does not know, DTKS knows the year of birth only.
    vague = ~pl.col("terdaftar") & ((~pl.col("terdaftar")).cum_sum() % 2 == 0)
    undecidable = described.with_columns(
        kk="kk_sendiri",
        desa="desa_kini",
        lahir=pl.when(vague).then(pl.date(pl.col("lahir").dt.year(), 1, 1)).otherwise("lahir"),
        **blanks,
    )
    added = draft.append(undecidable, inherit=None)
    unknown = added & draft.rows["terdaftar"].not_().to_numpy()
    for kelas in ("AMBIGU", "KK_BASI", "NIK_KOSONG"):
        draft.mark(kelas, added)
    draft.mark("AMB_TAK_TERDAFTAR", unknown)
    draft.mark("TAK_TERDAFTAR", unknown)
    draft.mark("AMB_KLON", added & ~unknown)
    draft.mark("WILAYAH_LAMA", added & draft.rows["kode_lama"].to_numpy())


def _append_second_listings(draft: Draft, villages: Villages, rates: Rates) -> None:
    """Second listings of some persons, at home or in another kabupaten; damaged on their own later."""
    decidable = ~draft.marked("AMBIGU")
    source = np.flatnonzero(draft.sample_rows(rates.orang_dobel, decidable, steady=True))
    rng = draft.rng
    desa = draft.rows["desa"].to_numpy()[source]
    other_village = villages.anywhere(len(source), rng)
    kab = villages.table["kode_kab"].rank("dense").to_numpy()
    in_other_kabupaten = (rng.random(len(source)) < rates.dobel_lintas_kab) & (kab[other_village] != kab[desa])
    with_old_kk = in_other_kabupaten | (rng.random(len(source)) < _STALE_DOUBLE)
    copies = draft.rows[source].with_columns(
        salinan=pl.lit(1),
        desa=pl.Series(np.where(in_other_kabupaten, other_village, desa)),
        kk=pl.when(pl.Series(with_old_kk)).then(pl.col("kk_sendiri")).otherwise(pl.col("kk")),
    )
    added = draft.append(copies, inherit=source)
    draft.mark("ORANG_DOBEL", added)
    for kelas, chosen in (("DOBEL_LINTAS_KAB", in_other_kabupaten), ("KK_BASI", with_old_kk)):
        mask = added.copy()
        mask[added] = chosen
        draft.mark(kelas, mask)
    # Whoever stands under an old KK of their own no longer shares the trouble of the first listing's household.
    own = added.copy()
    own[added] = with_old_kk
    for kelas in ("KK_GANDA", "KK_KOSONG", "KK_GABUNG"):
        draft.marks[kelas] = draft.marked(kelas) & ~own
