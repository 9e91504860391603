from __future__ import annotations

import gzip
import hashlib
import http.server
import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from clusterctl.data import web
from clusterctl.data.access import Access
from clusterctl.data.load import load
from clusterctl.data.settings import ClusteringData
from clusterctl.errors import ConfigError, DataLoadError
from clusterctl.values.dataset import Dataset

CSV = b"a,b\n" + b"".join(b"%d,%d\n" % (i % 7, i * i % 11) for i in range(50))
CHANGED = CSV + b"3,4\n"


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        with suppress(OSError):
            getattr(self, "get_" + self.path.split("?")[0].strip("/").replace(".", "_"), self.get_missing)()

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers and status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def get_missing(self) -> None:
        self.answer(404)

    def get_t_csv(self) -> None:
        body = self.server.body
        tag = '"' + hashlib.sha256(body).hexdigest()[:8] + '"'
        if self.headers.get("If-None-Match") == tag:
            self.answer(304)
        else:
            self.answer(200, body, ETag=tag)

    def get_dated_csv(self) -> None:
        date = "Mon, 01 Jan 2024 00:00:00 GMT"
        if self.headers.get("If-Modified-Since") == date:
            self.answer(304)
        else:
            self.answer(200, CSV, Last_Modified=date)

    def get_t_csv_gz(self) -> None:
        self.answer(200, gzip.compress(CSV))

    def get_short_csv(self) -> None:
        self.answer(200, CSV, Content_Length=str(len(CSV) + 10))

    def get_drip_csv(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"a")
            time.sleep(0.05)

    def get_drip_headers(self) -> None:
        for byte in b"HTTP/1.0 200 OK\r\nX-Drip: " + b"a" * 100:
            self.wfile.write(bytes([byte]))
            time.sleep(0.05)

    def get_silent(self) -> None:
        time.sleep(1)

    def get_login_csv(self) -> None:
        self.answer(200, b"<!DOCTYPE html><title>Log in</title>")

    def get_loop(self) -> None:
        self.answer(302, Location="/loop")

    def get_moved(self) -> None:
        self.answer(301, Location="/t.csv")

    def get_to_file(self) -> None:
        self.answer(302, Location="file:///etc/passwd")

    def get_to_ftp(self) -> None:
        self.answer(302, Location="ftp://127.0.0.1/x.csv")

    def get_to_password(self) -> None:
        self.answer(302, Location=f"http://u:p@127.0.0.1:{self.server.server_port}/t.csv")


@pytest.fixture
def server(monkeypatch) -> Iterator[http.server.ThreadingHTTPServer]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.daemon_threads = True
    served.block_on_close = False
    served.seen, served.body = [], CSV
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield served
    served.shutdown()
    served.server_close()
    thread.join()


@pytest.fixture
def fetch(server, tmp_path):
    def run(path: str, *, offline: bool = False, cache: bool = True, max_bytes: int = 1 << 20, **settings: object) -> Dataset:
        access = Access(
            cache_folder=tmp_path / "cache" if cache else None,
            offline=offline,
            max_bytes=max_bytes,
            connect_seconds=1,
            idle_seconds=0.4,
            total_seconds=0.8,
        )
        address = f"http://127.0.0.1:{server.server_port}{path}"
        return load(ClusteringData(data_source=address, **settings), folder=Path(), shown_source=address, use_text=False, access=access)

    return run


@pytest.mark.parametrize("cache", [True, False])
def test_a_web_address_is_read_and_hashed_as_fetched(fetch, cache):
    data = fetch("/t.csv", cache=cache)
    assert data.n_rows == 50
    assert data.sha256 == hashlib.sha256(CSV).hexdigest()
    assert fetch("/t.csv.gz", cache=cache).n_rows == 50


@pytest.mark.parametrize(("path", "header"), [("/t.csv", "If-None-Match"), ("/dated.csv", "If-Modified-Since")])
def test_a_kept_copy_is_used_after_it_is_revalidated(fetch, server, path, header):
    first, second = fetch(path), fetch(path)
    assert first.sha256 == second.sha256
    assert header not in server.seen[0][1]
    assert header in server.seen[1][1]


def test_a_changed_file_replaces_the_kept_copy(fetch, server, tmp_path):
    fetch("/t.csv")
    server.body = CHANGED
    assert fetch("/t.csv").n_rows == 51
    assert len(list((tmp_path / "cache").glob("*.data"))) == 1


def test_a_damaged_copy_is_fetched_anew(fetch, server, tmp_path):
    fetch("/t.csv")
    (copy,) = (tmp_path / "cache").glob("*.data")
    raw = bytearray(copy.read_bytes())
    raw[10] ^= 1
    copy.write_bytes(raw)
    assert fetch("/t.csv").sha256 == hashlib.sha256(CSV).hexdigest()
    assert "If-None-Match" not in server.seen[1][1]


@pytest.mark.parametrize("record", [b"", b"[]", b"{", b'{"sha256": 3}'])
def test_a_damaged_record_is_as_good_as_none(fetch, tmp_path, record):
    fetch("/t.csv")
    (path,) = (tmp_path / "cache").glob("*.json")
    path.write_bytes(record)
    assert fetch("/t.csv").n_rows == 50


