"""The real command: exit codes, silence about persons, the run history, and what a killed or refused run leaves."""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest

from pipeline.command.exchange import review_export
from pipeline.warehouse.locks import RUNNING
from tests.conftest import PADAN, environment, padan
from tests.unit.extracts.making import read_file

pytestmark = pytest.mark.slow


def _copy(finished: Path, target: Path) -> Path:
    """A data directory of one's own with the same raw files and what the run left (links stay links)."""
    shutil.copytree(finished, target, symlinks=True, ignore=shutil.ignore_patterns("truth"))
    return target


def _people(folder: Path) -> int:
    with duckdb.connect(str(folder / "warehouse" / "padan.duckdb"), read_only=True) as connection:
        return connection.sql("SELECT COUNT(*) FROM cleansed.anggota").fetchall()[0][0]


Outcome = tuple[Path, "subprocess.CompletedProcess[str]"]


def _run(folder: Path) -> Outcome:
    return folder, padan("run", "--data-dir", folder, "--periode", "2022-12")


def _kill_after(folder: Path, steps: int) -> None:
    """Kill a run as soon as it tells that so many of its steps have ended."""
    arguments = [str(PADAN), "run", "--data-dir", str(folder), "--periode", "2022-12"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment()) as run:
        assert run.stdout is not None
        assert any(line.startswith(f"[{steps}/") for line in run.stdout)
        run.kill()


def _unreadable(_finished: Path, folder: Path) -> Outcome:
    for name, content in {"a.csv": b"\x00\x01\x02", "b.xlsx": b"PK\x03\x04rusak", "c.txt": b""}.items():
        (folder / "raw" / "dtks").mkdir(parents=True, exist_ok=True)
        (folder / "raw" / "dtks" / name).write_bytes(content)
    return _run(folder)


def _killed(finished: Path, folder: Path) -> Outcome:
    """Runs over changed files, killed as they read and as they count before the last may end; it is withheld."""
    _copy(finished, folder)
    victims = (
        sorted((folder / "raw" / "dtks").rglob("*.*sv"))[:1] + sorted((folder / "raw" / "dtks").rglob("*.txt"))[:1]
    )
    for victim in victims:
        lines = victim.read_bytes().split(b"\n")
        victim.write_bytes(b"\n".join([lines[0], *(b"potongan;baris" for _ in range(20 * len(lines)))]))
    for steps in (3, 26):
        _kill_after(folder, steps)
        assert _people(folder) == _people(finished)
        assert (folder / "reports" / "index.html").stat().st_size > 0
    (folder / "home" / "store" / "dtks.bangun").write_text("sisa")
    return _run(folder)


def _locked(finished: Path, folder: Path) -> Outcome:
    _copy(finished, folder)
    with (folder / "home" / RUNNING).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _run(folder)


def _unchanged(finished: Path, folder: Path) -> Outcome:
    shutil.copytree(finished / "raw", folder / "raw")
    return _run(folder)


def _shuffled(finished: Path, folder: Path) -> Outcome:
    shutil.copytree(finished / "raw", folder / "raw")
    shuffled = 0
    for file in sorted((folder / "raw").rglob("*")):
        if file.suffix in {".csv", ".txt", ".psv"}:
            head, *rows = file.read_bytes().rstrip(b"\n").split(b"\n")
            # A fixed permutation; every row moves.
            rows = [rows[(7919 * place + 13) % len(rows)] for place in range(len(rows))] if len(rows) % 7919 else rows
            file.write_bytes(b"\n".join([head, *rows]) + b"\n")
            shuffled += 1
    assert shuffled > 10
    return _run(folder)


_SCENES: tuple[Callable[[Path, Path], Outcome], ...] = (
    _unreadable, _killed, _locked, _unchanged, _shuffled
)  # fmt: skip


@pytest.fixture(scope="module")
def scenes(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Outcome]]]:
    """Runs of folders of their own, two at a time: one run leaves the second core idle."""
    home = tmp_path_factory.mktemp("scenes")
    with ThreadPoolExecutor(2) as pool:
        yield {scene.__name__: pool.submit(scene, finished, home / scene.__name__) for scene in _SCENES}


