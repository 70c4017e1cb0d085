"""Signatures as the senders' own pages and libraries show them, and one step aside."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from orchestration.lib.ingestion.webhooks import mail_signatures
from orchestration.lib.ingestion.webhooks.delivered import Delivered, Unverifiable
from orchestration.lib.ingestion.webhooks.inbox import delivery_key
from orchestration.lib.ingestion.webhooks.signatures import (
    Sender,
    refusal,
    zoom_answer,
)

NOW = 1_761_991_443.0
ZOOM_BODY = b'{"event":"webinar.started","event_ts":1761991443000}'
STRIPE_BODY = b'{"id":"evt_1","object":"event"}'


def _hex(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _delivered(
    body: bytes, headers: dict[str, str], now: float = NOW, address: str = ""
) -> Delivered:
    return Delivered("POST", address, headers, body, now)


# Published: GitHub's page on X-Hub-Signature-256 (Meta's scheme), and the test of
# HubSpot's own library. Zoom and Stripe publish the formula only.
CASES: dict[Sender, tuple[Delivered, str]] = {
    "whatsapp": (
        _delivered(
            b"Hello, World!",
            {
                "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a"
                "37570b6d7586c22c46f4379c8b043e17"
            },
        ),
        "It's a Secret to Everybody",
    ),
    "hubspot": (
        _delivered(
            b"{'example_field':'example_value'}",
            {
                "x-hubspot-signature-v3": "HPW73RUtKmcYoEDADG0s6M"
                "mGFWUzWJKAW07r8RDgcQw=",
                "x-hubspot-request-timestamp": "15000000",
            },
            now=15_000,
            address="https://www.example.com/webhook_uri",
        ),
        "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
    ),
    "zoom": (
        _delivered(
            ZOOM_BODY,
            {
                "x-zm-signature": "v0=" + _hex("zt", b"v0:1761991443:" + ZOOM_BODY),
                "x-zm-request-timestamp": "1761991443",
            },
        ),
        "zt",
    ),
    "stripe": (
        _delivered(
            STRIPE_BODY,
            {
                "stripe-signature": "t=1761991443,v1=00,v0=1,v1="
                + _hex("whsec_1", b"1761991443." + STRIPE_BODY)
            },
        ),
        "whsec_1",
    ),
    # Segment publishes the formula only; what is signed, from RFC 2202, case 2.
    "segment": (
        _delivered(
            b"what do ya want for nothing?",
            {"x-signature": "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
        ),
        "Jefe",
    ),
    # The test of SendGrid's own library.
    "sendgrid": (
        _delivered(
            b'{"category":"example_payload","event":"test_event",'
            b'"message_id":"message_id"}',
            {
                "x-twilio-email-event-webhook-signature": "MEUCIQCtIHJeH93Y+qpYeWrySphQ"
                "gpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=",
                "x-twilio-email-event-webhook-timestamp": "1588788367",
            },
            now=1_588_788_367,
        ),
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbh"
        "dbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==",
    ),
    "shared": (_delivered(b"a=1", {"x-webhook-secret": "s3"}), "s3"),
}
TIMED: list[Sender] = ["hubspot", "zoom", "stripe"]
SIGNED: list[Sender] = [*TIMED, "whatsapp", "segment", "sendgrid"]


@pytest.mark.parametrize("sender", CASES)
def test_a_senders_own_delivery_is_believed(sender: Sender) -> None:
    delivered, secret = CASES[sender]

    assert refusal(sender, delivered, secret) is None


@pytest.mark.parametrize("sender", SIGNED)
def test_one_other_byte_is_refused(sender: Sender) -> None:
    delivered, secret = CASES[sender]
    body = bytes([delivered.body[0] ^ 1]) + delivered.body[1:]

    assert refusal(sender, replace(delivered, body=body), secret) == "signature"


@pytest.mark.parametrize("sender", CASES)
def test_another_secret_or_none_is_refused(sender: Sender) -> None:
    delivered, secret = CASES[sender]

    assert refusal(sender, delivered, f"{secret}x") == "signature"
    assert refusal(sender, replace(delivered, headers={}), secret) == "unsigned"
    garbled = dict.fromkeys(delivered.headers, "é=,,t=,")
    assert refusal(sender, replace(delivered, headers=garbled), secret) == "signature"


@pytest.mark.parametrize("sender", SIGNED)
def test_who_signs_is_never_believed_without_a_secret(sender: Sender) -> None:
    assert refusal(sender, CASES[sender][0], "") == "unsigned"


@pytest.mark.parametrize("seconds", [-301, 301])
@pytest.mark.parametrize("sender", TIMED)
def test_what_was_signed_long_ago_or_later_is_refused(
    sender: Sender, seconds: int
) -> None:
    delivered, secret = CASES[sender]

    later = replace(delivered, now=delivered.now + seconds)

    assert refusal(sender, later, secret) == "expired"


@pytest.mark.parametrize("sender", TIMED)
def test_the_signed_time_cannot_be_exchanged(sender: Sender) -> None:
    delivered, secret = CASES[sender]
    headers = {
        name: value.replace("15000000", "15000001").replace("1443", "1444")
        for name, value in delivered.headers.items()
    }

    assert refusal(sender, replace(delivered, headers=headers), secret) == "signature"


def test_hubspot_signs_the_address() -> None:
    delivered, secret = CASES["hubspot"]
    inside = replace(delivered, address="http://receiver:3002/webhook_uri")

    assert refusal("hubspot", inside, secret) == "signature"


def test_rudderstack_sends_the_secret_along() -> None:
    delivered = _delivered(b"{}", {"x-webhook-secret": "s3"})

    assert refusal("segment", delivered, "s3") is None
    assert refusal("segment", delivered, "s4") == "signature"


def test_a_shared_secret_may_be_a_token_or_a_password() -> None:
    basic = base64.b64encode(b"any:s3").decode()

    for given in ("Bearer s3", f"Basic {basic}"):
        delivered = _delivered(b"", {"authorization": given})
        assert refusal("shared", delivered, "s3") is None
        assert refusal("shared", delivered, "s4") == "signature"
    assert refusal("shared", _delivered(b"", {}), "") is None


def test_zoom_hears_the_token_it_asked_with_encrypted() -> None:
    body = b'{"payload":{"plainToken":"p"},"event":"endpoint.url_validation"}'

    assert zoom_answer(body, "zt") == {
        "plainToken": "p",
        "encryptedToken": _hex("zt", b"p"),
    }


@pytest.mark.parametrize(
    "body",
    [
        ZOOM_BODY,
        b"no json",
        b"[1]",
        b'{"event":"endpoint.url_validation","payload":{"plainToken":1}}',
        # What a signature of a delivery is made of is not encrypted for anybody.
        b'{"event":"endpoint.url_validation","payload":{"plainToken":"v0:1:{}"}}',
    ],
)
def test_nothing_else_is_answered_to_zoom(body: bytes) -> None:
    assert zoom_answer(body, "zt") is None


def _of_mailgun(at: int, token: str, event: str = "opened") -> Delivered:
    told = {
        "signature": {
            "timestamp": str(at),
            "token": token,
            "signature": _hex("mk", f"{at}{token}".encode()),
        },
        "event-data": {"event": event},
    }
    return _delivered(json.dumps(told).encode(), {})


def test_mailgun_signs_a_token_that_is_good_for_one_delivery() -> None:
    told, forged = (_of_mailgun(int(NOW), "t1", each) for each in ("opened", "clicked"))

    assert refusal("mailgun", told, "mk") is None
    assert refusal("mailgun", told, "other") == "signature"
    assert refusal("mailgun", _of_mailgun(int(NOW) - 3 * 86_400, "t"), "mk") == (
        "expired"
    )
    for body in (b"no json", b"[1]", b'{"signature": {}}', b"[" * 100_000):
        assert refusal("mailgun", replace(told, body=body), "mk") == "unsigned"
    # Nothing says that what happened is what was signed.
    assert delivery_key("mailgun", {}, told.body) == delivery_key(
        "mailgun", {}, forged.body
    )
    other = _of_mailgun(int(NOW), "t2")
    assert delivery_key("mailgun", {}, told.body) != delivery_key(
        "mailgun", {}, other.body
    )


TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-ab.pem"


@pytest.fixture(scope="module")
def amazon() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _of_sns(
    key: rsa.RSAPrivateKey, version: str = "2", **changed: str
) -> dict[str, str]:
    told = {
        "Type": "Notification",
        "MessageId": "m1",
        "TopicArn": TOPIC,
        "Message": "{}",
        "Timestamp": datetime.fromtimestamp(NOW, UTC).isoformat(),
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
    } | changed
    names = [
        *("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp"),
        *("Token", "TopicArn", "Type"),
    ]
    signed = "".join(f"{name}\n{told[name]}\n" for name in names if name in told)
    digest = hashes.SHA1() if version == "1" else hashes.SHA256()
    signature = key.sign(signed.encode(), padding.PKCS1v15(), digest)
    return told | {"Signature": base64.b64encode(signature).decode()}


def _sns(told: dict[str, str]) -> Delivered:
    return _delivered(json.dumps(told).encode(), {})


@pytest.mark.parametrize("version", ["1", "2"])
def test_ses_is_believed_of_one_topic_and_what_amazon_signed(
    amazon: rsa.RSAPrivateKey, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_signatures, "_certified", lambda _: amazon.public_key())
    told = _of_sns(amazon, version)

    assert refusal("ses", _sns(told), TOPIC) is None
    assert refusal("ses", _sns(told | {"Message": "{ }"}), TOPIC) == "signature"
    assert refusal("ses", _sns(told), f"{TOPIC}2") == "signature"
    assert refusal("ses", _delivered(b"[]", {}), TOPIC) == "unsigned"
    old = _of_sns(amazon, Timestamp="2020-01-01T00:00:00.000Z")
    assert refusal("ses", _sns(old), TOPIC) == "expired"


@pytest.mark.parametrize(
    "address",
    [
        "http://sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
        "https://s3.amazonaws.com/bucket/a.pem",
    ],
)
def test_a_certificate_is_amazons_or_nobody_asks_for_it(
    amazon: rsa.RSAPrivateKey, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_signatures, "_fetched", lambda _: pytest.fail("asked"))

    told = _of_sns(amazon, SigningCertURL=address)

    assert refusal("ses", _sns(told), TOPIC) == "signature"
    asking = {"Type": "SubscriptionConfirmation", "SubscribeURL": address}
    assert mail_signatures.confirm_ses(_sns(told | asking).body)


def test_what_cannot_be_verified_now_comes_again(
    amazon: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise requests.ConnectionError

    monkeypatch.setattr(requests, "get", away)
    told = _of_sns(amazon, SigningCertURL=CERTIFICATE.replace("ab", "cd"))

    with pytest.raises(Unverifiable):
        refusal("ses", _sns(told), TOPIC)


def test_ses_hears_that_the_address_is_ours(
    amazon: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(mail_signatures, "_certified", lambda _: amazon.public_key())
    monkeypatch.setattr(mail_signatures, "_fetched", asked.append)
    address = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    told = _of_sns(
        amazon, Type="SubscriptionConfirmation", Token="t", SubscribeURL=address
    )

    assert refusal("ses", _sns(told), TOPIC) is None
    assert mail_signatures.confirm_ses(_sns(told).body)
    assert asked == [address]
    assert not mail_signatures.confirm_ses(_sns(_of_sns(amazon)).body)
