// SPDX-License-Identifier: Apache-2.0
// CRC-32C (Castagnoli), as RFC 3720 (appendix B.4) has it: the polynomial 0x1EDC6F41 reflected, begun and
// ended with all ones. It finds what a disk or a torn write did; against a person there is the seal.
#pragma once

#include <stddef.h>
#include <stdint.h>

// `before` is 0, or the result over the bytes in front.
uint32_t crc32c(uint32_t before, const void *bytes, size_t length);
