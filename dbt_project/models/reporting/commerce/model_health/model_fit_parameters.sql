with fits as (
    select * from {{ source('predictions', 'model_fits') }}
),

current_fits as (
    select
        company_id,
        min(fit_id) as fit_id
    from {{ source('predictions', 'predictions_customer') }}
    group by company_id
),

parameters as (
    select * from {{ source('predictions', 'model_parameters') }}
),

joined as (
    select
        parameters.company_id,
        parameters.fit_id,
        parameters.model,
        parameters.parameter,
        parameters.value,
        parameters.standard_error,
        fits.as_of_date,
        fits.data_through_date,
        fits.model_version,
        fits.status,
        current_fits.fit_id is not null as is_current,
        fits.fitted_at
    from parameters
    inner join fits
        on
            parameters.company_id = fits.company_id
            and parameters.fit_id = fits.fit_id
    left join current_fits
        on
            parameters.company_id = current_fits.company_id
            and parameters.fit_id = current_fits.fit_id
)

select * from joined
