"""Contracts: every extract and every promised table, each column described once, every rule with its code and sentence.

The data dictionary, the comments in the database, the column schema in Dagster and the texts of rejections are derived
from here. Nothing here reads a file or knows Dagster.
"""
