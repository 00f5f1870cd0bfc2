"""
From bytes as they were written to plain lines, as many as there are line breaks.

Undone is what happened to a log on its way into the file, where the first lines make it certain
(`chain.HEAD_BYTES` of them), and it is said: another encoding, NUL bytes, terminal codes, progress
bars; and what pasting adds: quotation marks, an indentation that all lines share, line numbers,
HTML entities, the prose around a fence, the line by which a chat says who wrote.

Not undone, because nothing makes it certain: lines that were wrapped (that is said), lines numbered
with gaps other than grep's, numbers beside quotation marks inside of a traceback, a margin that
only some of the lines have, encodings beside those named in `mixed`, and prose around a log that
is neither fenced nor quoted.
"""
