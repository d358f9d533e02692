"""Smoke run in Chromium 72 and 80: `make old-browsers`. Not part of `make test`: the binaries (36 and 40 MB) come from the npm registry.

Playwright speaks a newer protocol than these understand, so each is driven over its own debugging socket. A candidate signs in, opens the paper,
answers, sees it saved, loses the line, gets it back, hands in and reads the receipt; a picture is kept beside the binaries.
"""

import base64
import itertools
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.conftest import House, _free_port
from tests.e2e.county import PASSWORD

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chizheng-old-browsers"
PACKED = {"72": ("chrome-aws-lambda@1.11.2", "chromium-72.0.3617.0.br"), "80": ("chrome-aws-lambda@2.1.1", "chromium.br")}
FLAGS = ["--no-sandbox", "--headless", "--single-process", "--no-zygote", "--disable-gpu", "--window-size=1366,900", "--lang=zh-CN"]
UNPACK = """const f = require('fs'), [, from, to] = process.argv;
f.createReadStream(from).pipe(require('zlib').createBrotliDecompress()).pipe(f.createWriteStream(to));"""
PATIENCE = 30.0  # seconds


def binary(version: str) -> Path:
    """The browser, fetched by npm and unpacked by node once. Raises CalledProcessError, FileNotFoundError where that cannot be done."""
    package, packed = PACKED[version]
    home = CACHE / version
    done = home / "chromium"
    if not done.exists():
        home.mkdir(parents=True, exist_ok=True)
        archive = subprocess.run(["npm", "pack", "--silent", package], cwd=home, check=True, capture_output=True, text=True).stdout.split()[-1]
        subprocess.run(["tar", "xzf", archive], cwd=home, check=True)
        subprocess.run(["node", "-e", UNPACK, f"package/bin/{packed}", "part"], cwd=home, check=True)
        (home / "part").chmod(0o755)
        (home / "part").rename(done)
        shutil.rmtree(home / "package")
        (home / archive).unlink()
    return done


class Socket:
    """The little of RFC 6455 that a debugging client needs: masked text frames out, whole messages in."""

    def __init__(self, address: str) -> None:
        place = urlsplit(address)
        self.wire = socket.create_connection((str(place.hostname), int(place.port or 80)), timeout=PATIENCE)
        key = base64.b64encode(os.urandom(16)).decode()
        head = f"GET {place.path} HTTP/1.1\r\nHost: {place.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self.wire.sendall(f"{head}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        self.file = self.wire.makefile("rb")
        while self.file.readline() not in {b"\r\n", b""}:
            pass

    def send(self, text: str) -> None:
        data, mask = text.encode(), os.urandom(4)
        size = struct.pack("!B", 0x80 | len(data)) if len(data) < 126 else struct.pack("!BH", 0x80 | 126, len(data))  # noqa: PLR2004
        self.wire.sendall(b"\x81" + size + mask + bytes(b ^ m for b, m in zip(data, itertools.cycle(mask), strict=False)))

    def receive(self) -> str:
        whole = b""
        while True:
            first, size = self.file.read(2)
            size &= 127
            if size >= 126:  # noqa: PLR2004
                size = struct.unpack("!H" if size == 126 else "!Q", self.file.read(2 if size == 126 else 8))[0]  # noqa: PLR2004
            whole += self.file.read(size)
            if first & 0x80:
                return whole.decode()


