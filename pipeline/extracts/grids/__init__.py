"""The common form of a table as read (`Grid`), and where in it headers stand and one table ends and the next begins.

Does not belong here: formats (`pipeline.extracts.text`, `pipeline.extracts.workbooks`), known layouts
(`pipeline.extracts.layouts`).
"""
