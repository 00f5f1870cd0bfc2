"""Logs in files, packed as the standard library and the usual programs pack them."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from logcascade.sources import Source, open_sources

LINE = b"2026-05-19 14:22:00,100 - a - ERROR - x\n"


def zstd_compress(data: bytes) -> bytes:
    try:
        from compression import zstd
    except ImportError:
        zstd = pytest.importorskip("backports.zstd", reason="backports.zstd is not installed")
    return zstd.compress(data)


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": lambda data: bz2.compress(data, 1),  # in small blocks: damage costs one
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "zst": zstd_compress,
}


def text_of(source: Source) -> bytes:
    """Return all bytes of a source, and close it."""
    try:
        return source.stream.read()
    finally:
        source.close()


def texts(*paths: str | Path, **options: object) -> dict[str, bytes]:
    """Return the sources that come of paths: the last part of the name -> text."""
    opened = open_sources(paths, **options)  # type: ignore[arg-type]
    assert not opened.errors, opened.errors[0]
    return {source.name.rsplit("/", 1)[-1]: text_of(source) for source in opened.sources}
