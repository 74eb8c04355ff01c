// SPDX-License-Identifier: Apache-2.0
// See values.h. A field that the answer does not have is an empty text: it is absent on this item, too.
#include "printer/values.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "print/cell.h"

// Below this a number or word tells which side is up; a control sign does nothing good on paper.
static bool is_drawn(gunichar sign)
{
    return g_unichar_isdefined(sign) && !g_unichar_iscntrl(sign) &&
           g_unichar_type(sign) != G_UNICODE_FORMAT && g_unichar_type(sign) != G_UNICODE_LINE_SEPARATOR &&
           g_unichar_type(sign) != G_UNICODE_PARAGRAPH_SEPARATOR &&
           g_unichar_type(sign) != G_UNICODE_PRIVATE_USE;
}

static void add_safely(GString *out, const char *text)
{
    for (const char *at = text; *at != '\0';) {
        gunichar sign = g_utf8_get_char_validated(at, -1);

        if (sign == (gunichar)-1 || sign == (gunichar)-2) {
            at++;
            continue;
        }
        if (is_drawn(sign))
            g_string_append_unichar(out, sign);
        else if (sign == '\n' || sign == '\t')
            g_string_append_c(out, ' ');
        at = g_utf8_next_char(at);
    }
}

// Of a list within the message each text once, and none that is empty: four elements by one method name it
// once.
static char *without_doubles(const char *text)
{
    gchar **parts = g_strsplit(text, ", ", -1);
    GPtrArray *once = g_ptr_array_new();
    char *joined;

    for (size_t i = 0; parts[i] != NULL; i++)
        if (parts[i][0] != '\0' && !g_ptr_array_find_with_equal_func(once, parts[i], g_str_equal, NULL))
            g_ptr_array_add(once, parts[i]);
    g_ptr_array_add(once, NULL);
    joined = g_strjoinv(", ", (gchar **)once->pdata);
    g_ptr_array_free(once, TRUE);
    g_strfreev(parts);
    return joined;
}

static void add_message(GString *out, const ProtobufCMessage *message, const char *path)
{
    char *text = cell_text(message, path, true);

    if (text != NULL && strchr(path, '.') != NULL) {
        char *once = without_doubles(text);

        add_safely(out, once);
        g_free(once);
    } else if (text != NULL) {
        add_safely(out, text);
    }
    free(text);
}

// The nearest message that has such a field: the list's element, then the paper, then the whole.
static void add_found(GString *out, const struct values *values, const char *name)
{
    const ProtobufCMessage *places[] = {values->row, values->row_root, values->paper, values->root};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (places[i] != NULL && cell_path_exists(places[i]->descriptor, name)) {
            add_message(out, places[i], name);
            return;
        }
}

static void add_field(GString *out, const struct values *values, const char *name)
{
    if (name[0] == '"')
        g_string_append_len(out, name + 1, (gssize)strcspn(name + 1, "\""));
    else if (strcmp(name, "server") == 0)
        add_safely(out, values->server);
    else if (strcmp(name, "mark") == 0)
        add_safely(out, values->mark);
    else if (strcmp(name, "received_at") == 0 && values->received_at != NULL &&
             values->received_at[0] != '\0')
        add_safely(out, values->received_at);
    else if (strcmp(name, "number") == 0)
        g_string_append_printf(out, "%d", values->number);
    else if (strcmp(name, "page") == 0)
        g_string_append_printf(out, "%d", values->page);
    else if (strcmp(name, "pages") == 0)
        g_string_append_printf(out, "%d", values->pages);
    else
        add_found(out, values, name);
}

// {owner_name|owner.name_masked|"-"}: the first that is not empty; what stands in quotes stands for itself.
static void add_alternatives(GString *out, const struct values *values, const char *names)
{
    gchar **each = g_strsplit(names, "|", -1);
    gsize before = out->len;

    for (size_t i = 0; each[i] != NULL && out->len == before; i++)
        add_field(out, values, each[i]);
    g_strfreev(each);
}

char *values_fill(const struct values *values, const char *words)
{
    GString *out = g_string_new(NULL);

    while (*words != '\0') {
        const char *end = *words == '{' ? strchr(words, '}') : NULL;
        char name[64];

        if (end != NULL && (size_t)(end - words) <= sizeof name) {
            g_strlcpy(name, words + 1, (gsize)(end - words));
            add_alternatives(out, values, name);
            words = end + 1;
        } else {
            g_string_append_c(out, *words++);
        }
    }
    return g_string_free(out, FALSE);
}
