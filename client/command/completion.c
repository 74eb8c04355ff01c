// SPDX-License-Identifier: Apache-2.0
// Completion scripts: see completion.h. bash and zsh get static tables inside one small function; fish
// gets one `complete` line per word. Every word written here comes from the command table, whose words
// are plain ASCII without quotes; summaries are quoted.
#include "command/completion.h"

#include <string.h>

#include "command/find.h"
#include "command/grammar.h"
#include "message/choices.h"

static bool takes_value(const struct argument *argument)
{
    return argument->kind != ARGUMENT_SWITCH && argument->kind != ARGUMENT_OPTION_SWITCH;
}

static bool takes_path(const struct argument *argument)
{
    return argument->traits & ARGUMENT_PATH || argument->kind == ARGUMENT_FILE ||
           argument->kind == ARGUMENT_SECRET || argument->kind == ARGUMENT_NEW_SECRET;
}

// Text inside single quotes of a shell.
static void quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text != '\0'; text++)
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fputc(*text, out);
    fputc('\'', out);
}

static void write_nouns(FILE *out, const struct grammar *grammar)
{
    const char *separator = "";

    for (const struct noun *noun = grammar->nouns; noun->name != NULL; noun++) {
        fprintf(out, "%s%s", separator, noun->name);
        separator = " ";
    }
}

static void write_verbs(FILE *out, const struct grammar *grammar, const char *noun)
{
    const char *separator = "";

    for (const struct command *command = grammar->commands; command->noun != NULL; command++)
        if (strcmp(command->noun, noun) == 0 && command->verb != NULL) {
            fprintf(out, "%s%s", separator, command->verb);
            separator = " ";
        }
}

static void write_flags(FILE *out, const struct grammar *grammar, const struct command *command)
{
    const struct argument *argument;
    const char *separator = "";

    for (size_t i = 0; (argument = find_argument_at(grammar, command, i)) != NULL; i++)
        if (!(argument->traits & ARGUMENT_POSITIONAL)) {
            fprintf(out, "%s--%s", separator, argument->name);
            separator = " ";
        }
}

// Lines of a `case "$noun $verb"` with the flags of each command.
static void write_flag_cases(FILE *out, const struct grammar *grammar)
{
    for (const struct command *command = grammar->commands; command->noun != NULL; command++) {
        fprintf(out, "    '%s %s') flags='", command->noun, command->verb != NULL ? command->verb : "");
        write_flags(out, grammar, command);
        fputs("' ;;\n", out);
    }
    fputs("    *) flags='", out);
    write_flags(out, grammar, NULL);
    fputs("' ;;\n", out);
}

// Lines of a `case "$noun $verb $previous"` with the values a flag takes: words, or files.
static void write_value_cases(FILE *out, const struct grammar *grammar)
{
    const struct argument *argument;

    for (const struct command *command = grammar->commands; command->noun != NULL; command++)
        for (size_t i = 0; (argument = find_argument_at(grammar, command, i)) != NULL; i++) {
            const ProtobufCEnumDescriptor *values = find_choices(command, argument);

            if (argument->traits & ARGUMENT_POSITIONAL || !takes_value(argument))
                continue;
            if (values == NULL && !takes_path(argument))
                continue;
            fprintf(out, "    '%s %s --%s') ", command->noun, command->verb != NULL ? command->verb : "",
                    argument->name);
            if (values != NULL) {
                fputs("values='", out);
                choices_write(out, values, " ");
                fputs("' ;;\n", out);
            } else {
                fputs("files=1 ;;\n", out);
            }
        }
}

static void write_verb_cases(FILE *out, const struct grammar *grammar)
{
    for (const struct noun *noun = grammar->nouns; noun->name != NULL; noun++) {
        if (find_command(grammar, noun->name, NULL) != NULL)
            continue;
        fprintf(out, "    %s) verbs='", noun->name);
        write_verbs(out, grammar, noun->name);
        fputs("' ;;\n", out);
    }
}

// The part that bash and zsh share: sets verbs, flags, values, files from noun, verb, previous.
static void write_tables(FILE *out, const struct grammar *grammar)
{
    fputs("  local nouns='", out);
    write_nouns(out, grammar);
    fputs("'\n  local verbs='' flags='' values='' files=''\n  case \"$noun\" in\n", out);
    write_verb_cases(out, grammar);
    fputs("  esac\n  case \"$noun $verb\" in\n", out);
    write_flag_cases(out, grammar);
    fputs("  esac\n  case \"$noun $verb $previous\" in\n", out);
    write_value_cases(out, grammar);
    fputs("  esac\n", out);
}

