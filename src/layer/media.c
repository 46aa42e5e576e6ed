/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/media.c: the types that sites are made of. Texts are UTF-8.
 */
#include "layer/media.h"

static const weft__media types[] = {
    {"html", "text/html; charset=utf-8", true},
    {"htm", "text/html; charset=utf-8", true},
    {"css", "text/css; charset=utf-8", true},
    {"js", "text/javascript; charset=utf-8", true},
    {"mjs", "text/javascript; charset=utf-8", true},
    {"json", "application/json", true},
    {"map", "application/json", true},
    {"jsonld", "application/ld+json", true},
    {"webmanifest", "application/manifest+json", true},
    {"wasm", "application/wasm", true},
    {"txt", "text/plain; charset=utf-8", true},
    {"md", "text/markdown; charset=utf-8", true},
    {"csv", "text/csv; charset=utf-8", true},
    {"xml", "application/xml", true},
    {"atom", "application/atom+xml", true},
    {"rss", "application/rss+xml", true},
    {"yaml", "application/yaml", true},
    {"yml", "application/yaml", true},
    {"ics", "text/calendar; charset=utf-8", true},
    {"vtt", "text/vtt; charset=utf-8", true},
    {"svg", "image/svg+xml", true},
    {"ico", "image/x-icon", true},
    {"bmp", "image/bmp", true},
    {"png", "image/png", false},
    {"jpg", "image/jpeg", false},
    {"jpeg", "image/jpeg", false},
    {"gif", "image/gif", false},
    {"webp", "image/webp", false},
    {"avif", "image/avif", false},
    {"ttf", "font/ttf", true},
    {"otf", "font/otf", true},
    {"woff", "font/woff", false},
    {"woff2", "font/woff2", false},
    {"mp3", "audio/mpeg", false},
    {"ogg", "audio/ogg", false},
    {"opus", "audio/ogg", false},
    {"wav", "audio/wav", false},
    {"flac", "audio/flac", false},
    {"mp4", "video/mp4", false},
    {"webm", "video/webm", false},
    {"pdf", "application/pdf", false},
    {"zip", "application/zip", false},
    {"gz", "application/gzip", false},
    {"br", "application/octet-stream", false},
    {"zst", "application/zstd", false},
    {"tar", "application/x-tar", false},
};

static weft_str extension_of(weft_str path)
{
    for (size_t i = path.len; i > 0 && path.at[i - 1] != '/'; i--)
        if (path.at[i - 1] == '.')
            return weft_str_skip(path, i);
    return (weft_str){NULL, 0};
}

const weft__media *weft__media_of(weft_str path)
{
    static const weft__media unknown = {"", "application/octet-stream", false};
    weft_str extension = extension_of(path);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (weft_str_equal_nocase(extension, weft_str_from(types[i].extension)))
            return &types[i];
    return &unknown;
}
