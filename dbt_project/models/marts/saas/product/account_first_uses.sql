with starts as (
    select * from {{ ref('account_starts') }}
    where {{ is_in_scope() }} and is_use_known
),

logins as (
    select * from {{ ref('account_user_days') }}
    where {{ is_in_scope() }} and login_count > 0
),

uses as (
    select * from {{ ref('account_feature_days') }}
    where {{ is_in_scope() }}
),

-- Three times the earliest day after the one before: to number all days of all
-- accounts, they would have to be sorted.
{% for number in [1, 2, 3] %}
    {%- set before = 'starts' if loop.first else 'used_' ~ loop.index0 %}
    used_{{ number }} as (
        select
            {{ before }}.company_id,
            {{ before }}.account_id,
            {{ before }}.start_kind,
            {{ before }}.start_date,
            {{ before }}.left_date,
            min(uses.activity_date) + 1 as began_on
        from {{ before }}
        inner join uses
            on
                {{ before }}.company_id = uses.company_id
                and {{ before }}.account_id = uses.account_id
                and {{ before }}.began_on <= uses.activity_date
                and coalesce({{ before }}.left_date > uses.activity_date, true)
        group by
            {{ before }}.company_id,
            {{ before }}.account_id,
            {{ before }}.start_kind,
            {{ before }}.start_date,
            {{ before }}.left_date
    ),
{% endfor %}

logged_in as (
    select
        starts.company_id,
        starts.account_id,
        starts.start_kind,
        starts.start_date,
        min(logins.activity_date) as found_on,
        0 as use_number
    from starts
    left join logins
        on
            starts.company_id = logins.company_id
            and starts.account_id = logins.account_id
            and starts.began_on <= logins.activity_date
            and coalesce(starts.left_date > logins.activity_date, true)
    group by
        starts.company_id,
        starts.account_id,
        starts.start_kind,
        starts.start_date
),

-- Every start has a first row; joined by three keys, a wrong guess of how many
-- there are would cost their square.
found as (
    select * from logged_in
    {% for number in [1, 3] %}
        union all
        select
            company_id,
            account_id,
            start_kind,
            start_date,
            began_on - 1 as found_on,
            {{ number }} as use_number
        from used_{{ number }}
    {% endfor %}
),

-- What came while it was tried is there on the first day that is paid for.
told as (
    select
        company_id,
        account_id,
        start_kind,
        max(greatest(found_on, start_date) - start_date)
        filter (where use_number = 0 and found_on is not null)
            as days_to_login,
        max(greatest(found_on, start_date) - start_date)
        filter (where use_number = 1) as days_to_feature,
        max(greatest(found_on, start_date) - start_date)
        filter (where use_number = 3) as days_to_habit
    from found
    group by company_id, account_id, start_kind
)

select * from told
