// SPDX-License-Identifier: Apache-2.0
// Logging in, who somebody is, and the lock: it hides the screen and keeps everything, until the same
// person's password opens it.
#include <stdio.h>
#include <string.h>

#include "desk/guest.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/staff.pb-c.h"

void login_show(struct desk *desk)
{
    struct form *form = &desk->login;
    struct slot *slot;

    memset(form, 0, sizeof *form);
    slot = form_add(form, SLOT_TEXT, "username", "用户名", "Username", 40);
    slot->traits = SLOT_REQUIRED;
    field_set(&slot->field, desk->username);
    slot = form_add(form, SLOT_TEXT, "desk", "工位", "Desk", 10);
    field_set(&slot->field, desk->desk);
    form_add(form, SLOT_SECRET, "password", "密码", "Password", 128)->traits = SLOT_REQUIRED;
    form_go(form, desk->username[0] != '\0' ? 2 : 0);
    desk->screen = DESK_LOGIN;
    desk->dialog = DIALOG_NONE;
}

void login_lock(struct desk *desk)
{
    if (desk->screen == DESK_LOCKED || desk->screen == DESK_LOGIN)
        return;
    memset(&desk->unlock, 0, sizeof desk->unlock);
    form_add(&desk->unlock, SLOT_SECRET, "password", "密码", "Password", 128)->traits = SLOT_REQUIRED;
    desk->before_lock = desk->screen;
    desk->screen = DESK_LOCKED;
    // Nothing that was shown in full survives the lock.
    desk_drop(&desk->revealed);
}

static void send(struct desk *desk, struct form *form)
{
    struct ask ask;
    char username[FIELD_BYTES], desk_name[FIELD_BYTES], password[FIELD_BYTES];
    struct slot *slot = form_find(form, "password");
    const struct slot *name = form_find(form, "username"), *place = form_find(form, "desk");

    if (desk->running == ASK_LOGIN)
        return;
    snprintf(username, sizeof username, "%s", desk->username);
    snprintf(desk_name, sizeof desk_name, "%s", desk->desk);
    if (name != NULL)
        form_value(name, username);
    if (place != NULL)
        form_value(place, desk_name);
    form_value(slot, password);
    if (desk->is_cut_off && opening_knows(desk, username)) {
        if (opening_unlock(desk, username, password))
            login_unlocked(desk);
    } else if (!ask_begin(ASK_LOGIN, &ask)) {
        desk_tell(desk, NOTE_BAD, "内存不足", "Out of memory");
    } else if (parts_set(&ask, "username", username) && parts_set(&ask, "desk", desk_name) &&
               parts_set(&ask, "password", password)) {
        snprintf(desk->username, sizeof desk->username, "%.63s", username);
        snprintf(desk->desk, sizeof desk->desk, "%.15s", desk_name);
        snprintf(desk->offline.password, sizeof desk->offline.password, "%.128s", password);
        parts_put(desk, &ask);
    } else {
        ask_free(&ask);
    }
    explicit_bzero(password, sizeof password);
    explicit_bzero(slot->field.text, sizeof slot->field.text);
    slot->field.length = slot->field.cursor = 0;
}

static bool press_form(struct desk *desk, struct form *form, const struct press *press)
{
    enum form_result result;
    size_t fault;

    if (press->kind != PRESS_ENTER || form->focus + 1 < form->count) {
        result = form_press(form, press);
        return result != FORM_IGNORED;
    }
    fault = form_first_fault(form);
    if (fault < form->count) {
        form_go(form, fault);
        desk_tell(desk, NOTE_BAD, "请填写%s", "%s is missing",
                  desk_say(desk, form->slots[fault].zh, form->slots[fault].en));
        return true;
    }
    send(desk, form);
    return true;
}

bool login_press(struct desk *desk, const struct press *press)
{
    return press_form(desk, &desk->login, press);
}

bool locked_press(struct desk *desk, const struct press *press)
{
    return press_form(desk, &desk->unlock, press);
}

void login_unlocked(struct desk *desk)
{
    if (desk->screen == DESK_LOCKED)
        desk->screen = desk->before_lock;
    else
        desk->screen = desk->intake->is_open ? DESK_INTAKE : DESK_HOME;
}

void login_begin(struct desk *desk)
{
    desk->screen = DESK_HOME;
    parts_ask(desk, ASK_WHO, NULL, NULL);
    offline_begin(desk);
}

