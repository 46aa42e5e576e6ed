/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A handler reads a file as if nobody waited.
 *
 * gcc: '(weft__wall_)?fopen' is unavailable: fopen holds up every request of its worker: use weft_file_open
 * clang: '(weft__wall_)?fopen' is unavailable: fopen holds up every request of its worker: use weft_file_open
 */
#include <weft/prelude.h>

http_status answer(arena *memory, str *out);

http_status answer(arena *memory, str *out)
{
    char line[80];
    FILE *file = fopen("motto.txt", "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        return HTTP_NOT_FOUND;
    fclose(file);
    return weft_arena_copy(memory, weft_str_from(line), out) ? HTTP_OK : HTTP_INTERNAL_SERVER_ERROR;
}
