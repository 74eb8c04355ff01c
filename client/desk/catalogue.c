// SPDX-License-Identifier: Apache-2.0
// The catalogue at the desk: see catalogue.h.
#include "desk/catalogue.h"

#include <string.h>

#include "touchstone/v1/catalogue.pb-c.h"
#include "wire/arena.h"

enum { ARENA_CEILING_BYTES = 8 * 1024 * 1024, ENUM_MOST = 12 };

bool catalogue_begin(struct catalogue *catalogue)
{
    catalogue_done(catalogue);
    catalogue->arena = arena_create(ARENA_CEILING_BYTES);
    return catalogue->arena != NULL;
}

void catalogue_done(struct catalogue *catalogue)
{
    arena_free(catalogue->arena);
    memset(catalogue, 0, sizeof *catalogue);
}

static const char *keep(struct catalogue *catalogue, const char *text, bool *whole)
{
    const char *kept = arena_copy(catalogue->arena, text, strlen(text));

    *whole = *whole && kept != NULL;
    return kept != NULL ? kept : "";
}

static const char *keep_tests(struct catalogue *catalogue, const Touchstone__V1__IntakePackage *package,
                              bool *whole)
{
    const char *text = "";

    for (size_t i = 0; i < package->n_tests && text != NULL; i++)
        text = arena_printf(catalogue->arena, "%s%s%s:%s", text, i > 0 ? ";" : "",
                            package->tests[i]->method_id, package->tests[i]->parameter_id);
    *whole = *whole && text != NULL;
    return text != NULL ? text : "";
}

bool catalogue_take_form(struct catalogue *catalogue,
                         const struct Touchstone__V1__GetIntakeFormResponse *answer)
{
    bool whole = true;

    for (size_t i = 0; i < answer->n_fields && catalogue->field_count < CATALOGUE_FIELDS; i++) {
        const Touchstone__V1__IntakeField *field = answer->fields[i];

        catalogue->fields[catalogue->field_count++] = (struct catalogue_field){
            keep(catalogue, field->field_key, &whole),   keep(catalogue, field->label_zh, &whole),
            keep(catalogue, field->label_en, &whole),    keep(catalogue, field->type, &whole),
            keep(catalogue, field->accept_rule, &whole), field->required};
    }
    for (size_t i = 0; i < answer->n_packages && catalogue->package_count < CATALOGUE_PACKAGES; i++) {
        const Touchstone__V1__IntakePackage *package = answer->packages[i];
        int at = catalogue->package_count++;

        catalogue->packages[at] = (struct option){keep(catalogue, package->package_id, &whole),
                                                  keep(catalogue, package->name_zh, &whole),
                                                  keep(catalogue, package->name_en, &whole)};
        catalogue->package_rows[at] = (struct catalogue_package){keep(catalogue, package->product_id, &whole),
                                                                 keep_tests(catalogue, package, &whole)};
    }
    for (size_t i = 0; i < answer->n_rejection_reasons && catalogue->rejection_count < CATALOGUE_REJECTIONS;
         i++) {
        const Touchstone__V1__RejectionReason *reason = answer->rejection_reasons[i];

        catalogue->rejections[catalogue->rejection_count++] = (struct option){
            keep(catalogue, reason->reason_id, &whole), keep(catalogue, reason->name_zh, &whole),
            keep(catalogue, reason->name_en, &whole)};
    }
    catalogue->is_cut |= answer->n_fields > CATALOGUE_FIELDS || answer->n_packages > CATALOGUE_PACKAGES;
    return whole;
}

bool catalogue_take_products(struct catalogue *catalogue,
                             const struct Touchstone__V1__ListProductsResponse *answer)
{
    bool whole = true;

    for (size_t i = 0; i < answer->n_products; i++) {
        const Touchstone__V1__Product *product = answer->products[i];

        if (catalogue->product_count >= CATALOGUE_PRODUCTS) {
            catalogue->is_cut = true;
            break;
        }
        catalogue->products[catalogue->product_count++] = (struct option){
            keep(catalogue, product->product_id, &whole), keep(catalogue, product->name_zh, &whole),
            keep(catalogue, product->name_en, &whole)};
    }
    return whole;
}

// A choice for each parameter of the method.
static bool keep_method(struct catalogue *catalogue, const Touchstone__V1__Method *method)
{
    bool whole = true;

    for (size_t i = 0; i < method->n_parameter_ids; i++) {
        const char *value =
            arena_printf(catalogue->arena, "%s:%s", method->method_id, method->parameter_ids[i]);

        whole = whole && value != NULL;
        if (catalogue->test_count >= CATALOGUE_TESTS || value == NULL) {
            catalogue->is_cut = true;
            break;
        }
        catalogue->test_is_destructive[catalogue->test_count] = method->destructive;
        catalogue->tests[catalogue->test_count++] = (struct option){
            value, keep(catalogue, method->name_zh, &whole), keep(catalogue, method->name_en, &whole)};
    }
    return whole;
}

bool catalogue_take_methods(struct catalogue *catalogue,
                            const struct Touchstone__V1__ListMethodsResponse *answer)
{
    bool whole = true;

    // What leaves the item whole stands first: a hasty Enter takes that.
    for (int destructive = 0; destructive < 2; destructive++)
        for (size_t i = 0; i < answer->n_methods; i++)
            if (answer->methods[i]->destructive == (destructive == 1))
                whole = keep_method(catalogue, answer->methods[i]) && whole;
    return whole;
}

int catalogue_test(const struct catalogue *catalogue, const char *value, size_t length)
{
    for (int i = 0; i < catalogue->test_count; i++)
        if (strlen(catalogue->tests[i].value) == length &&
            memcmp(catalogue->tests[i].value, value, length) == 0)
            return i;
    return OPTION_NONE;
}

void catalogue_name(const struct catalogue *catalogue, const char *key, const char **ret_zh,
                    const char **ret_en)
{
    for (size_t i = 0; i < catalogue->field_count; i++)
        if (strcmp(catalogue->fields[i].key, key) == 0) {
            *ret_zh = catalogue->fields[i].zh;
            *ret_en = catalogue->fields[i].en;
        }
}

static const struct option *enum_options(struct catalogue *catalogue, const char *words, int *ret_count)
{
    struct option *options = arena_array(catalogue->arena, ENUM_MOST, sizeof *options);
    int count = 0;

    while (options != NULL && *words != '\0' && count < ENUM_MOST) {
        size_t length = strcspn(words, "|");
        const char *word = arena_copy(catalogue->arena, words, length);

        if (word == NULL)
            return NULL;
        options[count++] = (struct option){word, word, word};
        words += length + (words[length] == '|');
    }
    *ret_count = count;
    return options;
}

const struct option *catalogue_options(struct catalogue *catalogue, const char *type, int *ret_count)
{
    static const struct option yes_no[] = {{"yes", "是", "yes"}, {"no", "否", "no"}};

    *ret_count = 0;
    if (strncmp(type, "enum ", 5) == 0 && strchr(type, '+') == NULL)
        return enum_options(catalogue, type + 5, ret_count);
    if (strncmp(type, "bool", 4) != 0)
        return NULL;
    *ret_count = 2;
    return yes_no;
}
