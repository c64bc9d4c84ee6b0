"""The report a person reads after a run: figures, words, template. It reads published tables and computes no mart."""
