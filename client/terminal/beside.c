// SPDX-License-Identifier: Apache-2.0
// See beside.h.
#include "terminal/beside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/desk.h"
#include "files/newest_file.h"
#include "run/client.h"
#include "terminal/viewer.h"
#include "touchstone/v1/visit.pb-c.h"
#include "wire/error.h"

enum { LOOK_MS = 1000, SOON_MS = 100, SHOT_MS = 30000, NOTICE_MS = 60000, RECORD_MS = 600000, WORDS = 16 };

static int64_t written_ns(const struct stat *found)
{
    return (int64_t)found->st_mtim.tv_sec * 1000000000 + found->st_mtim.tv_nsec;
}

static bool is_picture(const char *name, const struct stat *found)
{
    static const char *const ends[] = {".jpg", ".jpeg", ".png"};
    size_t length = strlen(name);

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (length > strlen(ends[i]) && strcasecmp(name + length - strlen(ends[i]), ends[i]) == 0)
            return found->st_size > 0;
    return false;
}

// The newest picture of the folder. False when there is none.
static bool newest(const char *folder, char ret_path[PICTURES_PATH], int64_t *ret_ns)
{
    struct ts_error error = {0};
    struct stat found;

    if (!newest_file_in(folder, is_picture, ret_path, PICTURES_PATH, &found, &error))
        return false;
    *ret_ns = written_ns(&found);
    return true;
}

void beside_begin(struct beside *beside, struct client *client, struct desk *desk)
{
    struct pictures *pictures = &desk->pictures;
    char path[PICTURES_PATH];

    print_queue_begin(&beside->prints, client, desk);
    snprintf(pictures->folder, sizeof pictures->folder, "%s", client->profile.pictures);
    snprintf(pictures->camera, sizeof pictures->camera, "%s", client->profile.camera);
    if (pictures->folder[0] == '\0')
        return;
    if (access(pictures->folder, R_OK | X_OK) != 0)
        desk_tell(desk, NOTE_BAD, "照片文件夹 %s 读不到：建好它，或换一个 --pictures",
                  "The folder of pictures %s cannot be read: make it, or name another by --pictures",
                  pictures->folder);
    newest(pictures->folder, path, &pictures->seen_ns);
}

static bool make_folder(struct beside *beside, struct ts_error *error)
{
    char where[sizeof beside->folder - sizeof "/desk-XXXXXX"];

    if (beside->folder[0] != '\0')
        return true;
    if (!viewer_folder(where, sizeof where, error))
        return false;
    snprintf(beside->folder, sizeof beside->folder, "%s/desk-XXXXXX", where);
    if (mkdtemp(beside->folder) != NULL)
        return true;
    beside->folder[0] = '\0';
    return error_set(error, TS_FAILED_PRECONDITION, "NO_FOLDER", "%.180s: %s", where, strerror(errno));
}

// The camera's command is words between blanks: no shell, so that no name of a file is a command. {} is where
// the picture goes to; without it that is the last word.
static void shoot(struct beside *beside, struct desk *desk, int64_t now_ms)
{
    char command[PICTURES_PATH], *rest = command, *word;
    const char *words[WORDS + 2];
    struct ts_error error = {0};
    size_t count = 0;
    bool has_place = false;

    snprintf(command, sizeof command, "%s", desk->pictures.camera);
    if (!make_folder(beside, &error)) {
        pictures_failed(desk, desk_say(desk, "建不了临时文件夹", "no temporary folder can be made"));
        return;
    }
    snprintf(beside->shot, sizeof beside->shot, "%s/%u.jpg", beside->folder, ++beside->shots);
    while (count < WORDS && (word = strtok_r(rest, " ", &rest)) != NULL) {
        bool is_place = strcmp(word, "{}") == 0;

        has_place = has_place || is_place;
        words[count++] = is_place ? beside->shot : word;
    }
    if (!has_place)
        words[count++] = beside->shot;
    words[count] = NULL;
    if (!child_start(&beside->camera, words, now_ms + SHOT_MS, &error))
        pictures_failed(desk, error.detail);
}

static void look_at_camera(struct beside *beside, struct desk *desk, int64_t now_ms)
{
    enum child_state state;
    struct stat found;

    if (desk->pictures.wants_shot)
        shoot(beside, desk, now_ms);
    desk->pictures.wants_shot = false;
    if (!desk->pictures.is_shooting && beside->camera.pid != 0) {
        child_stop(&beside->camera);
        return;
    }
    state = child_look(&beside->camera, now_ms);
    if (state == CHILD_NONE || state == CHILD_RUNS)
        return;
    if (state == CHILD_DONE && stat(beside->shot, &found) == 0 && found.st_size > 0)
        pictures_found(desk, beside->shot, written_ns(&found));
    else
        pictures_failed(desk,
                        state == CHILD_LATE
                            ? desk_say(desk, "相机 30 秒没有回应", "the camera did not answer in 30 s")
                        : beside->camera.said[0] != '\0'
                            ? beside->camera.said
                            : desk_say(desk, "相机命令没有写出照片", "the command of the camera wrote none"));
}

