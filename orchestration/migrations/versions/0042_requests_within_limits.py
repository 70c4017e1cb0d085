"""What is typed into a form is refused while the person looks, not a minute later."""

from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Add the function that actions call on each number with limits.

    It gives the number back, or raises the words it was told, which Metabase shows.
    """
    op.execute(
        """
        create or replace function ops.within(
            typed numeric, lowest numeric, highest numeric, words text
        ) returns numeric language plpgsql immutable
        set search_path = pg_catalog as $$
        begin
            if typed < lowest or typed > highest then
                raise exception using message = words;
            end if;
            return typed;
        end
        $$
        """
    )
    op.execute("revoke execute on function ops.within from public")
    op.execute("grant execute on function ops.within to action_writer")
