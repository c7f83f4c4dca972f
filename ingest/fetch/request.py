"""One HTTP GET within limits: of time, of bytes on the wire, of bytes unpacked."""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import httpcore2

from ingest.fetch.failures import Broken, Refused, Unreachable
from ingest.fetch.network import PinnedBackend

_SAFE = "/%:@!$&'()*+,;=~-._?[]"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a visit: bytes, seconds (``wait_s`` for a connection or the next bytes, ``total_s``
    for one request, ``interval_s`` between two requests to a host), and counts."""

    max_bytes: int = 50_000_000
    wait_s: float = 20.0
    total_s: float = 180.0
    redirects: int = 5
    attempts: int = 3
    backoff_s: float = 1.0
    interval_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Response:
    """What a server said; names of ``headers`` are in small letters, ``body`` is unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of ``url``. Raises Refused when it is no plain web address."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").encode("idna").decode("ascii") if parts.hostname else ""
    except (ValueError, UnicodeError) as error:
        raise Refused(f"'{url[:200]}' is not a web address") from error
    if parts.scheme not in ("http", "https") or not host:
        raise Refused(f"'{url[:200]}' is not an http(s) address")
    if parts.username is not None or parts.password is not None:
        raise Refused("the address holds a user name or password")
    return parts.scheme, host, port


def get(
    url: str, headers: Mapping[str, str], limits: Limits, *, loopback: bool = False
) -> Response:
    """Fetch ``url`` without following redirects.

    Raises Refused for an address that is not public, a certificate that is not trusted or a body
    beyond the limits, Unreachable when no whole answer comes in time.
    """
    scheme, host, port = origin(url)
    parts = urlsplit(url)
    target = quote(parts.path or "/", _SAFE) + (f"?{quote(parts.query, _SAFE)}" if parts.query else "")
    address = httpcore2.URL(scheme=scheme, host=host, port=port, target=target)
    wait = dict.fromkeys(("connect", "read", "write", "pool"), limits.wait_s)
    backend = PinnedBackend(time.monotonic() + limits.total_s, loopback=loopback)
    default = port == (443 if scheme == "https" else 80)
    named = f"[{host}]" if ":" in host else host
    sent = {"Host": named if default else f"{named}:{port}", "Accept-Encoding": "gzip", **headers}
    try:
        with (
            httpcore2.ConnectionPool(network_backend=backend) as pool,
            pool.stream("GET", address, headers=list(sent.items()), extensions={"timeout": wait}) as response,
        ):
            told = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in response.headers
            }
            body = _read(response.iter_stream(), told, limits.max_bytes)
            return Response(response.status, told, body)
    except (httpcore2.ReadTimeout, httpcore2.WriteTimeout) as error:
        raise Broken("no whole answer came in time") from error
    except (httpcore2.ReadError, httpcore2.ProtocolError) as error:
        raise Broken(f"the answer broke off ({str(error) or type(error).__name__})") from error
    except (httpcore2.TimeoutException, httpcore2.NetworkError) as error:
        cause = error.__cause__ or error.__context__
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise Refused(f"its certificate is not trusted ({cause.verify_message})") from error
        raise Unreachable(f"the connection failed ({str(error) or type(error).__name__})") from error


def _read(chunks: Iterable[bytes], headers: Mapping[str, str], limit: int) -> bytes:
    """The body, unpacked no further than ``limit``."""
    packing = headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip"):
        raise Refused(f"the answer is packed as '{packing[:20]}', which was not asked for")
    if headers.get("content-length", "").isdigit() and int(headers["content-length"]) > limit:
        raise Refused(f"it is larger than {_megabytes(limit)}")
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if "gzip" in packing else None
    received = 0
    body = bytearray()
    for chunk in chunks:
        received += len(chunk)
        try:
            body += unpack.decompress(chunk, limit + 1 - len(body)) if unpack else chunk
        except zlib.error as error:
            raise Broken("the answer is not packed as it says") from error
        if max(len(body), received) > limit:
            raise Refused(f"it is larger than {_megabytes(limit)}" + (" unpacked" if unpack else ""))
    if unpack and received and not unpack.eof:
        raise Broken("the answer ended too early")
    return bytes(body)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:g} MB"
