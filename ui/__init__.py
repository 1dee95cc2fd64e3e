"""The page and the command line: the top floor. Nothing below imports it."""
