"""What a whole wording says of the kinds that a person judges, and of the typing test. ``MARKER_ONLY`` stands in every key of theirs."""

from typing import Any

MARKER_ONLY = "阅卷要点不可外泄"
TEXT = "The quick brown fox jumps over the lazy dog while the clerk types on."

HAND: dict[str, dict[str, Any]] = {
    "short": {
        "stem": "简述发现可疑邮件后的处理步骤。",
        "key": {"model": f"{MARKER_ONLY}：不点开、留存、报告。", "keywords": ["报告", "不点开", MARKER_ONLY]},
    },
    "essay": {
        "stem": "结合本单位实际，论述数据备份的意义。",
        "key": {
            "model": MARKER_ONLY,
            "rubric": [
                {"id": "c1", "text": f"{MARKER_ONLY}一", "most": "6", "levels": [{"points": "6", "text": "完整"}, {"points": "3", "text": "不全"}]},
                {"id": "c2", "text": "联系实际", "most": "4"},
            ],
        },
    },
    "upload": {
        "stem": "把统计表做成电子表格后上传。", "extra": {"types": ["xlsx", "txt"], "megabytes": 1},
        "key": {"model": MARKER_ONLY, "rubric": [{"id": "c1", "text": MARKER_ONLY, "most": "5"}]},
    },
    "typing": {
        "stem": "在下面的框内录入所给文字。", "dimension": "operation",
        "extra": {"text": TEXT, "mode": "latin", "seconds": 60, "target": 120, "accuracy": 85},
    },
    "station": {
        "stem": "实操：锁定工作站并备份数据。", "dimension": "operation",
        "extra": {"task": "离开座位前锁定屏幕，并把文件夹备份到移动硬盘。", "minutes": 10},
        "key": {
            "rubric": [
                {"id": "c1", "text": f"锁定屏幕（{MARKER_ONLY}）", "most": "2", "critical": True}, {"id": "c2", "text": "备份完整", "most": "3"},
            ],
            "fatal": True,
        },
    },
}  # fmt: skip
