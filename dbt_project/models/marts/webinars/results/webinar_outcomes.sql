{{ webinar_outcomes('webinar_id') }}
