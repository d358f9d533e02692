"""Questions of the kinds that the shipped library does not write: for the technical tier, read and checked by a second person.

Each is ``(topic, name, tags, wording)``. `SEALED` are for examinations, `PRACTICE` for anyone to try, `ON_THE_WAY` are drafts.
"""

from typing import Any

from exams.bank.kinds.base import Option
from exams.bank.kinds.sheets import rows_of
from exams.bank.kinds.true_false.rule import TRUE, true_false_options
from exams.bank.wording import Wording, options_unordered

Shipped = tuple[str, str, tuple[str, ...], Wording]
TYPED = (
    "云溪县各单位应当妥善保管业务系统账号和口令，不得转借他人。口令应包含字母、数字和符号，长度不少于十二位。离开座位时锁定屏幕，下班后关闭电源。"
    "发现可疑邮件或文件，不点击、不转发，保存证据并立即向本单位信息安全员报告，由县信息中心统一处置。"
)
KEYS = "Back up the data every evening, keep one copy away from the office, and try once a quarter whether the copy can be restored."


def _said(kind: str, stem: str, *, difficulty: int = 2, operation: bool = False, **more: Any) -> Wording:
    return Wording(kind=kind, dimension="operation" if operation else "knowledge", difficulty=difficulty, stem=stem, **more)


def _pairs(stem: str, pairs: dict[str, str], *left_over: str, **more: Any) -> Wording:
    options = options_unordered([*pairs.values(), *left_over], {})
    ids = {option.text: option.id for option in options}
    lefts = [{"id": str(n), "text": left} for n, left in enumerate(pairs, 1)]
    key = {"pairs": {left["id"]: ids[pairs[left["text"]]] for left in lefts}}
    return _said("matching", stem, options=options, extra={"lefts": lefts}, key=key, **more)


def _steps(stem: str, *steps: str, **more: Any) -> Wording:
    options = options_unordered(steps, {})
    ids = {option.text: option.id for option in options}
    return _said("ordering", stem, options=options, extra={"mode": "per_place"}, key={"order": [ids[step] for step in steps]}, **more)


def _options(*texts: str) -> list[dict[str, str]]:
    return [{"id": name, "text": text} for name, text in zip("abcdef", texts, strict=False)]


def _part(kind: str, stem: str, key: Any, *options: str, weight: int = 1) -> tuple[dict[str, Any], Any]:
    return {"kind": kind, "stem": stem, "options": _options(*options), "extra": {}, "weight": weight}, key


def _case(stem: str, *parts: tuple[dict[str, Any], Any], **more: Any) -> Wording:
    return _said("case", stem, extra={"parts": [part for part, _key in parts]}, key={"parts": [key for _part, key in parts]}, **more)


