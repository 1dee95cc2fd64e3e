"""Sources -> checked corpus -> index. Batch work; never imports the assistant."""
