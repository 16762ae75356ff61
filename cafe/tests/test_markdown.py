import pytest

from cafe.markdown import render


def test_what_a_writer_uses_is_shown():
    text = 'Un *peu* et **beaucoup**.\n\n- un\n- deux\n\n3. trois\n\n> dit\n\n[Les pairs](/ecoute/ "Écoute")\n\n---'

    assert render(text) == (
        "<p>Un <em>peu</em> et <strong>beaucoup</strong>.</p>\n"
        "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>\n"
        '<ol start="3">\n<li>trois</li>\n</ol>\n'
        "<blockquote>\n<p>dit</p>\n</blockquote>\n"
        '<p><a href="/ecoute/" title="Écoute" rel="noopener noreferrer">Les pairs</a></p>\n<hr>\n'
    )


@pytest.mark.parametrize(
    ("text", "top", "expected"),
    [
        ("# Un\n## Deux\n# Trois", 2, ["h2", "h3", "h2"]),
        ("## Un\n#### Deux", 2, ["h2", "h3"]),
        ("###### Un\n### Deux", 3, ["h4", "h3"]),
        ("# a\n## b\n### c\n#### d\n##### e\n###### f", 2, ["h2", "h3", "h4", "h5", "h6", "h6"]),
        ("Titre\n=====", 2, ["h2"]),
    ],
)
def test_headings_follow_the_title_of_the_page_without_a_gap(text, top, expected):
    found = [part[:2] for part in render(text, top=top).split("<") if part[:1] == "h"]

    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <script>x()</script>", "<p>a &lt;script&gt;x()&lt;/script&gt;</p>\n"),
        ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](data:text/html,y)", "<p>[x](data:text/html,y)</p>\n"),
        ("[x](vbscript:y)", "<p>[x](vbscript:y)</p>\n"),
        ("[x](cafe:y)", '<p><a rel="noopener noreferrer">x</a></p>\n'),
        ("[x](tel:3114)", '<p><a href="tel:3114" rel="noopener noreferrer">x</a></p>\n'),
    ],
)
def test_nothing_that_acts_gets_through(text, expected):
    assert render(text) == expected


def test_a_picture_from_elsewhere_is_never_asked_for():
    html = render("![photo](https://ailleurs.example/p.png) <img src=https://ailleurs.example/p.png>")

    assert "<img" not in html


@pytest.mark.parametrize(
    ("text", "expected"), [("", ""), ("a\x00b", "<p>a\ufffdb</p>\n"), ("a\ud800b", "<p>a?b</p>\n")]
)
def test_odd_characters_do_not_break_a_page(text, expected):
    assert render(text) == expected


@pytest.mark.parametrize("piece", ["> ", "- ", "[", "*a ", "(["])
def test_a_text_that_nests_without_end_does_not_break_what_follows(piece):
    assert render(piece * 3000 + "\n\nfin").endswith("<p>fin</p>\n")
