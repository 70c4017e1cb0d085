{{ webinar_funnel(['webinar_id', 'channel_id']) }}
