"""The question that validated words answer, so that they can be confirmed when the sources changed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("wordings", sa.Column("question", sa.Text, nullable=False, server_default=""))
