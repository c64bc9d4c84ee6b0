"""Who is paid: the resident and the DTKS person behind the payee of every order.

A payee is written down with NIK, name, KK and place; any of them may be damaged. The NIK decides where name or KK do
not speak against it; everybody else goes through the matching engine, beside enough undoubted payees for it to learn
from. Belongs here: finding payees. Does not: what is odd about paying them (`conduct`).
"""

from __future__ import annotations

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from pipeline.matching.link import link_persons
from pipeline.matching.names.likeness import name_level
from pipeline.normalise.identifiers import usable_number, written_number
from pipeline.normalise.names import comparable_name
from schemas.link import DECIDED
from schemas.staged import DtksStaged
from schemas.table import polars_schema

_WRITTEN = (
    "nik", "nik_tulis", "nama", "nama_banding", "no_kk", "alamat", "kode_prov", "kode_kab", "kode_kec", "kode_desa",
)  # fmt: skip
# What DTKS rows are found by.
_RECIPIENT = ("id_dtks", "ganda_dari", "nik", "no_kk", "nama", "kode_desa", "kode_kec")
# Undoubted payees beside the doubtful ones, for the engine to learn what is usual in these files.
_EXAMPLES = 5_000
_SEED = 20221231
# Reasons of a link that the number itself does not give.
_HOME = ["KK_SAMA", "KK_MIRIP", "ALAMAT_SAMA", "RT_RW_SAMA"]
_NAME = [
    "NAMA_SAMA", "NAMA_SUSUNAN", "NAMA_MIRIP", "NAMA_SINGKAT", "NAMA_PANGGILAN", "NAMA_SUAMI", "NAMA_SEBAGIAN",
]  # fmt: skip
# A number that lost most of its digits may be anybody's.
_FEWEST_DIGITS = 8
_MOST_SLIPS = 2
# Where in a NIK day, month and year of birth stand, and how many digits they have.
_BIRTH = (6, 6)
# Letters in which two spellings of a name must begin alike, within one village.
_BEGINNING = 2
# The row is that of another resident than the payee.
_ANOTHERS = (pl.col("penduduk") != pl.col("warga")).fill_null(value=False)


def with_payees(
    orders: pl.DataFrame, people: pl.LazyFrame, links: pl.LazyFrame, registry: pl.LazyFrame
) -> pl.DataFrame:
    """Orders with the resident and the DTKS person each pays.

    Args:
        orders: current orders (`orders.current_orders`).
        people: `cleansed.anggota`.
        links: `link.anggota_dukcapil`.
        registry: accepted residents (`DukcapilStaged`); of all three what is looked at is read when it is.

    Returns:
        The orders with nik_dukcapil (null: nobody found), status_penduduk, tanggal_status and pekerjaan of the
        resident; nik_penerima and no_kk_dukcapil: his, else of the resident whom the DTKS row of the payee leads to, so
        that all orders of one row are one person's; id_dtks, id_orang and id_keluarga (null: not in DTKS);
        nik_orang_lain: the NIK as written is another resident's; and register_ada: the register of the order's
        kabupaten was delivered.
    """
    numbered = orders.with_row_index("urutan")
    owners, delivered = _owners(numbered, registry), _delivered(registry)
    found = numbered.join(
        _residents(numbered, owners, registry, delivered), on="urutan", how="left", maintain_order="left"
    )
    # A retired NIK is nobody else's.
    others = owners.filter(pl.col("dari_nik") & (pl.col("status_penduduk") != "TIDAK_VALID"))
    found = found.join(
        others.select("urutan", pemilik="nik_dukcapil"), on="urutan", how="left", maintain_order="left"
    ).with_columns(
        nik_orang_lain=pl.col("pemilik").is_not_null() & pl.col("pemilik").ne_missing(pl.col("nik_dukcapil"))
    )
    decided = links.filter(pl.col("keputusan").is_in(DECIDED)).select("id_dtks", "nik_dukcapil").collect()
    # A retired NIK and the living one are one person's, so that it tells nobody apart.
    retired = registry.filter(status_penduduk="TIDAK_VALID").select("nik").collect().to_series()
    told = ~pl.col("nik_dukcapil").is_in(retired.implode())
    found = found.with_columns(warga=pl.when(told).then("nik_dukcapil"))
    found = _with_dtks(found, people, decided, decided.filter(told))
    linked = decided.unique("id_dtks", keep="first", maintain_order=True).select("id_dtks", nik_dtks="nik_dukcapil")
    # The resident of the DTKS row, unless a sound NIK says that the payee is nobody in the registry.
    found = found.join(linked, on="id_dtks", how="left", maintain_order="left").with_columns(
        nik_dukcapil=pl.coalesce("nik_dukcapil", pl.when(pl.col("nik").is_null()).then("nik_dtks")),
        nik_penerima=pl.coalesce("nik_dukcapil", "nik_dtks"),
    )
    facts = registry.select("status_penduduk", "tanggal_status", "pekerjaan", nik_dukcapil="nik")
    families = _of(found["nik_penerima"], registry.select(nik_dukcapil="nik", no_kk_dukcapil="no_kk"))
    named = found["id_dtks"].unique().to_frame().lazy()
    surviving = people.select("id_dtks", "id_orang", "id_keluarga").join(named, on="id_dtks", how="semi").collect()
    return (
        found.join(_of(found["nik_dukcapil"], facts), on="nik_dukcapil", how="left", maintain_order="left")
        .join(families, left_on="nik_penerima", right_on="nik_dukcapil", how="left", maintain_order="left")
        .join(surviving, on="id_dtks", how="left", maintain_order="left")
        .with_columns(register_ada=pl.col("kode_kab").is_in(delivered.implode()).fill_null(value=False))
        .drop("urutan", "pemilik", "warga", "nik_dtks")
    )