SEALED: list[Shipped] = [
    (
        "technical-06", "loss-window", ("备份",),
        _said(
            "numeric", "某业务系统每天 20:00 做一次完整备份。一次硬件故障发生在次日 14:30，故障前的数据只能从最近一次备份恢复。"
            "最多会丢失多长时间内录入的数据？以小时计，写出数值和单位。",
            extra={"unit": True}, key={"value": "18.5", "tolerance": "0", "in": "absolute", "units": ["小时", "个小时", "h", "hours"],
            "unit_share": 20},
            explanation="从 20:00 到次日 14:30 是 18 小时 30 分，即 18.5 小时。要丢得更少，就要备份得更勤。",
        ),
    ),
    (
        "technical-03", "threats", ("信息安全",),
        _pairs(
            "把每种风险与最直接的防护措施对应起来。右边有一项多余。",
            {
                "勒索病毒把文件加密": "定期做离线备份，并演练恢复", "钓鱼邮件骗取口令": "核实发件人，不点链接，不在陌生页面输入口令",
                "离开座位时被他人操作电脑": "离开时锁定屏幕", "外来 U 盘带入病毒": "先在专用计算机上查杀，再使用",
            }, "给显示器换上更高的亮度",
            explanation="备份对付数据被毁，核实对付欺骗，锁屏对付近身操作，查杀对付移动介质。",
        ),
    ),
    (
        "technical-03", "incident-order", ("信息安全", "应急处置"),
        _steps(
            "某单位的应急预案规定：先记录，再断网控制，随后报告，然后清除、恢复，最后总结。按这一规定，把发现计算机感染病毒后的处置步骤按先后排列。",
            "记下发现的时间和现象", "断开这台计算机的网络，保留现场", "报告本单位信息安全员和县信息中心", "查明感染途径，清除病毒",
            "从备份恢复数据，验证无误后重新联网", "总结原因，完善制度", operation=True,
            explanation="先记录和断网，影响才不会扩大；恢复一定在清除之后，否则会再次感染。",
        ),
    ),
    (
        "technical-04", "network-commands", ("网络",),
        _said(
            "cloze", "补全下面一段 Windows 网络检查的说明：前两处从所给的词中选，第三处填写。",
            extra={
                "passage": "要查看本机的 IP 地址、子网掩码和默认网关，在命令提示符中输入____；要检查本机到网关是否连通，用____命令加网关地址。"
                "能用 IP 地址访问、却不能用网站名称访问，多半是____（填服务的英文缩写）出了问题。",
                "gaps": [_options("ipconfig /all", "format", "dir"), _options("ping", "copy", "cls"), []],
            },
            key={"gaps": ["a", "a", ["DNS", "DNS 服务", "DNS 服务器"]]},
            operation=True, explanation="ipconfig /all 列出本机网络设置，ping 检查连通，DNS 把名称解析为 IP 地址。",
        ),
    ),
    (
        "technical-03", "ransom-case", ("信息安全", "应急处置", "备份"),
        _case(
            "某周四 8:00，云溪县某局档案室的一台计算机出现勒索提示，部门共享文件夹中 1200 份文件已被加密。该局每周日 22:00 向离线硬盘做一次完整备份，"
            "每天 22:00 向机房的网络存储做一次增量备份。检查发现：网络存储上的增量备份也被加密，离线硬盘平时不连接，完好无损。",
            _part("single", "值班人员首先应当做什么？", ["b"], "重新启动计算机，看提示是否消失", "断开这台计算机的网络，保留现场", "按提示付款",
            "立即格式化硬盘"),
            _part(
                "multiple", "随后应当做哪些事？", ["a", "b", "d"], "向本单位信息安全员和县信息中心报告", "排查其他计算机和服务器是否受影响",
                "把离线硬盘接到这台计算机上看能否打开", "保存勒索提示的照片和系统日志", weight=2,
            ),
            _part(
                "numeric", "只能用周日 22:00 的完整备份恢复。从那时到周四 8:00 共多少小时的改动需要补录？",
                {"value": "82", "tolerance": "0", "in": "absolute", "units": [], "unit_share": 0},
            ),
            _part("fill_in", "“3-2-1”备份原则是：至少____份数据，存放在____种不同的介质上，其中____份放在异地。", [["三", "3"], ["两", "二", "2"],
            ["一", "1"]], weight=2),
            difficulty=3, operation=True,
            explanation="周日 22:00 到周三 22:00 是 72 小时，再到周四 8:00 是 10 小时，共 82 小时。离线硬盘是仅存的好备份，"
            "不能接到受感染的计算机上。",
        ),
    ),
    (
        "technical-01", "typing-pinyin", ("打字",),
        _said(
            "typing", "在 5 分钟内录入下面的文字，标点用全角。", extra={"text": TYPED, "mode": "pinyin", "seconds": 300, "target": 40,
            "accuracy": 90},
            operation=True, explanation="每分钟 40 个正确的字、正确率达到 90% 得满分。",
        ),
    ),
    (
        "technical-05", "printer-check", ("设备维护",),
        _said(
            "short", "一名同事说“打印机昨天还好好的，今天点了打印没有反应”。简述你的排查步骤，由易到难。",
            key={
                "model": "先看电源、指示灯、纸和墨粉；再看数据线或网络是否接通；"
                "在计算机上看打印队列是否堵塞、打印机是否脱机或被暂停、默认打印机是否选错；"
                "重启打印服务；换一台计算机试打；仍不行再检查或重装驱动，并记录、报修。",
                "keywords": ["电源", "纸", "连接", "队列", "默认打印机", "驱动", "报修"],
            },
            operation=True, explanation="由外到内、由易到难：电源与耗材、连接、队列与设置、驱动，最后报修。",
        ),
    ),
    (
        "technical-03", "duty-essay", ("信息安全", "论述"),
        _said(
            "essay", "结合本单位实际，论述如何落实网络安全工作责任制。不少于 300 字。", difficulty=3,
            extra={
                "rubric": rows_of(
                    "责任清楚：说明第一责任人、分管领导、信息安全员和使用人各负什么责 | 10\n- 10 | 四方责任都说清，有本单位的例子\n"
                    "- 6 | 说到两三方\n- 2 | 只提到“要负责”\n"
                    "措施具体：账号、备份、更新、检查、培训等，能照着做 | 12\n- 12 | 四项以上，各有频次或标准\n- 7 | 两三项\n- 3 | 只有原则\n"
                    "联系实际，条理清楚 | 8\n- 8 | 有本单位的问题和改进\n- 4 | 泛泛而谈"
                )
            },
            key={"model": "要点：主要负责人是第一责任人，分管领导抓落实，信息安全员日常管理，谁使用谁负责；"
            "建立账号、备份、更新、检查、培训和应急制度，写明频次；"
                 "结合本单位查出的问题提出改进，并与年度考核挂钩。"},
        ),
    ),
    (
        "technical-05", "ledger-upload", ("办公软件",),
        _said(
            "upload", "把本单位三台以上办公设备做成一张设备台账：设备名称、型号、编号、使用人、购置日期、状态。表格加边框和标题行，"
            "导出为 PDF 或直接上传电子表格。",
            extra={"types": ["xlsx", "pdf"], "megabytes": 2}, operation=True,
            key={
                "model": "六列齐全、至少三行，日期格式一致，标题行醒目，打印在一页之内。",
                "rubric": rows_of("六列齐全，至少三行 | 8\n内容合理，日期格式一致 | 6\n版面：标题行、边框、一页之内 | 6"),
            },
        ),
    ),
    (
        "technical-05", "printer-station", ("实操", "设备维护"),
        _said(
            "station", "实操：安装打印机驱动并共享", operation=True,
            extra={"task": "在这台计算机上安装桌上打印机的驱动程序，设为默认打印机，打印一张测试页；再把它共享，共享名为 YX-PRN，"
            "并在邻座计算机上连接、打印一张测试页。", "minutes": 15},
            key={
                "rubric": rows_of(
                    "操作前核对打印机型号，驱动来自随机光盘或厂商网站 | 3\n! 驱动安装成功，本机打印出测试页 | 6\n设为默认打印机 | 2\n"
                    "共享，共享名为 YX-PRN | 4\n邻座计算机打印出测试页 | 4\n收拾现场，登记 | 1"
                )
            },
            explanation="没有打印出测试页，安装就没有完成，整站不得分。",
        ),
    ),
    (
        "technical-06", "backup-station", ("实操", "备份"),
        _said(
            "station", "实操：数据备份与恢复", operation=True, difficulty=3,
            extra={"task": "把“业务资料”文件夹备份到移动硬盘，核对文件数和大小；监考删除其中一个文件后，从备份中只恢复这一个文件，"
            "并说明恢复后如何验证。", "minutes": 20},
            key={
                "rubric": rows_of(
                    "备份前检查移动硬盘可用空间并查毒 | 3\n! 备份完整：文件数和总大小一致 | 6\n备份文件夹名含日期 | 2\n"
                    "! 恢复了被删除的文件，没有覆盖其他文件 | 6\n打开恢复的文件验证 | 2\n安全弹出移动硬盘 | 1"
                ),
                "fatal": True,
            },
        ),
    ),
]  # fmt: skip

