"""Slips as a workbook."""

from collections.abc import Iterable

from lms.exchange.sheets import Column, workbook
from lms.handouts.actions import Handed

COLUMNS = [
    Column(key="name", heading="姓名", width=14), Column(key="staff_number", heading="工号", text=True, width=12),
    Column(key="unit", heading="单位", width=26), Column(key="password", heading="一次性密码", text=True, width=24),
    Column(key="address", heading="登录地址", text=True), Column(key="until", heading="密码有效期至", width=18),
]  # fmt: skip


def slips_workbook(handed: Iterable[Handed], *, address: str) -> bytes:
    """One row for each slip, in the order of units and staff numbers."""
    return workbook(COLUMNS, ([one.name, one.staff_number, one.unit, one.password, address, one.until] for one in handed), title="一次性密码条")
