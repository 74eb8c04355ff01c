// SPDX-License-Identifier: Apache-2.0
// The manual page: see manual.h. Every text is escaped for roff: backslash, hyphen, and a dot or quote
// at the beginning of a line.
#include "command/manual.h"

#include <stdbool.h>

#include "command/find.h"
#include "command/grammar.h"
#include "command/help.h"
#include "message/choices.h"

// `before` stands, as it is, at the beginning of every line.
static void roff_lines(FILE *out, const char *before, const char *text)
{
    bool line_begins = true;

    for (; *text != '\0'; text++) {
        if (line_begins)
            fputs(before, out);
        if (line_begins && (*text == '.' || *text == '\''))
            fputs("\\&", out);
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else
            fputc(*text, out);
        line_begins = *text == '\n';
    }
}

static void roff(FILE *out, const char *text)
{
    roff_lines(out, "", text);
}

static void write_argument(FILE *out, const struct command *command, const struct argument *argument)
{
    const ProtobufCEnumDescriptor *values = find_choices(command, argument);

    fputs(".TP\n.B ", out);
    if (argument->letter != 0)
        fprintf(out, "\\-%c, ", argument->letter);
    if (!(argument->traits & ARGUMENT_POSITIONAL))
        fputs("\\-\\-", out);
    roff(out, argument->name);
    if (argument->value != NULL && !(argument->traits & ARGUMENT_POSITIONAL)) {
        fputs(" \\fI", out);
        roff(out, find_value_name(argument));
        fputs("\\fR", out);
    }
    fputc('\n', out);
    roff(out, argument->help);
    if (values != NULL) {
        fputs(": ", out);
        choices_write(out, values, ", ");
    }
    if (argument->fallback != NULL)
        fprintf(out, " (without it: %s)", argument->fallback);
    fputs(argument->traits & ARGUMENT_REPEATED ? "; may be repeated.\n" : ".\n", out);
}

static void write_arguments(FILE *out, const struct command *command, const struct argument *list)
{
    for (; list != NULL && list->name != NULL; list++)
        write_argument(out, command, list);
}

static void write_command(FILE *out, const struct command *command)
{
    fputs(".SS ", out);
    help_usage(out, command);
    fputc('\n', out);
    roff(out, command->summary);
    fputs(".\n", out);
    if (command->details != NULL) {
        fputs(".PP\n", out);
        roff(out, command->details);
        fputc('\n', out);
    }
    write_arguments(out, command, command->arguments);
    if (command->examples != NULL) {
        fputs(".PP\nExamples:\n.PP\n.nf\n", out);
        roff_lines(out, "touchstone ", command->examples);
        fputs("\n.fi\n", out);
    }
}

void manual_write(FILE *out, const struct grammar *grammar, const char *program_version)
{
    fprintf(out, ".TH TOUCHSTONE 1 \"\" \"touchstone %s\" \"User commands\"\n", program_version);
    fputs(".SH NAME\ntouchstone \\- client of the laboratory information system Touchstone\n"
          ".SH SYNOPSIS\n.B touchstone\n.I NOUN VERB\n[arguments] [flags]\n"
          ".SH DESCRIPTION\nReception, bench, review, release, staff and audit of a testing laboratory from "
          "the "
          "command line, over gRPC. A list is an aligned table on a terminal and tab\\-separated when piped; "
          "\\-\\-json gives the answer as JSON. Data go to standard output, talk to standard error.\n"
          ".SH COMMANDS\n",
          out);
    for (const struct command *command = grammar->commands; command->noun != NULL; command++)
        write_command(out, command);
    fputs(".SH FLAGS OF WRITES\n", out);
    write_arguments(out, NULL, grammar->of_writes);
    fputs(".SH FLAGS OF LISTS\n", out);
    write_arguments(out, NULL, grammar->of_pages);
    fputs(".SH GLOBAL FLAGS\n", out);
    write_arguments(out, NULL, grammar->global);
    for (const struct topic *topic = grammar->topics; topic->name != NULL; topic++) {
        fputs(".SH \"", out);
        roff(out, topic->title);
        fputs("\"\n.nf\n", out);
        roff(out, topic->text);
        fputs(".fi\n", out);
    }
}