def _of(numbers: pl.Series, residents: pl.LazyFrame) -> pl.DataFrame:
    """Those of the residents who bear one of the numbers (`nik_dukcapil`)."""
    wanted = numbers.alias("nik_dukcapil").unique().to_frame().lazy()
    return residents.join(wanted, on="nik_dukcapil", how="semi").collect()


def _delivered(registry: pl.LazyFrame) -> pl.Series:
    """The kabupaten whose residents were delivered; elsewhere nobody could be found."""
    return registry.select("kode_kab").unique().collect().to_series().drop_nulls()


def _residents(
    numbered: pl.DataFrame, owners: pl.DataFrame, registry: pl.LazyFrame, delivered: pl.Series
) -> pl.DataFrame:
    """Orders whose payee is a known resident: urutan, nik_dukcapil."""
    settled = owners.filter("cocok").unique("urutan", keep="first", maintain_order=True)
    doubtful = numbered.join(settled, on="urutan", how="anti", maintain_order="left")
    examples = numbered.join(settled, on="urutan", how="semi", maintain_order="left")
    # Where the engine knows no better, a NIK is believed that only the name, or only the KK, speaks against.
    believed = owners.filter("mungkin").unique("urutan", keep="first", maintain_order=True)
    # A kabupaten whose register was not delivered holds nobody who could be found.
    sought = doubtful.filter(pl.col("kode_kab").is_in(delivered.implode()).fill_null(value=True))
    matched = _matched(sought, examples, registry)
    # A NIK that name and KK both speak against needs more for it than itself and the village. A sound NIK that nobody
    # bears may be that of somebody unregistered: that another's is nearly the same needs the family or the house.
    doubted = owners.filter(~pl.col("mungkin")).select("urutan", "nik_dukcapil", ragu=True)
    sound = numbered.filter(pl.col("nik").is_not_null()).join(owners.filter("dari_nik"), on="urutan", how="anti")
    sound = sound.select("urutan", utuh=True)
    matched = (
        matched.join(doubted, on=["urutan", "nik_dukcapil"], how="left", maintain_order="left")
        .join(sound, on="urutan", how="left", maintain_order="left")
        .filter(
            (pl.col("ragu").is_null() | _tells(_HOME + _NAME)) & (pl.col("utuh").is_null() | _tells(_HOME)),
        )
    )
    ways = (settled, matched, believed)
    found = pl.concat(way.select("urutan", "nik_dukcapil") for way in ways)
    return found.unique("urutan", keep="first", maintain_order=True)


