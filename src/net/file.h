/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/file.h: what a file is; not public.
 */
#ifndef WEFT_NET_FILE_H
#define WEFT_NET_FILE_H

#include <weft/file.h>

struct weft_file {
    int fd;
};

#endif
