"""A table as read, whatever it was read from, and where in it one table ends, the next begins and headers stand.

Does not belong here: formats (`pipeline.extracts.text`, `pipeline.extracts.workbooks`), known layouts
(`pipeline.extracts.layouts`).
"""
