// SPDX-License-Identifier: Apache-2.0
// Numbers of the journal as bytes, the lowest first.
#pragma once

#include <stdint.h>

static inline void bytes_put_32(uint8_t *at, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(number >> (8 * i));
}

static inline void bytes_put_64(uint8_t *at, uint64_t number)
{
    for (int i = 0; i < 8; i++)
        at[i] = (uint8_t)(number >> (8 * i));
}

static inline uint32_t bytes_get_32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline uint64_t bytes_get_64(const uint8_t *at)
{
    return (uint64_t)bytes_get_32(at) | (uint64_t)bytes_get_32(at + 4) << 32;
}
