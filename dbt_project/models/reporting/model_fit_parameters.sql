with fits as (
    select
        *,
        row_number() over (
            partition by company_id, status
            order by as_of_date desc, fitted_at desc, fit_id desc
        ) as recency_rank
    from {{ source('predictions', 'model_fits') }}
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
        fits.status = 'published' and fits.recency_rank = 1 as is_current,
        fits.fitted_at
    from parameters
    inner join fits
        on
            parameters.company_id = fits.company_id
            and parameters.fit_id = fits.fit_id
)

select * from joined
