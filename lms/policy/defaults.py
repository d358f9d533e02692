"""The figures a new installation starts with, each with the text it comes from."""

from datetime import date, datetime
from decimal import Decimal

from lms.policy.actions import set_policy
from lms.policy.keys import Key
from lms.policy.models import Policy

SINCE = date(2023, 10, 1)
REGULATION = "《干部教育培训工作条例》（2023）第十四条"
SECONDARY_PROVINCE = "某省干部网络培训学时折算办法"
SECONDARY_SURVEY = "继续教育与持证上岗通行做法"

DEFAULTS: list[tuple[Key, str, str, bool]] = [
    (Key.HOURS_PER_YEAR, "90", REGULATION, False),
    (Key.HOURS_PER_FIVE_YEARS, "550", REGULATION, False),
    (Key.HOURS_ONLINE, "50", SECONDARY_PROVINCE, True),
    (Key.HOURS_TECHNICAL, "90", SECONDARY_SURVEY, True),
    (Key.HOURS_TECHNICAL_SHARE, "0.6667", SECONDARY_SURVEY, True),
    (Key.MINUTES_FULL_HOUR, "30", SECONDARY_PROVINCE, True),
    (Key.MINUTES_HALF_HOUR, "15", SECONDARY_PROVINCE, True),
    (Key.HOURS_SHORT_LESSON, "0.25", SECONDARY_PROVINCE, True),
    (Key.LESSON_LEAST_SHARE, "0.25", "平台使用约定：学完一课至少用去所标时长的四分之一", False),
    (Key.HOURS_TOPIC_TEST, "0.5", SECONDARY_PROVINCE, True),
    (Key.PASS_MARK, "60", "县人社局与县信息中心商定的考核方式", False),
    (Key.LEVEL_EXCELLENT, "90", "县人社局与县信息中心商定的考核方式", False),
    (Key.LEVEL_GOOD, "75", "县人社局与县信息中心商定的考核方式", False),
    (Key.LEVEL_PASS, "60", "县人社局与县信息中心商定的考核方式", False),
    (Key.CERTIFICATE_MONTHS, "36", SECONDARY_SURVEY, True),
    (Key.EXPIRY_WARNING_DAYS, "90", SECONDARY_SURVEY, True),
    (Key.STAFF_MINIMUM, "1", "县电子政务规划：各乡镇各部门要培养一至两名专业技术人员", False),
    (Key.STAFF_MAXIMUM, "2", "县电子政务规划：各乡镇各部门要培养一至两名专业技术人员", False),
    (Key.OBJECTION_DAYS, "30", "《公务员法》第九十五条", False),
    (Key.UPLOAD_GRACE, "30", "平台使用约定：断网考生的作答文件在考试结束后三十分钟内上交", False),
    (Key.UNDO_DAYS, "7", "平台使用约定", False),
]


def lay_defaults(*, at: datetime) -> int:
    """Set every default whose key has no figure yet; returns how many were set."""
    known = set(Policy.objects.values_list("key", flat=True))
    missing = [row for row in DEFAULTS if row[0].value not in known]
    for key, value, source, secondary in missing:
        set_policy(key, Decimal(value), valid_from=SINCE, source=source, secondary=secondary, by=None, at=at)
    return len(missing)
