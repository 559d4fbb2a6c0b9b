"""`python -m runtime [--workspace DIR] SCRIPT.py [ARGS...]`"""

from __future__ import annotations

import signal

# Until there is a script to unwind, Ctrl-C ends the process without a word (unless it was told to ignore it).
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from runtime.script.command import main

if __name__ == "__main__":
    main()
