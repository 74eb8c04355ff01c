// SPDX-License-Identifier: Apache-2.0
// Kinds of codes: see code.h. Numbers are told apart by their shape (migrations/functions/00_core.sql,
// number_next), item codes by their check character.
#include "desk/code.h"

#include <ctype.h>
#include <string.h>

#include "wire/item_code.h"

// Booking codes: Crockford's base32, weights powers of 2 modulo x^5 + x^2 + 1 (migrations/0040_open_day.sql).
static bool is_booking_code(const char *packed, char ret_canonical[CODE_TEXT])
{
    static const char signs[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
                      read_as[][2] = {{'O', '0'}, {'I', '1'}, {'L', '1'}};
    char canonical[CODE_TEXT] = "";
    unsigned rest = 0;

    for (size_t i = 0; packed[i] != '\0'; i++) {
        char sign = (char)toupper((unsigned char)packed[i]);
        const char *found;

        for (size_t j = 0; j < sizeof read_as / sizeof *read_as; j++)
            sign = sign == read_as[j][0] ? read_as[j][1] : sign;
        found = strchr(signs, sign);
        if (found == NULL)
            return false;
        rest = (rest >= 16 ? rest << 1 ^ 37 : rest << 1) ^ (unsigned)(found - signs);
        canonical[i] = sign;
    }
    if (rest == 0)
        memcpy(ret_canonical, canonical, sizeof canonical);
    return rest == 0;
}

enum {
    ITEM_CODE_SIGNS = ITEM_CODE_PAYLOAD + 1,
    TRACKING_SIGNS = 8,
    BOOKING_SIGNS = 6,
    PHONE_TAIL = 4,
    PHONE_LEAST = 3
};

// `shape`: A a letter or digit, any number of them (at least one); 9 one digit; other signs themselves.
static bool fits(const char *text, const char *shape)
{
    for (; *shape != '\0'; shape++) {
        if (*shape == 'A') {
            if (!isalnum((unsigned char)*text))
                return false;
            while (isalnum((unsigned char)*text))
                text++;
        } else if (*shape == '9') {
            if (!isdigit((unsigned char)*text++))
                return false;
        } else if (*shape != *text++) {
            return false;
        }
    }
    return *text == '\0';
}

struct census {
    size_t digits, letters, others, beyond_ascii;
};

static struct census count_signs(const char *text)
{
    struct census census = {0};

    for (; *text != '\0'; text++) {
        unsigned char sign = (unsigned char)*text;

        if (sign >= 0x80)
            census.beyond_ascii++;
        else if (isdigit(sign))
            census.digits++;
        else if (isalpha(sign))
            census.letters++;
        else if (sign != ' ' && sign != '-' && sign != '\'') // xi'an, O'Neil
            census.others++;
    }
    return census;
}

// Without blanks and hyphens.
static void pack(const char *text, char ret_text[CODE_TEXT])
{
    size_t length = 0;

    for (; *text != '\0' && length + 1 < CODE_TEXT; text++)
        if (*text != ' ' && *text != '-')
            ret_text[length++] = *text;
    ret_text[length] = '\0';
}

static void raise(char *text)
{
    for (; *text != '\0'; text++)
        *text = (char)toupper((unsigned char)*text);
}

static enum code_kind decide_number(const char *text)
{
    static const struct {
        const char *shape;
        enum code_kind kind;
    } rows[] = {{"A-99-999999", CODE_RECEIPT}, {"A-9999-999999", CODE_SHEET}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (fits(text, rows[i].shape))
            return rows[i].kind;
    if (isupper((unsigned char)text[0]) && fits(text + 1, "999"))
        return CODE_TICKET;
    return CODE_NOTHING;
}

static bool is_phone(const char *text, const struct census *census)
{
    return census->letters == 0 && census->beyond_ascii == 0 && census->digits >= PHONE_LEAST &&
           (census->others == 0 || (census->others == 1 && text[0] == '+'));
}

static enum code_kind decide_signs(const char *packed, bool was_scanned, char ret_canonical[CODE_TEXT])
{
    struct census census = count_signs(packed);
    size_t length = strlen(packed);

    // Nobody's name has digits; a code of letters alone is one in ten thousand.
    if (length == ITEM_CODE_SIGNS && census.others == 0 && (census.digits > 0 || was_scanned))
        return item_code_check(packed, length, ret_canonical) ? CODE_ITEM : CODE_ITEM_WRONG;
    if (length == BOOKING_SIGNS && census.others == 0) {
        // Six letters are a name, unless their check sign fits.
        bool fits_check = is_booking_code(packed, ret_canonical);

        if (fits_check || census.digits > 0)
            return fits_check ? CODE_BOOKING : CODE_BOOKING_WRONG;
    }
    if (length == TRACKING_SIGNS && census.others == 0 && (census.digits > 0 || was_scanned))
        return CODE_TRACKING;
    return census.digits == 0 && census.others == 0 && !was_scanned ? CODE_PINYIN : CODE_STRANGE;
}

void code_decide(const char *text, bool was_scanned, struct code *ret_code)
{
    struct census census;
    char raised[CODE_TEXT], packed[CODE_TEXT];

    *ret_code = (struct code){.kind = CODE_NOTHING};
    while (*text == ' ')
        text++;
    if (*text == '\0')
        return;
    strncpy(ret_code->text, text, CODE_TEXT - 1);
    for (size_t length = strlen(ret_code->text); length > 0 && ret_code->text[length - 1] == ' ';)
        ret_code->text[--length] = '\0';
    census = count_signs(ret_code->text);
    pack(ret_code->text, packed);
    memcpy(raised, ret_code->text, sizeof raised);
    raise(raised);
    if (census.beyond_ascii > 0 && !was_scanned) {
        ret_code->kind = CODE_NAME;
    } else if (strncmp(raised, "HTTPS://", 8) == 0 || strncmp(raised, "HTTP://", 7) == 0) {
        ret_code->kind = CODE_ADDRESS;
    } else if ((ret_code->kind = decide_number(raised)) != CODE_NOTHING) {
        memcpy(ret_code->text, raised, sizeof raised);
    } else if (is_phone(ret_code->text, &census) &&
               !(was_scanned && (strlen(packed) == ITEM_CODE_SIGNS || strlen(packed) == BOOKING_SIGNS))) {
        ret_code->kind = strlen(packed) == PHONE_TAIL ? CODE_PHONE_TAIL : CODE_PHONE;
        memcpy(ret_code->text, packed, sizeof packed);
    } else {
        ret_code->kind = decide_signs(packed, was_scanned, ret_code->text);
    }
}

const char *code_name(enum code_kind kind, bool chinese)
{
    static const struct {
        const char *zh, *en;
    } names[] = {
        [CODE_NOTHING] = {"", ""},
        [CODE_PHONE_TAIL] = {"手机后四位", "last four digits of a phone"},
        [CODE_PHONE] = {"电话号码", "phone number"},
        [CODE_NAME] = {"姓名", "name"},
        [CODE_PINYIN] = {"拼音（首字母、全拼或混用）或外文姓名",
                         "pinyin (first letters, whole or mixed) or a name in letters"},
        [CODE_ITEM] = {"样品码", "item code"},
        [CODE_ITEM_WRONG] = {"样品码，校验位不符：有一位输错",
                             "item code with a wrong check character: one sign is mistyped"},
        [CODE_RECEIPT] = {"收样回执号", "receipt number"},
        [CODE_SHEET] = {"报告编号", "sheet number"},
        [CODE_TRACKING] = {"查询码（供委托人查进度）", "tracking code, which is for the visitor"},
        [CODE_TICKET] = {"排队号", "queue ticket"},
        [CODE_ADDRESS] = {"网址二维码", "QR code of a web address"},
        [CODE_BOOKING] = {"预约码", "booking code"},
        [CODE_BOOKING_WRONG] = {"预约码，校验位不符：有一位输错",
                                "booking code with a wrong check sign: one sign is mistyped"},
        [CODE_STRANGE] = {"不是本机构的码", "no code of this institute"},
    };

    return chinese ? names[kind].zh : names[kind].en;
}