def test_nothing_that_identifies_a_person_is_printed_or_logged(finished: Path):
    printed = (finished / "keluaran.txt").read_text(encoding="utf-8")
    assert not re.search(r"\d{16}", printed)
    people = pl.read_parquet(finished / "marts" / "cleansed" / "anggota" / "*.parquet")
    names = {name for name in people["nama"] if " " in name}
    assert not [name for name in names if name in printed.upper()]
    identifiers = {*people["nik"].drop_nulls(), *people["no_kk"].drop_nulls()}
    for part in ("history", "storage", "schedules", "logs"):
        for file in (finished / "home" / part).rglob("*"):
            if file.is_file():
                digits = set(re.findall(rb"\d{16}", file.read_bytes()))
                assert not {each.decode() for each in digits} & identifiers, file


def test_the_run_is_in_the_history_of_the_ui(finished: Path):
    with dg.DagsterInstance.from_config(str(finished / "home")) as instance:
        runs = instance.get_runs()
        assert [(run.job_name, run.status, run.tags["dagster/partition"]) for run in runs] == [
            ("padan", dg.DagsterRunStatus.SUCCESS, "2022-12")
        ]
        assert runs[0].tags["padan/hasil"] == "TERBIT"
        assert not instance.telemetry_enabled


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "--data-dir", "{tmp}"], "Tidak ada berkas"),
        (["jelaskan"], "ID_DTKS wajib disebut. Lihat caranya: padan jelaskan --help"),
    ],
)
def test_unusable_arguments_exit_2_with_a_sentence(tmp_path: Path, arguments: list[str], says: str):
    result = padan(*(argument.format(tmp=tmp_path) for argument in arguments))
    assert result.returncode == 2
    assert says in result.stderr
    assert "Traceback" not in result.stderr


_CLOSED = ("store", "rilis", "history", "logs", "schedules", "storage")


def test_whole_identifiers_are_for_owner_and_group_and_the_rest_for_all(finished: Path):
    open_to_all = {name: (finished / name).stat().st_mode & 0o007 for name in ("warehouse", "marts", "reports")}
    assert (open_to_all["warehouse"], open_to_all["marts"]) == (0, 0)
    assert open_to_all["reports"] == (finished / "release" / "sepakat").stat().st_mode & 0o007 != 0
    assert not [name for name in _CLOSED if (finished / "home" / name).stat().st_mode & 0o007]


def test_nothing_readable_exits_2(scenes: dict[str, Future[Outcome]]):
    folder, result = scenes["_unreadable"].result()
    assert result.returncode == 2, result.stdout + result.stderr
    assert "dapat dibaca" in result.stderr
    assert not (folder / "warehouse").exists()


def test_killed_or_withheld_the_previous_publication_stays(finished: Path, scenes: dict[str, Future[Outcome]]):
    folder, result = scenes["_killed"].result()
    assert result.returncode == 3, result.stdout + result.stderr
    assert "DITAHAN" in result.stderr
    with dg.DagsterInstance.from_config(str(folder / "home")) as instance:
        assert instance.get_runs(limit=1)[0].tags["padan/hasil"] == "DITAHAN oleh gerbang mutu"
    assert "langkah tidak dikerjakan ulang" in result.stdout
    assert _people(folder) == _people(finished)
    assert not (folder / "home" / "store" / "dtks.bangun").exists()
    assert not [file for data in (folder, finished) for file in (data / "home" / "store").rglob("*.berjalan")]
    latest = Path("release") / "sepakat" / "latest.json"
    assert (folder / latest).read_bytes() == (finished / latest).read_bytes()


