// SPDX-License-Identifier: Apache-2.0
// How hard cairo compresses the streams of a sheet. It asks zlib for its usual level and offers no setting;
// half of a sheet are letters' outlines, from which no level takes more than a tenth. The program's own
// deflateInit_ stands before the library's (System V ABI, symbol resolution): cairo alone calls it here,
// libpng only reads. Where it does not, sheets are the same but 2 % smaller and a tenth slower.
#include <zlib.h>

enum { LEVEL = 3, WINDOW_BITS = 15, MEMORY_LEVEL = 8 }; // all but the level: zlib's own

int deflateInit_(z_streamp stream, int level, const char *version, int stream_size)
{
    (void)level;
    return deflateInit2_(stream, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY, version,
                         stream_size);
}