static void look_at_folder(struct beside *beside, struct desk *desk, int64_t now_ms)
{
    char path[PICTURES_PATH];
    int64_t ns = 0;

    if (desk->pictures.folder[0] == '\0' || now_ms - beside->looked_ms < LOOK_MS)
        return;
    beside->looked_ms = now_ms;
    if (newest(desk->pictures.folder, path, &ns))
        pictures_found(desk, path, ns);
}

static void view(struct desk *desk)
{
    struct ts_error error = {0};

    if (desk->pictures.wants_view[0] == '\0')
        return;
    if (viewer_open(desk->pictures.wants_view, &error))
        desk_tell(desk, NOTE_PLAIN, "正在打开照片", "The picture is being opened");
    else
        desk_tell(desk, NOTE_BAD, "打不开：%s。设置 TOUCHSTONE_VIEWER 为看图程序",
                  "It cannot be shown: %s. Set TOUCHSTONE_VIEWER to a program that shows pictures",
                  error.detail);
    desk->pictures.wants_view[0] = '\0';
}

// By this very program: item print-rejection.
static void print(struct beside *beside, struct desk *desk, int64_t now_ms)
{
    const char *words[] = {"/proc/self/exe", "item", "print-rejection", desk->wants_notice, NULL};
    struct ts_error error = {0};
    enum child_state state = child_look(&beside->notice, now_ms);

    if (state == CHILD_DONE)
        desk_tell(desk, NOTE_GOOD, "拒收通知单已送打印", "The notice is sent to the printer");
    else if (state == CHILD_FAILED || state == CHILD_LATE)
        desk_tell(desk, NOTE_BAD, "通知单没有打印：%s", "The notice is not printed: %s", beside->notice.said);
    if (desk->wants_notice[0] == '\0')
        return;
    if (!child_start(&beside->notice, words, now_ms + NOTICE_MS, &error))
        desk_tell(desk, NOTE_BAD, "通知单没有打印：%s", "The notice is not printed: %s", error.detail);
    desk->wants_notice[0] = '\0';
}

static bool write_record(struct beside *beside, const Touchstone__V1__GetVisitResponse *answer,
                         char *ret_path, size_t size, struct ts_error *error)
{
    FILE *file;

    if (!make_folder(beside, error))
        return false;
    snprintf(ret_path, size, "%s/record.txt", beside->folder);
    file = fopen(ret_path, "we");
    for (size_t i = 0; file != NULL && i < answer->n_field_record; i++)
        fprintf(file, "%s\n", answer->field_record[i]);
    if (file != NULL && fclose(file) == 0)
        return true;
    return error_set(error, TS_INTERNAL, "NO_FILE", "%.180s: %s", ret_path, strerror(errno));
}

// The field record as a text file: opened, or given to lp.
static void record(struct beside *beside, struct desk *desk, int64_t now_ms)
{
    const Touchstone__V1__GetVisitResponse *answer = (Touchstone__V1__GetVisitResponse *)desk->air.message;
    bool is_printed = desk->wants_record == 'p';
    char path[sizeof beside->shot];
    const char *words[] = {"lp", path, NULL};
    struct ts_error error = {0};

    child_look(&beside->record, now_ms);
    if (desk->wants_record == '\0' || answer == NULL)
        return;
    desk->wants_record = '\0';
    if (!write_record(beside, answer, path, sizeof path, &error) ||
        !(is_printed ? child_start(&beside->record, words, now_ms + RECORD_MS, &error)
                     : viewer_open(path, &error)))
        desk_tell(desk, NOTE_BAD,
                  "记录表打不开或打不出：%s。命令行：touchstone visit show %s --field field_record",
                  "The record cannot be opened or printed: %s. By hand: touchstone visit show %s --field "
                  "field_record",
                  error.detail, desk->air_code);
    else
        desk_tell(desk, NOTE_PLAIN, "现场记录表已交给 %s", "The field record is given to %s",
                  is_printed ? "lp" : desk_say(desk, "查看程序", "the viewer"));
}

void beside_look(struct beside *beside, struct desk *desk, int64_t now_ms)
{
    look_at_camera(beside, desk, now_ms);
    look_at_folder(beside, desk, now_ms);
    view(desk);
    record(beside, desk, now_ms);
    print(beside, desk, now_ms);
    print_queue_look(&beside->prints, desk, now_ms);
}

int beside_wait_ms(const struct beside *beside)
{
    int printing = print_queue_wait_ms(&beside->prints);

    return beside->camera.pid != 0 || beside->notice.pid != 0 ? SOON_MS : printing;
}

void beside_end(struct beside *beside)
{
    child_stop(&beside->camera);
    child_stop(&beside->notice);
    print_queue_end(&beside->prints);
    for (unsigned i = 1; i <= beside->shots; i++) {
        snprintf(beside->shot, sizeof beside->shot, "%s/%u.jpg", beside->folder, i);
        unlink(beside->shot);
    }
    if (beside->folder[0] == '\0')
        return;
    snprintf(beside->shot, sizeof beside->shot, "%s/record.txt", beside->folder);
    unlink(beside->shot);
    rmdir(beside->folder);
}
