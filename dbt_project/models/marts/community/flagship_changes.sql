with counts as (
    select * from {{ ref('flagship_counts') }}
    where {{ is_in_scope() }}
),

firsts as (
    select
        company_id,
        min(month_start_date) as first_month_start_date
    from {{ ref('community_months') }}
    where {{ is_in_scope() }}
    group by company_id
),

-- A quotient of fewer than thirty people, messages or plays says nothing.
figures as (
    select
        counts.company_id,
        counts.month_start_date,
        counts.metric_name,
        counts.place,
        firsts.first_month_start_date,
        case
            when counts.is_sum then counts.part
            when
                counts.metric_name = 'sponsorship_benefit_ratio'
                or counts.whole >= 30
                then counts.part / nullif(counts.whole, 0)
        end::numeric(24, 6) as figure
    from counts
    inner join firsts
        on counts.company_id = firsts.company_id
),

known as (
    select
        *,
        month_start_date = max(month_start_date) over (
            partition by company_id, metric_name
        ) as is_newest
    from figures
    where figure is not null
),

-- The first month may have begun in the middle: nothing is compared with it.
compared as (
    select
        known.company_id,
        known.month_start_date,
        known.metric_name,
        known.place,
        known.figure,
        known.is_newest,
        (known.figure / nullif(month_before.figure, 0) - 1)::double precision
            as month_change,
        (known.figure / nullif(year_before.figure, 0) - 1)::double precision
            as year_change
    from known
    left join known as month_before
        on
            known.company_id = month_before.company_id
            and known.metric_name = month_before.metric_name
            and known.month_start_date
            = month_before.month_start_date + interval '1 month'
            and month_before.month_start_date
            > month_before.first_month_start_date
    left join known as year_before
        on
            known.company_id = year_before.company_id
            and known.metric_name = year_before.metric_name
            and known.month_start_date
            = year_before.month_start_date + interval '1 year'
            and year_before.month_start_date
            > year_before.first_month_start_date
)

select * from compared
