"""Connections to public addresses only, and to the very address that was checked.

A name is resolved once and all its addresses are judged; the connection goes to one of them, so
that a second answer of the name server (DNS rebinding) changes nothing. TLS still checks the name.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore2

from ingest.fetch.failures import Refused, Unreachable

_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: IPv4Address | IPv6Address, *, loopback: bool = False) -> bool:
    """Whether ``address``, and the IPv4 address that it may carry, is one of the open internet.

    ``loopback`` lets this machine itself pass, for tests.
    """
    if isinstance(address, IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if carried is None and address in _NAT64:
            carried = IPv4Address(int(address) & 0xFFFFFFFF)
        if carried is not None:
            return is_public(carried, loopback=loopback)
    if loopback and address.is_loopback:
        return True
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int, *, loopback: bool = False) -> list[str]:
    """The addresses of ``host``. Raises Refused when any of them is not public."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"the name {host} is not known") from error
    found = list(dict.fromkeys(str(row[4][0]) for row in rows))
    for text in found:
        if not is_public(ip_address(text.partition("%")[0]), loopback=loopback):
            raise Refused(f"{host} leads to {text}, which is not a public address")
    return found


class PinnedBackend(httpcore2.NetworkBackend):
    """Opens connections as described above; nothing on them goes on after ``deadline``
    (``time.monotonic``), however slowly the other side sends."""

    def __init__(self, deadline: float, *, loopback: bool = False) -> None:
        self._deadline = deadline
        self._loopback = loopback
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None,
        local_address: str | None = None, socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:  # fmt: skip
        """Connect to the first address of ``host`` that answers."""
        failure: Exception | None = None
        for address in resolve(host, port, loopback=self._loopback):
            try:
                stream = self._plain.connect_tcp(
                    address, port, _left(self._deadline, timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure or httpcore2.ConnectError("no address")


class _TimedStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:  # fmt: skip
        wait = _left(self._deadline, timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, wait), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the whole visit took too long")
    return left if timeout is None else min(left, timeout)
