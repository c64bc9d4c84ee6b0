"""The command `padan`: what officers and schedulers call.

Belongs here: which subcommands there are. Does not: what they do (`pipeline.command`).
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Callable

import typer
from typer.exceptions import TyperException

from pipeline.command import exchange, looking, running, trial, usage, withdrawing
from pipeline.command.asked import FAILED, UNUSABLE
from pipeline.command.help import OfficerCommand, OfficerGroup
from schemas.limits_file import SettingsError

app = typer.Typer(
    cls=OfficerGroup,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Memadankan DTKS, Dukcapil, dan PT Pos: dari berkas mentah sampai gudang data, rilis, dan laporan.",
)
review = typer.Typer(
    cls=OfficerGroup, help="Pasangan yang perlu diputuskan petugas: tulis ke Excel, lalu ambil jawabannya."
)
review.command("export", cls=OfficerCommand)(exchange.review_export)
review.command("import", cls=OfficerCommand)(exchange.review_import)

_SUBCOMMANDS: tuple[Callable[..., None], ...] = (
    running.run,
    trial.demo,
    running.ui,
    looking.jelaskan,
    looking.bayar,
    exchange.perbaikan,
    withdrawing.tarik,
    trial.generate,
    trial.evaluate,
)
for subcommand in _SUBCOMMANDS:
    app.command(cls=OfficerCommand)(subcommand)
app.add_typer(review, name="review")


def _in_utf8() -> None:
    """Begin anew in UTF-8 where the machine's settings say otherwise: libraries then open no name beyond their letters.

    Only once, as what the interpreter was started with may overrule that too.
    """
    if sys.getfilesystemencoding() != "utf-8" and os.environ.get("PYTHONUTF8") != "1":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | {"PYTHONUTF8": "1"})  # noqa: S606


def command() -> None:
    """Entry of the command: as `main`, and gone once the libraries have cleared up.

    Python would then take apart all that the process holds, piece by piece: most of a second.
    """
    code: str | int | None = None

    def leave() -> None:
        if isinstance(code, int):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    # What is put down first is called last.
    atexit.register(leave)
    try:
        main()
    except SystemExit as end:
        code = end.code
        raise


def main() -> None:
    """The command in a process that goes on; what the file system refuses ends in a sentence as well."""
    from xlsxwriter.exceptions import FileCreateError

    _in_utf8()
    # What a scheduler stops is told and cleared up after as with Ctrl+C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = app(standalone_mode=False) or 0
        # Who stops it while the libraries clear up would make a failure of what is done and told.
        for stop in (signal.SIGINT, signal.SIGTERM):
            atexit.register(signal.signal, stop, signal.SIG_IGN)
        sys.exit(code)
    except TyperException as error:
        # Without any argument the help has been printed already.
        if message := usage.told(error.format_message()):
            context = getattr(error, "ctx", None)
            command = context.command_path if context else "padan"
            typer.secho(f"{message} Lihat caranya: {command} --help", fg="red", err=True)
        sys.exit(UNUSABLE)
    except SettingsError as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(UNUSABLE)
    except (OSError, FileCreateError) as error:
        typer.secho(usage.refused(error), fg="red", err=True)
        sys.exit(UNUSABLE)
    except Exception as error:
        sentence = usage.damaged(error)
        if sentence is None:
            raise
        typer.secho(sentence, fg="red", err=True)
        sys.exit(FAILED)
