"""Question -> answer. Start with `advise.py`; it lists the steps. Never imports `ingest`."""
