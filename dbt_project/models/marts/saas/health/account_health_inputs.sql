with weeks as (
    select * from {{ ref('account_weeks') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

use_weeks as (
    select * from {{ ref('account_use_weeks') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

seen as (
    select * from {{ ref('account_seen_weeks') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

adoption as (
    select * from {{ ref('account_adoption_weeks') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

service as (
    select * from {{ ref('account_service_weeks') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

payments as (
    select * from {{ ref('account_payment_weeks') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

joined as (
    select
        weeks.company_id,
        weeks.account_id,
        weeks.scored_on,
        extract(dow from weeks.scored_on) = 0 as is_sunday,
        extract(dow from weeks.scored_on) = 0
        and extract(day from weeks.scored_on) <= 7 as is_first_of_month,
        weeks.mrr_amount,
        weeks.seat_count,
        weeks.contract_end_date,
        weeks.scored_on - weeks.first_date as tenure_days,
        use_weeks.active_user_count_28d,
        case
            when use_weeks.is_use_known and weeks.seat_count > 0 then least(
                use_weeks.active_day_count_28d / weeks.seat_count, 28
            )
        end::double precision as active_days_per_seat_28d,
        use_weeks.login_count_7d,
        use_weeks.session_minutes,
        case
            when use_weeks.is_use_known
                then weeks.scored_on - seen.last_activity_date
        end as idle_days,
        case
            when use_weeks.login_count_7d is not null
                then weeks.scored_on - seen.last_login_date
        end as days_since_last_login,
        adoption.available_feature_count,
        adoption.adopted_feature_count,
        adoption.adopted_feature_count::double precision
        / nullif(adoption.available_feature_count, 0)
            as feature_adoption_ratio,
        service.ticket_count_28d,
        service.has_escalation_28d,
        service.csat_mean_10,
        service.is_contact_in_cadence,
        service.has_answered_survey,
        payments.oldest_open_invoice_days,
        payments.failed_attempt_count,
        payments.failed_attempt_count_7d
    from weeks
    left join use_weeks
        on
            weeks.company_id = use_weeks.company_id
            and weeks.account_id = use_weeks.account_id
            and weeks.scored_on = use_weeks.scored_on
    left join seen
        on
            weeks.company_id = seen.company_id
            and weeks.account_id = seen.account_id
            and weeks.scored_on = seen.scored_on
    left join adoption
        on
            weeks.company_id = adoption.company_id
            and weeks.account_id = adoption.account_id
            and weeks.scored_on = adoption.scored_on
    left join service
        on
            weeks.company_id = service.company_id
            and weeks.account_id = service.account_id
            and weeks.scored_on = service.scored_on
    left join payments
        on
            weeks.company_id = payments.company_id
            and weeks.account_id = payments.account_id
            and weeks.scored_on = payments.scored_on
)

select * from joined
