// SPDX-License-Identifier: Apache-2.0
// Proofs as text, see tlog_proof.h.
#include "evidence/tlog_proof.h"

#include "evidence/lines.h"
#include "wire/error.h"
#include "wire/text.h"

#include <inttypes.h>
#include <string.h>

static const char HEAD[] = "c2sp.org/tlog-proof@v1";
static const char EXTRA[] = "extra ";
static const char INDEX[] = "index ";

void tlog_proof_write(struct text *text, const uint8_t entry[LOG_ENTRY_BYTES], uint64_t index,
                      const uint8_t (*hashes)[HASH_BYTES], size_t count, const char *checkpoint,
                      size_t checkpoint_length)
{
    text_printf(text, "%s\n%s", HEAD, EXTRA);
    text_put_base64(text, entry, LOG_ENTRY_BYTES);
    text_printf(text, "\n%s%" PRIu64 "\n", INDEX, index);
    for (size_t i = 0; i < count; i++) {
        text_put_base64(text, hashes[i], HASH_BYTES);
        text_put_char(text, '\n');
    }
    text_put_char(text, '\n');
    text_append(text, checkpoint, checkpoint_length);
}

static bool read_entry(struct lines *lines, uint8_t ret_entry[LOG_ENTRY_BYTES])
{
    const char *line;
    size_t length, bytes, name = sizeof EXTRA - 1;
    return lines_next(lines, &line, &length) && length > name && memcmp(line, EXTRA, name) == 0 &&
           lines_base64(line + name, length - name, ret_entry, LOG_ENTRY_BYTES, &bytes) &&
           bytes == LOG_ENTRY_BYTES;
}

static bool read_index(struct lines *lines, uint64_t *ret_index)
{
    const char *line;
    size_t length, name = sizeof INDEX - 1;
    return lines_next(lines, &line, &length) && length > name && memcmp(line, INDEX, name) == 0 &&
           lines_number(line + name, length - name, ret_index);
}

bool tlog_proof_read(const char *bytes, size_t length, struct tlog_proof *ret_proof, struct ts_error *error)
{
    struct lines lines = {bytes, bytes + length};
    struct tlog_proof proof = {.count = 0};
    bool fine =
        lines_next_is(&lines, HEAD) && read_entry(&lines, proof.entry) && read_index(&lines, &proof.index);
    while (fine && !lines_next_is(&lines, ""))
        fine = proof.count < MERKLE_PROOF_HASHES && lines_next_hash(&lines, proof.hashes[proof.count++]);
    if (!fine || lines.at == lines.end)
        return error_set(
            error, TS_DATA_LOSS, "E_PROOF",
            "The proof of the log is broken: it is not an entry, an index, hashes and a checkpoint.");
    proof.checkpoint = lines.at;
    proof.checkpoint_length = (size_t)(lines.end - lines.at);
    *ret_proof = proof;
    return true;
}
