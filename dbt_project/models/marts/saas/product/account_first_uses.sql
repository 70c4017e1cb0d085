with starts as (
    select * from {{ ref('account_starts') }}
    where {{ is_in_scope() }} and is_use_known
),

logins as (
    select distinct
        company_id,
        account_id,
        activity_date
    from {{ ref('account_user_days') }}
    where {{ is_in_scope() }} and login_count > 0
),

uses as (
    select distinct
        company_id,
        account_id,
        activity_date
    from {{ ref('account_feature_days') }}
    where {{ is_in_scope() }}
),

logged_in as (
    select
        starts.company_id,
        starts.account_id,
        starts.start_kind,
        min(logins.activity_date) as login_date
    from starts
    inner join logins
        on
            starts.company_id = logins.company_id
            and starts.account_id = logins.account_id
            and starts.began_on <= logins.activity_date
            and coalesce(starts.left_date > logins.activity_date, true)
    group by starts.company_id, starts.account_id, starts.start_kind
),

numbered as (
    select
        starts.company_id,
        starts.account_id,
        starts.start_kind,
        uses.activity_date,
        row_number() over (
            partition by
                starts.company_id, starts.account_id, starts.start_kind
            order by uses.activity_date
        ) as use_number
    from starts
    inner join uses
        on
            starts.company_id = uses.company_id
            and starts.account_id = uses.account_id
            and starts.began_on <= uses.activity_date
            and coalesce(starts.left_date > uses.activity_date, true)
),

-- What came while it was tried is there on the first day that is paid for.
told as (
    select
        starts.company_id,
        starts.account_id,
        starts.start_kind,
        case
            when logged_in.login_date is not null
                then greatest(logged_in.login_date - starts.start_date, 0)
        end as days_to_login,
        case
            when first_uses.activity_date is not null
                then greatest(first_uses.activity_date - starts.start_date, 0)
        end as days_to_feature,
        case
            when third_uses.activity_date is not null
                then greatest(third_uses.activity_date - starts.start_date, 0)
        end as days_to_habit
    from starts
    left join logged_in
        on
            starts.company_id = logged_in.company_id
            and starts.account_id = logged_in.account_id
            and starts.start_kind = logged_in.start_kind
    left join numbered as first_uses
        on
            starts.company_id = first_uses.company_id
            and starts.account_id = first_uses.account_id
            and starts.start_kind = first_uses.start_kind
            and first_uses.use_number = 1
    left join numbered as third_uses
        on
            starts.company_id = third_uses.company_id
            and starts.account_id = third_uses.account_id
            and starts.start_kind = third_uses.start_kind
            and third_uses.use_number = 3
)

select * from told
