"""What became of advice can be told by a form, which refuses what is not there."""

from alembic import op

revision = "0085"
down_revision = "0084"

_STATEMENTS = (
    # What was chosen of a list, as the platform calls it; else the words it was told.
    """create or replace function ops.one_of(
        typed text, known text[], meant text[], words text
    ) returns text language plpgsql immutable
    set search_path = pg_catalog as $$
    declare place integer;
    begin
        select array_position(array_agg(lower(one) order by at), lower(btrim(typed)))
        into place
        from unnest(known) with ordinality as listed (one, at);
        if place is null then
            raise exception using message = words;
        end if;
        return meant[place];
    end
    $$""",
    # Codes of advice, of its own company, are all that the login reads.
    "drop policy if exists company_names_own_rows on ops.shown_insights",
    """create policy company_names_own_rows on ops.shown_insights
        for select to action_writer using (
            company_id = substring(current_user::text from '^actions_(.*)$')
        )""",
    "grant select (company_id, trace_id) on ops.shown_insights to action_writer",
    """create or replace function ops.recommendation_named(typed text, words text)
    returns text language plpgsql stable
    set search_path = pg_catalog as $$
    declare found text[];
    begin
        select array_agg(trace_id) into found
        from ops.shown_insights
        where
            company_id = substring(current_user::text from '^actions_(.*)$')
            and starts_with(trace_id, nullif(btrim(typed), ''));
        if array_length(found, 1) is distinct from 1 then
            raise exception using message = words;
        end if;
        return found[1];
    end
    $$""",
    "revoke execute on function ops.one_of, ops.recommendation_named from public",
    "grant execute on function ops.one_of, ops.recommendation_named to action_writer",
)


def upgrade() -> None:
    """Add what the action *Responder a una recomendación* calls on what is typed."""
    for statement in _STATEMENTS:
        op.execute(statement)
