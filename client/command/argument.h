// SPDX-License-Identifier: Apache-2.0
// One flag or positional argument of a command, as data: what it is called, which field of the
// request it fills, and what help says of it.
#pragma once

enum argument_kind {
    // Converted by the type of its field: text, number, enum value by name, yes or no.
    ARGUMENT_TEXT,
    // An item code; checked and brought to its printed form before anything is sent.
    ARGUMENT_ITEM_CODE,
    // Takes no value; sets its bool field.
    ARGUMENT_SWITCH,
    // A file whose bytes fill the field.
    ARGUMENT_FILE,
    // METHOD:PARAMETER, a new element of the field.
    ARGUMENT_TEST_ORDER,
    // VALUE[@POSITION], a new element of the field; '<' and '>' before the value set the qualifier.
    ARGUMENT_READING,
    // POSITION=VALUE[,VALUE...][/U] or POSITION=skip:WHY, a new element of the field; '<', '>' and 'ND<' as
    // of
    // a reading.
    ARGUMENT_RESULT,
    // KIND, given by the owner, or KIND:AUTHORISATION, given by the bringer; a new element of the field.
    ARGUMENT_CONSENT,
    // POINT=WHY, a new element of the field.
    ARGUMENT_POINT,
    // A password: the flag names a file ('-' = standard input); without it the person is asked.
    ARGUMENT_SECRET,
    // As ARGUMENT_SECRET, and asked twice.
    ARGUMENT_NEW_SECRET,
    // Not a field: the command itself reads it.
    ARGUMENT_OPTION,
    // As ARGUMENT_OPTION, and takes no value.
    ARGUMENT_OPTION_SWITCH,
};

enum argument_trait {
    ARGUMENT_REQUIRED = 1,
    ARGUMENT_POSITIONAL = 2,
    ARGUMENT_REPEATED = 4,
    // Without the flag the profile's value of the same name is used.
    ARGUMENT_FROM_PROFILE = 8,
    // The value is a file's name: completion offers files.
    ARGUMENT_PATH = 16,
    // The value names a profile; a noun or topic; a verb of the noun before it: completion offers those there
    // are.
    ARGUMENT_PROFILE_NAME = 32,
    ARGUMENT_NOUN = 64,
    ARGUMENT_VERB = 128,
    // Of ARGUMENT_FILE: the file's own name, without folders, fills the request's field "name".
    ARGUMENT_KEEPS_NAME = 256,
};

struct argument {
    // Without dashes; upper case for a positional argument.
    const char *name;
    // Path of the field in the request: "owner.name". "items+.name" adds an element to items first;
    // "items.name" means the last element. NULL for options.
    const char *field;
    enum argument_kind kind;
    unsigned traits;
    // What help calls the value; of a secret, the question asked on a terminal.
    const char *value;
    const char *help;
    // Used when the flag is not given. NULL = none.
    const char *fallback;
    // All words it accepts, with blanks between, when it is no enum. NULL = not a list.
    const char *words;
    // One letter, or 0.
    char letter;
};
