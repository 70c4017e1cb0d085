with periods as (
    select * from {{ ref('community_periods') }}
),

figures as (
    select
        periods.company_id,
        periods.period_kind,
        periods.period_start_date,
        periods.period_end_date,
        {{ year_before_date('periods') }} as year_before_date,
        periods.is_first,
        figures.place,
        figures.metric_name,
        figures.figure
    from periods
    cross join
        lateral (
            values
            (1, 'active_person_count', periods.active_person_count),
            (2, 'new_registration_count', periods.new_registration_count),
            (3, 'activated_person_count', periods.activated_person_count),
            (4, 'content_minutes', periods.content_minutes)
        ) as figures (place, metric_name, figure)
),

compared as (
    select
        figures.company_id,
        figures.period_kind,
        figures.period_start_date,
        figures.period_end_date,
        figures.place,
        figures.metric_name,
        figures.figure::numeric(24, 6) as figure,
        earlier.figure::numeric(24, 6) as earlier_figure,
        (figures.figure / nullif(earlier.figure, 0) - 1)::double precision
            as period_change,
        (figures.figure / nullif(year_before.figure, 0) - 1)::double precision
            as year_change
    from figures
    left join figures as earlier
        on
            figures.company_id = earlier.company_id
            and figures.period_kind = earlier.period_kind
            and figures.metric_name = earlier.metric_name
            and figures.period_start_date = earlier.period_end_date + 1
            and not earlier.is_first
    left join figures as year_before
        on
            figures.company_id = year_before.company_id
            and figures.period_kind = year_before.period_kind
            and figures.metric_name = year_before.metric_name
            and figures.year_before_date = year_before.period_start_date
            and not year_before.is_first
)

select * from compared
