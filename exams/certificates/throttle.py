"""How often one address may ask the public pages: enough for a reader, too little for a search."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

ASKS = 30  # a clerk who checks a pile of certificates by hand stays below this
WINDOW = 60  # seconds


def too_often(request: HttpRequest) -> bool:
    """Count this request; returns True once its address has asked more than `ASKS` times in the running minute. No address is stored in clear."""
    key = "verify:" + hashlib.sha256(request.META.get("REMOTE_ADDR", "").encode()).hexdigest()[:24]
    cache.add(key, 0, WINDOW)
    try:
        return cache.incr(key) > ASKS
    except ValueError:  # it ran out between the two calls
        return False
