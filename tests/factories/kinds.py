"""What a whole wording of each kind says, where a kind needs more than options."""

from typing import Any

from exams.bank.kinds.base import Option
from tests.factories.hand_kinds import HAND


def options(*texts: str) -> tuple[Option, ...]:
    return tuple(Option(id=name, text=text) for name, text in zip("abcdefgh", texts, strict=False))


def _option_rows(*texts: str) -> list[dict[str, str]]:
    return [{"id": option.id, "text": option.text} for option in options(*texts)]


SPECIAL: dict[str, dict[str, Any]] = {
    "numeric": {
        "stem": "县城到乡镇的光缆长多少？", "extra": {"unit": True},
        "key": {"value": "3.5", "tolerance": "0.1", "in": "absolute", "units": ["km", "千米"], "unit_share": 0},
    },
    "matching": {
        "stem": "把设备与用途连起来。", "options": options("杀毒软件", "防火墙", "移动硬盘", "打印机"),
        "extra": {"lefts": [{"id": "1", "text": "拦截外部访问"}, {"id": "2", "text": "查杀病毒"}, {"id": "3", "text": "离线备份"}]},
        "key": {"pairs": {"1": "b", "2": "a", "3": "c"}},
    },
    "ordering": {"stem": "按先后排列处置步骤。", "options": options("断开网络", "发现异常", "向上报告"), "key": {"order": ["b", "a", "c"]}},
    "cloze": {
        "stem": "补全下面的规定。",
        "extra": {"passage": "重要数据应当____，日志至少留存____个月。", "gaps": [_option_rows("删除", "备份", "共享"), []]},
        "key": {"gaps": ["b", ["六", "six"]]},
    },
    "case": {
        "stem": "云溪县某局一台计算机出现勒索提示。",
        "extra": {
            "parts": [
                {"kind": "single", "stem": "首先应当做什么？", "options": _option_rows("继续使用", "断网并报告"), "extra": {}, "weight": 1},
                {"kind": "fill_in", "stem": "应在____小时内报告。", "options": [], "extra": {}, "weight": 2},
            ]
        },
        "key": {"parts": [["b"], [["二", "2"]]]},
    },
    **HAND,
}  # fmt: skip
