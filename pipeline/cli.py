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

from pipeline.command import error_messages, exchange, queries, running, synthetic_data, withdrawal
from pipeline.command.help import OfficerCommand, OfficerGroup
from pipeline.command.preconditions import FAILED, UNUSABLE
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
    synthetic_data.demo,
    running.ui,
    queries.jelaskan,
    queries.bayar,
    exchange.perbaikan,
    withdrawal.tarik,
    synthetic_data.generate,
    synthetic_data.evaluate,
)
for subcommand in _SUBCOMMANDS:
    app.command(cls=OfficerCommand)(subcommand)
app.add_typer(review, name="review")


def _restart_in_utf8() -> None:
    """Restart in UTF-8 mode if the locale is not UTF-8: libraries cannot open other file names otherwise.

    At most once, because the interpreter's options may override that mode as well.
    """
    if sys.getfilesystemencoding() != "utf-8" and os.environ.get("PYTHONUTF8") != "1":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | {"PYTHONUTF8": "1"})  # noqa: S606


def command() -> None:
    """Entry point of the command: `main`, then exit right after the libraries' cleanup.

    Python would otherwise deallocate all objects one by one, which takes most of a second.
    """
    code: str | int | None = None

    def leave() -> None:
        if isinstance(code, int):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    # The function registered first is called last.
    atexit.register(leave)
    try:
        main()
    except SystemExit as end:
        code = end.code
        raise


def main() -> None:
    """Run the command and exit; errors of usage, settings and file system end in an Indonesian sentence."""
    from xlsxwriter.exceptions import FileCreateError

    _restart_in_utf8()
    # Treat a scheduler's SIGTERM like Ctrl+C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = app(standalone_mode=False) or 0
        # A stop during the libraries' cleanup must not turn a finished run into a failed one.
        for number in (signal.SIGINT, signal.SIGTERM):
            atexit.register(signal.signal, number, signal.SIG_IGN)
        sys.exit(code)
    except TyperException as error:
        # Without arguments the help has already been printed.
        if message := error_messages.translate(error.format_message()):
            context = getattr(error, "ctx", None)
            command = context.command_path if context else "padan"
            typer.secho(f"{message} Lihat caranya: {command} --help", fg="red", err=True)
        sys.exit(UNUSABLE)
    except SettingsError as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(UNUSABLE)
    except (OSError, FileCreateError) as error:
        typer.secho(error_messages.describe_file_error(error), fg="red", err=True)
        sys.exit(UNUSABLE)
    except Exception as error:
        sentence = error_messages.describe_damage(error)
        if sentence is None:
            raise
        typer.secho(sentence, fg="red", err=True)
        sys.exit(FAILED)
