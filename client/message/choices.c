// SPDX-License-Identifier: Apache-2.0
// Words of enum values: see choices.h. The prefix is what stands before UNSPECIFIED in the name of the
// zero value, which every enum of the schema has (buf lint ENUM_ZERO_VALUE_SUFFIX).
#include "message/choices.h"

#include <ctype.h>
#include <string.h>

enum { WORD_SIZE = 64 };

static size_t prefix_length(const ProtobufCEnumDescriptor *descriptor)
{
    static const char zero[] = "UNSPECIFIED";
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(descriptor, 0);
    size_t length = value != NULL ? strlen(value->name) : 0;

    if (length < sizeof zero - 1 || strcmp(value->name + length - (sizeof zero - 1), zero) != 0)
        return 0;
    return length - (sizeof zero - 1);
}

static void word_of(const ProtobufCEnumDescriptor *descriptor, const ProtobufCEnumValue *value,
                    char *ret_word, size_t size)
{
    const char *name = value->name + prefix_length(descriptor);
    size_t i = 0;

    for (; name[i] != '\0' && i + 1 < size; i++)
        ret_word[i] = (char)tolower((unsigned char)name[i]);
    ret_word[i] = '\0';
}

void choices_word(const ProtobufCEnumDescriptor *descriptor, int value, char *ret_word, size_t size)
{
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(descriptor, value);

    ret_word[0] = '\0';
    if (value == 0)
        return;
    if (found == NULL)
        snprintf(ret_word, size, "%d", value);
    else
        word_of(descriptor, found, ret_word, size);
}

void choices_write(FILE *out, const ProtobufCEnumDescriptor *descriptor, const char *between)
{
    const char *separator = "";

    for (unsigned i = 0; i < descriptor->n_values; i++) {
        char word[WORD_SIZE];

        if (descriptor->values[i].value == 0)
            continue;
        word_of(descriptor, &descriptor->values[i], word, sizeof word);
        fprintf(out, "%s%s", separator, word);
        separator = between;
    }
}

static bool same_word(const char *typed, const char *word)
{
    for (; *typed != '\0' && *word != '\0'; typed++, word++) {
        char c = *typed == '-' ? '_' : (char)tolower((unsigned char)*typed);

        if (c != *word)
            return false;
    }
    return *typed == *word;
}

bool choices_value(const ProtobufCEnumDescriptor *descriptor, const char *word, int *ret_value)
{
    for (unsigned i = 0; i < descriptor->n_values; i++) {
        char candidate[WORD_SIZE];

        if (descriptor->values[i].value == 0)
            continue;
        word_of(descriptor, &descriptor->values[i], candidate, sizeof candidate);
        if (same_word(word, candidate)) {
            *ret_value = descriptor->values[i].value;
            return true;
        }
    }
    return false;
}

const ProtobufCEnumDescriptor *choices_at(const ProtobufCMessageDescriptor *message, const char *path)
{
    while (message != NULL && path != NULL) {
        char name[64];
        size_t length = strcspn(path, ".+");
        const ProtobufCFieldDescriptor *field;

        if (length >= sizeof name)
            return NULL;
        memcpy(name, path, length);
        name[length] = '\0';
        field = protobuf_c_message_descriptor_get_field_by_name(message, name);
        if (field == NULL || field->type == PROTOBUF_C_TYPE_ENUM)
            return field != NULL ? field->descriptor : NULL;
        message = field->type == PROTOBUF_C_TYPE_MESSAGE ? field->descriptor : NULL;
        path = strchr(path, '.');
        path = path != NULL ? path + 1 : NULL;
    }
    return NULL;
}