def test_a_link_in_the_cache_is_not_followed(fetch, server, tmp_path):
    fetch("/t.csv")
    (copy,) = (tmp_path / "cache").glob("*.data")
    copy.rename(tmp_path / "elsewhere")
    copy.symlink_to(tmp_path / "elsewhere")
    fetch("/t.csv")
    assert "If-None-Match" not in server.seen[1][1]


def test_a_matching_checksum_uses_the_copy_without_asking(fetch, server):
    fetch("/t.csv")
    fetch("/t.csv", checksum="sha256:" + hashlib.sha256(CSV).hexdigest())
    assert len(server.seen) == 1


def test_a_checksum_that_does_not_match_is_refused(fetch):
    with pytest.raises(DataLoadError, match="not the one that checksum names"):
        fetch("/t.csv", checksum="sha256:" + "0" * 64)


def test_offline_uses_the_copy_and_says_its_date(fetch, server):
    fetch("/t.csv")
    data = fetch("/t.csv", offline=True)
    assert len(server.seen) == 1
    assert [caution.code for caution in data.cautions] == ["offline_copy"]
    assert time.strftime("%Y-") in data.cautions[0].message


def test_offline_without_a_copy_is_refused(fetch, server):
    with pytest.raises(DataLoadError, match="--offline"):
        fetch("/t.csv", offline=True)
    assert server.seen == []


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nix.csv", "answers 404"),
        ("/short.csv", "before all bytes had come"),
        ("/drip.csv", "not complete after 0.8 seconds"),
        ("/drip_headers", "not complete after 0.8 seconds"),
        ("/silent", "nothing came for 0.4 seconds"),
        ("/login.csv", "web page.*Log in"),
        ("/loop", "more than 5 redirects"),
        ("/to_file", "no web address"),
        ("/to_ftp", "no web address"),
        ("/to_password", "with a password in it"),
    ],
)
def test_what_cannot_be_had_is_refused_in_good_time(fetch, path, message):
    started = time.monotonic()
    with pytest.raises(DataLoadError, match=message):
        fetch(path)
    assert time.monotonic() - started < 3


def test_a_redirect_is_followed(fetch):
    assert fetch("/moved").n_rows == 50


@pytest.mark.parametrize("max_bytes", [10, 100])
def test_a_download_stops_at_the_size_limit(fetch, max_bytes, tmp_path):
    with pytest.raises(DataLoadError, match=f"larger than {max_bytes} bytes"):
        fetch("/t.csv", max_bytes=max_bytes)
    with pytest.raises(DataLoadError, match="larger than 3 bytes"):
        fetch("/drip.csv", max_bytes=3)
    assert list((tmp_path / "cache").iterdir()) == []


def test_no_listener_is_an_error_and_no_traceback(fetch, server, tmp_path):
    address = "http://127.0.0.1:9/t.csv"
    with pytest.raises(DataLoadError, match="refuses the connection"):
        load(ClusteringData(data_source=address), folder=Path(), shown_source=address, use_text=False, access=Access())


def test_a_password_in_the_address_is_a_config_error_that_does_not_show_it(server):
    address = f"http://user:secret@127.0.0.1:{server.server_port}/t.csv"
    with pytest.raises(ConfigError) as caught:
        load(ClusteringData(data_source=address), folder=Path(), shown_source=address, use_text=False, access=Access())
    assert "secret" not in str(caught.value.as_dict())
    assert server.seen == []


def test_query_values_are_shown_nowhere(fetch, tmp_path):
    data = fetch("/t.csv?token=geheim")
    kept = "".join(path.name + path.read_text() for path in (tmp_path / "cache").iterdir())
    assert "geheim" not in data.source + kept
    with pytest.raises(DataLoadError) as caught:
        fetch("/nix.csv?token=geheim")
    assert "geheim" not in json.dumps(caught.value.as_dict())


def test_a_public_host_may_not_redirect_to_a_private_address(fetch, server, monkeypatch):
    resolve = web._resolve
    monkeypatch.setattr(web, "_resolve", lambda url, shown: (["127.0.0.1"], True) if url.endswith("/moved") else resolve(url, shown))
    with pytest.raises(DataLoadError, match="private address"):
        fetch("/moved")
    assert [path for path, _ in server.seen] == ["/moved"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "224.0.0.1",
    ],
)
def test_private_addresses_are_known(address):
    assert not web._is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_known(address):
    assert web._is_public(address)


def test_https_may_not_fall_to_http():
    with pytest.raises(DataLoadError, match="from https to http"):
        web._check_step("https://example.org/a", "http://example.org/a", "x")


def test_the_address_that_was_checked_is_the_one_connected_to(fetch, server, monkeypatch):
    asked: list[str] = []

    def once(host: str, *args: object, **options: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", server.server_port))]

    monkeypatch.setattr(web.socket, "getaddrinfo", once)
    address = f"http://rebound.example:{server.server_port}/t.csv"
    load(ClusteringData(data_source=address), folder=Path(), shown_source=address, use_text=False, access=Access())
    assert asked.count("rebound.example") == 1
    assert server.seen[0][1]["Host"] == f"rebound.example:{server.server_port}"
