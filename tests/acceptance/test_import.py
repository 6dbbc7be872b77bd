"""`import` and `opml`: lists of subscriptions in and out."""

from __future__ import annotations

import os
import stat

import pytest

from feedhub.config import load
from support.feeds import item, rss
from support.program import Program
from support.publisher import Publisher

LISTED = """\
# my feeds
feeds:
  - https://tigris.example/feed/  # the first
  - {url: "https://ali:${PASSWORD}@hewler.example/ckb", title: Hewlêr, tags: [kurdistan, "a, b"]}
  - {url: https://page.example/, kind: page, select: {item: article}}

# politeness
hosts: {spacing: 2s}
"""
SUBSCRIPTIONS = """\
<?xml version="1.0"?>
<opml version="2.0"><body>
<outline text="Iraq"><outline text="New: one" xmlUrl="https://new.example/feed"/></outline>
<outline text="Again" xmlUrl="http://www.new.example/feed/" category="agency"/>
<outline text="Tigris" xmlUrl="http://www.tigris.example/feed"/>
<outline text="Files" xmlUrl="file:///etc/passwd"/>
</body></opml>
"""


@pytest.fixture
def program(program: Program) -> Program:
    program.environment["PASSWORD"] = "geheim"
    program.config.write_text(LISTED, "utf-8")
    (program.folder / "mine.opml").write_text(SUBSCRIPTIONS, "utf-8")
    return program


def test_new_feeds_are_printed_as_lines_and_the_others_are_told(program: Program) -> None:
    """Lines on stdout, remarks on stderr; addresses count as equal however they are written."""
    ran = program.run("import", "mine.opml")
    assert ran.code == 0, ran
    assert ran.out == '  - url: https://new.example/feed\n    title: "New: one"\n    tags: [Iraq, agency]\n'
    assert ran.lines == [
        "mine.opml:4: http://www.new.example/feed/ is the same as on line 3: one feed, with the tags of both",
        f"mine.opml:5: http://www.tigris.example/feed is listed already, on line 3 of {program.config}",
        "mine.opml:6: file:///etc/passwd is no http or https address: left out",
        "mine.opml: 4 feeds, 1 new",
    ]
    assert program.config.read_text("utf-8") == LISTED


def test_append_changes_nothing_but_the_end_of_the_list(program: Program) -> None:
    """Comments and rights stay, the address of a link too; a second time nothing is new."""
    real = program.folder / "real.yaml"
    program.config.rename(real)
    program.config.symlink_to(real)
    os.chmod(real, 0o640)
    ran = program.run("import", "mine.opml", "--append")
    assert ran.lines[-1] == f"mine.opml: 4 feeds, 1 new, appended to {program.config}"
    assert ran.out == ""
    added = '  - url: https://new.example/feed\n    title: "New: one"\n    tags: [Iraq, agency]\n'
    assert real.read_text("utf-8") == LISTED.replace("\n\n# polite", f"\n{added}\n# polite")
    assert program.config.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert program.run("import", "mine.opml", "--append").lines[-1] == "mine.opml: 4 feeds, 0 new"
    assert sorted(path.name for path in program.folder.iterdir()) == ["feeds.yaml", "mine.opml", "real.yaml"]


def test_append_leaves_a_file_alone_that_has_no_lines(program: Program) -> None:
    """One sentence, and the file as it was."""
    program.config.write_text("feeds: [https://tigris.example/feed/]\n")
    ran = program.run("import", "mine.opml", "--append")
    assert ran.code == 1
    assert ran.lines[-1] == (
        f'feedhub: cannot append to {program.config}: its feeds are not written as lines that begin with "- "; '
        "put the lines there by hand"
    )
    assert program.config.read_text() == "feeds: [https://tigris.example/feed/]\n"


def test_without_a_configuration_the_lines_are_printed_all_the_same(program: Program) -> None:
    """A newcomer brings the list of a reader app; appending needs a file."""
    program.config.unlink()
    ran = program.run("import", "mine.opml")
    assert (ran.code, ran.out.count("- url:")) == (0, 2)
    assert program.run("import", "mine.opml", "--append").code == 2


def test_a_broken_list_is_one_line_with_its_place(program: Program) -> None:
    """And so is one that is not there."""
    (program.folder / "broken.opml").write_text("<opml><body>\n<outline>\n</body></opml>")
    ran = program.run("import", "broken.opml")
    assert (ran.code, ran.out) == (1, "")
    assert ran.lines == ["feedhub: broken.opml:3: not well-formed XML: mismatched tag"]
    gone = program.run("import", "gone.opml")
    assert (gone.code, gone.lines) == (1, ["feedhub: gone.opml: No such file or directory"])


def test_what_opml_prints_import_reads_back(program: Program) -> None:
    """Addresses, titles and tags; no password leaves, no page that other programs could not read, and no database is
    made for it."""
    ran = program.run("opml")
    assert ran.code == 0
    assert ran.lines == ["left out, for other programs cannot read them: 1 page"]
    assert "geheim" not in ran.out + ran.err
    assert not program.data.exists()
    (program.folder / "out.opml").write_text(ran.out, "utf-8")
    program.config.unlink()
    lines = program.run("import", "out.opml").out
    program.config.write_text(f"feeds:\n{lines}", "utf-8")
    feeds = load(program.config, {}).feeds
    assert [(feed.url, feed.title, set(feed.tags)) for feed in feeds] == [
        ("https://tigris.example/feed/", None, set()),
        ("https://hewler.example/ckb", "Hewlêr", {"kurdistan", "a, b"}),
    ]


def test_a_title_that_the_list_lacks_is_the_one_that_the_feed_gave(program: Program, publisher: Publisher) -> None:
    """Once it was polled."""
    publisher.serve("/f", rss(item(), title="Tigris Daily"))
    program.configure(f"feeds: ['{publisher.url('/f')}']")
    program.poll()
    assert 'text="Tigris Daily"' in program.run("opml").out
