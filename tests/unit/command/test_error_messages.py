"""Messages on wrong usage of the command."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from polars.exceptions import ComputeError
from sqlalchemy.exc import OperationalError, ProgrammingError
from xlsxwriter.exceptions import FileCreateError

from pipeline.cli import main
from pipeline.command.error_messages import describe_damage, describe_file_error, translate


@pytest.mark.parametrize(
    ("english", "indonesian"),
    [
        ("No such option: --x", "Tidak ada opsi --x."),
        (
            "No such option: --perode (Possible options: --periode)",
            "Tidak ada opsi --perode. Barangkali maksudnya --periode.",
        ),
        (
            "No such command 'jalan'. Did you mean 'jelaskan'?",
            "Tidak ada perintah jalan. Barangkali maksudnya jelaskan.",
        ),
        ("No such command 'x'.", "Tidak ada perintah x."),
        ("Missing option '--out'.", "Opsi --out wajib disebut."),
        ("Missing argument 'ID_DTKS'.", "ID_DTKS wajib disebut."),
        ("Option '--periode' requires an argument.", "Opsi --periode harus diikuti nilainya."),
        ("Option '--jebakan' does not take a value.", "Opsi --jebakan tidak diikuti nilai."),
        ("Got unexpected extra argument(s) (a b)", "Ada yang tidak dikenal di belakang perintah: a b."),
        (
            "Invalid value for '--keluarga': Input should be greater than or equal to 50",
            "Nilai opsi --keluarga paling sedikit 50.",
        ),
        (
            "Invalid value for '--port': Input should be less than or equal to 65535",
            "Nilai opsi --port paling banyak 65535.",
        ),
        (
            "Invalid value for '--seed': Input should be a valid integer, unable to parse string as an integer",
            "Nilai opsi --seed harus bilangan bulat.",
        ),
        ("Invalid value for '--skala': Input should be a valid number", "Nilai opsi --skala harus bilangan."),
        ("Invalid value for '--x': odd", "Nilai opsi --x tidak dapat dipakai."),
        ("Something new.", "Something new."),
        ("", ""),
    ],
)
def test_the_library_speaks_indonesian(english: str, indonesian: str):
    assert translate(english) == indonesian


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            OSError(errno.EACCES, os.strerror(errno.EACCES), "/a/b.csv"),
            "/a/b.csv: tidak diizinkan; minta izin kepada pemilik folder, atau pakai folder lain",
        ),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
            "berkas: ruang penyimpanan penuh; hapus yang tidak perlu, lalu ulangi",
        ),
        (OSError(errno.ELOOP, "Too many levels"), "berkas: Too many levels"),
        (
            FileCreateError(OSError(errno.ENOENT, os.strerror(errno.ENOENT), "/a/b.xlsx")),
            "/a/b.xlsx: tidak ada; periksa tulisannya",
        ),
        (ValueError(), "berkas"),
    ],
)
def test_why_the_file_system_refused(error: Exception, words: str):
    assert describe_file_error(error) == f"Tidak dapat membaca atau menulis {words}."


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "--data-dir", "{tmp}/tidak-ada"], "tidak ada"),
        (["demo", "--data-dir", __file__], "adalah berkas, bukan folder"),
        (["run", "--data-dir", "{tmp}/DTKS [2022]/data"], "memuat tanda ["),
        (["generate", "--out", "{tmp}/a?*", "--keluarga", "100", "--seed", "1"], "memuat tanda * ?"),
        (["run", "--data-dir", "{tmp}", "--periode", "Desember"], "TTTT-BB"),
        (["run", "--data-dir", "{tmp}", "--periode", "1999-01"], "tidak dapat diproses"),
        (["run", "--data-dir", "{tmp}", "--periode", "2999-01"], "Tanggal komputer ini"),
        (["run", "--tidak-dikenal"], "Tidak ada opsi --tidak-dikenal. Lihat caranya: "),
        (["ui", "--data-dir", "{tmp}/tidak-ada"], "tidak ada"),
        (["evaluate", "--data-dir", "{tmp}"], "truth"),
        (["generate", "--out", "{tmp}", "--keluarga", "99", "--seed", "1"], "100"),
        (["generate", "--out", "{tmp}", "--keluarga", "100", "--seed", "-1"], "--seed paling sedikit 0"),
        (["generate", "--out", "{tmp}", "--keluarga", "100", "--seed", "1", "--skala", "inf"], "--skala paling banyak"),
    ],
)
def test_unusable_arguments_exit_2_with_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    says: str,
):
    monkeypatch.delenv("PADAN_DATA_DIR", raising=False)
    monkeypatch.setattr(sys, "argv", ["padan", *(argument.format(tmp=tmp_path) for argument in arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_damaged_files_of_ours_are_told_and_nothing_else() -> None:
    assert "Parquet buatan padan" in str(describe_damage(ComputeError("parquet: File out of specification: no PAR1")))
    full = "parquet: File out of specification: underlying IO error: No space left on device (os error 28)"
    assert "ruang penyimpanan penuh" in str(describe_damage(ComputeError(full)))
    assert "Riwayat proses" in str(
        describe_damage(OperationalError("SELECT", None, sqlite3.DatabaseError("no database")))
    )
    damaged = OperationalError("SELECT", None, sqlite3.DatabaseError("file is not a database"))
    assert "Pindahkan folder history" in str(describe_damage(damaged))
    for wrong in (ValueError("SITI"), duckdb.BinderException("SITI"), ProgrammingError("SELECT", None, ValueError())):
        assert describe_damage(wrong) is None


def test_the_command_reads_and_writes_utf8_whatever_the_machine_is_set_to() -> None:
    program = "import sys; from pipeline import cli; cli._restart_in_utf8(); print(sys.getfilesystemencoding())"
    result = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "utf-8\n"
