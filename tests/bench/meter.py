"""CPU-seconds and memory of process trees, read from /proc (Linux)."""

import os
import threading
from collections.abc import Callable, Iterable
from types import TracebackType

TICK = os.sysconf("SC_CLK_TCK")


def _table() -> dict[int, tuple[int, int]]:
    """{pid: (parent, clock ticks used by itself and its reaped children)} of every process."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    text = file.read()
            except OSError:  # it ended meanwhile
                continue
            fields = text[text.rindex(b")") + 2 :].split()
            found[int(name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    return found


def _tree(root: int, table: dict[int, tuple[int, int]]) -> set[int]:
    members = {root}
    while more := {pid for pid, (parent, _) in table.items() if parent in members} - members:
        members |= more
    return members & table.keys()


def _share(pid: int) -> int:
    """KiB of memory, pages shared with others counted in part."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0


class Meter:
    """``with Meter({"web": pid}) as meter``: afterwards ``cpu`` holds seconds by label, ``peak`` MiB of all together.

    ``loose`` names processes that belong to the server but not to a tree (a database's backends); they count as "database".
    """

    def __init__(self, roots: dict[str, int], loose: Callable[[], Iterable[int]] = tuple, every: float = 0.5) -> None:
        self.roots, self.loose, self.every = roots, loose, every
        self.cpu: dict[str, float] = {}
        self.peak = 0.0
        self._loose_first: dict[int, int] = {}
        self._loose_last: dict[int, int] = {}

    def _look(self, first: bool = False) -> dict[str, int]:
        table = _table()
        trees = {label: _tree(root, table) for label, root in self.roots.items()}
        for pid in self.loose():
            if pid in table:
                self._loose_first.setdefault(pid, table[pid][1] if first else 0)
                self._loose_last[pid] = table[pid][1]
        everyone = set().union(*trees.values(), self._loose_last.keys() & table.keys())
        self.peak = max(self.peak, sum(map(_share, everyone)) / 1024)
        return {label: sum(table[pid][1] for pid in tree) for label, tree in trees.items()}

    def _watch(self) -> None:
        while not self._stop.wait(self.every):
            self._look()

    def __enter__(self) -> "Meter":
        self._began = self._look(first=True)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        ended = self._look()
        self.cpu = {label: (ended[label] - self._began[label]) / TICK for label in ended}
        if self._loose_last:
            self.cpu["database"] = sum(self._loose_last[pid] - self._loose_first[pid] for pid in self._loose_last) / TICK
