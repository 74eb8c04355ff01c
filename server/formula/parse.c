// SPDX-License-Identifier: Apache-2.0
// Text to program, see formula.h and the grammar in docs/formulas.md: a scanner that is one token ahead and
// precedence climbing over one table of operators. Everything is bounded: bytes, nodes, depth, steps.
#include "formula/formula.h"
#include "formula/functions.h"
#include "formula/node.h"
#include "wire/error.h"
#include "wire/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_NAME, TOKEN_SIGN };

struct token {
    enum token_kind kind;
    size_t from, length;
};

struct parser {
    struct formula_program *program;
    struct ts_error *error;
    size_t at; // behind the token
    struct token token;
    unsigned depth;
    bool failed;
};

static const struct {
    const char *sign;
    int level;
    bool right;  // a ^ b ^ c is a ^ (b ^ c)
    bool single; // a < b < c is refused
    enum formula_node_kind kind;
} operators[] = {
    {"or", 1, false, false, NODE_OR},      {"and", 2, false, false, NODE_AND},
    {"=", 3, false, true, NODE_EQUAL},     {"!=", 3, false, true, NODE_UNEQUAL},
    {"<", 3, false, true, NODE_LESS},      {"<=", 3, false, true, NODE_LESS_EQUAL},
    {">", 3, false, true, NODE_MORE},      {">=", 3, false, true, NODE_MORE_EQUAL},
    {"+", 4, false, false, NODE_ADD},      {"-", 4, false, false, NODE_SUBTRACT},
    {"*", 5, false, false, NODE_MULTIPLY}, {"/", 5, false, false, NODE_DIVIDE},
    {"^", 7, true, false, NODE_POWER},
};
#define LEVEL_LOWEST 1
#define LEVEL_COMPARISON 3
#define LEVEL_POWER 7

static const char *const reserved[] = {"let", "if", "then", "else", "and", "or", "not", "true", "false"};

void formula_place(const char *source, size_t at, char *buffer, size_t size)
{
    unsigned line = 1, column = 1;
    for (size_t i = 0; i < at && source[i]; i++) {
        if (source[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)source[i] & 0xC0) != 0x80) {
            column++;
        }
    }
    snprintf(buffer, size, "line %u, column %u", line, column);
}

