"""Contracts of all extracts and promised tables: columns, each described once, and rules with codes and sentences.

The data dictionary, database comments, Dagster's column schema and the texts of rejections are derived from them.
Nothing here knows Dagster or reads a file of the officers.
"""
