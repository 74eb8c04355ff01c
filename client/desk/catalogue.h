// SPDX-License-Identifier: Apache-2.0
// What the server's catalogue says of intakes at this laboratory, as options to choose from: packages,
// products, tests, and the fields that reception records. Read once after log-in. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "desk/form.h"

struct arena;
struct Touchstone__V1__GetIntakeFormResponse;
struct Touchstone__V1__ListProductsResponse;
struct Touchstone__V1__ListMethodsResponse;

enum { CATALOGUE_PRODUCTS = 1000, CATALOGUE_TESTS = 1000, CATALOGUE_PACKAGES = 64, CATALOGUE_FIELDS = 96 };
enum { CATALOGUE_REJECTIONS = 60 };

struct catalogue_field {
    const char *key, *zh, *en, *type, *rule;
    bool is_required;
};

struct catalogue_package {
    const char *product;
    // "M_XRF:AU;M_XRF:AG"
    const char *tests;
};

struct catalogue {
    struct arena *arena;
    bool is_whole;
    struct option products[CATALOGUE_PRODUCTS];
    int product_count;
    // "METHOD:PARAMETER"
    struct option tests[CATALOGUE_TESTS];
    bool test_is_destructive[CATALOGUE_TESTS];
    int test_count;
    struct option packages[CATALOGUE_PACKAGES];
    struct catalogue_package package_rows[CATALOGUE_PACKAGES];
    int package_count;
    // Why an item may be rejected.
    struct option rejections[CATALOGUE_REJECTIONS];
    int rejection_count;
    struct catalogue_field fields[CATALOGUE_FIELDS];
    size_t field_count;
    // More than it holds came; the rest cannot be chosen here.
    bool is_cut;
};

// Empties it. False without memory.
bool catalogue_begin(struct catalogue *catalogue);
void catalogue_done(struct catalogue *catalogue);

// Each takes one answer and copies what it keeps. False without memory.
bool catalogue_take_form(struct catalogue *catalogue,
                         const struct Touchstone__V1__GetIntakeFormResponse *answer);
bool catalogue_take_products(struct catalogue *catalogue,
                             const struct Touchstone__V1__ListProductsResponse *answer);
bool catalogue_take_methods(struct catalogue *catalogue,
                            const struct Touchstone__V1__ListMethodsResponse *answer);

// The place of "METHOD:PARAMETER"; OPTION_NONE when it is not tested here.
int catalogue_test(const struct catalogue *catalogue, const char *value, size_t length);

// What a field of the catalogue is called; untouched when it has none of that name.
void catalogue_name(const struct catalogue *catalogue, const char *key, const char **ret_zh,
                    const char **ret_en);

// Options of a field's type: those of "enum A|B|C", yes and no of "bool"; NULL with *ret_count 0 for anything
// else. In the arena.
const struct option *catalogue_options(struct catalogue *catalogue, const char *type, int *ret_count);
