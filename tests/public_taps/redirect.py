"""Run a public tap, unmodified, against the sandbox.

``python redirect.py PACKAGE URL [tap's arguments]`` starts the tap's own entry point
after turning requests to the sources' hosts into requests to the sandbox at URL. It
runs in the tap's own environment, so it may import nothing of ours.
"""

import importlib
import re
import sys
import time
import urllib.request

import requests

_HOSTS = (
    (r"https://([\w-]+)\.myshopify\.com/", r"{base}/shopify/\1/"),
    (r"https://graph\.facebook\.com/", r"{base}/meta_ads/"),
    (r"https://www\.googleapis\.com/", r"{base}/search_console/"),
    (r"https://oauth2\.googleapis\.com/token", r"{base}/google/token"),
)


def main() -> None:
    """Redirect, then become the tap."""
    package, base, *arguments = sys.argv[1:]
    hosts = [(re.compile(p), to.format(base=base)) for p, to in _HOSTS]

    def redirected(url: str) -> str:
        for pattern, to in hosts:
            url = pattern.sub(to, url)
        return url

    send = requests.Session.send
    open_ = urllib.request.OpenerDirector.open

    def send_there(session, request, **options):  # type: ignore[no-untyped-def]
        request.url = redirected(request.url)
        return send(session, request, **options)

    def open_there(director, request, *rest, **options):  # type: ignore[no-untyped-def]
        if isinstance(request, str):
            request = urllib.request.Request(request)
        request.full_url = redirected(request.full_url)
        return open_(director, request, *rest, **options)

    requests.Session.send = send_there  # type: ignore[assignment, method-assign]
    urllib.request.OpenerDirector.open = open_there  # type: ignore[assignment, method-assign]
    # They wait a minute between two looks at a job; the sandbox is done at once.
    sleep = time.sleep
    time.sleep = lambda seconds: sleep(min(seconds, 0.5))
    sys.argv = [package, *arguments]
    importlib.import_module(package).main()


if __name__ == "__main__":
    main()
