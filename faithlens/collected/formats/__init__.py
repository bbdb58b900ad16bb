"""One harness a file: a `NAME`, how to recognise its rows, and the replies of one row."""
