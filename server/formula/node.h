// SPDX-License-Identifier: Apache-2.0
// The kinds of nodes that parse.c makes and evaluate.c walks. a, b and c of a node are other nodes unless
// said.
#pragma once

enum formula_node_kind {
    NODE_NONE,
    NODE_CONSTANT, // a: in constants
    NODE_TEXT,     // a: in the pool
    NODE_TRUTH,    // a: 0 or 1
    NODE_NAME,     // a: in the pool
    NODE_GIVEN,    // a: in the pool; whether the input was given
    NODE_DEFAULT,  // a: in the pool, b: instead
    NODE_NEGATE,
    NODE_NOT,
    NODE_IF,   // a then b else c
    NODE_CALL, // a: the function, b: the first argument, chained by next
    NODE_ADD,
    NODE_SUBTRACT,
    NODE_MULTIPLY,
    NODE_DIVIDE,
    NODE_POWER,
    NODE_EQUAL,
    NODE_UNEQUAL,
    NODE_LESS,
    NODE_LESS_EQUAL,
    NODE_MORE,
    NODE_MORE_EQUAL,
    NODE_AND,
    NODE_OR
};