PRACTICE: list[Shipped] = [
    (
        "technical-04", "subnet-practice", ("网络",),
        _said(
            "numeric", "某科室使用网段 192.168.10.0/26。去掉网络地址和广播地址，这个网段最多可分配给多少台设备？",
            key={"value": "62", "tolerance": "0", "in": "absolute", "units": [], "unit_share": 0},
            explanation="/26 留下 6 位主机号，2 的 6 次方是 64，减去网络地址和广播地址，得 62。",
        ),
    ),
    (
        "technical-04", "ports-practice", ("网络",),
        _pairs(
            "把服务与它通常使用的端口对应起来。", {"网页（HTTP）": "80", "加密网页（HTTPS）": "443", "域名解析（DNS）": "53",
            "远程桌面（RDP）": "3389"}, "21",
            explanation="21 是 FTP 的控制端口。",
        ),
    ),
    (
        "technical-05", "switch-off-practice", ("设备维护",),
        _steps(
            "停电在即，机房不间断电源只能再撑十分钟。按先后排列有序关机的步骤。", "通知各科室保存并退出业务系统", "停止应用服务",
            "停止数据库服务", "关闭服务器操作系统",
            "关闭存储设备", operation=True, explanation="从使用者到底层：先应用，后数据库，再系统，存储最后关，数据才不会损坏。",
        ),
    ),
    (
        "technical-01", "typing-practice", ("打字",),
        _said(
            "typing", "在 2 分钟内录入下面的英文。", extra={"text": KEYS, "mode": "latin", "seconds": 120, "target": 100, "accuracy": 90},
            operation=True, difficulty=1,
        ),
    ),
]  # fmt: skip

WAITING, RETURNED, REVIEWED = "waiting", "returned", "reviewed"
ON_THE_WAY: dict[str, Shipped] = {
    WAITING: (
        "technical-04", "vlan-draft", ("网络",),
        _said(
            "single", "同一台交换机上，财务科与其他科室要互不相通，最合适的做法是：",
            options=(Option(id="a", text="划分不同的 VLAN"), Option(id="b", text="使用不同颜色的网线"), Option(id="c",
            text="给计算机起不同的名称"), Option(id="d", text="错开上班时间")),
            chosen=("a",), explanation="VLAN 在二层隔离广播域；不同 VLAN 之间不经路由不能互通。",
        ),
    ),
    RETURNED: (
        "technical-06", "often-draft", ("备份",),
        _said("true_false", "重要数据一般应当经常备份。", options=true_false_options(), chosen=(TRUE,), difficulty=1),
    ),
    REVIEWED: (
        "technical-05", "ups-draft", ("设备维护",),
        _said(
            "numeric", "一台不间断电源可输出 1200 瓦。已接两台各 350 瓦的服务器和一台 60 瓦的交换机，还能接多少瓦的设备？",
            key={"value": "440", "tolerance": "0", "in": "absolute", "units": [], "unit_share": 0}, explanation="1200 − 2 × 350 − 60 = 440。",
        ),
    ),
}  # fmt: skip
RETURN_NOTE = "“一般”“经常”说不清对错。请写明数据的类别和备份的频次，并注明依据。"
