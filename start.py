#!/usr/bin/env python3
"""Run Shoal from its source tree: `python3 start.py`. Its tests: `python3 start.py test`.

Needs nothing but Python 3.11: the first start makes an environment of its own. This file stays readable for
older interpreters, so that they can say what is missing; all else is in packaging/bootstrap.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is the one place that older interpreters reach
    sys.stderr.write("Shoal needs Python 3.11 or newer, and this is Python %d.%d.\n" % tuple(sys.version_info[:2]))  # noqa: UP031
    sys.exit(1)

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "packaging"))

from bootstrap.commands import main

if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
