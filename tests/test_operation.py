"""What can be set is documented, and what is documented can be set."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READ = re.compile(r"(?:environ(?:\.get\(|\[)|getenv\(|flag\()\s*\"([A-Z_]+)\"")
KEPT = re.compile(r"secret\(SECRETS_DIR, \"([a-z]+)\"\)")


def read_by_the_code() -> set[str]:
    names: set[str] = set()
    for app in ("lms", "content", "courses", "exams"):
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            names |= {"DATABASE_URL"} if "dj_database_url.config(" in text else set()
            names |= set(READ.findall(text)) | {f"CHIZHENG_{name.upper()}" for name in KEPT.findall(text)}
    return names


def test_every_setting_is_in_the_table_of_operation() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "operation.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert documented == read_by_the_code()
