"""Decisions that can be undone, colleagues, dates to come back; validated wordings, corrections."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("mails", sa.Column("assignee", sa.String(80), nullable=False, server_default=""))
    op.add_column("mails", sa.Column("until", moment))
    op.add_column("mails", sa.Column("answered", moment))
    op.add_column("mails", sa.Column("previous", sa.JSON, nullable=False, server_default="[]"))
    op.create_index("mails_message_id", "mails", ["message_id"])
    op.create_table(
        "wordings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("call", sa.String(80), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("quotes", sa.JSON, nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
    )
    op.create_index("wordings_key", "wordings", ["call", "key"])
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("call", sa.String(80), nullable=False),
        sa.Column("mail", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("urgency", sa.String(10), nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
    )
    op.create_index("corrections_call", "corrections", ["call"])
