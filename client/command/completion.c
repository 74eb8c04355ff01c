// SPDX-License-Identifier: Apache-2.0
// Completion scripts: see completion.h. bash and zsh get static tables and one small walk over the words, so
// that flags may stand anywhere; fish gets one `complete` line per word. Every word written here comes from
// the command table, whose words are plain ASCII without quotes; summaries are quoted.
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

static bool is_global(const struct grammar *grammar, const struct argument *argument)
{
    for (const struct argument *global = grammar->global; global->name != NULL; global++)
        if (global == argument)
            return true;
    return false;
}

static bool is_value_flag(const struct argument *argument)
{
    return !(argument->traits & ARGUMENT_POSITIONAL) && takes_value(argument);
}

// Whether a command before this one has a value flag of the same name.
static bool is_repeated(const struct grammar *grammar, const struct command *until,
                        const struct argument *flag)
{
    for (const struct command *command = grammar->commands; command != until; command++) {
        const struct argument *other = find_flag(grammar, command, flag->name, strlen(flag->name));

        if (other != NULL && is_value_flag(other) && !is_global(grammar, other))
            return true;
    }
    return false;
}

static void write_value_flag(FILE *out, const struct argument *argument, const char *between)
{
    fprintf(out, "%s--%s", between, argument->name);
    if (argument->letter != 0)
        fprintf(out, "%s-%c", between, argument->letter);
}

