#!/usr/bin/env python3
"""Reads the program's ESC/POS with a reader that is not ours, and compares it with the text of the same paper.

    cargo xtask paper

The reader is the package `emupos` (Python 3.13 and newer): it takes the bytes as an Epson TM-T20III would. Every receipt,
return, slip and report of a small day has to come out as the same lines and symbols, with no command that the printer does
not know, cut once, the drawer closed (these are copies), in the code page that was asked for.

That printer knows no Japanese. A receipt on the Japanese page is read by Python's own table of Shift JIS instead.
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
# A name of wide letters, narrow kana, one whose second byte is a yen sign, and one that IBM added.
JAPANESE = "code,name,short_name,sale_price,department\nCHA,緑茶（税込）,緑茶 ｱｲｽ 表 髙橋 500ml,1.60,101\n"
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
        failures += japanese(Path(folder), program)
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


def japanese(folder: Path, program: str) -> int:
    run = lambda *arguments: subprocess.run(
        [program, "--time-zone", "UTC", "--data", "japan.saleflex", *arguments],
        cwd=folder, check=True, capture_output=True, env={**os.environ, "SALEFLEX_SECRET": "1111"},
    ).stdout
    (folder / "goods.csv").write_text(JAPANESE)
    (folder / "empty.sale").write_text("")
    (folder / "japan.sale").write_text("login admin 1111\nsell CHA 2\npay card\n")
    run("sell", "--demo", "--script", "empty.sale")
    run("import", "goods.csv", "--user", "admin")
    run("sell", "--script", "japan.sale")
    run("config", "set", "program.printer.code_page", "pc932")
    failures = 0
    for columns in (32, 48):
        common = ["print", "receipt", "1", "--columns", str(columns)]
        # The page has no pound sign, and the code of the document is a picture; its text takes a second line of four where
        # paper is narrow.
        wanted = run(*common, "--format", "text").decode().replace("£", "GBP").splitlines()
        wanted = [clean(line) for line in wanted if line.strip() and not re.fullmatch(r"\s*([0-9a-f-]{30,36}|[0-9a-f]{4})\s*", line)]
        read = [clean(line) for line in shift_jis(run(*common, "--format", "escpos")).splitlines()]
        for line in wanted:
            if line not in read:
                print(f"Japanese, {columns} columns: not read back: {line}")
                failures += 1
        if not any("髙橋" in line for line in read):
            print(f"Japanese, {columns} columns: the name is not there")
            failures += 1
    return failures


# How long commands are that have no length of their own.
COMMANDS = {
    b"\x1b@": 2, b"\x1bR": 3, b"\x1bt": 3, b"\x1ba": 3, b"\x1bE": 3, b"\x1bd": 3, b"\x1c&": 2, b"\x1cC": 3,
    b"\x1d!": 3, b"\x1dV": 4, b"\x1dH": 3, b"\x1dh": 3, b"\x1dw": 3,
}


def shift_jis(data: bytes) -> str:
    text, at = bytearray(), 0
    while at < len(data):
        head = data[at:at + 2]
        if head == b"\x1d(":
            at += 5 + int.from_bytes(data[at + 3:at + 5], "little")
        elif head in COMMANDS:
            at += COMMANDS[head]
        else:
            text.append(data[at])
            at += 1
    return text.decode("cp932").replace("\\", "¥")


def clean(line: str) -> str:
    return " ".join(line.split())


sys.exit(main())
