# SPDX-License-Identifier: MIT OR Apache-2.0
"""Who takes part: how each is built, found and started. bench/peers/README.md says what each must do."""
import os
import re
import shutil
import socket
import subprocess
import time

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PEERS = os.path.join(BENCH, "peers")
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
START_SECONDS = 20


class Build:
    """How a program is built in a folder of its own, "{}": as it is released, and while it is developed."""

    def __init__(self, folder, source, release, develop, prepare=None):
        self.folder, self.source = folder, source  # where the commands run; what a developer edits
        self.release, self.develop = release, develop
        self.prepare = prepare or ([], [])  # commands before the two that are not timed


class Program:
    """Something that can be started: its name, its command, and the file that must be there."""

    def __init__(self, name, title, command, build=None):
        self.name, self.title, self.command, self.build = name, title, command, build

    @property
    def binary(self):
        return self.command[-1]

    def missing(self):
        """Why it cannot take part, or None."""
        for part in self.command:
            if os.sep in part and not os.path.exists(part):
                return f"{part} is not built: run bench/peers/build"
            if os.sep not in part and shutil.which(part) is None:
                return f"{part} is not installed"
        return None


def weft_build():
    """The library and the application; the generator is built before, as it is installed with the library."""
    setup = ["meson", "setup", "{}", "-Dbench=true", "-Dtests=false"]
    ninja = ["ninja", "-C", "{}"]
    peer = [*ninja, "src/libweft.a", "bench/apps/peer"]
    return Build(os.path.dirname(BENCH), "bench/apps/peer.c", peer, peer,
                 ([[*setup, "--buildtype=release"], [*ninja, "tools/weftgen/weftgen"]],
                  [setup, [*ninja, "tools/weftgen/weftgen"]]))


def cargo_build():
    """Of Axum's; Actix's takes minutes more and says the same."""
    command = ["cargo", "build", "--locked", "--bin", "stock", "--target-dir", "{}"]
    return Build(os.path.join(PEERS, "axum-sqlx"), "src/users.rs", [*command, "--release"], command)


GO = ["env", "GOCACHE={}", "go", "build", "-o", "{}/program", "."]


def catalogue(build, peers):
    """Every contender by name; the floor, bench/null, is not among them."""
    programs = [
        Program("weft", "Weft", [os.path.join(build, "bench/apps/peer")], weft_build()),
        Program("axum", "Axum + SQLx, stock", [os.path.join(peers, "release/stock")],
                cargo_build()),
        Program("axum-percore", "Axum + SQLx, a runtime on each core, answers in one piece",
                [os.path.join(peers, "release/percore")]),
        Program("actix", "Actix Web + tokio-postgres", [os.path.join(peers, "release/actix")]),
        Program("go", "Go net/http + pgx", [os.path.join(peers, "go")],
                Build(os.path.join(PEERS, "go"), "users.go", GO, GO)),
        Program("node", "Fastify + pg", ["node", os.path.join(PEERS, "node/main.js")]),
    ]
    return {program.name: program for program in programs}


class Server:
    """A started contender, pinned to `cores` ("1", "0,1")."""

    def __init__(self, program, cores, workers, environment):
        read, write = os.pipe()
        settings = dict(os.environ, WEFT_LISTEN="127.0.0.1:0", WEFT_READY_FD=str(write),
                        WEFT_LOG="error", WEFT_WORKERS=str(workers), NODE_ENV="production")
        settings.pop("DATABASE_URL", None)  # of this run: a contender has what `environment` says
        settings |= environment
        self.name = program.name
        self.started = time.monotonic()
        self.process = subprocess.Popen(["taskset", "-c", cores, *program.command], env=settings,
                                        pass_fds=[write], start_new_session=True,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        os.close(write)
        self.port = self._port(read)

    def _port(self, read):
        with os.fdopen(read) as ready:
            line = ready.readline()
        if not line.strip():
            self.process.kill()
            complaint = self.process.stderr.read().decode(errors="replace").strip()
            raise RuntimeError(f"{self.name} did not start: {complaint[:400] or 'no message'}")
        return int(line.strip().rpartition(":")[2])

    def _processes(self):
        """The ids of all processes of the server's session."""
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid:
                yield fields

    def times(self):
        """Seconds in user and in system mode so far."""
        user = system = 0
        for fields in self._processes():
            user += int(fields[11])
            system += int(fields[12])
        return user / TICK, system / TICK

    def resident(self):
        """Bytes of memory."""
        return sum(int(fields[21]) for fields in self._processes()) * PAGE

    def overtake(self, priority):
        """From now on runs before all that has no real-time priority. False when we may not say so."""
        try:
            for thread in os.listdir(f"/proc/{self.process.pid}/task"):
                os.sched_setscheduler(int(thread), os.SCHED_FIFO, os.sched_param(priority))
        except OSError:
            return False
        return True

    def ask(self, path, method="GET", body=None, headers=()):
        """One response: status line, fields (in lower case) and body."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 10) as sock:
                return exchange(sock, self.port, path, method, body, headers)
        except OSError as error:
            raise RuntimeError(f"{self.name} {method} {path}: {error}") from error

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()


def exchange(sock, port, path, method="GET", body=None, headers=()):
    """Sends a request on an open connection and reads the response."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    sock.sendall(("\r\n".join(lines) + "\r\n\r\n" + (body or "")).encode())
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            raise RuntimeError(f"{path}: the connection ended in the head of the response")
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (l.partition(":") for l in lines)}
    return status, fields, read_body(sock, fields, rest)


def read_body(sock, fields, rest):
    if "content-length" in fields:
        while len(rest) < int(fields["content-length"]):
            rest += sock.recv(65536)
        return rest
    if fields.get("transfer-encoding") == "chunked":
        while not rest.endswith(b"0\r\n\r\n"):
            rest += sock.recv(65536)
        return b"".join(piece for piece in re.split(rb"(?:^|\r\n)[0-9a-fA-F]+\r\n", rest))
    return rest
