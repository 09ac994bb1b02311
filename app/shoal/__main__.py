"""`python -m shoal`: the same as the command `shoal`."""

import sys

INTERRUPTED = 130

if __name__ == "__main__":
    try:
        from shoal.launch.arguments import main
    except KeyboardInterrupt:
        # Nothing has begun yet.
        sys.exit(INTERRUPTED)
    sys.exit(main())
