"""`python -m ingest`: the same as `stack-advisor ingest`, for those who only keep the catalogue."""

import os
import sys

from ingest.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
