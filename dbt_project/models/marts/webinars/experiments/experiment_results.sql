with variants as (
    select * from {{ ref('experiment_variants') }}
    where {{ is_in_scope() }}
),

controls as (
    select * from variants
    where is_control
),

ended as (
    select
        company_id,
        experiment,
        outcome_kind,
        bool_and(
            coalesce(
                ended_on <= as_of_date, shown_count >= planned_count, false
            )
        ) as is_over
    from variants
    group by company_id, experiment, outcome_kind
),

compared as (
    select
        rivals.*,
        ended.is_over,
        controls.own_ratio as control_ratio,
        controls.own_lower as control_lower,
        controls.own_upper as control_upper,
        controls.shown_count as control_shown_count,
        controls.planned_count::double precision
        / (controls.planned_count + rivals.planned_count) as planned_share
    from variants as rivals
    inner join ended
        on
            rivals.company_id = ended.company_id
            and rivals.experiment = ended.experiment
            and rivals.outcome_kind = ended.outcome_kind
    inner join controls
        on
            rivals.company_id = controls.company_id
            and rivals.experiment = controls.experiment
            and rivals.outcome_kind = controls.outcome_kind
),

bounded as (
    select
        *,
        own_ratio - control_ratio as difference_ratio,
        {{ newcombe_bound('own', 'control', -1) }} as difference_lower,
        {{ newcombe_bound('own', 'control', 1) }} as difference_upper,
        -- So far from the split that was planned as one draw in a thousand.
        abs(
            control_shown_count
            - planned_share * (control_shown_count + shown_count)
        ) > 3.2905267314919255 * sqrt(
            planned_share * (1 - planned_share)
            * (control_shown_count + shown_count)
        ) as is_uneven
    from compared
),

judged as (
    select
        company_id,
        experiment,
        outcome_kind,
        variant,
        experiment_kind,
        webinar_id,
        started_on,
        ended_on,
        is_control,
        shown_count,
        outcome_count,
        own_ratio as variant_ratio,
        own_lower as variant_lower,
        own_upper as variant_upper,
        case when not is_control then difference_ratio end as difference_ratio,
        case when not is_control then difference_lower end as difference_lower,
        case when not is_control then difference_upper end as difference_upper,
        case
            when outcome_count > shown_count or difference_ratio is null
                then 'flawed'
            when is_control then 'control'
            when is_uneven then 'uneven'
            when not is_over then 'running'
            when difference_lower > 0 then 'better'
            when difference_upper < 0 then 'worse'
            else 'cannot_tell'
        end as verdict
    from bounded
)

select * from judged
