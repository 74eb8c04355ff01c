// SPDX-License-Identifier: Apache-2.0
// Item codes, see item_code.h.
#include "wire/item_code.h"

#include <string.h>

enum { MODULUS = 31 };

// The place in the alphabet, after repairing what people confuse; -1 for anything else.
static int place_of(char character)
{
    if (character >= 'a' && character <= 'z')
        character = (char)(character - 'a' + 'A');
    static const char confused[][2] = {{'I', '1'}, {'L', '1'}, {'O', '0'}, {'S', '5'}, {'Z', '2'}};
    for (size_t i = 0; i < sizeof confused / sizeof confused[0]; i++)
        if (character == confused[i][0])
            character = confused[i][1];
    const char *found = character ? strchr(ITEM_CODE_ALPHABET, character) : NULL;
    return found ? (int)(found - ITEM_CODE_ALPHABET) : -1;
}

// The weighted sum of the payload.
static int payload_sum(const int places[ITEM_CODE_PAYLOAD])
{
    int sum = 0;
    for (int i = 0; i < ITEM_CODE_PAYLOAD; i++)
        sum += (i + 2) * places[i];
    return sum;
}

bool item_code_check(const char *text, size_t length, char ret_canonical[ITEM_CODE_SIZE])
{
    int places[ITEM_CODE_PAYLOAD + 1];
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '-' || text[i] == ' ')
            continue;
        int place = place_of(text[i]);
        if (place < 0 || count > ITEM_CODE_PAYLOAD)
            return false;
        places[count++] = place;
    }
    if (count != ITEM_CODE_PAYLOAD + 1 || (payload_sum(places) + places[ITEM_CODE_PAYLOAD]) % MODULUS != 0)
        return false;
    if (!ret_canonical)
        return true;
    for (size_t i = 0; i < count; i++)
        ret_canonical[i] = ITEM_CODE_ALPHABET[places[i]];
    ret_canonical[count] = '\0';
    return true;
}

bool item_code_append_check(const char payload[ITEM_CODE_PAYLOAD], char ret_canonical[ITEM_CODE_SIZE])
{
    int places[ITEM_CODE_PAYLOAD];
    for (size_t i = 0; i < ITEM_CODE_PAYLOAD; i++) {
        const char *found = payload[i] ? strchr(ITEM_CODE_ALPHABET, payload[i]) : NULL;
        if (!found)
            return false;
        places[i] = (int)(found - ITEM_CODE_ALPHABET);
    }
    int check = (MODULUS - payload_sum(places) % MODULUS) % MODULUS;
    memcpy(ret_canonical, payload, ITEM_CODE_PAYLOAD);
    ret_canonical[ITEM_CODE_PAYLOAD] = ITEM_CODE_ALPHABET[check];
    ret_canonical[ITEM_CODE_PAYLOAD + 1] = '\0';
    return true;
}
