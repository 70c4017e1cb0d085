"""Revenue is net sales: taxes and shipping are out unless a company counts them."""

from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Change the default, and the companies that never chose otherwise.

    Nobody's choice of "with" can be told from the default it was, so all move; the
    marts say of each amount that changed by how much, and `timonel company set` takes
    a company back.
    """
    op.execute(
        "alter table ops.companies"
        " alter column revenue_includes_tax set default false,"
        " alter column revenue_includes_shipping set default false"
    )
    op.execute(
        "update ops.companies"
        " set revenue_includes_tax = false, revenue_includes_shipping = false"
    )
