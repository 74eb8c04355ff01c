// SPDX-License-Identifier: Apache-2.0
// Program and inputs to a value, see formula.h. An operator between lists of equal length, or a list and a
// number, works on each element, as the standards write it for replicates. Recursion is bounded by the depth
// that parse.c allows, the work by FORMULA_WORK.
#include "formula/formula.h"
#include "formula/functions.h"
#include "formula/node.h"
#include "number/arithmetic.h"
#include "wire/error.h"

#include <stdio.h>
#include <string.h>

struct run {
    const struct formula_program *program;
    struct formula_space *space;
    struct ts_error *error;
};

#define SNIPPET 60 // characters of the expression that an error shows

// Puts the place and the piece of the expression before what went wrong. Always false.
static bool explain(const struct run *run, const struct formula_node *node, const char *why)
{
    char place[64];
    int length = node->length;
    formula_place(run->program->source, node->from, place, sizeof place);
    return error_set(run->error, TS_INVALID_ARGUMENT, "FORMULA_VALUE", "%s, %.*s%s: %s", place,
                     length < SNIPPET ? length : SNIPPET, run->program->source + node->from,
                     length < SNIPPET ? "" : "...", why);
}

// Ceilings keep their own reason.
static bool explain_error(const struct run *run, const struct formula_node *node, const struct ts_error *why)
{
    if (why->status == TS_RESOURCE_EXHAUSTED) {
        if (run->error)
            *run->error = *why;
        return false;
    }
    return explain(run, node, why->detail);
}

static bool wrong_kind(const struct run *run, const struct formula_node *node, const char *wanted,
                       const struct formula_value *got)
{
    char why[128];
    if (node->kind == NODE_NAME)
        return error_set(run->error, TS_INVALID_ARGUMENT, "FORMULA_INPUT",
                         "The input %s should be %s, but is %s%s%.40s.", run->program->pool + node->a, wanted,
                         space_kind_name(got->kind), got->kind == FORMULA_TEXT ? ": " : "",
                         got->kind == FORMULA_TEXT ? got->text : "");
    snprintf(why, sizeof why, "should be %s, but is %s.", wanted, space_kind_name(got->kind));
    return explain(run, node, why);
}

static bool calculate(int kind, const struct decimal *a, const struct decimal *b, struct decimal *ret_result,
                      struct ts_error *error)
{
    static bool (*const operations[])(const struct decimal *, const struct decimal *, struct decimal *,
                                      struct ts_error *) = {number_add, number_subtract, number_multiply,
                                                            number_divide, number_power};
    return operations[kind - NODE_ADD](a, b, ret_result, error);
}

static bool take_cell(const struct run *run, const struct formula_node *node,
                      const struct formula_value *value, size_t index, struct decimal *ret_number)
{
    if (value->kind == FORMULA_NUMBER) {
        *ret_number = value->number;
        return true;
    }
    const struct formula_cell *cell = &run->space->cells[value->first + index];
    if (cell->text) {
        char why[128];
        snprintf(why, sizeof why, "value %zu is the text \"%.40s\", not a number.", index + 1, cell->text);
        return explain(run, node, why);
    }
    *ret_number = cell->number;
    return true;
}

static bool is_numeric(const struct formula_value *value)
{
    return value->kind == FORMULA_NUMBER || value->kind == FORMULA_LIST;
}

static bool each(const struct run *run, const struct formula_node *node, const struct formula_value *a,
                 const struct formula_value *b, struct formula_value *ret_value)
{
    size_t count = a->kind == FORMULA_LIST ? a->count : b->count;
    struct formula_value list;
    struct ts_error why = {0};
    if (a->kind == FORMULA_LIST && b->kind == FORMULA_LIST && a->count != b->count)
        return explain(run, node, "the lists have not the same length.");
    if (!space_list(run->space, count, &list, run->error))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct decimal left, right;
        struct formula_cell *cell = &run->space->cells[list.first + i];
        cell->text = NULL;
        if (!take_cell(run, &run->program->nodes[node->a], a, i, &left) ||
            !take_cell(run, &run->program->nodes[node->b], b, i, &right))
            return false;
        if (!space_work(run->space, 1, &why) || !calculate(node->kind, &left, &right, &cell->number, &why))
            return explain_error(run, node, &why);
    }
    *ret_value = list;
    return true;
}

static bool eval(const struct run *run, uint16_t index, struct formula_value *ret_value);

static bool eval_arithmetic(const struct run *run, const struct formula_node *node,
                            struct formula_value *ret_value)
{
    struct formula_value a, b;
    struct decimal result;
    struct ts_error why = {0};
    if (!eval(run, node->a, &a) || !eval(run, node->b, &b))
        return false;
    if (!is_numeric(&a))
        return wrong_kind(run, &run->program->nodes[node->a], "a number", &a);
    if (!is_numeric(&b))
        return wrong_kind(run, &run->program->nodes[node->b], "a number", &b);
    if (a.kind == FORMULA_LIST || b.kind == FORMULA_LIST)
        return each(run, node, &a, &b, ret_value);
    if (!calculate(node->kind, &a.number, &b.number, &result, &why))
        return explain_error(run, node, &why);
    *ret_value = space_number(&result);
    return true;
}

static bool order_holds(int kind, int order)
{
    switch (kind) {
    case NODE_EQUAL:
        return order == 0;
    case NODE_UNEQUAL:
        return order != 0;
    case NODE_LESS:
        return order < 0;
    case NODE_LESS_EQUAL:
        return order <= 0;
    case NODE_MORE:
        return order > 0;
    default:
        return order >= 0;
    }
}

