"""How the tables came to be, step by step; Alembic runs what a database has not seen yet (see `ui/database.py`).

A new step: change `ui/tables.py`, then write the next file in `versions/` by hand. `tests/ui/test_store.py` fails until
the steps and the tables agree on SQLite and PostgreSQL, and until data made by the first step comes through.
"""
