"""The documentation tells the truth: what it lists is what the program has, and nothing is left out."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from feedhub import __version__
from feedhub.cli import faults
from feedhub.cli.app import app
from feedhub.cli.serving import poll_line
from feedhub.config import load
from feedhub.config.meanings import MEANINGS
from feedhub.config.scalars import spell
from feedhub.config.schema import SECTIONS, Defaults
from feedhub.hub import adopt
from feedhub.ingest.health import GAP_ADVICE, STALE_ADVICE, sentence
from feedhub.models import EventKind, FailureKind
from feedhub.publish.documents import addresses, static_files
from feedhub.publish.metrics import METRICS
from feedhub.publish.reasons import RULES
from feedhub.publish.status import as_data
from feedhub.store.database import Store, sqlite_url
from feedhub.store.matching import Matcher
from feedhub.store.polls import record
from feedhub.web.app import create_app
from feedhub.web.callback import CALLBACK
from feedhub.web.library import Library
from feedhub.web.live import Live
from feedhub.websub.subscription import State
from support.polls import NOON, an_entry, failing_poll, news_poll
from unit.test_status import SILENT_HUB, WELL, a_feed, a_report

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
REFERENCE = (ROOT / "docs" / "reference.md").read_text("utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
OUR_OWN_STATES = {"new", "ok", "stale", "gap", "paused", "offline"}
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]  # typer's own group, which has them


def section(heading: str) -> str:
    """What stands below this heading of the reference, up to the next of its level or above."""
    level = heading.partition(" ")[0]
    below = REFERENCE.partition(f"\n{heading}\n")[2]
    assert below, f"docs/reference.md has no heading {heading!r}"
    return re.split(rf"^#{{1,{len(level)}}} ", below, maxsplit=1, flags=re.M)[0]


def rows(heading: str) -> dict[str, list[str]]:
    """The tables of a section: the other cells of each row by its first one. No row stands there twice."""
    lines = re.findall(r"^\| `([^`]+)` \| (.*) \|$", section(heading), flags=re.M)
    found = {first: [cell.strip().strip("`") for cell in rest.split(" | ")] for first, rest in lines}
    assert len(found) == len(lines), f"a row stands twice below {heading!r}"
    return found


def documented_keys() -> dict[str, list[str]]:
    tables = ("### `site`", "### `feeds`", "### `outputs`", "### `hosts`, `dedup` and `retention`")
    return {key: cells for heading in tables for key, cells in rows(heading).items()}


def schema_keys() -> dict[str, object]:
    """Every key that holds a value and what it is without one; `defaults` has some of those of `feeds[]`."""
    sections = {name: model for name, model in SECTIONS.items() if name not in ("", "defaults")}
    top = {key: field.default for key, field in SECTIONS[""].model_fields.items() if key == "retention"}
    return top | {
        f"{name}.{key}": field.default
        for name, model in sections.items()
        for key, field in model.model_fields.items()
        if f"{name}.{key}" not in SECTIONS
    }


def spelt(default: object) -> str | None:
    """A default as feeds.yaml has it; None where the documentation describes it in words."""
    match default:
        case bool():
            return str(default).lower()
        case timedelta():
            return spell(default)
        case int() if default >= 1_000_000:
            return f"{default // 1_000_000}MB"
        case int():
            return str(default)
        case str() if default:
            return default
    return None


def _quoted_commands() -> Iterator[tuple[Path, str]]:
    """The command lines in the pages, in a sentence or in a block of shell."""
    for page in PAGES:
        text = page.read_text("utf-8")
        shell = "".join(re.findall(r"```sh\n(.*?)```", text, flags=re.S))
        yield from ((page, command) for command in re.findall(r"`(feedhub [^`]+)`", text))
        yield from ((page, command) for command in re.findall(r"^ *(?:\w+=\S+ )*(feedhub .*)$", shell, flags=re.M))


# --- the configuration ------------------------------------------------------------------------------------------------


def test_every_key_of_the_configuration_has_its_row() -> None:
    """The reference lists the keys of the schema, all of them and no other."""
    assert documented_keys().keys() == schema_keys().keys()


@pytest.mark.parametrize("key", [key for key, default in schema_keys().items() if spelt(default)])
def test_the_default_of_a_key_is_the_one_documented(key: str) -> None:
    """A number, word or duration that holds without the key is written as feeds.yaml would have it."""
    assert documented_keys()[key][0] == spelt(schema_keys()[key])


@pytest.mark.parametrize("key", [key for key, default in schema_keys().items() if not spelt(default)])
def test_a_key_without_a_default_value_is_said_to_have_none(key: str) -> None:
    """No row invents a value: it says none, required, or in words where the value comes from."""
    words = documented_keys()[key][0]
    required = key in ("feeds[].url", "feeds[].select.item", "outputs[].id")
    assert (words == "required") == required
    assert required or words in ("none", "from the URL", "the feed's own", "its id")


def test_the_words_for_a_key_are_those_that_editors_show() -> None:
    """The last cell of a row is what the JSON Schema says of the key."""
    words = {key: MEANINGS[key].strip("`") for key in schema_keys()}
    assert {key: cells[-1] for key, cells in documented_keys().items()} == words


def test_the_reference_says_which_keys_of_a_feed_may_stand_in_defaults() -> None:
    """The column `in defaults` says yes for the keys that feeds can share."""
    shared = {key.removeprefix("feeds[].") for key, cells in rows("### `feeds`").items() if cells[1] == "yes"}
    assert shared == Defaults.model_fields.keys()


@pytest.mark.parametrize("block", re.findall(r"^( *)```yaml\n(.*?)^\1```", README, flags=re.M | re.S))
def test_the_configuration_in_the_readme_has_no_mistake(block: tuple[str, str], tmp_path: Path) -> None:
    """A newcomer can copy it."""
    path = tmp_path / "feeds.yaml"
    path.write_text(block[1], "utf-8")
    assert not load(path, {}).warnings


# --- the command line -------------------------------------------------------------------------------------------------


def test_every_command_has_its_heading() -> None:
    """The reference has a section for each command of the program, and for no other."""
    headed = set(re.findall(r"^### `feedhub ([a-z]+)`$", REFERENCE, flags=re.M))
    assert headed == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_has_its_row(name: str) -> None:
    """With its environment variable and its default."""
    options = [param for param in COMMANDS[name].params if param.param_type_name == "option"]
    expected = {
        param.opts[0]: [param.envvar or "none", "off" if param.default is False else str(param.default or "none")]
        for param in options
    }
    assert {option: cells[:2] for option, cells in rows(f"### `feedhub {name}`").items()} == expected


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_of_a_command_is_shown(name: str) -> None:
    """An argument stands behind the command in its section."""
    arguments = [param.metavar for param in COMMANDS[name].params if param.param_type_name == "argument"]
    if arguments:
        assert f"`feedhub {name} {' '.join(arguments)}`" in section(f"### `feedhub {name}`")


def test_the_programs_own_options_have_their_rows() -> None:
    """Those that stand before any command."""
    options = {param.opts[0] for param in get_command(app).params}
    assert rows("### `feedhub`").keys() == options


def test_every_environment_variable_has_its_row() -> None:
    """The variables of the options, each with its option."""
    params = [param for command in COMMANDS.values() for param in command.params if param.envvar]
    table = {name: re.split(r"[`:]", cells[0])[0] for name, cells in rows("## Environment variables").items()}
    assert table == {param.envvar: param.opts[0] for param in params}


def test_no_file_uses_a_variable_that_is_documented_nowhere() -> None:
    """Those of the program are in the reference, those of the tests in CONTRIBUTING.md."""
    program = [ROOT / "Dockerfile", *ROOT.glob("src/**/*.py")]
    development = [ROOT / "Makefile", ROOT / ".ci" / "run", *ROOT.glob("tests/**/*.py"), *ROOT.glob("benchmarks/*.py")]
    known = rows("## Environment variables").keys()
    assert set(_variables(program)) <= known
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert {name for name in _variables(development) if name not in contributing} <= known


def test_every_exit_code_has_its_row() -> None:
    """0, 1, and those that the program has names for."""
    named = {value for name, value in vars(faults).items() if name.isupper() and isinstance(value, int)}
    assert {int(code) for code in rows("## Exit codes")} == {0, 1} | named


@pytest.mark.parametrize(("page", "command"), list(_quoted_commands()))
def test_a_command_in_the_documentation_is_one_the_program_has(page: Path, command: str) -> None:
    """Nobody is told to run what does not exist: the command and its options are known."""
    for part in command.split(";"):
        words = shlex.split(part, comments=True)
        if words[0] == "feedhub" and not words[1].startswith("-"):
            assert words[1] in COMMANDS, page.name
            options = {option for param in COMMANDS[words[1]].params for option in param.opts}
            assert {word for word in words[2:] if word.startswith("-")} <= options, page.name


def test_the_help_in_the_readme_is_the_programs() -> None:
    """Word for word, as a terminal of 80 columns shows it: two stay free at its edge."""
    shown = CliRunner().invoke(app, ["--help"], prog_name="feedhub", terminal_width=78, color=False).output
    assert f"```text\n{shown.strip()}\n```" in README


def test_the_verbs_in_the_readme_are_the_makefiles() -> None:
    """What `make help` prints, in its order; each target that is no file has a word about it."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    verbs = re.findall(r"^([a-z-]+):.*## (.*)$", makefile, flags=re.M)
    listing = "\n".join(f"make {verb:<10} {meaning}" for verb, meaning in verbs)
    assert f"```text\n{listing}\n```" in README
    phony = re.search(r"^\.PHONY: (.*)$", makefile, flags=re.M)
    assert phony is not None
    assert sorted(phony[1].split()) == sorted(verb for verb, _ in verbs)


