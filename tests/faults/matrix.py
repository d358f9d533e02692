"""The fault matrix of the exam engine: what can go wrong, what is promised, and which tests show it.

The tests say it themselves, by a marker that is read from their source (nothing is imported, nothing run):

    @pytest.mark.fault(12, by="old save arrives after a newer one", model="", on="", control=False)

Numbers are the rows below; ``by`` is what is injected; ``model`` names the nearest honest model where the fault itself cannot be made here;
``on`` the databases, if not those the suite runs on; ``control`` marks a test that shows the others can fail.
`make faults` writes `docs/faults.md` from this.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "faults.md"


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    fault: str
    promise: str
    lacking: str = ""  # why there is no test yet, or what of the promise is not kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One test that carries the marker."""

    rows: tuple[int, ...]
    test: str
    by: str = ""
    model: str = ""
    on: str = ""
    control: bool = False


ROWS = (
    Row(1, "A process is killed between any two statements of a save",
        "Nothing acknowledged is lost; the repeated save gets the same answer."),
    Row(2, "A process is killed at any write to the disk",
        "The same; and the database file is whole."),
    Row(3, "Power cut",
        "What was acknowledged had reached the disk: an acknowledgement comes after the sync."),
    Row(4, "The disk refuses to sync, once or from then on",
        "No acknowledgement. The node calls itself unfit: /ready/ answers 503 and the log says so. Repeating is safe, though what was refused "
        "may stand."),
    Row(5, "The disk is full during a save",
        "503 and “kept on your computer”; what stands stays whole; saving goes on when there is room. The last five percent are for answers: "
        "uploads and stored files stop before."),
    Row(6, "The database restarts in the middle of answering",
        "Nothing lost, nothing twice; saving goes on within seconds."),
    Row(7, "The database is away for ten minutes",
        "Candidates go on answering; everything arrives afterwards."),
    Row(8, "The cache is gone",
        "Starting, saving and handing in go on as before."),
    Row(9, "The broker is gone when papers are handed in",
        "Handing in succeeds; the work waits in the database and is done later."),
    Row(10, "The whole server is down for ten minutes",
        "One logged decision gives the lost minutes to the attempts concerned, the same to all of a sitting, once."),
    Row(11, "A save is delivered twice",
        "One record, the same answer."),
    Row(12, "An old save arrives after a newer one",
        "It is kept and does not count: order is (turn of the browser, number), never arrival."),
    Row(13, "The same number with other content",
        "The sender is told the next free number; both contents stand."),
    Row(14, "Saves out of order by minutes",
        "The paper that counts is the model's, whatever the order."),
    Row(15, "Two machines at one attempt",
        "The newer one writes; the older is told so, and what it still sends is kept below the newer one's answers."),
    Row(16, "Two tabs in one browser",
        "Both write one paper through one store; nothing overwrites anything unseen."),
    Row(17, "The network is cut for ten minutes and comes back in time",
        "All answers arrive within seconds of its return; nothing is asked again."),
    Row(18, "The network stays cut until after the deadline",
        "What arrives late is kept as evidence and marked late, never dropped; people decide about it."),
    Row(19, "The browser is killed, or the machine dies and comes back",
        "At most a second of typing is lost; restored answers count as unsent until the server has acknowledged them."),
    Row(20, "The candidate moves to another machine",
        "Everything acknowledged is there."),
    Row(21, "The candidate's clock is wrong by a day, or jumps",
        "No effect on the time left, the deadline, or the order of saves."),
    Row(22, "The server's clock steps by an hour",
        "No mass closing: the sweep stops and says why. Deadlines are instants, not wall times."),
    Row(23, "Time zones, summer time, a viewer in Urumqi, births of 1986–91",
        "Instants are the same everywhere; a day is the county's day."),
    Row(24, "29 February, the 31st and months, midnight, new year",
        "The end of validity comes from one tested function."),
    Row(25, "A save on its way at the deadline",
        "It is judged once, by the server's stamp, the same way to the millisecond."),
    Row(26, "The sweep that closes attempts is killed half-way, or never runs",
        "Attempts close at the next access too; the recorded end is the deadline; running again changes nothing."),
    Row(27, "Two sweeps at once",
        "Each attempt is closed once."),
    Row(28, "A save races the hand-in",
        "It counts, or it is answered “closed” and kept as late; never half."),
    Row(29, "Hand-in pressed twice, or its answer lost",
        "The same receipt."),
    Row(30, "Two invigilators add ten minutes at once; one clicks twice",
        "Two people give twenty minutes and two lines; one click repeated gives ten."),
    Row(31, "More time after the attempt was closed by itself",
        "Only by reopening, with a reason and a second person; the old end stays on record."),
    Row(32, "A question is edited while attempts are open",
        "Open papers stay byte for byte what they were; new attempts get the new version."),
    Row(33, "A question is found wrong during the exam",
        "Nobody's paper changes; only a new grade run can count it otherwise."),
    Row(34, "Marking anew during an exam; marking killed half-way",
        "Marks live in numbered runs; what is published switches in one transaction; running again gives the same marks."),
    Row(35, "A key is changed between marking and publication",
        "A run is marked by the version that stood on the paper; nothing incomplete is published."),
    Row(36, "Keys leak",
        "No byte a candidate can get holds a key before the release."),
    Row(37, "The paper is asked for before the opening",
        "Refused the same way for every question, by the same number of statements; the opening is exact."),
    Row(38, "A thousand starts in ten seconds",
        "No server error; a start costs the same number of statements whatever the paper.",
        lacking="The thousand are measured by `make bench-exam` (docs/benchmarks.md), not by a test."),
    Row(39, "Session expired, password changed or account closed during the exam",
        "Signing in again leads back into the same attempt with everything saved; who may not sign in is stopped, and what is saved counts."),
    Row(40, "Safe Exam Browser's header is missing, or of another address or configuration",
        "Refused with the reason."),
    Row(41, "The schema changes while attempts run",
        "Migrations only add; saving goes on while they run.",
        lacking="Saving while the migrations themselves run is not shown; that they only add is."),
    Row(42, "A node with another build or other questions",
        "A node whose build is not the installation's says so and takes no traffic; papers are frozen in the database all nodes share."),
    Row(43, "A backup older than the last acknowledgements is restored",
        "The gap is named in rows and minutes; receipts and certificate numbers are not given out again; browsers send again what they hold."),
    Row(44, "A standby without the last records takes over",
        "As above.",
        lacking="Two clusters are not set up; a promoted standby is a database without its last records, as after a restore."),
    Row(45, "A long export or report is running",
        "It holds no lock that a save needs."),
    Row(46, "A worker runs out of memory in a file",
        "The job is tried again at most three times, then parked; nothing else stops."),
    Row(47, "An answer of a million characters, binary, NUL, half a surrogate pair",
        "Refused as malformed, never a server error; the browser keeps the text."),
    Row(48, "A process is stopped for a minute and goes on",
        "What it writes late is judged by the rows as they stand then: refused, or the same again."),
)  # fmt: skip


