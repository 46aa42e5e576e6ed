# SPDX-License-Identifier: MIT OR Apache-2.0
"""Cookies with curl's own cookie jar: there and back, changed, taken away, and over a restart with new
secrets."""
import contextlib
import tempfile

from harness import SITE, Server, case, curl, expect, expect_equal, main, server

OLD = "an old secret for tests, of 32 bytes and more".replace(",", "")
NEW = "a new secret for tests of 32 bytes and more"


def site(secrets):
    return server(SITE, SITE_FOLDER=tempfile.gettempdir(), COOKIE_SECRETS=secrets)


@contextlib.contextmanager
def jar():
    with tempfile.TemporaryDirectory() as folder:
        yield f"{folder}/jar"


def log_in(running, path, value):
    answer = curl("-c", path, "-X", "POST", running.url(f"/login?{value}"))
    expect_equal((answer.status, answer.field("location")), (303, "/session"), "logged in")
    return answer


def session(running, path):
    return curl("-b", path, running.url("/session")).body


@case("set, kept by curl, sent back, read; then removed")
def there_and_back():
    with site(NEW) as running, jar() as path:
        answer = log_in(running, path, "user=7")
        cookies = [value for name, value in answer.fields if name.lower() == "set-cookie"]
        expect_equal(len(cookies), 3, "three fields")
        expect_equal(cookies[0], "plain=user=7; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax", "text")
        expect("user" not in cookies[2], "the encrypted one can be read", cookies[2])
        expect_equal(session(running, path), b"user=7|user=7|user=7", "what came back")
        gone = curl("-X", "POST", running.url("/logout"))
        removed = [value for name, value in gone.fields if name.lower() == "set-cookie"]
        expect_equal([value.split(";")[0] for value in removed], ["plain=", "signed=", "encrypted="],
                     "after logging out")
        expect(all("Max-Age=0" in value for value in removed), "not removed", removed)


@case("a changed cookie is no cookie")
def changed():
    with site(NEW) as running, jar() as path:
        log_in(running, path, "user=7")
        with open(path, encoding="ascii") as file:
            lines = file.read().split("\n")
        with open(path, "w", encoding="ascii") as file:  # another letter in the middle of each value
            for line in lines:
                columns = line.split("\t")
                if len(columns) == 7 and columns[5] != "plain":
                    value = columns[6]
                    middle = len(value) // 2
                    columns[6] = value[:middle] + ("A" if value[middle] != "A" else "B") + value[middle + 1:]
                file.write("\t".join(columns) + "\n")
        expect_equal(session(running, path), b"user=7||", "only the plain one is believed")


@case("cookies outlive a restart, and new secrets in front of the old")
def rotation():
    with jar() as path:
        with site(OLD) as running:
            log_in(running, path, "7")
        with site(OLD) as running:
            expect_equal(session(running, path), b"7|7|7", "the same secret")
        with site(f"{NEW},{OLD}") as running:
            expect_equal(session(running, path), b"7|7|7", "the old secret behind the new")
        with site(NEW) as running:
            expect_equal(session(running, path), b"7||", "the old secret taken away")


@case("what cannot be in a cookie is refused, and cannot become a field")
def refused():
    with site(NEW) as running:
        for value in ['a"b', "a,b", "a;b"]:
            answer = curl("-X", "POST", running.url("/login?" + value))
            expect_equal(answer.status, 400, value)
            answer.problem()
            expect_equal(answer.field("set-cookie"), None, value)


@case("secrets that are none: no start, and what to do")
def bad_secrets():
    for secrets in ["", "short"]:
        running = Server(SITE, {"SITE_FOLDER": tempfile.gettempdir(), "COOKIE_SECRETS": secrets})
        expect_equal(running.wait(), 1, "exit status")
        expect("cookie secrets cannot be used" in running.log(), "another reason", running.log())


main()
