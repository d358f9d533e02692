"""Many candidates at once, each with its own connection and cookies. A process of its own: `python -m tests.bench.browsers < plan > result`.

Plan and result are JSON. Plan: ``{"ports", "what": "tickets" | "exam" | "floor", "sitting", "candidates": [[number, code, cookies], …], "ramp",
"pace", "limit"}``; times in seconds. Result: ``{"steps": {name: [[seconds, status, bytes down, bytes up], …]}, "done", "errors": [...], "wall",
"inside", "cookies": {number: cookies}, "driver": its own CPU-seconds}``. Several ports are web processes that share nothing but the database.
"""

import asyncio
import gzip
import json
import random
import re
import sys
import time
from typing import Any
from urllib.parse import urlencode

QUESTIONS = re.compile(r'<fieldset id="q(\d+)"(.*?)</fieldset>', re.S)
OPTION = re.compile(r'type="(?:radio|checkbox)" name="q\d+" value="([^"]*)"')
KEY = re.compile(r'name="key" value="([^"]+)"')
FIELD = re.compile(r'name="(epoch|seq)" value="(\d+)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
IN_ONE_SAVE = 10


class Refused(Exception):
    """An answer that was not expected."""


class Browser:
    """Cookies, a keep-alive connection to each web process, and what every request took. Requests go to the processes in turn."""

    def __init__(self, ports: list[int], place: int, steps: dict[str, list[list[float]]], cookies: dict[str, str]) -> None:
        self.ports, self.turn, self.steps, self.cookies = ports, place, steps, cookies
        self.lines: dict[int, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}

    async def ask(self, step: str, method: str, address: str, body: bytes = b"", expect: int = 200, **headers: str) -> tuple[dict[str, str], str]:
        self.turn += 1
        port = self.ports[self.turn % len(self.ports)]
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{method} {address} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookies}", f"Content-Length: {len(body)}", "Accept-Encoding: gzip"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        sent = "\r\n".join([*lines, "", ""]).encode() + body
        began = time.monotonic()
        for again in (False, True):
            try:
                status, got, text, down = await self._exchange(port, sent)
                break
            except (OSError, asyncio.IncompleteReadError):  # the server let an idle connection go; every request here may be repeated
                if again:
                    raise
                self._drop(port)
        self.steps.setdefault(step, []).append([time.monotonic() - began, status, down, len(sent)])
        if status != expect:
            raise Refused(f"{step}: {status} instead of {expect}")
        return got, text

    async def _exchange(self, port: int, sent: bytes) -> tuple[int, dict[str, str], str, int]:
        if port not in self.lines or self.lines[port][0].at_eof():
            self.lines[port] = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        reader, writer = self.lines[port]
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip().split("\r\n")
        got: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            got[name.lower()] = value
            if name.lower() == "set-cookie":
                cookie, _, kept = value.partition(";")[0].partition("=")
                self.cookies[cookie] = kept
        body = await reader.readexactly(int(got.get("content-length", 0)))
        if got.get("connection", "") == "close":
            self._drop(port)
        text = gzip.decompress(body) if got.get("content-encoding") == "gzip" else body
        return int(first.split()[1]), got, text.decode(), len(head) + len(body)

    def _drop(self, port: int) -> None:
        if port in self.lines:
            self.lines.pop(port)[1].close()

    def close(self) -> None:
        for port in list(self.lines):
            self._drop(port)


async def come_in(browser: Browser, plan: dict[str, Any], number: str, code: str, *_: Any) -> None:
    """The page at the door, and number and code from the ticket: what a candidate without a password does."""
    _, page = await browser.ask("door", "GET", "/exams/ticket/")
    token = TOKEN.search(page)
    assert token
    body = urlencode({"csrfmiddlewaretoken": token[1], "number": number, "code": code}).encode()
    await browser.ask("ticket", "POST", "/exams/ticket/", body, expect=302, Content_Type="application/x-www-form-urlencoded")


