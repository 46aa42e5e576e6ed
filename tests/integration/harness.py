# SPDX-License-Identifier: MIT OR Apache-2.0
"""Harness of the integration tests: real servers, real sockets, real curl; results as TAP.

A test file declares cases with @case and ends with main(). Cases run at the same time, each on
servers or connections of its own; those marked alone=True run one after the other afterwards, because
they measure time or load the machine. A case fails by raising; `expect` says what was wrong.

meson names the programs in the environment; by hand, WEFT_BUILD names the build folder.
"""
import concurrent.futures
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

BUILD = os.environ.get("WEFT_BUILD", "build")
PROBE = os.environ.get("WEFT_PROBE", f"{BUILD}/tests/integration/servers/probe")
TALK = os.environ.get("WEFT_TALK", f"{BUILD}/tests/integration/servers/talk")
SITE = os.environ.get("WEFT_SITE", f"{BUILD}/tests/integration/servers/site")
CRASH = os.environ.get("WEFT_CRASH", f"{BUILD}/tests/integration/servers/crash")
ECHO = os.environ.get("WEFT_ECHO", f"{BUILD}/examples/echo")
USERS = os.environ.get("WEFT_USERS", f"{BUILD}/examples/users")
TECHEMPOWER = os.environ.get("WEFT_TECHEMPOWER", f"{BUILD}/examples/techempower")
UPLOADS = os.environ.get("WEFT_UPLOADS", f"{BUILD}/examples/uploads")
TOOL = os.environ.get("WEFT_TOOL", f"{BUILD}/tools/weft/weft")
WRAP = os.environ.get("WEFT_WRAP", "").split()  # what runs servers and tools: tests/support/memcheck
SANITIZED = os.environ.get("WEFT_SANITIZED") == "1" or WRAP != []
SLACK = 20 if WRAP else 4 if SANITIZED else 1  # how much slower everything may be
SUITES = os.environ.get("WEFT_SUITES")
PATIENCE = 120 if WRAP else 20  # seconds that anything may take before a case fails


class Failure(Exception):
    """What a case found wrong."""


class Skip(Exception):
    """Why a case cannot run here."""


def expect(condition, message, *details):
    if not condition:
        raise Failure(" | ".join([message] + [repr(detail) for detail in details]))


def expect_equal(got, wanted, what):
    expect(got == wanted, f"{what}: got {got!r}, wanted {wanted!r}")


# ---- cases ----------------------------------------------------------------------------------------

_cases = []


def case(name, alone=False):
    """Declares a test case."""
    def declare(function):
        _cases.append((name, function, alone))
        return function
    return declare


def _run(function):
    try:
        function()
    except Skip as skip:
        return f" # SKIP {skip}", True
    except Failure as failure:
        return str(failure), False
    except Exception:  # a broken case is a failed case
        return traceback.format_exc(), False
    return "", True


