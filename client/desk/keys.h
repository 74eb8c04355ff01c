// SPDX-License-Identifier: Apache-2.0
// The way of a press into the desk: typing.c tells keys, scans and pastes apart, keys.c finds the part that
// takes a key.
#pragma once

struct desk;
struct press;

// A key that was meant as one.
void keys_press(struct desk *desk, const struct press *press);

// Does what was held back because it might have become a scan.
void typing_flush(struct desk *desk);
