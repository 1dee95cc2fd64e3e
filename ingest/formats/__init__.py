"""One small reader per exchange format; each yields `RawRecord`s with the file and line they came from."""
