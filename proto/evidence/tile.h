// SPDX-License-Identifier: Apache-2.0
// Where the public files of the log lie (C2SP tlog-tiles): tiles of 256 hashes, and bundles of 256 entries.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TILE_WIDTH = 256, TILE_LEVELS = 8, TILE_PATH_SIZE = 64, TILE_BUNDLE_ENTRY_HEAD = 2 };

// "tile/0/x001/x234/067", and with ".p/112" behind it when `width` is below 256. `level` is a tile's, not a
// tree's: 0 has leaves, 1 the roots of full tiles of level 0. Width 1 to 256. False when they are none.
bool tile_path(unsigned level, uint64_t number, unsigned width, char ret_path[TILE_PATH_SIZE]);
// The same for a bundle: "tile/entries/067.p/12".
bool tile_bundle_path(uint64_t number, unsigned width, char ret_path[TILE_PATH_SIZE]);
// How many full tiles a tree of `size` has on a level, and how wide the partial one behind them is; 0 none.
uint64_t tile_count(uint64_t size, unsigned level, unsigned *ret_partial_width);
