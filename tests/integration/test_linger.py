# SPDX-License-Identifier: MIT OR Apache-2.0
"""A refusal reaches the client, even one that is busy sending: 413 with real curl, 20 of 20."""
import os
import tempfile

from harness import Client, Failure, case, curl, expect, expect_equal, get, main, need, shared

TRIES = 20
_folder = tempfile.TemporaryDirectory()


def upload(size):
    path = f"{_folder.name}/{size}"
    if not os.path.exists(path):
        with open(path, "wb") as file:
            file.truncate(size)
    return path


def tries(size, *options):
    need("curl")
    target, failures = shared(), []
    for _ in range(TRIES):
        try:
            response = curl("--data-binary", f"@{upload(size)}", *options, target.url("/upload"))
            expect_equal(response.status, 413, "status")
            expect("larger than the limit of 2097152 bytes" in response.problem()["detail"],
                   "which limit?", response)
        except Failure as failure:
            failures.append(str(failure))
    expect(not failures, f"{TRIES - len(failures)} of {TRIES} reached the client", failures[:2])


for megabytes in (3, 50):
    for form, arguments in (("by length", []), ("chunked", ["-H", "Transfer-Encoding: chunked"]),
                            ("by length, no Expect", ["-H", "Expect:"]),
                            ("chunked, no Expect", ["-H", "Expect:", "-H", "Transfer-Encoding: chunked"])):
        case(f"413 for {megabytes} MB {form}, {TRIES} of {TRIES} with curl")(
            lambda megabytes=megabytes, arguments=arguments: tries(megabytes * 1000000, *arguments))


@case("413 for a client that first sends everything and then reads")
def send_all_first():
    for _ in range(5):
        with Client(shared()) as client:
            client.send(get("/", method="POST", body=b"x" * 20000000))
            expect_equal(client.response().status, 413, "status")
            client.expect_closed()


@case("400 for malformed bytes in the midst of an upload")
def malformed():
    for _ in range(5):
        with Client(shared()) as client:
            client.send(get("/ok", method="POST", body=b"fine") + b"NOT HTTP\r\n\r\n" + b"x" * 5000000)
            expect_equal(client.response().body, b"fine", "answer")
            expect_equal(client.response().status, 400, "status")
            client.expect_closed()


main(parallel=4)
