"""The text of a mail that was written as HTML keeps what a reader needs, its links above all."""

import pytest

from carillon.dialects.novu.translate.mail_bodies import split


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            '<p>Hi</p><a href="https://acme.example/reset?t=1&amp;u=2">Reset your password</a>',
            "Hi\nReset your password (https://acme.example/reset?t=1&u=2)",
        ),
        ("<a href='{{ url }}'>Open</a>", "Open ({{ url }})"),
        ('<a class="b" href="{{ "x" | append: y }}">Open</a>', 'Open ({{ "x" | append: y }})'),
        ("<A HREF=https://acme.example>Open</A> now<br>", "Open (https://acme.example) now"),
        ('<a href="https://acme.example">https://acme.example</a>', "https://acme.example"),
        ('<a href="mailto:help@acme.example">help@acme.example</a>', "help@acme.example"),
        ('<a href="#top">Up</a>', "Up"),
        ('<a name="top">Up</a>', "Up"),
        ('<a href="https://a.example"><img src="x"></a>', "(https://a.example)"),
        (
            '<a href="https://a.example">One</a> or <a href="https://b.example"><b>two</b></a>',
            "One (https://a.example) or two (https://b.example)",
        ),
        ('<abbr title="href=x">HTML</abbr>', "HTML"),
    ],
)
def test_a_link_stands_behind_its_words(body, text):
    assert split(body) == (text, body)
