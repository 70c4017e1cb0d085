with variants as (
    select * from {{ ref('experiment_variants') }}
    where {{ is_in_scope() }}
),

controls as (
    select * from variants
    where is_control
),

compared as (
    select
        rivals.*,
        rivals.outcome_deviation as own_deviation,
        rivals.shown_count as own_count,
        controls.own_mean as control_mean,
        controls.outcome_deviation as control_deviation,
        controls.shown_count as control_count,
        controls.own_ratio as control_ratio,
        controls.own_lower as control_lower,
        controls.own_upper as control_upper,
        controls.planned_count::double precision
        / (controls.planned_count + rivals.planned_count) as planned_share
    from variants as rivals
    inner join controls
        on
            rivals.company_id = controls.company_id
            and rivals.experiment = controls.experiment
            and rivals.outcome_kind = controls.outcome_kind
),

freed as (
    select
        *,
        {{ welch_freedom('own', 'control') }} as freedom
    from compared
),

bounded as (
    select
        *,
        own_ratio - control_ratio as difference_ratio,
        {{ newcombe_bound('own', 'control', -1) }} as difference_lower,
        {{ newcombe_bound('own', 'control', 1) }} as difference_upper,
        own_mean - control_mean as difference_mean,
        {{ welch_bound('own', 'control', -1) }} as mean_lower,
        {{ welch_bound('own', 'control', 1) }} as mean_upper,
        -- So far from the split that was planned as one draw in a thousand.
        abs(
            control_count - planned_share * (control_count + own_count)
        ) > 3.2905267314919255 * sqrt(
            planned_share * (1 - planned_share) * (control_count + own_count)
        ) as is_uneven
    from freed
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
        is_mean,
        own_mean as variant_mean,
        case when not is_control then difference_mean end as difference_mean,
        case when not is_control then mean_lower end as difference_mean_lower,
        case when not is_control then mean_upper end as difference_mean_upper,
        case
            when coalesce(difference_ratio, difference_mean) is null
                then 'flawed'
            when is_control then 'control'
            when is_uneven then 'uneven'
            when not is_over then 'running'
            when is_mean and mean_lower is null then 'few'
            when coalesce(difference_lower, mean_lower) > 0 then 'better'
            when coalesce(difference_upper, mean_upper) < 0 then 'worse'
            else 'cannot_tell'
        end as verdict
    from bounded
)

select * from judged
