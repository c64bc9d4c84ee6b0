"""Parses places in titles that apply to all rows below: DESA CIKANDE KECAMATAN CIKANDE, KABUPATEN : SERANG.

Only certain places of the list count: known names (KEL. PENERIMA are families), not the place of the signatory or
payer, and none if a line names several. Does not belong here: resolving names to codes (`pipeline.normalise.regions`),
and which lines stand above a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import polars as pl

from pipeline import reference
from pipeline.normalise.values.codes import program_pattern

_LEVEL_WORDS = {
    "provinsi": "PROVINSI|PROPINSI|PROV",
    "kabupaten": r"KABUPATEN ?/ ?KOTA|KAB\.? ?/ ?KOTA|KABUPATEN|KAB|KOTA",
    "kecamatan": "KECAMATAN|KEC|DISTRIK",
    "desa": "DESA ?/ ?KELURAHAN|KELURAHAN ?/ ?DESA|DESA ?/ ?KEL|KELURAHAN|DESA|KEL|DS|NAGARI|GAMPONG",
}
_LEVELS = list(_LEVEL_WORDS)
_ANY_LEVEL = "|".join(_LEVEL_WORDS.values())
_BEHIND = (
    rf"(?=\s*[,;|-]*\s*(?:$|\b(?:{_ANY_LEVEL})\b|\b(?:TAHAP|THP|TRIWULAN|TW|BULAN|PERIODE|PER)\b"
    r"|\b(?:(?:TAHUN|THN|TH|TA)\b[ .]*(?:ANGGARAN )?)?20\d\d\b))"
)
# A kecamatan or desa may be called KOTA SOE.
_PLACE = re.compile(
    rf"\b(?P<level>{_ANY_LEVEL})\b[ .:]*"
    rf"(?P<name>(?:KOTA )?(?!(?:{_ANY_LEVEL})\b)[A-Z][A-Z'’`.]*(?:[ -][A-Z'’`.]+)*?){_BEHIND}"
)
_KINDS = {"KABUPATEN": "KABUPATEN", "KAB": "KABUPATEN", "KOTA": "KOTA"}
# Words of a line about something else: who signed or pays, a letter or decree, somebody's address, a count per place.
_OTHER_SUBJECT = re.compile(
    r"\b(?:KANTOR|KCU|KC|KCP|KPRK|KPC|CABANG|BANK|KEPALA|KADES|CAMAT|LURAH|BUPATI|WALI ?KOTA|GUBERNUR|SEKRETARIS|TKSK"
    r"|PENDAMPING|OPERATOR|PETUGAS|KETUA|KOORDINATOR|MENGETAHUI|KEPUTUSAN|PERATURAN|SURAT|NOMOR|ALAMAT|JL|JALAN|DUSUN"
    rf"|SELAIN|KECUALI|TERMASUK|(?:PER|TIAP|SETIAP|SELURUH|ANTAR|LUAR|ASAL|DARI|KE) +(?:{_ANY_LEVEL}))\b"
)
_CONJUNCTION = re.compile(r"\b(?:DAN|ATAU|SERTA|S D|SAMPAI)\b|&")
# PROGRAM KEL. HARAPAN, KARTU KEL. SEJAHTERA: families, though villages bear these names.
_NO_PLACES = rf"\bDANA DESA\b|(?!^)\bKEL\b[ .]*(?:(?:PRA ?)?SEJAHTERA|HARAPAN|MANDIRI|BARU|SASARAN){_BEHIND}"


def parse_places(title: str | None) -> dict[str, str]:
    """Level → name of the place in the lines of a title; a level with several different names is left out."""
    names_by_level: dict[str, set[str]] = {}
    for line in (title or "").split(" / "):
        for level, name in _parse_line(line)[0]:
            names_by_level.setdefault(level, set()).add(name)
    return {level: names.pop() for level, names in names_by_level.items() if len(names) == 1}


def parse_places_alone(line: str) -> dict[str, str]:
    """Like `parse_places`, for a line that holds places and nothing else; else empty."""
    places, rest = _parse_line(line)
    return {} if re.search(r"\w", rest) or len(dict(places)) < len(places) else dict(places)


def inherit_places(current: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """The places in force below a line that names some: a new kecamatan ends the desa in force."""
    other = [_LEVELS.index(level) for level in new if new[level] != current.get(level)]
    kept = _LEVELS[: min(other, default=len(_LEVELS)) + 1]
    return {level: name for level, name in current.items() if level in kept} | dict(new)


def _parse_line(line: str) -> tuple[list[tuple[str, str]], str]:
    """Levels and names in a line, and the rest of its text."""
    text = re.sub(rf"\b{program_pattern()}\b|{_NO_PLACES}", "|", " ".join(line.upper().split()))
    # DINAS KEPENDUDUKAN DAN PENCATATAN SIPIL KABUPATEN SERANG
    first = re.search(rf"\b(?:{_ANY_LEVEL})\b", text)
    if _OTHER_SUBJECT.search(text) or (first and _CONJUNCTION.search(text, first.end())):
        return [], text
    places = [_level_and_name(found["level"], found["name"].strip(" .-")) for found in _PLACE.finditer(text)]
    return [place for place in places if _fold(place[1]) in _known_names()[place[0]]], _PLACE.sub("", text)


def _level_and_name(word: str, name: str) -> tuple[str, str]:
    level = next(level for level, words in _LEVEL_WORDS.items() if re.fullmatch(words, word))
    return level, f"{_KINDS[word]} {name}" if word in _KINDS else name


@cache
def _known_names() -> dict[str, frozenset[str]]:
    """Level → present and former names, folded; those of kabupaten with and without their kind."""
    named = reference.regions().select(pl.col("tingkat").str.to_lowercase(), "nama")
    names = {level: set(map(_fold, of_level["nama"])) for (level,), of_level in named.group_by("tingkat")}
    bare = {re.sub("^(?:KABUPATEN|KOTA)", "", name) for name in names["kabupaten"]}
    return {level: frozenset(of_level) for level, of_level in names.items()} | {
        "kabupaten": frozenset(names["kabupaten"] | bare)
    }


def _fold(name: str) -> str:
    return re.sub("[^A-Z]", "", name.upper())
