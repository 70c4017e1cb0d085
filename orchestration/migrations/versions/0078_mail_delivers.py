"""SendGrid, Mailgun and Amazon SES deliver by webhook."""

from alembic import op

revision = "0078"
down_revision = "0076"

_SENDERS = (
    "('whatsapp', 'zoom', 'hubspot', 'stripe', 'segment', 'sendgrid', 'mailgun', "
    "'ses', 'shared')"
)


def upgrade() -> None:
    op.execute(
        "alter table ops.webhooks drop constraint if exists webhooks_sender_check"
    )
    op.execute(
        "alter table ops.webhooks add constraint webhooks_sender_check"
        f" check (sender in {_SENDERS})"
    )
