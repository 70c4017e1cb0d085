with companies as (
    select * from {{ ref('companies') }}
),

templates as (
    select * from {{ ref('insight_templates') }}
),

insights as (
    select * from {{ ref('insights') }}
    where kind_rank = 1
),

values_of_customers as (
    select * from {{ ref('customer_value_totals') }}
),

kinds as (
    select
        *,
        case kind when 'opportunity' then 1 when 'alert' then 2 else 3 end
            as kind_order
    from templates
    where rule_id like 'no\_%'
),

-- A kind of which nothing holds says why.
told as (
    select
        companies.company_id,
        kinds.kind_order,
        kinds.kind,
        coalesce(insights.rule_id, kinds.rule_id) as rule_id,
        insights.trace_id,
        coalesce(insights.as_of_date, values_of_customers.as_of_date)
            as as_of_date,
        coalesce(insights.sentence_es, kinds.template_es) as sentence_es,
        coalesce(insights.sentence_en, kinds.template_en) as sentence_en
    from companies
    cross join kinds
    left join insights
        on
            companies.company_id = insights.company_id
            and kinds.kind = insights.kind
    left join values_of_customers
        on companies.company_id = values_of_customers.company_id
)

select * from told
