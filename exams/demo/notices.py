"""What was announced and told: official announcements with their document numbers, and messages in inboxes."""

from datetime import date, timedelta

from django.urls import reverse

from exams.demo.days import moment
from exams.demo.people import Staff
from exams.demo.seats import ACCOUNTS
from exams.demo.sittings import Plan
from lms.models import Announcement, Notice
from lms.people.models import Unit

# Days ago, issuing unit, first part of the number, serial, title, text.
ANNOUNCEMENTS = [
    (
        5, "renshe", "云人社发", 17, "关于做好{year}年度公务员电子政务培训学时登记工作的通知",
        "各乡镇人民政府，县直各单位：\n为做好{year}年度公务员电子政务培训学时登记工作，现将有关事项通知如下。\n一、登记范围：全县在职公务员。\n"
        "二、登记内容：网络自学、专题测试、讲座、论坛、培训班和校外培训取得的学时。\n三、时间要求：12月31日前完成核对；对学时记录有异议的，请在本平台“学习档案”中核对后向单位信息管理员提出。\n"
        "四、培训情况作为年度考核的内容之一（《公务员法》第六十八条）。",
    ),
    (
        11, "xinxi", "云信办", 9, "关于开展信息安全员持证上岗复审考试的通知",
        "各单位：\n信息安全员持证上岗复审考试定于近期开放，时长60分钟，共50题，满分100分，合格线按现行考核方式执行。\n"
        "证书将在90日内到期的人员请务必参加。考试在各单位办公电脑上进行，断网时作答内容保存在本机，恢复后自动上传。",
    ),
    (
        20, "xinxi", "云信办", 8, "各乡镇专业技术人员集中培训安排",
        "各乡镇人民政府：\n按照“各乡镇各部门要培养一至两名专业技术人员”的要求，本年度集中培训分两期举行，每期32学时，内容为网络操作、设备维护和数据库备份。请各乡镇选派人员参加。",
    ),
    (
        64, "renshe", "云人社发", 12, "关于公布第三季度电子政务培训学时完成情况的通知",
        "各单位：\n第三季度学时完成情况已在平台公布，请各单位信息管理员督促未达进度人员。",
    ),
    (
        150, "zhengban", "云府办字", 21, "关于落实网络安全工作责任制的通知",
        "各乡镇人民政府，县直各单位：\n各单位主要负责人是网络安全工作第一责任人，分管领导须参加专题培训并通过考核。",
    ),
    (
        330, "renshe", "云人社发", 3, "关于报送上一年度考核培训材料的通知",
        "各单位：\n上一年度公务员培训考核材料由县人社局逐人确认后统一报送。本人对材料有异议的，请在确认后30日内提出。",
    ),
]  # fmt: skip


def lay_notices(staff: Staff, units: dict[str, Unit], rows: dict[str, Plan], today: date) -> None:
    """Insert announcements and notices; the learner of the demo has two unread ones."""
    announcements = []
    for ago, unit, series, serial, title, text in ANNOUNCEMENTS:
        day = today - timedelta(days=ago)
        announcements.append(
            Announcement(
                number=f"{series}〔{day.year}〕{serial}号", title=title.format(year=day.year), body=text.format(year=day.year),
                issued_by=units[unit], issued_on=day,
            )
        )  # fmt: skip
    Announcement.objects.bulk_create(announcements)
    learner = staff.numbered(ACCOUNTS["learner"])
    told = [
        Notice(
            person=person, key=f"sitting:{plan.sitting.pk}", title=f"您已列入“{plan.title}”的考生名单。",
            body=f"准考号 {plan.candidates[person.pk].number}，{plan.duration} 分钟。", link=reverse("home"),
            sent_at=moment(today - timedelta(days=2), 9),
            read_at=None if person is learner or int(person.staff_number) % 3 else moment(today - timedelta(days=1), 10),
        )
        for plan in (rows["open"], rows["planned"])
        if plan.sitting
        for person in plan.admitted
    ]  # fmt: skip
    told.append(
        Notice(
            person=learner, key="demo:certificate", title="您的信息安全员岗位合格证将于数月内到期。", body="请参加本次复审考试。",
            link=reverse("home"), sent_at=moment(today - timedelta(days=1), 9), read_at=None,
        )
    )  # fmt: skip
    Notice.objects.bulk_create(told, batch_size=500)
