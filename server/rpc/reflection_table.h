// SPDX-License-Identifier: Apache-2.0
// What server reflection answers from: generated from the descriptor set (proto/codegen/descriptors.py).
// Constant data; symbols and extensions are sorted by name.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct reflection_file {
    const char *name;
    const uint8_t *bytes; // FileDescriptorProto
    size_t length;
    const uint16_t *imports; // indexes of the files it imports, ended by UINT16_MAX
};

struct reflection_symbol {
    const char *name;
    uint16_t file;
};

struct reflection_extension {
    const char *extendee;
    int32_t number;
    uint16_t file;
};

extern const struct reflection_file reflection_files[];
extern const size_t reflection_file_count;
extern const struct reflection_symbol reflection_symbols[];
extern const size_t reflection_symbol_count;
extern const char *const reflection_services[];
extern const size_t reflection_service_count;
extern const struct reflection_extension reflection_extensions[];
extern const size_t reflection_extension_count;