def main(parallel=3 if WRAP else 16):
    """Runs the declared cases, prints TAP and exits."""
    started = time.monotonic()
    print(f"1..{len(_cases)}", flush=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(parallel) as pool:
        together = {name: pool.submit(_run, function)
                    for name, function, alone in _cases if not alone}
        outcomes = {name: future.result() for name, future in together.items()}
    for number, (name, function, alone) in enumerate(_cases, 1):
        text, passed = _run(function) if alone else outcomes[name]
        skip = text if text.startswith(" # SKIP") else ""
        print(f"{'ok' if passed else 'not ok'} {number} - {name}{skip}", flush=True)
        if not passed:
            failed += 1
            for line in text.splitlines():
                print(f"# {line}", flush=True)
    print(f"# {len(_cases)} cases, {failed} failed, {time.monotonic() - started:.1f} s")
    _close_shared()
    sys.exit(1 if failed else 0)


# ---- databases -------------------------------------------------------------------------------------

POSTGRES = os.environ.get("WEFT_POSTGRES") is not None  # tests/support/postgres runs us
LOADED = os.environ.get("WEFT_SQLITE_LOADED") == "1"  # and not linked
_names = itertools.count(1)


def new_database(folder, migrations):
    """The URL of a new database with these migrations: a file in the folder or, where a server runs
    for the tests, a database of it."""
    url = f"sqlite:{folder}/test.db"
    if POSTGRES:
        name = f"test_{os.getpid()}_{next(_names)}"
        subprocess.run(["createdb", name], check=True, capture_output=True, timeout=PATIENCE)
        url = os.environ["DATABASE_URL"].replace("/postgres?", f"/{name}?")
    migrated = subprocess.run([*WRAP, TOOL, "migrate", "up", "--dir", migrations],
                              env=dict(os.environ, DATABASE_URL=url), capture_output=True,
                              timeout=PATIENCE)
    expect_equal(migrated.returncode, 0, f"weft migrate: {migrated.stderr}")
    return url


# ---- servers ---------------------------------------------------------------------------------------

class Server:
    """A server started on a port of the system's choice; its standard error is kept as lines."""

    def __init__(self, program, environment=None, files=None, listen="127.0.0.1:0"):
        variables = {key: value for key, value in os.environ.items()
                     if not key.startswith(("WEFT_", "PROBE_"))}
        variables.update({key: str(value) for key, value in (environment or {}).items()})
        variables["WEFT_LISTEN"] = listen
        read, write = os.pipe()
        variables["WEFT_READY_FD"] = str(write)
        command = [*WRAP, program]
        if files is not None:
            command = ["sh", "-c", f"ulimit -n {files}; exec \"$@\"", "sh", *command]
        self.lines = []
        self.signalled = False
        self.process = subprocess.Popen(command, env=variables, pass_fds=[write],
                                        stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        os.close(write)
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        with os.fdopen(read) as ready:
            self.address = ready.readline().strip()
        self.path = self.address[5:] if self.address.startswith("unix:") else None
        self.port = int(self.address.rpartition(":")[2]) if self.address and not self.path else 0

    def _read_log(self):
        for line in self.process.stderr:
            self.lines.append(line.decode(errors="replace").rstrip("\n"))

    def connect(self, timeout=PATIENCE, receive_buffer=None):
        sock = socket.socket(socket.AF_UNIX if self.path else socket.AF_INET)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(timeout)
        sock.connect(self.path or ("127.0.0.1", self.port))
        if not self.path:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def tell(self, number=signal.SIGTERM):
        self.signalled = True
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM):
        """Asks it to stop, unless it was told to; its exit status."""
        if not self.signalled:
            self.tell(number)
        return self.wait()

    def wait(self, timeout=PATIENCE):
        """Its exit status; it has to end within the time."""
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failure(f"the server did not end within {timeout} s\n" + self.log()) from None
        self._reader.join(PATIENCE)
        return status

    def log(self):
        return "\n".join(self.lines[-40:])

    def events(self, message=None):
        """Its log events, those with this message if given."""
        found = []
        for line in list(self.lines):
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                if message is None or event.get("message") == message:
                    found.append(event)
        return found

    def memory(self):
        """Bytes of anonymous resident memory."""
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as file:
            return sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Anonymous:"))

    def descriptors(self):
        """How many it has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


@contextlib.contextmanager
def server(program=None, expect_exit=0, **settings):
    """A server for one block, which must end with this status afterwards (None: any). Settings in
    capitals are its environment."""
    environment = {key: value for key, value in settings.items() if key.isupper()}
    options = {key: value for key, value in settings.items() if not key.isupper()}
    running = Server(program or PROBE, environment, **options)
    try:
        expect(running.address, "the server did not start", running.log())
        yield running
    except BaseException:
        running.process.kill()
        running.wait()
        raise
    status = running.stop()
    expect(expect_exit in (status, None), f"exit status {status} instead of {expect_exit}\n" + running.log())


_shared = {}
_shared_lock = threading.Lock()


def shared(program=None):
    """A server with default settings that all cases of the file use."""
    program = program or PROBE
    with _shared_lock:
        if program not in _shared:
            _shared[program] = Server(program)
            expect(_shared[program].port, "the server did not start", _shared[program].log())
        return _shared[program]


def _close_shared():
    for running in _shared.values():
        status = running.stop()
        if status != 0:
            print(f"# the shared server ended with {status}\n# " +
                  running.log().replace("\n", "\n# "))
            sys.exit(1)


# ---- raw HTTP ----------------------------------------------------------------------------------------

class Response:
    """One response as it came."""

    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def field(self, name):
        """The value of the first field of that name, or None."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    def problem(self):
        """The body as a problem document (RFC 9457), which every refusal must be."""
        expect_equal(self.field("content-type"), "application/problem+json", "content type")
        document = json.loads(self.body)
        expect(isinstance(document, dict) and document.get("status") == self.status and
               isinstance(document.get("title"), str) and "type" in document,
               "not a problem document", self.body)
        return document

    def __repr__(self):
        return f"<{self.status} {self.fields} {self.body[:200]!r}>"


class Client:
    """A connection that reads responses one by one."""

    def __init__(self, target, **options):
        self.sock = target.connect(**options) if isinstance(target, Server) else target
        self.data = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)

    def fill(self):
        """More bytes; False at the end of the stream."""
        try:
            piece = self.sock.recv(1 << 20)
        except socket.timeout:
            raise Failure(f"nothing came; so far {self.data[:500]!r}") from None
        self.data += piece
        return bool(piece)

    def until(self, count):
        while len(self.data) < count:
            expect(self.fill(), "the connection ended within a response", self.data[:500])
        piece, self.data = self.data[:count], self.data[count:]
        return piece

    def head(self):
        while b"\r\n\r\n" not in self.data:
            expect(self.fill(), "the connection ended before a head did", self.data[:500])
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        match = re.fullmatch(r"HTTP/1\.1 (\d{3}) ([ -~]*)", line)
        expect(match, "not a status line", line)
        pairs = []
        for field in fields:
            name, colon, value = field.partition(":")
            expect(colon and name and name == name.strip(), "not a field", field)
            pairs.append((name, value.strip()))
        return int(match.group(1)), pairs

    def response(self, method="GET"):
        """The next response; interim ones are returned alike, without body."""
        status, fields = self.head()
        length = next((int(value) for name, value in fields if name.lower() == "content-length"), 0)
        bodiless = method == "HEAD" or status < 200 or status in (204, 304)
        return Response(status, fields, b"" if bodiless else self.until(length))

    def request(self, data, method="GET"):
        self.send(data)
        return self.response(method)

    def expect_closed(self, within=PATIENCE):
        """Nothing more comes, and the other end closes, in time."""
        self.sock.settimeout(within)
        while self.fill():
            pass
        expect(not self.data, "bytes after the last response", self.data[:500])

    def expect_open(self, for_seconds=0.2):
        """Nothing comes, and the connection stays."""
        self.sock.settimeout(for_seconds)
        try:
            piece = self.sock.recv(4096)
        except socket.timeout:
            self.sock.settimeout(PATIENCE)
            return
        raise Failure(f"expected an open, silent connection, but got {piece[:300]!r}")


