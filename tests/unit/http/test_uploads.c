/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Parts of forms as files: in memory and on disk, kept and not; and what is left behind, which is
 * nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "form.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/weft-test-multipart-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? setenv("TMPDIR", folder, 1) : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

/* A form with a file of `size` bytes, byte i being i % 251. */
static void open_large(exchange *x, size_t size, const weft_multipart_limits *limits)
{
    static const char head[] =
        "--b\r\nContent-Disposition: form-data; name=f; filename=big\r\n\r\n";
    static weft_arena memory;
    weft_buffer body;
    weft_arena_reset(&memory);
    weft_arena_init(&memory, 0);
    weft_buffer_init(&body, &memory);
    weft_buffer_append(&body, head, sizeof head - 1);
    for (size_t i = 0; i < size; i++)
        weft_buffer_append(&body, &(char){(char)(i % 251)}, 1);
    weft_buffer_printf(&body, "\r\n--b--\r\n");
    begin(x, TYPE, weft_buffer_str(&body));
    x->step = 5000;
    assert_int_equal(weft_multipart_open(&x->form, &x->request, limits), 200);
}

static void assert_content(const weft_upload *upload, size_t size)
{
    static char piece[4096];
    size_t got;
    assert_int_equal(upload->size, size);
    for (size_t at = 0; at <= size; at += sizeof piece) {
        assert_int_equal(weft_upload_read_at(upload, piece, sizeof piece, at, &got), WEFT_OK);
        assert_int_equal(got, size - at < sizeof piece ? size - at : sizeof piece);
        for (size_t i = 0; i < got; i++)
            assert_int_equal((unsigned char)piece[i], (at + i) % 251);
    }
    assert_int_equal(weft_upload_read_at(upload, piece, 1, size, &got), WEFT_OK);
    assert_int_equal(got, 0);
    assert_int_equal(weft_upload_read_at(upload, piece, 1, size + 10, &got), WEFT_OK);
    assert_int_equal(got, 0);
}

static size_t files_in_folder(void)
{
    DIR *opened = opendir(folder);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(opened)) != NULL;)
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(opened);
    return count;
}

static unsigned open_descriptors(void)
{
    unsigned count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void uploads(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        bool on_disk;
    } cases[] = {{0, false},
                 {1, false},
                 {WEFT_UPLOAD_MEMORY - 1, false},
                 {WEFT_UPLOAD_MEMORY, true}, /* whether it ends there is not known yet */
                 {WEFT_UPLOAD_MEMORY + 1, true},
                 {5 * WEFT_UPLOAD_MEMORY + 17, true}};
    unsigned before = open_descriptors();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        exchange x;
        weft_part part;
        weft_upload upload;
        open_large(&x, cases[i].size, NULL);
        assert_int_equal(weft_multipart_next(x.form, &part), 200);
        assert_int_equal(weft_part_upload(&part, &upload), 200);
        assert_int_equal(upload.file != NULL, cases[i].on_disk);
        assert_int_equal(upload.at != NULL, !cases[i].on_disk);
        assert_true(same(upload.name, "big"));
        assert_int_equal(weft_multipart_next(x.form, &part), 204);
        assert_int_equal(weft_multipart_close(x.form), 200);
        assert_int_equal(files_in_folder(), 0);
        assert_content(&upload, cases[i].size);
        assert_int_equal(open_descriptors(), before + cases[i].on_disk);
        end(&x);
        assert_int_equal(open_descriptors(), before);
    }
}

static void several_uploads(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    weft_upload one, two;
    open_form(&x, FILE_OF("f", "1", "first") FILE_OF("f", "2", "second") LAST, NULL);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_upload(&part, &one), 200);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_upload(&part, &two), 200);
    assert_memory_equal(one.at, "first", 5);
    assert_memory_equal(two.at, "second", 6);
    assert_true(same(two.content_type, "image/png"));
    end(&x);
}

static char path[sizeof folder + 16];