def _tells(reasons: list[str]) -> pl.Expr:
    return pl.col("alasan").list.set_intersection(reasons).list.len() > 0


def _owners(numbered: pl.DataFrame, registry: pl.LazyFrame) -> pl.DataFrame:
    """Residents whose NIK an order bears, as its NIK or inside its number; the order's own NIK first.

    Adds dari_nik, cocok (the name agrees too, or, without a name, the KK) and mungkin (not both speak against it).
    """
    inside = pl.col("no_danom").str.extract(r"(?:^|\D)(\d{16})(?:\D|$)")
    told = pl.concat(
        [
            numbered.select("urutan", "nama", "nama_banding", "no_kk", nik_dukcapil="nik", dari_nik=pl.lit(value=True)),
            numbered.with_columns(tulis=inside)
            .select("urutan", "nama", "nama_banding", "no_kk", "nik", nik_dukcapil=usable_number("tulis"))
            .filter(pl.col("nik_dukcapil").ne_missing(pl.col("nik")))
            .drop("nik")
            .with_columns(dari_nik=pl.lit(value=False)),
        ]
    ).drop_nulls("nik_dukcapil")
    residents = registry.select(
        "status_penduduk", nik_dukcapil="nik", nama_r="nama", banding_r="nama_banding", no_kk_r="no_kk"
    )
    known = told.join(_of(told["nik_dukcapil"], residents), on="nik_dukcapil", maintain_order="left")
    equal = (pl.col("nama_banding") == pl.col("banding_r")).fill_null(value=False)
    unequal = known.filter(~equal)
    different = unequal.select(
        "urutan", "nik_dukcapil", beda=name_level(unequal["nama"], unequal["nama_r"]).cast(pl.String) == "DIFFERENT"
    )
    compared = known.join(different, on=["urutan", "nik_dukcapil"], how="left", maintain_order="left")
    differs = pl.when(equal).then(pl.lit(value=False)).otherwise("beda")
    same_kk = pl.col("no_kk") == pl.col("no_kk_r")
    agrees = (~differs).fill_null(pl.col("nama").is_null() & same_kk.fill_null(value=False))
    return compared.select(
        "urutan",
        "nik_dukcapil",
        "dari_nik",
        "status_penduduk",
        cocok=agrees & (pl.col("status_penduduk") != "TIDAK_VALID"),
        mungkin=~(differs & ~same_kk).fill_null(value=False),
    ).sort("urutan", "dari_nik", descending=[False, True])


def _matched(sought: pl.DataFrame, examples: pl.DataFrame, registry: pl.LazyFrame) -> pl.DataFrame:
    """Whom the matching engine finds without a human: urutan, nik_dukcapil, alasan."""
    nobody = pl.DataFrame(
        schema={"urutan": pl.get_index_type(), "nik_dukcapil": pl.String, "alasan": pl.List(pl.String)}
    )
    if sought.is_empty() or registry.head(1).collect().is_empty():
        return nobody
    payees = sought.select(_WRITTEN).unique().sort(_WRITTEN)
    known = examples.select(_WRITTEN).unique()
    known = known.sort(pl.struct(_WRITTEN).hash(_SEED), *_WRITTEN).head(_EXAMPLES + payees.height)
    people = pl.concat([payees, known]).with_columns(
        id_dtks=pl.int_range(pl.len()).cast(pl.String).str.zfill(12),
        no_kk_tulis="no_kk",
        id_keluarga=pl.lit(None, pl.String),
    )
    columns = polars_schema(DtksStaged)
    blank = [pl.lit(None, dtype).alias(name) for name, dtype in columns.items() if name not in people.columns]
    linked = link_persons(people.with_columns(blank), registry)
    if not linked.plausible:
        # Payees and residents have hardly anybody in common: nothing can be said of the doubtful ones.
        return nobody
    # Orders bear no birth date, so that the engine would ask a human about many payees without a NIK of their own; the
    # same name in the same family is enough to know whom the money went to.
    same_family = _tells(["NAMA_SAMA", "NAMA_SUSUNAN"]) & _tells(["KK_SAMA"]) & (pl.col("keputusan") == "TINJAU")
    certain = (pl.col("keputusan") == "OTOMATIS") | same_family
    sure = pl.concat(links.filter(certain) for links in linked.links())
    found = sure.unique("id_dtks", keep="none").select("id_dtks", "nik_dukcapil", "alasan")
    numbers = payees.with_columns(id_dtks=pl.int_range(pl.len()).cast(pl.String).str.zfill(12))
    by_payee = numbers.join(found, on="id_dtks").select(*_WRITTEN, "nik_dukcapil", "alasan")
    return (
        sought.select("urutan", *_WRITTEN)
        .join(by_payee, on=list(_WRITTEN), nulls_equal=True, maintain_order="left")
        .select("urutan", "nik_dukcapil", "alasan")
    )


