"""XML parts of a zipped document, within limits: no bombs, no entities, no network."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import BytesIO

from lxml import etree

from assistant.errors import CorpusError

MAX_PART_BYTES = 60_000_000
MAX_RATIO = 200


def read_parts(data: bytes, names: Sequence[str]) -> dict[str, etree._Element]:
    """The roots of the XML parts ``names`` of a zip file; those that are not there are left out.

    Raises CorpusError when the file is broken, encrypted or unpacks to far more than it holds.
    """
    roots: dict[str, etree._Element] = {}
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            there = {info.filename: info for info in archive.infolist()}
            for name in names:
                info = there.get(name)
                if info is None:
                    continue
                if info.flag_bits & 1:
                    raise CorpusError("the file is encrypted; save it without a password.")
                _check_size(info.file_size, info.compress_size)
                with archive.open(info) as part:
                    content = part.read(MAX_PART_BYTES + 1)  # sizes in the directory may lie
                _check_size(len(content), info.compress_size)
                roots[name] = etree.fromstring(content, _parser())
    except (zipfile.BadZipFile, etree.XMLSyntaxError, OSError, EOFError, NotImplementedError, RuntimeError) as error:  # fmt: skip
        raise CorpusError("the file is broken and can't be opened; export it again.") from error
    return roots


def _check_size(size: int, packed: int) -> None:
    if size > MAX_PART_BYTES or (size > 5_000_000 and size > MAX_RATIO * max(packed, 1)):
        raise CorpusError("the file unpacks to far more than it holds (a zip bomb?); not read.")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
