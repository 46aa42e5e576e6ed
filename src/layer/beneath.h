/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/beneath.h: opens files of a folder, and nothing outside it, whatever the path says and
 * whatever links lie in the folder.
 */
#ifndef WEFT_LAYER_BENEATH_H
#define WEFT_LAYER_BENEATH_H

#include <weft/base.h>

/* Whether the text of a path may name a file to be given out: segments between single slashes, none
 * of them empty (but the last, for a folder's index), none with a backslash or a control character,
 * none that begins with a dot, but ".well-known" (RFC 8615). */
bool weft__beneath_valid(weft_str path);

/* A descriptor for reading, or -1 and errno. `folder` is a directory's descriptor; `path` is
 * relative. Does not wait for the other end of a pipe. Blocks as the disk does. */
int weft__beneath_open(int folder, const char *path);

/* The same without openat2, where the kernel or a seccomp filter has none: one directory after the
 * other. It follows no symbolic link at all. */
int weft__beneath_walk(int folder, const char *path);

#endif
