"""Data quality: quarantine, findings, reconciliation, and the gates that decide whether a run may be published.

The rules themselves are `schemas.rules`; here they are applied to frames.
"""
