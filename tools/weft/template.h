/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/template.h: the files of a new project, which stand in template/ and are put into the tool
 * when it is built. In their names "NAME" stands for the project's name, "dot-" for ".". In their
 * texts "@name@", "@engine@" and "@version@" are replaced, and a line that begins with "@sqlite@"
 * or "@postgres@" is of projects on that engine alone; so is a file in template/sqlite or
 * template/postgres.
 */
#ifndef WEFT_TOOL_TEMPLATE_H
#define WEFT_TOOL_TEMPLATE_H

#include <weft/base.h>

typedef struct template_file {
    const char *path; /* in template/ */
    const char *text;
} template_file;

extern const template_file template_files[]; /* until path is NULL */

typedef struct new_project {
    const char *name;
    const char *engine; /* "sqlite" or "postgres" */
} new_project;

/* The file's path in the project; NULL: it has no such file. */
const char *template_path(const template_file *file, const new_project *of);

weft_str template_text(const template_file *file, const new_project *of);

#endif
