with summaries as (
    select * from {{ ref('customer_summaries') }}
),

customers as (
    select
        company_id,
        customer_id,
        first_channel_id,
        first_campaign_name
    from {{ ref('customers') }}
    where first_campaign_name is not null
),

companies as (
    select
        company_id,
        currency_code,
        inactivity_days
    from {{ ref('companies') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_purchase
),

campaign_days as (
    select * from {{ ref('campaign_days') }}
    where exclusion_reason is null
),

channels as (
    select * from {{ ref('channels') }}
),

reached as (
    select
        company_id,
        max(as_of_date) as as_of_date
    from summaries
    group by company_id
),

-- Whether a customer came back is known inactivity_days after the first order.
due as (
    select
        customers.company_id,
        customers.customer_id,
        customers.first_channel_id as channel_id,
        lower(customers.first_campaign_name) as named_campaign_id,
        customers.first_campaign_name as campaign_name,
        summaries.first_order_date,
        summaries.first_order_date + companies.inactivity_days as due_date
    from customers
    inner join summaries
        on
            customers.company_id = summaries.company_id
            and customers.customer_id = summaries.customer_id
    inner join companies
        on customers.company_id = companies.company_id
    where
        summaries.first_order_date > summaries.as_of_date - 365
        and summaries.first_order_date + companies.inactivity_days
        <= summaries.as_of_date
),

returned as (
    select distinct
        due.company_id,
        due.customer_id
    from due
    inner join orders
        on
            due.company_id = orders.company_id
            and due.customer_id = orders.customer_id
            and due.first_order_date < orders.order_date
            and due.due_date >= orders.order_date
),

counted as (
    select
        due.company_id,
        due.channel_id,
        due.named_campaign_id,
        min(due.campaign_name) as campaign_name,
        count(*)::integer as customer_count,
        (count(*) filter (where returned.customer_id is null))::integer
            as lost_count
    from due
    left join returned
        on
            due.company_id = returned.company_id
            and due.customer_id = returned.customer_id
    group by due.company_id, due.channel_id, due.named_campaign_id
),

-- A link names the campaign as people type it: as in campaign_months.
spent as (
    select
        campaign_days.company_id,
        campaign_days.channel_id,
        lower(coalesce(campaign_days.campaign_name, campaign_days.campaign_id))
            as named_campaign_id,
        sum(campaign_days.spend)::numeric(18, 2) as spend_30d
    from campaign_days
    inner join reached
        on campaign_days.company_id = reached.company_id
    where
        campaign_days.spend_date > reached.as_of_date - 30
        and campaign_days.spend_date <= reached.as_of_date
    group by
        campaign_days.company_id,
        campaign_days.channel_id,
        lower(coalesce(campaign_days.campaign_name, campaign_days.campaign_id))
),

beside as (
    select
        *,
        (sum(customer_count) over (partition by company_id) - customer_count)
        ::integer as others_customer_count,
        (sum(lost_count) over (partition by company_id) - lost_count)
        ::integer as others_lost_count
    from counted
),

rated as (
    select
        *,
        lost_count::double precision / customer_count as lost_rate,
        others_lost_count::double precision
        / nullif(others_customer_count, 0) as others_lost_rate
    from beside
),

-- 99 %, because many campaigns are looked at at once.
bounded as (
    select
        *,
        {{ wilson_bound('lost_rate', 'customer_count', '-', 2.576) }}
            as lost_rate_lower,
        {{ wilson_bound('lost_rate', 'customer_count', '+', 2.576) }}
            as lost_rate_upper,
        {{ wilson_bound(
            'others_lost_rate', 'others_customer_count', '-', 2.576
        ) }} as others_lost_rate_lower,
        {{ wilson_bound(
            'others_lost_rate', 'others_customer_count', '+', 2.576
        ) }} as others_lost_rate_upper
    from rated
),

compared as (
    select
        *,
        lost_rate - others_lost_rate as difference_rate,
        {{ newcombe_bound('lost_rate', 'others_lost_rate', '-') }}
            as difference_rate_lower,
        {{ newcombe_bound('lost_rate', 'others_lost_rate', '+') }}
            as difference_rate_upper
    from bounded
),

labelled as (
    select
        compared.company_id,
        compared.channel_id,
        compared.named_campaign_id,
        compared.campaign_name,
        channels.label_es as channel_label_es,
        channels.label_en as channel_label_en,
        compared.customer_count,
        compared.lost_count,
        compared.lost_rate,
        compared.lost_rate_lower,
        compared.lost_rate_upper,
        compared.others_customer_count,
        compared.others_lost_count,
        compared.others_lost_rate,
        compared.difference_rate,
        compared.difference_rate_lower,
        compared.difference_rate_upper,
        spent.spend_30d,
        (
            case
                when
                    compared.customer_count >= 30
                    and compared.others_customer_count >= 30
                    and compared.difference_rate_lower > 0
                    then coalesce(spent.spend_30d, 0)
                else 0
            end
        )::numeric(18, 2) as losing_spend_30d,
        companies.inactivity_days,
        companies.currency_code,
        reached.as_of_date
    from compared
    inner join companies
        on compared.company_id = companies.company_id
    inner join reached
        on compared.company_id = reached.company_id
    left join channels
        on compared.channel_id = channels.channel_id
    left join spent
        on
            compared.company_id = spent.company_id
            and compared.channel_id = spent.channel_id
            and compared.named_campaign_id = spent.named_campaign_id
)

select * from labelled
