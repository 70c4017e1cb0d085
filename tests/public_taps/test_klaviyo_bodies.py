"""What we send to Klaviyo is what its own client sends."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from activation.klaviyo import REVISION, Klaviyo
from activation.places import Batch
from sandbox import klaviyo
from tests.public_taps.conftest import ENVIRONMENTS
from tests.sandbox.ads_world import make_world
from tests.sandbox.serving import serving

CLIENT = ENVIRONMENTS / "vendor-clients"
MODELS = {
    "POST lists": "ListCreateQuery",
    "POST profile-bulk-import-jobs": "ProfileImportJobCreateQuery",
    "DELETE lists/ID/relationships/profiles": "ListMembersDeleteQuery",
}
# Its models take what they do not know without a word, and do not send it.
READ = """
import json, sys
from klaviyo_api import KlaviyoAPI
import openapi_client.models as models

def unsent(body, sent, path=""):
    if isinstance(body, dict) and isinstance(sent, dict):
        parts = [(value, sent.get(key), f"{path}/{key}") for key, value in body.items()]
        return [x for part in parts for x in unsent(*part)]
    if isinstance(body, list) and isinstance(sent, list) and len(body) == len(sent):
        return [x for pair in zip(body, sent) for x in unsent(*pair, path)]
    return [] if body == sent else [path]

read = lambda name, body: getattr(models, name).from_dict(body).to_dict()
print(json.dumps({
    "revision": KlaviyoAPI._REVISION,
    "unsent": [x for name, body in json.load(sys.stdin)
               for x in unsent(body, json.loads(json.dumps(read(name, body))))],
}))
"""


def test_every_body_is_one_of_klaviyos_own_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (CLIENT / ".ready").exists():
        pytest.skip("Klaviyo's own client is not installed; `make test` does it")
    bodies: list[tuple[str, Any]] = []
    send = requests.Session.request

    def listening(self: Any, method: str, url: str, **options: Any) -> Any:
        path = re.sub(r"lists/\w+/", "lists/ID/", url.rsplit("/api/", 1)[-1])
        if options.get("json") is not None:
            bodies.append((f"{method} {path}", options["json"]))
        return send(self, method, url, **options)

    world = make_world(tmp_path)
    with serving(world, klaviyo.routes):
        monkeypatch.setattr(requests.Session, "request", listening)
        told = world.credentials("tienda_norte", "klaviyo")
        place = Klaviyo({**told.settings, **told.secrets})
        list_id = place.open("A list")
        named = {"First Name": "Ana", "Last Name": "", "timonel_segment": "vip"}
        rows = [{**named, "Email": f"{name}@example.com"} for name in ("a", "b")]
        place.add(list_id, rows, Batch(1, is_last=True, total=2))
        place.remove(list_id, rows)

    assert {path for path, _ in bodies} == set(MODELS)
    found = json.loads(
        subprocess.run(
            [CLIENT / "bin" / "python", "-c", READ],
            input=json.dumps([(MODELS[path], body) for path, body in bodies]),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
    assert found["unsent"] == []
    assert found["revision"] >= REVISION
