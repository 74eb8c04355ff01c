// SPDX-License-Identifier: Apache-2.0
// Notes, checkpoints, proofs and status lists. The key and the note are the example of C2SP signed-note; what
// an implementation in another language writes is read in tests/sheet/test_evidence.py.
#include "evidence/checkpoint.h"
#include "evidence/note.h"
#include "evidence/status_list.h"
#include "evidence/tlog_proof.h"
#include "testing.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/text.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_CEILING = 1 << 20 };

static const char EXAMPLE[] =
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
// What stands in base64 behind the type byte 01 of the example's verifier key.
static const char EXAMPLE_KEY[] = "e932791ae6e7a840a46164c904786426d5e7821dd8b29a00d61cae72afdd4da4";

static struct arena *arena;

static int begin(void **unused)
{
    (void)unused;
    arena = arena_create(ARENA_CEILING);
    return arena ? 0 : -1;
}

static int end(void **unused)
{
    (void)unused;
    arena_free(arena);
    return 0;
}

static bool ed25519_verifies(const uint8_t *key, const struct note *note,
                             const struct note_signature *signature)
{
    EVP_PKEY *public = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, NOTE_ED25519_BYTES);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool fine = EVP_DigestVerifyInit(context, NULL, NULL, NULL, public) == 1 &&
                EVP_DigestVerify(context, signature->bytes, signature->length, (const uint8_t *)note->body,
                                 note->body_length) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(public);
    return fine;
}

static void test_the_example_of_signed_note_verifies(void **unused)
{
    uint8_t key[TESTING_BYTES], id[NOTE_KEY_ID_BYTES];
    struct note note;
    (void)unused;
    assert_int_equal(testing_bytes(EXAMPLE_KEY, key), NOTE_ED25519_BYTES);
    note_key_id(NOTE_ED25519, "example.com/foo", key, NOTE_ED25519_BYTES, id);
    testing_equal(id, sizeof id, "530d903a");
    assert_true(note_read(EXAMPLE, strlen(EXAMPLE), arena, &note, NULL));
    assert_int_equal(note.count, 1);
    const struct note_signature *signature = note_find(&note, "example.com/foo", id);
    assert_non_null(signature);
    assert_true(ed25519_verifies(key, &note, signature));
    assert_null(note_find(&note, "example.com/fo", id));
    id[0] ^= 1;
    assert_null(note_find(&note, "example.com/foo", id));
}

static void test_a_note_is_written_as_the_example(void **unused)
{
    struct text text;
    struct note note;
    (void)unused;
    assert_true(note_read(EXAMPLE, strlen(EXAMPLE), arena, &note, NULL));
    text_init(&text, arena);
    note_put_body(&text, note.body, note.body_length);
    note_put_signature(&text, "example.com/foo", note.signatures[0].key_id, note.signatures[0].bytes,
                       note.signatures[0].length);
    assert_string_equal(text_finish(&text), EXAMPLE);
}

static void test_the_id_of_a_p256_key_is_of_its_spki_alone(void **unused)
{
    uint8_t id[NOTE_KEY_ID_BYTES], other[NOTE_KEY_ID_BYTES];
    (void)unused;
    note_key_id(NOTE_P256, "a", (const uint8_t *)"abc", 3, id);
    note_key_id(NOTE_P256, "b", (const uint8_t *)"abc", 3, other);
    testing_equal(id, sizeof id, "ba7816bf"); // SHA-256("abc"), FIPS 180-2
    assert_memory_equal(id, other, sizeof id);
}

static void test_the_text_may_hold_blank_lines_and_unknown_lines_are_kept(void **unused)
{
    static const char NOTE[] = "a\n\nb\n\n— x.example AAAAAAA=\n— é/ü AQIDBAU=\n";
    struct note note;
    (void)unused;
    assert_true(note_read(NOTE, strlen(NOTE), arena, &note, NULL));
    assert_int_equal(note.body_length, strlen("a\n\nb\n"));
    assert_int_equal(note.count, 2);
    testing_equal(note.signatures[1].key_id, NOTE_KEY_ID_BYTES, "01020304");
    testing_equal(note.signatures[1].bytes, note.signatures[1].length, "05");
}

