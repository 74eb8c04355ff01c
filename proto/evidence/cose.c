// SPDX-License-Identifier: Apache-2.0
// COSE_Sign1, see cose.h.
#include "evidence/cose.h"

#include "evidence/cbor.h"
#include "wire/error.h"

#include <string.h>

// Labels and the value of RFC 9052 section 3.1 and RFC 9053 section 2.1; ES256 is -7 = -1 - 6.
enum { LABEL_ALGORITHM = 1, LABEL_KID = 4, ES256_ARGUMENT = 6, HEADER_BYTES = 13, PARTS = 4 };

void cose_kid(const uint8_t *spki, size_t length, uint8_t ret_kid[COSE_KID_BYTES])
{
    uint8_t hash[HASH_BYTES];
    hash_of(spki, length, hash);
    memcpy(ret_kid, hash, COSE_KID_BYTES);
}

static size_t put_header(const uint8_t kid[COSE_KID_BYTES], uint8_t ret_header[HEADER_BYTES])
{
    struct cbor_writer writer;
    cbor_writer_init(&writer, ret_header, HEADER_BYTES);
    cbor_put(&writer, CBOR_MAP, 2);
    cbor_put(&writer, CBOR_UINT, LABEL_ALGORITHM);
    cbor_put(&writer, CBOR_NINT, ES256_ARGUMENT);
    cbor_put(&writer, CBOR_UINT, LABEL_KID);
    cbor_put_bytes(&writer, kid, COSE_KID_BYTES);
    return writer.length;
}

static void put_envelope(struct cbor_writer *writer, const struct cose *cose)
{
    uint8_t header[HEADER_BYTES];
    size_t header_length = put_header(cose->kid, header);
    cbor_put(writer, CBOR_TAG, CBOR_TAG_SIGN1);
    cbor_put(writer, CBOR_ARRAY, PARTS);
    cbor_put_bytes(writer, header, header_length);
    cbor_put(writer, CBOR_MAP, 0);
    cbor_put_bytes(writer, cose->payload, cose->payload_length);
    cbor_put_bytes(writer, cose->signature, COSE_SIGNATURE_BYTES);
}

size_t cose_length(size_t payload_length)
{
    size_t head = payload_length < 24 ? 1 : payload_length < 256 ? 2 : payload_length < 65536 ? 3 : 5;
    // tag and array; header; empty map; signature with its two bytes of head
    return 2 + 1 + HEADER_BYTES + 1 + head + payload_length + 2 + COSE_SIGNATURE_BYTES;
}

bool cose_sig_structure(const uint8_t *header, size_t header_length, const char *domain,
                        const uint8_t *payload, size_t payload_length, uint8_t *ret_bytes, size_t size,
                        size_t *ret_length)
{
    static const char CONTEXT[] = "Signature1";
    struct cbor_writer writer;
    cbor_writer_init(&writer, ret_bytes, size);
    cbor_put(&writer, CBOR_ARRAY, PARTS);
    cbor_put_text(&writer, CONTEXT, sizeof CONTEXT - 1);
    cbor_put_bytes(&writer, header, header_length);
    cbor_put_bytes(&writer, domain, strlen(domain));
    cbor_put_bytes(&writer, payload, payload_length);
    if (!writer.full)
        *ret_length = writer.length;
    return !writer.full;
}

bool cose_to_be_signed(const uint8_t *payload, size_t length, const uint8_t kid[COSE_KID_BYTES],
                       uint8_t ret_bytes[COSE_TO_BE_SIGNED_BYTES], size_t *ret_length)
{
    uint8_t header[HEADER_BYTES];
    size_t header_length = put_header(kid, header);
    return cose_length(length) <= COSE_BYTES &&
           cose_sig_structure(header, header_length, COSE_DOMAIN, payload, length, ret_bytes,
                              COSE_TO_BE_SIGNED_BYTES, ret_length);
}

bool cose_write(const struct cose *cose, uint8_t ret_bytes[COSE_BYTES], size_t *ret_length)
{
    struct cbor_writer writer;
    cbor_writer_init(&writer, ret_bytes, COSE_BYTES);
    put_envelope(&writer, cose);
    if (!writer.full)
        *ret_length = writer.length;
    return !writer.full;
}

static bool refuse(struct ts_error *error, const char *code, const char *why)
{
    return error_set(error, TS_DATA_LOSS, code, "The signed statement is broken: %s.", why);
}

static bool read_kind(struct cbor_reader *reader, enum cbor_kind kind, struct cbor_item *ret_item)
{
    return cbor_read(reader, ret_item) && ret_item->kind == kind;
}

// The protected header: exactly an algorithm and a key id.
static bool read_header(const struct cbor_item *header, struct cose *cose, struct ts_error *error)
{
    struct cbor_reader reader = {header->bytes, header->bytes + header->argument};
    struct cbor_item item, algorithm;
    const char *wrong = cbor_check(header->bytes, (size_t)header->argument);
    if (wrong)
        return refuse(error, "E_CBOR", wrong);
    if (!read_kind(&reader, CBOR_MAP, &item) || item.argument != 2 || !read_kind(&reader, CBOR_UINT, &item) ||
        item.argument != LABEL_ALGORITHM || !cbor_read(&reader, &algorithm))
        return refuse(error, "E_COSE", "its header is not an algorithm and a key id");
    // The algorithm's own shape does not matter: whatever is not ES256 is another algorithm.
    if (algorithm.kind != CBOR_NINT && algorithm.kind != CBOR_UINT && algorithm.kind != CBOR_TEXT)
        return refuse(error, "E_COSE", "its header is not an algorithm and a key id");
    if (!read_kind(&reader, CBOR_UINT, &item) || item.argument != LABEL_KID ||
        !read_kind(&reader, CBOR_BYTES, &item) || item.argument != COSE_KID_BYTES)
        return refuse(error, "E_COSE", "its header is not an algorithm and a key id");
    if (algorithm.kind != CBOR_NINT || algorithm.argument != ES256_ARGUMENT)
        return refuse(error, "E_ALG", "it is not signed with ES256");
    memcpy(cose->kid, item.bytes, COSE_KID_BYTES);
    return true;
}

bool cose_read(const uint8_t *bytes, size_t length, struct cose *ret_cose, struct ts_error *error)
{
    struct cbor_item item, header, payload, signature;
    struct cose cose;
    const char *wrong = length > COSE_BYTES ? "it is longer than 900 bytes" : cbor_check(bytes, length);
    if (wrong)
        return refuse(error, "E_CBOR", wrong);
    struct cbor_reader reader = {bytes, bytes + length};
    if (!read_kind(&reader, CBOR_TAG, &item) || !read_kind(&reader, CBOR_ARRAY, &item) ||
        item.argument != PARTS || !read_kind(&reader, CBOR_BYTES, &header) ||
        !read_kind(&reader, CBOR_MAP, &item) || item.argument != 0 ||
        !read_kind(&reader, CBOR_BYTES, &payload) || !read_kind(&reader, CBOR_BYTES, &signature) ||
        signature.argument != COSE_SIGNATURE_BYTES)
        return refuse(error, "E_COSE", "it is not the envelope of a statement");
    if (!read_header(&header, &cose, error))
        return false;
    cose.payload = payload.bytes;
    cose.payload_length = (size_t)payload.argument;
    memcpy(cose.signature, signature.bytes, COSE_SIGNATURE_BYTES);
    *ret_cose = cose;
    return true;
}
