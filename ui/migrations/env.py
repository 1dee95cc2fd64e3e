"""What Alembic runs: the steps, inside the transaction that `ui.database.upgrade` has open."""

from alembic import context

from ui.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
