"""What we ask of Meta exists: its own client knows each field and breakdown.

A field that Meta never had, or took away, is refused with the whole request; the
sandbox knows only what we thought there is.
"""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from urllib.parse import parse_qs

import pytest

from tests.public_taps.conftest import ENVIRONMENTS, Landing, Sandbox

CLIENT = ENVIRONMENTS / "tap-facebook"
# Edges of the Graph API, and the object of the client that lists their fields.
OBJECTS = {
    "adaccounts": "adaccount.AdAccount",
    "campaigns": "campaign.Campaign",
    "adsets": "adset.AdSet",
    "ads": "ad.Ad",
    "insights": "adsinsights.AdsInsights",
}
LISTED = """
import json, importlib
found = {}
for edge, path in json.loads(input()).items():
    module, name = path.split(".")
    module = importlib.import_module(f"facebook_business.adobjects.{module}")
    thing = getattr(module, name)
    found[edge] = {
        kind: [v for k, v in vars(getattr(thing, kind, object)).items() if k[0] != "_"]
        for kind in ("Field", "Breakdowns")
    }
print(json.dumps(found))
"""


def test_every_field_asked_of_meta_is_one_of_its_own_client(
    landing: Landing, sandbox: Sandbox
) -> None:
    if not (CLIENT / ".ready").exists():
        pytest.skip("the public tap-facebook is not installed; `make test` does it")
    landing.our_tap("meta_ads", "tienda_norte")
    known = json.loads(
        subprocess.run(
            [CLIENT / "bin" / "python", "-c", LISTED],
            input=json.dumps(OBJECTS),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )

    asked: dict[tuple[str, str], set[str]] = defaultdict(set)
    for request in json.loads(sandbox.requests()):
        edge = request["path"].rsplit("/", 1)[-1]
        told = parse_qs(request["query"])
        for kind, name in (("Field", "fields"), ("Breakdowns", "breakdowns")):
            for value in told.get(name, []):
                place = edge if edge in OBJECTS else "adaccounts", kind
                asked[place] |= set(value.split(","))

    assert {edge for edge, _ in asked} >= {"campaigns", "adsets", "ads", "insights"}
    assert {
        place: unknown
        for place, names in asked.items()
        if (unknown := names - set(known[place[0]][place[1]]))
    } == {}
