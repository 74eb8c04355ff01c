#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the readings of Han characters into 0048_pinyin.sql, between its two marks. Run by hand, once for each edition of Unicode.

Source: Unihan_Readings.txt (Debian: unicode-data), fields kMandarin, kTGHZ2013, kHanyuPinlu and, for what the second does not
have, kXHC1983; under the Unicode licence (docs/decisions/search.md). Tones are left out, ü is spelled v and u. Readings that
surnames have come first: they are the ones meant when there are too many to keep all.
"""
import bz2
import collections
import pathlib
import re
import sys
import unicodedata

SOURCE = pathlib.Path("/usr/share/unicode/Unihan_Readings.txt.bz2")
TARGET = pathlib.Path(__file__).resolve().parent / "0048_pinyin.sql"
BEGIN, END = "-- readings begin\n", "-- readings end\n"
FIELDS = ("kMandarin", "kTGHZ2013", "kHanyuPinlu", "kXHC1983")
# How surnames are read, where that is not the usual reading, and characters of compound ones (万俟, 尉迟, 澹台, 单于, 长孙).
SURNAMES = """
丁ding 万wan,mo 俟si,qi 尉wei,yu 澹dan,tan 长chang,zhang 長chang,zhang 单shan,chan 單shan,chan 解xie 曾zeng 仇qiu 翟zhai,di 查zha
区ou,qu 區ou,qu 任ren 盖ge,gai 蓋ge,gai 朴piao,pu 乐yue,le 樂yue,le 缪miao,mou 繆miao,mou 覃qin,tan 华hua 華hua 员yun 員yun 宿su
折she,zhe 黑he,hei 召shao,zhao 秘bi 冼xian 洗xian 逄pang 纪ji 紀ji 么yao 令ling 燕yan 曲qu 应ying 應ying 祭zhai,ji 繁po 晟cheng,sheng
佴nai 隗wei,kui 鲜xian 鮮xian 句gou 种chong 柏bai 葛ge 哈ha 贾jia 賈jia 郇xun,huan 宓mi,fu 过guo 過guo 殷yin 那na 盛sheng 薄bo
卜bu 都du 车che 車che 石shi 汤tang 湯tang 余yu 谷gu 沈shen 莘shen,xin 相xiang 冯feng 馮feng 乜nie 臧zang 幺yao 牟mou,mu 干gan 角jue,jiao
𠮷ji 阚kan 闞kan 曹cao 尹yin 褚chu 撒sa 适kuo,shi 佘she 訾zi 谌chen,shen 諶chen,shen 眭sui 郗xi,chi 尧yao 庾yu 妫gui 逯lu 麹qu 粘nian
"""


def plain(reading):
    """Without its tone: lǚ -> lv and lu."""
    signs = unicodedata.normalize("NFD", reading.strip().lower())
    bare = re.sub("[\u0300\u0301\u0302\u0304\u030c]", "", signs).replace("u\u0308", "ü").replace("\u0308", "")
    return [bare.replace("ü", "v"), bare.replace("ü", "u")] if "ü" in bare else [bare]


def told(fields):
    """The readings of one character, as spelled, most usual first."""
    found = fields.get("kMandarin", "").split()
    for place in fields.get("kTGHZ2013", "").split():
        found += place.partition(":")[2].split(",")
    found += [one.partition("(")[0] for one in fields.get("kHanyuPinlu", "").split()]
    if "kTGHZ2013" not in fields:
        for place in fields.get("kXHC1983", "").split():
            found += place.partition(":")[2].split(",")
    return found


def readings(source):
    """{character: its readings without tones, in order}."""
    fields = collections.defaultdict(dict)
    with bz2.open(source, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("U+"):
                code, field, value = line.rstrip("\n").split("\t")
                if field in FIELDS:
                    fields[chr(int(code[2:], 16))][field] = value
    first = {word[0]: word[1:].split(",") for word in SURNAMES.split()}
    found = {}
    for sign in fields.keys() | first.keys():
        spelled = first.get(sign, []) + [one for reading in told(fields[sign]) for one in plain(reading)]
        found[sign] = [one for one in dict.fromkeys(spelled) if re.fullmatch("[a-z]{2,}|[aeo]", one)]
    return {sign: spelled for sign, spelled in found.items() if spelled}


def lines(found):
    """A line for each syllable: the characters it is the first reading of, | the second, | the third ..."""
    placed = collections.defaultdict(lambda: collections.defaultdict(list))
    for sign in sorted(found):
        for place, syllable in enumerate(found[sign]):
            placed[syllable][place].append(sign)
    return [f"{syllable} " + "|".join("".join(ranks[place]) for place in range(max(ranks) + 1))
            for syllable, ranks in sorted(placed.items())]


def main():
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE
    head, _, rest = TARGET.read_text(encoding="utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    TARGET.write_text(head + BEGIN + "".join(f"{line}\n" for line in lines(readings(source))) + END + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
