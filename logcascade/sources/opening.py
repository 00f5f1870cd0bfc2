"""From the paths a person names to the sources to read: what each is, and which are one log."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from logcascade.encodings import utf_16_of
from logcascade.errors import ExitStatus, SourceError
from logcascade.sources.archives import members_of
from logcascade.sources.blob import (
    JOURNAL_MAGIC,
    Blob,
    Later,
    file_blob,
    is_tar,
    is_zip,
    why_no_text,
)
from logcascade.sources.folders import MAX_FILES, Skipped, kind_of, list_folder, listed
from logcascade.sources.joined import Joined, out_of_order
from logcascade.sources.journal import open_journal
from logcascade.sources.packed import Budget, packing_of
from logcascade.sources.rotation import NOW, parse_name, rotated_sets, siblings
from logcascade.sources.source import (
    STANDARD_INPUT,
    STANDARD_INPUT_NAME,
    Said,
    Source,
    reason_of,
    refusal,
    unreadable,
)
from logcascade.sources.streams import PEEK_BYTES, Ahead
from logcascade.sources.twins import without_twins

MAX_NESTED = 2
"""Archives within one another that are opened: a tar in a zip is two."""


@dataclass(slots=True)
class Opened:
    """What came of the paths."""

    sources: list[Source] = field(default_factory=list)
    """In the order of mention; what was found in a folder, in the order of names."""
    errors: list[SourceError] = field(default_factory=list)
    """Why something could not be read."""
    problems: list[str] = field(default_factory=list)
    """In words, what of a readable folder or archive was left out."""
    notes: list[str] = field(default_factory=list)
    """In words, what was skipped because it is no log."""
    files: list[Path] = field(default_factory=list)
    """Every file that was looked into: what a report must not overwrite."""


def open_sources(
    paths: Sequence[str | os.PathLike[str]],
    stdin: BinaryIO | None = None,
    *,
    rotated: bool = False,
) -> Opened:
    """
    Return the opened logs: files, folders, archives, journals and pipes; ``-`` is `stdin`.

    Files that are by their names one log, rotated, are one source, oldest first. What a file is
    shows in its first bytes, not in its name.

    Args:
        paths: As the user named them; one named twice is opened once.
        stdin: Standard input, if there is any.
        rotated: Whether to add the rotated logs beside each file that is named.
    """
    opening = _Opening()
    for path in dict.fromkeys(os.fspath(path) for path in paths):
        opening.add_path(path, stdin, rotated=rotated)
    return opening.finish()


def open_source(path: str | os.PathLike[str], stdin: BinaryIO | None = None) -> Source:
    """Return the one opened log at `path`; raise `SourceError` where it cannot be read."""
    opened = open_sources([path], stdin)
    if opened.errors:
        raise opened.errors[0]
    return opened.sources[0]


class _Opening:
    """The work of `open_sources`: candidates are gathered first, then put together."""

    def __init__(self) -> None:
        self.opened = Opened()
        self._found: list[Blob | Source] = []
        self._paths: set[Path] = set()
        self._archives: list[Blob] = []

    def add_path(self, name: str, stdin: BinaryIO | None, *, rotated: bool) -> None:
        """Add what a path names, or say why that cannot be read."""
        path = Path(name)
        try:
            if name == STANDARD_INPUT:
                self._examine(_pipe(STANDARD_INPUT_NAME, _required(stdin)), 0, Skipped())
            else:
                self._add_file(path)
        except SourceError as error:
            self.opened.errors.append(error)
        if rotated and name != STANDARD_INPUT:
            for sibling in _siblings(path):
                self.add_path(str(sibling), None, rotated=False)

    def _add_file(self, path: Path) -> None:
        """Add what a path names; raise `SourceError` where that cannot be read."""
        if path in self._paths:
            return
        self._paths.add(path)
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                self._add_folder(path)
            elif stat.S_ISREG(status.st_mode):
                self._examine(file_blob(path, status), 0, Skipped())
            elif stat.S_ISFIFO(status.st_mode) or stat.S_ISCHR(status.st_mode):
                self._examine(_pipe(str(path), path.open("rb")), 0, Skipped())
            else:
                raise unreadable(f"this is {kind_of(status)}", path, "name a text log")
        except (OSError, ValueError) as error:
            raise refusal(error, path) from None

    def _add_folder(self, folder: Path) -> None:
        """Add the logs in a folder; raise `SourceError` where it has none."""
        listing = list_folder(folder)
        before = len(self._found)
        errors = listing.errors
        for journal in listing.journals:
            try:
                self._found.append(open_journal(journal, is_folder=True))
            except SourceError as error:
                errors.append(error)
        for blob in listing.files:
            try:
                self._examine(blob, 0, listing.skipped)
            except SourceError as error:
                errors.append(error)
        if listing.is_full:
            self.opened.problems.append(f"{folder}: only the first {MAX_FILES:,} files were read")
        skipped = listing.skipped.words()
        if len(self._found) == before and not errors:
            reason = f"nothing in this folder is a log ({skipped})" if skipped else "it is empty"
            raise unreadable(reason, folder, "name a log, or a folder that has some")
        self.opened.errors += _summed_up(errors)
        if skipped:
            self.opened.notes.append(f"{folder}: skipped {skipped}")

    def _examine(self, blob: Blob, depth: int, skipped: Skipped) -> None:
        """Look what a blob is by its first bytes, and add what is to be read of it."""
        if blob.path is not None:
            self.opened.files.append(blob.path)
        try:
            head = _look(blob)
        except OSError as error:
            raise unreadable(reason_of(error), blob.name) from None
        except SourceError as error:
            error.where = error.where or blob.name
            raise
        if is_zip(head) or is_tar(head):
            self._add_members(blob, depth)
        elif head.startswith(JOURNAL_MAGIC):
            self._found.append(_journal(blob))
        elif not head and not blob.is_named and not blob.is_packed:
            skipped.add("empty", blob.file_name)
        else:
            why = why_no_text(head, blob.name)
            if why is None:
                self._found.append(blob)
            elif blob.is_named or blob.is_packed:
                raise unreadable(why[0], blob.name, why[1])
            else:
                skipped.add("binary", blob.file_name)

    def _add_members(self, archive: Blob, depth: int) -> None:
        """Add the logs in an archive; raise `SourceError` where it has none."""
        if depth == MAX_NESTED:
            reason = f"an archive within {MAX_NESTED} others is not opened"
            raise unreadable(reason, archive.name, "unpack the outer ones")
        self._archives.append(archive)
        skipped = Skipped()
        left_out: list[str] = []
        before = len(self._found)
        members = list(members_of(archive, left_out.append))
        if len(members) == 1 and f"{members[0].file_name}.zip" == archive.file_name:
            members[0].folder = archive.folder  # a rotated log that was packed into a zip
        for member in members:
            self._archives.append(member)
            try:
                self._examine(member, depth + 1, skipped)
            except SourceError as error:
                left_out.append(f"{error.where.removeprefix(archive.name + ':')}: {error.reason}")
        if len(self._found) == before:
            reasons = "; ".join([*left_out, skipped.words()]).strip("; ")
            reason = "no member of this archive is a text log"
            raise unreadable(f"{reason} ({reasons})" if reasons else reason, archive.name)
        self.opened.problems += (f"{archive.name}: {words}" for words in left_out)
        if skipped.words():
            self.opened.notes.append(f"{archive.name}: skipped {skipped.words()}")

    def finish(self) -> Opened:
        """Put together what belongs together, leave out what is there twice."""
        blobs = [each for each in self._found if isinstance(each, Blob)]
        kept, twins = without_twins(blobs)
        for worse, better in twins:
            same = worse.identity is not None and worse.identity == better.identity
            how = "is the same file as" if same else "has the same lines as"
            better.said.assume(f"{worse.name} {how} {better.name}: read once")
        sets = {id(members[0]): (base, members) for base, members in _sets(kept)}
        first = {id(each): key for key, (_, members) in sets.items() for each in members}
        for each in self._found:
            if isinstance(each, Source):
                self.opened.sources.append(each)
            elif (made := sets.pop(first.get(id(each), 0), None)) is not None:
                self.opened.sources.append(_source(*made))
        for archive in self._archives:
            archive.release()
        return self.opened


def _required(stdin: BinaryIO | None) -> BinaryIO:
    if stdin is None:
        raise SourceError(
            "no standard input to read",
            where=STANDARD_INPUT,
            help="name a file, or pipe a log in",
            exit_status=ExitStatus.NOTHING_READ,
        )
    return stdin


def _pipe(name: str, stream: BinaryIO) -> Blob:
    """Return the blob of a stream that can be read only once."""
    return Blob(name, "", name, lambda _: stream, Budget(0, is_pipe=True))


def _siblings(path: Path) -> list[Path]:
    """Return the files beside a log that are by their names the same log, rotated."""
    try:
        with os.scandir(path.parent) as found:
            names = sorted(entry.name for entry in found if entry.is_file())
    except OSError:
        return []
    others = siblings(path.name, names) if not path.is_dir() else []
    return [path.parent / other for other in others if other != path.name]


def _look(blob: Blob) -> bytes:
    """Return the first bytes of a blob's text, and note them in it."""
    if not blob.budget.is_pipe:
        with Ahead(blob.raw(Said())) as stored:
            blob.is_packed = packing_of(stored.head()) is not None
    blob.head = blob.beginning(PEEK_BYTES)
    return blob.head


