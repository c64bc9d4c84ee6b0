"""What the subcommands of `padan` do, one module per concern; `pipeline.cli` puts them together.

Belongs here: arguments, exit codes and the texts of the terminal. A subcommand calls one function of the packages
below; imports wait until it is called, so that help and errors come at once.
"""
