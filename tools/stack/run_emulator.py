"""Runs MiniStack in the foreground, with the handlers' interpreter given as the only argument.

MiniStack starts handlers with its own interpreter, whose packages they would then see: a package missing from a layer
would go unnoticed. So it is told of another one, which has what the Lambda runtime has.
"""

import sys

if __name__ == "__main__":
    sys.executable = sys.argv.pop(1)

    from ministack.app import main

    main()
