#!/usr/bin/env python3
"""Reads the program's ESC/POS with a reader that is not ours, and compares it with the text of the same paper.

    cargo xtask paper

The reader is the package `emupos` (Python 3.13 and newer): it takes the bytes as an Epson TM-T20III would. Every receipt,
return, slip and report of a small day has to come out as the same lines and symbols, with no command that the printer does
not know, cut once, the drawer closed (these are copies), in the code page that was asked for.
"""

import os
import re
import subprocess
import sys
import tempfile

from emupos.config import _load_profile
from emupos.printer.printer import Printer
from pathlib import Path

DAY = """login admin 1111
sell 10101 3
sell 5097124000820
discount last 10%
pay card 3.00
pay cash 20
sell 14101 5
sell 12402
pay card
return 2 1 2
pay card
sell 10101
cancel
paid-in 20 change
sell 10101
pay cash 20
z
"""
PAPER = [("receipt", str(number)) for number in range(1, 7)] + [("closure", "1")]
# Code page by name, its number, columns. Columns beyond what 576 dots hold in font A would be broken by any printer.
PAGES = [("pc858", 19, 42), ("wpc1252", 16, 48), ("pc437", 0, 32)]


def main() -> int:
    program = os.path.abspath(sys.argv[1])
    profile = _load_profile("epson-tm-t20iii", "printer", Path("."))
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        run = lambda *arguments: subprocess.run(
            [program, "--time-zone", "UTC", "--data", "till.saleflex", *arguments],
            cwd=folder, check=True, capture_output=True,
        ).stdout
        (Path(folder) / "day.sale").write_text(DAY)
        run("sell", "--demo", "--script", "day.sale")
        for page, number, columns in PAGES:
            run("config", "set", "program.printer.code_page", page)
            for what, which in PAPER:
                common = ["print", what, which, "--columns", str(columns)]
                wanted = run(*common, "--format", "text").decode().splitlines()
                data = run(*common, "--format", "escpos")
                failures += compare(profile, f"{what} {which} {page} {columns}", wanted, data, number)
    print("everything was read back" if failures == 0 else f"{failures} differ")
    return 1 if failures else 0


def compare(profile, name, wanted, data, number) -> int:
    printer = Printer("reader", profile, sensor_open_level="high", job_idle_timeout_ms=1000)
    printer.open_connection("c", 0.0)
    out = printer.receive("c", data, 0.0) + printer.close_connection("c", 1.0)
    problems = [f"unknown: {event.data}" for event in out.events if "unknown" in event.type or "unsupported" in event.type]
    if len(out.receipts) != 1:
        problems.append(f"{len(out.receipts)} papers, not one")
    read = [clean(line) for receipt in out.receipts for line in receipt.text.splitlines()]
    read = [line for line in read if line]
    lines = [line for line in map(clean, wanted) if line]
    missing = [line for line in lines if line not in read]
    # A QR code is a picture on paper; the text has what it holds, on as many lines as it takes.
    symbols = [content for line in read for content in re.findall(r"^\[(?:qr|barcode \S+) (.+)\]$", line)]
    if "".join(missing) != "".join(symbols):
        problems.append("not read back: " + " / ".join(missing[:6]))
    if any(receipt.boundary != "cut" for receipt in out.receipts):
        problems.append("it is not cut")
    if any(event.type == "drawer.opened" for event in out.events):
        problems.append("a copy opened the drawer")
    if bytes([0x1B, 0x74, number]) not in data:
        problems.append("another code page")
    for problem in problems:
        print(f"{name}: {problem}")
    if os.environ.get("SHOW"):
        print("\n".join(read))
    return 1 if problems else 0


def clean(line: str) -> str:
    return " ".join(line.split())


sys.exit(main())
