// SPDX-License-Identifier: Apache-2.0
// Help texts from the command table: see help.h. What an enum flag accepts is read from the message
// descriptor, so that help never lags behind the schema.
#include "command/help.h"

#include <stdlib.h>
#include <string.h>

#include "command/find.h"
#include "command/grammar.h"
#include "message/choices.h"
#include "text/collect.h"
#include "text/safe.h"

enum { LABEL_COLUMNS = 28, WRAP_COLUMNS = 68 };

static void pad_to(FILE *out, size_t width, size_t column)
{
    for (; width < column; width++)
        fputc(' ', out);
}

static const char *summary_of(const char *english, const char *chinese_text, bool chinese)
{
    return chinese && chinese_text != NULL ? chinese_text : english;
}

static void line(FILE *out, const char *label, const char *text)
{
    fprintf(out, "  %s", label);
    pad_to(out, safe_width(label), 16);
    fprintf(out, "  %s\n", text);
}

// Writes text from column LABEL_COLUMNS + 2 on, broken at blanks.
static void wrapped(FILE *out, const char *text)
{
    size_t used = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, " ");

        if (used > 0 && used + 1 + length > WRAP_COLUMNS) {
            fputc('\n', out);
            pad_to(out, 0, LABEL_COLUMNS + 4);
            used = 0;
        } else if (used > 0) {
            fputc(' ', out);
            used++;
        }
        fwrite(text, 1, length, out);
        used += length;
        text += length + (text[length] == ' ');
    }
    fputc('\n', out);
}

static void write_label(FILE *out, const struct argument *argument)
{
    char label[64];
    bool plain = argument->kind == ARGUMENT_SWITCH || argument->kind == ARGUMENT_OPTION_SWITCH;

    if (argument->traits & ARGUMENT_POSITIONAL)
        snprintf(label, sizeof label, "%s", argument->name);
    else if (argument->letter != 0)
        snprintf(label, sizeof label, "-%c, --%s%s%s", argument->letter, argument->name, plain ? "" : " ",
                 plain ? "" : find_value_name(argument));
    else
        snprintf(label, sizeof label, "--%s%s%s", argument->name, plain ? "" : " ",
                 plain ? "" : find_value_name(argument));
    fprintf(out, "  %s", label);
    if (safe_width(label) > LABEL_COLUMNS) {
        fputc('\n', out);
        pad_to(out, 0, LABEL_COLUMNS + 2);
    } else {
        pad_to(out, safe_width(label), LABEL_COLUMNS);
    }
    fputs("  ", out);
}

// False without memory.
static bool write_argument(FILE *out, const struct command *command, const struct argument *argument)
{
    struct collect collect;
    FILE *stream = collect_begin(&collect);
    const ProtobufCEnumDescriptor *values = find_choices(command, argument);
    char *text;

    if (stream == NULL)
        return false;
    fputs(argument->help, stream);
    if (values != NULL) {
        fputs(": ", stream);
        choices_write(stream, values, ", ");
    }
    if (argument->fallback != NULL)
        fprintf(stream, " (without it: %s)", argument->fallback);
    if (argument->traits & ARGUMENT_REPEATED)
        fputs("; may be repeated", stream);
    text = collect_end(&collect, NULL);
    if (text == NULL)
        return false;
    write_label(out, argument);
    wrapped(out, text);
    free(text);
    return true;
}

void help_usage(FILE *out, const struct command *command)
{
    fprintf(out, "touchstone %s", command->noun);
    if (command->verb != NULL)
        fprintf(out, " %s", command->verb);
    for (const struct argument *argument = command->arguments; argument != NULL && argument->name != NULL;
         argument++) {
        bool needed = argument->traits & ARGUMENT_REQUIRED && argument->fallback == NULL &&
                      !(argument->traits & ARGUMENT_FROM_PROFILE) && argument->kind != ARGUMENT_SECRET &&
                      argument->kind != ARGUMENT_NEW_SECRET;

        if (argument->traits & ARGUMENT_POSITIONAL)
            fprintf(out, needed ? " %s" : " [%s]", argument->name);
        else if (needed)
            fprintf(out, " --%s %s", argument->name, argument->value);
    }
    fputs(" [flags]", out);
}

