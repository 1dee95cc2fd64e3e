"""Learners' saved sessions, feedback, and codes to share a session."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(64)),
        sa.Column("conversation", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.UniqueConstraint("key_hash", name="uq_session_key_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_session_last_used", "session", ["last_used"])
    op.create_table(
        "turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("advice", sa.JSON(), nullable=False),
        sa.Column("said", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_turn"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_turn_session_id", ondelete="CASCADE"),
        sa.UniqueConstraint("session_id", "number", name="uq_turn_session_id_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_turn_session_id", "turn", ["session_id"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer()),
        sa.Column("receipt_hash", sa.String(64), nullable=False),
        sa.Column("given", sa.DateTime(timezone=True), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_feedback_session_id", ondelete="CASCADE"),
        sa.UniqueConstraint("receipt_hash", name="uq_feedback_receipt_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feedback_session_id", "feedback", ["session_id"])
    op.create_index("ix_feedback_given", "feedback", ["given"])
    op.create_table(
        "share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("adviser", sa.Text()),
        sa.Column("opened", sa.DateTime(timezone=True)),
        sa.Column("agreed", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_share"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_share_session_id", ondelete="CASCADE"),
        sa.UniqueConstraint("code_hash", name="uq_share_code_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_share_session_id", "share", ["session_id"])
