"""What an account holds: lists, profiles, and the jobs that import them."""

import hashlib
import re
import threading
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["Account", "Job", "MailingList"]

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*\.[a-z]{2,}", re.IGNORECASE)


@dataclass
class MailingList:
    """A list and the ids of its profiles, in the order they came."""

    id: str
    name: str
    profile_ids: list[str] = field(default_factory=list)


@dataclass
class Job:
    """An import: done when it is looked at for the second time."""

    id: str
    list_id: str | None
    profiles: list[dict[str, Any]]
    status: str = "queued"
    errors: list[dict[str, Any]] = field(default_factory=list)


class Account:
    """One company's account, in memory; safe to use from many threads."""

    def __init__(self, slug: str) -> None:
        self._slug = slug
        self._lock = threading.RLock()
        self.lists: dict[str, MailingList] = {}
        self.profiles: dict[str, dict[str, Any]] = {}
        self.jobs: dict[str, Job] = {}

    def make_list(self, name: str) -> MailingList:
        """A new list; two of them may have the same name, as at Klaviyo."""
        with self._lock:
            made = MailingList(self._id("list", len(self.lists))[:6], name)
            self.lists[made.id] = made
            return made

    def take_off(self, found: MailingList, ids: set[str]) -> None:
        """Profiles leave a list and stay profiles."""
        with self._lock:
            found.profile_ids = [id_ for id_ in found.profile_ids if id_ not in ids]

    def start(self, profiles: list[dict[str, Any]], list_id: str | None) -> Job:
        """A job that waits."""
        with self._lock:
            job = Job(self._id("job", len(self.jobs)), list_id, profiles)
            self.jobs[job.id] = job
            return job

    def look_at(self, job: Job) -> Job:
        """The job, one step further than when it was last looked at."""
        with self._lock:
            if job.status == "queued":
                job.status = "processing"
            elif job.status == "processing":
                self._import(job)
                job.status = "complete"
            return job

    def _import(self, job: Job) -> None:
        for place, profile in enumerate(job.profiles):
            attributes = profile["attributes"]
            email = str(attributes.get("email") or "")
            if not _EMAIL.fullmatch(email):
                job.errors.append(_bad_email(place, attributes))
                continue
            known = self.profiles.setdefault(
                email.lower(), {"id": self._id("profile", len(self.profiles))}
            )
            known.update({k: v for k, v in attributes.items() if v is not None})
            found = self.lists.get(job.list_id or "")
            if found and known["id"] not in found.profile_ids:
                found.profile_ids.append(known["id"])

    def _id(self, kind: str, number: int) -> str:
        text = f"{self._slug}/{kind}/{number}"
        return hashlib.sha256(text.encode()).hexdigest()[:26].upper()


def _bad_email(place: int, attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": "invalid",
        "title": "Invalid input.",
        "detail": f"{attributes.get('email')!r} is not a valid email address.",
        "source": {
            "pointer": f"/data/attributes/profiles/data/{place}/attributes/email"
        },
        "original_payload": attributes,
    }
