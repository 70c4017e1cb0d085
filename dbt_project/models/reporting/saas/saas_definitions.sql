with months as (
    select
        *,
        churned_mrr + contraction_mrr as lost_mrr,
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
            when 'logo_churn_ratio'
                then
                    case
                        when definitions.tool_name in ('Baremetrics', 'Stripe')
                            then months.left_count
                        else months.churned_account_count
                    end
            when 'net_mrr_churn_ratio'
                then
                    months.lost_mrr - months.expansion_mrr
                    - case
                        when definitions.tool_name = 'Baremetrics' then 0
                        else months.reactivation_mrr
                    end
            when 'net_revenue_retention_ratio'
                then
                    case
                        when definitions.tool_name = 'Baremetrics'
                            then
                                months.start_mrr
                                - months.lost_mrr
                                + months.expansion_mrr
                        else months.base_mrr_now
                    end
            when 'quick_ratio' then
                months.new_mrr + months.expansion_mrr
                + case
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
        *,
        numerator::double precision / nullif(denominator, 0) as rate
    from divided
)

select * from rated
