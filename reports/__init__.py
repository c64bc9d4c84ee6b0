"""The report a person reads after a run: queries, template, charts. It reads published tables and computes nothing new."""
