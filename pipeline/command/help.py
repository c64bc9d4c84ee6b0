"""Help pages and the reply to Ctrl+C in Bahasa Indonesia, instead of the command-line library's English ones.

Belongs here: the layout of a page. Does not: its texts, which are in the subcommands.
"""

from __future__ import annotations

import shutil
import textwrap

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from pipeline.command.asked import STOPPED, UNUSABLE

_WIDEST = 100
_GAP = 2
_HELP = ("--help", "Tampilkan penjelasan ini.")


class OfficerCommand(TyperCommand):
    """A subcommand."""

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]
        """The help page."""
        return _page(self, ctx, {})

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """As in the library; Ctrl+C is answered with a sentence: nothing is published before the end of a run."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            told = f"Dihentikan atas permintaan Anda; tidak ada yang diterbitkan. Ulangi {ctx.command_path}."
            typer.secho(f"\n{told}", fg="red", err=True)
            raise typer.Exit(STOPPED) from None


class OfficerGroup(TyperGroup):
    """Subcommands of one kind."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """As in the library; without a subcommand, shows the list of them."""
        if not args:
            typer.echo(self.get_help(ctx))
            raise typer.Exit(UNUSABLE)
        return super().parse_args(ctx, args)

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]
        """The help page."""
        return _page(self, ctx, {name: command.help or "" for name, command in self.commands.items()})


def _page(command: OfficerCommand | OfficerGroup, ctx: typer.Context, subcommands: dict[str, str]) -> str:
    arguments = {str(each.metavar): each.help or "" for each in command.params if isinstance(each, TyperArgument)}
    options = dict([*(_option(each) for each in command.params if isinstance(each, TyperOption)), _HELP])
    needed = [_option(each)[0] for each in command.params if isinstance(each, TyperOption) and each.required]
    usage = ["Cara pakai:", ctx.command_path, *(["PERINTAH"] if subcommands else []), *arguments, *needed, "[OPSI]"]
    parts = {"Perintah": subcommands, "Argumen": arguments, "Opsi": options}
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    blocks = [" ".join(usage), textwrap.fill(command.help or "", width)]
    blocks += [f"{title}:\n{_listed(entries, width)}" for title, entries in parts.items() if entries]
    return "\n\n".join(blocks)


def _option(option: TyperOption) -> tuple[str, str]:
    """An option, what it does, and its default."""
    written = option.opts[0] if option.is_flag else f"{option.opts[0]} {option.metavar}"
    usual = "" if option.is_flag or option.default is None else f" Bawaan: {option.default}."
    return written, f"{option.help}{' Wajib.' if option.required else usual}"


def _listed(entries: dict[str, str], width: int) -> str:
    margin = max(map(len, entries)) + 2 * _GAP
    return "\n".join(
        textwrap.fill(said, width, initial_indent=f"{' ' * _GAP}{name}".ljust(margin), subsequent_indent=" " * margin)
        for name, said in entries.items()
    )
