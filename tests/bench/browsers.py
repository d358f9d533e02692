"""Many candidates at once, each with its own connection and cookies. A process of its own: `python -m tests.bench.browsers < plan > result`.

Plan and result are JSON. Plan: ``{"port", "what": "exam" | "floor", "sitting", "candidates": [[person, session key], …], "ramp", "pace", "limit"}``;
times in seconds. Result: ``{"steps": {name: [[seconds, status, bytes down, bytes up], …]}, "done", "errors": [...], "wall", "inside"}``.
"""

import asyncio
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
IN_ONE_SAVE = 10


class Refused(Exception):
    """An answer that was not expected."""


class Browser:
    """One keep-alive connection, cookies, and what every request took."""

    def __init__(self, port: int, session: str, steps: dict[str, list[list[float]]]) -> None:
        self.port, self.steps = port, steps
        self.cookies = {"sessionid": session}
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, step: str, method: str, address: str, body: bytes = b"", expect: int = 200, **headers: str) -> tuple[dict[str, str], str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{method} {address} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Cookie: {cookies}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        sent = "\r\n".join([*lines, "", ""]).encode() + body
        began = time.monotonic()
        for again in (False, True):
            try:
                status, got, text, down = await self._exchange(sent)
                break
            except (OSError, asyncio.IncompleteReadError):  # the server let an idle connection go; every request here may be repeated
                if again:
                    raise
                self.close()
        self.steps.setdefault(step, []).append([time.monotonic() - began, status, down, len(sent)])
        if status != expect:
            raise Refused(f"{step}: {status} instead of {expect}")
        return got, text

    async def _exchange(self, sent: bytes) -> tuple[int, dict[str, str], str, int]:
        if self.reader is None or self.writer is None or self.reader.at_eof():
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        self.writer.write(sent)
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip().split("\r\n")
        got: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            got[name.lower()] = value
            if name.lower() == "set-cookie":
                cookie, _, kept = value.partition(";")[0].partition("=")
                self.cookies[cookie] = kept
        body = await self.reader.readexactly(int(got.get("content-length", 0)))
        if got.get("connection", "") == "close":
            self.close()
        return int(first.split()[1]), got, body.decode(), len(head) + len(body)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


async def sit(browser: Browser, plan: dict[str, Any], inside: list[float], began: float) -> None:
    """Entry, start, paper, five saves of ten, hand in, receipt: what a browser sends, scripts running."""
    sitting = plan["sitting"]
    _, entry = await browser.ask("entry", "GET", f"/exams/{sitting}/")
    token = browser.cookies["csrftoken"]
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


async def run(plan: dict[str, Any]) -> dict[str, Any]:
    steps: dict[str, list[list[float]]] = {}
    errors: list[str] = []
    inside: list[float] = []
    work, count, began, done = (sit if plan["what"] == "exam" else floor), len(plan["candidates"]), time.monotonic(), 0

    async def one(place: int, session: str) -> None:
        nonlocal done
        await asyncio.sleep(plan["ramp"] * place / count)
        browser = Browser(plan["port"], session, steps)
        try:
            await work(browser, plan, inside, began)
            done += 1
        except (Refused, OSError, asyncio.IncompleteReadError, KeyError) as error:
            errors.append(f"{type(error).__name__}: {error}")
        finally:
            browser.close()

    tasks = [asyncio.create_task(one(place, session)) for place, (_person, session) in enumerate(plan["candidates"])]
    _, late = await asyncio.wait(tasks, timeout=plan["limit"])
    for task in late:
        task.cancel()
    errors += ["not finished in time"] * len(late)
    return {"steps": steps, "done": done, "errors": errors, "wall": time.monotonic() - began, "inside": max(inside, default=0.0)}


if __name__ == "__main__":
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)
