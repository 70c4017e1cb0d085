"""A run that dies after any POST is continued, and nothing is made twice."""

from __future__ import annotations

import pytest

from metabase.metabase_as_code.errors import MetabaseError
from tests.metabase.server import Server, new_server


def test_a_crash_after_every_post_ends_in_the_same_state(
    small: Server, reporting_url: str
) -> None:
    small.sql(
        "insert into ops.metabase_settings (company_id, daily_recipients)"
        " values ('acme', '{ana@example.com}')"
    )
    small.fake.settings["email-configured?"] = True
    small.run()
    posts = sum(one.startswith("POST") for one in small.written())
    expected = small.state()
    assert posts > 15
    assert expected["pulses"]

    for number in range(posts):
        small.sql("delete from ops.metabase_objects")
        with new_server(reporting_url, small.request.root, ("acme",)) as other:
            other.fake.settings["email-configured?"] = True
            other.fake.dies_after_posts = number
            with pytest.raises(MetabaseError, match="it continues"):
                other.run()

            other.run()

            assert other.state() == expected, f"after POST {number}"
