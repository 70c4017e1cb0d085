"""What was refused can be asked again, and a coupon that waits can be declined."""

from alembic import op

revision = "0026"
down_revision = "0025"

_STATEMENTS = (
    # Whoever inserts says `on conflict do nothing` and names no index: they may read
    # no column, and naming one takes that.
    """alter table ops.action_requests
        drop constraint action_requests_company_id_idempotency_key_key""",
    """create unique index action_requests_once
        on ops.action_requests (company_id, idempotency_key)
        where state <> 'refused'""",
    """alter table ops.coupons
        drop constraint coupons_state_check,
        add constraint coupons_state_check check (
            state in ('waiting', 'approved', 'created', 'failed', 'declined')
        ),
        drop constraint coupons_check,
        add constraint coupons_check check (
            state in ('waiting', 'failed', 'declined') or ends_at > starts_at
        )""",
)


def upgrade() -> None:
    """Let a key be used again once its request was refused; add the state declined."""
    for statement in _STATEMENTS:
        op.execute(statement)
