with months as (
    select
        *,
        new_mrr + expansion_mrr as gained_mrr,
        churned_mrr + contraction_mrr as lost_mrr,
        churned_mrr + contraction_mrr - expansion_mrr as net_lost_mrr,
        churned_account_count + joined_and_left_account_count as left_count,
        new_account_count + new_and_left_account_count as joined_count
    from {{ ref('saas_months') }}
),

definitions as (
    select * from {{ ref('saas_tool_definitions') }}
),

-- What is not asked for by a tool's name is ours, or counted as we do.
divided as (
    select
        months.company_id,
        months.month_start_date,
        definitions.metric_name,
        definitions.tool_name,
        definitions.place,
        definitions.meaning_es,
        definitions.meaning_en,
        case definitions.metric_name
            when 'net_revenue_retention_ratio' then months.base_account_count
            -- It is of money gained and lost, whoever paid it.
            when 'quick_ratio' then 30
            else months.start_account_count
        end as account_count,
        case definitions.metric_name
            when 'logo_churn_ratio'
                then
                    case
                        when definitions.tool_name in ('Baremetrics', 'Stripe')
                            then months.left_count
                        else months.churned_account_count
                    end
            when 'net_mrr_churn_ratio'
                then
                    months.net_lost_mrr
                    - case
                        when definitions.tool_name = 'Baremetrics' then 0
                        else months.reactivation_mrr
                    end
            when 'net_revenue_retention_ratio'
                then
                    case
                        when definitions.tool_name = 'Baremetrics'
                            then months.start_mrr - months.net_lost_mrr
                        else months.base_mrr_now
                    end
            when 'quick_ratio' then
                months.gained_mrr + case
                    when definitions.tool_name = 'ChartMogul'
                        then months.reactivation_mrr
                    else 0
                end
        end::numeric(18, 2) as numerator,
        case definitions.metric_name
            when 'logo_churn_ratio'
                then
                    months.start_account_count
                    + case
                        when definitions.tool_name = 'Stripe'
                            then months.joined_count
                        else 0
                    end
            when 'net_revenue_retention_ratio'
                then
                    case
                        when definitions.tool_name = 'Baremetrics'
                            then months.start_mrr
                        else months.base_mrr
                    end
            when 'quick_ratio' then months.lost_mrr
            else months.start_mrr
        end::numeric(18, 2) as denominator
    from months
    cross join definitions
),

rated as (
    select
        company_id,
        month_start_date,
        metric_name,
        tool_name,
        place,
        meaning_es,
        meaning_en,
        numerator,
        denominator,
        {{ rate_of_many('numerator', 'denominator', 'account_count') }} as rate
    from divided
)

select * from rated
