"""Audiences leave out whom another keeps back; pushes take back who withdrew."""

from alembic import op

revision = "0025"
down_revision = "0024"

_CHANGES = (
    # Audiences that exist were built of everybody.
    """alter table ops.audiences
        add column kept_back_elsewhere_count integer not null default 0
            check (kept_back_elsewhere_count >= 0)""",
    # Who was pushed once stays counted as pushed: the list was given out with them.
    """alter table ops.audience_pushes
        add column taken_back_count integer not null default 0
            check (taken_back_count >= 0),
        add column taken_back_at timestamptz,
        add column taken_back_by text""",
    """alter table ops.audience_push_members
        drop constraint audience_push_members_outcome_check,
        add constraint audience_push_members_outcome_check check (
            outcome in
            ('pushed', 'refused', 'withdrawn', 'unreachable', 'taken_back')
        )""",
)


def upgrade() -> None:
    """Add the counts, and what may become of somebody who was pushed."""
    for statement in _CHANGES:
        op.execute(statement)
