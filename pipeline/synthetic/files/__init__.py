"""Writes generated rows as files in the layouts that officers receive.

Does not belong here: the contents of the rows.
"""
