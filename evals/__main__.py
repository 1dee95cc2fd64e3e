"""`python -m evals run | compare | gate | corrections`."""

import os
import sys

from evals.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
