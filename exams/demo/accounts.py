"""The demo sign-ins: who they are, and the one password they share on this installation."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from exams.demo.rooms import TicketToTry
from exams.demo.seats import ACCOUNTS
from lms.people.models import Person

ROLE_NAMES = {
    "learner": ("公务员（学员）", "Learner"),
    "trainer": ("培训教师", "Trainer"),
    "hr": ("人社局人事", "HR officer"),
    "centre": ("信息中心", "Information centre"),
    "unit_admin": ("单位信息管理员", "Unit information administrator"),
    "head": ("单位负责人", "Head of unit"),
    "invigilator": ("监考", "Invigilator"),
    "auditor": ("审计管理员", "Auditor"),
    "sysadmin": ("系统管理员", "System administrator"),
}
SYLLABLES = [a + b for a in "bdfghklmnrstwz" for b in ("a", "e", "i", "o", "u", "an", "en")]


def fresh_password() -> str:
    """Return a password that can be read aloud and typed on an old keyboard: about 45 bits."""
    groups = ("".join(secrets.choice(SYLLABLES) for _ in range(2)) for _ in range(3))
    return "-".join(groups) + f"-{secrets.randbelow(90) + 10}"


def file() -> Path:
    return Path(settings.VAR_DIR) / "demo-accounts.txt"


def keep(password: str, ticket: TicketToTry | None = None) -> str:
    """Write the list of sign-ins where `manage.py serve` finds it, readable by the owner alone; returns it."""
    text = listing(password, ticket)
    target = file()
    draft = target.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    draft.replace(target)
    return text


def listing(password: str, ticket: TicketToTry | None = None) -> str:
    """Return the sign-ins by role, in Chinese and English, and an entry ticket to try."""
    people = {person.staff_number: person for person in Person.objects.filter(staff_number__in=ACCOUNTS.values()).select_related("home_unit")}
    lines = ["演示账户 / Demo sign-ins", f"密码（全部相同）/ Password (the same for all): {password}", ""]
    for role, number in ACCOUNTS.items():
        person = people.get(number)
        if person is not None:
            chinese, english = ROLE_NAMES[role]
            lines.append(f"  {number}  {person.name}（{person.home_unit}）  {chinese} / {english}")
    if ticket is not None:
        lines += ["", f"凭准考证进入考试 / Enter an exam with a ticket: {reverse('exam_ticket')}"]
        lines += [f"  {ticket.name}  准考号 / number: {ticket.number}  考试码 / code: {ticket.code}"]
    return "\n".join(lines) + "\n"


def forget() -> None:
    file().unlink(missing_ok=True)
