"""Dagster assets, one module per layer in the order the data flows: raw, staged, matched, cleansed, marts, published.

Assets are thin: they call one pure function of `pipeline` and attach metadata. No transformation is written here.
"""
