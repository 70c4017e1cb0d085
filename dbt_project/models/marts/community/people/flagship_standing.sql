with newest as (
    select * from {{ ref('flagship_changes') }}
    where {{ is_in_scope() }} and is_newest
),

companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

pivoted as (
    select
        newest.company_id,
        companies.as_of_date,
        max(newest.figure) filter (
            where newest.metric_name = 'active_person_count'
        )::double precision as active_person_count,
        max(newest.figure) filter (
            where newest.metric_name = 'new_registration_count'
        )::double precision as new_registration_count,
        max(newest.figure) filter (
            where newest.metric_name = 'activated_person_count'
        )::double precision as activated_person_count,
        max(newest.figure) filter (
            where newest.metric_name = 'content_minutes'
        )::double precision as content_minutes,
        max(newest.figure) filter (
            where newest.metric_name = 'k_factor'
        )::double precision as k_factor,
        max(newest.figure) filter (
            where newest.metric_name = 'retention_window_30'
        )::double precision as retention_window_30,
        max(newest.figure) filter (
            where newest.metric_name = 'retention_window_60'
        )::double precision as retention_window_60,
        max(newest.figure) filter (
            where newest.metric_name = 'retention_window_90'
        )::double precision as retention_window_90,
        max(newest.figure) filter (
            where newest.metric_name = 'attendance_ratio'
        )::double precision as attendance_ratio,
        max(newest.figure) filter (
            where newest.metric_name = 'identified_ratio'
        )::double precision as identified_ratio,
        max(newest.figure) filter (
            where newest.metric_name = 'delivery_ratio'
        )::double precision as delivery_ratio,
        max(newest.figure) filter (
            where newest.metric_name = 'completion_ratio'
        )::double precision as completion_ratio,
        max(newest.figure) filter (
            where newest.metric_name = 'sponsorship_income'
        )::double precision as sponsorship_income,
        max(newest.figure) filter (
            where newest.metric_name = 'sponsorship_benefit_ratio'
        )::double precision as sponsorship_benefit_ratio
    from newest
    -- What was long ago is no standing: as old as alerts look at, and a cohort
    -- as much older as it takes until it is complete.
    inner join companies
        on
            newest.company_id = companies.company_id
            and companies.as_of_date - newest.month_start_date
            <= case
                when newest.metric_name like 'retention_window%' then 195
                when newest.metric_name = 'k_factor' then 195
                else 75
            end
    group by newest.company_id, companies.as_of_date
)

select * from pivoted