def shown() -> list[Shown]:
    """Every test with the marker, by file and place in it."""
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.fault(" in text and path != Path(__file__):
            found += _of(ast.parse(text), str(path.relative_to(ROOT)))
    return found


def _of(tree: ast.Module, file: str) -> Iterator[Shown]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                words = {word.arg: ast.literal_eval(word.value) for word in mark.keywords if word.arg}
                yield Shown(rows=tuple(ast.literal_eval(number) for number in mark.args), test=f"{file}::{node.name}", **words)


def page() -> str:
    """The text of `docs/faults.md`."""
    tests = shown()
    covered = {number for test in tests for number in test.rows}
    controls = sum(test.control for test in tests)
    lines = [
        "# What can go wrong in an exam, and what holds",
        "",
        "Written by `make faults` from the tests themselves (`tests/faults/matrix.py`); a test keeps it in step. Each row is a fault, the promise,",
        "and the tests that inject the fault and look. *Model* names what stands in where the fault itself cannot be made on a test machine.",
        "*Control* is a run that must fail: the same test against a careless way of doing it. Without another word a test runs on SQLite and on",
        "PostgreSQL.",
        "",
        f"{len(covered)} of {len(ROWS)} rows have tests: {len(tests) - controls} tests and {controls} controls.",
    ]
    for row in ROWS:
        lines += ["", f"## {row.number}. {row.fault}", "", f"**Promise.** {row.promise}"]
        if row.lacking:
            lines += ["", f"**Open.** {row.lacking}"]
        lines.append("")
        mine = [test for test in tests if row.number in test.rows]
        for test in sorted(mine, key=lambda test: (test.control, test.test)):
            words = [f"`{test.test}`", "**control**" if test.control else "", test.by, f"*model: {test.model}*" if test.model else "", test.on]
            lines.append("- " + " · ".join(word for word in words if word))
    return "\n".join(line.rstrip() for line in lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