# --- what is published ------------------------------------------------------------------------------------------------


def test_every_address_has_its_row(tmp_path: Path) -> None:
    """Each address of a hub with a story and a second output is one of the documented, and each of those is there."""
    served = set(_addresses(tmp_path))
    patterns = {row: re.compile(re.sub(r"\\{\w+\\}", r"[^/.]+", re.escape(row))) for row in rows("## Addresses")}
    patterns["/static/{name}"] = re.compile(r"/static/[^/]+")
    assert {address for address in served if not any(p.fullmatch(address) for p in patterns.values())} == set()
    assert {row for row, p in patterns.items() if not any(map(p.fullmatch, served))} == set()


def test_every_metric_has_its_row() -> None:
    """In the order of the program, with type, labels and the words of its help."""
    found = [[m.name, m.kind, ", ".join(m.labels) or "none", m.meaning] for m in METRICS.values()]
    assert [[name, *cells] for name, cells in rows("## Metrics").items()] == found


def test_every_kind_of_event_has_its_row() -> None:
    """The categories of `/status.atom`."""
    assert list(rows("## Events")) == list(EventKind)


def test_every_field_of_a_polls_line_in_the_log_has_its_row() -> None:
    """But those that every line has."""
    fields = poll_line(a_feed(), failing_poll(1), 0)
    assert list(rows("## The log")) == ["event", *fields]


