"""The one error of reading: a file, or a part of it, that cannot be read as an extract."""

from __future__ import annotations


class UnreadableError(Exception):
    """Carries an Indonesian sentence for the officer who handed the file in; it names no person."""
