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
                or {{ are_many('counts.whole') }}
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

{{ with_figure_changes('known', ['is_newest']) }}

select * from compared
