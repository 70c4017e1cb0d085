"""What we ask of Google Ads exists: its own client knows each resource and field.

A field that Google never had, or took away with a version, is refused with the whole
query; the sandbox knows only what we thought there is.
"""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from taps.tap_google_ads.settings import API_VERSION, CURRENT_VERSIONS
from tests.public_taps.conftest import ENVIRONMENTS
from tests.taps.tap_google_ads.runs import Google

CLIENT = ENVIRONMENTS / "vendor-clients"
QUERY = re.compile(r"SELECT (.+?) FROM (\w+)")
KNOWN = """
import importlib, json, sys
version, paths = sys.argv[1], json.load(sys.stdin)
service = f"google.ads.googleads.{version}.services.types.google_ads_service"
row = importlib.import_module(service).GoogleAdsRow.pb().DESCRIPTOR

def is_known(path):
    message = row
    for name in path.split("."):
        # Python's protobuf classes put _ behind words of the language: ad.type_.
        found = message and message.fields_by_name.get(name, None)
        found = found or message and message.fields_by_name.get(name + "_", None)
        if not found:
            return False
        message = found.message_type
    return True

print(json.dumps([path for path in paths if not is_known(path)]))
"""


@pytest.mark.parametrize(
    "version",
    [
        version
        if version == API_VERSION
        else pytest.param(version, marks=pytest.mark.soak)
        for version in CURRENT_VERSIONS
    ],
)
def test_every_field_asked_of_google_is_one_of_its_own_client(
    google: Google, version: str
) -> None:
    if not (CLIENT / ".ready").exists():
        pytest.skip("Google's own client is not installed; `make test` does it")
    google.sync()
    asked = [found for query in google.queries if (found := QUERY.search(query))]
    fields = {name for one in asked for name in one[1].split(", ")}
    resources = {one[2] for one in asked}

    unknown = subprocess.run(
        [CLIENT / "bin" / "python", "-c", KNOWN, version],
        input=json.dumps(sorted(fields | resources)),
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert resources >= {"campaign", "ad_group", "ad_group_ad", "conversion_action"}
    assert len(asked) == len(google.queries)
    assert json.loads(unknown) == []
