with told as (
    select * from {{ source('predictions', 'programme_kpi_baselines') }}
),

chosen as (
    select
        company_id,
        metric_name,
        month_start_date,
        frozen_on,
        kpi_value
    from told
)

select * from chosen
