with
{{ newest_rows('accounts', ref('stg_files__accounts'), ['account_id']) }},

filed as (
    select
        company_id,
        account_id,
        account_name,
        {{ own_domain('email_domain') }} as email_domain,
        country_code,
        segment,
        cs_manager,
        merged_into_account_id,
        signed_up_at
    from accounts
)

select * from filed