static void write_bash(FILE *out, const struct grammar *grammar)
{
    fputs(
        "# bash completion for touchstone; written by `touchstone completion bash`\n"
        "_touchstone() {\n"
        "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
        "  local noun='' verb=''\n"
        "  if (( COMP_CWORD > 1 )); then noun=\"${COMP_WORDS[1]}\"; fi\n"
        "  if (( COMP_CWORD > 2 )) && [[ \"${COMP_WORDS[2]}\" != -* ]]; then verb=\"${COMP_WORDS[2]}\"; fi\n",
        out);
    write_tables(out, grammar);
    fputs("  local words=''\n"
          "  if (( COMP_CWORD == 1 )); then words=\"$nouns\"\n"
          "  elif [[ -n \"$values\" ]]; then words=\"$values\"\n"
          "  elif [[ -n \"$files\" ]]; then COMPREPLY=( $(compgen -f -- \"$current\") ); return\n"
          "  elif (( COMP_CWORD == 2 )) && [[ -n \"$verbs\" ]]; then words=\"$verbs\"\n"
          "  elif [[ \"$current\" == -* ]]; then words=\"$flags\"\n"
          "  else COMPREPLY=( $(compgen -f -- \"$current\") ); return\n"
          "  fi\n"
          "  COMPREPLY=( $(compgen -W \"$words\" -- \"$current\") )\n"
          "}\n"
          "complete -o filenames -F _touchstone touchstone\n",
          out);
}

static void write_zsh(FILE *out, const struct grammar *grammar)
{
    fputs("#compdef touchstone\n"
          "# zsh completion for touchstone; written by `touchstone completion zsh`\n"
          "_touchstone() {\n"
          "  local previous=\"${words[CURRENT-1]}\" noun='' verb=''\n"
          "  if (( CURRENT > 2 )); then noun=\"${words[2]}\"; fi\n"
          "  if (( CURRENT > 3 )) && [[ \"${words[3]}\" != -* ]]; then verb=\"${words[3]}\"; fi\n",
          out);
    write_tables(out, grammar);
    fputs("  if (( CURRENT == 2 )); then compadd -- ${=nouns}\n"
          "  elif [[ -n \"$values\" ]]; then compadd -- ${=values}\n"
          "  elif [[ -n \"$files\" ]]; then _files\n"
          "  elif (( CURRENT == 3 )) && [[ -n \"$verbs\" ]]; then compadd -- ${=verbs}\n"
          "  elif [[ \"${words[CURRENT]}\" == -* ]]; then compadd -- ${=flags}\n"
          "  else _files\n"
          "  fi\n"
          "}\n"
          "if [[ \"${funcstack[1]}\" == _touchstone ]]; then _touchstone \"$@\"; else compdef _touchstone "
          "touchstone; fi\n",
          out);
}

static void fish_flag(FILE *out, const struct command *command, const struct argument *argument)
{
    const ProtobufCEnumDescriptor *values = find_choices(command, argument);

    fputs("complete -c touchstone -n ", out);
    if (command == NULL)
        fputs("true", out);
    else if (command->verb == NULL)
        fprintf(out, "'__fish_seen_subcommand_from %s'", command->noun);
    else
        fprintf(out, "'__fish_seen_subcommand_from %s; and __fish_seen_subcommand_from %s'", command->noun,
                command->verb);
    fprintf(out, " -l %s", argument->name);
    if (argument->letter != 0)
        fprintf(out, " -s %c", argument->letter);
    if (takes_value(argument))
        fputs(takes_path(argument) ? " -r -F" : " -x", out);
    if (values != NULL) {
        fputs(" -a '", out);
        choices_write(out, values, " ");
        fputs("'", out);
    }
    fputs(" -d ", out);
    quoted(out, argument->help);
    fputc('\n', out);
}

static void write_fish(FILE *out, const struct grammar *grammar)
{
    const struct argument *argument;

    fputs("# fish completion for touchstone; written by `touchstone completion fish`\n"
          "complete -c touchstone -f\n",
          out);
    for (const struct noun *noun = grammar->nouns; noun->name != NULL; noun++) {
        fprintf(out, "complete -c touchstone -n __fish_use_subcommand -a %s -d ", noun->name);
        quoted(out, noun->summary);
        fputc('\n', out);
    }
    for (size_t i = 0; (argument = find_argument_at(grammar, NULL, i)) != NULL; i++)
        fish_flag(out, NULL, argument);
    for (const struct command *command = grammar->commands; command->noun != NULL; command++) {
        if (command->verb != NULL) {
            fprintf(out, "complete -c touchstone -n '__fish_seen_subcommand_from %s' -a %s -d ",
                    command->noun, command->verb);
            quoted(out, command->summary);
            fputc('\n', out);
        }
        for (argument = command->arguments; argument != NULL && argument->name != NULL; argument++)
            if (!(argument->traits & ARGUMENT_POSITIONAL))
                fish_flag(out, command, argument);
    }
}

bool completion_write(FILE *out, const struct grammar *grammar, const char *shell)
{
    static const struct {
        const char *name;
        void (*write)(FILE *, const struct grammar *);
    } shells[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};

    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(shells[i].name, shell) == 0) {
            shells[i].write(out, grammar);
            return true;
        }
    return false;
}