static bool eval_comparison(const struct run *run, const struct formula_node *node,
                            struct formula_value *ret_value)
{
    struct formula_value a, b;
    if (!eval(run, node->a, &a) || !eval(run, node->b, &b))
        return false;
    bool texts = a.kind == FORMULA_TEXT && (node->kind == NODE_EQUAL || node->kind == NODE_UNEQUAL);
    enum formula_kind kind = texts ? FORMULA_TEXT : FORMULA_NUMBER;
    if (a.kind != kind)
        return wrong_kind(run, &run->program->nodes[node->a], space_kind_name(kind), &a);
    if (b.kind != kind)
        return wrong_kind(run, &run->program->nodes[node->b], space_kind_name(kind), &b);
    int order = texts ? strcmp(a.text, b.text) : decimal_compare(&a.number, &b.number);
    *ret_value = space_truth(order_holds(node->kind, order));
    return true;
}

static bool eval_truth(const struct run *run, uint16_t index, bool *ret_truth)
{
    struct formula_value value;
    if (!eval(run, index, &value))
        return false;
    if (value.kind != FORMULA_TRUTH)
        return wrong_kind(run, &run->program->nodes[index], "yes or no", &value);
    *ret_truth = value.truth;
    return true;
}

// and, or, not: the second side only when it is needed.
static bool eval_logic(const struct run *run, const struct formula_node *node,
                       struct formula_value *ret_value)
{
    bool truth;
    if (!eval_truth(run, node->a, &truth))
        return false;
    if (node->kind == NODE_NOT)
        truth = !truth;
    else if (truth == (node->kind == NODE_AND) && !eval_truth(run, node->b, &truth))
        return false;
    *ret_value = space_truth(truth);
    return true;
}

static bool eval_negate(const struct run *run, const struct formula_node *node,
                        struct formula_value *ret_value)
{
    struct formula_node times = *node;
    struct formula_value zero, value;
    struct decimal nothing;
    if (!eval(run, node->a, &value))
        return false;
    if (!is_numeric(&value))
        return wrong_kind(run, &run->program->nodes[node->a], "a number", &value);
    if (value.kind == FORMULA_NUMBER) {
        value.number.negative = !value.number.negative && value.number.count;
        *ret_value = value;
        return true;
    }
    decimal_from_int(0, &nothing);
    zero = space_number(&nothing);
    times.kind = NODE_SUBTRACT;
    times.b = node->a;
    return each(run, &times, &zero, &value, ret_value);
}

static bool eval_call(const struct run *run, const struct formula_node *node, struct formula_value *ret_value)
{
    struct formula_value arguments[FORMULA_ARGUMENTS];
    struct ts_error why = {0};
    size_t count = 0;
    for (uint16_t at = node->b; at; at = run->program->nodes[at].next)
        if (!eval(run, at, &arguments[count++]))
            return false;
    if (!functions_table[node->a].call(run->space, arguments, count, ret_value, &why))
        return explain_error(run, node, &why);
    return true;
}

static bool eval_name(const struct run *run, const struct formula_node *node, struct formula_value *ret_value)
{
    const char *name = run->program->pool + node->a;
    const struct formula_value *value = space_find(run->space, name);
    if (node->kind == NODE_GIVEN) {
        *ret_value = space_truth(value != NULL);
        return true;
    }
    if (!value && node->kind == NODE_DEFAULT)
        return eval(run, node->b, ret_value);
    if (!value)
        return error_set(run->error, TS_INVALID_ARGUMENT, "FORMULA_INPUT", "The input %s is missing.", name);
    *ret_value = *value;
    return true;
}

static bool eval_if(const struct run *run, const struct formula_node *node, struct formula_value *ret_value)
{
    bool truth;
    return eval_truth(run, node->a, &truth) && eval(run, truth ? node->b : node->c, ret_value);
}

static bool eval(const struct run *run, uint16_t index, struct formula_value *ret_value)
{
    const struct formula_node *node = &run->program->nodes[index];
    if (!space_work(run->space, 1, run->error))
        return false;
    switch ((enum formula_node_kind)node->kind) {
    case NODE_CONSTANT:
        *ret_value = space_number(&run->program->constants[node->a]);
        return true;
    case NODE_TEXT:
        *ret_value = space_text(run->program->pool + node->a);
        return true;
    case NODE_TRUTH:
        *ret_value = space_truth(node->a);
        return true;
    case NODE_NAME:
    case NODE_GIVEN:
    case NODE_DEFAULT:
        return eval_name(run, node, ret_value);
    case NODE_NEGATE:
        return eval_negate(run, node, ret_value);
    case NODE_IF:
        return eval_if(run, node, ret_value);
    case NODE_CALL:
        return eval_call(run, node, ret_value);
    case NODE_NOT:
    case NODE_AND:
    case NODE_OR:
        return eval_logic(run, node, ret_value);
    default:
        return node->kind >= NODE_EQUAL ? eval_comparison(run, node, ret_value)
                                        : eval_arithmetic(run, node, ret_value);
    }
}

bool formula_evaluate(const struct formula_program *program, struct formula_space *space,
                      struct formula_value *ret_value, struct ts_error *error)
{
    struct run run = {program, space, error};
    struct formula_value value;
    space->work = 0;
    for (size_t i = 0; i < program->step_count; i++)
        if (!eval(&run, program->steps[i].node, &value) ||
            !space_set(space, program->pool + program->steps[i].name, &value, error))
            return false;
    if (!eval(&run, program->root, &value) || !space_set(space, "", &value, error))
        return false;
    *ret_value = value;
    return true;
}
