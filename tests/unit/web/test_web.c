// SPDX-License-Identifier: Apache-2.0
// The table of the consumers' pages: what the daemon serves is complete, small and strict.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "web/web.h"

#include <string.h>

static const struct web_asset *find(const char *path)
{
    return web_find(path, strlen(path));
}

static void test_every_page_and_every_part_of_it_is_found(void **state)
{
    static const char *const PATHS[] = {
        "/s",       "/s/base.js",      "/s/verify.js",     "/s/page.css", "/s/icon.svg",
        "/s/sw.js", "/s/track.js",     "/s/offline.html",  "/t",          "/s/manifest.webmanifest",
        "/board",   "/board/board.js", "/board/board.css", "/q",          "/q/queue.js"};
    (void)state;
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        const struct web_asset *asset = find(PATHS[i]);
        assert_non_null(asset);
        assert_true(asset->length > 100);
        assert_memory_equal(asset->etag, "W/\"", 3);
        assert_memory_equal(asset->packed, "\x1f\x8b\x08", 3);
    }
    assert_int_equal(WEB_ASSET_COUNT, sizeof PATHS / sizeof *PATHS);
}

static void test_a_path_that_is_nearly_one_is_not_found(void **state)
{
    (void)state;
    assert_null(find("/s/"));
    assert_null(find("/"));
    assert_null(find("/s/verify"));
    assert_null(find("/s/../t"));
    assert_null(web_find("/s", 1));
}

// What a phone loads before it can verify without a network.
static void test_all_pages_together_are_below_100_kilobytes(void **state)
{
    size_t sum = 0, packed = 0;
    (void)state;
    for (size_t i = 0; i < WEB_ASSET_COUNT; i++)
        // The page as one file has the others' bytes in it; the wall board and the own number verify nothing.
        if (WEB_ASSETS[i].marker < 0 && strncmp(WEB_ASSETS[i].path, "/board", strlen("/board")) != 0 &&
            strncmp(WEB_ASSETS[i].path, "/q", strlen("/q")) != 0) {
            sum += WEB_ASSETS[i].length;
            packed += WEB_ASSETS[i].packed_length;
        }
    assert_in_range(sum, 10000, 100000);
    assert_in_range(packed, 10000, 45000);
    assert_in_range(find("/s/offline.html")->length, 10000, 100000);
}

static void test_every_policy_allows_nothing_from_elsewhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < WEB_ASSET_COUNT; i++) {
        assert_memory_equal(WEB_ASSETS[i].policy, "default-src 'none'; ", 20);
        assert_null(strstr(WEB_ASSETS[i].policy, "unsafe"));
        assert_null(strstr(WEB_ASSETS[i].policy, "http"));
        assert_null(strchr(WEB_ASSETS[i].policy, '*'));
    }
}

static void test_only_the_page_as_one_file_is_to_be_filled(void **state)
{
    (void)state;
    for (size_t i = 0; i < WEB_ASSET_COUNT; i++) {
        const struct web_asset *asset = &WEB_ASSETS[i];
        assert_int_equal(asset->marker >= 0, strcmp(asset->path, "/s/offline.html") == 0);
        if (asset->marker >= 0)
            assert_memory_equal(asset->bytes + asset->marker, WEB_MARKER, strlen(WEB_MARKER));
        assert_int_equal(asset->worker_scope != NULL, strcmp(asset->path, "/s/sw.js") == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_page_and_every_part_of_it_is_found),
        cmocka_unit_test(test_a_path_that_is_nearly_one_is_not_found),
        cmocka_unit_test(test_all_pages_together_are_below_100_kilobytes),
        cmocka_unit_test(test_every_policy_allows_nothing_from_elsewhere),
        cmocka_unit_test(test_only_the_page_as_one_file_is_to_be_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
