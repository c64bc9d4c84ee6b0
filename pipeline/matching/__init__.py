"""Record linkage of DTKS rows with persons of the civil registry: links, households, duplicates.

`link` is the entry point; the README lists the rooms in the order in which they build on each other. Works on
normalised frames only; reading files and writing tables belong elsewhere.
"""
