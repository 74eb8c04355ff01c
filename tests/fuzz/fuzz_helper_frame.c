// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: what crosses between the daemon and its helpers. The bytes are a file of frames; each is
// unpacked as the message that the first byte picks. What was read can be written again to the byte.
#include "helper/frame.h"
#include "touchstone/internal/v1/helpers.pb-c.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CEILING_BYTES = 65536 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool law)
{
    if (!law)
        abort();
}

static void unpack(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t length)
{
    ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, NULL, length, bytes);
    if (message)
        check(protobuf_c_message_check(message));
    protobuf_c_message_free_unpacked(message, NULL);
}

// An empty file whose place for reading and writing is its beginning.
static int fresh_file(int *file)
{
    if (*file < 0)
        *file = memfd_create("frames", MFD_CLOEXEC);
    check(*file >= 0 && ftruncate(*file, 0) == 0 && lseek(*file, 0, SEEK_SET) == 0);
    return *file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ProtobufCMessageDescriptor *const MESSAGES[] = {
        &touchstone__internal__v1__render_request__descriptor,
        &touchstone__internal__v1__render_reply__descriptor,
        &touchstone__internal__v1__signer_request__descriptor,
        &touchstone__internal__v1__signer_reply__descriptor};
    static int input = -1, output = -1;
    uint8_t *frame;
    size_t length, taken = 0;
    enum frame_outcome outcome;
    if (size == 0)
        return 0;
    check(pwrite(fresh_file(&input), data + 1, size - 1, 0) == (ssize_t)size - 1);
    while ((outcome = frame_read(input, CEILING_BYTES, &frame, &length)) == FRAME_READ) {
        const uint8_t *whole = data + 1 + taken;
        uint8_t again[FRAME_HEAD_BYTES];
        taken += FRAME_HEAD_BYTES + length;
        check(taken <= size - 1 && length <= CEILING_BYTES);
        check(memcmp(frame, whole + FRAME_HEAD_BYTES, length) == 0);
        check(frame_write(fresh_file(&output), frame, length));
        check(pread(output, again, sizeof again, 0) == sizeof again);
        check(memcmp(again, whole, sizeof again) == 0);
        unpack(MESSAGES[data[0] % 4], frame, length);
        free(frame);
    }
    check((outcome == FRAME_END) == (taken == size - 1));
    return 0;
}
