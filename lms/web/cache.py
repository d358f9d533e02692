"""A cache that may go away. What it holds can always be made again, so nothing waits for it and nothing fails without it."""

import logging
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import TimeoutError as Silent
from redis.retry import Retry

log = logging.getLogger(__name__)
PATIENCE = 0.5  # seconds a cache has to answer
PAUSE = 5.0  # seconds in which a cache that did not answer is not asked again


class SpareCache(BaseCache):
    """Redis; and while Redis does not answer, the memory of this process: limits then hold for each process by itself."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        timing = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}
        self._redis = RedisCache(server, params | {"OPTIONS": timing | params.get("OPTIONS", {})})
        self._spare = LocMemCache("spare", {name: value for name, value in params.items() if name != "OPTIONS"})
        self._again_at = 0.0

    def _ask(self, name: str, *args: Any, **words: Any) -> Any:
        if time.monotonic() >= self._again_at:
            try:
                return getattr(self._redis, name)(*args, **words)
            except (Unreachable, Silent) as error:
                log.warning("The cache does not answer (%s); each process uses its own memory.", type(error).__name__)
                self._again_at = time.monotonic() + PAUSE
        return getattr(self._spare, name)(*args, **words)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("add", key, value, timeout, version=version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, version=version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", key, value, timeout, version=version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("touch", key, timeout, version=version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("delete", key, version=version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._ask("incr", key, delta, version=version))

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("has_key", key, version=version))

    def clear(self) -> None:
        self._ask("clear")