// Flags that take a value, of all commands and each once.
static void write_value_flags(FILE *out, const struct grammar *grammar, const char *between)
{
    const struct argument *argument;
    const char *separator = "";

    for (argument = grammar->global; argument->name != NULL; argument++)
        if (is_value_flag(argument)) {
            write_value_flag(out, argument, separator);
            separator = between;
        }
    for (const struct command *command = grammar->commands; command->noun != NULL; command++)
        for (size_t i = 0; (argument = find_argument_at(grammar, command, i)) != NULL; i++)
            if (is_value_flag(argument) && !is_global(grammar, argument) &&
                !is_repeated(grammar, command, argument))
                write_value_flag(out, argument, between);
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

// What fits there, as an assignment; false when nothing is known.
static bool write_values(FILE *out, const struct command *command, const struct argument *argument)
{
    const ProtobufCEnumDescriptor *choices = find_choices(command, argument);

    if (choices != NULL) {
        fputs("values='", out);
        choices_write(out, choices, " ");
        fputs("'", out);
    } else if (argument->words != NULL) {
        fprintf(out, "values='%s'", argument->words);
    } else if (argument->traits & ARGUMENT_PROFILE_NAME) {
        fputs("names=1", out);
    } else if (argument->traits & ARGUMENT_NOUN) {
        fputs("values=\"$nouns $topics\"", out);
    } else if (argument->traits & ARGUMENT_VERB) {
        fputs("_touchstone_verbs \"$first\"; values=\"$verbs\"", out);
    } else if (takes_path(argument)) {
        fputs("files=1", out);
    } else {
        return false;
    }
    return true;
}

static bool has_values(const struct command *command, const struct argument *argument)
{
    return find_choices(command, argument) != NULL || argument->words != NULL || takes_path(argument) ||
           argument->traits & (ARGUMENT_PROFILE_NAME | ARGUMENT_NOUN | ARGUMENT_VERB);
}

static void write_case(FILE *out, const struct command *command, const struct argument *argument,
                       const char *key)
{
    if (!has_values(command, argument))
        return;
    if (command != NULL)
        fprintf(out, "    '%s %s %s') ", command->noun, command->verb != NULL ? command->verb : "", key);
    else
        fprintf(out, "    *' %s') ", key);
    write_values(out, command, argument);
    fputs(" ;;\n", out);
}

// Lines of a `case "$noun $verb $key"`, where key is the flag whose value is wanted, or the place of a
// positional argument: what is accepted there.
static void write_value_cases(FILE *out, const struct grammar *grammar)
{
    const struct argument *argument;
    char key[64];

    for (const struct command *command = grammar->commands; command->noun != NULL; command++) {
        unsigned place = 0;

        for (size_t i = 0; (argument = find_argument_at(grammar, command, i)) != NULL; i++) {
            bool positional = argument->traits & ARGUMENT_POSITIONAL;

            if (is_global(grammar, argument) || !takes_value(argument))
                continue;
            if (positional)
                snprintf(key, sizeof key, "%u", place++);
            else
                snprintf(key, sizeof key, "--%s", argument->name);
            write_case(out, command, argument, key);
            if (!positional && argument->letter != 0) {
                snprintf(key, sizeof key, "-%c", argument->letter);
                write_case(out, command, argument, key);
            }
        }
    }
    for (argument = grammar->global; argument->name != NULL; argument++) {
        snprintf(key, sizeof key, "--%s", argument->name);
        if (takes_value(argument))
            write_case(out, NULL, argument, key);
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

// What bash and zsh share. The functions set variables of whoever calls them; both shells allow it.
static void write_walk(FILE *out, const struct grammar *grammar)
{
    fputs("_touchstone_verbs() {\n  verbs=''\n  case \"$1\" in\n", out);
    write_verb_cases(out, grammar);
    fputs("  esac\n}\n"
          "# The words before the one that is typed: which command, and what is wanted next.\n"
          "_touchstone_walk() {\n"
          "  local word\n"
          "  for word in \"$@\"; do\n"
          "    if [[ \"$word\" == '=' ]]; then wanted=\"$flag\"; continue; fi\n"
          "    if [[ -n \"$wanted\" ]]; then wanted=''; continue; fi\n"
          "    case \"$word\" in\n"
          "    ",
          out);
    write_value_flags(out, grammar, "|");
    fputs(") flag=\"$word\" wanted=\"$word\" ;;\n"
          "    -*) ;;\n"
          "    *) if [[ -z \"$noun\" ]]; then noun=\"$word\"; _touchstone_verbs \"$noun\"\n"
          "       elif [[ -n \"$verbs\" && -z \"$verb\" ]]; then verb=\"$word\"\n"
          "       else place=$((place + 1)); first=\"${first:-$word}\"; fi ;;\n"
          "    esac\n"
          "  done\n"
          "}\n",
          out);
}

static void write_topics(FILE *out, const struct grammar *grammar)
{
    for (const struct topic *topic = grammar->topics; topic->name != NULL; topic++)
        fprintf(out, "%s%s", topic == grammar->topics ? "" : " ", topic->name);
}

static void write_variables(FILE *out, const struct grammar *grammar)
{
    fputs("  local noun='' verb='' verbs='' flag='' wanted='' first='' place=0\n"
          "  local flags='' values='' files='' names='' nouns='",
          out);
    write_nouns(out, grammar);
    fputs("' topics='", out);
    write_topics(out, grammar);
    fputs("'\n", out);
}

// After the walk: sets flags, and values or files; what remains empty is not to be offered.
static void write_tables(FILE *out, const struct grammar *grammar)
{
    fputs("  case \"$noun $verb\" in\n", out);
    write_flag_cases(out, grammar);
    fputs("  esac\n"
          "  if [[ -z \"$wanted\" && \"$current\" == -* ]]; then values=\"$flags\"\n"
          "  elif [[ -z \"$wanted\" && -z \"$noun\" ]]; then values=\"$nouns\"\n"
          "  elif [[ -z \"$wanted\" && -n \"$verbs\" && -z \"$verb\" ]]; then values=\"$verbs\"\n"
          "  else case \"$noun $verb ${wanted:-$place}\" in\n",
          out);
    write_value_cases(out, grammar);
    fputs(
        "  esac; fi\n"
        "  if [[ -n \"$names\" ]]; then values=\"$(\"$program\" profile list 2>/dev/null | cut -f2)\"; fi\n",
        out);
}

static void write_bash(FILE *out, const struct grammar *grammar)
{
    fputs("# bash completion for touchstone; written by `touchstone completion bash`\n", out);
    write_walk(out, grammar);
    // bash takes --flag=value apart at the '='.
    fputs("_touchstone() {\n"
          "  local current=\"${COMP_WORDS[COMP_CWORD]}\" program=\"${COMP_WORDS[0]/#\\~/$HOME}\"\n",
          out);
    write_variables(out, grammar);
    fputs("  _touchstone_walk \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"\n"
          "  if [[ \"$current\" == '=' ]]; then current=''; fi\n",
          out);
    write_tables(out, grammar);
    fputs("  if [[ -n \"$files\" ]]; then\n"
          "    compopt -o filenames 2>/dev/null\n"
          "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
          "  else\n"
          "    COMPREPLY=( $(compgen -W \"$values\" -- \"$current\") )\n"
          "  fi\n"
          "}\n"
          "complete -F _touchstone touchstone\n",
          out);
}

static void write_zsh(FILE *out, const struct grammar *grammar)
{
    fputs("#compdef touchstone\n"
          "# zsh completion for touchstone; written by `touchstone completion zsh`\n",
          out);
    write_walk(out, grammar);
    fputs("_touchstone() {\n"
          "  local current=\"${words[CURRENT]}\" program=\"${words[1]/#\\~/$HOME}\"\n",
          out);
    write_variables(out, grammar);
    fputs("  _touchstone_walk \"${(@)words[2,CURRENT-1]}\"\n"
          "  if [[ \"$current\" == --*=* ]]; then wanted=\"${current%%=*}\"; compset -P '*='; fi\n",
          out);
    write_tables(out, grammar);
    fputs("  if [[ -n \"$files\" ]]; then _files\n"
          "  elif [[ -n \"$values\" ]]; then compadd -- ${=values}\n"
          "  fi\n"
          "}\n"
          "if [[ \"${funcstack[1]}\" == _touchstone ]]; then _touchstone \"$@\"; else compdef _touchstone "
          "touchstone; fi\n",
          out);
}

static void fish_values(FILE *out, const struct command *command, const struct argument *argument)
{
    const ProtobufCEnumDescriptor *choices = find_choices(command, argument);

    if (choices != NULL) {
        fputs(" -a '", out);
        choices_write(out, choices, " ");
        fputs("'", out);
    } else if (argument->words != NULL) {
        fprintf(out, " -a '%s'", argument->words);
    } else if (argument->traits & ARGUMENT_PROFILE_NAME) {
        fputs(" -a '(touchstone profile list 2>/dev/null | cut -f2)'", out);
    }
}

static void fish_flag(FILE *out, const struct command *command, const struct argument *argument)
{
    fputs("complete -c touchstone", out);
    if (command != NULL)
        fprintf(out, " -n '__touchstone_begins %s%s%s'", command->noun, command->verb != NULL ? " " : "",
                command->verb != NULL ? command->verb : "");
    fprintf(out, " -l %s", argument->name);
    if (argument->letter != 0)
        fprintf(out, " -s %c", argument->letter);
    if (takes_value(argument))
        fputs(takes_path(argument) ? " -r -F" : " -x", out);
    fish_values(out, command, argument);
    fputs(" -d ", out);
    quoted(out, argument->help);
    fputc('\n', out);
}

// `place` words of the command's own stand before it.
static void fish_positional(FILE *out, const struct grammar *grammar, const struct command *command,
                            const struct argument *argument, unsigned place)
{
    if (!has_values(command, argument) || argument->traits & ARGUMENT_VERB)
        return;
    fprintf(out, "complete -c touchstone -n '__touchstone_at %u %s%s%s'", place, command->noun,
            command->verb != NULL ? " " : "", command->verb != NULL ? command->verb : "");
    if (takes_path(argument))
        fputs(" -F", out);
    if (argument->traits & ARGUMENT_NOUN) {
        fputs(" -a '", out);
        write_nouns(out, grammar);
        fputc(' ', out);
        write_topics(out, grammar);
        fputs("'", out);
    }
    fish_values(out, command, argument);
    fputc('\n', out);
}

static void fish_command(FILE *out, const struct grammar *grammar, const struct command *command)
{
    const struct argument *argument;
    unsigned place = 0;

    if (command->verb != NULL)
        for (int i = 0; i < 2; i++) {
            fprintf(out, "complete -c touchstone -n '__touchstone_is %s%s' -a %s -d ", i == 1 ? "help " : "",
                    command->noun, command->verb);
            quoted(out, command->summary);
            fputc('\n', out);
        }
    for (size_t i = 0; (argument = find_argument_at(grammar, command, i)) != NULL; i++) {
        if (is_global(grammar, argument))
            continue;
        if (argument->traits & ARGUMENT_POSITIONAL)
            fish_positional(out, grammar, command, argument, place++);
        else
            fish_flag(out, command, argument);
    }
}

static void write_fish(FILE *out, const struct grammar *grammar)
{
    const struct argument *argument;

    fputs("# fish completion for touchstone; written by `touchstone completion fish`\n"
          "# The words so far without flags and their values.\n"
          "function __touchstone_words\n"
          "    set -l all (commandline -opc)\n"
          "    set -e all[1]\n"
          "    set -l wanted no\n"
          "    for word in $all\n"
          "        if test $wanted = yes\n"
          "            set wanted no\n"
          "            continue\n"
          "        end\n"
          "        switch $word\n"
          "            case ",
          out);
    write_value_flags(out, grammar, " ");
    fputs("\n                set wanted yes\n"
          "            case '-*'\n"
          "            case '*'\n"
          "                echo -- $word\n"
          "        end\n"
          "    end\n"
          "end\n"
          "function __touchstone_is\n"
          "    set -l words (__touchstone_words)\n"
          "    test \"$words\" = \"$argv\"\n"
          "end\n"
          "function __touchstone_begins\n"
          "    set -l words (__touchstone_words)\n"
          "    set -l n (count $argv)\n"
          "    test (count $words) -ge $n; and test \"$words[1..$n]\" = \"$argv\"\n"
          "end\n"
          "function __touchstone_at\n"
          "    set -l words (__touchstone_words)\n"
          "    set -l command $argv[2..-1]\n"
          "    test (count $words) -eq (math (count $command) + $argv[1]); and __touchstone_begins $command\n"
          "end\n"
          "complete -c touchstone -f\n",
          out);
    for (const struct noun *noun = grammar->nouns; noun->name != NULL; noun++) {
        fprintf(out, "complete -c touchstone -n __touchstone_is -a %s -d ", noun->name);
        quoted(out, noun->summary);
        fputc('\n', out);
    }
    for (argument = grammar->global; argument->name != NULL; argument++)
        fish_flag(out, NULL, argument);
    for (const struct command *command = grammar->commands; command->noun != NULL; command++)
        fish_command(out, grammar, command);
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
