# SPDX-License-Identifier: MIT OR Apache-2.0
"""weft db up, status and down: a PostgreSQL server of the project's own, with Debian's programs."""
import contextlib
import glob
import os
import subprocess
import tempfile

from harness import PATIENCE, TOOL, WRAP, Skip, case, expect, expect_equal, main


@contextlib.contextmanager
def project():
    """A folder that the system user of PostgreSQL can reach."""
    if not glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"):
        raise Skip("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="weft up ") as folder:
        os.chmod(folder, 0o755)
        try:
            yield folder
        finally:
            weft(folder, "db", "down")


def weft(folder, *words, patience=3 * PATIENCE):
    done = subprocess.run([*WRAP, os.path.abspath(TOOL), *words], cwd=folder, capture_output=True, text=True,
                          timeout=patience)
    return done.returncode, done.stdout, done.stderr


@case("weft db up starts a server, once; status tells its URL; down stops it; the data stay")
def up_and_down():
    with project() as folder:
        path = (folder + "/.weft/postgres").replace("/", "%2F").replace(" ", "%20")
        url = f"DATABASE_URL=postgres:///weft?user=weft&host={path}\n"
        expect_equal(weft(folder, "db", "status"),
                     (1, "", "weft: error: no server runs in .weft/postgres; \"weft db up\" starts "
                      "one\n"), "status before")
        expect_equal(weft(folder, "db", "up"), (0, url, ""), "up")
        expect_equal(weft(folder, "db", "up"), (0, url, ""), "up again")
        expect_equal(weft(folder, "db", "status"), (0, url, ""), "status")
        expect_equal(query(url, "CREATE TABLE t (i int)"), "CREATE TABLE\n", "a statement")
        expect_equal(weft(folder, "db", "down"),
                     (0, "stopped the server in .weft/postgres\n", ""), "down")
        expect_equal(weft(folder, "db", "down"), (0, "no server runs in .weft/postgres\n", ""),
                     "down again")
        expect_equal(weft(folder, "db", "up"), (0, url, ""), "up with data")
        expect_equal(query(url, "SELECT count(*) FROM t"), "0\n", "the table")


def query(url, sql):
    psql = sorted(glob.glob("/usr/lib/postgresql/*/bin/psql"))[-1]
    done = subprocess.run([psql, "-tA", url.strip().split("=", 1)[1], "-c", sql],
                          capture_output=True, text=True, timeout=PATIENCE)
    expect_equal(done.returncode, 0, done.stderr)
    return done.stdout


@case("nobody else's user can open its socket and files")
def private():
    with project() as folder:
        expect_equal(weft(folder, "db", "up")[0], 0, "up")
        mode = os.stat(folder + "/.weft/postgres").st_mode & 0o777
        expect(mode == 0o700, "the folder is open to others", oct(mode))


@case("a path that is too long for a socket is refused")
def long_path():
    with project() as folder:
        deep = folder + "/" + "x" * 90
        os.mkdir(deep)
        code, out, error = weft(deep, "db", "up")
        expect_equal((code, out), (1, ""), "answer")
        expect("is too long a path for a socket: move the project" in error, "message", error)


main(parallel=2)