def test_what_waits_for_an_officer_goes_out_to_whoever_asked_alone(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    review_export(tmp_path / "tinjau.xlsx", finished)
    assert re.match(
        r"Periode 2022-12, folder .*\n[1-9]\d* pasangan dari [1-9]\d* baris DTKS ditulis ke ", capsys.readouterr().out
    )
    assert not (tmp_path / "tinjau.xlsx").stat().st_mode & 0o077


def test_what_was_withheld_can_be_corrected_too(scenes: dict[str, Future[Outcome]], tmp_path: Path):
    folder, _ = scenes["_killed"].result()
    assert "DITAHAN oleh gerbang mutu" in padan("jelaskan", "999", "--data-dir", folder).stderr
    hidden = padan("perbaikan", "--data-dir", folder, "--out", tmp_path / "samar")
    assert hidden.returncode == 0, hidden.stderr
    assert not (tmp_path / "samar" / "isian").exists()
    result = padan("perbaikan", "--data-dir", folder, "--out", tmp_path / "utuh", "--lengkap")
    assert result.returncode == 0, result.stderr
    forms = sorted((tmp_path / "utuh" / "isian").rglob("*.xlsx"))
    assert {form.parent.name for form in forms} == {"dtks", "dukcapil", "pos"}
    # Whole identifiers are for whoever asked for them.
    assert not any(book.stat().st_mode & 0o077 for book in (tmp_path / "utuh").rglob("*.xlsx"))
    # A form is an extract again, and tells the place of every row.
    for form in forms:
        rows = read_file(form.read_bytes(), f"{form.parent.name}/{form.name}", form.parent.name)
        # Lines that were cut off are rows to be filled in.
        assert rows.height > 0
        assert set(rows["rusak"].drop_nulls()) <= {"ISIAN_KOSONG"}
        rows = rows.filter(pl.col("rusak").is_null())
        assert rows["asal_baris"].null_count() == 0
    # What an earlier run left there is neither mixed with the new forms nor written over.
    before = {form: form.read_bytes() for form in forms}
    again = padan("perbaikan", "--data-dir", folder, "--out", tmp_path / "utuh")
    assert (again.returncode, "sudah berisi" in again.stderr) == (2, True)
    assert {form: form.read_bytes() for form in sorted((tmp_path / "utuh" / "isian").rglob("*.xlsx"))} == before
    none = padan("perbaikan", "--data-dir", tmp_path, "--out", tmp_path / "lagi")
    assert (none.returncode, "Belum ada proses yang selesai" in none.stderr) == (2, True)


def test_a_second_run_at_once_exits_1_and_leaves_no_trace(finished: Path, scenes: dict[str, Future[Outcome]]):
    folder, result = scenes["_locked"].result()
    assert result.returncode == 1
    assert "Proses padan lain" in result.stderr
    assert "Traceback" not in result.stderr
    current = Path("home") / "published" / "current"
    assert (folder / current).readlink() == (finished / current).readlink()
    runs = [{file.name for file in (data / "home/history/runs").glob("*.db")} for data in (folder, finished)]
    assert runs[0] == runs[1]


def test_a_month_published_by_mistake_is_taken_back(finished: Path, tmp_path: Path):
    """The month before it is the newest again, as its run left it; the history tells."""
    folder = _copy(finished, tmp_path / "data")
    (folder / "raw" / "dtks" / "periode=2022-12").rename(folder / "raw" / "dtks" / "periode=2022-11")
    for place in (folder / "marts", folder / "home" / "store"):
        for part in sorted(place.rglob("2022-12.parquet")):
            shutil.copyfile(part, part.with_name("2022-11.parquet"))
            rows = pl.read_parquet(part)
            if "periode" in rows.columns:
                rows.with_columns(periode=pl.lit("2022-11")).write_parquet(part.with_name("2022-11.parquet"))
    left = {name: content for name, content in _tables(folder).items() if "2022-12" not in name}
    result = padan("tarik", "2022-12", "--data-dir", folder)
    assert result.returncode == 0, result.stderr
    assert "Terbitan periode 2022-12 ditarik. Yang kini terbit: 2022-11;" in result.stdout
    assert _tables(folder) == left
    assert _people(folder) == _people(finished)
    assert '"periode": "2022-11"' in (folder / "release" / "sepakat" / "latest.json").read_text()
    assert not [*(folder / "home" / "store").rglob("2022-12.parquet")]
    with dg.DagsterInstance.from_config(str(folder / "home")) as instance:
        (actual,) = instance.fetch_observations(dg.AssetKey(["published", "gudang"]), limit=1).records
    assert actual.partition_key == "2022-12"


def _tables(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder / "marts")): file.read_bytes()
        for file in sorted((folder / "marts").rglob("*.parquet"))
    }


def test_the_same_input_gives_the_same_bytes(finished: Path, scenes: dict[str, Future[Outcome]]):
    folder, result = scenes["_unchanged"].result()
    assert (result.returncode, result.stderr) == (0, "")
    assert _tables(folder) == _tables(finished)
    assert (folder / "reports" / "index.html").read_bytes() == (finished / "reports" / "index.html").read_bytes()
    assert (folder / "release" / "sepakat" / "latest.json").read_bytes() == (
        finished / "release" / "sepakat" / "latest.json"
    ).read_bytes()


# Where a row stood, and the fingerprint of a file with its rows in another order, are other facts.
_ABOUT_PLACES = {"baris", "sumber_baris", "sha256"}


