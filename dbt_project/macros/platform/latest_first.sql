{#-
    CTEs that take returns off what was bought before, the latest first: the last of
    them, `latest_first`, has company_id, order_id, matched_order_id and amount, one row
    per return and purchase. What nothing was bought for before is not in it.

    `events` is a relation with the columns `keys`, order_id, purchased_at, is_return
    and amount (above 0). The running total of a party goes up by what is bought and
    down by what comes back; each level that a return goes down through is given back
    of the purchase that last went up through it. Levels lie between the totals that
    occur, so that each is crossed as a whole.
-#}
{% macro latest_first(events, keys) -%}
{%- set party = keys | join(', ') -%}
totals as (
    select
        *,
        sum(case when is_return then -amount else amount end) over (
            partition by {{ party }}
            order by purchased_at, is_return, order_id
        ) as total,
        row_number() over (
            partition by {{ party }}
            order by purchased_at, is_return, order_id
        ) as event_position,
        bool_or(is_return) over (partition by {{ party }}) as has_returns
    from {{ events }}
),

points as (
    select
        {{ party }},
        order_id,
        is_return,
        event_position,
        total
    from totals
    where has_returns
    union all
    select
        {{ party }},
        null as order_id,
        null as is_return,
        0 as event_position,
        0 as total
    from totals
    where has_returns and event_position = 1
),

leveled as (
    select
        *,
        dense_rank() over (partition by {{ party }} order by total) as level
    from points
),

moves as (
    select
        *,
        lag(level) over (
            partition by {{ party }} order by event_position
        ) as level_before
    from leveled
),

heights as (
    select
        {{ party }},
        level,
        lead(total) over (partition by {{ party }} order by level) - total
            as height
    from leveled
    group by {{ party }}, level, total
),

crossed as (
    select
        moves.*,
        crossings.level as crossed_level,
        lag(moves.order_id) over (
            partition by {{ party }}, crossings.level order by event_position
        ) as matched_order_id
    from moves
    cross join lateral generate_series(
        least(moves.level, moves.level_before),
        greatest(moves.level, moves.level_before) - 1
    ) as crossings (level)
    where moves.order_id is not null
),

latest_first as (
    select
        crossed.company_id,
        crossed.order_id,
        crossed.matched_order_id,
        sum(heights.height)::numeric(24, 6) as amount
    from crossed
    inner join heights
        on
            {%- for key in keys %}
            crossed.{{ key }} = heights.{{ key }}
            and
            {%- endfor %} crossed.crossed_level = heights.level
    where crossed.is_return and crossed.matched_order_id is not null
    group by crossed.company_id, crossed.order_id, crossed.matched_order_id
)
{%- endmacro %}
