"""A polite visitor: robots.txt, one request a second and host, retries, redirects re-checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urldefrag, urljoin

from protego import Protego

from ingest.fetch.failures import Dead, Refused, Unreachable
from ingest.fetch.request import Limits, Response, get, origin

NAME = "aap-assistant"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_AGAIN = frozenset({429, 500, 502, 503, 504})
_LONGEST_PAUSE_S = 30.0
_ROBOTS_BYTES = 512_000

Origin = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Visit:
    """The last answer, the address that gave it, and whether the first one has moved for good."""

    response: Response
    address: str
    moved: bool


@dataclass(slots=True)
class Visitor:
    """Visits addresses one after the other. ``agent`` is the User-Agent that it sends.

    ``loopback`` allows this machine's own addresses (tests only); ``pause`` and ``clock`` are
    what waits and what counts seconds.
    """

    agent: str
    limits: Limits = Limits()
    loopback: bool = False
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _last: dict[str, float] = field(default_factory=dict)
    _robots: dict[Origin, Protego | None] = field(default_factory=dict)

    def visit(self, url: str, conditions: Mapping[str, Mapping[str, str]] | None = None) -> Visit:
        """Fetch ``url`` and what it redirects to; ``conditions`` are headers to send to an address.

        Raises Refused, Dead or Unreachable, which say why.
        """
        address, moved = urldefrag(url).url, False
        secure = address.startswith("https:")
        for hop in range(self.limits.redirects + 1):
            self._ask_robots(address)
            headers = dict((conditions or {}).get(address, {}))
            response = self._get(address, headers, self.limits)
            target = response.headers.get("location")
            if response.status not in _REDIRECTS or not target:
                _judge(response)
                return Visit(response, address, moved)
            moved = moved or (hop == 0 and response.status in _PERMANENT)
            address = urldefrag(urljoin(address, target)).url
            if secure and not address.startswith("https:"):
                raise Refused("it redirects from https to something else")
        raise Refused(f"it redirects more than {self.limits.redirects} times")

    def _get(self, url: str, headers: Mapping[str, str], limits: Limits) -> Response:
        sent = {"User-Agent": self.agent, "Accept": "*/*", **headers}
        for attempt in range(1, limits.attempts + 1):
            self._wait_turn(origin(url))
            try:
                response = get(url, sent, limits, loopback=self.loopback)
            except Unreachable:
                if attempt == limits.attempts:
                    raise
                self._back_off(attempt, "")
                continue
            if response.status not in _AGAIN or attempt == limits.attempts:
                return response
            self._back_off(attempt, response.headers.get("retry-after", ""))
        raise Unreachable("it was not tried")

    def _back_off(self, attempt: int, asked: str) -> None:
        wait = float(asked) if asked.isdigit() else self.limits.backoff_s * 2.0 ** (attempt - 1)
        self.pause(min(wait, _LONGEST_PAUSE_S))

    def _wait_turn(self, where: Origin) -> None:
        rules = self._robots.get(where)
        asked = (rules.crawl_delay(NAME) or 0.0) if rules else 0.0
        interval = max(self.limits.interval_s, min(float(asked), _LONGEST_PAUSE_S))
        host, now = where[1], self.clock()
        wait = self._last.get(host, now - interval) + interval - now
        if wait > 0:
            self.pause(wait)
        self._last[host] = self.clock()

    def _ask_robots(self, url: str) -> None:
        where = origin(url)
        if where not in self._robots:
            self._robots[where] = self._read_robots(where)
        rules = self._robots[where]
        if rules is not None and not rules.can_fetch(url, NAME):
            raise Refused("its robots.txt does not allow it")

    def _read_robots(self, where: Origin) -> Protego | None:
        """The rules of a host (RFC 9309): none when it has no such file, nothing allowed when the
        file can't be had."""
        scheme, host, port = where
        named = f"[{host}]" if ":" in host else host
        url = f"{scheme}://{named}:{port}/robots.txt"
        limits = replace(self.limits, max_bytes=_ROBOTS_BYTES)
        for _ in range(self.limits.redirects + 1):
            response = self._get(url, {}, limits)
            target = response.headers.get("location")
            if response.status in _REDIRECTS and target:
                url = urldefrag(urljoin(url, target)).url
                continue
            if response.status == 200:
                return Protego.parse(response.body.decode("utf-8", "replace"))
            if 400 <= response.status < 500 and response.status != 429:
                return None
            break
        raise Refused("its robots.txt can't be had")


def _judge(response: Response) -> None:
    status = response.status
    if status in (200, 304):
        return
    if status in (401, 403, 407, 451):
        raise Refused(f"the server does not give it (status {status})")
    if status == 429:
        raise Refused("the server asks for fewer requests (status 429)")
    raise Dead(f"the server answers with status {status}")