def _journal(blob: Blob) -> Source:
    if blob.path is None or blob.is_packed:
        raise unreadable(
            "it is a systemd journal, and journalctl reads only files on disk",
            blob.name,
            "unpack it and name the file",
        )
    return open_journal(blob.path, is_folder=False)


def _sets(blobs: Sequence[Blob]) -> Iterator[tuple[str, list[Blob]]]:
    """Yield the blobs that are one log, oldest first, with that log's name."""
    alone = [blob for blob in blobs if blob.budget.is_pipe or utf_16_of(blob.head)]
    for blob in alone:
        yield blob.file_name, [blob]
    apart = set(map(id, alone))
    yield from rotated_sets(blob for blob in blobs if id(blob) not in apart)


def _source(base: str, blobs: Sequence[Blob]) -> Source:
    """Return the source of one log, in one file or in several."""
    newest = blobs[-1]
    sizes = [blob.size for blob in blobs]
    said = newest.said if len(blobs) == 1 else Said()
    source = Source(
        newest.name,
        cast("BinaryIO", Later(newest)),
        None if None in sizes else sum(size or 0 for size in sizes),
        said.problems,
        lambda: sum(blob.taken for blob in blobs),
        said.assumptions,
        max((blob.modified for blob in blobs if blob.modified is not None), default=None),
        newest.file_name,
    )
    if len(blobs) == 1:
        return source
    for blob in blobs:
        for words in blob.said.assumptions:
            said.assume(words)
    swapped = out_of_order(blobs)
    if swapped:
        said.assume(f"{swapped[0]} before {swapped[1]} by their names, though its times are later")
    if parse_name(newest.file_name).slot != NOW:
        source.name = newest.name.removesuffix(newest.file_name) + base
    source.own_name = base
    joined = Joined(blobs, said)
    source.stream, source.layout = cast("BinaryIO", joined), joined
    return source


def _summed_up(errors: Sequence[SourceError]) -> Iterator[SourceError]:
    """Yield one error for all files of a folder that have the same."""
    by_reason: dict[tuple[str, str], list[SourceError]] = {}
    for error in errors:
        by_reason.setdefault((error.reason, error.help), []).append(error)
    for same in by_reason.values():
        same[0].where = listed([error.where for error in same])
        yield same[0]
