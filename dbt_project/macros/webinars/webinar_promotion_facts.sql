{#-
    What was seen, visited, sent and clicked, each with the campaign it was of and the
    channel it came by: sessions of the website, e-mails, posts and ads. What a kind of fact
    does not tell is null, which is not none. Clicks are of what tells how often it was
    shown, and averages of the sessions that tell.
-#}
{% macro webinar_promotion_facts() -%}
{%- set told = {
    'sessions': {
        'from': ref('int_web_sessions_told'),
        'channel_id': 'channel_id',
        'told_date': 'visit_date',
        'campaign_alias': 'campaign_alias',
        'session_count': 'session_count',
        'judged_session_count':
            'case when bounced_session_count is not null then session_count end',
        'bounced_session_count': 'bounced_session_count',
        'timed_session_count':
            'case when engaged_seconds is not null then session_count end',
        'engaged_seconds': 'engaged_seconds',
        'paged_session_count':
            'case when page_view_count is not null then session_count end',
        'page_view_count': 'page_view_count',
        'new_visitor_count': 'new_user_count',
    },
    'e-mails': {
        'from': ref('message_campaign_results'),
        'where': "channel = 'email'",
        'channel_id': "'email'",
        'told_date': 'first_date',
        'campaign_alias': channel_alias('campaign_id'),
        'campaign_name_alias': channel_alias('campaign_name'),
        'email_sent_count': 'sent_count',
        'email_delivered_count': 'delivered_count',
        'email_opened_count': 'opened_count',
        'email_clicked_count': 'clicked_count',
    },
    'posts': {
        'from': ref('int_social_posts_current'),
        'channel_id': "'organic_social'",
        'told_at': 'posted_at',
        'campaign_alias': channel_alias('campaign_name'),
        'impression_count': 'impression_count',
        'rated_impression_count':
            'case when click_count is not null then impression_count end',
        'click_count': 'case when impression_count is not null then click_count end',
    },
    'ads': {
        'from': ref('campaign_days'),
        'channel_id': 'channel_id',
        'told_date': 'spend_date',
        'campaign_alias': channel_alias('campaign_id'),
        'campaign_name_alias': channel_alias('campaign_name'),
        'impression_count': 'impression_count',
        'rated_impression_count':
            'case when click_count is not null then impression_count end',
        'click_count': 'case when impression_count is not null then click_count end',
    },
} -%}
{%- for kind, columns in told.items() %}
    {% if not loop.first %}union all{% endif %}
    select
        company_id,
        {{ columns['channel_id'] }} as channel_id,
        {{ columns.get('told_date', 'null::date') }} as told_date,
        {{ columns.get('told_at', 'null::timestamptz') }} as told_at,
        {{ columns['campaign_alias'] }} as campaign_alias,
        {{ columns.get('campaign_name_alias', 'null::text') }}
            as campaign_name_alias
        {%- for name in webinar_promotion_counts() %},
        ({{ columns.get(name, 'null') }})::numeric as {{ name }}
        {%- endfor %}
    from {{ columns['from'] }}
    where
        {{ is_in_scope() }}
        {%- if 'where' in columns %} and {{ columns['where'] }}{% endif %}
{%- endfor %}
{%- endmacro %}
