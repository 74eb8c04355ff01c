# SPDX-License-Identifier: Apache-2.0
"""The books that search is measured in: persons with the surnames of a Chinese town, and search_fill.sql around them. Kept below build/
as the other books of the benchmark are."""
import io
import random

from tests.bench import books as data

ITEMS = 1_000_000
PERSONS_OF_A_MILLION = 300_000
# In thousandths of the population, about as the census of 2020 counts them; whoever is left has one of the rest.
SURNAMES = dict(王=72, 李=70, 张=67, 刘=54, 陈=45, 杨=31, 黄=24, 赵=23, 吴=20, 周=19, 徐=14, 孙=14, 马=13, 朱=13, 胡=12, 郭=12, 何=11, 林=11,
                高=10, 罗=10)
REST = ("郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史黎陶贺毛郝顾龚邵万"
        "覃武钱戴严莫孔向常单解仇翟查区")
GIVEN = ("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华文辉玲玉建国红梅春小晓丹鹏飞宇浩然子涵雨欣梓轩思佳一诺可心怡若曦嘉志海波俊峰颖慧婷雪琳凯旋"
         "旭东升亮琴凤云莲荣珍贞莉青青翠雅芝香月莺媛瑞凡妍露瑶滢")
SHARED_TAIL, SHARING = "0315", 3000


def persons(count):
    """(number, name, phone), the same at every run; SHARING of 300,000 have the same last four digits."""
    chance = random.Random(20260315)
    surnames, weights = list(SURNAMES) + list(REST), list(SURNAMES.values()) + [445 / len(REST)] * len(REST)
    given_weights = [1 / (place + 4) for place in range(len(GIVEN))]
    sharing = SHARING * count // PERSONS_OF_A_MILLION
    for number in range(count):
        name = chance.choices(surnames, weights)[0] + "".join(chance.choices(GIVEN, given_weights, k=1 if chance.random() < 0.15 else 2))
        head = f"1{chance.choice('3578')}{number * 7919 % 100000:05}"
        yield number, name, head + (SHARED_TAIL if number % (count // sharing) == 7 else f"{number * 104729 // 100000 % 10000:04}")


def enter_persons(connection, items):
    """Into bench.persons, for search_fill.sql."""
    with connection.cursor() as cursor:
        cursor.execute("create schema bench; create table bench.persons (n bigint, name text, phone text)")
        cursor.copy_expert("copy bench.persons from stdin", io.StringIO("".join(
            f"{number}\t{name}\t{phone}\n" for number, name, phone in persons(items * PERSONS_OF_A_MILLION // ITEMS))))


class SearchBooks(data.Books):
    """As Books; a name of its own below build/bench."""
    FILL = "search_fill.sql"

    def fill(self):
        with self.connect() as connection:
            enter_persons(connection, self.items)
        super().fill()
