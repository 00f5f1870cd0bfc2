"""Whatever the bytes: sources, or an error for people; never another exception, never a hang."""

import gzip
import io
import tarfile
import zipfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logcascade.errors import SourceError
from logcascade.sources import open_sources
from tests.sources.conftest import COMPRESS, LINE


def _tar(mode):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=tarfile.PAX_FORMAT) as archive:
        for name, data in (("bot.log.1", LINE * 20), ("ж" * 120, LINE), ("bot.log", LINE * 5)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _zip(method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("bot.log.1.gz", gzip.compress(LINE * 20))
        archive.writestr("bot.log", LINE * 200)
    return out.getvalue()


GOOD = {
    **{kind: COMPRESS[kind](LINE * 300) for kind in ("gz", "bz2", "xz", "lzma")},
    **{f"tar {mode}": _tar(mode) for mode in ("w", "w:gz", "w:xz")},
    **{f"zip {method}": _zip(method) for method in (0, 8, 12, 14)},
    "journal": b"LPKSHHRH" + bytes(range(256)) * 3,
    "text": LINE * 50,
}


def read_all(*paths, stdin=None):
    """Return how many bytes came of the paths; places are asked for as a report would."""
    opened = open_sources(paths, stdin, rotated=True)
    assert all(isinstance(error, SourceError) and error.reason for error in opened.errors)
    assert opened.sources or opened.errors
    read = 0
    for source in opened.sources:
        while data := source.stream.read(65_536):
            read += len(data)
        source.place(1)
        assert all(isinstance(words, str) for words in (*source.problems, *source.assumptions))
        source.close()
    return read


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    kind=st.sampled_from(sorted(GOOD)),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6),
    kept=st.floats(0.3, 1),
    more=st.binary(max_size=30),
    as_pipe=st.booleans(),
)
def test_mutated_files_raise_nothing(tmp_path_factory, kind, changes, kept, more, as_pipe):
    data = bytearray(GOOD[kind])
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    data = bytes(data[: int(len(data) * kept)]) + more
    if as_pipe:
        read_all("-", stdin=io.BytesIO(data))
        return
    path = tmp_path_factory.mktemp("hostile") / "bot.log"
    path.write_bytes(data)
    read_all(path)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    files=st.dictionaries(
        st.sampled_from(["bot.log", "bot.log.1", "bot.log.1.gz", "bot.log.2", "bot.1.log", "x"]),
        st.one_of(st.binary(max_size=200), st.sampled_from(sorted(GOOD.values()))),
        min_size=1,
    )
)
def test_any_files_in_a_folder_raise_nothing(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("hostile")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    read_all(folder)
    read_all(folder / "bot.log")
