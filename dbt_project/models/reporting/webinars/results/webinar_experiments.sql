with results as (
    select * from {{ ref('experiment_results') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        title
    from {{ ref('webinars') }}
),

joined as (
    select
        results.company_id,
        results.experiment,
        results.outcome_kind,
        results.variant,
        results.experiment_kind,
        results.webinar_id,
        webinars.title,
        results.started_on,
        results.ended_on,
        results.is_control,
        results.shown_count,
        results.outcome_count,
        results.variant_ratio,
        results.variant_lower,
        results.variant_upper,
        results.difference_ratio,
        results.difference_lower,
        results.difference_upper,
        results.is_mean,
        results.variant_mean,
        results.difference_mean,
        results.difference_mean_lower,
        results.difference_mean_upper,
        results.verdict
    from results
    left join webinars
        on
            results.company_id = webinars.company_id
            and results.webinar_id = webinars.webinar_id
)

select * from joined
