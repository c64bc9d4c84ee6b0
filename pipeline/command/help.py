"""Help pages and the reply to Ctrl+C in Bahasa Indonesia, instead of the command-line library's English ones.

Belongs here: the layout of a page. Does not: its texts, which are in the subcommands.
"""

from __future__ import annotations

import shutil
import textwrap

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from pipeline.command.preconditions import STOPPED, UNUSABLE

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
            message = f"Dihentikan atas permintaan Anda; tidak ada yang diterbitkan. Ulangi {ctx.command_path}."
            typer.secho(f"\n{message}", fg="red", err=True)
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
    arguments = {
        str(parameter.metavar): parameter.help or ""
        for parameter in command.params
        if isinstance(parameter, TyperArgument)
    }
    options = dict(
        [*(_describe_option(parameter) for parameter in command.params if isinstance(parameter, TyperOption)), _HELP]
    )
    required = [
        _describe_option(parameter)[0]
        for parameter in command.params
        if isinstance(parameter, TyperOption) and parameter.required
    ]
    usage = ["Cara pakai:", ctx.command_path, *(["PERINTAH"] if subcommands else []), *arguments, *required, "[OPSI]"]
    sections = {"Perintah": subcommands, "Argumen": arguments, "Opsi": options}
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    blocks = [" ".join(usage), textwrap.fill(command.help or "", width)]
    blocks += [f"{title}:\n{_definition_list(entries, width)}" for title, entries in sections.items() if entries]
    return "\n\n".join(blocks)


def _describe_option(option: TyperOption) -> tuple[str, str]:
    """An option, what it does, and its default."""
    usage = option.opts[0] if option.is_flag else f"{option.opts[0]} {option.metavar}"
    default = "" if option.is_flag or option.default is None else f" Bawaan: {option.default}."
    return usage, f"{option.help}{' Wajib.' if option.required else default}"


def _definition_list(entries: dict[str, str], width: int) -> str:
    margin = max(map(len, entries)) + 2 * _GAP
    return "\n".join(
        textwrap.fill(text, width, initial_indent=f"{' ' * _GAP}{name}".ljust(margin), subsequent_indent=" " * margin)
        for name, text in entries.items()
    )
