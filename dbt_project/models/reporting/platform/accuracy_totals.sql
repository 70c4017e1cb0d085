with companies as (
    select * from {{ ref('companies') }}
),

subjects as (
    select * from {{ ref('accuracy_labels') }}
),

forecasts as (
    select * from {{ ref('forecast_grades') }}
),

mixes as (
    select * from {{ ref('media_mix_backtests') }}
),

scenarios as (
    select * from {{ ref('scenario_grades') }}
),

recommendations as (
    select * from {{ ref('recommendations') }}
),

-- What two rules advise of one plan was promised once: the first counts.
plans as (
    select distinct on (company_id, coalesce(plan_id, trace_id))
        company_id,
        due_date,
        state,
        is_outcome_inside,
        promised,
        outcome
    from recommendations
    where promised is not null
    order by company_id, coalesce(plan_id, trace_id), due_date, trace_id
),

predictions as (
    select
        company_id,
        'orders_' || horizon_days || 'd' as subject,
        due_date,
        is_graded,
        is_orders_total_inside as is_inside,
        abs(orders_error_share) as error_share
    from forecasts
    where horizon_days in (30, 90)
    union all
    select
        company_id,
        'value_365d' as subject,
        due_date,
        is_graded,
        is_value_total_inside as is_inside,
        abs(value_error_share) as error_share
    from forecasts
    where horizon_days = 365
    union all
    -- With what was spent: the mix tells what spend brings, not how much it is.
    select
        company_id,
        'mix_91d' as subject,
        origin_date + horizon_days as due_date,
        true as is_graded,
        is_inside,
        abs(bias) as error_share
    from mixes
    where outcome_unit = 'revenue'
    union all
    -- A scenario has an interval of its gain, not of what is sold; one that
    -- nobody followed says nothing of its projection.
    select
        company_id,
        'scenarios' as subject,
        end_date as due_date,
        state = 'graded' as is_graded,
        is_gain_inside as is_inside,
        abs(income_error) as error_share
    from scenarios
    where state in ('not_due', 'graded')
    union all
    -- What was not followed says nothing of the promise.
    select
        company_id,
        'recommendations' as subject,
        due_date,
        outcome is not null as is_graded,
        is_outcome_inside as is_inside,
        abs(promised / nullif(outcome, 0) - 1) as error_share
    from plans
    where state in ('not_due', 'followed')
),

counted as (
    select
        company_id,
        subject,
        count(*)::integer as prediction_count,
        count(*) filter (where is_graded)::integer as graded_count,
        count(is_inside) filter (where is_graded)::integer as judged_count,
        count(*) filter (where is_graded and is_inside)::integer
            as inside_count,
        percentile_cont(0.5) within group (order by error_share)
        filter (where is_graded) as median_error_share,
        min(due_date) filter (where not is_graded) as next_due_date
    from predictions
    group by company_id, subject
),

-- What nothing was predicted of yet is told as such.
listed as (
    select
        companies.company_id,
        subjects.subject,
        subjects.subject_order,
        subjects.label_es as subject_label_es,
        subjects.label_en as subject_label_en,
        coalesce(counted.prediction_count, 0) as prediction_count,
        coalesce(counted.graded_count, 0) as graded_count,
        counted.inside_count::double precision
        / nullif(counted.judged_count, 0) as inside_share,
        0.9 as promised_share,
        counted.median_error_share,
        counted.next_due_date
    from companies
    cross join subjects
    left join counted
        on
            companies.company_id = counted.company_id
            and subjects.subject = counted.subject
)

select * from listed