static bool fail_at(struct parser *parser, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail_at(struct parser *parser, size_t at, const char *format, ...)
{
    char place[64], why[160];
    va_list rest;
    if (parser->failed)
        return false;
    parser->failed = true;
    va_start(rest, format);
    vsnprintf(why, sizeof why, format, rest);
    va_end(rest);
    formula_place(parser->program->source, at, place, sizeof place);
    return error_set(parser->error, TS_INVALID_ARGUMENT, "FORMULA_SYNTAX", "%s: %s", place, why);
}

static bool too_large(struct parser *parser, const char *what, int most)
{
    if (!parser->failed)
        error_set(parser->error, TS_RESOURCE_EXHAUSTED, "FORMULA_TOO_LARGE",
                  "The formula has more than %d %s.", most, what);
    parser->failed = true;
    return false;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static size_t span(const char *text, bool with_letters)
{
    size_t length = 0;
    while (is_digit(text[length]) || (with_letters && is_letter(text[length])))
        length++;
    return length;
}

static size_t number_length(const char *text)
{
    size_t length = span(text, false);
    if (text[length] == '.')
        length += 1 + span(text + length + 1, false);
    return length;
}

static size_t sign_length(const char *text)
{
    bool pair = (text[0] == '<' || text[0] == '>' || text[0] == '!') && text[1] == '=';
    if (pair)
        return 2;
    return strchr("+-*/^=<>(),;", *text) ? 1 : 0;
}

static void set_token(struct parser *parser, enum token_kind kind, size_t from, size_t length)
{
    parser->token = (struct token){kind, from, length};
    parser->at = from + length;
}

// Takes the next token; a text keeps its quotes. False at what is no token.
static bool advance(struct parser *parser)
{
    const char *source = parser->program->source;
    size_t at = parser->at + strspn(source + parser->at, " \t\r\n");
    const char *text = source + at;
    if (*text == '\0') {
        set_token(parser, TOKEN_END, at, 0);
    } else if (is_digit(*text)) {
        set_token(parser, TOKEN_NUMBER, at, number_length(text));
    } else if (is_letter(*text)) {
        set_token(parser, TOKEN_NAME, at, span(text, true));
    } else if (*text == '\'') {
        size_t length = strcspn(text + 1, "'\n");
        if (text[1 + length] != '\'')
            return fail_at(parser, at, "the text does not end on its line.");
        set_token(parser, TOKEN_TEXT, at, length + 2);
    } else if (sign_length(text) > 0) {
        set_token(parser, TOKEN_SIGN, at, sign_length(text));
    } else {
        return fail_at(parser, at, "a character that does not belong here.");
    }
    return true;
}

static bool is(const struct parser *parser, const char *word)
{
    const struct token *token = &parser->token;
    return (token->kind == TOKEN_NAME || token->kind == TOKEN_SIGN) && token->length == strlen(word) &&
           memcmp(parser->program->source + token->from, word, token->length) == 0;
}

static bool accept(struct parser *parser, const char *word)
{
    return is(parser, word) && advance(parser);
}

static bool expect(struct parser *parser, const char *word)
{
    if (!is(parser, word))
        return fail_at(parser, parser->token.from, "here should be \"%s\".", word);
    return advance(parser);
}

static int deeper(const struct formula_program *program, int depth, uint16_t node)
{
    return node && program->nodes[node].depth > depth ? program->nodes[node].depth : depth;
}

// 0 when there is no room. Node 0 is none.
static uint16_t add_node(struct parser *parser, struct formula_node node, size_t from, bool children)
{
    struct formula_program *program = parser->program;
    int depth = 0;
    if (parser->failed)
        return 0;
    if (children) {
        depth = deeper(program, depth, node.kind == NODE_CALL || node.kind == NODE_DEFAULT ? 0 : node.a);
        depth = deeper(program, deeper(program, depth, node.b), node.c);
        for (uint16_t at = node.kind == NODE_CALL ? node.b : 0; at; at = program->nodes[at].next)
            depth = deeper(program, depth, at);
    }
    if (program->node_count == FORMULA_NODES)
        too_large(parser, "operators and names", FORMULA_NODES);
    else if (depth + 1 > FORMULA_DEPTH)
        too_large(parser, "operators inside each other", FORMULA_DEPTH);
    if (parser->failed)
        return 0;
    node.depth = (uint8_t)(depth + 1);
    node.from = (uint16_t)from;
    size_t end = parser->token.from;
    while (end > from && strchr(" \t\r\n", program->source[end - 1]))
        end--;
    node.length = (uint16_t)(end - from);
    program->nodes[program->node_count] = node;
    return program->node_count++;
}

// A copy with a NUL; false when there is no room.
static bool pool(struct parser *parser, size_t from, size_t length, uint16_t *ret_place)
{
    struct formula_program *program = parser->program;
    if (length + 1 > (size_t)FORMULA_POOL_BYTES - program->pool_used)
        return too_large(parser, "bytes of names and texts", FORMULA_POOL_BYTES);
    memcpy(program->pool + program->pool_used, program->source + from, length);
    program->pool[program->pool_used + length] = '\0';
    *ret_place = program->pool_used;
    program->pool_used = (uint16_t)(program->pool_used + length + 1);
    return true;
}

// The name that stands here, into the pool, and on to the next token.
static bool take_name(struct parser *parser, uint16_t *ret_place)
{
    struct token token = parser->token;
    if (token.kind != TOKEN_NAME)
        return fail_at(parser, token.from, "here should be a name.");
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (is(parser, reserved[i]))
            return fail_at(parser, token.from, "the word \"%s\" is no name.", reserved[i]);
    if (token.length >= FORMULA_NAME_BYTES)
        return fail_at(parser, token.from, "a name has more than %d characters.", FORMULA_NAME_BYTES - 1);
    return pool(parser, token.from, token.length, ret_place) && advance(parser);
}

static uint16_t parse_level(struct parser *parser, int level);

static uint16_t parse_number(struct parser *parser)
{
    struct formula_program *program = parser->program;
    struct token token = parser->token;
    struct ts_error why = {0};
    if (program->constant_count == FORMULA_CONSTANTS) {
        too_large(parser, "constants", FORMULA_CONSTANTS);
        return 0;
    }
    struct decimal *constant = &program->constants[program->constant_count];
    if (!decimal_parse(program->source + token.from, token.length, constant, &why)) {
        fail_at(parser, token.from, "the number %s.", why.detail);
        return 0;
    }
    if (!advance(parser))
        return 0;
    return add_node(parser, (struct formula_node){.kind = NODE_CONSTANT, .a = program->constant_count++},
                    token.from, false);
}

static uint16_t parse_text(struct parser *parser)
{
    struct token token = parser->token;
    uint16_t place;
    if (!pool(parser, token.from + 1, token.length - 2, &place) || !advance(parser))
        return 0;
    return add_node(parser, (struct formula_node){.kind = NODE_TEXT, .a = place}, token.from, false);
}

static uint16_t parse_if(struct parser *parser, size_t from)
{
    struct formula_node node = {.kind = NODE_IF};
    node.a = parse_level(parser, LEVEL_LOWEST);
    if (node.a && expect(parser, "then"))
        node.b = parse_level(parser, LEVEL_LOWEST);
    if (node.b && expect(parser, "else"))
        node.c = parse_level(parser, LEVEL_LOWEST);
    return node.c ? add_node(parser, node, from, true) : 0;
}

// given(name) and default(name, instead): the only places where an input may be missing.
static uint16_t parse_optional(struct parser *parser, size_t from, bool with_default)
{
    struct formula_node node = {.kind = with_default ? NODE_DEFAULT : NODE_GIVEN};
    if (!expect(parser, "(") || !take_name(parser, &node.a))
        return 0;
    if (with_default && (!expect(parser, ",") || !(node.b = parse_level(parser, LEVEL_LOWEST))))
        return 0;
    return expect(parser, ")") ? add_node(parser, node, from, with_default) : 0;
}

// The arguments behind the opening bracket, chained; the number of them.
static bool parse_arguments(struct parser *parser, uint16_t *ret_first, unsigned *ret_count)
{
    uint16_t last = 0;
    *ret_first = 0;
    *ret_count = 0;
    if (accept(parser, ")"))
        return true;
    do {
        uint16_t argument = parse_level(parser, LEVEL_LOWEST);
        if (!argument)
            return false;
        if (last)
            parser->program->nodes[last].next = argument;
        else
            *ret_first = argument;
        last = argument;
        ++*ret_count;
    } while (*ret_count < FORMULA_ARGUMENTS && accept(parser, ","));
    return expect(parser, ")");
}

static uint16_t parse_call(struct parser *parser, struct token name)
{
    struct formula_node node = {.kind = NODE_CALL};
    size_t index;
    unsigned count;
    if (!functions_find(parser->program->source + name.from, name.length, &index)) {
        fail_at(parser, name.from, "there is no function %.*s.", (int)(name.length < 40 ? name.length : 40),
                parser->program->source + name.from);
        return 0;
    }
    if (!expect(parser, "(") || !parse_arguments(parser, &node.b, &count))
        return 0;
    const struct formula_function *function = &functions_table[index];
    if (count < function->least || count > function->most) {
        fail_at(parser, name.from, "%s takes %d to %d arguments, not %u.", function->name, function->least,
                function->most, count);
        return 0;
    }
    node.a = (uint16_t)index;
    return add_node(parser, node, name.from, true);
}

static uint16_t parse_word(struct parser *parser)
{
    struct token token = parser->token;
    uint16_t place;
    bool truth = is(parser, "true");
    if (truth || is(parser, "false"))
        return advance(parser) ? add_node(parser, (struct formula_node){.kind = NODE_TRUTH, .a = truth},
                                          token.from, false)
                               : 0;
    if (is(parser, "if"))
        return advance(parser) ? parse_if(parser, token.from) : 0;
    if (is(parser, "given") || is(parser, "default")) {
        bool with_default = is(parser, "default");
        return advance(parser) ? parse_optional(parser, token.from, with_default) : 0;
    }
    const char *behind = parser->program->source + parser->at;
    if (behind[strspn(behind, " \t\r\n")] == '(')
        return advance(parser) ? parse_call(parser, token) : 0;
    if (!take_name(parser, &place))
        return 0;
    return add_node(parser, (struct formula_node){.kind = NODE_NAME, .a = place}, token.from, false);
}

static uint16_t parse_prefix(struct parser *parser, enum formula_node_kind kind, int level)
{
    size_t from = parser->token.from;
    struct formula_node node = {.kind = (uint8_t)kind};
    if (!advance(parser) || !(node.a = parse_level(parser, level)))
        return 0;
    return add_node(parser, node, from, true);
}

static uint16_t parse_operand(struct parser *parser)
{
    switch (parser->token.kind) {
    case TOKEN_NUMBER:
        return parse_number(parser);
    case TOKEN_TEXT:
        return parse_text(parser);
    case TOKEN_NAME:
        return is(parser, "not") ? parse_prefix(parser, NODE_NOT, LEVEL_COMPARISON) : parse_word(parser);
    default:
        break;
    }
    if (is(parser, "-"))
        return parse_prefix(parser, NODE_NEGATE, LEVEL_POWER);
    if (!is(parser, "(")) {
        fail_at(parser, parser->token.from, "here should be a number, a name or a bracket.");
        return 0;
    }
    uint16_t inside = advance(parser) ? parse_level(parser, LEVEL_LOWEST) : 0;
    return inside && expect(parser, ")") ? inside : 0;
}

// The operator that stands here and binds at least as strongly as `level`; -1 for none.
static int find_operator(const struct parser *parser, int level)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (operators[i].level >= level && is(parser, operators[i].sign))
            return (int)i;
    return -1;
}

static uint16_t parse_operators(struct parser *parser, int level)
{
    size_t from = parser->token.from;
    uint16_t left = parse_operand(parser);
    int most = LEVEL_POWER + 1;
    for (int found = left ? find_operator(parser, level) : -1; found >= 0;
         found = left ? find_operator(parser, level) : -1) {
        if (operators[found].level >= most) {
            fail_at(parser, parser->token.from, "comparisons cannot be chained; join them with \"and\".");
            return 0;
        }
        most = operators[found].single ? operators[found].level : LEVEL_POWER + 1;
        struct formula_node node = {.kind = (uint8_t)operators[found].kind, .a = left};
        int right_level = operators[found].level + !operators[found].right;
        if (!advance(parser) || !(node.b = parse_level(parser, right_level)))
            return 0;
        left = add_node(parser, node, from, true);
    }
    return left;
}

static uint16_t parse_level(struct parser *parser, int level)
{
    if (parser->depth == FORMULA_DEPTH) {
        too_large(parser, "brackets inside each other", FORMULA_DEPTH);
        return 0;
    }
    parser->depth++;
    uint16_t node = parse_operators(parser, level);
    parser->depth--;
    return node;
}

static bool parse_step(struct parser *parser)
{
    struct formula_program *program = parser->program;
    struct formula_step step;
    if (program->step_count == FORMULA_STEPS)
        return too_large(parser, "steps", FORMULA_STEPS);
    if (!take_name(parser, &step.name) || !expect(parser, "=") ||
        !(step.node = parse_level(parser, LEVEL_LOWEST)))
        return false;
    program->steps[program->step_count++] = step;
    return expect(parser, ";");
}

bool formula_parse(const char *source, struct formula_program *ret_program, struct ts_error *error)
{
    struct formula_program *program = ret_program;
    struct parser parser = {.program = program, .error = error};
    size_t length = strnlen(source, FORMULA_SOURCE_BYTES + 1);
    program->source = source;
    program->node_count = 1; // node 0 is none
    program->step_count = program->constant_count = program->pool_used = program->root = 0;
    if (length > FORMULA_SOURCE_BYTES)
        return too_large(&parser, "bytes", FORMULA_SOURCE_BYTES);
    if (length && !utf8_is_text(source, length))
        return fail_at(&parser, 0, "the text is not UTF-8.");
    if (!advance(&parser))
        return false;
    while (accept(&parser, "let"))
        if (!parse_step(&parser))
            return false;
    if (parser.failed || !(program->root = parse_level(&parser, LEVEL_LOWEST)))
        return false;
    if (parser.token.kind != TOKEN_END)
        return fail_at(&parser, parser.token.from, "the formula should end here.");
    return true;
}

bool formula_knows(const struct formula_program *program, const char *name)
{
    for (size_t i = 0; i < program->step_count; i++)
        if (strcmp(program->pool + program->steps[i].name, name) == 0)
            return true;
    for (size_t i = 1; i < program->node_count; i++) {
        const struct formula_node *node = &program->nodes[i];
        bool is_input = node->kind == NODE_NAME || node->kind == NODE_GIVEN || node->kind == NODE_DEFAULT;
        if (is_input && strcmp(program->pool + node->a, name) == 0)
            return true;
    }
    return false;
}
