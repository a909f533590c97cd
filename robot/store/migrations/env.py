"""Run by Alembic: applies the revisions on the connection that `Database.upgrade` hands over."""

from alembic import context
from sqlmodel import SQLModel

import audit.log.tables
import audit.vault.tables
import robot.store.tables

TABLES = (audit.log.tables, audit.vault.tables, robot.store.tables)  # imported so that their tables are known

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    version_table="arende_schema",
)
with context.begin_transaction():
    context.run_migrations()
