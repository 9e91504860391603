"""One HTTP request with its redirects, each checked before it is followed."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from clusterctl.data.access import Access
from clusterctl.data.redaction import redact
from clusterctl.errors import DataLoadError

if TYPE_CHECKING:
    from urllib3 import HTTPConnectionPool

_REDIRECTS = (301, 302, 303, 307, 308)


class Deadline:
    """A limit on a whole exchange: when it passes, the open sockets are shut, so that a server that drips cannot hold us.

    The timer is a thread that only waits; a socket's own timeout begins anew with every byte.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._sockets: list[Any] = []
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True

    def watch(self, connected: Any) -> None:
        """Shut this socket when the time is over."""
        self._sockets.append(connected)

    def _pass(self) -> None:
        self.passed = True
        for connected in self._sockets:
            with suppress(OSError, ValueError):
                connected.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._timer.cancel()


def open_following(url: str, headers: Mapping[str, str], shown: str, access: Access, deadline: Deadline) -> Any:
    """Return the response at the end of at most `access.max_redirects` redirects, its body not yet read.

    Every step must stay with http or https, never fall from https to http, carry no credentials, and never lead from a public host to
    a private, loopback or link-local address (cloud metadata among them); the address that was checked is the one connected to.
    A private host that the user names himself is fine.
    """
    addresses, public = _resolve(url, shown)
    for _ in range(access.max_redirects + 1):
        response = _request(url, addresses, headers, access, deadline)
        location = response.headers.get("Location")
        if response.status not in _REDIRECTS or not location:
            return response
        response.close()
        target = urljoin(url, location)
        _check_step(url, target, shown)
        addresses, target_public = _resolve(target, shown)
        if public and not target_public:
            raise DataLoadError(
                f"{shown}: redirects from a public host to a private address ({_host(target)})",
                hint="name the address itself if it is meant",
            )
        url, public = target, target_public
    raise DataLoadError(f"{shown}: more than {access.max_redirects} redirects", hint="name the address at the end of them")


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _check_step(url: str, target: str, shown: str) -> None:
    scheme = urlsplit(target).scheme.lower()
    if scheme not in ("http", "https") or not _host(target):
        raise DataLoadError(
            f"{shown}: redirects to {redact(target)[:80]!r}, which is no web address", hint="only http and https are followed"
        )
    if urlsplit(url).scheme.lower() == "https" and scheme == "http":
        raise DataLoadError(f"{shown}: redirects from https to http ({_host(target)})", hint="name an address that stays with https")
    if urlsplit(target).username is not None:
        raise DataLoadError(f"{shown}: redirects to an address with a password in it ({_host(target)})")


def _resolve(url: str, shown: str) -> tuple[list[str] | None, bool]:
    """Return the IP addresses of the host and whether all are public; None for addresses: a proxy resolves the name."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if _proxy(url) is not None:
            return None, _named_public(host)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError):
        raise DataLoadError(f"{shown}: there is no host {host!r}", hint="check the address and the network") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    return addresses, all(_is_public(address) for address in addresses)


def _named_public(host: str) -> bool:
    try:
        return _is_public(host)
    except ValueError:
        return not (host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or "." not in host)


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = (ip.ipv4_mapped or ip.sixtofour) if isinstance(ip, ipaddress.IPv6Address) else None
    return (inner or ip).is_global and not ip.is_multicast


def _proxy(url: str) -> str | None:
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    return None if proxy is None or proxy_bypass(parts.netloc) else proxy


def _request(url: str, addresses: list[str] | None, headers: Mapping[str, str], access: Access, deadline: Deadline) -> Any:
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
    from urllib3.util import Timeout

    parts = urlsplit(url)
    target = parts._replace(scheme="", netloc="", fragment="", path=parts.path or "/").geturl() if addresses is not None else url
    host = parts.netloc.rpartition("@")[2]
    own = {"Host": host, "User-Agent": "clusterctl", "Accept": "*/*", "Accept-Encoding": "identity", **headers}
    timeout = Timeout(connect=access.connect_seconds, read=access.idle_seconds)
    tries: list[str | None] = list(addresses[:4]) if addresses is not None else [None]
    for position, address in enumerate(tries):
        pool = _pool(url, address)
        pool.ConnectionCls = _watched(pool.ConnectionCls, deadline)
        try:
            return pool.urlopen(
                "GET", target, headers=own, redirect=False, retries=False, timeout=timeout, preload_content=False, decode_content=False
            )
        except (NewConnectionError, ConnectTimeoutError):
            if position == len(tries) - 1:
                raise
    raise AssertionError("a host has at least one address")


def _pool(url: str, address: str | None) -> HTTPConnectionPool:
    """Return a pool for the very address that was checked (the certificate is still checked against the name), or for the proxy."""
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager

    parts = urlsplit(url)
    if address is None:
        return ProxyManager(_proxy(url) or "").connection_from_url(url)
    if parts.scheme == "https":
        return HTTPSConnectionPool(address, parts.port, server_hostname=parts.hostname, assert_hostname=parts.hostname)
    return HTTPConnectionPool(address, parts.port)


def _watched(connection: Any, deadline: Deadline) -> Any:
    class Watched(connection):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            deadline.watch(self.sock)

    return Watched
