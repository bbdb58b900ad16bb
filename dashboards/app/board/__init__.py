"""What the pages share: runs, their table, the words of a URL, charts, and the image viewer."""
