"""What HTTP clients raise against servers on loopback that misbehave.

Usage: http_faults.py SCENARIO... Prints every record as a JSON line, a mark before each fault.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spoken import play, record_of, speak

LOG = logging.getLogger("bot")
NOT_HTTP = b"SSH-2.0-OpenSSH_9.2p1\r\n"
SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n0123456789"
ROUND = b"HTTP/1.1 302 Found\r\nLocation: /again\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def answer(status: str, body: str = "{}") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


class Server:
    """Answers every connection with the same bytes; None never answers, b"" hangs up."""

    def __init__(self, answered: bytes | None, *, tls: bool = False) -> None:
        self.answered = answered
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.context = certified() if tls else None
        self.held: list[socket.socket] = []
        threading.Thread(target=self.serve, daemon=True).start()

    @property
    def url(self) -> str:
        scheme = "https" if self.context else "http"
        return f"{scheme}://127.0.0.1:{self.socket.getsockname()[1]}/"

    def serve(self) -> None:
        while True:
            connection, _ = self.socket.accept()
            threading.Thread(target=self.speak_to, args=(connection,), daemon=True).start()

    def speak_to(self, connection: socket.socket) -> None:
        try:
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            connection.recv(65536)
            if self.answered is None:
                self.held.append(connection)
                return
            connection.sendall(self.answered)
            connection.close()
        except OSError:
            return


def certified() -> ssl.SSLContext:
    """Return a context with a certificate that signs itself."""
    folder = Path(tempfile.mkdtemp())
    key, certificate = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    shutil.rmtree(folder)
    return context


def closed_port() -> str:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}/"


ADDRESSES: dict[str, Callable[[], str]] = {
    "refused": closed_port,
    "no-name": lambda: "http://host.invalid/",
    "unreachable": lambda: "http://255.255.255.255/",
    "hung-up": lambda: Server(b"").url,
    "slow": lambda: Server(None).url,
    "short": lambda: Server(SHORT).url,
    "round": lambda: Server(ROUND).url,
    "not-http": lambda: Server(NOT_HTTP).url,
    "self-signed": lambda: Server(answer("200 OK"), tls=True).url,
    "not-tls": lambda: Server(NOT_HTTP).url.replace("http:", "https:"),
}


def attempt(work: Callable[[], Any]) -> None:
    try:
        work()
    except Exception as error:
        LOG.exception("cannot ask")
        LOG.error("Failed to load: %s", error)  # noqa: TRY400 - both spellings are in real logs


def each_address(ask: Callable[[str], Any], library: str) -> None:
    for name, address in ADDRESSES.items():
        record_of(f"--- {library} {name}")
        url = address()
        attempt(lambda url=url: ask(url))


STATUSES = ("502 Bad Gateway", "404 Not Found", "429 Too Many Requests", "503 Service Unavailable")


def each_status(ask: Callable[[str], Any], library: str) -> None:
    for status in STATUSES:
        record_of(f"--- {library} {status.split()[0]}")
        url = Server(answer(status)).url
        attempt(lambda url=url: ask(url))


def with_requests() -> None:
    import requests

    each_address(lambda url: requests.get(url, timeout=0.3), "requests")
    each_status(lambda url: requests.get(url, timeout=3).raise_for_status(), "requests")
    proxied(lambda url, proxy: requests.get(url, proxies={"https": proxy}, timeout=3), "requests")


def proxied(ask: Callable[[str, str], Any], library: str) -> None:
    """Call over proxies: one that wants a password, one that is not there."""
    record_of(f"--- {library} proxy-password")
    wants = Server(answer("407 Proxy Authentication Required")).url
    attempt(lambda: ask("https://example.invalid/", wants))
    record_of(f"--- {library} no-proxy")
    attempt(lambda: ask("https://example.invalid/", closed_port()))


def with_urllib3() -> None:
    import urllib3

    record_of("--- urllib3 retried")
    http = urllib3.PoolManager(retries=2)
    attempt(lambda: http.request("GET", closed_port()))


def with_httpx() -> None:
    import httpx

    each_address(lambda url: httpx.get(url, timeout=0.3, follow_redirects=True), "httpx")
    each_status(lambda url: httpx.get(url).raise_for_status(), "httpx")


def with_aiohttp() -> None:
    import aiohttp

    async def ask(url: str) -> None:
        timeout = aiohttp.ClientTimeout(sock_read=0.3)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as got:
            await got.read()

    async def ask_strictly(url: str) -> None:
        async with aiohttp.ClientSession(raise_for_status=True) as session:
            await session.get(url)

    each_address(lambda url: asyncio.run(ask(url)), "aiohttp")
    each_status(lambda url: asyncio.run(ask_strictly(url)), "aiohttp")

    async def closed() -> None:
        session = aiohttp.ClientSession()
        await session.close()
        await session.get("http://127.0.0.1/")

    record_of("--- aiohttp closed")
    attempt(lambda: asyncio.run(closed()))


def unverified() -> None:
    import requests

    warnings.simplefilter("always")
    logging.captureWarnings(capture=True)
    requests.get(Server(answer("200 OK"), tls=True).url, verify=False, timeout=3)  # noqa: S501
    logging.captureWarnings(capture=False)


OPENAI_ANSWERS = {
    "key": ("401 Unauthorized", "Incorrect API key provided: sk-x.", "invalid_api_key"),
    "region": (
        "403 Forbidden",
        "Country, region, or territory not supported",
        "unsupported_country_region_territory",
    ),
    "quota": ("429 Too Many Requests", "You exceeded your current quota.", "insufficient_quota"),
    "rate": ("429 Too Many Requests", "Rate limit reached for gpt-4o.", "rate_limit_exceeded"),
    "down": ("503 Service Unavailable", "The server is overloaded.", "server_error"),
}


def with_openai() -> None:
    import openai

    messages: Any = [{"role": "user", "content": "hi"}]
    for name, (status, message, code) in OPENAI_ANSWERS.items():
        record_of(f"--- openai {name}")
        error = {"message": message, "type": code, "param": None, "code": code}
        url = Server(answer(status, json.dumps({"error": error}))).url
        client = openai.OpenAI(api_key="sk-x", base_url=url, max_retries=0)
        ask = client.chat.completions.create
        attempt(lambda ask=ask: ask(model="gpt-4o", messages=messages))
    record_of("--- openai refused")
    client = openai.OpenAI(api_key="sk-x", base_url=closed_port(), max_retries=0)
    attempt(lambda: client.models.list())


if __name__ == "__main__":
    speak()
    for chatty in ("httpx", "httpx2", "openai"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    play(globals(), sys.argv[1:])