static void test_what_is_no_note_is_refused(void **unused)
{
    static const char *const REFUSED[] = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "\n— x AAAAAAA=\n",                // no text
        "text\n— x AAAAAAA=\n",            // no blank line
        "text\n\n— x AAAAAAA=",            // no last line feed
        "text\n\n- x AAAAAAA=\n",          // a hyphen
        "text\n\n—  AAAAAAA=\n",           // no name
        "text\n\n— x+y AAAAAAA=\n",        //
        "text\n\n— x\xC2\xA0y AAAAAAA=\n", // a no-break space in the name
        "text\n\n— x AAAAAA==\n",          // a key id alone
        "text\n\n— x AAAAAAA\n",           // no padding
        "text\n\n— x AAAAAAB=\n",          // a bit that nobody reads
        "text\n\n— x AAAAAAA= \n",         //
        "text\n\n— x  AAAAAAA=\n",         //
        "te\txt\n\n— x AAAAAAA=\n",        // a control character
        "te\xFFxt\n\n— x AAAAAAA=\n",      // no UTF-8
        "text\n\n— x AAAAAAA=\nmore\n",    //
        "text\r\n\r\n— x AAAAAAA=\n",      //
    };
    (void)unused;
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        struct note note;
        struct ts_error error;
        char *exact = testing_exact(REFUSED[i], strlen(REFUSED[i]));
        if (note_read(exact, strlen(REFUSED[i]), arena, &note, &error))
            fail_msg("note %zu was taken", i);
        assert_string_equal(error.reason, "E_NOTE");
        free(exact);
    }
}

static void test_a_note_may_have_32_signatures(void **unused)
{
    char bytes[4096] = "text\n\n";
    struct note note;
    (void)unused;
    for (size_t i = 0; i < NOTE_SIGNATURES; i++)
        strcat(bytes, "— x AAAAAAA=\n");
    assert_true(note_read(bytes, strlen(bytes), arena, &note, NULL));
    strcat(bytes, "— x AAAAAAA=\n");
    assert_false(note_read(bytes, strlen(bytes), arena, &note, NULL));
}

static void test_a_checkpoint_is_three_lines(void **unused)
{
    // The example of C2SP tlog-checkpoint.
    static const char BODY[] =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    static const char *const REFUSED[] = {
        "",
        "o\n1\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n18446744073709551616\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n9223372036854775807\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nextension\n",
    };
    struct checkpoint checkpoint;
    struct text text;
    struct ts_error error;
    (void)unused;
    assert_true(checkpoint_read(BODY, strlen(BODY), &checkpoint, NULL));
    assert_true(checkpoint_is_of(&checkpoint, "example.com/behind-the-sofa"));
    assert_false(checkpoint_is_of(&checkpoint, "example.com/behind-the-sof"));
    assert_int_equal(checkpoint.size, 20852163);
    text_init(&text, arena);
    checkpoint_write(&text, "example.com/behind-the-sofa", checkpoint.size, checkpoint.root);
    assert_string_equal(text_finish(&text), BODY);
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        assert_false(checkpoint_read(REFUSED[i], strlen(REFUSED[i]), &checkpoint, &error));
        assert_string_equal(error.reason, "E_CHECKPOINT");
    }
}

// 64 bytes of zeros.
#define EXTRA_LINE                                                                                           \
    "extra "                                                                                                 \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n"

static void test_a_proof_reads_back_as_written_and_in_no_other_form(void **unused)
{
    static const char *const REFUSED[] = {
        "",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\n" EXTRA_LINE,
        "c2sp.org/tlog-proof@v1\n" EXTRA_LINE "index 1\n",
        "c2sp.org/tlog-proof@v1\n" EXTRA_LINE "index 1\n\n", // no checkpoint
        "c2sp.org/tlog-proof@v2\n" EXTRA_LINE "index 1\n\nnote\n",
        "c2sp.org/tlog-proof@v1\n" EXTRA_LINE "index 01\n\nnote\n",
        "c2sp.org/tlog-proof@v1\n" EXTRA_LINE "index\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nindex 1\n\nnote\n",             // no entry
        "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 1\n\nnote\n", // a short one
        "c2sp.org/tlog-proof@v1\n" EXTRA_LINE EXTRA_LINE "index 1\n\nnote\n",
        "c2sp.org/tlog-proof@v1\n" EXTRA_LINE "index 1\nAAAA\n\nnote\n",
    };
    uint8_t hashes[MERKLE_PROOF_HASHES][HASH_BYTES], entry[LOG_ENTRY_BYTES];
    struct tlog_proof proof;
    struct text text;
    struct ts_error error;
    (void)unused;
    for (size_t i = 0; i < MERKLE_PROOF_HASHES; i++)
        memset(hashes[i], (int)i, HASH_BYTES);
    memset(entry, 0x5a, sizeof entry);
    for (size_t count = 0; count <= MERKLE_PROOF_HASHES; count += 5) {
        text_init(&text, arena);
        tlog_proof_write(&text, entry, 73894, (const uint8_t(*)[HASH_BYTES])hashes, count, EXAMPLE,
                         strlen(EXAMPLE));
        assert_non_null(text_finish(&text));
        assert_true(tlog_proof_read(text.bytes, text.length, &proof, NULL));
        assert_memory_equal(proof.entry, entry, sizeof entry);
        assert_int_equal(proof.index, 73894);
        assert_int_equal(proof.count, count);
        assert_memory_equal(proof.hashes, hashes, count * HASH_BYTES);
        assert_int_equal(proof.checkpoint_length, strlen(EXAMPLE));
        assert_memory_equal(proof.checkpoint, EXAMPLE, strlen(EXAMPLE));
    }
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        assert_false(tlog_proof_read(REFUSED[i], strlen(REFUSED[i]), &proof, &error));
        assert_string_equal(error.reason, "E_PROOF");
    }
}

