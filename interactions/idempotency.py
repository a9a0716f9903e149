"""Idempotency keys: a request that is sent again gets its first answer."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from api.deadlocks import retried
from interactions.models import IdempotencyKey
from users.models import User

# Longer than any client keeps on trying; after it a key may be used for another request.
KEPT_FOR = timedelta(days=2)
# The header's grammar is a string of RFC 8941, quoted; bare is what nearly every client sends.
_KEY = re.compile(r'"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x7e]{1,255})', re.ASCII)


class BadIdempotencyKey(Exception):
    """Idempotency-Key must be 1 to 255 visible ASCII characters, a UUID for example."""


class KeyOfAnotherRequest(Exception):
    """This Idempotency-Key was used for another request. Use a new key for each request."""


@dataclass(frozen=True)
class Answer:
    """The body and HTTP status of an answer, and whether it is that of an earlier request."""

    body: dict[str, Any]
    status: int
    replayed: bool = False


def key_of(header: str | None) -> str | None:
    """Return the key in an Idempotency-Key header, None without one; BadIdempotencyKey if it is malformed.

    Source: the IETF draft "The Idempotency-Key HTTP Header Field", section 2.
    """
    if header is None:
        return None
    match = _KEY.fullmatch(header.strip())
    if match is None:
        raise BadIdempotencyKey(BadIdempotencyKey.__doc__)
    return match[1] or match[2]


def once(user: User, key: str | None, asked: object, answer: Callable[[], Answer]) -> Answer:
    """Return what `answer` returns; for a key that was answered before, what it returned then.

    `asked` is what tells one request from another, JSON; KeyOfAnotherRequest if the key came with another. What
    `answer` writes and the key are committed together; if it raises, neither is, and the key may be used again. Of two
    requests at once with one key the second waits for the first.
    """
    if key is None:
        return retried(answer)
    fingerprint = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

    def do() -> Answer:
        try:
            with transaction.atomic():
                first = answer()
                IdempotencyKey.objects.create(
                    user=user, key=key, fingerprint=fingerprint, answer=first.body, status=first.status
                )
            return first
        except IntegrityError:
            known = IdempotencyKey.objects.filter(user=user, key=key).order_by("pk").first()
            if known is None:
                raise
            if known.fingerprint != fingerprint:
                raise KeyOfAnotherRequest(KeyOfAnotherRequest.__doc__) from None
            return Answer(known.answer, known.status, replayed=True)

    return retried(do)


def expired_by(moment: datetime) -> QuerySet[IdempotencyKey]:
    """Return the keys that have expired."""
    return IdempotencyKey.objects.filter(created_at__lte=moment - KEPT_FOR)
