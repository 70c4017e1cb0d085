{#-
    A CTE, `periods`: the weeks (from Monday) and quarters of each company that are over,
    from the one of its `since_date` on, so that one in which nothing happened is there.
    Reads the CTE `relation`, a row per company: `company_id`, `since_date`, `as_of_date`.
-#}
{% macro with_periods(relation) -%}
periods as (
    select
        {{ relation }}.company_id,
        kinds.period_kind,
        calendar.start_at::date as period_start_date,
        (calendar.start_at + kinds.span)::date - 1 as period_end_date
    from {{ relation }}
    cross join
        lateral (
            values ('week', interval '1 week'), ('quarter', interval '3 months')
        ) as kinds (period_kind, span)
    cross join
        lateral generate_series(
            date_trunc(kinds.period_kind, {{ relation }}.since_date::timestamp),
            {{ relation }}.as_of_date::timestamp,
            kinds.span
        ) as calendar (start_at)
    where
        (calendar.start_at + kinds.span)::date - 1 <= {{ relation }}.as_of_date
)
{%- endmacro %}


{#-
    First day of the period a year before one of `periods`. Weeks begin on Mondays: 52 of
    them lie between two alike.
-#}
{% macro year_before_date(periods) -%}
case {{ periods }}.period_kind
            when 'week' then {{ periods }}.period_start_date - 364
            else ({{ periods }}.period_start_date - interval '1 year')::date
        end
{%- endmacro %}
