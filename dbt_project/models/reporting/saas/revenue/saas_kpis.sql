with kpis as (
    select * from {{ ref('saas_kpi_labels') }}
),

targets as (
    select * from {{ ref('saas_kpi_targets') }}
),

satisfaction as (
    select
        company_id,
        month_start_date,
        case when touchpoint = 'all' then nps_score end as nps_score,
        case when touchpoint = 'support' then csat_mean_10 end
            as support_csat_mean_10
    from {{ ref('satisfaction_by_month') }}
),

programme as (
    select
        company_id,
        last_month as month_start_date,
        roi as programme_roi,
        saas_clv,
        acquisition_cost,
        clv_to_cac
    from {{ ref('programme_standing') }}
),

figures as (
    {% for told in [
        ref('saas_by_month'), ref('seat_use_by_month'),
        ref('account_retention_months'), ref('account_care_months'),
        ref('session_use_by_month'), ref('efficiency_months'),
        'satisfaction', 'programme'
    ] %}
        select
            told.company_id,
            told.month_start_date,
            to_jsonb(told) as figures
        from {{ told }} as told
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

measured as (
    select
        figures.company_id,
        kpis.*,
        figures.month_start_date,
        (figures.figures ->> kpis.metric_name)::double precision as kpi_value
    from figures
    inner join kpis
        on figures.figures ->> kpis.metric_name is not null
),

-- The target of the month, else of the next that has one, else the last.
aimed as (
    select
        measured.company_id,
        measured.metric_name,
        measured.unit,
        measured.place,
        measured.label_es as kpi_label_es,
        measured.label_en as kpi_label_en,
        measured.month_start_date,
        measured.kpi_value,
        measured.kpi_value - earlier.kpi_value as kpi_change,
        targets.target_month,
        targets.target_value,
        targets.target_value - measured.kpi_value as target_gap,
        targets.baseline_value
    from measured
    left join measured as earlier
        on
            measured.company_id = earlier.company_id
            and measured.metric_name = earlier.metric_name
            and measured.month_start_date
            = earlier.month_start_date + interval '1 month'
    left join targets
        on
            measured.company_id = targets.company_id
            and measured.metric_name = targets.metric_name
            and coalesce(
                measured.month_start_date > targets.after_month, true
            )
            and coalesce(
                measured.month_start_date <= targets.until_month, true
            )
)

select * from aimed
