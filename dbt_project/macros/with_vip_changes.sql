{#-
    CTEs, the last of them `vip_changes`: who became a VIP between the last published
    fits of two weeks, and who is none any more, for the newest four weeks of a company.
    A VIP is who is worth as much as value_segment_rules asks of vip_at_risk, at risk or
    not; the values are those that were known then. Another model would move customers
    that did nothing: its first week is compared with none, and counts who there is.
    Reads the CTE `fits`.
-#}
{% macro with_vip_changes() -%}
vip_rules as (
    select min_value_percentile
    from {{ ref('value_segment_rules') }}
    where segment_id = 'vip_at_risk'
),

weekly_fits as (
    select distinct on (
        company_id, model_version, date_trunc('week', as_of_date)
    )
        company_id,
        fit_id,
        model_version,
        as_of_date,
        fitted_at
    from fits
    where status = 'published'
    order by
        company_id asc,
        model_version asc,
        date_trunc('week', as_of_date) asc,
        as_of_date desc,
        fitted_at desc,
        fit_id asc
),

followed_fits as (
    select
        *,
        lag(fit_id) over (
            partition by company_id, model_version order by as_of_date
        ) as earlier_fit_id,
        lag(as_of_date) over (
            partition by company_id, model_version order by as_of_date
        ) as compared_date,
        row_number() over (
            partition by company_id order by as_of_date desc, fitted_at desc
        ) as weeks_back
    from weekly_fits
),

compared_fits as (
    select * from followed_fits
    where weeks_back <= 4
),

named_fits as (
    select
        company_id,
        fit_id
    from compared_fits
    union all
    select
        company_id,
        earlier_fit_id as fit_id
    from compared_fits
    where earlier_fit_id is not null
),

read_fits as (
    select distinct
        company_id,
        fit_id
    from named_fits
),

value_ranks as (
    select
        history.company_id,
        history.fit_id,
        history.customer_id,
        percent_rank() over (
            partition by history.company_id, history.fit_id
            order by history.historic_value
        ) as historic_percentile,
        percent_rank() over (
            partition by history.company_id, history.fit_id
            order by
                coalesce(
                    history.value_if_active_12m, history.predicted_value_12m
                )
        ) as predicted_percentile
    from {{ source('predictions', 'predictions_customer_history') }} as history
    inner join read_fits
        on
            history.company_id = read_fits.company_id
            and history.fit_id = read_fits.fit_id
    where history.probability_alive is not null
),

vips as (
    select
        value_ranks.company_id,
        value_ranks.fit_id,
        value_ranks.customer_id
    from value_ranks
    inner join vip_rules
        on
            greatest(
                value_ranks.historic_percentile,
                value_ranks.predicted_percentile
            ) >= vip_rules.min_value_percentile
),

vip_standings as (
    select
        compared_fits.company_id,
        compared_fits.fit_id,
        vips.customer_id,
        bool_or(vips.fit_id = compared_fits.fit_id) as is_vip,
        bool_or(
            vips.fit_id is not distinct from compared_fits.earlier_fit_id
        ) as was_vip
    from compared_fits
    inner join vips
        on
            compared_fits.company_id = vips.company_id
            and vips.fit_id
            in (compared_fits.fit_id, compared_fits.earlier_fit_id)
    group by compared_fits.company_id, compared_fits.fit_id, vips.customer_id
),

vip_changes as (
    select
        compared_fits.company_id,
        compared_fits.fit_id,
        compared_fits.as_of_date,
        compared_fits.compared_date,
        compared_fits.fitted_at,
        count(*) filter (
            where vip_standings.is_vip and not vip_standings.was_vip
        ) as new_count,
        count(*) filter (where not vip_standings.is_vip) as left_count
    from compared_fits
    inner join vip_standings
        on
            compared_fits.company_id = vip_standings.company_id
            and compared_fits.fit_id = vip_standings.fit_id
    group by
        compared_fits.company_id,
        compared_fits.fit_id,
        compared_fits.as_of_date,
        compared_fits.compared_date,
        compared_fits.fitted_at
)
{%- endmacro %}