def get(path="/", *fields, method="GET", version="1.1", body=None):
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/{version}", "Host: test", *fields]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


def chunked(*pieces):
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


# ---- curl ---------------------------------------------------------------------------------------------

def curl(*arguments, data=None):
    """Runs curl; the final response. Fails when curl itself does."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["curl", "-sS", "-m", str(PATIENCE), "-D", f"{folder}/head", "-o", f"{folder}/body",
                   *arguments]
        done = subprocess.run(command, input=data, capture_output=True)
        expect(done.returncode == 0, f"curl ended with {done.returncode}",
               done.stderr.decode(errors="replace"), arguments)
        with open(f"{folder}/head", "rb") as file:
            head = file.read().decode("latin-1")
        body = b""
        if os.path.exists(f"{folder}/body"):
            with open(f"{folder}/body", "rb") as file:
                body = file.read()
    last = head.strip().split("\r\n\r\n")[-1].split("\r\n")
    fields = [tuple(part.strip() for part in line.split(":", 1)) for line in last[1:]]
    return Response(int(last[0].split()[1]), fields, body)


def wait_until(condition, what, timeout=PATIENCE):
    deadline = time.monotonic() + timeout
    while not condition():
        expect(time.monotonic() < deadline, f"waited in vain: {what}")
        time.sleep(0.01)


def once(attempt, what, tries=10):
    """The attempt has to hold once: a busy machine may be late, but not each time."""
    expect(any(attempt() for _ in range(tries)), f"never in {tries} attempts: {what}")


def at_rest(running):
    """How many descriptors it has open, once it has started and served somebody."""
    with Client(running) as client:
        expect_equal(client.request(get("/", "Connection: close")).status, 200, "status")
    seen, since = running.descriptors(), time.monotonic()
    while time.monotonic() - since < 0.5:
        time.sleep(0.02)
        if running.descriptors() != seen:
            seen, since = running.descriptors(), time.monotonic()
    return seen


def under_way(running, requests):
    """Waits until so many requests are within a handler of the probe; asks on a connection that ends."""
    def there_are():
        with Client(running) as client:
            return int(client.request(get("/under-way", "Connection: close")).body) == requests
    wait_until(there_are, f"{requests} requests under way")


def refuses(running):
    """Whether it takes no new connection."""
    try:
        running.connect().close()
        return False
    except ConnectionRefusedError:
        return True


def need(program):
    """Skips the case when a tool is missing."""
    if shutil.which(program) is None:
        raise Skip(f"{program} is not installed")