def _with_dtks(
    numbered: pl.DataFrame, people: pl.LazyFrame, decided: pl.DataFrame, living: pl.DataFrame
) -> pl.DataFrame:
    """Orders with id_dtks of the DTKS row that survives for the payee; null outside DTKS.

    In this order: the NIK of the resident linked to a row, the NIK a row states, the number as a row has it written,
    the KK and the name, the village and the name with a number nearly equal. A row that is known to be another
    resident's (`living`: those of the links that tell residents apart) is not the payee's, whatever it states.
    """
    residents = living.unique("id_dtks", keep="first", maintain_order=True).select("id_dtks", penduduk="nik_dukcapil")
    rows = people.select(
        *_RECIPIENT, nomor=written_number(pl.col("nik_asal")), kk_tulis=written_number(pl.col("no_kk_asal"))
    ).collect()
    # A NIK that is somebody else's leads to somebody else.
    own = pl.when(~pl.col("nik_orang_lain")).then(pl.coalesce("nik", "nik_tulis"))
    found = numbered.select("warga", nomor_1="nik_dukcapil", nomor_2=own)
    by_number = _rows_by_number(rows, decided, residents, pl.concat([found["nomor_1"], found["nomor_2"]]))
    for name in ("nomor_1", "nomor_2"):
        ids = by_number.rename({"nomor": name, "id_dtks": f"id_{name}"})
        found = found.join(ids, on=name, how="left", maintain_order="left")
        found = found.with_columns(pl.when(~_ANOTHERS).then(f"id_{name}").alias(f"id_{name}")).drop("penduduk")
    by_id = numbered.with_columns(id_dtks=found.select(pl.coalesce("id_nomor_1", "id_nomor_2")).to_series())
    described = _rows_by_description(by_id.filter(pl.col("id_dtks").is_null()), rows, residents)
    joined = by_id.join(described, on="urutan", how="left", maintain_order="left")
    return joined.with_columns(id_dtks=pl.coalesce("id_dtks", "id_uraian")).drop("id_uraian")


def _rows_by_number(
    rows: pl.DataFrame, decided: pl.DataFrame, residents: pl.DataFrame, wanted: pl.Series
) -> pl.DataFrame:
    """Every wanted number that leads to a DTKS row: nomor (unique), id_dtks (of the surviving row), its penduduk."""
    by_registry = decided.select("id_dtks", nomor="nik_dukcapil").with_columns(urutan=pl.lit(0))
    stated = rows.select("id_dtks", nomor="nik").with_columns(urutan=pl.lit(1))
    # After a correction the payer still uses the NIK that DTKS used to have, however damaged.
    long_enough = pl.col("nomor").str.count_matches(r"\d") >= _FEWEST_DIGITS
    written = rows.select("id_dtks", "nomor").filter(long_enough).with_columns(urutan=pl.lit(2))
    # Two people may share damaged digits.
    written = written.filter(~pl.col("nomor").is_duplicated() | (pl.col("nomor").str.len_chars() == 16))  # noqa: PLR2004
    surviving = rows.select("id_dtks", utama=pl.coalesce("ganda_dari", "id_dtks"))
    # Who once stated a number and is known to bear another gives way to whoever states it and is not known.
    of_another = (pl.col("penduduk") != pl.col("nomor")).fill_null(value=False)
    return (
        pl.concat([by_registry, stated, written])
        .join(wanted.unique().to_frame("nomor"), on="nomor", how="semi")
        .join(surviving, on="id_dtks")
        .join(residents, left_on="utama", right_on="id_dtks", how="left")
        .sort("nomor", of_another, "urutan", "utama", "id_dtks")
        .unique("nomor", keep="first", maintain_order=True)
        .select("nomor", "penduduk", id_dtks="utama")
    )


