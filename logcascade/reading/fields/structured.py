"""A line whose parts are fields (JSON, logfmt) -> what they say."""

from collections.abc import Mapping, Sequence
from typing import Any

from logcascade.reading.fields.json_text import read_cut_object, read_object
from logcascade.reading.fields.logfmt import read_logfmt
from logcascade.reading.fields.meaning import FieldEntry, FieldReader
from logcascade.reading.formats.line_format import Format


class StructuredReader:
    """Reads the lines of one format of fields."""

    def __init__(self, each: Format) -> None:
        self._is_json = each.notation == "json"
        self._fields = FieldReader(each.keys, each.levels)

    def read(
        self, texts: Sequence[str], *, is_carried: bool
    ) -> tuple[FieldEntry, Sequence[str], bool] | None:
        """Return the fields at the beginning of `texts`, the texts after them, and if they are cut.

        None where they are no fields; what a carrier brings must be a record beyond doubt, as
        any text can come there.
        """
        found, rest, is_cut = self._decode(texts)
        if found is None:
            return None
        entry = self._fields.read(found)
        if is_carried and not entry.is_record_anywhere:
            return None
        if not entry.has_message:
            entry.message, entry.details = entry.details, ""
        return entry, rest, is_cut

    def _decode(self, texts: Sequence[str]) -> tuple[Mapping[str, Any] | None, Sequence[str], bool]:
        if not self._is_json:
            return read_logfmt(texts[0]), texts[1:], False
        found = read_object(texts[0])
        if found is not None:
            return found, texts[1:], False
        if len(texts) > 1:
            found = read_object("\n".join(texts))
            if found is not None:
                return found, (), False
        return read_cut_object(texts[0]), texts[1:], True
