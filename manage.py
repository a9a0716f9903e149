#!/usr/bin/env python
"""Run Marquee's commands: `manage.py help` lists them."""

import os
import sys
from pathlib import Path

# platform/ goes on the path as a plain folder. As a package it would hide the standard library's module `platform`,
# which uuid and pytest import, and nearly every entry point would die.
sys.path.insert(0, str(Path(__file__).resolve().parent / "platform"))


def main() -> None:
    """Hand the command line to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.terminal import execute

    execute(sys.argv)


if __name__ == "__main__":
    main()