def _rows_by_description(left: pl.DataFrame, rows: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """Payees whose KK and name, or place, name and nearly a number, lead to one row: urutan, id_uraian.

    A name of several words is enough in its village where the row has no number that could speak against it. Of one
    family, SITI and SITI AMINAH are sisters where each bears a sound number, and the two tell two births.
    """
    named = rows.select(
        "nama",
        "nomor",
        "nik",
        id_uraian=pl.coalesce("ganda_dari", "id_dtks"),
        kk=pl.coalesce("no_kk", "kk_tulis"),
        tempat=pl.coalesce("kode_desa", "kode_kec"),
        awal=comparable_name(pl.col("nama")).str.head(_BEGINNING),
    ).join(residents.rename({"id_dtks": "id_uraian"}), on="id_uraian", how="left")
    sought = left.select(
        "urutan",
        "warga",
        "nik_tulis",
        nik_bayar="nik",
        nama_bayar="nama",
        kk_bayar="no_kk",
        tempat=pl.coalesce("kode_desa", "kode_kec"),
        awal=pl.col("nama_banding").str.head(_BEGINNING),
    )
    same_kk = sought.join(named.drop("tempat", "awal"), left_on="kk_bayar", right_on="kk", coalesce=False)
    same_kk = same_kk.filter(~_ANOTHERS)
    near = sought.join(named, on=["tempat", "awal"]).filter(~_ANOTHERS)
    close = _slips(near["nik_tulis"], near["nomor"]) | _slips(near["kk_bayar"], near["kk"])
    nameable = pl.col("nama_bayar").str.contains(" ") & pl.col("nik").is_null() & (pl.col("tempat").str.len_chars() > 6)  # noqa: PLR2004
    columns = ["urutan", "id_uraian", "nama", "nama_bayar", "nik_tulis", "nomor", "nik_bayar", "nik", "cukup"]
    pairs = pl.concat(
        [
            same_kk.with_columns(cukup=pl.lit(value=True)).select(columns),
            near.with_columns(cukup=close).filter(pl.col("cukup") | nameable).select(columns),
        ]
    )
    level = name_level(pairs["nama_bayar"], pairs["nama"]).cast(pl.String)
    strong = pl.col("tingkat") == "STRONG"
    one_birth = pl.col("nik_bayar").str.slice(*_BIRTH) == pl.col("nik").str.slice(*_BIRTH)
    alike = (
        pairs.with_columns(tingkat=level, dekat=_slips(pairs["nik_tulis"], pairs["nomor"]))
        .filter((pl.col("tingkat") != "DIFFERENT") & (pl.col("cukup") | strong))
        .sort("cukup", strong, descending=True)
        .unique(["urutan", "id_uraian"], keep="first", maintain_order=True)
    )
    for better in (pl.col("cukup"), strong):
        alike = alike.filter(better | ~better.any().over("urutan"))
    one = strong | pl.col("dekat") | one_birth.fill_null(value=True)
    return alike.filter((pl.len().over("urutan") == 1) & one).select("urutan", "id_uraian").sort("urutan")


def _slips(one: pl.Series, other: pl.Series) -> pl.Series:
    """Whether two numbers of each pair are at most a few typing slips apart; false where one is missing."""
    numbers = pl.DataFrame({"one": one, "other": other})
    known = numbers.drop_nulls()
    slips = cpdist(known["one"].to_list(), known["other"].to_list(), scorer=OSA.distance)
    near = known.with_columns(near=pl.Series(slips) <= _MOST_SLIPS).unique()
    return numbers.join(near, on=["one", "other"], how="left", maintain_order="left")["near"].fill_null(value=False)
