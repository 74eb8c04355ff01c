// SPDX-License-Identifier: Apache-2.0
// Pictures of items: see pictures.h.
#include "desk/pictures.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/parts.h"
#include "desk/press.h"
#include "wire/picture.h"

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static bool may_take(const struct desk *desk)
{
    return desk->dialog == DIALOG_NONE && ((desk->screen == DESK_ITEM && desk_item(desk) != NULL) ||
                                           (desk->screen == DESK_INTAKE && desk->intake->is_open));
}

void pictures_found(struct desk *desk, const char *path, int64_t written_ns)
{
    struct pictures *pictures = &desk->pictures;

    if (written_ns <= pictures->seen_ns)
        return;
    pictures->seen_ns = written_ns;
    snprintf(pictures->path, sizeof pictures->path, "%s", path);
    pictures->count++;
    pictures->is_shooting = false;
    desk_tell(desk, NOTE_PLAIN, "有 %u 张新照片（%s）：Ctrl-P 用于当前样品，Ctrl-V 先看",
              "%u new picture(s), %s: Ctrl-P gives it to the item, Ctrl-V shows it first", pictures->count,
              name_of(path));
}

void pictures_failed(struct desk *desk, const char *why)
{
    desk->pictures.is_shooting = false;
    desk_tell(desk, NOTE_BAD, "没有拍成：%s。Ctrl-P 再拍，或 F5 指定文件",
              "No picture was taken: %s. Ctrl-P tries again, F5 names a file", why);
}

void pictures_used(struct desk *desk)
{
    desk->pictures.path[0] = '\0';
    desk->pictures.count = 0;
}

// Of a file that is not too large. A camera may be writing it still: then it is cut.
static enum picture_fault fault_of(int file, const struct stat *found)
{
    size_t size = (size_t)found->st_size, length = 0;
    uint8_t *bytes = malloc(size + 1);
    enum picture_fault fault = PICTURE_IS_NONE;
    ssize_t got = 0;

    while (bytes != NULL && length < size && (got = read(file, bytes + length, size - length)) > 0)
        length += (size_t)got;
    if (bytes != NULL && got >= 0)
        fault = picture_check(bytes, length);
    free(bytes);
    return fault;
}

bool pictures_check(struct desk *desk, const char *path)
{
    struct stat found;
    enum picture_fault fault = PICTURE_IS_NONE;
    bool is_large = false;
    // Not waited for: a pipe that nobody writes would hold the desk for ever, a terminal would be read.
    int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (file < 0) {
        desk_tell(desk, NOTE_BAD, "%s 打不开：请核对文件名", "%s cannot be opened: look at its name",
                  name_of(path));
        return false;
    }
    if (fstat(file, &found) == 0 && S_ISREG(found.st_mode)) {
        is_large = found.st_size > PICTURE_BYTES_MOST;
        fault = is_large ? PICTURE_IS_LARGE : fault_of(file, &found);
    }
    close(file);
    if (is_large)
        desk_tell(desk, NOTE_BAD, "%s 有 %lld KiB，最多 2048：把相机调小或裁剪后再存",
                  "%s has %lld KiB, at most 2048 are taken: set the camera smaller, or crop it",
                  name_of(path), (long long)found.st_size / 1024);
    else if (fault != PICTURE_IS_WHOLE)
        desk_tell(desk, NOTE_BAD, "%s %s", "%s %s", name_of(path), picture_fault_text(fault, desk->chinese));
    return fault == PICTURE_IS_WHOLE;
}

bool pictures_are_fine(struct desk *desk)
{
    struct intake *intake = desk->intake;

    for (size_t i = 0; i < intake->item_count; i++) {
        const struct slot *slot = form_find(&intake->items[i].form, "photo");
        char path[FIELD_BYTES] = "";

        if (slot != NULL)
            form_value(slot, path);
        // What lies with a kept entry is no file.
        if (path[0] == '\0' || path[0] == '(' || pictures_check(desk, path))
            continue;
        intake->item_at = i;
        intake->part = INTAKE_ITEM;
        form_go(&intake->items[i].form, (size_t)(slot - intake->items[i].form.slots));
        return false;
    }
    return true;
}

// Into the intake's item: sent with it, in the one act, and kept with it over a cut.
static void into_intake(struct desk *desk)
{
    struct slot *slot = form_find(&intake_item(desk->intake)->form, "photo");

    if (slot == NULL) {
        desk_tell(desk, NOTE_BAD, "本实验室的收样不要照片", "This laboratory's intake has no picture");
        return;
    }
    field_set(&slot->field, desk->pictures.path);
    desk_tell(desk, NOTE_GOOD, "第 %zu 件用照片 %s", "Item %zu has the picture %s", desk->intake->item_at + 1,
              name_of(desk->pictures.path));
    pictures_used(desk);
}

static void into_item(struct desk *desk)
{
    dialog_open(desk, DIALOG_PHOTO);
    desk_tell(desk, NOTE_PLAIN, "F8 存入，Ctrl-V 先看，Esc 不用",
              "F8 keeps it, Ctrl-V shows it first, Esc does not");
}

void pictures_take(struct desk *desk)
{
    struct pictures *pictures = &desk->pictures;

    if (desk->screen == DESK_AIR && desk->dialog == DIALOG_NONE) {
        air_press(desk, &(struct press){.kind = PRESS_PICTURE});
    } else if (!may_take(desk)) {
        desk_tell(desk, NOTE_PLAIN, "照片属于样品：先打开样品或收样表单，再按 Ctrl-P",
                  "A picture is of an item: open an item or the intake first, then Ctrl-P");
    } else if (pictures->path[0] != '\0') {
        if (!pictures_check(desk, pictures->path))
            pictures_used(desk);
        else if (desk->screen == DESK_INTAKE)
            into_intake(desk);
        else
            into_item(desk);
    } else if (pictures->camera[0] != '\0' && !pictures->is_shooting) {
        pictures->wants_shot = pictures->is_shooting = true;
        desk_tell(desk, NOTE_PLAIN, "正在拍照...Esc 取消", "The camera takes it ... Esc stops it");
    } else if (desk->screen == DESK_ITEM) {
        dialog_open(desk, DIALOG_PHOTO);
    } else {
        desk_tell(
            desk, NOTE_PLAIN, "没有新照片：存入监看的文件夹，或在照片一项写文件名；也可先登记后补",
            "No new picture: put one into the watched folder, or name its file; it may also follow later");
    }
}

void pictures_view(struct desk *desk)
{
    struct slot *slot = desk->dialog == DIALOG_PHOTO ? form_find(&desk->dialog_form, "path")
                        : desk->screen == DESK_INTAKE && desk->intake->is_open
                            ? form_find(&intake_item(desk->intake)->form, "photo")
                            : NULL;
    const char *path = desk->pictures.path[0] != '\0' ? desk->pictures.path
                       : slot != NULL                 ? slot->field.text
                                                      : "";

    if (desk->screen == DESK_AIR && desk->dialog == DIALOG_NONE)
        air_press(desk, &(struct press){.kind = PRESS_VIEW});
    else if (path[0] == '\0')
        desk_tell(desk, NOTE_PLAIN, "没有照片可看", "There is no picture to look at");
    else if (pictures_check(desk, path))
        snprintf(desk->pictures.wants_view, sizeof desk->pictures.wants_view, "%.511s", path);
}
