// SPDX-License-Identifier: Apache-2.0
// NFC by utf8proc's tables, see nfc.h. Works in a buffer of fixed size; ASCII is told without it.
#include "evidence/nfc.h"

#include "wire/arena.h"

#include <string.h>
#include <utf8proc.h>

static const utf8proc_option_t OPTIONS = UTF8PROC_STABLE | UTF8PROC_COMPOSE;

static bool is_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] >= 0x80)
            return false;
    return true;
}

// The normal form as UTF-8 in `characters`, whose memory it shares; below 0 when it does not fit.
static utf8proc_ssize_t normalise(const char *text, size_t length, utf8proc_int32_t *characters)
{
    utf8proc_ssize_t count = utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length,
                                                characters, NFC_CHARACTERS, OPTIONS);
    if (count < 0 || count > NFC_CHARACTERS)
        return -1;
    return utf8proc_reencode(characters, count, OPTIONS); // needs one character more for its NUL
}

bool nfc_is(const char *text, size_t length)
{
    utf8proc_int32_t characters[NFC_CHARACTERS + 1];
    if (is_ascii(text, length))
        return true;
    utf8proc_ssize_t made = normalise(text, length, characters);
    return made >= 0 && (size_t)made == length && memcmp(characters, text, length) == 0;
}

const char *nfc_make(const char *text, size_t length, struct arena *arena, size_t *ret_length)
{
    utf8proc_int32_t characters[NFC_CHARACTERS + 1];
    bool plain = is_ascii(text, length);
    utf8proc_ssize_t made = plain ? (utf8proc_ssize_t)length : normalise(text, length, characters);
    char *copy = made >= 0 ? arena_copy(arena, plain ? text : (const char *)characters, (size_t)made) : NULL;
    if (copy)
        *ret_length = (size_t)made;
    return copy;
}
