"""Alerts: rules, what is open, who was told, and where to."""

from alembic import op

revision = "0011"
down_revision = "0010"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"
_TABLES_OF_ALL = (
    "alert_rules",
    "alerts",
    "alert_channels",
    "alert_deliveries",
    "alert_settings",
    "escalation_policy",
)


def upgrade() -> None:
    """Add the tables; a company reads its alerts, and no channel."""
    for statement in _TABLES:
        op.execute(statement)
    for table in _TABLES_OF_ALL:
        for statement in _security(table):
            op.execute(statement)
    for statement in _READABLE:
        op.execute(statement)


def _security(table: str) -> tuple[str, ...]:
    return (
        f"alter table ops.{table} enable row level security",
        f"""create policy platform_works on ops.{table}
            to orchestrator, transformer using (true) with check (true)""",
        f"grant select, insert, update, delete on ops.{table} to orchestrator",
    )


_SEVERITY = "text not null check (severity in ('critical', 'high', 'medium'))"

_TABLES = (
    # A row people edited has the origin `edited`: making rules anew leaves it alone.
    # Nothing checks the names here: a rule with a typo is told as such.
    f"""create table ops.alert_rules (
        company_id text not null references ops.companies on delete cascade,
        rule_id text not null,
        kind text not null check (kind in ('metric', 'event', 'deviation')),
        relation text not null default '',
        metric text not null,
        scope jsonb not null default '{{}}',
        comparison text,
        threshold double precision,
        severity {_SEVERITY},
        is_enabled boolean not null default true,
        status text not null default 'default, not agreed'
            check (status in ('owner', 'default, not agreed')),
        origin text not null default 'generated'
            check (origin in ('generated', 'edited')),
        label_es text,
        label_en text,
        primary key (company_id, rule_id)
    )""",
    # `topic` is what it is about, whichever rule noticed; one alert of it is open at a
    # time. `level` is how far up the ladder people were told; null: nobody yet.
    f"""create table ops.alerts (
        company_id text not null references ops.companies on delete cascade,
        alert_id bigint generated always as identity,
        topic text not null,
        rule_id text not null,
        severity {_SEVERITY},
        facts jsonb not null,
        title_es text not null,
        title_en text not null,
        advice_es text not null,
        advice_en text not null,
        link text not null,
        asset_link text,
        since timestamptz not null,
        opened_at timestamptz not null,
        due_from timestamptz not null,
        level text check (level in ('medium', 'high', 'critical', 'everyone')),
        noticed_at timestamptz,
        escalated_at timestamptz,
        acknowledged_at timestamptz,
        acknowledged_by text,
        resolved_at timestamptz,
        primary key (company_id, alert_id)
    )""",
    """create unique index one_open_alert_of_a_topic on ops.alerts (company_id, topic)
        where resolved_at is null""",
    """create table ops.alert_channels (
        company_id text not null references ops.companies on delete cascade,
        channel_id text not null,
        service text not null,
        encrypted_address bytea not null,
        severities text[] not null
            check (severities <@ array['critical', 'high', 'medium']),
        language text not null check (language in ('es', 'en')),
        has_digest boolean not null default true,
        primary key (company_id, channel_id)
    )""",
    # The key is why nothing goes out twice. `sending` outlives only a killed process:
    # it becomes `unknown`, and is not sent again.
    """create table ops.alert_deliveries (
        company_id text not null references ops.companies on delete cascade,
        delivery_id bigint generated always as identity,
        notice text not null,
        channel_id text not null,
        alert_id bigint,
        purpose text not null
            check (purpose in ('first', 'escalation', 'recovery', 'digest')),
        title text not null,
        body text not null,
        state text not null default 'pending' check (
            state in ('pending', 'sending', 'sent', 'unknown', 'failed', 'cancelled')
        ),
        due_at timestamptz not null,
        attempts integer not null default 0,
        last_error text,
        claimed_at timestamptz,
        sent_at timestamptz,
        primary key (company_id, delivery_id),
        unique (company_id, notice, channel_id),
        foreign key (company_id, alert_id) references ops.alerts on delete cascade
    )""",
    # Of the company's own time zone; null: no quiet hours, no digest.
    """create table ops.alert_settings (
        company_id text primary key references ops.companies on delete cascade,
        quiet_from time,
        quiet_until time,
        digest_at time,
        check ((quiet_from is null) = (quiet_until is null))
    )""",
    # Without a row the defaults of orchestration/lib/alerts/lifecycle.py hold.
    f"""create table ops.escalation_policy (
        company_id text not null references ops.companies on delete cascade,
        severity {_SEVERITY},
        delay interval not null,
        escalate_after interval not null,
        primary key (company_id, severity)
    )""",
)

_READABLE = (
    f"""create policy company_reads_own_rows on ops.alerts
        for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
    """grant select (company_id, alert_id, rule_id, severity, title_es, title_en,
        advice_es, advice_en, link, asset_link, since, opened_at, noticed_at,
        escalated_at, acknowledged_at, acknowledged_by, resolved_at)
        on ops.alerts to bi_reader, transformer""",
)