static bool write_section(FILE *out, const struct command *command, const struct argument *list,
                          bool positional, const char *heading)
{
    bool begun = false;

    for (; list != NULL && list->name != NULL; list++) {
        if (((list->traits & ARGUMENT_POSITIONAL) != 0) != positional)
            continue;
        if (!begun)
            fprintf(out, "\n%s\n", heading);
        begun = true;
        if (!write_argument(out, command, list))
            return false;
    }
    return true;
}

static void write_examples(FILE *out, const char *examples)
{
    fputs("\nEXAMPLES\n", out);
    while (*examples != '\0') {
        size_t length = strcspn(examples, "\n");

        fprintf(out, "  $ touchstone %.*s\n", (int)length, examples);
        examples += length + (examples[length] == '\n');
    }
}

bool help_command(FILE *out, const struct grammar *grammar, const struct command *command, bool chinese)
{
    bool whole;

    fprintf(out, "%s\n\nUSAGE\n  ", summary_of(command->summary, command->summary_zh, chinese));
    help_usage(out, command);
    fputc('\n', out);
    if (command->details != NULL)
        fprintf(out, "\n%s\n", command->details);
    whole = write_section(out, command, command->arguments, true, "ARGUMENTS") &&
            write_section(out, command, command->arguments, false, "FLAGS") &&
            (!(command->traits & COMMAND_PAGED) ||
             write_section(out, command, grammar->of_pages, false, "FLAGS OF LISTS")) &&
            (!(command->traits & COMMAND_WRITE) ||
             write_section(out, command, grammar->of_writes, false, "FLAGS OF WRITES")) &&
            write_section(out, command, grammar->global, false, "GLOBAL FLAGS");
    if (whole && command->examples != NULL)
        write_examples(out, command->examples);
    return whole;
}

void help_noun(FILE *out, const struct grammar *grammar, const char *name, bool chinese)
{
    const struct noun *noun = find_noun(grammar, name);

    fprintf(out, "%s\n\nUSAGE\n  touchstone %s VERB [flags]\n\nVERBS\n",
            noun != NULL ? summary_of(noun->summary, noun->summary_zh, chinese) : "", name);
    for (const struct command *command = grammar->commands; command->noun != NULL; command++)
        if (strcmp(command->noun, name) == 0 && command->verb != NULL)
            line(out, command->verb, summary_of(command->summary, command->summary_zh, chinese));
    fprintf(out, "\n'touchstone %s VERB --help' tells the flags of a verb.\n", name);
}

bool help_program(FILE *out, const struct grammar *grammar, bool chinese)
{
    fputs("touchstone: the client of the laboratory information system Touchstone (试金石)\n\n"
          "USAGE\n  touchstone NOUN VERB [arguments] [flags]\n\nCOMMANDS\n",
          out);
    for (const struct noun *noun = grammar->nouns; noun->name != NULL; noun++)
        line(out, noun->name, summary_of(noun->summary, noun->summary_zh, chinese));
    if (!write_section(out, NULL, grammar->global, false, "GLOBAL FLAGS"))
        return false;
    fputs("\nTOPICS (touchstone help TOPIC)\n", out);
    for (const struct topic *topic = grammar->topics; topic->name != NULL; topic++)
        line(out, topic->name, topic->title);
    fputs(
        "\nFIRST STEPS\n"
        "  $ touchstone profile set desk1 --server lims.example:7443 --ca ca.pem --desk D1 --laboratory JEW\n"
        "  $ touchstone login reception1\n"
        "  $ touchstone intake register --help\n",
        out);
    return true;
}

bool help_topic(FILE *out, const struct grammar *grammar, const char *name)
{
    for (const struct topic *topic = grammar->topics; topic->name != NULL; topic++)
        if (strcmp(topic->name, name) == 0) {
            fprintf(out, "%s\n\n%s", topic->title, topic->text);
            return true;
        }
    return false;
}
