# SPDX-License-Identifier: MIT OR Apache-2.0
"""gdb commands for programs that use Weft; for a running process as for a core file:

    (gdb) source scripts/gdb/weft.py
    (gdb) weft fibers        every fiber: name, state, worker, deadline of its wait, function
    (gdb) weft bt 3          the stack of fiber 3 of that list
    (gdb) weft bt            the stacks of all

The fibers are found through `mapped_stacks` in src/runtime/stack.c. A fiber that does not run keeps
where it goes on in its `machine`; an unwinder shows gdb that place as the caller of the innermost
frame of the selected thread, so nothing in the program is changed.
"""
import re

import gdb
from gdb.unwinder import Unwinder, register_unwinder

REGISTERS = {  # of each architecture: the members of weft__machine
    "i386:x86-64": {"sp": "rsp", "fp": "rbp", "pc": "rip"},
    "aarch64": {"sp": "sp", "fp": "x29", "pc": "pc"},
}


def fibers():
    """The fibers that have not ended, oldest stack first."""
    symbol = gdb.lookup_static_symbol("mapped_stacks")
    if symbol is None:
        raise gdb.GdbError("no symbol mapped_stacks: is this program linked with libweft, and has "
                           "that debug information?")
    kind = gdb.lookup_type("struct weft_fiber")
    offset = next(field.bitpos // 8 for field in kind.fields() if field.name == "mapping")
    head, found = symbol.value(), []
    at = head["previous"]
    while at != head.address:
        fiber = (at.cast(gdb.lookup_type("char").pointer()) - offset).cast(kind.pointer())
        if state_of(fiber) != "ended":
            found.append(fiber.dereference())
        at = at["previous"]
    return found


def state_of(fiber):
    names = {field.enumval: field.name for field in gdb.lookup_type("enum weft__fiber_state").fields()}
    return names[int(fiber["state"])].removeprefix("WEFT__FIBER_").lower()


def deadline_of(fiber):
    """When the present wait ends, seen from the worker's last look at the clock."""
    if not fiber["timer"]["ring"]["previous"]:
        return "-"
    left = int(fiber["timer"]["deadline"]) - int(fiber["worker"]["now"])
    return f"{left / 1e9:.3f} s"


def function_of(fiber):
    text = str(fiber["fn"])
    return text[text.index("<") + 1 : text.rindex(">")] if "<" in text else text


class Resume(Unwinder):
    """Says that the innermost frame of the selected thread was called by a suspended stack."""

    class Frame:
        def __init__(self, sp, pc):
            self.sp, self.pc = sp, pc

    def __init__(self):
        super().__init__("weft")
        self.machine = None

    def __call__(self, frame):
        if self.machine is None or frame.level() != 0:
            return None
        names = REGISTERS[frame.architecture().name()]
        info = frame.create_unwind_info(
            self.Frame(frame.read_register(names["sp"]), frame.read_register(names["pc"])))
        for member, register in names.items():
            value = self.machine[member].cast(frame.read_register(register).type)
            info.add_saved_register(register, value)
        return info

    def backtrace(self, machine):
        self.machine = machine
        gdb.invalidate_cached_frames()
        try:
            text = gdb.execute("backtrace", to_string=True)
        finally:
            self.machine = None
            gdb.invalidate_cached_frames()
        text = re.sub(r"\A.*?^(?=#1 )", "", text, count=1, flags=re.M | re.S)
        return re.sub(r"^#(\d+) ( ?)", lambda m: f"#{int(m[1]) - 1:<3}", text, flags=re.M)


resume = Resume()
register_unwinder(None, resume, replace=True)


def thread_of(fiber):
    """The thread that runs the fiber."""
    before, found = gdb.selected_thread(), None
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        carrier = gdb.parse_and_eval("weft__carrier_here")
        if carrier != 0 and carrier["running"] == fiber.address:
            found = thread
    before.switch()
    return found


def backtrace_of(fiber):
    if state_of(fiber) != "running":
        return resume.backtrace(fiber["machine"])
    before, thread = gdb.selected_thread(), thread_of(fiber)
    if thread is None:
        return "no thread runs it\n"
    thread.switch()
    try:
        return gdb.execute("backtrace", to_string=True)
    finally:
        before.switch()


def title(number, fiber):
    return f"{number} \"{fiber['context']['name'].string()}\", {state_of(fiber)} on worker {int(fiber['worker']['index'])}"


class Weft(gdb.Command):
    """Fibers of a program that uses Weft: weft fibers, weft bt [N|all]."""

    def __init__(self):
        super().__init__("weft", gdb.COMMAND_STACK, prefix=True)


class Fibers(gdb.Command):
    """List all fibers: number, address, worker, state, time left of its wait, function, name."""

    def __init__(self):
        super().__init__("weft fibers", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        row = "{:>4}  {:<18}  {:>6}  {:<8}  {:>12}  {:<24}  {}"
        print(row.format("", "fiber", "worker", "state", "deadline in", "function", "name"))
        for number, fiber in enumerate(fibers(), 1):
            print(row.format(number, hex(int(fiber.address)), int(fiber["worker"]["index"]),
                             state_of(fiber), deadline_of(fiber), function_of(fiber),
                             fiber["context"]["name"].string()))


class Backtrace(gdb.Command):
    """Print the stack of fiber N of `weft fibers`, or of all fibers: weft bt [N|all]."""

    def __init__(self):
        super().__init__("weft bt", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        every = list(enumerate(fibers(), 1))
        if argument not in ("", "all"):
            if not argument.isdigit() or not 1 <= int(argument) <= len(every):
                raise gdb.GdbError(f"weft bt: \"{argument}\" is not a fiber; there are {len(every)}, "
                                   "see: weft fibers")
            every = [every[int(argument) - 1]]
        for number, fiber in every:
            print(f"Fiber {title(number, fiber)}:\n{backtrace_of(fiber)}")


Weft()
Fibers()
Backtrace()
