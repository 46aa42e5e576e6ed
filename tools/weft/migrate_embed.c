/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/migrate_embed.c: "weft migrate embed FILE": writes the migrations as C, to be compiled into
 * the program that applies them with weft_migrate_embedded.
 */
#include <weft/buffer.h>

#include <errno.h>

#include "command.h"
#include "db/migration_files.h"
#include "list.h"

/* One line of the text for each line of the literal; NULL for what is not there. */
static void write_literal(FILE *to, weft_str text)
{
    if (text.at == NULL) {
        fputs("     NULL", to);
        return;
    }
    fputs("     \"", to);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '\n')
            fputs(i + 1 < text.len ? "\\n\"\n     \"" : "\\n", to);
        else if (c == '"' || c == '\\')
            fprintf(to, "\\%c", c);
        else if (c < 0x20 || c == 0x7f || c == '?') /* '?': no trigraphs */
            fprintf(to, "\\%03o", c);
        else
            fputc(c, to);
    }
    fputc('"', to);
}

static void write_files(FILE *to, const char *engine, const weft__migrations *migrations)
{
    for (size_t i = 0; i < migrations->len; i++) {
        const weft_migration *migration = &migrations->at[i];
        if (engine != NULL)
            fprintf(to, "    {\"%s\",\n", engine);
        else
            fputs("    {NULL,\n", to);
        write_literal(to, migration->file);
        fputs(",\n", to);
        write_literal(to, migration->sql);
        fputs(",\n", to);
        write_literal(to, migration->down);
        fputs("},\n", to);
    }
}

/* A path that was read, as make and ninja read it. */
static void add_read(weft_buffer *read, const char *folder, weft_str file)
{
    weft_buffer_append_str(read, WEFT_STR(" "));
    for (const char *at = file.len != 0 ? join(folder, file.at) : folder; *at != '\0'; at++) {
        if (strchr(" #\\$", *at) != NULL)
            weft_buffer_append(read, *at == '$' ? "$" : "\\", 1);
        weft_buffer_append(read, at, 1);
    }
}

/* The files of one folder; EXIT_OK, or EXIT_FAILED and said why. */
static int embed(FILE *to, const char *engine, const char *folder, weft_buffer *read)
{
    weft__migrations migrations;
    weft_str why;
    if (weft__migrations_read(folder, weft_arena_current(), &migrations, &why) != WEFT_DB_OK)
        return fail("%.*s", WEFT_STR_ARGS(why));
    write_files(to, engine, &migrations);
    add_read(read, folder, (weft_str){0});
    for (size_t i = 0; i < migrations.len; i++) {
        add_read(read, folder, migrations.at[i].file);
        if (migrations.at[i].down_file.len != 0)
            add_read(read, folder, migrations.at[i].down_file);
    }
    return EXIT_OK;
}

static int embed_all(FILE *to, const char *folder, weft_buffer *read)
{
    static const char *const engines[] = {"sqlite", "postgres"};
    bool any = false;
    fputs("/* Written by \"weft migrate embed\": do not edit. */\n"
          "#include <weft/migrate.h>\n\n"
          "extern const weft_migration_text migrations[];\n"
          "const weft_migration_text migrations[] = {\n",
          to);
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
        const char *own = weft__migrations_folder(folder, engines[i], weft_arena_current());
        if (own == NULL || own == folder)
            continue;
        any = true;
        if (embed(to, engines[i], own, read) != EXIT_OK)
            return EXIT_FAILED;
    }
    if (!any && embed(to, NULL, folder, read) != EXIT_OK)
        return EXIT_FAILED;
    fputs("    {NULL, NULL, NULL, NULL},\n};\n", to);
    return EXIT_OK;
}

/* EXIT_OK, or EXIT_FAILED and said why. */
static int write_depfile(const char *path, const char *output, weft_buffer *read)
{
    FILE *to = fopen(path, "we");
    bool written = to != NULL && fprintf(to, "%s:%.*s\n", output, (int)read->len, read->at) > 0;
    if ((to != NULL && fclose(to) != 0) || !written)
        return fail("cannot write \"%s\": %s", path, strerrordesc_np(errno));
    return EXIT_OK;
}

int run_migrate_embed(const tool_arguments *given)
{
    weft_buffer read;
    weft_buffer_init(&read, weft_arena_current());
    FILE *to = fopen(given->name, "we");
    if (to == NULL)
        return fail("cannot create \"%s\": %s", given->name, strerrordesc_np(errno));
    int result = embed_all(to, given->folder, &read);
    bool failed = ferror(to) != 0;
    if ((fclose(to) != 0 || failed) && result == EXIT_OK)
        result = fail("cannot write \"%s\": %s", given->name, strerrordesc_np(errno));
    if (result == EXIT_OK && given->depfile != NULL)
        result = write_depfile(given->depfile, given->name, &read);
    if (result != EXIT_OK)
        remove(given->name);
    return result;
}