void login_answered(struct desk *desk, ProtobufCMessage *response)
{
    Touchstone__V1__LoginResponse *answer = (Touchstone__V1__LoginResponse *)response;

    snprintf(desk->new_token, sizeof desk->new_token, "%s", answer->token);
    explicit_bzero(answer->token, strlen(answer->token));
    if (desk->screen == DESK_LOCKED) {
        desk->screen = desk->before_lock;
        offline_begin(desk);
        return;
    }
    login_begin(desk);
    if (desk->intake->is_open)
        desk->screen = DESK_INTAKE;
}

static const char *role_word(const struct desk *desk, int role)
{
    static const struct {
        const char *zh, *en;
    } words[] = {{"", ""},
                 {"接待", "reception"},
                 {"检测", "technician"},
                 {"复核", "reviewer"},
                 {"授权签字", "signatory"},
                 {"管理", "manager"},
                 {"质量", "quality"},
                 {"审计", "auditor"},
                 {"系统管理", "administrator"}};

    if (role < 0 || (size_t)role >= sizeof words / sizeof *words)
        return "?";
    return desk_say(desk, words[role].zh, words[role].en);
}

void login_roles(const struct desk *desk, char *ret_text, size_t size)
{
    size_t length = 0;

    ret_text[0] = '\0';
    for (size_t i = 0; i < desk->role_count && length < size; i++)
        length += (size_t)snprintf(ret_text + length, size - length, "%s%s", i > 0 ? "+" : "",
                                   role_word(desk, desk->roles[i]));
}

static const Touchstone__V1__LaboratoryRoles *roles_here(const struct desk *desk,
                                                         const Touchstone__V1__StaffMember *staff)
{
    for (size_t i = 0; i < staff->n_roles; i++)
        if (strcmp(staff->roles[i]->laboratory, desk->laboratory) == 0)
            return staff->roles[i];
    return NULL;
}

// The laboratory that is meant when nobody says: the first one where the person has the role.
static void choose_laboratory(struct desk *desk, const Touchstone__V1__StaffMember *staff, int role)
{
    for (size_t i = 0; i < staff->n_roles && desk->laboratory[0] == '\0'; i++)
        for (size_t j = 0; j < staff->roles[i]->n_roles; j++)
            if ((int)staff->roles[i]->roles[j] == role)
                snprintf(desk->laboratory, sizeof desk->laboratory, "%s", staff->roles[i]->laboratory);
}

void login_who(struct desk *desk, const ProtobufCMessage *response)
{
    const Touchstone__V1__WhoAmIResponse *answer = (const Touchstone__V1__WhoAmIResponse *)response;
    const Touchstone__V1__LaboratoryRoles *roles;
    bool has_reception, sits_at_bench;

    if (answer->staff == NULL)
        return;
    choose_laboratory(desk, answer->staff, TOUCHSTONE__V1__ROLE__ROLE_RECEPTION);
    choose_laboratory(desk, answer->staff, TOUCHSTONE__V1__ROLE__ROLE_TECHNICIAN);
    snprintf(desk->name, sizeof desk->name, "%s", answer->staff->name);
    snprintf(desk->username, sizeof desk->username, "%s", answer->staff->username);
    snprintf(desk->desk, sizeof desk->desk, "%s", answer->desk);
    snprintf(desk->time_zone, sizeof desk->time_zone, "%s", answer->time_zone);
    desk->laboratory_count = 0;
    for (size_t i = 0; i < answer->staff->n_roles &&
                       desk->laboratory_count < sizeof desk->laboratories / sizeof *desk->laboratories;
         i++)
        snprintf(desk->laboratories[desk->laboratory_count++], sizeof *desk->laboratories, "%.15s",
                 answer->staff->roles[i]->laboratory);
    roles = roles_here(desk, answer->staff);
    desk->role_count = 0;
    for (size_t i = 0;
         roles != NULL && i < roles->n_roles && desk->role_count < sizeof desk->roles / sizeof *desk->roles;
         i++)
        desk->roles[desk->role_count++] = (int)roles->roles[i];
    has_reception = desk_is_receptionist(desk);
    sits_at_bench =
        desk->guest != NULL && desk_is_technician(desk) && (!has_reception || desk->prefers_guest);
    if (sits_at_bench && desk->screen == DESK_HOME)
        desk->guest->show(desk);
    else if (!has_reception)
        desk_tell(desk, NOTE_BAD, "您在 %s 没有接待角色", "You do not have the reception's role at %s",
                  desk->laboratory[0] != '\0' ? desk->laboratory : "?");
    else if (desk->desk[0] == '\0')
        desk_tell(desk, NOTE_BAD, "未登录到工位，不能收样：回执按工位编号",
                  "You are at no desk, and receipts are numbered per desk: log in with --desk");
}
