// SPDX-License-Identifier: Apache-2.0
// Figures and traces of scores, see proficiency_report.h.
#include "quality/proficiency_report.h"

#include "number/arithmetic.h"
#include "wire/decimal_round.h"
#include "wire/text.h"

enum { PLACES_MOST = 50, DIGITS_KEPT = 30, PLACES_KEPT = 38 };

static const struct decimal ONE = {.count = 1, .digit = {1}};
static const struct decimal TWO = {.count = 1, .digit = {2}};
static const struct decimal THREE = {.count = 1, .digit = {3}};

// The row of a kind: where its verdicts change, what is compared there, and how it is written.
struct kind_row {
    int places;
    int64_t questionable, unsatisfactory; // times what is compared with; 0: has none
    bool squares;
    const char *name, *below, *left, *right;
};

static const struct kind_row KINDS[] = {
    [PROFICIENCY_Z] = {2, 2, 3, false, "z", "σ_pt", "|x − x_pt|", "σ_pt"},
    [PROFICIENCY_ZETA] = {3, 4, 9, true, "ζ", "√(u_lab² + u_pt²)", "(x − x_pt)²", "(u_lab² + u_pt²)"},
    [PROFICIENCY_EN] = {3, 1, 0, true, "En", "√(U_lab² + U_pt²)", "(x − x_pt)²", "(U_lab² + U_pt²)"},
};

static bool calculate(enum proficiency_kind kind, const struct proficiency_input *input,
                      struct proficiency_score *ret_score, struct ts_error *error)
{
    if (kind == PROFICIENCY_Z)
        return proficiency_z(&input->x, &input->assigned, &input->reference, ret_score, error);
    return (kind == PROFICIENCY_ZETA ? proficiency_zeta : proficiency_en)(
        &input->x, &input->assigned, &input->own, &input->reference, ret_score, error);
}

// What a reader would conclude from the figure alone.
static enum proficiency_verdict told_by(enum proficiency_kind kind, const struct decimal *figure)
{
    if (kind == PROFICIENCY_EN)
        return decimal_compare_magnitude(figure, &ONE) <= 0 ? PROFICIENCY_SATISFACTORY
                                                            : PROFICIENCY_UNSATISFACTORY;
    return decimal_compare_magnitude(figure, &TWO) <= 0    ? PROFICIENCY_SATISFACTORY
           : decimal_compare_magnitude(figure, &THREE) < 0 ? PROFICIENCY_QUESTIONABLE
                                                           : PROFICIENCY_UNSATISFACTORY;
}

static struct decimal figure_of(enum proficiency_kind kind, const struct proficiency_score *score)
{
    struct decimal figure;
    for (int places = KINDS[kind].places; places <= PLACES_MOST; places++)
        if (decimal_round(&score->value, -places, DECIMAL_HALF_EVEN, &figure, NULL) &&
            told_by(kind, &figure) == score->verdict)
            return figure;
    return score->value;
}

static void put(struct text *out, const struct decimal *value)
{
    char buffer[DECIMAL_TEXT_SIZE];
    decimal_format(value, buffer, sizeof buffer);
    text_put(out, buffer);
}

static void put_squared(struct text *out, const struct decimal *value)
{
    put(out, value);
    text_put(out, "²");
}

// "z = (x − x_pt) / σ_pt = (752.3 − 750.1) / 0.9 = 2.44"
static void put_formula(enum proficiency_kind kind, const struct proficiency_input *input,
                        const struct decimal *figure, struct text *out)
{
    text_printf(out, "%s = (x − x_pt) / %s = (", KINDS[kind].name, KINDS[kind].below);
    put(out, &input->x);
    text_put(out, " − ");
    put(out, &input->assigned);
    text_put(out, ") / ");
    if (KINDS[kind].squares) {
        text_put(out, "√(");
        put_squared(out, &input->own);
        text_put(out, " + ");
        put_squared(out, &input->reference);
        text_put(out, ")");
    } else {
        put(out, &input->reference);
    }
    text_put(out, " = ");
    put(out, figure);
}

// Both sides of the comparison: as they are for z, squared where the score has a root.
static bool sides(enum proficiency_kind kind, const struct proficiency_input *input, struct decimal *ret_left,
                  struct decimal *ret_right, struct ts_error *error)
{
    struct decimal own, reference;
    if (!number_subtract(&input->x, &input->assigned, ret_left, error))
        return false;
    decimal_absolute(ret_left, ret_left);
    *ret_right = input->reference;
    return !KINDS[kind].squares ||
           (number_multiply(ret_left, ret_left, ret_left, error) &&
            number_multiply(&input->own, &input->own, &own, error) &&
            number_multiply(&input->reference, &input->reference, &reference, error) &&
            number_add(&own, &reference, ret_right, error));
}

static bool put_bound(enum proficiency_kind kind, int64_t times, const struct decimal *right,
                      struct text *out, struct ts_error *error)
{
    struct decimal factor, bound;
    if (times == 0)
        return true;
    decimal_from_int(times, &factor);
    if (!number_multiply(right, &factor, &bound, error))
        return false;
    text_put(out, ", ");
    if (times > 1)
        text_printf(out, "%d ", (int)times);
    text_printf(out, "%s = ", KINDS[kind].right);
    put(out, &bound);
    return true;
}

bool proficiency_report_score(enum proficiency_kind kind, const struct proficiency_input *input,
                              struct text *trace, struct proficiency_report *ret_report,
                              struct ts_error *error)
{
    struct proficiency_score score;
    struct decimal left, right;
    if (!calculate(kind, input, &score, error) || !sides(kind, input, &left, &right, error))
        return false;
    struct proficiency_report report = {figure_of(kind, &score), score.verdict};
    put_formula(kind, input, &report.figure, trace);
    text_printf(trace, "; %s = ", KINDS[kind].left);
    put(trace, &left);
    if (!put_bound(kind, KINDS[kind].questionable, &right, trace, error) ||
        !put_bound(kind, KINDS[kind].unsatisfactory, &right, trace, error))
        return false;
    text_printf(trace, ": %s", proficiency_verdict_name(score.verdict));
    *ret_report = report;
    return true;
}

// So that its text is read back as the same number, which takes 40 digits.
static bool keep(struct decimal *value, struct ts_error *error)
{
    return decimal_round_significant(value, DIGITS_KEPT, DECIMAL_HALF_EVEN, value, error) &&
           (decimal_places(value) <= PLACES_KEPT ||
            decimal_round(value, -PLACES_KEPT, DECIMAL_HALF_EVEN, value, error));
}

bool proficiency_report_robust(const struct decimal *results, size_t count, struct decimal *scratch,
                               struct text *trace, struct proficiency_robust *ret_robust,
                               struct ts_error *error)
{
    struct proficiency_robust robust;
    if (!proficiency_algorithm_a(results, count, scratch, &robust, error) || !keep(&robust.mean, error) ||
        !keep(&robust.deviation, error))
        return false;
    text_printf(trace, "Algorithm A (ISO 13528:2022, C.3.1): p = %zu, %u rounds, x* = ", count,
                robust.rounds);
    put(trace, &robust.mean);
    text_put(trace, ", s* = ");
    put(trace, &robust.deviation);
    *ret_robust = robust;
    return true;
}