static void test_a_status_list_says_what_was_put_in(void **unused)
{
    uint8_t states[STATUS_LIST_BYTES] = {0};
    struct status_list list;
    struct text text;
    (void)unused;
    states[0] = 1 << 2 | 2 << 4; // indexes 1 and 2 of the shard
    states[STATUS_LIST_BYTES - 1] = 2 << 6;
    text_init(&text, arena);
    status_list_write(&text, "lab.example/log", 3, 262144, 1785542400, states, sizeof states);
    assert_non_null(text_finish(&text));
    assert_true(status_list_read(text.bytes, text.length, &list, NULL));
    assert_int_equal(list.shard, 3);
    assert_int_equal(list.size, 262144);
    assert_int_equal(list.unix_time, 1785542400);
    assert_int_equal(status_list_of(&list, 3 * STATUS_LIST_INDEXES), STATUS_LIST_VALID);
    assert_int_equal(status_list_of(&list, 3 * STATUS_LIST_INDEXES + 1), STATUS_LIST_SUPERSEDED);
    assert_int_equal(status_list_of(&list, 3 * STATUS_LIST_INDEXES + 2), STATUS_LIST_WITHDRAWN);
    assert_int_equal(status_list_of(&list, 4 * STATUS_LIST_INDEXES - 1), STATUS_LIST_WITHDRAWN);
    text_init(&text, arena); // a short list: what is behind it is valid
    status_list_write(&text, "lab.example/log", 0, 8, 0, states, 2);
    assert_non_null(text_finish(&text));
    assert_true(status_list_read(text.bytes, text.length, &list, NULL));
    assert_int_equal(status_list_of(&list, STATUS_LIST_INDEXES - 1), STATUS_LIST_VALID);
    states[7] = 3 << 2;
    assert_false(status_list_is_known(states, 8));
    assert_true(status_list_is_known(states, 7));
}

static void test_a_list_that_does_not_compress_is_still_written(void **unused)
{
    uint8_t states[STATUS_LIST_BYTES];
    struct status_list list;
    struct text text;
    uint32_t random = 1;
    (void)unused;
    for (size_t i = 0; i < sizeof states; i++) {
        states[i] = 0;
        for (size_t place = 0; place < 4; place++) {
            random = random * 1664525 + 1013904223;
            states[i] |= (uint8_t)((random >> 16) % 3 << 2 * place);
        }
    }
    text_init(&text, arena);
    status_list_write(&text, "lab.example/log", 0, 65536, 0, states, sizeof states);
    assert_non_null(text_finish(&text));
    assert_true(status_list_read(text.bytes, text.length, &list, NULL));
    assert_memory_equal(list.states, states, sizeof states);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_example_of_signed_note_verifies, begin, end),
        cmocka_unit_test_setup_teardown(test_a_note_is_written_as_the_example, begin, end),
        cmocka_unit_test(test_the_id_of_a_p256_key_is_of_its_spki_alone),
        cmocka_unit_test_setup_teardown(test_the_text_may_hold_blank_lines_and_unknown_lines_are_kept, begin,
                                        end),
        cmocka_unit_test_setup_teardown(test_what_is_no_note_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(test_a_note_may_have_32_signatures, begin, end),
        cmocka_unit_test_setup_teardown(test_a_checkpoint_is_three_lines, begin, end),
        cmocka_unit_test_setup_teardown(test_a_proof_reads_back_as_written_and_in_no_other_form, begin, end),
        cmocka_unit_test_setup_teardown(test_a_status_list_says_what_was_put_in, begin, end),
        cmocka_unit_test_setup_teardown(test_a_list_that_does_not_compress_is_still_written, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
