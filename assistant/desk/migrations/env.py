"""Runs the migrations on the connection that the store gives."""

from alembic import context

from assistant.desk.tables import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