static void saved(size_t size)
{
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_size, size);
    assert_int_equal(unlink(path), 0);
}

static void saving(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 100, 3 * WEFT_UPLOAD_MEMORY + 1};
    snprintf(path, sizeof path, "%s/saved", folder);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        exchange x;
        weft_part part;
        weft_upload upload;
        uint64_t size;
        open_large(&x, sizes[i], NULL);
        assert_int_equal(weft_multipart_next(x.form, &part), 200);
        assert_int_equal(weft_part_save(&part, path, &size), 200);
        assert_int_equal(size, sizes[i]);
        saved(sizes[i]);
        end(&x);
        open_large(&x, sizes[i], NULL);
        assert_int_equal(weft_multipart_next(x.form, &part), 200);
        assert_int_equal(weft_part_upload(&part, &upload), 200);
        assert_int_equal(weft_upload_save(&upload, path), WEFT_OK);
        assert_int_equal(weft_upload_save(&upload, path), WEFT_EXISTS);
        end(&x);
        saved(sizes[i]);
    }
}

static void saving_what_breaks_off(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    snprintf(path, sizeof path, "%s/saved", folder);
    open_large(&x, 3 * WEFT_UPLOAD_MEMORY, NULL);
    x.body.len -= 1000;
    x.broken = WEFT_HTTP_BAD_REQUEST;
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_save(&part, path, NULL), 400);
    assert_int_equal(files_in_folder(), 0);
    end(&x);
    open_large(&x, 3 * WEFT_UPLOAD_MEMORY, &(weft_multipart_limits){.part = 100000});
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_save(&part, path, NULL), 413);
    assert_int_equal(files_in_folder(), 0);
    end(&x);
}

static void files_that_cannot_be(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    weft_upload upload;
    open_large(&x, 1, NULL);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_save(&part, folder, NULL), 409);
    told(&x, 409, "there is a file of that name already");
    end(&x);
    open_large(&x, 1, NULL);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_save(&part, "/nowhere/at/all", NULL), 500);
    assert_int_equal(weft_multipart_close(x.form), 500);
    end(&x);
    open_large(&x, WEFT_UPLOAD_MEMORY, &(weft_multipart_limits){.folder = "/nowhere"});
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_upload(&part, &upload), 500);
    end(&x);
}

static void links_are_not_followed(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    snprintf(path, sizeof path, "%s/link", folder);
    assert_int_equal(symlink("elsewhere", path), 0);
    open_large(&x, 1, NULL);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_save(&part, path, NULL), 409);
    end(&x);
    assert_int_equal(unlink(path), 0);
}

/* Files may not grow beyond what was gathered first. */
static void a_disk_that_takes_no_more(void **state)
{
    (void)state;
    struct rlimit outer, inner;
    getrlimit(RLIMIT_FSIZE, &outer);
    inner = outer;
    inner.rlim_cur = WEFT_UPLOAD_MEMORY;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &inner);
    for (int kept = 0; kept < 2; kept++) {
        exchange x;
        weft_part part;
        weft_upload upload;
        snprintf(path, sizeof path, "%s/saved", folder);
        open_large(&x, 2 * WEFT_UPLOAD_MEMORY, NULL);
        assert_int_equal(weft_multipart_next(x.form, &part), 200);
        assert_int_equal(
            kept ? weft_part_upload(&part, &upload) : weft_part_save(&part, path, NULL), 503);
        assert_int_equal(files_in_folder(), 0);
        end(&x);
    }
    setrlimit(RLIMIT_FSIZE, &outer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uploads),
        cmocka_unit_test(several_uploads),
        cmocka_unit_test(saving),
        cmocka_unit_test(saving_what_breaks_off),
        cmocka_unit_test(files_that_cannot_be),
        cmocka_unit_test(links_are_not_followed),
        cmocka_unit_test(a_disk_that_takes_no_more),
    };
    return cmocka_run_group_tests_name("uploads", tests, make_folder, remove_folder);
}
