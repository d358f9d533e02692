"""Names of people who do not exist, among them characters outside the usual fonts and names longer than three characters."""

from collections.abc import Iterator

from exams.demo.days import dice

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷"
    "龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤"
)
FIRST = "建文志国晓丽春秋海明永桂金玉少德世家新立小雪长光成学宏仁正天云松兰美红艳思子宇佳静雅欣一嘉梓"
SECOND = "华强敏军伟芳平辉娟英明霞波涛超勇玲萍鹏飞燕斌琴莉红梅刚杰峰林龙洁婷宁安然涵轩琪怡妍生发根财贵福全清源"
RARE = [
    "黄䶮", "周㛃", "陈𬭎", "欧阳慧君", "司马长庚", "阿依古丽·买买提", "刘淼鑫", "罗犇", "谢㵘", "吕彧", "夏侯明哲", "帕提古丽·艾山",
]  # fmt: skip


def names() -> Iterator[str]:
    """Yield names without end, the rare ones scattered among the first hundreds. Some come twice, as in life."""
    chance, rare, count = dice("names"), iter(RARE), 0
    while True:
        count += 1
        if count % 37 == 5:
            special = next(rare, None)
            if special:
                yield special
                continue
        surname = SURNAMES[min(chance.randrange(len(SURNAMES)), chance.randrange(len(SURNAMES)))]  # frequent ones stand first
        yield surname + (chance.choice(FIRST) if chance.random() < 0.8 else "") + chance.choice(SECOND)
