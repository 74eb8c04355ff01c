// SPDX-License-Identifier: Apache-2.0
// `touchstoned verify --redraw`: are the pages of a sealed sheet what its own record says? Draws them again
// from what is in the file, makes again what the seal puts behind them, and compares every byte but the
// signature's own: a laboratory that seals another picture than its data, or puts another page over the drawn
// one, is found out (the sixth check of docs/record.md). Needs no database, no keys and no configuration.
#pragma once

// 0 the pages are those of the record, 1 they are not or it cannot be told, -1 wrong usage.
int redraw_run(int argc, char **argv);
