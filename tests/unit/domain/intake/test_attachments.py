"""Attachments, before they are decoded."""

import base64

import pytest

from carillon.domain.intake.attachments import Attachment


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 1000])
def test_the_size_is_the_contents_without_its_base64(size):
    content = base64.b64encode(b"x" * size).decode()

    assert Attachment(name="a", content=content).size == size
