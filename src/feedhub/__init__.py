"""feedhub: many newsrooms in, one feed out, each story once.

The map, as data flows::

    feeds.yaml -> config -> schedule -> fetch -> parse -> normalize -> store -> stories -> publish -> web
                               when      bytes    items     entries     rows    stories   documents

Each step takes the type before it and returns the type after it (:mod:`feedhub.models`). The steps that decide are
pure functions which are given ``now``: :mod:`feedhub.ingest.cadence` (when to poll next),
:mod:`feedhub.stories.identity` (what an item is identified by), :mod:`feedhub.stories.match` (which story it joins),
:mod:`feedhub.stories.selection` (which outputs hold it), :mod:`feedhub.publish.select` (what a document shows of them)
and the writers beside it (what bytes it has). I/O stands at the two ends, in :mod:`feedhub.net` and
:mod:`feedhub.web`, and in :mod:`feedhub.store`. Where a publisher's hub pushes (:mod:`feedhub.websub`), its delivery
enters at `parse`; :mod:`feedhub.publish.distribution` pushes what is published to those who have subscribed.

Imports point one way: cli > service > schedule > hub | web > ingest | publish > store > stories | websub > net >
config, models.
"""

__version__ = "0.1.0"
