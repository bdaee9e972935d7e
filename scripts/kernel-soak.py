"""Tries the notebooks' kernel through Python's jupyter_client, as Jupyter does; kernel-soak.mjs has more kinds of runs.

    python3 -m venv VENV && VENV/bin/pip install jupyter_client
    VENV/bin/python scripts/kernel-soak.py [--runs 60] [--node PROGRAM] [--kernel FILE]

A run is one of: 10,000 lines in a cell, 20 cells of 500 lines, a figure of 20 MB, 10 interrupts, output after a cell's
end. A new kernel starts every 10 runs and after each failure.
"""
import argparse
import base64
import pathlib
import queue
import random
import subprocess
import sys
import time

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

ROOT = pathlib.Path(__file__).resolve().parent.parent
PRINT = "for (let i = 0; i < %d; i++) console.log(i)"


def numbers(count):
    return "".join(f"{i}\n" for i in range(count))


def text_of(messages):
    streams = [m["content"] for m in messages if m["msg_type"] == "stream"]
    return "".join(content["text"] for content in streams if content["name"] == "stdout")


class Kernel:
    def __init__(self, node, file):
        flags = "import { flags } from './scripts/flags.mjs'; console.log(flags.join('\\n'))"
        listed = subprocess.check_output([node, "--input-type=module", "-e", flags], cwd=ROOT, text=True)
        argv = [node, *listed.split(), str(file), "{connection_file}"]
        self.manager = KernelManager()
        self.manager._kernel_spec = KernelSpec(argv=argv, language="typescript", interrupt_mode="signal")
        self.manager.start_kernel(cwd=str(ROOT / "notebooks"))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def messages(self, parent, timeout, until):
        """The messages with this parent, until one fits; queue.Empty where none comes in time."""
        found = []
        end = time.monotonic() + timeout
        while not (found and until(found)):
            message = self.client.get_iopub_msg(timeout=max(0.001, end - time.monotonic()))
            if message["parent_header"].get("msg_id") == parent:
                found.append(message)
        return found

    def run(self, code, timeout=120, after_busy=None):
        """Runs a cell to its `idle` and reply; `after_busy` is called once it has begun."""
        parent = self.client.execute(code)
        found = []
        if after_busy:
            found += self.messages(parent, timeout, lambda all: all[-1]["content"].get("execution_state") == "busy")
            after_busy()
        found += self.messages(parent, timeout, lambda all: all[-1]["content"].get("execution_state") == "idle")
        while self.client.get_shell_msg(timeout=timeout)["parent_header"]["msg_id"] != parent:
            pass
        return parent, found


def lines(kernel):
    assert text_of(kernel.run(PRINT % 10_000)[1]) == numbers(10_000), "lines are missing"


def cells(kernel):
    for _ in range(20):
        assert text_of(kernel.run(PRINT % 500)[1]) == numbers(500), "lines are missing"


def figure(kernel):
    code = "import { display } from 'tslab'; console.log(1); display.png(new Uint8Array(15e6).fill(7)); console.log(2)"
    found = [m["content"] for m in kernel.run(code)[1] if m["msg_type"] != "status"]
    assert [c.get("text") for c in found] == ["1\n", None, "2\n"], "order of outputs"
    assert base64.b64decode(found[1]["data"]["image/png"]) == b"\7" * 15_000_000, "the figure differs"


def interrupts(kernel):
    endless = ["while (true) {}", "for (let i = 0; ; i++) console.log(i)", "await new Promise(() => {})"]

    def interrupt():
        time.sleep(random.random() * 0.06)
        kernel.manager.interrupt_kernel()

    for i in range(10):
        kernel.run(endless[i % 3], after_busy=interrupt)
        time.sleep(0.22)  # so long tslab drops what comes after an error
    assert text_of(kernel.run("console.log('alive')")[1]) == "alive\n", "the cell after the interrupts"


def late(kernel):
    parent, found = kernel.run("void setTimeout(() => { for (let i = 0; i < 1000; i++) console.log(i) }, 50)")
    found += kernel.messages(parent, 60, lambda all: text_of(all) == numbers(1000))
    assert text_of(found) == numbers(1000), "late output is missing"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--node", default="node")
    parser.add_argument("--kernel", default=ROOT / "scripts" / "kernel.cjs")
    options = parser.parse_args()
    jobs = [lines, cells, figure, interrupts, late]
    failed = {job.__name__: 0 for job in jobs}
    kernel = None
    for i in range(options.runs):
        if kernel is None:
            kernel = Kernel(options.node, options.kernel)
        job = jobs[i % len(jobs)]
        good = False
        try:
            job(kernel)
            good = True
        except (queue.Empty, TimeoutError):
            print(f"run {i + 1}, {job.__name__}: {'hang' if kernel.manager.is_alive() else 'dead kernel'}", flush=True)
        except AssertionError as error:
            print(f"run {i + 1}, {job.__name__}: {error}", flush=True)
        failed[job.__name__] += not good
        if not good or (i + 1) % 10 == 0:
            kernel.stop()
            kernel = None
    if kernel:
        kernel.stop()
    print(f"{options.runs} runs, failed: {failed}")
    sys.exit(any(failed.values()))


if __name__ == "__main__":
    main()
