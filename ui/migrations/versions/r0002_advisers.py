"""Advisers' cases, and counts of what was looked for and not found."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "client_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("adviser", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Integer()),
        sa.Column("share_id", sa.Integer()),
        sa.Column("intake", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("learner_gone", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_client_case"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_client_case_session_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name="fk_client_case_share_id", ondelete="SET NULL"),
        sqlite_autoincrement=True,
    )
    for column in ("adviser", "session_id", "share_id"):
        op.create_index(f"ix_client_case_{column}", "client_case", [column])
    _of_a_case("note", sa.Column("text", sa.Text(), nullable=False), _moment("written", nullable=False))
    _of_a_case(
        "action",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("due", sa.Date()),
        _moment("added", nullable=False),
        _moment("done"),
    )
    _of_a_case(
        "exception",
        sa.Column("award_id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("credits", sa.Integer()),
        sa.Column("level", sa.Integer()),
        sa.Column("reason", sa.Text(), nullable=False),
        _moment("made", nullable=False),
        _moment("withdrawn"),
    )
    _of_a_case(
        "draft",
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("edited", sa.Text()),
        _moment("made", nullable=False),
        _moment("changed"),
        _moment("reviewed"),
        _moment("shared"),
    )
    op.create_table(
        "unmet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unmet"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_unmet_month", "unmet", ["month"])


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_a_case(name: str, *columns: sa.Column[object]) -> None:
    """A table of rows that go when their case goes."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_case_id", sa.Integer(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(
            ["client_case_id"], ["client_case.id"], name=f"fk_{name}_client_case_id", ondelete="CASCADE"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(f"ix_{name}_client_case_id", name, ["client_case_id"])
