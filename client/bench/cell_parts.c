// SPDX-License-Identifier: Apache-2.0
// See cell_parts.h.
#include "bench/cell_parts.h"

#include <stdio.h>
#include <string.h>

#include "wire/rules_text.h"

enum cell_state cell_say(enum cell_state state, bool chinese, const char *zh, const char *en,
                         char ret_why[CELL_WHY])
{
    snprintf(ret_why, CELL_WHY, "%s", chinese ? zh : en);
    return state;
}

// What the wire says of a number, in Chinese too.
static const char *number_zh(const char *why)
{
    static const struct {
        const char *en, *zh;
    } words[] = {{"is typed with full-width", "是全角字符：请切换到半角，输入 0-9 和小数点"},
                 {"has an exponent", "带指数：请写出全部数字"},
                 {"has a comma", "有逗号：小数点用「.」，千位不分隔"},
                 {"has a space", "中间有空格"},
                 {"is not a number", "不是数"},
                 {"needs a digit before", "小数点前要有数字"},
                 {"needs a digit behind", "小数点后要有数字"},
                 {"has no digits", "还没有数字"},
                 {"has more than 40", "超过 40 位数字"},
                 {"must not be negative", "不能为负"}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(why, words[i].en, strlen(words[i].en)) == 0)
            return words[i].zh;
    return "有不属于数的字符：请用 0-9 和小数点";
}

enum cell_state cell_judge_number(const char *text, int format, bool chinese, char ret_why[CELL_WHY])
{
    // What may follow so that it is a number after all: "-", "75.", "15.5(".
    static const char *const endings[] = {"0", ")", "+)"};
    char wire[RULES_WHY_SIZE], longer[CELL_BYTES + 4];

    if (text[0] == '\0')
        return cell_say(CELL_UNFINISHED, chinese, "还没有数字", "The number is missing", ret_why);
    if (rules_text_fits(text, format, wire))
        return CELL_FINE;
    snprintf(ret_why, CELL_WHY, chinese ? "「%s」%s" : "\"%s\" %s", text, chinese ? number_zh(wire) : wire);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char ignored[RULES_WHY_SIZE];

        snprintf(longer, sizeof longer, "%s%s", text, endings[i]);
        if (rules_text_fits(longer, format, ignored))
            return CELL_UNFINISHED;
    }
    return CELL_WRONG;
}

void cell_trim(const char *text, char ret_text[CELL_BYTES])
{
    size_t length;

    while (*text == ' ')
        text++;
    snprintf(ret_text, CELL_BYTES, "%s", text);
    for (length = strlen(ret_text); length > 0 && ret_text[length - 1] == ' ';)
        ret_text[--length] = '\0';
}
