# SPDX-License-Identifier: MIT OR Apache-2.0
"""examples/middleware: a layer of the user's in front of the users API."""
import json
import os
import subprocess
import tempfile

from harness import BUILD, PATIENCE, TOOL, WRAP, Server, case, curl, expect_equal, main, need

MIDDLEWARE = os.environ.get("WEFT_MIDDLEWARE", f"{BUILD}/examples/middleware")
EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../examples/middleware")


@case("without a token 401 as a problem document, with one the API answers")
def token():
    need("curl")
    with tempfile.TemporaryDirectory() as folder:
        database = {"DATABASE_URL": f"sqlite:{folder}/users.db"}
        migrated = subprocess.run([*WRAP, TOOL, "migrate", "up", "--dir", f"{EXAMPLE}/migrations"],
                                  env=dict(os.environ, **database), capture_output=True, timeout=PATIENCE)
        expect_equal(migrated.returncode, 0, f"weft migrate: {migrated.stderr}")
        server = Server(MIDDLEWARE, database)
        try:
            refused = curl(server.url("/users/1"))
            expect_equal(refused.status, 401, "status without a token")
            expect_equal(refused.problem()["title"], "Unauthorized", "title")
            let_in = ("-H", "Authorization: Bearer x")
            created = curl(*let_in, "-H", "Content-Type: application/json", "-d",
                           json.dumps({"name": "Ada", "email": "ada@example.com"}), server.url("/users"))
            expect_equal(created.status, 201, "status of POST")
            expect_equal(curl(*let_in, server.url("/users/1")).status, 200, "status of GET")
            expect_equal(curl(*let_in, server.url("/users/2")).status, 404, "status of GET of nobody")
        finally:
            stopped = server.stop()
        expect_equal(stopped, 0, "exit status")


if __name__ == "__main__":
    main()
