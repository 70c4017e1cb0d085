{{ webinar_outcomes('channel_id') }}
