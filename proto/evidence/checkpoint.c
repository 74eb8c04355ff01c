// SPDX-License-Identifier: Apache-2.0
// Checkpoints, see checkpoint.h.
#include "evidence/checkpoint.h"

#include "evidence/lines.h"
#include "evidence/statement.h"
#include "wire/error.h"
#include "wire/text.h"

#include <inttypes.h>
#include <string.h>

void checkpoint_write(struct text *text, const char *origin, uint64_t size, const uint8_t root[HASH_BYTES])
{
    text_printf(text, "%s\n%" PRIu64 "\n", origin, size);
    text_put_base64(text, root, HASH_BYTES);
    text_put_char(text, '\n');
}

bool checkpoint_read(const char *body, size_t length, struct checkpoint *ret_checkpoint,
                     struct ts_error *error)
{
    struct lines lines = {body, body + length};
    struct checkpoint checkpoint;
    if (!lines_next(&lines, &checkpoint.origin, &checkpoint.origin_length) || checkpoint.origin_length == 0 ||
        !lines_next_number(&lines, &checkpoint.size) || checkpoint.size > STATEMENT_INDEX_CEILING ||
        !lines_next_hash(&lines, checkpoint.root) || lines.at != lines.end)
        return error_set(error, TS_DATA_LOSS, "E_CHECKPOINT",
                         "The checkpoint is broken: it is not an origin, a size and a root.");
    *ret_checkpoint = checkpoint;
    return true;
}

bool checkpoint_is_of(const struct checkpoint *checkpoint, const char *origin)
{
    return checkpoint->origin_length == strlen(origin) &&
           memcmp(checkpoint->origin, origin, checkpoint->origin_length) == 0;
}