async def sit(browser: Browser, plan: dict[str, Any], _number: str, _code: str, inside: list[float], began: float) -> None:
    """Entry, start, paper, five saves of ten, hand in, receipt: what a browser sends, scripts running."""
    sitting = plan["sitting"]
    _, entry = await browser.ask("entry", "GET", f"/exams/{sitting}/")
    token = browser.cookies["csrftoken"]  # the door or this page gave it
    form = {"Content_Type": "application/x-www-form-urlencoded", "X_CSRFToken": token}
    found = KEY.search(entry)
    assert found
    got, _ = await browser.ask("start", "POST", f"/exams/{sitting}/start/", urlencode({"key": found[1]}).encode(), expect=302, **form)
    address = got["location"]
    _, page = await browser.ask("paper", "GET", address)
    inside.append(time.monotonic() - began)
    items: list[dict[str, Any]] = []
    for n, text in QUESTIONS.findall(page):
        options = OPTION.findall(text)
        items.append({"n": int(n), "v": [random.choice(options)] if options else ["六"] * text.count('class="txt"'), "f": 0})
    if len(items) != plan["questions"]:
        raise Refused(f"paper: {len(items)} questions")
    place = dict(FIELD.findall(page))
    seq = int(place["seq"])
    for first in range(0, len(items), IN_ONE_SAVE):
        await asyncio.sleep(plan["pace"])
        body = json.dumps({"e": int(place["epoch"]), "s": seq, "i": items[first : first + IN_ONE_SAVE]}).encode()
        await browser.ask("save", "POST", f"{address}save/", body, Content_Type="application/json", X_CSRFToken=token)
        seq += 1
    fields = [("do", "hand_in"), ("epoch", place["epoch"]), ("seq", str(seq))] + [(f"q{item['n']}", value) for item in items for value in item["v"]]
    _, text = await browser.ask("hand in", "POST", address, urlencode(fields).encode(), Accept="application/json", **form)
    await browser.ask("receipt", "GET", json.loads(text)["go"])


async def floor(browser: Browser, plan: dict[str, Any], *_: Any) -> None:
    """As many bare signed-in requests as an attempt has, and one durable insert for each save."""
    for _step in range(plan["views"]):
        await browser.ask("floor view", "GET", "/floor/view/")
    token = browser.cookies["csrftoken"] = "f" * 32
    body = b'{"e":1,"s":1,"i":[' + b",".join([b'{"n":1,"v":["a"],"f":0}'] * IN_ONE_SAVE) + b"]}"
    for _step in range(plan["saves"]):
        await browser.ask("floor insert", "POST", "/floor/insert/", body, Content_Type="application/json", X_CSRFToken=token)


WORK = {"tickets": come_in, "exam": sit, "floor": floor}


async def run(plan: dict[str, Any]) -> dict[str, Any]:
    steps: dict[str, list[list[float]]] = {}
    errors: list[str] = []
    inside: list[float] = []
    cookies: dict[str, dict[str, str]] = {}
    count, began, done = len(plan["candidates"]), time.monotonic(), 0

    async def one(place: int, number: str, code: str, jar: dict[str, str]) -> None:
        nonlocal done
        await asyncio.sleep(plan["ramp"] * place / count)
        browser = Browser(plan["ports"], place, steps, jar)
        try:
            await WORK[plan["what"]](browser, plan, number, code, inside, began)
            done += 1
            cookies[number] = browser.cookies
        except (Refused, OSError, asyncio.IncompleteReadError, KeyError, AssertionError) as error:
            errors.append(f"{type(error).__name__}: {error}")
        finally:
            browser.close()

    tasks = [asyncio.create_task(one(place, *candidate)) for place, candidate in enumerate(plan["candidates"])]
    _, late = await asyncio.wait(tasks, timeout=plan["limit"])
    for task in late:
        task.cancel()
    errors += ["not finished in time"] * len(late)
    wall, driver = time.monotonic() - began, time.process_time()
    return {
        "steps": steps, "done": done, "errors": errors, "wall": wall, "inside": max(inside, default=0.0), "cookies": cookies, "driver": driver
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)
