// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: any bytes as what the renderer drew. The daemon refuses them, or makes a draft that keeps
// the drawn bytes in front and takes a signature. The first two bytes are the length of the record; the
// record and the PDF follow.
#include "sheet/seal.h"
#include "wire/arena.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool law)
{
    if (!law)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t cms[] = {0x30, 0x03, 0x02, 0x01, 0x01};
    struct seal_draft draft;
    struct ts_error error = {0};
    size_t record_length = size >= 2 ? (size_t)data[0] << 8 | data[1] : 0;
    if (size < 2 || record_length > size - 2)
        return 0;
    struct seal_input input = {.pdf = data + 2 + record_length,
                               .pdf_length = size - 2 - record_length,
                               .record = data + 2,
                               .record_length = record_length};
    struct arena *arena = arena_create(64 << 20);
    if (seal_prepare(&input, arena, &draft, &error)) {
        check(draft.length > input.pdf_length && memcmp(draft.bytes, input.pdf, input.pdf_length) == 0);
        check(draft.hole > input.pdf_length && draft.hole + 2 * SEAL_HOLE_BYTES < draft.length);
        check(seal_finish(&draft, cms, sizeof cms, &error));
    } else {
        check(error.status != TS_OK);
    }
    arena_free(arena);
    return 0;
}
