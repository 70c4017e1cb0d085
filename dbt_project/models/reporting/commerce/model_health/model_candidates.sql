with candidates as (
    select * from {{ source('predictions', 'model_candidates') }}
),

fits as (
    select * from {{ source('predictions', 'model_fits') }}
),

current_fits as (
    select
        company_id,
        min(fit_id) as fit_id
    from {{ source('predictions', 'predictions_customer') }}
    group by company_id
),

joined as (
    select
        candidates.company_id,
        candidates.fit_id,
        candidates.model,
        candidates.is_orders_model,
        candidates.is_probability_model,
        candidates.log_likelihood,
        candidates.mae_ratio,
        candidates.log_loss,
        candidates.reason,
        fits.as_of_date,
        fits.data_through_date,
        fits.model_version,
        fits.fitted_at,
        coalesce(candidates.reason_es, candidates.reason) as reason_es
    from candidates
    inner join current_fits
        on
            candidates.company_id = current_fits.company_id
            and candidates.fit_id = current_fits.fit_id
    inner join fits
        on
            candidates.company_id = fits.company_id
            and candidates.fit_id = fits.fit_id
)

select * from joined