class OldBrowser:
    def __init__(self, program: Path) -> None:
        port, self.profile = _free_port(), tempfile.mkdtemp(prefix="chizheng-old-")
        command = [str(program), *FLAGS, f"--remote-debugging-port={port}", f"--user-data-dir={self.profile}", "about:blank"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        page = self.until(lambda: self._page(port), "the browser to open its door")
        self.socket, self.number, self.complaints = Socket(page), 0, list[str]()
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def _page(self, port: int) -> str | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=2) as answer:
                return next((str(t["webSocketDebuggerUrl"]) for t in json.load(answer) if t["type"] == "page"), None)
        except OSError:
            return None

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.receive())
            if message.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(message["params"]["exceptionDetails"], ensure_ascii=False)[:300])
            if message.get("id") == self.number:
                return dict(message.get("result", {}))

    def run(self, script: str) -> Any:
        """The value of an expression in the page; None while the page is changing."""
        return self.call("Runtime.evaluate", expression=script, returnByValue=True).get("result", {}).get("value")

    def until(self, ready: Callable[[], Any], what: str) -> Any:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            value = ready()
            if value:
                return value
            time.sleep(0.1)
        raise AssertionError(f"Waited in vain for {what}.")

    def reads(self, text: str) -> None:
        self.until(lambda: self.run(f"!!document.body && document.body.innerText.indexOf({json.dumps(text)}) >= 0"), text)

    def press(self, text: str) -> None:
        words = json.dumps(text)
        all_ = "[].slice.call(document.querySelectorAll('button')).concat([].slice.call(document.querySelectorAll('a')))"  # a button before a link
        find = f"{all_}.filter(e => e.textContent.trim() === {words} && e.getClientRects().length)[0]"
        self.until(lambda: self.run(f"!!({find})"), f"the button {text}")
        self.run(f"({find}).click()")

    def line(self, up: bool) -> None:
        self.call("Network.emulateNetworkConditions", offline=not up, latency=0, downloadThroughput=-1, uploadThroughput=-1)

    def picture(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def close(self) -> None:
        self.process.kill()
        self.process.wait(timeout=PATIENCE)
        shutil.rmtree(self.profile, ignore_errors=True)


def sit(browser: OldBrowser, address: str, number: str, picture: Path) -> None:
    """The candidate's whole exam. Raises AssertionError with what was waited for."""
    browser.call("Page.navigate", url=address + "/sign-in/")
    browser.until(lambda: browser.run("!!document.querySelector('[name=password]')"), "the sign-in page")
    for name, value in (("username", number), ("password", PASSWORD)):
        browser.run(f"document.querySelector('[name={name}]').value = {json.dumps(value)}")
    browser.press("登录")
    browser.press("进入考试")
    browser.press("开始答题")
    browser.until(lambda: browser.run("!!document.querySelector('form[data-ready]')"), "the paper with its scripts")
    for n in (0, 1):
        browser.run(f"document.querySelectorAll('fieldset[data-q]')[{n}].querySelector('.o input').click()")
    browser.until(lambda: browser.run("document.getElementById('save').dataset.s === 'ok'"), "the save to be acknowledged")
    browser.line(up=False)
    browser.run("document.querySelectorAll('fieldset[data-q]')[2].querySelector('.o input').click()")
    browser.reads("1 题已存本机")
    browser.picture(picture)
    browser.line(up=True)
    browser.run("dispatchEvent(new Event('online'))")
    browser.until(lambda: browser.run("document.getElementById('save').dataset.s === 'ok'"), "the answer that was kept to be acknowledged")
    browser.call("Page.reload")
    browser.until(lambda: browser.run("!!document.querySelector('form[data-ready]')"), "the paper again")
    assert browser.run("document.getElementById('done').textContent") == "3 / 10"
    browser.press("交卷")
    browser.press("确认交卷")
    browser.reads("您已交卷")
    browser.reads("3 / 10")
    assert browser.complaints == []


def main() -> int:
    failed = 0
    try:
        programs = {version: binary(version) for version in PACKED}
    except (OSError, subprocess.CalledProcessError) as trouble:
        print(f"!!! THE OLD BROWSERS COULD NOT BE HAD, NOTHING WAS RUN: {trouble}")
        return int(os.environ.get("CI") == "true")
    house = House()
    try:
        for number, (version, program) in zip(("210000", "210001"), programs.items(), strict=True):
            picture, browser = CACHE / f"paper-{version}.png", OldBrowser(program)
            try:
                sit(browser, house.address, number, picture)
                print(f"Chromium {version}: {browser.run('navigator.userAgent')}: passed; picture: {picture}")
            except AssertionError as trouble:
                failed += 1
                print(f"!!! Chromium {version}: {trouble} {browser.complaints} {str(browser.run('document.body.innerText'))[:300]}")
            finally:
                browser.close()
    finally:
        house.close()
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
