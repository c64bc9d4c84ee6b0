"""Which DTKS row is which person of the civil registry: links, households, duplicates.

Works on normalised frames only; reading files and writing tables belong elsewhere.
"""