def test_every_member_of_the_status_as_data_has_its_word() -> None:
    """Of the hub, of a feed, of its push and of an output."""
    data = json.loads(json.dumps(as_data(a_report({"tigris": replace(WELL, push=SILENT_HUB)}))))
    told = {row: set(re.findall(r"`(\w+)`", f"`{cells[0]}`")) for row, cells in rows("## `status --json`").items()}
    feed = data["feeds"][0]
    assert data["hub"].keys() <= told["hub"]
    assert (feed.keys(), feed["push"].keys()) == (told["feeds"], told["push"])
    assert data["outputs"][0].keys() <= told["outputs"]


def test_every_state_of_a_push_has_its_row() -> None:
    """Those of a subscription that is wanted, and the two that are told of it."""
    ours = {State.LEAVING, State.ENDED}
    assert rows("## Publishers' hubs").keys() == {"offered", "silent"} | (set(State) - ours)


def test_every_feed_state_has_its_row() -> None:
    """The classes of failure and the states that are none."""
    assert rows("## Feed states").keys() == OUR_OWN_STATES | set(FailureKind)


def test_every_rule_of_a_carrier_is_named() -> None:
    """What `rule` can be in a story's JSON has words on its page and is documented, all of it and no more."""
    sentence = re.search(r"`rule` is one of (.*?)\. ", section("## A story as data"), flags=re.S)
    assert sentence is not None
    assert set(re.findall(r"`(\w+)`", sentence[1])) == RULES.keys()


