// SPDX-License-Identifier: Apache-2.0
// Finds a page, see web.h. A dozen rows: looked through from the first.
#include "web/web.h"

#include <string.h>

const struct web_asset *web_find(const char *path, size_t length)
{
    for (size_t i = 0; i < WEB_ASSET_COUNT; i++)
        if (strlen(WEB_ASSETS[i].path) == length && memcmp(WEB_ASSETS[i].path, path, length) == 0)
            return &WEB_ASSETS[i];
    return NULL;
}
