"""The subcommands of `padan`, one module per concern; `pipeline.cli` registers them.

Belongs here: arguments, exit codes and terminal output. A subcommand calls one function of the packages below and
imports it only when called, so that help and errors appear at once.
"""