@pytest.mark.parametrize("kind", FailureKind)
def test_the_advice_for_a_failure_is_the_one_that_status_gives(kind: FailureKind) -> None:
    """Same words in the reference and in the message."""
    assert sentence(kind, "") == f"; {rows('## Feed states')[kind][-1]}"


@pytest.mark.parametrize(("state", "advice"), [("stale", STALE_ADVICE), ("gap", GAP_ADVICE)])
def test_the_advice_for_a_state_that_is_no_failure_is_the_one_that_status_gives(state: str, advice: str) -> None:
    """The same for the states that the cadence finds."""
    assert rows("## Feed states")[state][-1] == advice


# --- the pages themselves ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_documentation_leads_somewhere(page: Path) -> None:
    """Files exist, headings too."""
    for target in re.findall(r"\]\((?!https?://)([^)]+)\)", page.read_text("utf-8")):
        name, _, anchor = target.partition("#")
        path = page.parent / name if name else page
        assert path.exists(), target
        assert not anchor or anchor in _anchors(path), target


def test_the_changelog_has_the_version() -> None:
    """The version of the program has its entry."""
    assert re.search(rf"^## \[{re.escape(__version__)}\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.M)


def test_decisions_are_numbered_one_by_one_and_say_why() -> None:
    """Each has its number as name and title, a context and a decision."""
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]} "), path.name
        assert "**Context.**" in text and "**Decision.**" in text, path.name


def _variables(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        yield from re.findall(r"FEEDHUB_[A-Z]\w+", path.read_text("utf-8"))


def _addresses(folder: Path) -> Iterator[str]:
    """What a hub on an empty database answers once a feed has brought more than a document holds."""
    path = folder / "feeds.yaml"
    path.write_text(
        "feeds: [{url: 'https://tigris.example/f', tags: [a], dedup: link}]\n"
        "outputs: [{id: o, match: {tags: [a]}, limit: 1}]\n"
    )
    store = Store.open(sqlite_url(folder))
    try:
        with store.writing() as session:
            site = adopt(session, load(path, {}), None, NOON)
            entries = [an_entry(), an_entry("https://tigris.example/news/2026/two-stories-make-an-archive")]
            record(session, news_poll(next(iter(site.policies)), *entries))
            matcher = Matcher(site.policies, site.config.dedup)
            matcher.match(session, matcher.pending(session), NOON)
            yield from (f"/{address}" for address in addresses(session, site))
        yield from (f"/{file}" for file, _type, _body in static_files())
        app = create_app(store, Live(), Library(store, lambda: site))
        routes = (str(getattr(route, "path", "")) for route in app.routes)
        yield from (route for route in routes if "{" not in route)
        yield CALLBACK.format(id="key")
    finally:
        store.close()


def _anchors(page: Path) -> set[str]:
    """The headings of a page as their links have them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), flags=re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
