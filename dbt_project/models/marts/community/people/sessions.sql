with companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

sessions as (
    select * from {{ ref('stg_files__marketplace_sessions') }}
    where {{ is_in_scope() }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
    where {{ is_in_scope() }}
),

users as (
    select
        company_id,
        marketplace_user_id,
        customer_id
    from {{ ref('int_marketplace_users_matched') }}
    where {{ is_in_scope() }}
),

sources as (
    select
        alias,
        channel_id
    from {{ ref('channel_aliases') }}
    where kind = 'source'
),

ranked as (
    select
        sessions.*,
        row_number() over (
            partition by sessions.company_id, sessions.session_id
            order by
                files.exported_at desc,
                files.file_name desc,
                sessions.line_number desc
        ) as recency_rank
    from sessions
    inner join files
        on
            sessions.company_id = files.company_id
            and sessions.file_sha256 = files.file_sha256
),

deduplicated as (
    select
        ranked.company_id,
        'marketplace/' || ranked.session_id as session_id,
        coalesce(users.customer_id, 'marketplace/' || ranked.user_id)
            as customer_id,
        ranked.started_at,
        (ranked.started_at at time zone companies.time_zone)::date
            as started_date,
        coalesce(
            sources.channel_id,
            case
                when ranked.channel_name is null then 'unknown'
                else 'other'
            end
        ) as channel_id
    from ranked
    inner join companies
        on ranked.company_id = companies.company_id
    left join users
        on
            ranked.company_id = users.company_id
            and ranked.user_id = users.marketplace_user_id
    left join sources
        on {{ channel_alias('ranked.channel_name') }} = sources.alias
    where ranked.recency_rank = 1
)

select * from deduplicated
