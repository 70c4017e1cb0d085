"""Raw rows of the newer domains, of as many days as one likes, made with SQL.

Each writes one file of a company: ``rows`` rows spread evenly over ``days`` days from
``first`` on. Every id follows from the row's number, so each run has the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import psycopg

__all__ = ["DOMAINS", "Days", "write"]


@dataclass(frozen=True)
class Days:
    """The rows of one file: of which days, numbered from which on."""

    first: date
    days: int
    rows: int
    numbered_from: int


# Each reads `numbered`: line, number and moment of every row to be written.
_PRODUCT = """
insert into raw_files.product_events (
    company_id, file_sha256, line_number, message_id, event_kind, event, user_id,
    account_id, feature, occurred_at, received_at, is_internal, _sdc_batched_at
)
select
    %(company)s, %(file)s, line, 'e' || number, 'track', 'Used',
    -- Ten people an account, a fiftieth of the people each day.
    'u' || person, 'a' || person / 10, 'feature_' || number %% 12, at,
    at + interval '2 seconds', false, now()
from (
    select *, (number * 7919) %% greatest(10, %(people)s) as person from numbered
) as numbered
"""

# What a product can do, and who subscribed to which plan: told once.
_FEATURES = """
insert into raw_files.features (
    company_id, file_sha256, line_number, feature, feature_tier, plans, _sdc_batched_at
)
select
    %(company)s, %(file)s, number + 1, 'feature_' || number,
    (array['core', 'advanced', 'reporting'])[1 + number %% 3],
    case when number %% 2 = 0 then 'basic;pro' else 'pro' end, now()
from generate_series(0, 11) as numbers (number)
"""

_SUBSCRIPTIONS = """
insert into raw_files.subscriptions (
    company_id, file_sha256, line_number, subscription_id, account_id, plan,
    billing_interval, quantity, unit_amount, currency_code, status, started_at,
    effective_from, _sdc_batched_at
)
select
    %(company)s, %(file)s, number + 1, 's' || number, 'a' || number,
    case when number %% 3 = 0 then 'pro' else 'basic' end, 'month', 10, 10, 'EUR',
    'active', %(first)s::timestamptz, %(first)s::timestamptz, now()
from generate_series(0, greatest(10, %(people)s) / 10 - 1) as numbers (number)
"""

_MESSAGES = """
insert into raw_files.message_events (
    company_id, file_sha256, line_number, message_id, message_event, occurred_at,
    campaign_id, channel, contact_id, is_machine, _sdc_batched_at
)
select
    %(company)s, %(file)s, line, 'm' || number / 4,
    (array['sent', 'delivered', 'opened', 'clicked'])[1 + number %% 4],
    at, 'c' || to_char(at, 'YYYYMMDD'), 'email',
    'p' || (number / 4 * 7919) %% greatest(10, %(people)s), false, now()
from numbered
"""

_REGISTRANTS = """
insert into raw_files.registrants (
    company_id, file_sha256, line_number, webinar_id, registrant_id, email,
    registered_at, status, channel, industry, company_size, _sdc_batched_at
)
select
    %(company)s, %(file)s, line, 'w' || to_char(at, 'YYYYMMDD'), 'r' || number,
    'r' || (number * 7919) %% greatest(10, %(people)s) || '@example.com', at,
    'approved', (array['email', 'linkedin', 'organic'])[1 + number %% 3],
    'Software', '11-50', now()
from numbered
"""

_VISITS = """
insert into raw_files.attendances (
    company_id, file_sha256, line_number, webinar_id, registrant_id, joined_at,
    left_at, is_on_demand, _sdc_batched_at
)
select
    %(company)s, %(file)s, line, 'w' || to_char(at, 'YYYYMMDD'), 'r' || number,
    date_trunc('day', at) + interval '20 hours',
    date_trunc('day', at) + interval '20 hours 45 minutes', false, now()
from numbered where number %% 3 = 0
"""

_WEBINARS = """
insert into raw_files.webinars (
    company_id, file_sha256, line_number, webinar_id, title, starts_at, ends_at,
    _sdc_batched_at
)
select
    %(company)s, %(file)s, row_number() over (order by at) + 1,
    'w' || to_char(at, 'YYYYMMDD'), 'Webinar', at + interval '20 hours',
    at + interval '21 hours', now()
from (select distinct date_trunc('day', at) as at from numbered) as numbered
"""

_NUMBERED = """
create temporary table numbered on commit drop as
select
    number::integer + 1 as line,
    %(numbered_from)s + number as number,
    %(first)s::timestamptz + number * (%(days)s * interval '1 day' / %(rows)s) as at
from generate_series(1::bigint, %(rows)s) as numbers (number)
"""

_FILE = """
insert into raw_files.files (
    company_id, file_name, file_sha256, contract, exported_at, row_count,
    loaded_row_count, rejected_row_count, control_total, loaded_total, rejected_total,
    notes, _sdc_batched_at
) values (
    %(company)s, %(file)s, %(file)s, %(contract)s, now(), %(rows)s, %(rows)s, 0, 0, 0,
    0, '[]', now()
)
"""

#: By folder of marts: what lands there, as statements by contract.
DOMAINS: Mapping[str, Mapping[str, str]] = {
    "saas": {"product_events": _PRODUCT},
    "community": {"message_events": _MESSAGES},
    "webinars": {
        "webinars": _WEBINARS,
        "registrants": _REGISTRANTS,
        "attendances": _VISITS,
    },
}

#: What is told with the first days only.
_ONCE: Mapping[str, Mapping[str, str]] = {
    "saas": {"features": _FEATURES, "subscriptions": _SUBSCRIPTIONS},
}


def write(url: str, company_id: str, domain: str, told: Days, people: int) -> None:
    """Land these days of a company, in a file for each contract of the domain."""
    values = {
        "company": company_id,
        "first": told.first,
        "days": told.days,
        "rows": told.rows,
        "numbered_from": told.numbered_from,
        "people": people,
    }
    with psycopg.connect(url) as connection:
        connection.execute(_NUMBERED.encode(), values)
        once = {} if told.numbered_from else _ONCE.get(domain, {})
        for contract, statement in (*once.items(), *DOMAINS[domain].items()):
            name = f"{contract}-{told.first}.csv"
            named = {**values, "file": name, "contract": contract}
            connection.execute(statement.encode(), named)
            connection.execute(_FILE.encode(), named)
