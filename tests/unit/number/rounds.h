// SPDX-License-Identifier: Apache-2.0
// How often laws are tried, and the random numbers they are tried on. The seed is fixed, so a failure comes
// again. tests/long sets TOUCHSTONE_ROUNDS to a million.
#pragma once

#include <stdint.h>
#include <stdlib.h>

static inline long rounds_of_laws(void)
{
    const char *told = getenv("TOUCHSTONE_ROUNDS");
    return told ? atol(told) : 20000;
}

// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
static inline uint64_t rounds_next(uint64_t *state)
{
    uint64_t mixed = (*state += 0x9E3779B97F4A7C15U);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
}

static inline int rounds_below(uint64_t *state, int most)
{
    return (int)(rounds_next(state) % (uint64_t)most);
}
