"""The reports on a run: figures, wording, templates. They read published tables and compute no mart."""