def test_shuffled_rows_give_the_same_facts(finished: Path, scenes: dict[str, Future[Outcome]]):
    folder, result = scenes["_shuffled"].result()
    assert result.returncode == 0, result.stderr
    for name in _tables(finished):
        one, other = (pl.read_parquet(data / "marts" / name) for data in (finished, folder))
        one, other = (_without_places(rows) for rows in (one, other))
        assert one.equals(other), name


def _without_places(table: pl.DataFrame) -> pl.DataFrame:
    """The facts of a table sorted; of orders involved: programme, stage and number, without file and row."""
    kept = table.drop(_ABOUT_PLACES, strict=False)
    if "perintah_terlibat" in kept.columns:
        number = pl.element().str.replace(r" \([^()]*, baris \d+\)$", "")
        kept = kept.with_columns(pl.col("perintah_terlibat").list.eval(number).list.sort())
    return kept.sort(kept.columns)


def test_evaluate_scores_the_run_next_to_the_kemensos_rule(finished: Path):
    result = padan("evaluate", "--data-dir", finished)
    assert result.returncode == 0, result.stderr
    assert "Kemensos" in result.stdout
    assert not re.search(r"\d{16}", result.stdout)
    page = (finished / "reports" / "evaluasi.html").read_text()
    assert "Bobot fakta demi fakta" in page
    assert not re.search(r"\d{16}", page)


def test_a_decision_is_explained_fact_by_fact_and_masked(finished: Path):
    links = pl.read_parquet(finished / "marts" / "link" / "anggota_dukcapil" / "2022-12.parquet")
    id_dtks = links.sort("bobot", "id_dtks")["id_dtks"][-1]
    result = padan("jelaskan", id_dtks, "--data-dir", finished)
    assert result.returncode == 0, result.stderr
    assert "Tanggal lahir" in result.stdout
    assert not re.search(r"\d{16}", result.stdout.replace(id_dtks, ""))
    unknown = padan("jelaskan", "999", "--data-dir", finished)
    assert unknown.returncode == 2
    assert "ID DTKS 999" in unknown.stderr


def test_generate_refuses_to_write_over_anything(finished: Path):
    result = padan("generate", "--out", finished, "--keluarga", "100", "--seed", "1")
    assert result.returncode == 2
    assert "sudah berisi" in result.stderr


def test_new_payment_files_are_shown_before_the_next_run_and_nothing_is_published(finished: Path, tmp_path: Path):
    folder = _copy(finished, tmp_path / "data")
    before = (folder / "warehouse" / "padan.duckdb").stat().st_mtime_ns
    assert "Tidak ada berkas bayar atau alokasi baru" in padan("bayar", "--data-dir", str(folder)).stdout
    source = next((folder / "raw" / "pos").rglob("danom_bltbbm_t2_*1130.txt"))
    head, *rows = source.read_text(encoding="utf-8", errors="replace").splitlines()
    # The next run takes the newest month that a folder names, and reads that folder too.
    (folder / "raw" / "pos" / "periode=2023-01").mkdir()
    (folder / "raw" / "pos" / "periode=2023-01" / "susulan_20221215.txt").write_text(
        "\n".join([head, *(row.replace("|BELUM|", "|TERBAYAR|", 1) for row in rows[:50])]) + "\n", encoding="utf-8"
    )
    (folder / "raw" / "alokasi" / "baru_20221216.csv").write_text(
        "PROGRAM,TAHUN,TAHAP,KODE_WILAYAH,KPM_ALOKASI,NOMINAL_ALOKASI,TGL_TRANSFER,NOMINAL_TRANSFER,TARGET_SELESAI\n"
        "BLT BBM,2022,1,11.01,7,2100000,,,\n"
    )
    result = padan("bayar", "--data-dir", str(folder), "--out", str(tmp_path / "baru"))
    assert result.returncode == 0, result.stderr
    assert "Periode 2023-01: " in result.stdout
    assert "Berkas bayar: 1 baru, 0 berubah, 0 tidak dibaca lagi; " in result.stdout
    assert "Berkas alokasi: 1 baru, 0 berubah, 0 tidak dibaca lagi; 1 baris diterima, 0 ditolak." in result.stdout
    assert re.search(r"BLT BBM 2022 tahap 1 +[0-9.]+ \(\+7\)", result.stdout)
    assert "BLT BBM 2022 tahap 2" in result.stdout
    assert not re.search(r"\d{16}", result.stdout)
    assert {path.name for path in (tmp_path / "baru").iterdir()} == {"realisasi.parquet", "realisasi_harian.parquet"}
    assert (folder / "warehouse" / "padan.duckdb").stat().st_mtime_ns == before
